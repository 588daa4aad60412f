"""How long a page of 5,000 indicators takes: to be made, to be there in a browser, to be sorted.

Run: python benchmarks/page.py

The page is beside the CSV of the same report. It is loaded in chromium from its file; the site
is that of the sample. The targets are those of the table.
"""

import sys
import tempfile
import time
from pathlib import Path

from _ledger import make
from _timing import Ratio, by_turns, environment, print_ratios, print_table, print_timings

sys.path.append(str(Path(__file__).parent.parent / "tests" / "support"))
from browser import browsing

INDICATORS = 5_000
RUNS = 5
MOST_TO_LOAD, MOST_TO_SORT, MOST_FOR_SITE = 2.0, 1.0, 5.0
_DRAWN = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
_SORT = (
    "(() => { const start = performance.now();"
    " document.querySelectorAll('thead button')[1].click();"
    " document.body.offsetHeight; return (performance.now() - start) / 1000 })()"
)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        env = environment(home)
        ledger, page = home / "ledger", home / "page.html"
        make(ledger, INDICATORS, env)
        words = [
            sys.executable,
            "-m",
            "tracker",
            "--db",
            str(ledger),
            "report",
            "ledger",
            "--force",
        ]
        costs = by_turns(
            {
                "page": lambda _run: [*words, "--force", "-O", str(page)],
                "csv": lambda _run: [*words, "--force", "-O", str(home / "table.csv")],
            },
            RUNS,
            env,
            home,
        )
        timings = {name: cost.ms for name, cost in costs.items()}
        print_timings(f"{INDICATORS:,} indicators", timings)
        print_ratios(timings, [Ratio("page", "csv", 1.5)])
        rows = [*measure_in_browser(home, page), measure_site(home, env)]
        print_table(
            ("what", "took", "target", "kept"),
            [
                (what, f"{took:.2f} s", f"< {most:.0f} s", "yes" if took < most else "NO")
                for what, took, most in rows
            ],
        )


def measure_in_browser(home: Path, page: Path) -> list[tuple[str, float, float]]:
    """The best of some loads from an empty tab to a drawn page, and of a sort by a column."""
    loads, sorts = [], []
    with browsing(home / "profile") as browser:
        for _run in range(RUNS):
            browser.open_address("about:blank")
            start = time.perf_counter()
            browser.open(page)
            browser.evaluate(_DRAWN)
            loads.append(time.perf_counter() - start)
            sorts.append(float(browser.evaluate(_SORT)))
    size = f"{page.stat().st_size / 1e6:.1f} MB"
    return [
        (f"load the page, {size}", min(loads), MOST_TO_LOAD),
        ("sort its table", min(sorts), MOST_TO_SORT),
    ]


def measure_site(home: Path, env: dict[str, str]) -> tuple[str, float, float]:
    """The site of the sample, written into an empty folder."""
    words = [sys.executable, "-m", "tracker", "--db", str(home / "sample")]
    by_turns({"init": lambda _run: [*words, "init"]}, 2, env, home)
    site = by_turns(
        {"site": lambda run: [*words, "report", "site", "-O", str(home / f"site-{run}")]},
        RUNS,
        env,
        home,
    )["site"]
    return "make the site of the sample", site.ms.median / 1000, MOST_FOR_SITE


if __name__ == "__main__":
    main()

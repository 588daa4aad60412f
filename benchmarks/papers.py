"""What leaves the office and what comes in, for measure.py: reports as files, and documents.

A report is put beside the CSV of the same rows, a workbook beside XlsxWriter alone with the same
cells (workbook.py), and the drafts of a document beside python-docx, which only reads its text.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import _ledger
from _timing import Argv, Cost, by_turns, environment, summary

INDICATORS = 5_000
PARAGRAPHS = 107
"""Of 92 characters each."""
MOST_OF_PAGE, MOST_OF_WORKBOOK = 1.5, 1.15
"""Times of the CSV, and of XlsxWriter alone."""
ROW = tuple[str, int | None, Cost, str, Cost | None, float | None]

MAKE_DOCUMENT = """\
import sys, docx
document = docx.Document()
document.add_heading("市政府2025年工作要点", 0)
for number in range(int(sys.argv[2])):
    text = f"{number + 1}. 加快推进农村供水管网改造，2025年底前完成改造{number * 7 + 12}公里，"
    text += f"农村自来水普及率达到{80 + number % 19}%以上，建成规模化水厂{number % 9 + 2}座。"
    text += "压实责任，健全机制，确保按时保质完成任务。"
    document.add_paragraph(text + "（牵头单位：市水务局）")
document.save(sys.argv[1])
"""
READ_DOCUMENT = """\
import sys, docx
print(sum(len(paragraph.text) for paragraph in docx.Document(sys.argv[1]).paragraphs))
"""


def measure_papers(runs: int) -> Iterator[ROW]:
    """Yield what each command costs, and what it is put beside."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = environment(folder, TRACKER_DB=folder / "ledger")
        _ledger.make(folder / "ledger", INDICATORS, env)
        document = folder / "document.docx"
        make = [sys.executable, "-c", MAKE_DOCUMENT, str(document), str(PARAGRAPHS)]
        subprocess.run(make, check=True)
        # What a document says is compared with all that a ledger holds.
        init = [sys.executable, "-m", "tracker", "init", "--empty", "--db", str(folder / "empty")]
        subprocess.run(init, env=env, check=True, capture_output=True)
        costs = by_turns(list_paper_jobs(folder, document), runs, env, folder)
    csv = costs["report ledger -O FILE.csv"]
    yield "report ledger -O FILE.csv", INDICATORS, csv, "", None, None
    for ending, at_most in (("html", MOST_OF_PAGE), ("xlsx", None)):
        what = f"report ledger -O FILE.{ending}"
        yield what, INDICATORS, costs[what], "its CSV", csv, at_most
    yield measure_workbook(runs)
    what = "draft FILE.docx"
    yield what, None, costs[what], "python-docx, its text", costs["python-docx"], None


def list_paper_jobs(folder: Path, document: Path) -> dict[str, Argv]:
    """Return what is run."""
    tracker = (sys.executable, "-m", "tracker")
    jobs: dict[str, Argv] = {}
    for ending in ("csv", "html", "xlsx"):
        file = folder / f"ledger.{ending}"
        words = (*tracker, "report", "ledger", "--force", "-O", file)
        jobs[f"report ledger -O FILE.{ending}"] = lambda _run, words=words: words  # type: ignore[misc]
    draft = (*tracker, "--db", folder / "empty", "draft", document, "--published", "2025-01-10")
    jobs["draft FILE.docx"] = lambda _run: draft
    jobs["python-docx"] = lambda _run: (sys.executable, "-c", READ_DOCUMENT, document)
    return jobs


def measure_workbook(runs: int) -> ROW:
    """Return what the cells of a workbook cost, by turns with the same of XlsxWriter alone."""
    script = Path(__file__).with_name("workbook.py")
    command = [
        sys.executable,
        str(script),
        "--rows",
        str(INDICATORS),
        "--runs",
        str(runs),
        "--json",
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout)
    ours, alone = (
        Cost(summary([seconds * 1000 for seconds in figures[name]]), figures["memory"])
        for name in ("ours", "alone")
    )
    return (
        "the sheets of that workbook",
        INDICATORS,
        ours,
        "XlsxWriter alone",
        alone,
        MOST_OF_WORKBOOK,
    )

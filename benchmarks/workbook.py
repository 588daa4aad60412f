"""What a ledger as a workbook costs beside XlsxWriter alone: the same cells in the same formats.

Run: python benchmarks/workbook.py [--rows 5000] [--runs 7] [--json]

Both write in one process and by turns. What the program calls of XlsxWriter is recorded once and
called again: that is the least that the same file can cost.
"""

import argparse
import gc
import json
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import pytest
from _ledger import make
from _timing import environment
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tracker.ledger.ledger import Tracker
from tracker.model.filters import ALL
from tracker.output.cells import Canvas
from tracker.output.formats.xlsx import WORKBOOK_OPTIONS, render_xlsx
from tracker.output.model import Sheet
from tracker.reports import build
from tracker.storage.open_store import open_store

RUNS = 7
MOST = 1.15
"""Times of XlsxWriter alone."""
_CALLS = (
    "write_string",
    "write_number",
    "write_datetime",
    "write_blank",
    "merge_range",
    "set_row",
    "set_column",
    "conditional_format",
    "autofilter",
    "freeze_panes",
    "repeat_rows",
)


class _Call(NamedTuple):
    """One call of a method of a worksheet."""

    sheet: str
    method: str
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]


class _Recording(NamedTuple):
    """What is called of worksheets, and how each format was asked for, with what it is."""

    calls: list[_Call]
    looks: dict[int, tuple[Format, dict[str, Any]]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--json", action="store_true", help="print the seconds of each run")
    asked = parser.parse_args()
    sheet = _read_ledger(asked.rows)
    recording = _record_calls(sheet)
    jobs: tuple[Callable[[], object], ...] = (
        partial(render_xlsx, sheet, Canvas(width=None, colour=False)),
        partial(_call_again, recording),
    )
    ours: list[float] = []
    alone: list[float] = []
    for _run in range(asked.runs):
        for job, times in zip(jobs, (ours, alone), strict=True):
            times.append(_time(job))
    if asked.json:
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"ours": ours, "alone": alone, "memory": memory}))
        return
    ratio = median(ours) / median(alone)
    verdict = "as wanted" if ratio <= MOST else "too slow"
    print(f"{len(sheet.tables[0].rows)} rows, {len(recording.calls)} calls")
    print(f"tracker {median(ours):.2f} s, XlsxWriter alone {median(alone):.2f} s")
    print(f"ratio {ratio:.2f}, at most {MOST}: {verdict}")


def _read_ledger(rows: int) -> Sheet:
    """Return the report of a ledger of so many indicators."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "ledger"
        make(place, rows, environment(Path(folder)))
        ledger = Tracker(open_store(str(place)), now=datetime.now(UTC))
        plan = build.plan_report_build("ledger", build.ReportDays(), ledger.today)
        return build.build_report(plan, ledger, ALL, build.ReportSettings())


def _record_calls(sheet: Sheet) -> _Recording:
    """Return what the program calls of worksheets, whatever these call themselves."""
    recording = _Recording([], {})
    kept = {name: getattr(Worksheet, name) for name in _CALLS}
    add_format = Workbook.add_format
    depth = 0

    def wrap(name: str) -> Callable[..., object]:
        def record(page: Worksheet, *arguments: Any, **keywords: Any) -> object:  # noqa: ANN401
            nonlocal depth
            if not depth:
                recording.calls.append(_Call(page.get_name(), name, arguments, keywords))
            depth += 1
            try:
                return kept[name](page, *arguments, **keywords)
            finally:
                depth -= 1

        return record

    def record_format(book: Workbook, properties: dict[str, Any]) -> Format:
        look = add_format(book, properties)
        recording.looks[id(look)] = look, properties
        return look

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Workbook, "add_format", record_format)
        for name in _CALLS:
            patch.setattr(Worksheet, name, wrap(name))
        render_xlsx(sheet, Canvas(width=None, colour=False))
    return recording


def _call_again(recording: _Recording) -> bytes:
    """Write the same cells by XlsxWriter alone."""
    stream = BytesIO()
    book = Workbook(stream, WORKBOOK_OPTIONS)
    looks: dict[int, Format] = {}
    pages: dict[str, Worksheet] = {}

    def find_look(look: Format) -> Format:
        if id(look) not in looks:
            looks[id(look)] = book.add_format(recording.looks[id(look)][1])
        return looks[id(look)]

    for sheet, method, arguments, keywords in recording.calls:
        page = pages.get(sheet)
        if page is None:
            page = pages[sheet] = book.add_worksheet(sheet)
        last: Any = arguments[-1] if arguments else None
        if isinstance(last, Format):
            getattr(page, method)(*arguments[:-1], find_look(last), **keywords)
        elif method == "conditional_format":
            getattr(page, method)(*arguments[:-1], last | {"format": find_look(last["format"])})
        else:
            getattr(page, method)(*arguments, **keywords)
    book.close()
    return stream.getvalue()


def _time(job: Callable[[], object]) -> float:
    """Return the seconds of the processor that a job takes."""
    gc.collect()
    start = time.process_time()
    job()
    return time.process_time() - start


if __name__ == "__main__":
    main()

"""Send a form out of a ledger, fill it in as people do, and take it in again."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
from office import convert_file

from tracker.exchange.reported_rows import read_reported_file
from tracker.ledger.bulk_updates import RowsToStore, StoredRows
from tracker.ledger.identity import identify_ledger
from tracker.ledger.ledger import Tracker
from tracker.model.filters import ALL, Filter
from tracker.model.periods import parse_period
from tracker.model.records import Deadline, Indicator, Initiative
from tracker.output.cells import Canvas
from tracker.output.rendering import render_content_for_file
from tracker.reports import build
from tracker.reports.build import ReportDays, ReportSettings
from tracker.storage.base import Store

NOW = datetime(2025, 7, 5, 9, tzinfo=UTC)
TODAY = NOW.date()
JUNE_30 = date(2025, 6, 30)
HEAD, EXAMPLE, FIRST = 4, 5, 6
"""Rows of the heads, the example and the first indicator."""


def make_ledger(store: Store, now: datetime = NOW) -> Tracker:
    """Fill a ledger: two leads, a count, a count in 万, a rate, an increment and a milestone."""
    ledger = Tracker(store, now=now, author="督查室")
    ledger.add(Initiative(id="ljxq", name="老旧小区改造", lead="区住建局"))
    ledger.add(Initiative(id="jy", name="稳就业", lead="区人社局"))
    year: dict[str, Any] = {"start": date(2025, 1, 1), "deadline": Deadline(on=date(2025, 12, 31))}
    numbers = (
        ("ljxq.dt", "加装电梯", "部", 120, "cumulative"),
        ("ljxq.hs", "改造户数", "万户", Decimal("2.1"), "cumulative"),
        ("jy.sy", "城镇登记失业率", "%", Decimal("5.5"), "level"),
        ("jy.xz", "新增就业", "人", 5000, "increment"),
    )
    for own_id, name, unit, target, accumulation in numbers:
        more: dict[str, Any] = {"op": "<="} if unit == "%" else {"baseline": Decimal(0)}
        ledger.add(
            Indicator(
                id=own_id,
                name=name,
                unit=unit,
                target=Decimal(target),
                accumulation=accumulation,  # type: ignore[arg-type]
                commitment="outcome",
                **year,
                **more,
            )
        )
    ledger.add(
        Indicator(id="ljxq.kg", name="开工建设", measure="milestone", commitment="outcome", **year)
    )
    return ledger


def send_form(
    ledger: Tracker,
    output: str = "xlsx",
    where: Filter = ALL,
    period: str = "2025-06",
    *,
    everything: bool = False,
) -> bytes:
    """Return a form of a ledger as a file."""
    days = ReportDays(period=parse_period(period, ledger.today))
    plan = build.plan_report_build("form", days, ledger.today, everything=everything)
    sheet = build.build_report(plan, ledger, where, ReportSettings(contact="张三 8888"))
    canvas = Canvas(width=None, colour=False, lights={}, bars=False, ascii=False, language="zh")
    return render_content_for_file(sheet, output, canvas)


def fill(form: bytes, cells: Mapping[str, Any]) -> bytes:
    """Return a form with values by name of the indicator and key of the column."""
    workbook = openpyxl.load_workbook(BytesIO(form))
    sheet = workbook.worksheets[0]
    columns = find_columns(sheet)
    for row in sheet.iter_rows(min_row=FIRST):
        for key, value in cells.get(row[columns["name"]].value, {}).items():
            row[columns[key]].value = value
    return save(workbook)


def find_columns(sheet: Any) -> dict[str, int]:  # noqa: ANN401  # openpyxl has no types
    """Return the place of each column, from 0, by its key."""
    from tracker.exchange.form_layout import find_column_of_form_head

    return {
        key: at
        for at, cell in enumerate(sheet[HEAD])
        if (key := find_column_of_form_head(str(cell.value)))
    }


def save(workbook: Any) -> bytes:  # noqa: ANN401  # openpyxl has no types
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def take_in(
    ledger: Tracker, *files: bytes, accept: bool = False, on: date | None = None
) -> StoredRows:
    """Read files into a ledger, as ``tracker update --from`` does."""
    with ledger.store.view() as view:
        mark = identify_ledger(view)
    read = [
        read_reported_file(data, f"{at}.xlsx", mark, may_be_lines=True)
        for at, data in enumerate(files, start=1)
    ]
    rows = RowsToStore(
        [row for part in read for row in part.rows],
        sum(part.blank for part in read),
        [problem for part in read for problem in part.problems],
        on,
    )
    return ledger.report_rows(rows, accept_doubts=accept)


def convert(data: bytes, folder: Path, to: str, suffix: str = "xlsx") -> bytes:
    """Save a file anew with LibreOffice; ``to`` is an ending, with a filter where it needs one."""
    source = folder / f"form.{suffix}"
    source.write_bytes(data)
    return convert_file(source, to, folder / "converted").read_bytes()

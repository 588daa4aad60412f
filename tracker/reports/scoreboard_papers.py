"""Write the scoreboard as an official paper that fits on one page."""

from collections.abc import Iterator

import msgspec

from tracker.locale.translation import _, _n
from tracker.model.periods import Period
from tracker.output.model import Table
from tracker.output.papers import Paper, PaperKey, Paragraph
from tracker.output.prose import write_period
from tracker.reports.build import ReportInput, describe_report_working_set

_KEYS = (
    "rank",
    "lead",
    "promises",
    "met_in_time",
    "met_late",
    "overdue",
    "closed_unmet",
    "verdict_kept",
    "verdict_partly",
    "verdict_broken",
    "share_met",
    "share_on_time",
    "score",
)


def write_scoreboard_paper(report: ReportInput, table: Table) -> Paper:
    """Write the scoreboard of a period; ``table`` is that of all leads, the best first."""
    plan, settings, day = report.plan, report.settings, report.now.as_of
    period = write_period(Period(plan.since or day, day))
    listed = _choose_scoreboard_columns(table)
    unnamed = _count_scoreboard_without_lead(table)
    return Paper(
        key=PaperKey(kind="scoreboard", lead=report.now.only_lead, since=plan.since, as_of=day),
        title=_("Scoreboard for {period}").format(period=period),
        on=day,
        issuer=settings.issuer,
        signer=settings.signer,
        body=[
            Paragraph(text=_introduce_scoreboard(listed, period)),
            listed,
            *_write_scoreboard_notes(report, unnamed),
        ],
        copies=settings.copies,
        is_compact=True,
    )


def _choose_scoreboard_columns(table: Table) -> Table:
    """Return the table of the paper: who has a score or a name, and what is not 0 everywhere."""
    keys = [column.key for column in table.columns]
    rank = keys.index("rank")
    brief = {column.key for column in table.columns if column.brief}
    places = [keys.index(key) for key in _KEYS if key in brief]
    named = [row for row in table.rows if row[rank] is not None or not _has_no_lead(table, row)]
    return msgspec.structs.replace(
        table,
        columns=tuple(table.columns[at] for at in places),
        rows=[tuple(row[at] for at in places) for row in named],
    )


def _has_no_lead(table: Table, row: tuple[object, ...]) -> bool:
    keys = [column.key for column in table.columns]
    return row[keys.index("lead")] == _("no lead named")


def _count_scoreboard_without_lead(table: Table) -> int:
    at = [column.key for column in table.columns].index("promises")
    counts = (row[at] for row in table.rows if _has_no_lead(table, row))
    return sum(count for count in counts if isinstance(count, int))


def _introduce_scoreboard(table: Table, period: str) -> str:
    keys = [column.key for column in table.columns]
    sums = {
        key: sum(number for row in table.rows if isinstance(number := row[keys.index(key)], int))
        for key in ("promises", "met_in_time", "met_late", "overdue")
    }
    return _(
        "Offices counted for {period}: {count}; promises: {promises}, met in time: {met_in_time},"
        " met late: {met_late}, overdue: {overdue}."
    ).format(count=len(table.rows), period=period, **sums)


def _write_scoreboard_notes(report: ReportInput, unnamed: int) -> Iterator[Paragraph]:
    settings = report.settings
    text = _(
        "Note: score = ({met} × share met in time + {on_time} × share of reports in time) ÷ the"
        " weights of the shares that are known − {overdue} for each promise overdue, closed unmet"
        " or found broken, not below 0. Reports within {days} days after their period are in time."
    )
    yield Paragraph(
        rank="note",
        text=text.format(
            met=settings.score_met,
            on_time=settings.score_on_time,
            overdue=settings.score_overdue,
            days=settings.report_within,
        ),
    )
    if unnamed:
        text = _n(
            "{count} promise has no lead and is not counted here.",
            "{count} promises have no lead and are not counted here.",
            unnamed,
        )
        yield Paragraph(rank="note", text=text.format(count=unnamed))
    scope = describe_report_working_set(report.now)
    if scope is not None:
        yield Paragraph(rank="note", text=_("The table is about: {scope}.").format(scope=scope))

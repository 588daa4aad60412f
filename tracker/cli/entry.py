"""Walk through what is owed on a terminal: a value, or on to the next, and store it all at once."""

import sys
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tracker.cli.context import CommandContext
from tracker.cli.output import is_terminal, write_stdout
from tracker.cli.rows_input import describe_rows_input_value, store_rows_input_of_answers
from tracker.errors import InvalidInput, TrackerError
from tracker.exchange.form_layout import FormKey
from tracker.exchange.reported_rows import ReportedRow
from tracker.exchange.spreadsheets import Cell
from tracker.ledger.bulk_updates import RefusedRows, RowsToStore, StoredRow, StoredRows
from tracker.locale.translation import _, _n
from tracker.model.filters import Filter
from tracker.model.quantities import format_quantity
from tracker.output.cells import format_cell
from tracker.reports import build
from tracker.reports.build import ReportDays, ReportSettings
from tracker.reports.form import (
    FormCase,
    describe_counting_in_form,
    get_form_period,
    list_form_cases,
)
from tracker.system.text import make_text_visible
from tracker.views.wording import word_assessed_target, word_name

_YES = frozenset(("y", "yes", "是", "好"))


class _Answer(NamedTuple):
    """A row that a person has typed, and what it would do."""

    row: ReportedRow
    stored: StoredRow | None
    doubts: list[str]


def ask_for_entry_of_reports(
    context: CommandContext, where: Filter, days: ReportDays
) -> StoredRows | None:
    """Walk through what is owed; return what was stored, None where nothing was.

    Raises:
        InvalidInput: there is no terminal to ask on.
    """
    if not context.can_ask() or not is_terminal():
        raise InvalidInput(
            _("This asks on a terminal; in a script give lines to: tracker update --from -")
        )
    plan = build.plan_report_build("form", days, context.today)
    report = build.read_report_input(plan, context.tracker, where, ReportSettings())
    cases = list_form_cases(report)
    if not cases:
        _print_entry_line(_("Nothing is owed for this period."))
        return None
    period = get_form_period(report)
    last = min(period.last, context.today)
    walk = _Walk(
        context, cases, last, [FormKey("", each.case.indicator.id, period) for each in cases]
    )
    walk.ask_all()
    return walk.store()


class _Walk:
    """What is asked for, and the answers so far by its number."""

    def __init__(
        self, context: CommandContext, cases: list[FormCase], last: date, keys: list[FormKey]
    ) -> None:
        self._context, self._cases, self._last, self._keys = context, cases, last, keys
        self._answers: dict[int, _Answer] = {}

    def ask_all(self) -> None:
        """Ask about each; a person may go back, and stop before the end."""
        _print_entry_line(
            _("A value and, if you like, a note; Enter: on, ?: why, <: back, q: stop.")
        )
        at = 0
        while at < len(self._cases):
            self._show(at)
            typed = _ask_for_entry(_("value for {day}: ").format(day=self._last))
            if typed is None or typed.casefold() == "q":
                return
            if typed == "<":
                at = max(at - 1, 0)
            elif typed in {"?", "？"}:
                self._explain(at)
            elif not typed or self._take(at, typed):
                at += 1

    def store(self) -> StoredRows | None:
        """Show what was entered, ask once, and store it as one change."""
        if not self._answers:
            _print_entry_line(_("Nothing was entered."))
            return None
        answers = [self._answers[at] for at in sorted(self._answers)]
        for answer in answers:
            if answer.stored is not None:
                _print_entry_line(_describe_entry_answer(answer.stored))
            for doubt in answer.doubts:
                _print_entry_line(doubt)
        count = len(answers)
        question = _n("Store {n} report? [y/N] ", "Store {n} reports? [y/N] ", count)
        typed = _ask_for_entry(question.format(n=count))
        if typed is None or typed.casefold() not in _YES:
            _print_entry_line(_("Nothing was stored."))
            return None
        rows = RowsToStore([answer.row for answer in answers])
        # Each doubt was shown as its value was typed, and again above the question.
        return store_rows_input_of_answers(self._context, rows, accept=True)

    def _show(self, at: int) -> None:
        form_case = self._cases[at]
        assessment, unit = form_case.by_end.assessment, form_case.case.indicator.unit
        head = _("{n} of {all}").format(n=at + 1, all=len(self._cases))
        lead = f" [{assessment.lead}]" if assessment.lead else ""
        _print_entry_line(f"\n── {head} ── {word_name(assessment)}{lead}")
        before, expected = form_case.value_before, form_case.expected_value
        value_before = format_cell(before)
        if isinstance(before, Decimal):
            value_before = format_quantity(before, unit)
        shown = {
            _("target"): word_assessed_target(assessment),
            _("before"): value_before,
            _("expected by then"): format_cell(expected),
            _("counted"): describe_counting_in_form(form_case.case.indicator),
        }
        known = [f"{label} {text}" for label, text in shown.items() if text]
        _print_entry_line(_("; ").join([*known, *([unit] if unit else [])]))
        if at in self._answers and (stored := self._answers[at].stored) is not None:
            _print_entry_line(_("entered: {value}").format(value=describe_rows_input_value(stored)))

    def _explain(self, at: int) -> None:
        assessment = self._cases[at].case.assessment
        _print_entry_line(_("{light}: {why}").format(light=_(assessment.light), why=assessment.why))
        for more in (assessment.deadline_wording, assessment.notes):
            if more:
                _print_entry_line(more)

    def _take(self, at: int, typed: str) -> bool:
        """Try a value on the ledger, say what it does, and keep it; return whether it fits."""
        value, _space, note = typed.partition(" ")
        cells = {"value": Cell(at + 1, 0, value, value)}
        if note.strip():
            cells["note"] = Cell(at + 1, 0, note.strip(), note.strip())
        row = ReportedRow("", at + 1, cells, key=self._keys[at])
        try:
            tried = self._context.tracker.report_rows(RowsToStore([row]), is_rehearsal=True)
        except RefusedRows as refused:
            for problem in refused.problems:
                _print_entry_line(str(problem["sentence"]))
            return False
        except TrackerError as error:
            _print_entry_line(error.sentence)
            return False
        stored = tried.stored[0] if tried.stored else None
        doubts = [doubt.sentence for doubt in tried.doubts]
        for sentence in [*doubts, *(stored.stored.remarks if stored is not None else ())]:
            _print_entry_line(sentence)
        self._answers[at] = _Answer(row, stored, doubts)
        _print_entry_line(
            _("as before, skipped") if stored is None else _describe_entry_answer(stored)
        )
        return True


def _describe_entry_answer(row: StoredRow) -> str:
    """Return a line with what is reported and the light before and after."""
    before, after = row.stored.before, row.stored.after
    lights = f"{_(before.light)} → {_(after.light)}"
    return _("{name}: {value} on {on}; {lights}").format(
        name=word_name(after),
        value=describe_rows_input_value(row),
        on=row.stored.update.on,
        lights=lights,
    )


def _print_entry_line(text: str) -> None:
    write_stdout(make_text_visible(text, lines=True) + "\n")


def _ask_for_entry(question: str) -> str | None:
    """Return what a person types; None at the end of the input."""
    write_stdout(question)
    line = sys.stdin.readline()
    return line.strip() if line else None

"""Store many reports at once, all or none: forms, tables and pasted lines.

Each row passes the gate of a single update. All refusals and doubts are found before
anything is refused, each with the cell it stands in.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple, Protocol

import msgspec

from tracker.assessment.case import Case
from tracker.errors import Ambiguous, Doubtful, InvalidInput, NotFound, Refused, TrackerError
from tracker.exchange.reported_rows import (
    ReportedRow,
    RowProblem,
    build_update_of_reported_row,
    find_remark_without_reported_value,
)
from tracker.ledger import lookup
from tracker.ledger.answers import StoredUpdate
from tracker.ledger.updates import find_update_of_same_day, is_same_update
from tracker.locale.translation import _, _n, _p
from tracker.model.names import fold_name
from tracker.model.quantities import format_quantity
from tracker.model.records import Indicator, Update
from tracker.storage.base import View

_DOUBTFUL = Doubtful.kind


class StoredRow(NamedTuple):
    """Row that was stored: where it stands, its indicator, and how that stood and stands."""

    file: str
    cell: str
    indicator: Indicator
    stored: StoredUpdate


class StoredRows(NamedTuple):
    """What rows have done to a ledger.

    Attributes:
        stored: the rows that were stored.
        skipped: how many say what the ledger says already.
        blank: how many report nothing.
        doubts: what was taken although it is doubtful.
    """

    stored: list[StoredRow]
    skipped: int
    blank: int
    doubts: list[RowProblem]


class RowsToStore(NamedTuple):
    """Rows of all files, and what is wrong with them before the ledger is asked.

    Attributes:
        rows: the rows.
        blank: how many of them report nothing.
        problems: what is wrong.
        on: the day of rows that name none, where it is given.
    """

    rows: Sequence[ReportedRow]
    blank: int = 0
    problems: Sequence[RowProblem] = ()
    on: date | None = None


class RefusedRows(Refused):
    """Rows of which some are wrong or doubtful; ``problems`` says it of each cell."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        count = len(problems)
        sentence = _n(
            "Nothing was stored: {count} cell is wrong or doubtful.",
            "Nothing was stored: {count} cells are wrong or doubtful.",
            count,
        )
        if all(problem.kind == _DOUBTFUL for problem in problems):
            sentence = _n(
                "Nothing was stored: {count} cell is doubtful; if it is right, add"
                " --accept-doubts.",
                "Nothing was stored: {count} cells are doubtful; if they are right, add"
                " --accept-doubts.",
                count,
            )
        lines = [problem.describe() for problem in problems]
        super().__init__(sentence.format(count=count), lines)
        self.problems = [problem._asdict() for problem in problems]
        self.are_doubts = all(problem.kind == _DOUBTFUL for problem in problems)


class StoreUpdate(Protocol):
    """Checks an update as a single one is checked, signs it and stores it."""

    def __call__(self, case: Case, update: Update, /, *, force: bool) -> StoredUpdate:
        """Return what was stored; ``force`` takes a value that may be a slip.

        Raises:
            Doubtful: the value may be a slip.
            TrackerError: it is refused.
        """


class BulkUpdate:
    """Rows on their way into the ledger, within one transaction.

    Args:
        records: the ledger.
        find_case: returns the case of an indicator, with what is stored of it by now.
        store: stores an update.
    """

    def __init__(
        self,
        records: View,
        find_case: Callable[[Indicator], Case],
        store: StoreUpdate,
    ) -> None:
        self._records, self._find_case, self._store = records, find_case, store
        self._ids_by_name: dict[str, list[str]] | None = None
        self._skipped = 0
        self._stored: list[StoredRow] = []
        self._problems: list[RowProblem] = []

    def store_all(self, rows: RowsToStore, today: date, *, accept_doubts: bool) -> StoredRows:
        """Store all rows, or none.

        Raises:
            RefusedRows: some are wrong, or doubtful and not accepted.
        """
        self._problems = list(rows.problems)
        for row in rows.rows:
            doubt = find_remark_without_reported_value(row)
            if doubt is not None:
                self._problems.append(doubt)
            if row.reports:
                self._store_row(row, rows.on, today)
        doubts = [problem for problem in self._problems if problem.kind == _DOUBTFUL]
        if len(self._problems) > len(doubts) or (doubts and not accept_doubts):
            raise RefusedRows(self._problems)
        return StoredRows(self._stored, self._skipped, rows.blank, doubts)

    def _store_row(self, row: ReportedRow, on: date | None, today: date) -> None:
        try:
            indicator, chosen = self._find_indicator(row)
        except TrackerError as error:
            self._problems.append(row.build_problem(error, "key", "id", "name", "initiative"))
            return
        update, problems = build_update_of_reported_row(chosen, indicator, today, on)
        self._problems += problems
        if problems:
            return
        try:
            self._store_update(chosen, self._find_case(indicator), update)
        except TrackerError as error:
            column = "on" if update.on > today else "value"
            names = (column, "value", "done", "share_of_plan")
            problem = row.build_problem(error, *names, indicator_id=indicator.id)
            self._problems.append(problem)

    def _store_update(self, row: ReportedRow, case: Case, update: Update) -> None:
        earlier = find_update_of_same_day(case.indicator, update)
        if earlier is not None:
            if is_same_update(earlier, update):
                self._skipped += 1
                return
            update = msgspec.structs.replace(update, voids=earlier.id)
            if (earlier.value, earlier.done) != (update.value, update.done):
                self._doubt(
                    row, case.indicator, _describe_bulk_update_correction(case, earlier, update)
                )
        try:
            stored = self._store(case, update, force=False)
        except Doubtful as doubt:
            self._doubt(row, case.indicator, doubt.doubt)
            stored = self._store(case, update, force=True)
        cell = row.name_cell("value", "done", "share_of_plan")
        self._stored.append(StoredRow(row.file, cell, case.indicator, stored))

    def _doubt(self, row: ReportedRow, indicator: Indicator, sentence: str) -> None:
        problem = row.build_problem(
            Doubtful(sentence), "value", "done", "share_of_plan", indicator_id=indicator.id
        )
        self._problems.append(problem)

    def _find_indicator(self, row: ReportedRow) -> tuple[Indicator, ReportedRow]:
        """Return the indicator of a row, and the row as it is understood beside it.

        Raises:
            NotFound: there is none of that key or name, or more than one.
        """
        if row.key is not None:
            return lookup.look_up_indicator(self._records, row.key.indicator), row
        if not row.readings:
            return self._find_by_cells(row), row
        failure: TrackerError | None = None
        for name, value, note in row.readings:
            try:
                indicator = self._find_by_name(name)
            except TrackerError as error:
                failure = error if failure is None or isinstance(error, Ambiguous) else failure
                continue
            cells = {"value": value}
            if note:
                cells["note"] = value._replace(value=note, text=note)
            return indicator, row._replace(cells=cells)
        raise failure or NotFound(_("no record is named"))

    def _find_by_cells(self, row: ReportedRow) -> Indicator:
        """Return the indicator that the cells of a table name: by id, by both names, by one."""
        words = {key: cell.text for key, cell in row.cells.items()}
        if "id" in words:
            return lookup.find_indicator(self._records, words["id"])
        if "name" in words and "initiative" in words:
            initiative = lookup.find_initiative(self._records, words["initiative"])
            folded = fold_name(words["name"])
            of_initiative = self._records.indicators_of(initiative.id)
            fitting = [each for each in of_initiative if fold_name(each.name) == folded]
            if len(fitting) == 1:
                return fitting[0]
        name = words.get("name") or words.get("initiative")
        if name is None:
            raise InvalidInput(_("the row names no indicator; write its name or id"))
        return self._find_by_name(name)

    def _find_by_name(self, words: str) -> Indicator:
        """Return the indicator of a name; all names are read once for all rows."""
        if self._ids_by_name is None:
            self._ids_by_name = _index_names(self._records)
        ids = self._ids_by_name.get(fold_name(words), ())
        if len(ids) == 1:
            words = ids[0]
        return lookup.find_indicator(self._records, words)


def _index_names(records: View) -> dict[str, list[str]]:
    """Return the ids of the records by each of their names, folded.

    An indicator answers to its name behind that of its initiative too.
    """
    ids: dict[str, list[str]] = {}
    names_of: dict[str, str] = {}
    for named in records.names():
        names_of[named.id] = named.name
        names = {named.id, named.name, *named.aliases}
        owner = named.id.partition(".")[0]
        if owner != named.id:
            names.add(names_of.get(owner, "") + named.name)
        for name in {fold_name(name) for name in names}:
            ids.setdefault(name, []).append(named.id)
    return ids


def _describe_bulk_update_correction(case: Case, earlier: Update, update: Update) -> str:
    """Say that another value is reported for a day that has one."""
    unit = case.indicator.unit
    values = [
        format_quantity(each.value, unit)
        if each.value is not None
        else _p("reported", "done")
        if each.done
        else _p("reported", "not done")
        for each in (earlier, update)
    ]
    return _("{id}: {before} is reported for {on} already; {after} corrects it").format(
        id=case.indicator.id, before=values[0], on=update.on, after=values[1]
    )

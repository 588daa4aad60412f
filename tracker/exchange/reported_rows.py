"""Rows of forms, tables and pasted lines that report on indicators.

A row is read in two steps: where its cells stand is read from the file, what they say only
beside the indicator, whose unit and kind decide what is a value.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeVar, cast, get_args

from tracker.errors import Doubtful, InvalidInput, Refused, TrackerError, shorten_text
from tracker.exchange.cell_values import (
    is_cell_blank,
    parse_cell_amount,
    parse_cell_day,
    refuse_broken_cell,
)
from tracker.exchange.form_layout import (
    DONE_WORDS,
    ENTRY_COLUMNS,
    EXAMPLE_KEY,
    HEADS,
    LOCKED,
    NOT_DONE_WORDS,
    STATUS_WORDS,
    FormKey,
    find_column_of_form_head,
    is_same_locked_form_cell,
    parse_form_key,
    parse_locked_form_cells,
)
from tracker.exchange.spreadsheets import (
    EPOCH,
    Cell,
    Sheet,
    decode_text_spreadsheet,
    read_spreadsheet,
)
from tracker.locale.translation import _, join_words
from tracker.model.periods import Period
from tracker.model.quantities import ReportedAmount, format_quantity_number
from tracker.model.records import Indicator, Update
from tracker.model.vocabulary import Status

_ROWS_ABOVE_HEAD = 30
_GUARD = r"'(?=[\s　]*[=+\-@＝＋－＠])"
_SAID = ("value", "done", "share_of_plan")
"""Columns of which one is a report."""
_FILLED_IN = frozenset((*ENTRY_COLUMNS, "done", "period_start"))
_REMARKS = ("note", "evidence", "problems", "next_steps", "expected_on")
ParsedT = TypeVar("ParsedT")


class RowProblem(NamedTuple):
    """What is wrong, or doubtful, with one cell.

    Attributes:
        file: the name of the file; empty for lines that were typed.
        cell: its address, such as B7, or the line; empty where the whole file is meant.
        id: the indicator; None where it is not known.
        kind: the stable name of the failure, as of an error.
        sentence: what is wrong, and what is allowed.
        exit_code: the exit code of the failure.
    """

    file: str
    cell: str
    id: str | None
    kind: str
    sentence: str
    exit_code: int

    def describe(self) -> str:
        """Return the problem as one line."""
        place = " ".join(filter(None, (self.file, self.cell)))
        return _("{place}: {sentence}").format(place=place, sentence=self.sentence)


class ReportedRow(NamedTuple):
    """One row, not yet understood.

    Attributes:
        file: the name of the file.
        number: the row, or the line.
        cells: the cells that are not blank, by the key of their column.
        columns: the number of each column, for the address of a cell that is empty.
        key: what a row of a form is about; None for other tables.
        readings: for lines, the ways to part one into name, value and note.
        epoch: day 0 of the serial numbers of days.
    """

    file: str
    number: int
    cells: Mapping[str, Cell]
    columns: Mapping[str, int] = {}
    key: FormKey | None = None
    readings: Sequence[tuple[str, Cell, str]] = ()
    epoch: date = EPOCH

    @property
    def reports(self) -> bool:
        """Return whether the row reports something."""
        return bool(self.readings) or any(column in self.cells for column in _SAID)

    def name_cell(self, *columns: str) -> str:
        """Return the address of the first of some columns that is filled in, else that exists."""
        if not self.columns:
            return _("line {number}").format(number=self.number)
        filled = [column for column in columns if column in self.cells]
        for column in (*filled, *columns):
            if column in self.columns:
                return Cell(self.number, self.columns[column], "", "").address
        return _("row {number}").format(number=self.number)

    def build_problem(
        self, error: TrackerError, *columns: str, indicator_id: str | None = None
    ) -> RowProblem:
        """Return a failure as a problem of the cell in one of some columns."""
        known = indicator_id or (None if self.key is None else self.key.indicator)
        place = self.name_cell(*columns)
        sentence = error.sentence
        if error.candidates:
            nearest = join_words(error.candidates)
            sentence = _("{sentence} (nearest: {names})").format(sentence=sentence, names=nearest)
        return RowProblem(self.file, place, known, error.kind, sentence, error.exit_code)


class ReadRows(NamedTuple):
    """Rows of a file, how many of them report nothing, and what is wrong with others."""

    rows: list[ReportedRow]
    blank: int
    problems: list[RowProblem]


def read_reported_file(data: bytes, file: str, ledger: str, *, may_be_lines: bool) -> ReadRows:
    """Return the rows of a form, of another table, or of lines NAME VALUE [NOTE].

    Args:
        data: the file.
        file: what it is called.
        ledger: the mark of the ledger.
        may_be_lines: a text without a row of heads is one of lines.

    Raises:
        InvalidInput: it is nothing of that.
        Refused: it is a form of another ledger.
    """
    sheets = read_spreadsheet(data, file)
    is_text = [sheet.name for sheet in sheets] == [""]
    if may_be_lines and is_text and _find_head_of_reported_rows(sheets[0]) is None:
        return read_reported_lines(decode_text_spreadsheet(data, file), file)
    return read_reported_rows(sheets, file, ledger)


def read_reported_rows(sheets: Sequence[Sheet], file: str, ledger: str) -> ReadRows:
    """Return the rows of a form or of another table with names and values.

    Args:
        sheets: the sheets of the file.
        file: its name.
        ledger: the mark of the ledger, which the key of each row of a form has to name.

    Raises:
        InvalidInput: no sheet has a row of heads.
        Refused: the form belongs to another ledger.
    """
    rows: list[ReportedRow] = []
    problems: list[RowProblem] = []
    blank, is_table = 0, False
    for sheet in sheets:
        columns_of = None if sheet.is_hidden else _find_head_of_reported_rows(sheet)
        if columns_of is None:
            continue
        is_table = True
        head, columns = columns_of
        for number, cells in _list_reported_rows_below(sheet, head, columns, problems, file):
            row = ReportedRow(file, number, cells, columns, epoch=sheet.epoch)
            if cells.get("key") and cells["key"].text == EXAMPLE_KEY:
                continue
            try:
                row = _read_key_of_reported_row(row, ledger)
                changed = list(_compare_locked_cells_of_reported_row(row))
            except InvalidInput as error:
                problems.append(row.build_problem(error, "key"))
                continue
            problems += changed
            blank += not row.reports
            # In a changed unit, a number that is right would look wrong.
            if row.name_cell("unit") not in {problem.cell for problem in changed}:
                rows.append(row)
    if not is_table:
        heads = join_words(f"{HEADS[key][0]} ({HEADS[key][1]})" for key in ("name", "value", "on"))
        sentence = _("{file} has no row of heads; a table needs heads such as {heads}.")
        raise InvalidInput(sentence.format(file=file, heads=heads))
    return ReadRows(rows, blank, problems)


def _find_head_of_reported_rows(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """Return the row of the heads and the column of each, None where there is no such row."""
    for cells in sheet.list_rows():
        if cells[0].row > _ROWS_ABOVE_HEAD:
            return None
        columns: dict[str, int] = {}
        for cell in cells:
            if (key := find_column_of_form_head(cell.text)) is not None:
                columns.setdefault(key, cell.column)
        if {"key", "id", "name", "initiative"} & columns.keys() and {*_SAID} & columns.keys():
            return cells[0].row, columns
    return None


def _list_reported_rows_below(
    sheet: Sheet,
    head: int,
    columns: Mapping[str, int],
    problems: list[RowProblem],
    file: str,
) -> Iterator[tuple[int, dict[str, Cell]]]:
    """Yield the rows below the heads; a merged cell stands in each of its rows.

    Not so a value: over several rows it could be of any of them.
    """
    spread = sheet.spread_merged_cells()
    last = max(row for row, _column in sheet.cells)
    for number, key in _find_merged_values_of_reported_rows(sheet, head, columns):
        if not is_cell_blank(spread.get((number, columns[key]))):
            sentence = _("the cell is merged over several rows; give each row a value of its own")
            merged = ReportedRow(file, number, {}, columns)
            problems.append(merged.build_problem(InvalidInput(sentence), key))
            spread.pop((number, columns[key]))
    for number in range(head + 1, last + 1):
        cells = {}
        for key, column in columns.items():
            cell = spread.get((number, column))
            # A dash in a locked cell is what was sent; where people fill in it says nothing.
            if cell is not None and not (key in _FILLED_IN and is_cell_blank(cell)):
                cells[key] = cell
        if cells.keys() - {"row"}:
            yield number, cells


def _find_merged_values_of_reported_rows(
    sheet: Sheet, head: int, columns: Mapping[str, int]
) -> Iterator[tuple[int, str]]:
    """Yield the row and column of each value that is merged with one of another row."""
    for merged in sheet.merged:
        for column in _SAID:
            if merged.first_column <= columns.get(column, 0) <= merged.last_column:
                rows = range(max(merged.first_row, head + 1), merged.last_row + 1)
                if len(rows) > 1:
                    yield from ((row, column) for row in rows)


def _read_key_of_reported_row(row: ReportedRow, ledger: str) -> ReportedRow:
    """Return a row of a form with its key; a row that somebody has added has none.

    Raises:
        InvalidInput: the key was changed.
        Refused: it is of another ledger.
    """
    key, locked = row.cells.get("key"), row.cells.get("locked")
    if key is None:
        return row
    read = parse_form_key(key.text, "" if locked is None else locked.text)
    if read.ledger != ledger:
        sentence = _(
            "{file} is a form of another ledger; read it with --db into the one that it is from."
        )
        raise Refused(sentence.format(file=row.file))
    return row._replace(key=read)


def _compare_locked_cells_of_reported_row(row: ReportedRow) -> Iterator[RowProblem]:
    """Yield the locked cells that are not as they were sent, each with both values."""
    if row.key is None or "locked" not in row.cells:
        return
    sent = parse_locked_form_cells(row.cells["locked"].text)
    for column in LOCKED:
        # A column that was deleted as a whole changes nothing.
        if column not in row.columns or column not in sent:
            continue
        cell = row.cells.get(column)
        text = "" if cell is None else cell.text
        if not is_same_locked_form_cell(column, sent[column], text):
            sentence = _("'{found}' was '{sent}' when the form was sent, and is not to be changed")
            error = InvalidInput(sentence.format(found=text, sent=sent[column]))
            yield row.build_problem(error, column)


def read_reported_lines(text: str, file: str) -> ReadRows:
    """Return lines NAME VALUE [NOTE] as rows; empty lines and those behind a # are passed over."""
    rows, problems = [], []
    for number, line in enumerate(text.split("\n"), 1):
        words = line.strip().strip("\ufeff").strip()
        if not words or words.startswith("#"):
            continue
        readings = list(_split_reported_line(words, number))
        row = ReportedRow(file, number, {}, readings=readings)
        if readings:
            rows.append(row)
        else:
            sentence = _("no value is found; write NAME VALUE [NOTE], such as: {example}")
            error = InvalidInput(sentence.format(example=_("new homes 1,200 two sites opened")))
            problems.append(row.build_problem(error))
    return ReadRows(rows, 0, problems)


def _split_reported_line(line: str, number: int) -> Iterator[tuple[str, Cell, str]]:
    """Yield the ways to part a line into name, value and note, the longest name first.

    Tabs part it for certain; else any space or comma may be the one behind the name.
    """
    if "\t" in line:
        parts = [part.strip() for part in line.split("\t")]
        name, value, *notes = filter(None, parts)
        yield name, Cell(number, 0, value, value), " ".join(notes)
        return
    gaps = list(re.finditer(r"[\s,，]+", line))
    for at in range(len(gaps) - 1, -1, -1):
        name, rest = line[: gaps[at].start()], line[gaps[at].end() :]
        match = re.match(r"[^\s,，]+(?:[,，][0-9]{3}(?![0-9])[^\s,，]*)*", rest)
        if match is None or not _may_be_reported_value(match[0]):
            continue
        note = rest[match.end() :].strip(" \t,，")
        yield name.strip("\"“”'"), Cell(number, 0, match[0], match[0]), note


def _may_be_reported_value(text: str) -> bool:
    """Return whether a word may be a value: an amount, or that something is done or not."""
    if text.casefold() in DONE_WORDS | NOT_DONE_WORDS:
        return True
    try:
        parse_cell_amount(Cell(0, 0, text, text), None)
    except InvalidInput:
        # With a unit it is one of an indicator that is not known yet.
        return re.match(r"[<>≤≥~约近超]?[+-]?[0-9０-９]", text) is not None
    return True


class RowUpdate(NamedTuple):
    """What a row says of its indicator: an update, and what is wrong with its cells."""

    update: Update
    problems: list[RowProblem]


def build_update_of_reported_row(
    row: ReportedRow, indicator: Indicator, today: date, default_on: date | None
) -> RowUpdate:
    """Return what a row says, beside its indicator.

    Args:
        row: a row that reports something.
        indicator: the indicator.
        today: the day of the call.
        default_on: the day of a row that names none; None: the end of the period that its
            form asks for, else today where that is still to come or the row is of no form.
    """
    reading = _RowReading(row, indicator, today)
    period = None if row.key is None else row.key.period
    end = default_on or (today if period is None else min(period.last, today))
    amount, done = reading.read_value()
    on = reading.read("on", lambda cell: parse_cell_day(cell, today, end, row.epoch)) or end
    start = reading.read(
        "period_start", lambda cell: parse_cell_day(cell, today, on, row.epoch, is_first=True)
    )
    share = reading.read("share_of_plan", _parse_share_of_reported_row)
    update = Update(
        on=on,
        period_start=start or _find_period_start_of_reported_row(indicator, period, on),
        value=None if amount is None else amount.value,
        qualifier=None if amount is None else amount.qualifier,
        done=done,
        share_of_plan=share,
        status=reading.read("status", _parse_status_of_reported_row) or "final",
        note=reading.compose_note(),
        evidence=reading.list_evidence(),
    )
    return RowUpdate(update, reading.problems)


def _find_period_start_of_reported_row(
    indicator: Indicator, period: Period | None, on: date
) -> date | None:
    """Return the first day that an increment counts; what is no increment counts no days."""
    if period is None or indicator.accumulation != "increment":
        return None
    return period.first if period.first <= on <= period.last else None


class _RowReading:
    """A row beside its indicator, and what is wrong with its cells so far."""

    def __init__(self, row: ReportedRow, indicator: Indicator, today: date) -> None:
        self._row, self._indicator, self._today = row, indicator, today
        self.problems: list[RowProblem] = []

    def read(self, column: str, parse: Callable[[Cell], ParsedT]) -> ParsedT | None:
        """Return what a cell says; None where it is blank, or wrong, which is noted."""
        cell = self._row.cells.get(column)
        if cell is None:
            return None
        try:
            refuse_broken_cell(cell)
            return parse(cell)
        except TrackerError as error:
            self._note(error, column)
            return None

    def read_value(self) -> tuple[ReportedAmount | None, bool | None]:
        """Return the amount that a row reports, or for a milestone whether it is done."""
        if self._indicator.measure == "milestone":
            column = "value" if "value" in self._row.cells else "done"
            return None, self.read(column, _parse_done_of_reported_row)
        if "value" in self._row.cells or "done" not in self._row.cells:
            return self.read("value", self._parse_amount), None
        sentence = _("this is a number and not a milestone; write the number, in {unit}")
        unit = self._indicator.unit or _("its unit")
        self._note(InvalidInput(sentence.format(unit=unit)), "done")
        return None, None

    def compose_note(self) -> str | None:
        """Return the note of an update: the progress, then problems, measures and the day."""
        words = {
            key: self.read(key, _read_words_of_reported_rows) or ""
            for key in _REMARKS
            if key != "evidence"
        }
        labels = {
            "problems": _("problems: {text}"),
            "next_steps": _("next steps: {text}"),
            "expected_on": _("expected completion: {text}"),
        }
        parts = [words["note"]]
        parts += [label.format(text=words[key]) for key, label in labels.items() if words[key]]
        return _("; ").join(filter(None, parts)) or None

    def list_evidence(self) -> list[str]:
        """Return the pieces of evidence that a cell names."""
        words = self.read("evidence", _read_words_of_reported_rows) or ""
        return [piece.strip() for piece in re.split(r"[\n;；、]", words) if piece.strip()]

    def _parse_amount(self, cell: Cell) -> ReportedAmount:
        unit = self._row.cells.get("unit")
        row_unit = None if unit is None else unit.text
        return parse_cell_amount(cell, self._indicator.unit, row_unit)

    def _note(self, error: TrackerError, column: str) -> None:
        problem = self._row.build_problem(error, column, indicator_id=self._indicator.id)
        self.problems.append(problem)


def _parse_done_of_reported_row(cell: Cell) -> bool:
    words = cell.text.strip().casefold()
    if words in DONE_WORDS or words in NOT_DONE_WORDS:
        return words in DONE_WORDS
    sentence = _(
        "'{found}' does not say whether the milestone is reached; write {yes} or {no}, and how"
        " far the work is in the column {share}"
    )
    share = HEADS["share_of_plan"]
    raise InvalidInput(
        sentence.format(
            found=shorten_text(cell.text),
            yes=_("yes"),
            no=_("no"),
            share=f"{share[0]} ({share[1]})",
        )
    )


def _parse_share_of_reported_row(cell: Cell) -> Decimal:
    amount = parse_cell_amount(cell, "%", "%")
    if isinstance(cell.value, Decimal) and 0 < amount.value < 1 and "%" not in cell.text:
        sentence = _("{share} may be {share}% or {times}%; write the sign of per cent behind it")
        raise InvalidInput(
            sentence.format(
                share=format_quantity_number(amount.value),
                times=format_quantity_number(amount.value * 100),
            )
        )
    return amount.value


def _parse_status_of_reported_row(cell: Cell) -> Status:
    words = cell.text.strip().casefold()
    for status in get_args(Status):
        if words in STATUS_WORDS[status]:
            return cast("Status", status)
    allowed = join_words(f"{words[0]} ({words[1]})" for words in STATUS_WORDS.values())
    sentence = _("'{found}' is no status; write one of: {allowed}")
    raise InvalidInput(sentence.format(found=shorten_text(cell.text), allowed=allowed))


def _read_words_of_reported_rows(cell: Cell) -> str:
    """Return a text without the guard that keeps it from being a formula."""
    return re.sub(rf"\A{_GUARD}", "", cell.text)


def find_remark_without_reported_value(row: ReportedRow) -> RowProblem | None:
    """Return a doubt about a row that says something and reports nothing; None: it is blank."""
    filled = [column for column in _REMARKS if column in row.cells]
    if row.reports or not filled:
        return None
    sentence = _(
        "a remark without a value is not stored; fill in the value, whether it is done, or the"
        " share of the plan"
    )
    return row.build_problem(Doubtful(sentence), *filled)

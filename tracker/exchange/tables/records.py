"""Make records of the rows of a table. What is not understood becomes a doubt, by its cell."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from tracker.errors import InvalidInput
from tracker.exchange.cell_values import is_cell_blank, normalize_cell_text, parse_cell_day
from tracker.exchange.fields import FieldReader, build_record_from_fields, default_indicator_fields
from tracker.exchange.spreadsheets import Cell, name_spreadsheet_cell
from tracker.exchange.tables.amounts import (
    Promise,
    Reported,
    convert_reported_amount,
    find_share_among_amounts,
    is_amount_alone,
    match_reported_amounts,
    may_amount_have_other_unit,
    read_promised_amounts,
    read_reported_amounts,
    says_all_done_for_amount,
    says_done_for_amount,
)
from tracker.exchange.tables.bodies import Bodies, read_bodies, split_bodies
from tracker.exchange.tables.heads import Head
from tracker.exchange.tables.layout import Table, TableRow
from tracker.exchange.tables.revisions import (
    read_revised_deadline_of_cell,
    read_revised_target_of_cell,
)
from tracker.exchange.tables.times import (
    TableDays,
    find_deadline_time_in_sentence,
    find_end_of_period_time,
    read_deadline_time_of_cell,
)
from tracker.locale.translation import _
from tracker.model.defaults import may_be_negative_by_default
from tracker.model.quantities import format_quantity
from tracker.model.records import Deadline, IndicatorItem, Revision, Source, Update
from tracker.model.recurrence import read_recurrence
from tracker.model.vocabulary import VOCABULARY

_UNSAID = frozenset({"n/a", "na", "无", "none", "nil", "不涉及", "不适用", "…", "..."})
_YES = frozenset(
    ("是", "已办结", "已完成", "办结", "完成", "已销号", "√", "✓", "y", "yes", "true", "done")
)
_COMPLETE = r"(?i)completed?|open(?:ed)?|launch(?:ed)?|publish(?:ed)?|approved?|adopt(?:ed)?"
_COMPLETE += r"|建成|完成|投用|竣工|开工|出台|印发|办结"
_WAYS = {"higher": "up", "high": "up", "up": "up", "increase": "up", "lower": "down", "low": "down"}
_WAYS |= {
    "down": "down",
    "decrease": "down",
    "越高越好": "up",
    "越低越好": "down",
    "高": "up",
    "低": "down",
}
_NAME_UNIT = r"[（(]([^（()）]{1,8})[)）]\s*$"
_GROWTH_NAME = r"(?:增速|增长率?|增幅|率)$"
_GOES_ON = r"(?i)长期|持续|常年|全年|每|常态|永久|坚持|经常|ongoing|continuous|rolling"
_LONGEST_NAME = 60
_MOST_TIMES_PLAN = 3
"""Times its plan up to which a number without a sign of per cent may be a share of 1."""
_LONGEST_REASON = 150
_VERBS = (
    r"(?:完成|实现|达到?|新增|新建|改造|筹集|建设|建成|更新|同比"
    r"|增长|下降|提高|降低|年度|全年|累计|共|化解|开展|召开|举办|组织)*"
)
_OF_YEAR = r"(?i)20\d\d\s*年|20\d\d/\d\d|年度|全年|annual|full-?year|year-?end"
_OPERATORS = {word: word for word in VOCABULARY["op"]} | {"区间": "range"}
"""Operators as tables of this program print them, in English and Chinese."""
_NO_UNIT = frozenset({"number", "no.", "no", "#", "count", "num", "数值", "无"})


class Doubt(NamedTuple):
    """Cell that is not understood.

    Attributes:
        cell: its address.
        head: the words above it.
        text: what it says.
        why: why it is not understood, and what is allowed.
    """

    cell: str
    head: str
    text: str
    why: str


class TableRecord(NamedTuple):
    """Record that a row makes.

    Attributes:
        row: the row on the sheet.
        record_id: the id that the row prints; empty for none.
        initiative: the name of the initiative.
        place: where it is; only a table of this program says it.
        category: the headings that it stands under.
        bodies: who leads and supports.
        person: who is in charge.
        indicator: what is measured; its id is only a dot.
    """

    row: int
    record_id: str
    initiative: str
    place: str | None
    category: str | None
    bodies: Bodies
    person: str | None
    indicator: IndicatorItem


class _Measure(NamedTuple):
    """One thing that a row measures: its name, its target and the unit of its values."""

    name: str
    promise: Promise | None
    unit: str | None
    is_growth: bool


class RowReader:
    """Reads the rows of one table.

    Args:
        table: the table.
        days: the days that its wordings refer to.
        on: the day of values of which the table says none.
        unit: the unit of amounts where neither row nor head say one.
        document: the id of the document that the table is; None: none is known.
        remark: is called with what is meant where nothing is said.
    """

    def __init__(
        self,
        table: Table,
        days: TableDays,
        on: date,
        unit: str | None,
        document: str | None,
    ) -> None:
        self.doubts: list[Doubt] = []
        self._table, self._days, self._on, self._unit = table, days, on, unit
        self._document = document
        self._columns: dict[str, list[Head]] = {}
        for head in table.heads:
            self._columns.setdefault(head.field, []).append(head)
        self._numeric = {head.column for head in table.heads if self._is_numeric(head)}
        self._last_name = ""
        self._last_category: str | None = None
        self._named: dict[tuple[str, str], int] = {}

    def read_records(self) -> Iterator[TableRecord]:
        """Yield a record for each thing that a row measures."""
        for row in self._table.rows:
            for record in self._read_row(row):
                key = (record.initiative, record.indicator.name)
                if key in self._named:
                    self._doubt_row(
                        row, _("it has the names of row {row}").format(row=self._named[key])
                    )
                    continue
                self._named[key] = row.number
                yield record

    def _is_numeric(self, head: Head) -> bool:
        """Return whether most cells of a column hold a number and nothing else."""
        if head.field not in {"target", "value"}:
            return False
        cells = [row.cells[head.column] for row in self._table.rows if head.column in row.cells]
        filled = [cell for cell in cells if not _is_unsaid_in_table_record(cell)]
        alone = sum(is_amount_alone(cell.text) for cell in filled)
        return alone * 2 >= len(filled) and alone > 0

    def _read_row(self, row: TableRow) -> Iterator[TableRecord]:
        name, indicator = self._name_row(row)
        if not name:
            return
        bodies, people = self._read_bodies(row), self._read_people(row)
        category = self._read_text(row, "category")
        # In a table of this program a cell is empty because nothing is there.
        self._last_category = category or (None if self._table.is_own else self._last_category)
        groups = [self._last_category, *row.groups]
        category = " / ".join(dict.fromkeys(filter(None, groups[1:] + groups[:1]))) or None
        deadline = self._read_deadline(row)
        measures = self._list_measures(row, name, indicator)
        reports = self._read_updates(row, measures)
        notes = self._read_notes(row)
        for measure, updates in zip(measures, reports, strict=True):
            fields = self._build_fields(row, measure, updates)
            fields["deadline"] = deadline
            if deadline is not None and deadline.wording is not None:
                fields["recurs"] = read_recurrence(deadline.wording)
            fields["notes"] = notes
            built = self._build_indicator(fields)
            self._revise(row, built, is_growth=measure.is_growth, is_alone=len(measures) == 1)
            record_id = self._read_text(row, "id") or ""
            place = self._read_text(row, "place")
            yield TableRecord(row.number, record_id, name, place, category, bodies, people, built)

    def _name_row(self, row: TableRow) -> tuple[str, str]:
        """Return the name of the initiative and of what is measured; a name above goes on."""
        name = _clean_name_of_table_record(self._read_text(row, "name") or "")
        indicator = _clean_name_of_table_record(self._read_text(row, "indicator") or "")
        if not name and indicator and "name" in self._columns:
            name = self._last_name
        self._last_name = name or self._last_name
        return (name or indicator)[: _LONGEST_NAME * 2], indicator

    def _list_measures(self, row: TableRow, name: str, indicator: str) -> list[_Measure]:
        """Return what a row measures: for each number of its target one, else the row itself."""
        measures = []
        for is_growth in (False, True):
            heads = [
                head for head in self._columns.get("target", []) if head.is_growth == is_growth
            ]
            values = [
                head for head in self._columns.get("value", []) if head.is_growth == is_growth
            ]
            unit = "%" if is_growth else self._find_unit(row, [*heads, *values], indicator or name)
            promises: list[Promise] = []
            for head in heads:
                promises += self._read_target(row, head, unit)
            for head in self._columns.get("revised_target", []) if not promises else ():
                if head.is_growth == is_growth:
                    promises += self._read_target(row, head, unit)
            if not is_growth and not self._says_target(row):
                words = indicator if self._columns.get("target") else indicator or name
                promises += [p for p in read_promised_amounts(words, None) if p.name]
            measures += [
                _Measure(
                    self._name_measure(
                        promise, name, indicator, heads, len(promises), is_growth=is_growth
                    ),
                    promise,
                    promise.fields["unit"],
                    is_growth,
                )
                for promise in promises
            ]
            if not promises and self._has_value(row, values):
                own = self._name_measure(None, name, indicator, heads, 1, is_growth=is_growth)
                measures.append(
                    _Measure(own, None, unit or self._find_value_unit(row, values), is_growth)
                )
        if measures:
            return _tell_table_records_apart(measures)
        own = indicator if indicator and indicator != name else self._read_milestone_name(row, name)
        unit = (
            self._find_unit(row, self._columns.get("target", []), name) if self._numeric else None
        )
        return [_Measure(own, None, unit, is_growth=False)]

    def _says_target(self, row: TableRow) -> bool:
        """Return whether a column for targets says anything; its own words may do instead."""
        cells = [row.cells.get(head.column) for head in self._columns.get("target", [])]
        return self._table.is_own or any(
            c is not None and not _is_unsaid_in_table_record(c) for c in cells
        )

    def _read_milestone_name(self, row: TableRow, name: str) -> str:
        """Return what is to be done, as the target words it; else the name of the row."""
        for head in self._columns.get("target", []):
            cell = row.cells.get(head.column)
            if (
                cell is not None
                and head.column not in self._numeric
                and not _is_unsaid_in_table_record(cell)
            ):
                text = _clean_name_of_table_record(cell.text)
                return text if len(text) <= _LONGEST_NAME else name
        return name

    def _name_measure(
        self,
        promise: Promise | None,
        name: str,
        indicator: str,
        heads: Sequence[Head],
        count: int,
        *,
        is_growth: bool,
    ) -> str:
        base = indicator or name
        if is_growth:
            return base if re.search(_GROWTH_NAME, base) else f"{base}增速"
        said = promise.name if promise is not None else ""
        # 改造危房58户 is no name where the words before its number are one.
        is_sentence = bool(said) and re.search(r"\d", indicator) is not None
        if count == 1 and indicator and "target" in self._columns and not is_sentence:
            return indicator
        if not said:
            invested = re.search(r"投资", heads[0].text) if heads else None
            return f"{base}计划投资" if invested and not indicator else base
        if re.fullmatch(_VERBS, said):
            return base if count == 1 or said in base else f"{base}{said}"
        return said

    def _find_unit(self, row: TableRow, heads: Sequence[Head], name: str) -> str | None:
        """Return the unit of a number alone: of its column, its head, the name, or the table."""
        text = self._read_text(row, "unit")
        if text and text.casefold() not in _NO_UNIT:
            return normalize_cell_text(text).replace(" ", "")
        in_head = next((head.unit for head in heads if head.unit), None)
        if in_head:
            return in_head
        in_name = re.search(_NAME_UNIT, name)
        if in_name and not re.search(r"\d|期|批|一|二|三", in_name[1]):
            return in_name[1]
        return self._unit

    def _find_value_unit(self, row: TableRow, heads: Sequence[Head]) -> str | None:
        """Return the unit that the values of a row print, where it has no target."""
        cells = [row.cells[head.column] for head in heads if head.column in row.cells]
        units = (
            report.unit
            for cell in cells
            if not _is_unsaid_in_table_record(cell)
            for report in read_reported_amounts(cell.text, None, [])
        )
        return next(filter(None, units), None)

    def _has_value(self, row: TableRow, heads: Sequence[Head]) -> bool:
        """Return whether a row without a target reports a number by itself."""
        cells = [row.cells[head.column] for head in heads if head.column in row.cells]
        return any(
            not _is_unsaid_in_table_record(cell)
            and is_amount_alone(cell.text)
            and not _is_table_record_date(cell)
            for cell in cells
        )

    def _read_target(self, row: TableRow, head: Head, unit: str | None) -> list[Promise]:
        cell = row.cells.get(head.column)
        if cell is None or _is_unsaid_in_table_record(cell):
            return []
        if cell.is_broken or _is_table_record_date(cell):
            self._doubt(cell, head, _("a formula has no result, or a day stands for a number"))
            return []
        promises = read_promised_amounts(cell.text, unit)
        if not promises and head.column in self._numeric and not re.fullmatch(_COMPLETE, cell.text):
            self._doubt(cell, head, _("no number is understood"))
        return promises

    def _read_updates(self, row: TableRow, measures: Sequence[_Measure]) -> list[list[Update]]:
        """Return what a row reports on each of the things that it measures."""
        by_day: list[dict[date, dict[str, Any]]] = [{} for _measure in measures]
        promises = [m.promise for m in measures if m.promise is not None]
        heads = self._columns.get("value", [])
        # Columns of numbers first: sentences beside them only explain.
        for head in sorted(heads, key=lambda head: head.column not in self._numeric):
            cell = row.cells.get(head.column)
            if cell is None or _is_unsaid_in_table_record(cell):
                continue
            if self._table.is_own and cell.text.startswith(("(", "（")):
                continue  # what is only estimated stands in brackets
            own = [at for at, m in enumerate(measures) if m.is_growth == head.is_growth]
            on = self._read_day(row) or self._find_day(head, cell)
            if cell.is_broken or _is_table_record_date(cell):
                self._doubt(cell, head, _("a formula has no result, or a day stands for a number"))
                continue
            is_beside = head.column not in self._numeric and any(
                fields.get("value") is not None for at in own for fields in by_day[at].values()
            )
            found = self._read_reports(
                cell, head, [measures[at] for at in own], promises, is_beside=is_beside
            )
            for at, fields in zip(own, found, strict=True):
                if fields:
                    known = by_day[at].setdefault(on, {})
                    by_day[at][on] = fields | known
        for days in by_day:
            _join_notes(days)
        self._add_shares(row, measures, by_day)
        self._add_done(row, measures, by_day)
        return [
            [
                Update(on=on, **fields)
                for on, fields in sorted(days.items())
                if _table_record_says_something(fields)
            ]
            for days in by_day
        ]

    def _read_day(self, row: TableRow) -> date | None:
        """Return the day that a column of its own says for the value of a row."""
        for head in self._columns.get("value_on", []):
            cell = row.cells.get(head.column)
            if cell is not None and not _is_unsaid_in_table_record(cell):
                try:
                    return parse_cell_day(cell, self._days.today, self._days.document_day)
                except InvalidInput as error:
                    self._doubt(cell, head, _explain_day_of_table_record(error))
        return None

    def _find_day(self, head: Head, cell: Cell) -> date:
        """Return the day of a value: of its sentence, its head, the table, else as is said."""
        in_text = (
            find_end_of_period_time(cell.text, self._days) if isinstance(cell.value, str) else None
        )
        in_head = next(
            (
                end
                for part in reversed(head.path)
                if (end := find_end_of_period_time(part, self._days))
            ),
            None,
        )
        return in_text or in_head or self._days.stated or self._on

    def _read_reports(
        self,
        cell: Cell,
        head: Head,
        measures: Sequence[_Measure],
        promises: Sequence[Promise],
        *,
        is_beside: bool,
    ) -> list[dict[str, Any]]:
        """Return the fields of an update for each of some measures, empty where none is said.

        Args:
            cell: the cell.
            head: the head of its column.
            measures: what it may report on.
            promises: the targets of the row.
            is_beside: whether a column of numbers has said the values already.
        """
        if is_beside:
            return [{"note": cell.text} for _measure in measures]
        unit = measures[0].unit if len(measures) == 1 else None
        reports = read_reported_amounts(cell.text, unit, promises)
        wanted = [m.promise or Promise(m.name, {"unit": m.unit}) for m in measures]
        fields = [
            self._convert(cell, head, measure, report)
            for measure, report in zip(
                measures, match_reported_amounts(wanted, reports), strict=True
            )
        ]
        is_sentence = not is_amount_alone(cell.text)
        share = find_share_among_amounts(cell.text, is_percent=unit == "%") if is_sentence else None
        for measure, own in zip(measures, fields, strict=True):
            if says_all_done_for_amount(cell.text) or (
                says_done_for_amount(cell.text) and measure.promise is None
            ):
                own.update(_complete_table_record(measure))
            if share is not None and len(measures) == 1:
                own.setdefault("share_of_plan", share)
            if is_sentence and (own or len(measures) == 1):
                own["note"] = cell.text
        self._doubt_reports(cell, head, measures, reports, fields)
        return fields

    def _doubt_reports(
        self,
        cell: Cell,
        head: Head,
        measures: Sequence[_Measure],
        reports: Sequence[Reported],
        fields: Sequence[Mapping[str, Any]],
    ) -> None:
        """Name a cell whose numbers are not understood, or not of which target they are."""
        if any(own.keys() - {"note"} for own in fields):
            return
        if head.column in self._numeric and not self._is_milestone_row(measures):
            self._doubt(cell, head, _("no number is understood"))
        elif reports and any(measure.promise for measure in measures):
            self._doubt(cell, head, _("it is not clear which target the number is of"))

    def _is_milestone_row(self, measures: Sequence[_Measure]) -> bool:
        return all(measure.promise is None and measure.unit is None for measure in measures)

    def _convert(
        self, cell: Cell, head: Head, measure: _Measure, report: Reported | None
    ) -> dict[str, Any]:
        """Return the fields of an update with the value of a report, in the unit of its measure."""
        is_known = measure.promise is not None or measure.unit is not None
        if report is None or not (is_known or head.column in self._numeric):
            return {}
        if measure.promise is None and not is_amount_alone(cell.text):
            return {}
        try:
            value = convert_reported_amount(report, measure.unit)
        except InvalidInput as error:
            self._doubt(cell, head, error.sentence)
            return {}
        wrong = None
        if self._may_be_share_of_one(cell, head, measure, value):
            wrong = _("it may be a per cent, or a share of 1; write it with %")
        elif (
            value < 0
            and not measure.is_growth
            and not may_be_negative_by_default(measure.unit, measure.name)
        ):
            wrong = _("a count is not below 0")
        if wrong is not None:
            self._doubt(cell, head, wrong)
            return {}
        return {"value": value, "qualifier": report.qualifier if report.qualifier != ">" else ">="}

    def _may_be_share_of_one(
        self, cell: Cell, head: Head, measure: _Measure, value: Decimal
    ) -> bool:
        """Return whether 0.18 beside a target of 35% may be 18%: nothing but its cell says %."""
        target = measure.promise.fields["target"] if measure.promise is not None else None
        is_told = "%" in f"{cell.text}{head.text}" or "unit" in self._columns or measure.is_growth
        return (
            measure.unit == "%"
            and not is_told
            and isinstance(cell.value, Decimal)
            and 0 < value <= 1 < (target or 0)
        )

    def _add_shares(
        self,
        row: TableRow,
        measures: Sequence[_Measure],
        by_day: Sequence[dict[date, dict[str, Any]]],
    ) -> None:
        """Add the share of the plan that a column of its own prints, to a value or by itself."""
        for head in self._columns.get("share_of_plan", []):
            cell = row.cells.get(head.column)
            if (
                cell is None
                or _is_unsaid_in_table_record(cell)
                or cell.is_broken
                or len(measures) < 1
            ):
                continue
            found = read_promised_amounts(cell.text, "%")
            if len(found) != 1 or found[0].fields["unit"] != "%" or measures[0].promise is None:
                continue
            if not by_day[0]:
                continue
            reported = by_day[0][max(by_day[0])]
            share = found[0].fields["target"]
            if "%" not in f"{cell.text}{head.text}":
                share = _scale_share_of_plan(share, reported, measures[0].promise)
            if share is not None:
                reported["share_of_plan"] = share

    def _add_done(
        self,
        row: TableRow,
        measures: Sequence[_Measure],
        by_day: Sequence[dict[date, dict[str, Any]]],
    ) -> None:
        """Add that a milestone is done, as a column of its own says."""
        for head in self._columns.get("done", []):
            cell = row.cells.get(head.column)
            if cell is None or cell.text.strip().casefold() not in _YES:
                continue
            for measure, days in zip(measures, by_day, strict=True):
                if measure.promise is None and measure.unit is None:
                    on = max(days, default=self._find_day(head, cell))
                    days.setdefault(on, {})["done"] = True

    def _build_fields(
        self, row: TableRow, measure: _Measure, updates: Sequence[Update]
    ) -> dict[str, Any]:
        """Return the fields of an indicator, with its reports."""
        promise = measure.promise.fields if measure.promise is not None else {}
        has_value = any(update.value is not None for update in updates)
        is_number = bool(promise) or has_value or measure.unit is not None
        fields: dict[str, Any] = {
            "id": ".",
            "name": measure.name,
            "measure": "number" if is_number else "milestone",
            "updates": [*updates],
        }
        if is_number:
            fields |= {"unit": measure.unit, **promise}
            fields |= self._read_direction(row, fields.get("op"))
            fields |= self._read_baseline(row, measure)
            fields |= self._read_comparison(row, measure)
        if self._document is not None:
            place = f"{self._table.sheet.name} {row.number}".strip()
            fields["source"] = Source(document=self._document, locator=place)
        return fields

    def _read_direction(self, row: TableRow, op: str | None) -> dict[str, Any]:
        way = _WAYS.get((self._read_text(row, "direction") or "").casefold())
        against = {"up": {"<", "<="}, "down": {">", ">="}}
        return {"direction": way} if way is not None and op not in against[way] else {}

    def _read_comparison(self, row: TableRow, measure: _Measure) -> dict[str, Any]:
        """Return the operator and the upper end, which tables of this program have apart."""
        fields: dict[str, Any] = {}
        for field in ("op", "target_high"):
            for head in self._columns.get(field, []):
                cell = row.cells.get(head.column)
                if cell is None or is_cell_blank(cell):
                    continue
                found = read_promised_amounts(cell.text, measure.unit)
                if field == "op" and cell.text in _OPERATORS:
                    fields["op"] = _OPERATORS[cell.text]
                elif field == "target_high" and len(found) == 1 and not found[0].name:
                    fields["target_high"] = found[0].fields["target"]
                else:
                    self._doubt(cell, head, _("no number or operator is understood"))
        return fields

    def _read_baseline(self, row: TableRow, measure: _Measure) -> dict[str, Any]:
        for head in self._columns.get("baseline", []):
            cell = row.cells.get(head.column)
            if cell is None or _is_unsaid_in_table_record(cell) or measure.is_growth:
                continue
            found = read_reported_amounts(cell.text, measure.unit, [])
            if len(found) != 1 or not is_amount_alone(cell.text):
                self._doubt(cell, head, _("no number is understood"))
                continue
            value = convert_reported_amount(found[0], measure.unit)
            target = measure.promise.fields.get("target") if measure.promise is not None else None
            if target is not None and may_amount_have_other_unit(cell.text, value, target):
                why = _("far from the target of {target}; write the unit behind the number")
                shown = format_quantity(target, measure.unit)
                self._doubt(cell, head, why.format(target=shown))
                continue
            return {"baseline": value}
        return {}

    def _build_indicator(self, fields: dict[str, Any]) -> IndicatorItem:
        reader = FieldReader(
            self._days.today,
            lambda _source: self._days.published,
            _ignore_table_record,
            self._days.local,
        )
        filled = default_indicator_fields(fields, reader, self._days.published)
        return build_record_from_fields(IndicatorItem, filled)

    def _revise(
        self, row: TableRow, built: IndicatorItem, *, is_growth: bool, is_alone: bool
    ) -> None:
        """Add, in place, what columns of their own print as revised target or deadline."""
        fields: dict[str, Any] = {}
        reasons = []
        heads = [*self._columns.get("revised_target", [])] if built.target is not None else []
        heads = [head for head in heads if head.is_growth == is_growth]
        for head in [*heads, *self._columns.get("revised_deadline", [])]:
            cell = row.cells.get(head.column)
            if cell is None or _is_unsaid_in_table_record(cell):
                continue
            try:
                revised = self._read_revision(cell, head, built, is_alone=is_alone)
            except InvalidInput as error:
                self._doubt(cell, head, _explain_day_of_table_record(error))
                continue
            fields |= revised
            reasons += [head.text] * bool(revised)
        if fields:
            on = self._days.stated or self._on
            built.revisions = [Revision(on=on, reason="、".join(reasons), **fields)]

    def _read_revision(
        self, cell: Cell, head: Head, built: IndicatorItem, *, is_alone: bool
    ) -> dict[str, Any]:
        """Return the fields of a revision by one cell; none where nothing is revised.

        Raises:
            InvalidInput: it is not understood, or which of several targets it is of.
        """
        if head.field == "revised_deadline":
            return read_revised_deadline_of_cell(cell, built, self._days)
        if not is_alone:
            raise InvalidInput(_("it is not clear which target the number is of"))
        return read_revised_target_of_cell(cell, built)

    def _read_deadline(self, row: TableRow) -> Deadline | None:
        """Return the deadline of a row: of its cell, its sentences, or the year of its target."""
        heads = self._columns.get("deadline", [])
        for head in heads:
            cell = row.cells.get(head.column)
            if cell is None or _is_unsaid_in_table_record(cell):
                continue
            if cell.text.isascii() and re.search(_GOES_ON, cell.text):
                return Deadline(on=None, wording=cell.text)
            try:
                deadline = read_deadline_time_of_cell(cell, self._days)
            except InvalidInput as error:
                self._doubt(cell, head, _explain_day_of_table_record(error))
                return None
            if deadline.on is None and not re.search(_GOES_ON, deadline.wording or ""):
                self._doubt(cell, head, _("it names no day"))
            return deadline
        for field in () if self._table.is_own else ("target", "indicator", "name"):
            found = find_deadline_time_in_sentence(self._read_text(row, field) or "", self._days)
            if found is not None:
                return found
        targets = [
            head for head in self._columns.get("target", []) if re.search(_OF_YEAR, head.text)
        ]
        if not heads and any(head.column in row.cells for head in targets):
            return Deadline(on=self._days.year_end, basis="derived")
        return None if heads else self._read_completion(row)

    def _read_completion(self, row: TableRow) -> Deadline | None:
        """Return when a project is to be complete, where nothing else is a deadline."""
        for head in self._columns.get("completion", []):
            cell = row.cells.get(head.column)
            if (
                cell is not None
                and not _is_unsaid_in_table_record(cell)
                and not self._columns.get("target")
            ):
                try:
                    return read_deadline_time_of_cell(cell, self._days)
                except InvalidInput as error:
                    self._doubt(cell, head, _explain_day_of_table_record(error))
        return None

    def _read_bodies(self, row: TableRow) -> Bodies:
        leads: list[str] = []
        support: list[str] = []
        has_support = bool(self._columns.get("support"))
        for field in ("lead", "bodies", "support"):
            text = self._read_text(row, field)
            if not text:
                continue
            read = read_bodies(text, is_shared=field == "bodies" and not has_support)
            if field == "support" or (field == "bodies" and leads):
                support += [*read.leads, *read.support]
            else:
                leads, support = [*leads, *read.leads], [*support, *read.support]
        return Bodies(
            list(dict.fromkeys(leads)), [b for b in dict.fromkeys(support) if b not in leads]
        )

    def _read_notes(self, row: TableRow) -> str | None:
        lines = []
        for head in self._columns.get("notes", []):
            cell = row.cells.get(head.column)
            if cell is not None and not _is_unsaid_in_table_record(cell):
                is_plain = re.search(r"备注|note|comment|remark", head.text.casefold())
                lines.append(cell.text if is_plain else f"{head.path[-1]}：{cell.text}")
        return "\n".join(line.replace("\r\n", "\n").replace("\r", "\n") for line in lines) or None

    def _read_people(self, row: TableRow) -> str | None:
        """Return the persons in charge, of all columns that name some (责任人, 分管领导)."""
        heads = self._columns.get("person", [])
        cells = [row.cells[head.column] for head in heads if head.column in row.cells]
        named = [cell.text for cell in cells if not is_cell_blank(cell)]
        people = [person for text in named for person in split_bodies(text)]
        return "、".join(dict.fromkeys(people)) or None

    def _read_text(self, row: TableRow, field: str) -> str | None:
        """Return the text of the first column of a field; None where it is empty."""
        for head in self._columns.get(field, []):
            cell = row.cells.get(head.column)
            if cell is not None and not is_cell_blank(cell):
                return cell.text
        return None

    def _doubt(self, cell: Cell, head: Head, why: str) -> None:
        if all(doubt.cell != cell.address for doubt in self.doubts):
            self.doubts.append(Doubt(cell.address, head.text, cell.text, why.rstrip(".。")))

    def _doubt_row(self, row: TableRow, why: str) -> None:
        column = min(row.cells)
        cell, head = row.cells[column], self._table.heads[0]
        address = name_spreadsheet_cell(row.number, column)
        self.doubts.append(Doubt(address, head.text, cell.text, why.rstrip(".。")))


def _explain_day_of_table_record(error: InvalidInput) -> str:
    """Return why a day is not understood; without the list of all wordings that are."""
    if len(error.sentence) > _LONGEST_REASON:
        return _("no day is understood; write one such as 2025-12-31 or 2025年底")
    return error.sentence


def _join_notes(days: dict[date, dict[str, Any]]) -> None:
    """Put, in place, what is only said in words to the newest report with a value."""
    reported = [on for on, fields in days.items() if _table_record_says_something(fields)]
    if not reported:
        return
    for on in [on for on in days if on not in reported]:
        known = days[max(reported)]
        notes = filter(None, (known.get("note"), days.pop(on).get("note")))
        known["note"] = "\n".join(dict.fromkeys(notes)) or None


def _scale_share_of_plan(
    share: Decimal, reported: Mapping[str, Any], promise: Promise
) -> Decimal | None:
    """Return a share without a sign of per cent in per cent: 0.6 may be 60 % or 0.6 %.

    The value beside it tells; None where it does not. What is more than 3 is in per cent.
    """
    if share == 0 or share > _MOST_TIMES_PLAN:
        return share
    value, target = reported.get("value"), promise.fields["target"]
    if not value or not target:
        return None
    computed = value / target
    is_near = [abs(computed * times - share) <= share / 20 for times in (1, 100)]
    if is_near[0]:
        return Decimal(format((share * 100).normalize(), "f"))
    return share if is_near[1] else None


def _complete_table_record(measure: _Measure) -> dict[str, Any]:
    """Return the fields of an update that says all is done: of a count, its whole target."""
    if measure.promise is None:
        return {"done": True} if measure.unit is None else {}
    fields = measure.promise.fields
    is_count = fields.get("target_high") is None and fields.get("op") not in {"<", "<="}
    return {"value": fields["target"]} if is_count and fields.get("unit") != "%" else {}


def _tell_table_records_apart(measures: Sequence[_Measure]) -> list[_Measure]:
    """Give things of a row that are called alike their units as part of their names."""
    names = [measure.name for measure in measures]
    return [
        measure._replace(name=f"{measure.name}（{measure.unit or at + 1}）")
        if names.count(measure.name) > 1
        else measure
        for at, measure in enumerate(measures)
    ]


def _table_record_says_something(fields: Mapping[str, Any]) -> bool:
    return any(fields.get(key) is not None for key in ("value", "done", "share_of_plan"))


def _clean_name_of_table_record(text: str) -> str:
    """Return a name without its number in front, and without breaks of lines."""
    bare = "".join(text.split()) if not text.isascii() else " ".join(text.split())
    bare = re.sub(r"^(?:其中[:：]|[（(]?\d{1,3}[)）.、．](?!\d)|[①-⑳]|[—–-]+)", "", bare)
    return bare.strip("。；;，, ")


def _is_unsaid_in_table_record(cell: Cell) -> bool:
    return is_cell_blank(cell) or cell.text.strip().casefold() in _UNSAID


def _is_table_record_date(cell: Cell) -> bool:
    return isinstance(cell.value, date)


def _ignore_table_record(_remark: str) -> None:
    """Take no notice: what is meant where a table says nothing is told once for all of it."""

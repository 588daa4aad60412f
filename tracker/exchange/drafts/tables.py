"""Draft records from tables: task lists with leads and deadlines, and tables of indicators."""

import re
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from tracker.exchange.drafts import naming, words
from tracker.exchange.drafts.amounts import Op
from tracker.exchange.drafts.clauses import Scene
from tracker.exchange.drafts.document import Passage, Table
from tracker.exchange.drafts.draft import Draft
from tracker.exchange.drafts.figures import find_figure_table, read_figure_row
from tracker.exchange.drafts.outline import Outline
from tracker.exchange.drafts.recorder import Recorder
from tracker.exchange.drafts.sentences import Span, normalize_sentences, split_sentence_into_clauses
from tracker.exchange.drafts.times import Time, find_times

_HEADER_ROWS = 3
_LONGEST_HEADER = 14
_FEWEST_HEADERS = 2
_LONGEST_WORK = 30
_NAMED_PART = 4
# A deadline alone on its line.
_DAY = r"(?:20\d\d年)?(?:\d{1,2}月)?(?:年)?(?:\d{1,2}日|底|[上中下]旬|末)?(?:之?前|完成)*"
_SHARE = r"(?P<value>\d[\d.]*)[%％]"
_EMPTY = re.compile(r"[-—–/\\·\s]*|无|／")
_VALUE = re.compile(
    r"(?P<sum>〔|\[)?\s*"
    r"(?P<op>>=|<=|[><＞＜≥≤]|不低于|不少于|不超过|超过|突破|约|达到|达)?\s*"
    r"(?P<value>-?\d[\d,]*(?:\.\d+)?)\s*(?:[—–\-~](?P<high>\d[\d,]*(?:\.\d+)?))?\s*"
    r"(?P<unit>[^\d〕\]左以]*?)(?P<tail>左右|以上|以内|以下|及以上)?\s*(?:〕|\])?"
)
_OPS: dict[str, Op] = {
    **dict.fromkeys((">", "＞", "超过", "突破"), ">"),
    **dict.fromkeys((">=", "≥", "不低于", "不少于", "以上", "及以上"), ">="),
    **dict.fromkeys(("<", "＜"), "<"),
    **dict.fromkeys(("<=", "≤", "不超过", "以内", "以下"), "<="),
    **dict.fromkeys(("约", "左右"), "~"),
}


class CellReader(Protocol):
    """What reads the sentence in a cell."""

    recorder: Recorder
    outline: Outline
    captions: list[str]

    def read_sentence(self, passage: Passage, text: str, span: Span, setting: Scene) -> None:
        """Collect the drafts of one sentence."""


class Value(NamedTuple):
    """A column of values or reports: its position, the year in its title, and the title."""

    column: int
    time: Time | None
    title: str


class Columns:
    """What the columns of a table hold, by their position; None where there is none."""

    def __init__(self, titles: list[str], published: date) -> None:
        self.name: int | None = None
        self._is_led = False
        self.org: int | None = None
        self.person: int | None = None
        self.deadline: int | None = None
        self.unit: int | None = None
        self.goals: list[int] = []
        self.reports: list[Value] = []
        self.values: list[Value] = []
        for at, title in enumerate(titles):
            if re.search(rf"{words.SUPPORT_COLUMNS}|{words.IGNORED_COLUMNS}", title):
                continue
            if re.search(words.REPORT_COLUMNS, title) and "计划" not in title:
                self.reports.append(Value(at, _find_year_of_table(title, published), title))
            else:
                self._take(at, title, _find_year_of_table(title, published))
        named = _list_table_column(self.name)
        self.values = self.values if named else []
        self.goals = self.goals or ([] if self.values else named)

    def find_goals(self, rows: list[list[Passage]]) -> None:
        """Take the column with the most words for the goals where no title names them.

        A column of names whose cells hold sentences is one as well.
        """
        at = self.name
        cells = [
            normalize_sentences(row[at].text) for row in rows if at is not None and at < len(row)
        ]
        said = [cell for cell in cells if re.search(r"\d[^，；。]*[，；。]", cell)]
        if (
            at is not None
            and not self.values
            and at not in self.goals
            and 2 * len(said) > len(cells)
        ):
            self.goals.insert(0, at)
            self.name = None
        if self.goals or self.values:
            return
        others = {
            self.org,
            self.person,
            self.deadline,
            self.unit,
            *(report.column for report in self.reports),
        }
        lengths = {
            at: sum(len(row[at].text) for row in rows if at < len(row))
            for at in range(max(map(len, rows), default=0))
            if at not in others
        }
        if lengths:
            self.name = max(lengths, key=lambda at: lengths[at])
            self.goals = [self.name]

    def _take(self, at: int, title: str, year: Time | None) -> None:
        if re.search(words.UNIT_COLUMNS, title):
            self.unit = at
        elif re.search(words.PERSON_COLUMNS, title):
            self.person = at if self.person is None else self.person
        elif re.search(words.LEAD_COLUMNS, title) and not re.search("目标|任务|事项", title):
            leads = "牵头" in title and not self._is_led
            self.org = at if self.org is None or leads else self.org
            self._is_led = self._is_led or leads
        elif re.search(words.DEADLINE_COLUMNS, title):
            self.deadline = at
        elif year is not None and not re.search("任务|内容|工作", title):
            self.values.append(Value(at, year, title))
        elif re.search(rf"{words.RATE_COLUMNS}|{words.VALUE_COLUMNS}", title):
            self.values.append(Value(at, None, title))
        elif re.search(words.NAME_COLUMNS, title) and self.name is None:
            self.name = at
            if not re.search("名称|指标|重点|项目$|任务$|事项$|工作$", title):
                self.goals.append(at)
        elif re.search(words.GOAL_COLUMNS, title):
            self.goals.append(at)


def _list_table_column(at: int | None) -> list[int]:
    return [] if at is None else [at]


def _find_year_of_table(title: str, published: date) -> Time | None:
    """Return the year or period in the title of a column: 2025年, 2025."""
    bare = re.match(r"(20\d\d)(?!年|\d)", title)
    times = find_times(f"{bare[1]}年" if bare else title, published)
    return times[-1] if times else None


class _Row(NamedTuple):
    """A row of a table under its columns, and the works that a row across names above it."""

    cells: list[Passage]
    columns: Columns
    locator: str
    work: str | None = None

    def get(self, at: int | None) -> str | None:
        """Return the words of a cell; None where there are none."""
        if at is None or at >= len(self.cells):
            return None
        return self.cells[at].text.strip() or None

    def get_lead(self) -> str | None:
        """Return the lead bodies of the row, which may stand on lines of their own."""
        return self._get_names(self.columns.org, are_bodies=True) or self._get_names(
            self.columns.person, are_bodies=True
        )

    def get_person(self) -> str | None:
        """Return the persons in charge of the row."""
        return self._get_names(self.columns.person, are_bodies=False)

    def _get_names(self, at: int | None, *, are_bodies: bool) -> str | None:
        """Return the names in a cell; the bodies under 责任人 are no persons."""
        names = self.get(at)
        if names is None:
            return None
        if at == self.columns.person:
            is_body = re.search(words.BODIES_IN_CHARGE, names) is not None
            if is_body != are_bodies:
                return None
        return "、".join(names.split("\n"))


def read_table(reader: CellReader, table: Table, number: int) -> None:
    """Collect the drafts of a table.

    Args:
        reader: reads the sentence in a cell.
        table: its rows.
        number: which table of the document it is.
    """
    rows = split_lines_of_table(table.rows)
    published = reader.recorder.published
    above = 1 if len(rows) > 1 and _goes_across_table(rows[0]) else 0
    captions = [*reader.captions, *(normalize_sentences(row[0].text) for row in rows[:above])]
    header = find_table_header(rows)
    days = [time.last for line in captions for time in find_times(line, published)]
    # （2022年） above a table says that its numbers are known.
    is_past = bool(days) and max(days) < published
    is_past |= (reader.outline.tense or reader.outline.default) == "past"
    figures = find_figure_table(rows[above:], captions, reader.recorder, is_plan=not is_past)
    if figures is not None:
        for at, cells in enumerate(rows[above + figures.first :], 1):
            figures = figures._replace(caption=_find_table_work(cells) or figures.caption)
            read_figure_row(reader.recorder, figures, cells, f"表{number} 第{at}行")
        return
    if header is None:
        for row in rows:
            for cell in dict.fromkeys(row):
                _read_table_cell(reader, cell, Scene(None, None, None, None, f"表{number}"), None)
        return
    titles = [re.sub(r"\s", "", normalize_sentences(cell.text)) for cell in rows[header]]
    columns = Columns(titles, reader.recorder.published)
    columns.find_goals(rows[header + 1 :])
    read_row = _read_table_indicators if columns.values else _read_task_of_table
    work: str | None = None
    for at, cells in enumerate(rows[header + 1 :], 1):
        if name := _find_table_work(cells):
            work = name
        else:
            read_row(reader, _Row(cells, columns, f"表{number} 第{at}行", work))


def _find_table_work(row: list[Passage]) -> str | None:
    """Return what a row across a table names: the works of the rows below it."""
    if not _goes_across_table(row):
        return None
    name = naming.strip_numbering_of_name(normalize_sentences(row[0].text).strip())
    is_name = 0 < len(name) <= _LONGEST_WORK and not re.search(r"\d|[，。；]", name)
    return name if is_name else None


def _goes_across_table(row: list[Passage]) -> bool:
    """Return whether one cell with words goes across a whole row."""
    return len(row) > 1 and bool(row[0].text) and len({cell.text for cell in row}) == 1


def split_lines_of_table(rows: list[list[Passage]]) -> list[list[Passage]]:
    """Return the rows; one whose cells hold as many lines is a row for each of them.

    The lines of a name may have one more above them, which names the whole.
    """
    split = []
    for row in rows:
        lines = [_split_table_lines(cell) for cell in row]
        counts = [len(each) for each in lines if len(each) > 1]
        count = min(counts, default=1)
        are_pairs = len(counts) > 1 and set(counts) <= {count, count + 1}
        if not are_pairs or not any(_are_table_values(each[-count:]) for each in lines):
            split.append(row)
            continue
        split += [[_choose_table_line(each, at, count) for each in lines] for at in range(count)]
    return split


def _choose_table_line(lines: list[Passage], at: int, count: int) -> Passage:
    """Return a line of a cell; one more above them is what it is a part of."""
    if len(lines) <= count:
        return lines[min(at, len(lines) - 1)]
    part, whole = lines[at + 1], lines[0]
    number = re.match(r"\d{1,2}[.．、]\s*|[（(][一二三四五六七八九十\d]+[)）]", whole.text)
    opening = re.match("其中[：:]?", part.text)
    part = part.cut(opening.end() if opening else 0, len(part.text))
    whole = whole.cut(number.end() if number else 0, len(whole.text))
    return Passage(part.text + whole.text, [*part.places, *whole.places])


def _split_table_lines(cell: Passage) -> list[Passage]:
    """Return the lines of a cell."""
    ends = [match.start() for match in re.finditer("\n|$", cell.text)]
    starts = [0, *(end + 1 for end in ends[:-1])]
    return [cell.cut(start, end) for start, end in zip(starts, ends, strict=True)]


def _are_table_values(lines: list[Passage]) -> bool:
    """Return whether lines are numbers or days, one for each line of another cell."""
    return len(lines) > 1 and all(
        _VALUE.fullmatch(normalize_sentences(line.text)) is not None
        or re.fullmatch(_DAY, normalize_sentences(line.text)) is not None
        for line in lines
    )


def find_table_header(rows: list[list[Passage]]) -> int | None:
    """Return the row that names the columns; None if no row does."""
    for number, row in enumerate(rows[:_HEADER_ROWS]):
        named = sum(
            1
            for cell in row
            if 0 < len(cell.text) <= _LONGEST_HEADER
            and not re.search(r"[。；]", cell.text)
            and re.search(words.HEADERS, re.sub(r"\s", "", cell.text))
        )
        if named >= _FEWEST_HEADERS and named * 2 >= len(row):
            return number
    return None


def _read_task_of_table(reader: CellReader, row: _Row) -> None:
    """Read what a row promises under its goals, and what it reports under its progress."""
    columns = row.columns
    org, deadline = row.get_lead(), row.get(columns.deadline)
    named = row.get(columns.name) if columns.goals != [columns.name] else None
    row = row._replace(work=named or row.work)
    # A cell without a lead is a task as well where the others have one.
    is_task = columns.org is not None or columns.deadline is not None
    tense: Literal["plan"] | None = "plan" if is_task else None
    first = len(reader.recorder.drafts)
    for at in columns.goals:
        if at < len(row.cells):
            setting = Scene(tense, row.work, org, None, row.locator)
            _read_table_cell(reader, row.cells[at], setting, deadline)
    told = reader.recorder.drafts[first:]
    for draft in told:
        draft.person = draft.person or row.get_person()
    # A cell of sentences is called by what it promises first.
    name = named or (told[0].indicator if told else row.get(columns.name))
    for report in columns.reports:
        if report.column < len(row.cells):
            _read_progress_of_table(reader, row, report, name)


def _read_progress_of_table(reader: CellReader, row: _Row, report: Value, name: str | None) -> None:
    """Read what a row reports; a cell may only say what share is done: 80%（进度滞后）."""
    recorder, cell = reader.recorder, row.cells[report.column]
    time = report.time if report.time and report.time.last <= recorder.published else None
    text = normalize_sentences(cell.text)
    share = re.match(_SHARE, text)
    if share is None or name is None:
        setting = Scene("past", name, row.get_lead(), None, row.locator, past_time=time)
        first = len(recorder.drafts)
        _read_table_cell(reader, cell, setting, None)
        for draft in recorder.drafts[first:]:
            draft.initiative = (
                row.work if row.work and draft.initiative == name else draft.initiative
            )
        return
    quote = recorder.quote(cell, (0, len(text)), 0, share.end())
    draft = Draft(
        kind="result",
        indicator=naming.shorten_name(name + "进度"),
        org=row.get_lead(),
        value=_read_table_number(share["value"]),
        unit="%",
        op="=",
        quote=quote.words,
        span=quote.span,
        start=quote.start,
        locator=row.locator,
    )
    recorder.set_as_of(draft, time or recorder.reported, text)
    recorder.drafts.append(draft)


def _read_table_cell(
    reader: CellReader, cell: Passage, setting: Scene, deadline: str | None
) -> None:
    """Read the words of a cell as a sentence; its deadline is that of the row."""
    text = normalize_sentences(cell.text)
    if _EMPTY.fullmatch(text):
        return
    outline, recorder = reader.outline, reader.recorder
    first = len(recorder.drafts)
    section = outline.tense if outline.tense in {"past", "plan"} else outline.default
    setting = setting._replace(
        tense=setting.tense or section or "plan",
        initiative=setting.initiative or outline.find_heading(),
    )
    reader.read_sentence(cell, text, Span(0, len(text)), setting)
    if deadline is None:
        return
    drafts = recorder.drafts[first:]
    parts = split_table_deadlines(normalize_sentences(deadline), recorder.published)
    for draft in drafts:
        if draft.kind != "result" and draft.deadline_basis == "assumed":
            time = choose_table_deadline(draft, parts, drafts)
            if time is not None:
                recorder.set_deadline(draft, time)


def split_table_deadlines(cell: str, published: date) -> list[tuple[str, Time]]:
    """Return the deadlines of a cell with the words around each: 改造小区10月底，其余12月底."""
    parts = []
    for clause in split_sentence_into_clauses(cell, Span(0, len(cell))):
        part = cell[clause.start : clause.end]
        times = [time for time in find_times(part, published) if time.role != "compared"]
        if times:
            around = part[: times[0].start] + part[times[0].end :]
            parts.append((re.sub("^(?:底|前|完成)+|^前", "", around), times[0]))
    return parts


def choose_table_deadline(
    draft: Draft, parts: list[tuple[str, Time]], drafts: list[Draft]
) -> Time | None:
    """Return the deadline of a cell that belongs to a draft.

    Where a cell holds several, the words beside each tell whose it is; 惠及 goes with what
    stands before it, and 其余 takes the rest.
    """
    if not parts:
        return None
    if len(parts) == 1:
        around, time = parts[0]
        is_for_another = (
            len(around) >= _NAMED_PART
            and not _count_shared_table_cells(around, draft.indicator)
            and any(_count_shared_table_cells(around, other.indicator) for other in drafts)
        )
        return None if is_for_another else time
    best = max(parts, key=lambda part: _count_shared_table_cells(part[0], draft.indicator))
    if _count_shared_table_cells(best[0], draft.indicator):
        return best[1]
    at = drafts.index(draft)
    if at and "惠及" in draft.indicator:
        return choose_table_deadline(drafts[at - 1], parts, drafts)
    rest = [time for around, time in parts if re.search("其余|其他|其它|余", around)]
    return rest[0] if rest else parts[-1][1]


def _count_shared_table_cells(around: str, name: str) -> int:
    """Return how many pairs of characters two texts share, beside 完成 and 建成."""
    pairs = {around[at : at + 2] for at in range(len(around) - 1)} - {"完成", "建成"}
    shared = sum(1 for at in range(len(name) - 1) if name[at : at + 2] in pairs)
    both_complete = "完成" in around and "完成" in name
    return shared + 2 * (both_complete and shared > 0)


def _read_table_indicators(reader: CellReader, row: _Row) -> None:
    """Draft one row of a table of indicators: baseline and target stand in columns of years."""
    name, unit = naming.split_unit_from_name(row.get(row.columns.name) or "")
    unit = row.get(row.columns.unit) or unit
    if not name:
        return
    baseline: tuple[Decimal, date | None] | None = None
    level: Draft | None = None
    for value in row.columns.values:
        written = row.get(value.column)
        match = _VALUE.fullmatch(normalize_sentences(written)) if written else None
        if match is None or _EMPTY.fullmatch(written or ""):
            continue
        if _is_table_baseline(value, reader.recorder.published):
            baseline = (_read_table_number(match["value"]), value.time.last if value.time else None)
            continue
        if match["sum"] and level is not None:
            # 〔累计〕 beside a target says how far the target is from the baseline.
            continue
        draft = _draft_table_value(reader, row, value, match)
        _name_table_value(draft, name, unit, value, match, has_level=level is not None)
        is_level = not match["sum"] and not _is_table_rate(value)
        if baseline is not None and is_level:
            draft.baseline, draft.baseline_on = baseline
        reader.recorder.drafts.append(draft)
        level = level or draft


def _is_table_baseline(value: Value, published: date) -> bool:
    if value.time is not None:
        return value.time.last < published
    return bool(re.search(words.BASELINE_COLUMNS, value.title))


def _is_table_rate(value: Value) -> bool:
    return value.time is None and bool(re.search(words.RATE_COLUMNS, value.title))


def _name_table_value(
    draft: Draft,
    name: str,
    unit: str,
    value: Value,
    match: re.Match[str],
    *,
    has_level: bool,
) -> None:
    """Set the name and unit of a value; a yearly rate beside a level has a name of its own."""
    draft.indicator = name
    draft.unit = match["unit"].strip() or unit
    if _is_table_rate(value) and not match["sum"]:
        draft.unit = match["unit"].strip() or "%"
        if has_level:
            draft.indicator = name + ("年均增速" if "年均" in value.title else "增速")
    draft.indicator = naming.shorten_name(draft.indicator)


def _draft_table_value(reader: CellReader, row: _Row, value: Value, match: re.Match[str]) -> Draft:
    """Return the draft of one cell, still without its name."""
    recorder = reader.recorder
    high = _read_table_number(match["high"]) if match["high"] else None
    named = _OPS.get(match["op"] or "") or _OPS.get(match["tail"] or "")
    quote, span, start = _quote_table_row(recorder, row, value.column)
    caption = row.work or reader.outline.find_heading() or recorder.title or None
    draft = Draft(
        kind="target",
        indicator="",
        initiative=caption,
        org=row.get_lead(),
        value=_read_table_number(match["value"]),
        value_hi=high,
        op=named or ("range" if high is not None else "="),
        quote=quote,
        span=span,
        start=start,
        locator=row.locator,
    )
    _set_table_value_deadline(recorder, row, value, draft)
    return draft


def _set_table_value_deadline(recorder: Recorder, row: _Row, value: Value, draft: Draft) -> None:
    """Set the year of the column as the deadline, or that of the cell for deadlines."""
    years = [each.time for each in row.columns.values if each.time is not None]
    time = value.time or max(years, key=lambda each: each.last, default=None)
    deadline = row.get(row.columns.deadline)
    if deadline is not None:
        time = next(iter(find_times(normalize_sentences(deadline), recorder.published)), time)
    recorder.set_deadline(draft, time)


def _read_table_number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _quote_table_row(
    recorder: Recorder, row: _Row, last: int
) -> tuple[str, tuple[int, int] | None, int]:
    """Quote a row from its name to a value; where it is long or turned around, the value."""
    text = recorder.readable.text
    name, cell = row.cells[row.columns.name or 0], row.cells[last]
    start, end, number = name.places[0], cell.places[-1] + 1, cell.places[0]
    quote = text[start:end] if start < end <= start + 120 else text[number:end]
    offsets = recorder.readable.offsets
    place = None if offsets is None else (offsets[number], offsets[end - 1] + 1)
    return quote, place, number

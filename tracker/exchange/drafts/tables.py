"""Draft records from tables: task lists with leads and deadlines, and tables of indicators."""

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from tracker.exchange.drafts import naming, words
from tracker.exchange.drafts.document import Passage, Table
from tracker.exchange.drafts.draft import Draft
from tracker.exchange.drafts.sentences import Span, normalize, split_clauses
from tracker.exchange.drafts.tense import Tense
from tracker.exchange.drafts.times import Time, find_times

if TYPE_CHECKING:
    from tracker.exchange.drafts.extraction import Extractor

_EMPTY = re.compile(r"[-—–/\\·\s]*|无|／")
_VALUE = re.compile(
    r"(?P<sum>〔|\[)?\s*(?P<op>>=|<=|[><＞＜≥≤]|不低于|不少于|不超过|超过|突破|约|达到|达)?\s*(?P<value>-?\d[\d,]*(?:\.\d+)?)"
    r"\s*(?:[—–\-~](?P<high>\d[\d,]*(?:\.\d+)?))?\s*(?P<unit>[^\d〕\]左以]*?)(?P<tail>左右|以上|以内|以下|及以上)?\s*(?:〕|\])?"
)
_OPS = {">": ">", "＞": ">", ">=": ">=", "≥": ">=", "<": "<", "＜": "<", "<=": "<=", "≤": "<="}
_OPS |= {"不低于": ">=", "不少于": ">=", "超过": ">", "突破": ">", "不超过": "<=", "约": "~"}
_TAILS = {"左右": "~", "以上": ">=", "及以上": ">=", "以内": "<=", "以下": "<="}


class Columns(NamedTuple):
    """What the columns of a table hold, by their position; None where there is none."""

    name: int | None
    goals: list[int]
    reports: list[int]
    org: int | None
    deadline: int | None
    unit: int | None
    values: list[tuple[int, Time | None, str]]


def read_table(extractor: "Extractor", table: Table) -> None:
    """Collect the drafts of a table."""
    rows = table.rows
    header = find_header(rows)
    if header is None:
        for row in rows:
            for cell in dict.fromkeys(row):
                _read_cell(extractor, cell, None, None, None, f"表{extractor.tables}")
        return
    titles = [normalize(cell.text).replace(" ", "") for cell in rows[header]]
    columns = find_columns(titles, extractor.published)
    caption = extractor._find_heading() or (extractor.title if columns.values else None)  # noqa: SLF001
    for number, row in enumerate(rows[header + 1 :], 1):
        locator = f"表{extractor.tables} 第{number}行"
        if columns.values:
            _read_indicator_row(extractor, row, columns, caption, locator)
        else:
            _read_task_row(extractor, row, columns, locator)


def find_header(rows: list[list[Passage]]) -> int | None:
    """Return the row that names the columns; None if no row does."""
    for number, row in enumerate(rows[:3]):
        named = sum(
            1
            for cell in row
            if cell.text
            and len(cell.text) <= 14
            and not re.search(r"[。；]", cell.text)
            and (
                re.search(
                    rf"{words.LEAD_COLUMNS}|{words.DEADLINE_COLUMNS}|{words.GOAL_COLUMNS}|{words.SUPPORT_COLUMNS}|序号|单位|\d{{4}}年|备注|类别|属性",
                    cell.text,
                )
            )
        )
        if named >= 2 and named * 2 >= len(row):
            return number
    return None


def find_columns(titles: list[str], published: date) -> Columns:
    """Return what each column holds, by its title."""
    name = org = deadline = unit = None
    goals: list[int] = []
    reports: list[int] = []
    values: list[tuple[int, Time | None, str]] = []
    for at, title in enumerate(titles):
        times = find_times(title, published)
        if not times and (year := re.fullmatch(r"(20\d\d)(?:年)?(.*)", title)):
            times = find_times(f"{year[1]}年", published)
        if re.search(words.SUPPORT_COLUMNS, title) or re.search(words.IGNORED_COLUMNS, title):
            continue
        if re.search(r"进展|进度|完成情况", title) and "计划" not in title:
            reports.append(at)
        elif re.search(words.UNIT_COLUMNS, title):
            unit = at
        elif re.search(words.LEAD_COLUMNS, title) and not re.search("目标|任务|事项", title):
            org = org if org is not None else at
        elif re.search(words.DEADLINE_COLUMNS, title):
            deadline = at
        elif times and not re.search("任务|内容|工作", title):
            values.append((at, times[-1], title))
        elif re.search(words.RATE_COLUMNS, title):
            values.append((at, None, title))
        elif re.search(r"目标值|基期|基数|现状|基准|上年|完成值|完成数|计划数|任务数|目标数|任务量|累计完成", title):
            values.append((at, None, title))
        elif re.search(words.NAME_COLUMNS, title) and name is None:
            name = at
            if not re.search("名称|指标|重点|项目$|任务$|事项$|工作$", title):
                goals.append(at)
        elif re.search(words.GOAL_COLUMNS, title):
            goals.append(at)
    if name is not None and not goals and not values:
        goals.append(name)
    return Columns(name, goals, reports, org, deadline, unit, values if name is not None else [])


def _read_task_row(
    extractor: "Extractor", row: list[Passage], columns: Columns, locator: str
) -> None:
    def words_of(at: int | None) -> str | None:
        return row[at].text.strip() or None if at is not None and at < len(row) else None

    org = words_of(columns.org)
    initiative = words_of(columns.name)
    deadline = words_of(columns.deadline)
    only = columns.name if columns.goals == [columns.name] else None
    is_task = bool(org or deadline)
    for at in columns.goals:
        if at < len(row):
            named = None if only == at else initiative
            _read_cell(extractor, row[at], named, org, deadline, locator, "plan" if is_task else None)
    for at in columns.reports:
        if at < len(row):
            _read_cell(extractor, row[at], initiative, org, None, locator, "past")


def _read_cell(
    extractor: "Extractor",
    cell: Passage,
    initiative: str | None,
    org: str | None,
    deadline: str | None,
    locator: str,
    tense: Tense | None = None,
) -> None:
    """Read the words of a cell as a sentence; its deadline is that of the row."""
    from tracker.exchange.drafts.extraction import Scene

    text = normalize(cell.text)
    if _EMPTY.fullmatch(text):
        return
    first = len(extractor.drafts)
    if tense is None:
        tense = extractor.tense if extractor.tense in {"past", "plan"} else extractor.default
    scene = Scene(tense or "plan", initiative or extractor._find_heading(), org, None, locator)  # noqa: SLF001
    extractor.read_sentence(cell, text, Span(0, len(text)), scene)
    if deadline:
        parts = split_deadlines(normalize(deadline), extractor.published)
        for draft in extractor.drafts[first:]:
            if draft.kind != "result" and draft.deadline_basis == "assumed":
                if time := choose_deadline(draft, parts, extractor.drafts[first:]):
                    extractor.set_deadline(draft, time)


def split_deadlines(cell: str, published: date) -> list[tuple[str, Time]]:
    """Return the deadlines of a cell with the words around each: 改造小区10月底，其余12月底."""
    parts = []
    for clause in split_clauses(cell, Span(0, len(cell))):
        part = cell[clause.start : clause.end]
        times = [time for time in find_times(part, published) if time.role != "compared"]
        if times:
            around = part[: times[0].start] + part[times[0].end :]
            parts.append((re.sub("^(?:底|前|完成)+|^前", "", around), times[0]))
    return parts


def choose_deadline(
    draft: Draft, parts: list[tuple[str, Time]], drafts: list[Draft]
) -> Time | None:
    """Return the deadline of a cell that belongs to a draft.

    Where a cell holds several, the words beside each tell whose it is; what shares a
    quote's sentence part goes with it, and 其余 takes the rest.
    """
    if not parts:
        return None
    if len(parts) == 1:
        around, time = parts[0]
        shared = _share(around, draft.indicator)
        if around and len(around) >= 4 and not shared and len(drafts) > 1 and any(
            _share(around, other.indicator) for other in drafts
        ):
            return None
        return time
    best = max(parts, key=lambda part: _share(part[0], draft.indicator))
    if _share(best[0], draft.indicator):
        return best[1]
    at = drafts.index(draft)
    if at and "惠及" in draft.indicator:
        return choose_deadline(drafts[at - 1], parts, drafts)
    rest = [time for around, time in parts if re.search("其余|其他|其它|余", around)]
    return rest[0] if rest else parts[-1][1]


def _share(around: str, name: str) -> int:
    pairs = {around[at : at + 2] for at in range(len(around) - 1)} - {"完成", "建成"}
    return sum(1 for at in range(len(name) - 1) if name[at : at + 2] in pairs) + (
        2 * ("完成" in around and "完成" in name and any(pair in name for pair in pairs))
    )


def _read_indicator_row(
    extractor: "Extractor",
    row: list[Passage],
    columns: Columns,
    caption: str | None,
    locator: str,
) -> None:
    """Draft one row of a table of indicators: baseline and target stand in columns of years."""
    if columns.name is None or columns.name >= len(row):
        return
    name, unit = split_unit_from_name(row[columns.name].text)
    if columns.unit is not None and columns.unit < len(row) and row[columns.unit].text.strip():
        unit = row[columns.unit].text.strip()
    if not name:
        return
    published = extractor.published
    baseline: tuple[Decimal, date | None] | None = None
    last_year = max(
        (time.last for _at, time, _title in columns.values if time is not None),
        default=date(extractor.plan_year(), 12, 31),
    )
    org = row[columns.org].text if columns.org is not None and columns.org < len(row) else None
    level: Draft | None = None
    for at, time, title in columns.values:
        if at >= len(row) or _EMPTY.fullmatch(row[at].text):
            continue
        cell = row[at]
        match = _VALUE.fullmatch(normalize(cell.text))
        if match is None:
            continue
        value = Decimal(match["value"].replace(",", ""))
        past = (time is not None and time.last < published) or bool(
            time is None and re.search(words.BASELINE_COLUMNS, title)
        )
        if past:
            baseline = (value, time.last if time is not None else None)
            continue
        is_rate = bool(time is None and re.search(words.RATE_COLUMNS, title))
        is_sum = bool(match["sum"])
        if is_sum and level is not None:
            # 〔累计〕 beside a target says how far the target is from the baseline.
            continue
        own_unit = (match["unit"] or "").strip() or unit or ""
        own_name = name
        if is_rate and not is_sum:
            own_unit = (match["unit"] or "").strip() or "%"
            if level is not None:
                own_name = name + ("年均增速" if "年均" in title else "增速")
        high = Decimal(match["high"].replace(",", "")) if match["high"] else None
        op = _OPS.get(match["op"] or "") or _TAILS.get(match["tail"] or "") or ("range" if high else "=")
        quote, place, start = _quote_row(extractor, row, columns.name, at)
        draft = Draft(
            kind="target",
            indicator=naming.shorten(own_name),
            initiative=caption,
            org=org or None,
            value=value,
            value_hi=high,
            unit=own_unit,
            op=op,  # type: ignore[arg-type]
            deadline=(time.last if time is not None else last_year),
            deadline_text=time.words if time is not None else None,
            deadline_basis=time.basis if time is not None else "derived",
            baseline=baseline[0] if baseline is not None and not is_rate and not is_sum else None,
            baseline_on=baseline[1] if baseline is not None and not is_rate and not is_sum else None,
            quote=quote,
            span=place,
            start=start,
            locator=locator,
        )
        if columns.deadline is not None and columns.deadline < len(row):
            times = find_times(normalize(row[columns.deadline].text), published)
            if times:
                extractor.set_deadline(draft, times[0])
        extractor.drafts.append(draft)
        level = level or draft


def split_unit_from_name(text: str) -> tuple[str, str]:
    """Return the name and the unit in its brackets: （1）森林覆盖率（%） is 森林覆盖率 and %."""
    name = naming.strip_numbering(text.strip())
    match = re.search(r"[（(](?P<unit>[^（）()]{1,12})[)）]$", name)
    if match is None:
        return name, ""
    return name[: match.start()].strip(), match["unit"].replace("％", "%")


def _quote_row(
    extractor: "Extractor", row: list[Passage], first: int, last: int
) -> tuple[str, tuple[int, int] | None, int]:
    text = extractor.readable.text
    start, end = row[first].places[0], row[last].places[-1] + 1
    number = row[last].places[0]
    quote = text[start:end] if start < end <= start + 120 else text[number:end]
    offsets = extractor.readable.offsets
    place = None if offsets is None else (offsets[number], offsets[end - 1] + 1)
    return quote, place, number

"""Find the words of time in running text, and the days that they stand for.

The days themselves are read by ``tracker.model.dates``; what only stands in running text
(过去五年, 1—6月, 今后五年) is read here.
"""

import re
from datetime import date, timedelta
from typing import Literal, NamedTuple, TypeAlias

from tracker.errors import InvalidInput
from tracker.model import dates

_YEAR = r"(?:[12]\d{3}年|[二一][〇○零一二三四五六七八九]{3}年)"
_SAID = r"(?:今年|去年|明年|前年|后年|本年|当年|上年)"
_N = r"(?:\d{1,2}|[一二三四五六七八九十两]{1,3})"
_BEFORE = r"(?:之前|以前|前)?"
_PLAN = r"[“\"]?(?:第)?十[一二三四五六七八九]?五[”\"]?"

# Alternatives are tried in this order; the first that fits wins.
_WORDING = re.compile(
    r"(?P<now>(?:截至|截止)?(?:(?<!项)目前|日前|(?<![个座处家条所台项栋])现有(?!\d|[及和与]))(?!的?(?:一个|存在|面临))|至今|迄今)"
    r"|(?P<season>今冬明春)"
    rf"|(?P<years>[12]\d{{3}}年?(?:{_N}月)?[—–\-~至到]+[12]\d{{3}}年(?:{_N}月)?底?)"
    rf"|(?P<since>(?:{_YEAR}|{_SAID}|{_N}年)(?:{_N}月)?(?:份)?(?:入[冬春夏秋汛])?(?:以来|来(?=[，,])|起))"
    rf"|(?P<day>(?:{_YEAR}|{_SAID})?{_N}月{_N}[日号]{_BEFORE})"
    rf"|(?P<span>(?:{_YEAR}|{_SAID})?(?:{_N}|元)月?[—–\-~至到]+{_N}月(?:份)?)"
    rf"|(?P<month>(?:{_YEAR}|{_SAID})?(?<!个(?=[一二三四五六七八九十两]))(?<![十\d]){_N}月(?:份)?(?:上旬|中旬|下旬|底|末|初)?{_BEFORE})"
    rf"|(?P<near>本月(?:[底内]|[上中下]旬)|(?<![\d一二三四五六七八九十])月底前|(?:{_YEAR}|{_SAID})?春节前)"
    rf"|(?P<part>(?:{_YEAR}|{_SAID})?(?:上半年|下半年|前[一二三四1-4]个?季度|第?[一二三四1-4]季度|前{_N}个?月(?![底末份前]))"
    rf"(?:底|末)?{_BEFORE})"
    rf"|(?P<plan>{_PLAN}(?:规划)?(?:以来|(?:时期|期间|期末|末|前[一二三四]年)?"
    r"(?=[，,时期末以累初全建我省市县区必是规，。]|[^，。；\d]{2,16}规划|$)))"
    rf"|(?P<year>(?:{_YEAR}|{_SAID})(?:年)?(?:度(?=\w)|底|末|内|年底|年内)?{_BEFORE})"
    rf"|(?P<within>(?P<ago>过去的?|近|(?<!学)前|这(?!一年[^，。]{{0,4}}将))?(?P<ahead>今后|未来|接下来)?(?P<count>{_N}|几)年(?(ago)|(?(ahead)|(?=来|间)))(?:来|间|时间|内|里)?)"
    rf"|(?P<soon>{_N}年(?:时间)?[以之]?内|(?:利?用|[经通]过){_N}年(?:左右)?的?(?:时间|努力)|"
    rf"(?<![\d一二三四五六七八九十第过去近这个])(?:\d|[二两三四五六七八九十])年(?=(?:计划|拟|将)(?:实施|总?投|新|改|完|建|培|引|打)))"
    rf"|(?P<end>本?(?:年底|年末|年内|全年|年度(?=完成|实现|新增|达|投|(?<![成占为超]年度)计划总?投资)|岁末)(?<!去年底)(?:之前|以前|前)?)"
)
# 扣除2022年专项资金 says what is left out of the number.
_COMPARED_BEFORE = re.compile(
    r"(?:比|较|同|与|(?:相当|高|低|好|快)于|按|扣除|剔除|不含|不包括|不计|除去?)$"
)
_COMPARED_AFTER = re.compile(
    r"(?:的)?(?:同期|基础上|水平|可比价|不变价|价格|远景|中长期)|(?:期间)?的\d[\d.]*倍"
)
# 2000年底前建成的小区 says which ones, not when.
_ATTRIBUTE = re.compile(
    r"(?<=年度)[^，。；\d完新实计投开]{2,18}(?:项目|工程|资金)|(?:建成|建设|竣工|投用|出生|登记|成立|入学)[^，。；\d]{0,6}的(?=\w)"
)
# 占全年目标任务的35% measures what is done, 全年 is no deadline of it.
# 完成全年610辆的更新任务 says which task.
_SHARE_OF_PLAN = re.compile(
    r"(?:的)?(?:目标|任务|计划)+[总数量]*的\d|(?<=全年)\d[^，。]{1,10}的[^，。\d]{0,14}任务"
)
# 到2020年，3年内新增12所 has its deadline already.
_BY_YEAR = re.compile(r"[到至]\d{4}年底?，$")
# （2018—2020年），我区三年计划实施… says which three.
_YEARS_OF_PLAN = re.compile(r"20\d\d年?[—–\-~至]+20\d\d年[^。；]*$")
_FROM = re.compile(r"(?:从|由|自)$")
_YEAR_ALONE = re.compile(rf"{_YEAR}")

# 30年来 says how rare a thing is, not what a report covers.
_MOST_YEARS_BACK = 10
# Characters before a time that say how it is used.
_MOST_BEFORE = 6
_LAST_MONTH_OF_SPRING = 5
# “十三五”以来 in 2022 is until now; “十一五”以来 in 2026 is not.
_YEARS_SINCE_PLAN = 2
REVIEW_MONTHS = 3
"""In the first months of a year a document looks back on the year before."""

Role = Literal["until", "during", "since", "compared", "from"]


class Time(NamedTuple):
    """Words of time in a text.

    Attributes:
        start: where the words begin.
        end: where they end.
        words: the words as printed.
        first: the first day of what they name.
        last: its last day.
        role: how they are used; ``compared`` is the year that a change is measured
            against, ``from`` the year of a baseline.
        basis: ``stated`` where a year is printed, else ``derived``.
        loose: the later reading of an ambiguous wording, such as 2024年前.
    """

    start: int
    end: int
    words: str
    first: date
    last: date
    role: Role
    basis: Literal["stated", "derived"]
    loose: date | None = None


def find_times(text: str, published: date, start: int = 0, end: int | None = None) -> list[Time]:
    """Return the words of time in a text, in order.

    Args:
        text: normalized text, see ``sentences.normalize``.
        published: the day of the document, for 今年, 年底, 6月底 and their like.
        start: where to begin; the words before it still say how a time is used.
        end: where to end; None: at the end of the text.
    """
    times = []
    for match in _WORDING.finditer(text, start, len(text) if end is None else end):
        kind = match.lastgroup or ""
        kind = "within" if match["within"] else kind
        days = _read_time(match, kind, published)
        if days is None:
            continue
        first, last, loose = days
        is_stated = _YEAR_ALONE.search(match.group()) or kind in {"plan", "years"}
        times.append(
            Time(
                match.start(),
                match.end(),
                match.group(),
                first,
                last,
                _find_role_of_time(text, match, kind),
                "stated" if is_stated else "derived",
                loose,
            )
        )
    return times


def _find_role_of_time(text: str, match: re.Match[str], kind: str) -> Role:
    """Return how words of time are used, by what stands around them."""
    before = text[max(0, match.start() - _MOST_BEFORE) : match.start()]
    words = match.group()
    if is_time_an_attribute(text, match.start(), match.end()):
        return "compared"
    if kind == "soon":
        has_years = words.endswith("年") and _YEARS_OF_PLAN.search(text, 0, match.start())
        if has_years or _BY_YEAR.search(text[max(0, match.start() - 9) : match.start()]):
            return "compared"
    if (
        _SHARE_OF_PLAN.match(text, match.end())
        or _COMPARED_BEFORE.search(before)
        or _COMPARED_AFTER.match(text, match.end())
    ):
        return "compared"
    if kind in {"since", "now"} or words.endswith("以来"):
        return "since"
    if _FROM.search(before):
        return "from"
    is_end = re.search(r"(?:到|至|在|于)$", before) or words.endswith(("前", "底", "末"))
    return "until" if is_end else "during"


def is_time_an_attribute(text: str, start: int, end: int) -> bool:
    """Return whether a time says which things are meant, not when: not 到2020年建成安全的电网."""
    is_end = text.startswith(("到", "至"), max(start - 1, 0))
    return not is_end and _ATTRIBUTE.match(text, end) is not None


_Days: TypeAlias = tuple[date, date, date | None]
"""The first and the last day that words name, and a later reading of them."""


def _read_time(match: re.Match[str], kind: str, published: date) -> _Days | None:
    """Return the days that words of time name; None where they name none."""
    readers = {
        "years": _read_time_in_years,
        "since": _read_time_since,
        "within": _read_time_within,
        "end": _read_end_of_time,
        "season": _read_time_of_season,
        "soon": _read_time_soon,
        "now": _read_time_until_today,
    }
    try:
        return readers.get(kind, _read_time_wording)(match, kind, published)
    except (InvalidInput, ValueError):
        return None


def _read_time_in_years(match: re.Match[str], _kind: str, published: date) -> _Days:
    """Return the days of 2016年至2020年8月底: from the first of its opening to its last."""
    start, end = re.split("[—–\\-~至到]+", match.group())
    first = dates.parse_start_date(start if "年" in start else f"{start}年", published)
    return first, dates.parse_deadline_date(end, published).day or first, None


def _read_end_of_time(_match: re.Match[str], _kind: str, published: date) -> _Days:
    return date(published.year, 1, 1), date(published.year, 12, 31), None


def _read_time_of_season(_match: re.Match[str], _kind: str, published: date) -> _Days:
    """今冬明春 ends with May of the next year, or of this one where it has begun."""
    year = published.year + (published.month > _LAST_MONTH_OF_SPRING)
    return date(year - 1, 11, 1), date(year, 5, 31), None


def _read_time_until_today(_match: re.Match[str], _kind: str, published: date) -> _Days:
    return date(published.year, 1, 1), published, None


def _read_time_since(match: re.Match[str], _kind: str, published: date) -> _Days | None:
    bare = re.sub(r"(?:入[冬春夏秋汛])?(?:以来|来|起)$", "", match.group())
    if re.fullmatch(rf"{_N}年", bare) and not _YEAR_ALONE.match(bare):
        count = _count_times(bare[:-1])
        return _read_time_years_back(count, published) if count <= _MOST_YEARS_BACK else None
    # 去年入冬以来 goes on until the day of the page.
    is_running = bare.startswith(("今年", "本年")) or "入" in match.group()
    # A report of January looks back on the year that has ended.
    last = published if is_running else find_last_full_time(published)
    return dates.parse_start_date(bare, published), last, None


def _read_time_within(match: re.Match[str], _kind: str, published: date) -> _Days:
    count = _count_times(match["count"])
    if match["ahead"]:
        return _read_time_ahead(count, published)
    return _read_time_years_back(count, published)


def _read_time_ahead(count: int, published: date) -> _Days:
    return date(published.year, 1, 1), date(published.year + count - 1, 12, 31), None


def _read_time_soon(match: re.Match[str], _kind: str, published: date) -> _Days | None:
    """三年内 of the first months of a year counts that year, as 今后三年 does.

    Later in the year it ends on the day, or with its year.
    """
    count = re.sub("利?用|[经通]过|年.*", "", match.group())
    # 三年计划实施 and 通过三年努力 begin with the year of the document.
    counts_year = match.group().endswith(("年", "努力"))
    if counts_year or re.search(
        "今年起的?$", match.string[max(0, match.start() - 4) : match.start()]
    ):
        return _read_time_ahead(_count_times(count), published)
    reading = dates.parse_deadline_date(f"{count}年内", published)
    if reading.day is None:
        return None
    if published.month <= REVIEW_MONTHS:
        end = date(reading.day.year - 1, 12, 31)
        return date(published.year, 1, 1), end, reading.day
    return published + timedelta(days=1), reading.day, reading.loose


def _read_time_wording(match: re.Match[str], kind: str, published: date) -> _Days | None:
    """Return what the reader of deadlines makes of a wording."""
    words = match.group()
    bare = _simplify_time(words, kind)
    reading = dates.parse_deadline_date(bare, published)
    if reading.day is None:
        return None
    if words.endswith("以来"):
        last = find_last_full_time(published)
        if last.year - reading.day.year > _YEARS_SINCE_PLAN:
            last = reading.day
        return dates.parse_start_date(bare, published), last, None
    if early := re.search("前([一二三四])年$", words):
        # “十一五”前三年 are the first three of five.
        first = dates.parse_start_date(bare, published)
        return first, date(first.year + _count_times(early[1]) - 1, 12, 31), None
    opening = bare if reading.loose is None else re.sub(r"(?:之|以)?前$", "", bare)
    first = min(dates.parse_start_date(opening, published), reading.day)
    return first, reading.day, reading.loose


def _simplify_time(words: str, kind: str) -> str:
    """Return a wording in a form that the reader of deadlines knows."""
    bare = (
        words.replace("年度", "年")
        .replace("上年", "去年")
        .replace("份", "")
        .replace("以来", "期间")
    )
    bare = re.sub(r"月初", "月上旬", bare).replace("元", "1")
    bare = re.sub(rf"前({_N})月", r"前\1个月", bare)
    bare = re.sub(r"年末$", "年底", bare)
    if kind != "plan":
        return bare
    bare = re.sub(r"前[一二三四]年$", "期间", bare).strip('“"”第')
    return re.sub(r"[”\"]?(?:规划)?(?:时期|期间|期末|末)?$", "期间", bare, count=1)


def find_last_full_time(published: date) -> date:
    """Return the day up to which a document without a day of its own reports.

    A report of the first months of a year looks back on the year before.
    """
    if published.month <= REVIEW_MONTHS:
        return date(published.year - 1, 12, 31)
    return published


def _read_time_years_back(count: int, published: date) -> tuple[date, date, None]:
    last = find_last_full_time(published)
    return date(last.year - count + 1, 1, 1), last, None


def _count_times(text: str) -> int:
    """Return a small number; 几年 is taken for five."""
    digits = dict(zip("一二三四五六七八九两", (1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True))
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.partition("十")
    if ten:
        return 10 * digits.get(tens, 1) + digits.get(ones, 0)
    return digits.get(text, 5)

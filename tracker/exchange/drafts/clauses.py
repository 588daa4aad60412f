"""A clause of a sentence with its numbers and times, and what surrounds it."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from tracker.exchange.drafts.amounts import Amount, find_amounts
from tracker.exchange.drafts.document import Passage
from tracker.exchange.drafts.sentences import Span
from tracker.exchange.drafts.tense import (
    Tense,
    find_clause_tense,
    find_time_tense,
    is_compared_in_tense,
    is_in_future_tense,
    is_in_plan_tense,
    may_promise_result,
)
from tracker.exchange.drafts.times import REVIEW_MONTHS, Time, find_times
from tracker.exchange.drafts.words import OUTPUT_UNITS, VERBS
from tracker.locale.translation import later
from tracker.model.dates import find_last_date_of_month

# In the last months of a year a plan looks at the next one.
_LATE_MONTH = 11
_SHORTEST_MONTH = 27
# Between quotation marks: “稳增长20条”, “15分钟健身圈”.
_LONGEST_NAME = 16
_LONGEST_LIST = 120


class Scene(NamedTuple):
    """What surrounds a clause.

    Attributes:
        tense: of the section.
        initiative: the heading, list item or lead sentence.
        org: the lead body of the paragraph or row.
        time: a deadline or year that the section gives.
        locator: the place for people.
        is_guess: the tense is that of the document or paragraph; no section says it.
        past_time: the past year or period that the sentences before look back on.
        plans_next_year: the title or a sentence before says that it is about the next year.
    """

    tense: Tense | None
    initiative: str | None
    org: str | None
    time: Time | None
    locator: str
    is_guess: bool = False
    past_time: Time | None = None
    plans_next_year: bool = False


class Clause(NamedTuple):
    """A clause, with what was found in it.

    Attributes:
        passage: the paragraph or cell, with the places of its characters.
        text: the words of the passage, normalized.
        sentence: the sentence of the clause in the text.
        start: where the clause begins in the text.
        end: where it ends.
        times: the words of time in it.
        amounts: the amounts in it.
        governing: the time that governs it: its own, or one before it in the sentence.
        tense: whether it promises or reports.
        doubt: why a person should look twice; None if there is no doubt.
        setting: what surrounds it.
        listed: the times that the clauses before it list: 到2022年和2030年，….
    """

    passage: Passage
    text: str
    sentence: Span
    start: int
    end: int
    times: list[Time]
    amounts: list[Amount]
    governing: Time | None
    tense: Tense | None
    doubt: str | None
    setting: Scene
    listed: Sequence[Time] = ()

    @property
    def words(self) -> str:
        """The words of the clause."""
        return self.text[self.start : self.end]

    @property
    def own_times(self) -> list[Time]:
        """The words of time that say when, not what is compared with."""
        return list_times_of_clause(self.times)

    @property
    def paired_times(self) -> Sequence[Time]:
        """The times that a clause or one before it lists: 2027年、2028年分别建成."""
        own = self.own_times
        if not own:
            return self.listed
        gaps = [self.text[one.end : other.start] for one, other in pairwise(own)]
        is_list = bool(gaps) and all(re.fullmatch("[、和]", gap) for gap in gaps)
        return own if is_list and re.match("分别|，", self.text[own[-1].end :]) else []

    def find_time_of(self, amount: Amount) -> Time | None:
        """Return the time that governs an amount: its own of a list, or the last before it."""
        own, paired = self.own_times, self.paired_times
        # The 5岁 of 5岁以下儿童 stands before the numbers that are listed.
        numbers = self.amounts[-len(paired) :] if len(paired) <= len(self.amounts) else []
        if paired and amount in numbers:
            return paired[numbers.index(amount)]
        if year := self._find_year_in_turn(amount):
            return year
        return choose_time_of_clause(own, amount) if own else self.governing

    def _find_year_in_turn(self, amount: Amount) -> Time | None:
        """Return the year of an amount in 2015年至2017年，分别为601万套、606万套和609万套."""
        time = self.own_times[-1] if self.own_times else self.governing
        if time is None or "分别" not in self.text[self.start : self.amounts[0].start]:
            return None
        years = range(time.first.year, time.last.year + 1)
        if len(years) == 1 or len(years) != len(self.amounts):
            return None
        year = years[self.amounts.index(amount)]
        return time._replace(first=date(year, 1, 1), last=date(year, 12, 31))


def list_times_of_clause(times: list[Time]) -> list[Time]:
    """Return the times that say when, not what is compared with."""
    return [time for time in times if time.role not in {"compared", "from"}]


def choose_time_of_clause(times: list[Time], amount: Amount) -> Time:
    """Return the last time before an amount, else the first."""
    before = [time for time in times if time.start < amount.start]
    return before[-1] if before else times[0]


def find_clause_times(
    text: str, span: Span, published: date, setting: Scene, carried: Tense | None = None
) -> list[Time]:
    """Return the words of time in a clause; in a review they mean the year reviewed.

    Args:
        text: the words of the passage.
        span: the clause.
        published: the day of the document.
        setting: what surrounds the clause.
        carried: the tense of the clause before: 今年将…，全年完成… goes on with this year.
    """
    times = find_times(text, published, span.start, span.end)
    words = text[span.start : span.end]
    cue = find_cue_in_clause(words, setting)
    if cue != "past":
        times = [move_time_to_next_year(time, setting, published) for time in times]
    is_expected = setting.is_guess and re.search("预计.*月", words)
    if is_expected or "plan" in {cue, carried} or setting.plans_next_year:
        return times
    if setting.past_time is not None:
        return [move_time_of_clause(time, setting.past_time, published) for time in times]
    if setting.tense != "past":
        return times
    return [look_back_from_clause(time, published) for time in times]


def move_time_to_next_year(time: Time, setting: Scene, published: date) -> Time:
    """Return 6月底前 of a page of December about the next year as a time of that year.

    In a plan of the last months a deadline that is over is the next year's too.
    """
    is_open = time.basis == "derived" and not re.search(
        "[今去本明后当上现目]|截|来", time.words.removeprefix("上半年")
    )
    is_over = time.last < published and time.words.endswith("前")
    is_late = published.month >= _LATE_MONTH and setting.tense == "plan" and is_over
    if not is_open or time.last.year != published.year or not (setting.plans_next_year or is_late):
        return time
    year = published.year + 1
    return time._replace(
        first=time.first.replace(year=year, day=min(time.first.day, 28)),
        last=find_last_date_of_month(year, time.last.month)
        if time.last.day > _SHORTEST_MONTH
        else time.last.replace(year=year),
    )


def move_time_of_clause(time: Time, past_time: Time, published: date) -> Time:
    """Return 年内 and 年底 behind 2022年 as times of that year."""
    # Of several years only a yearly amount is said like that: 年度投资保持1万亿元.
    is_one_year = past_time.first.year == past_time.last.year
    open_words = "年内|全年|年度|年底|年末|岁末" if is_one_year else "年度"
    is_month = is_one_year and not re.search("[今明本前底]", time.words) and "月" in time.words
    is_open = time.basis == "derived" and (is_month or re.fullmatch(open_words, time.words))
    if not is_open or time.last < published:
        return time
    if is_month:
        year = past_time.last.year
        last = find_last_date_of_month(year, time.last.month)
        return time._replace(first=time.first.replace(year=year, day=1), last=last)
    return time._replace(first=past_time.first, last=past_time.last, role="during", basis="derived")


def find_clause_amounts(text: str, span: Span, times: list[Time]) -> list[Amount]:
    """Return the amounts in a clause; what belongs to words of time is none."""
    return [
        amount
        for amount in find_amounts(text, span.start, span.end)
        if not any(time.start < amount.end and amount.start < time.end for time in times)
    ]


def has_clause_amounts(clause: Clause) -> bool:
    """Return whether a clause has amounts of its own: the 15 of “15分钟健身圈” is a name's."""
    return any(not is_clause_amount_in_name(clause.text, amount) for amount in clause.amounts)


def is_clause_amount_in_name(text: str, amount: Amount) -> bool:
    """Return whether an amount is a part of a name: “15分钟健身圈”, 甲60万吨烯烃、乙等项目."""
    return _is_clause_amount_quoted(text, amount) or _is_clause_amount_of_works(text, amount)


def _is_clause_amount_of_works(text: str, amount: Amount) -> bool:
    """Return whether an amount is what one of several works makes: 甲60万吨烯烃、乙等项目."""
    behind = re.split("[，。；]", text[amount.end : amount.end + _LONGEST_LIST], maxsplit=1)[0]
    before = re.split("[，。；]", text[max(0, amount.start - _LONGEST_LIST) : amount.start])[-1]
    is_product = re.search(OUTPUT_UNITS, amount.unit) and re.match(r"(?!等)\w", behind)
    is_list = re.search("等[^，、等]{0,8}(?:项目|工程)$", behind)
    is_counted = before.endswith((*VERBS, "、")) or not before.strip()
    return bool(is_product and is_list) and not is_counted


def _is_clause_amount_quoted(text: str, amount: Amount) -> bool:
    """Return whether quotation marks around an amount hold more than it: “15分钟健身圈”."""
    opens = text.rfind("“", max(0, amount.start - _LONGEST_NAME), amount.start)
    closes = text.find("”", amount.end, amount.end + _LONGEST_NAME)
    if opens < 0 or closes < 0 or closes - opens > _LONGEST_NAME:
        return False
    is_listed = re.match("[列纳]入[^，。；]*实事", text[closes + 1 : closes + 1 + _LONGEST_LIST])
    if is_listed or re.match("的(?:年度)?(?:目标|任务)", text[closes + 1 : closes + 8]):
        # 完成“开工600台、竣工400台”的目标 quotes what is aimed at.
        return False
    name = text[opens + 1 : closes]
    return not re.search("[，。”]", name) and len(name) > amount.end - amount.start


def look_back_from_clause(time: Time, published: date) -> Time:
    """Return a time in the year that a review is about: 年末 in January is the last year's."""
    if (
        time.last <= published
        or time.basis == "stated"
        or published.month > REVIEW_MONTHS
        or re.search("今|明|本|后|未来|年内|前$", time.words)
        or time.first.year != published.year
    ):
        return time
    if time.first.month < time.last.month == published.month:
        # 1至3月 in March is this year's, as far as it has come.
        return time._replace(last=published, role="since")
    year = published.year - 1
    return time._replace(
        first=time.first.replace(year=year, day=min(time.first.day, 28)),
        last=find_last_date_of_month(year, time.last.month),
    )


def find_cue_in_clause(clause: str, setting: Scene) -> Tense | None:
    """Return the tense that the words of a clause show; a guess yields to 将新增 and 不少于."""
    # （不包括已开通的2号线） says nothing of the clause around it.
    clause = re.sub("（[^（）]*）", "", clause)
    cue = find_clause_tense(clause, setting.tense)
    # 不低于4万平方米的公园 says which ones are meant.
    is_limit = re.search(r"(?:不少于|不低于)(?![^，。的]{1,12}的[^\d])", clause)
    is_meant = setting.is_guess and (
        is_limit or is_in_future_tense(clause) or is_in_plan_tense(clause)
    )
    return cue or ("plan" if is_meant else None)


def judge_clause(
    clause: str, time: Time | None, setting: Scene, published: date, *, is_own: bool
) -> tuple[Tense | None, str | None]:
    """Return whether a clause promises or reports, and a doubt where only a guess is left.

    Args:
        clause: its words.
        time: the time that governs it.
        setting: what surrounds it, with the tense of the section.
        published: the day of the document.
        is_own: the time stands in the clause itself.
    """
    section = setting.tense
    if section == "other":
        return "other", None
    cue = find_cue_in_clause(clause, setting)
    by_time = None
    if time is not None:
        bare = re.sub("（[^（）]*）", "", clause)
        by_time = find_time_tense(time, published, section, bare, is_guess=setting.is_guess)
    if cue == "past" and by_time == "plan" and is_compared_in_tense(clause):
        cue = None
    if by_time == "plan" and time and time.role == "until" and may_promise_result(clause):
        cue = None
    if by_time is not None and (is_own or cue in {None, by_time}):
        return by_time, None
    tense = cue or section
    return (tense, None) if tense is not None else ("plan", later("no cue of tense"))

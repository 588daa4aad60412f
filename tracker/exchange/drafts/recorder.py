"""Collect drafts and give each its quote, its place and its days."""

import re
from datetime import date
from typing import NamedTuple

from tracker.exchange.drafts.amounts import Amount
from tracker.exchange.drafts.clauses import Clause
from tracker.exchange.drafts.document import Passage, Readable
from tracker.exchange.drafts.draft import Draft, Neither
from tracker.exchange.drafts.naming import shorten_name
from tracker.exchange.drafts.relations import relate_draft
from tracker.exchange.drafts.tense import LAST_MONTH
from tracker.exchange.drafts.times import REVIEW_MONTHS, Time, find_last_full_time, find_times
from tracker.exchange.drafts.words import ADDS, FLOWS, GROWTH, LEVELS, REACHES, SHARE_OF_PLAN, SPANS

LONGEST_QUOTE = 120
# What was reported so many days before the document is what it reports on.
_RECENT_DAYS = 120
# A report of so many days before the end of a period is about the whole of it.
_LAST_DAYS = 7
# A page says in its first paragraphs what it is about.
_OPENING_PARAGRAPHS = 2
_LONGEST_ENTRY = 12


class Quote(NamedTuple):
    """Exact words of a document, and where they or their number stand.

    Attributes:
        words: at most ``LONGEST_QUOTE`` characters, as printed.
        span: the place of the number in the file; None where the file is no text.
        start: the place of the number in the extracted text.
    """

    words: str
    span: tuple[int, int] | None
    start: int


class Recorder:
    """Keeps the drafts of one document.

    Attributes:
        reported: the newest period that the document says it reports on.
    """

    def __init__(self, readable: Readable, published: date, title: str) -> None:
        self.readable = readable
        self.published = published
        self.title = title
        self.drafts: list[Draft] = []
        self.neither: list[Neither] = []
        self.reported: Time | None = None
        self._is_passing = self._is_page = False
        self._paragraphs = 0

    def note_period(self, clause: str, time: Time) -> None:
        """Remember the period that a document reports on: 截至6月底, 上半年."""
        is_recent = (
            self._is_reported_until(time)
            and (self.published - time.last).days < _RECENT_DAYS
            and re.search("月(?!.*日)|季度|半年", time.words)
        )
        # 日前 says when it was told.
        is_since = time.role == "since" and time.words != "日前"
        is_stated = re.search("截至|截止", clause) or is_since
        if (is_stated or is_recent) and self._is_reported_until(time):
            is_held = self.reported is not None and not self._is_passing
            is_same = is_held and self.reported is not None and time.last == self.reported.last
            is_late = self._paragraphs > _OPENING_PARAGRAPHS
            is_passing = not is_stated and is_late and not is_same
            self.reported, self._is_passing = time, is_passing

    def begin_paragraph(self, text: str, *, is_page: bool) -> None:
        """Forget the 上半年 of the paragraph before in a page of news.

        截至6月底 holds on, and so does what the page opens with.
        """
        # What is printed of a menu above a page is not of its text.
        self._paragraphs += len(text) > _LONGEST_ENTRY or text.endswith("。")
        self._is_page = is_page
        if is_page and self._is_passing:
            self.reported = None

    def add_neither(self, clause: Clause, amount: Amount, reason: str) -> None:
        """Note a number that is neither a promise nor a report."""
        quote = self.quote(clause.passage, clause, amount.start, amount.end)
        before = clause.text[clause.start : amount.lead].strip("，、；：（）() ")
        draft = Draft(
            kind="target",
            indicator=shorten_name(before or clause.words),
            initiative=clause.setting.initiative,
            org=clause.setting.org,
            value=amount.value,
            value_hi=amount.high,
            unit=amount.unit,
            op="=" if amount.high is None else "range",
            quote=quote.words,
            span=quote.span,
            start=quote.start,
            locator=clause.setting.locator,
        )
        self.set_deadline(draft, clause.governing or clause.setting.time)
        self.neither.append(Neither(draft=draft, reason=reason))

    def add(self, draft: Draft, time: Time | None, clause: Clause) -> None:
        """Add a draft, with the days that its kind needs."""
        if draft.kind == "result":
            self.set_as_of(draft, time, clause.words, clause.setting.past_time)
        else:
            self.set_deadline(draft, time or clause.setting.time)
        if not relate_draft(draft, self.drafts, clause):
            self.drafts.append(draft)

    def set_as_of(
        self, draft: Draft, time: Time | None, clause: str, past_time: Time | None = None
    ) -> None:
        """Set the day that a result holds, and its period."""
        known = time if time is not None and self._is_reported_until(time) else None
        is_running = time is not None and time.first <= self.published < time.last
        known = known or (None if is_running else past_time)
        reported = self.reported
        is_late = self.published.month > REVIEW_MONTHS
        is_this_year = reported is not None and reported.last.year == self.published.year
        if known is None and is_running and time is not None and re.search("季|月|半", time.words):
            # 一季度计划投资1亿元，已完成8000万元 is told within that quarter.
            known = time._replace(last=self.published)
        if known is None and (is_late or (self._is_page and is_this_year)):
            known = reported
        if known is not None:
            draft.as_of, draft.as_of_text, first = known.last, known.words, known.first
        else:
            draft.as_of = find_last_full_time(self.published)
            draft.as_of_text = time.words if time is not None and is_running else None
            first = draft.as_of.replace(month=1, day=1)
        draft.share_of_plan = draft.unit == "%" and bool(re.search(SHARE_OF_PLAN, clause))
        if clause.startswith("其中") and self.drafts and self.drafts[-1].unit == draft.unit:
            draft.period_start = self.drafts[-1].period_start
        elif _is_recorded_flow(draft, clause):
            draft.period_start = min(first, draft.as_of)
            is_day = first == draft.as_of
            is_end = known is not None and (
                known.role == "until" or re.search("截至|月底|月末", known.words) is not None
            )
            if is_day or is_end:
                draft.period_start = min(first, draft.as_of.replace(month=1, day=1))
        # What a report of December says of the whole year is expected.
        draft.estimate = "预计" in clause or draft.as_of > self.published

    def _is_reported_until(self, time: Time) -> bool:
        """Return whether a report goes up to a time; one of December expects its whole year."""
        is_closing = self.published.month == LAST_MONTH and re.match("年[末底]|全年", time.words)
        # 上半年 of 25 June and 10月底 of 27 October report what the last days hardly change.
        is_near = (time.last - self.published).days <= _LAST_DAYS
        is_period = re.search("季|半年|月(?!.*[日号旬])", time.words) is not None
        return time.last <= self.published or bool(is_closing) or (is_near and is_period)

    def set_deadline(self, draft: Draft, time: Time | None) -> None:
        """Set the deadline: from the words that govern the promise, else the year's end."""
        # 今年以来 and a 上半年 that is over say when it was counted, not until when.
        is_over = time is not None and (
            time.role == "since" or (time.role == "during" and time.last < self.published)
        )
        if time is not None and not is_over and time.last.year >= self.published.year:
            draft.deadline = time.last
            draft.deadline_text = time.words
            draft.deadline_basis = time.basis
            draft.deadline_loose = time.loose
            draft.promised_from = self._find_recorded_start(time)
        else:
            draft.deadline = date(self.plan_year(), 12, 31)
            draft.deadline_basis = "assumed"
            draft.promised_from = draft.deadline.replace(month=1, day=1)

    def _find_recorded_start(self, time: Time) -> date:
        """Return the first day of what is promised for a time.

        到2027年 begins with the document's year, 三年内 with its day, 2027年 with that year.
        """
        if time.role != "until" and time.first.year < time.last.year:
            return time.first
        year = time.last.year
        return date(min(year, self._coming_year()) if time.role == "until" else year, 1, 1)

    def _coming_year(self) -> int:
        """Return the year whose promises a document makes: in December that of the next."""
        return self.published.year + (self.published.month == LAST_MONTH)

    def plans_next_year(self) -> bool:
        """Return whether the title of a document of December names the next year."""
        names = rf"明年|{self.published.year + 1}年"
        return self.published.month == LAST_MONTH and bool(re.search(names, self.title))

    def plan_year(self) -> int:
        """Return the year that a promise without a year is for; the last one of a plan."""
        titled = re.search(r"(20\d\d)年", self.title)
        year = self.published.year
        # 第十五个五年规划 is the plan of “十五五”.
        name = re.sub("第(十[一二三四五]?)个五年", r"\1五", self.title)
        plan = re.search("十[一二三四五]?五(?!.?(?:开局|收官|首年))", name)
        times = find_times(f"{plan[0]}期间", self.published) if plan and not titled else []
        if times and times[0].last.year >= year:
            return times[0].last.year
        span = re.search(r"20\d\d年?[—–\-~至到]+(20\d\d)年", self.title)
        if span and int(span[1]) >= year:
            return int(span[1])
        if titled and int(titled[1]) in {year, year + 1}:
            return int(titled[1])
        return self._coming_year()

    def quote(
        self, passage: Passage, clause: Clause | tuple[int, int], start: int, end: int
    ) -> Quote:
        """Quote the clause around a number (or around the whole of itself).

        Args:
            passage: the paragraph or cell.
            clause: the clause, or where it begins and ends in the passage.
            start: where the number begins in the passage.
            end: where it ends.
        """
        left, right = (clause.start, clause.end) if isinstance(clause, Clause) else clause
        left, right = self._cut_at_gaps(passage, left, min(right, len(passage.text)), start, end)
        if right - left > LONGEST_QUOTE:
            left = max(left, end - LONGEST_QUOTE)
            right = min(right, left + LONGEST_QUOTE)
        places = passage.places
        while places[right - 1] + 1 - places[left] > LONGEST_QUOTE:
            # A line break inside counts too.
            left, right = (left, right - 1) if right > end else (left + 1, right)
        start = max(start, left)
        exact = self.readable.text[places[left] : places[right - 1] + 1]
        offsets = self.readable.offsets
        span = (
            None
            if offsets is None
            else (offsets[places[start]], offsets[places[min(end, right) - 1]] + 1)
        )
        return Quote(exact, span, places[start])

    def _cut_at_gaps(
        self, passage: Passage, left: int, right: int, start: int, end: int
    ) -> tuple[int, int]:
        """Cut a quote where a page number interrupts it, so that it stays exact."""
        places, text = passage.places, self.readable.text

        def is_gap(at: int) -> bool:
            return bool(text[places[at - 1] + 1 : places[at]].strip())

        left = next((at for at in range(start, left, -1) if is_gap(at)), left)
        right = next((at for at in range(end, right) if is_gap(at)), right)
        return left, right


def _is_recorded_flow(draft: Draft, clause: str) -> bool:
    """Return whether a result counts what happened in a period rather than what is there."""
    if draft.share_of_plan:
        return True
    if draft.unit in {"%", "‰"} and re.search(f"{GROWTH}$", draft.indicator):
        return draft.baseline is None
    is_share = draft.unit in {"%", "‰"} and not re.search(f"{GROWTH}(?!值)", draft.indicator)
    # 累计 without the length of a period and 从…到… say what there is.
    is_total = "累计" in clause and not re.search(SPANS, draft.as_of_text or "")
    is_level = re.search(LEVELS, draft.indicator) or (
        re.search(REACHES, clause) and not (draft.unit or "").endswith("元")
    )
    is_level = is_level and not re.search(ADDS, draft.indicator)
    if is_share or is_total or is_level or draft.baseline is not None:
        return False
    return bool(re.search(FLOWS, draft.indicator + clause))

"""Follow the headings of a document: what a section is called, and its tense and time."""

import re
from datetime import date

from tracker.exchange.drafts import naming, words
from tracker.exchange.drafts.tense import (
    LAST_MONTH,
    Tense,
    find_heading_tense,
    find_sentence_tense,
    is_page_of_news,
    judge_tense_of_sentences,
    judge_tense_of_title,
    opens_review_of_year,
    turns_to_plan_tense,
)
from tracker.exchange.drafts.times import REVIEW_MONTHS, Time, find_times

_HEADING_NUMBER = r"[（(]?[一二三四五六七八九十]{1,3}[、)）]|\d{1,2}[.．、]"
_MOST_NUMBERS = 3
# Characters at the head of a sentence in which it says which years it is about.
_OPENING = 3
_HEAD = 12
_TOLD = r"^(?:据(?:了解|悉|介绍|统计)|(?:数据|统计)显示)，"
_LOWEST = 10


class Outline:
    """Where in a document its reader is.

    Attributes:
        default: what an unmarked number of the document is.
        tense: of the current section; None where no section has begun.
        is_page: the text is a page of news.
        is_said: a sentence says the tense, not a title or heading.
        is_stated: a title, heading or sentence says the tense; else it is a guess.
        time: the year or deadline that the section gives.
        past_time: the years that the section looks back on: 过去五年.
        titled: the only heading of the first level, which is the title again.
        paragraph: the number of the paragraph below its heading.
    """

    def __init__(
        self, sentences: list[str], published: date, title: str, heading: str | None = None
    ) -> None:
        self.published = published
        self.titled = heading
        is_issued = re.search("出台|印发|发布|公布", title)
        is_whole = re.search(words.WHOLE_TITLE, title) is not None and not is_issued
        self.is_page = is_page_of_news(sentences, published) and not is_whole
        titled = judge_tense_of_title(title)
        self.default: Tense | None = titled or judge_tense_of_sentences(
            sentences, is_page=self.is_page
        )
        self.tense: Tense | None = titled or self._open(sentences)
        self.is_said = False
        self.is_stated = titled is not None and not re.search(words.PAST_PAGE, title)
        self.time: Time | None = None
        # The year of a title or heading that looks back on it.
        self._reviewed = self._find_reviewed(title) if titled == "past" else None
        self.past_time: Time | None = self._reviewed
        self.paragraph = 0
        self._headings: list[tuple[int, str]] = []

    def _open(self, sentences: list[str]) -> Tense | None:
        """Return the tense of what stands before the first sentence that looks ahead.

        A report looks back first. None where no sentence says that it looks ahead: then
        each paragraph is judged by itself.
        """
        for at, sentence in enumerate(sentences):
            times = find_times(sentence, self.published)
            if find_sentence_tense(sentence, self.published, times) == "plan":
                return judge_tense_of_sentences(sentences[:at], is_page=self.is_page)
        return None

    def enter(self, level: int, heading: str) -> None:
        """Begin a section."""
        above = [pair for pair in self._headings if pair[0] < level]
        # The title of a document names no part of it, whether it is marked as a heading or not.
        is_title = level == 1 and heading == self.titled
        self._headings = above if is_title else [*above, (level, heading)]
        self.paragraph = 0
        times = [time for time in find_times(heading, self.published) if time.role != "compared"]
        tense = find_heading_tense(heading, self.published, times)
        if tense is not None:
            self._reviewed = self._find_reviewed(heading) if tense == "past" else None
        self.past_time = self._reviewed
        if tense is not None:
            # The title of a page of news says what it praises, not what each part is.
            is_title = self.is_page and not self.paragraph and len(self._headings) == 1
            is_title = is_title and self.published.month > REVIEW_MONTHS
            is_part = re.match(_HEADING_NUMBER, heading) is not None
            self.tense, self.is_said = tense, False
            self.is_stated = is_part or not is_title
        elif self.tense == "other":
            self.tense = self.default
        if times or tense is not None:
            is_ahead = bool(times) and times[-1].last >= self.published
            self.time = times[-1] if is_ahead else None

    def _find_reviewed(self, heading: str) -> Time | None:
        """Return the year before that a title or heading names as the one it reports on."""
        times = [time for time in find_times(heading, self.published) if time.role == "during"]
        years = [
            time for time in times if re.fullmatch(rf"20\d\d年度?|过去的?{words.YEARS}", time.words)
        ]
        if not len(times) == len(years) == 1:
            return None
        is_closing = (
            self.published.month == LAST_MONTH and years[0].first.year == self.published.year
        )
        return years[0] if is_closing or years[0].last < self.published else None

    def follow(self, sentence: str) -> Tense | None:
        """Take over the tense and time that a sentence sets; return that tense."""
        times = find_times(sentence, self.published)
        self._look_back(sentence, times)
        is_review = self.is_stated and self.tense == "past"
        tense = find_sentence_tense(sentence, self.published, times, self.tense)
        if tense is None and self._looks_back_again(times):
            self.tense, self.is_stated = "past", False
            return None
        if is_review and turns_to_plan_tense(sentence, self.published, times):
            tense = "plan"
        if tense is None:
            return None
        self.is_said |= not self.is_stated or tense != self.tense
        self.tense, self.is_stated = tense, tense != "past" or not self.is_page
        ahead = [time for time in times if time.last >= self.published and time.role != "compared"]
        if tense == "plan" and ahead:
            if sentence.rstrip().endswith(("：", ":")):
                # Of two years the nearer one carries what has no year of its own.
                self.time = min(ahead, key=lambda time: time.last)
            elif re.fullmatch(rf"明年|{self.published.year + 1}年度?", ahead[0].words):
                # 对2026年民生实事项目进行了票决。 gives the year of all that follows.
                self.time = ahead[0]
            elif ahead[0].last.year == self.published.year:
                self.time = None
        return tense

    def look_back_on_year(self, sentence: str) -> bool:
        """Return whether a sentence of a page opens a review, which its paragraph goes on with."""
        if not self.is_page or not opens_review_of_year(sentence, self.published):
            return False
        self.tense, self.is_stated = "past", True
        return True

    def _looks_back_again(self, times: list[Time]) -> bool:
        """Return whether a sentence ends what another one announced: 2019年，….

        What a heading announces goes on.
        """
        is_open = self.tense == "plan" and self.is_said and self.paragraph > 0
        opening = times[0] if times and times[0].start <= _OPENING else None
        if not is_open or opening is None or opening.role == "compared":
            return False
        # 5月10日上午，大会开幕 is when it was said, no period that is reported.
        is_day = re.search("[日号]", opening.words) is not None
        return opening.role == "since" or (opening.last < self.published and not is_day)

    def _look_back(self, sentence: str, times: list[Time]) -> None:
        """Keep the years that a sentence opens with (过去五年，), until one opens with another."""
        opening = next((time for time in times if time.start <= _HEAD), None)
        if opening is None or opening.role == "compared":
            return
        is_early = len(re.sub(_TOLD, "", sentence[: opening.start])) <= _OPENING
        is_span = is_early and opening.first.year < opening.last.year < self.published.year
        is_kept = is_span and re.search(words.YEARS, opening.words)
        self.past_time = opening if is_kept else self._reviewed

    def locate(self) -> str:
        """Return the place of the current paragraph for people: 三、（六）第1段."""
        matches = (
            re.match(_HEADING_NUMBER, heading)
            for _level, heading in self._headings[-_MOST_NUMBERS:]
        )
        numbers = "".join(match.group() for match in matches if match)
        return numbers + (f"第{self.paragraph}段" if self.paragraph else "标题")

    def find_heading(self, below: int = _LOWEST) -> str | None:
        """Return the nearest heading that says more than which part follows, else the nearest.

        Args:
            below: only headings that stand above one of this level.
        """
        names = [
            naming.strip_numbering_of_name(heading).strip("。")
            for level, heading in self._headings
            if level < below
        ]
        named = [name for name in names if name and not naming.is_generic_name(name)]
        return next(reversed(named or names), None)

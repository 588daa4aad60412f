"""Draft records from a document: section by section, clause by clause.

Paragraph → sentences and clauses → numbers and times → tense → record. Tables are read
by ``tables``.
"""

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

from tracker.exchange.drafts import naming, words
from tracker.exchange.drafts.amounts import find_amounts
from tracker.exchange.drafts.clauses import (
    Clause,
    Scene,
    choose_time_of_clause,
    find_clause_amounts,
    find_clause_times,
    find_cue_in_clause,
    has_clause_amounts,
    is_clause_amount_in_name,
    judge_clause,
    list_times_of_clause,
    move_time_of_clause,
)
from tracker.exchange.drafts.document import Paragraph, Passage, Readable
from tracker.exchange.drafts.draft import Draft, Drafts
from tracker.exchange.drafts.measures import MeasureReader
from tracker.exchange.drafts.milestones import is_finished_project, read_milestone
from tracker.exchange.drafts.naming import Subject
from tracker.exchange.drafts.outline import Outline
from tracker.exchange.drafts.recorder import Recorder
from tracker.exchange.drafts.sentences import (
    Span,
    mark_item_numbers,
    normalize_sentences,
    split_sentence_into_clauses,
    split_sentences,
)
from tracker.exchange.drafts.tables import read_table
from tracker.exchange.drafts.tense import (
    Tense,
    find_planned_time,
    is_compared_in_tense,
    is_framed_as_plan,
    is_in_plan_tense,
    is_meeting_on_plan,
    is_met_before_time,
    is_reported,
    judge_tense_of_sentences,
    judge_tense_of_title,
    may_promise_result,
    turns_to_plan_tense,
)
from tracker.exchange.drafts.times import Time, find_times
from tracker.model.quantities import split_quantity_unit

# Names that share this much of their character pairs are taken for one.
_ALIKE = 0.6
# Below this the sentences of one paragraph say too little, and the document decides.
_LEAST_EVIDENCE = 1.0
_LONGEST_ITEM = 60
# 在2025年新增5个的基础上，继续新增3个: what comes behind it is of another year.
_BASE = "在.*基础上$"
# 根据省里部署，… frames its own sentence only.
_OWN_FRAME = "(?:据[^，]{2,6}，)?(?:根据|按照)"
# What the paragraph before was weighs as much as one cue.
_LEAN = 2.0
# 具备通车条件 names no works: those of two headings are two.
_BARE_STATE = 6
# From this month on a plan may be about the next year.
_LATE_MONTH = 10
_LONGEST_STEP = 24
_LAST_STEP = 2
_ITEM_LEVEL = 3
_SUBHEAD_LEVEL = 5
_LONGEST_PART = 10
_SUBHEAD_LENGTHS = range(6, 31)
_TITLE_BLOCKS = 15
# A title, a second one and a line of signs.
_HEAD_BLOCKS = 3
# 超114亿元 is less than a tenth below what it rounds.
_ROUNDED_BELOW = Decimal("1.1")
_ROUNDED_ABOVE = Decimal("0.03")
_ROUNDED_IN_TITLE = Decimal("0.5")
_TITLE_LENGTHS = range(5, 61)
_TITLE = (
    r"报告|方案|计划|规划|这样干|怎么干|蓝图|通报|通知|意见|实事|目标|任务|清单|要点|公报|指标|分解|总结|"
    r"20\d\d年.+(?:进展|完成|推进|落实|执行)情况|"
    r"(?<!代表)(?<!位置)：(?=\w)"
)


def extract_drafts(readable: Readable, published: date, title: str | None = None) -> Drafts:
    """Return the drafts of a document.

    Args:
        readable: what a reader made of the file.
        published: the day of the document.
        title: its title; None to take the one that it states, or a line that can be one.
    """
    readable = readable._replace(blocks=[block.close_gaps() for block in readable.blocks])
    name = title or readable.title or find_title_for_extraction(readable)
    line = Passage(normalize_sentences(name), range(len(name))).close_gaps()
    reader = _DocumentReader(readable, published, line.text)
    for block in readable.blocks:
        if isinstance(block, Paragraph):
            reader.read_paragraph(block)
        else:
            reader.tables += 1
            read_table(reader, block, reader.tables)
            reader.captions = []
    drafts = drop_repeated_title(
        sorted(reader.recorder.drafts, key=lambda draft: draft.start), readable, name
    )
    if reader.outline.is_page:
        drafts = drop_repeated_subheads(drafts, readable)
    if judge_tense_of_title(name) is not None:
        share_extracted_initiatives(drafts)
    return Drafts(drafts=drafts, neither=reader.recorder.neither, published=published, title=name)


class _DocumentReader:
    """Reads the blocks of a document in order."""

    def __init__(self, readable: Readable, published: date, title: str) -> None:
        sentences = [
            text[span.start : span.end]
            for block in readable.blocks
            if isinstance(block, Paragraph)
            for text in [normalize_sentences(block.words.text)]
            for span in split_sentences(text)
        ]
        self.recorder = Recorder(readable, published, title)
        self.outline = Outline(sentences, published, title, _find_extracted_top(readable))
        self.measures = MeasureReader(self.recorder)
        self.tables = self.item = 0
        # The short lines above a table: its title and 单位：万元.
        self.captions: list[str] = []
        self.whole: Clause | None = None
        self.is_asked = self.is_framed = self.is_framed_alone = False
        # A page says that a plan is issued, and goes on about it.
        self.is_planned = False
        # The line before was only a number: 01 stands above the name of a part.
        self.is_numbered = False
        # Where the drafts of the current task begin, and whether a line has said who leads it.
        self.task, self.is_task_led = 0, False
        # Who leads what follows: a line below a heading says it of all tasks there.
        self.lead: str | None = None
        # The plan that a page named last, and the one that a paragraph goes on about.
        self.plan: str | None = None
        self.named_plan: str | None = None
        # The later year that is planned for, and the one of paragraphs that have ended.
        self.ahead: Time | None = None
        self.known: Time | None = None
        # How far the paragraph before leans to a promise (above 0) or a report (below 0).
        self.before = 0.0

    def read_paragraph(self, block: Paragraph) -> None:
        """Collect the drafts of a paragraph, and what it sets for those after it."""
        text, self.item = mark_item_numbers(normalize_sentences(block.words.text), self.item)
        self.captions = [*self.captions, text] if _is_extracted_caption(text) else []
        if re.match(words.LABELLED_LINE, text) and "。" not in text.rstrip("。）)"):
            self._follow_labels(text)
            return
        if self.is_task_led:
            self.task, self.is_task_led = len(self.recorder.drafts), False
        sentences = split_sentences(text)
        has_amounts = bool(find_amounts(text, 0, len(text)))
        level = self._find_level(block, text, is_line=len(sentences) == 1 and not has_amounts)
        above = self.outline.find_heading(level) if level else None
        if level:
            self.outline.enter(level, text)
            self.lead = None
            self.ahead, self.is_planned = None, False
            if not has_amounts:
                self.task = len(self.recorder.drafts)
                return
        else:
            self.outline.paragraph += 1
        is_page = self.outline.is_page and not self.outline.is_stated
        self.recorder.begin_paragraph(text, is_page=is_page)
        around = self._find_lead(text, sentences)
        if level and not around and above and not naming.is_generic_name(above):
            # An item with an amount belongs to the heading above it.
            around = above
        first = len(self.recorder.drafts)
        self.measures.earlier, self.whole = "", None
        self._read_sentences(block.words, text, sentences, around or self.outline.find_heading())
        self._set_labelled_deadline(text, first)
        are_reports = {draft.kind == "result" for draft in self.recorder.drafts[first:]}
        if are_reports:
            self.before = (
                {True: -_LEAN, False: _LEAN}[are_reports.pop()] if len(are_reports) == 1 else 0.0
            )

    def _find_level(self, block: Paragraph, text: str, *, is_line: bool) -> int:
        """Return the level of a heading; 0 for running text.

        Args:
            block: the paragraph.
            text: its words, normalized.
            is_line: it is one sentence without an amount.
        """
        was_numbered = self.is_numbered
        self.is_numbered = re.fullmatch(words.NUMBER_ALONE, block.words.text) is not None
        # A page of news opens with its title, which is no heading of a part.
        is_title = self.outline.is_page and block is self.recorder.readable.blocks[0]
        if block.level or is_title or not is_line:
            return block.level
        if was_numbered and re.fullmatch(words.NUMBERED_NAME, text):
            return _SUBHEAD_LEVEL
        return _find_extracted_item_level(text)

    def _set_labelled_deadline(self, text: str, first: int) -> None:
        """Give drafts the deadline behind a label: …3个。完成时间：11月底前."""
        label = re.search(words.DEADLINE_LABEL, text)
        times = find_times(text, self.recorder.published, label.end()) if label else []
        for draft in self.recorder.drafts[first:]:
            if times and draft.kind != "result" and draft.deadline_basis == "assumed":
                self.recorder.set_deadline(draft, times[0])

    def _follow_labels(self, text: str) -> None:
        """Give the drafts of a task the lead and the deadline that stand on a line behind it."""
        body = naming.find_named_body(text)
        drafts = self.recorder.drafts[self.task :]
        for draft in drafts:
            draft.org = draft.org or body
        self._set_labelled_deadline(text, self.task)
        self.is_task_led = bool(drafts)
        self.lead = self.lead if drafts else body or self.lead

    def _read_sentences(
        self, passage: Passage, text: str, sentences: list[Span], around: str | None
    ) -> None:
        outline, lead = self.outline, around
        body, speaker = naming.find_named_body(text), None
        before, was_stated, is_aside = outline.tense, outline.is_stated, False
        has_reported, self.is_framed_alone, ahead = False, False, self.ahead
        past_time: Time | None = None
        coming: Time | None = None
        framed = self.is_asked or (self.is_framed and text.startswith(("——", "●", "■", "▪")))
        unmarked = self._judge_unmarked(text, sentences)
        for at, span in enumerate(sentences):
            sentence = text[span.start : span.end]
            if sentences[0] is not span:
                around = _find_extracted_run(text, sentences[at - 1 : at + 2], around, lead)
            # A look ahead at the end of a paragraph ends with it.
            has_turned = outline.follow(sentence) is not None
            is_aside |= has_turned and "下一步" in sentence and span is not sentences[0]
            is_aside |= outline.look_back_on_year(sentence)
            coming = self._find_coming_year(sentence, coming)
            self.ahead = self._find_year_ahead(sentence)
            framed = self._follow_frame(sentence, is_framed=framed)
            speaker = naming.find_named_acting_body(text, span) or speaker
            past_time = self._find_past_time(sentence, past_time)
            is_ahead = ahead is not None and ahead is self.ahead is not self.known
            setting = Scene(
                self._choose_tense(
                    unmarked,
                    is_framed=framed or coming is not None or is_ahead,
                    looks_back=has_reported or past_time is not None,
                ),
                naming.find_named_item(sentence) or around,
                body or speaker or self.lead,
                coming or self.ahead or outline.time,
                outline.locate(),
                is_guess=not outline.is_stated,
                past_time=past_time or outline.past_time,
                plans_next_year=self._plans_next_year(sentence, coming),
            )
            self._read_sentence_of_plan(passage, text, span, setting)
            has_reported, ahead = outline.is_page and is_reported(sentence), self.ahead
        self._keep_frame(text, is_framed=framed)
        if is_aside or (outline.tense == "other" and before != "other"):
            outline.tense, outline.is_stated = before, was_stated

    def _read_sentence_of_plan(
        self, passage: Passage, text: str, span: Span, setting: Scene
    ) -> None:
        """Collect the drafts of a sentence; what nothing else names belongs to its plan."""
        sentence, first = text[span.start : span.end], len(self.recorder.drafts)
        self.named_plan = self._follow_plan(sentence, self.named_plan if span.start else None)
        self.read_sentence(passage, text, span, self._settle_scene(sentence, setting))
        for draft in self.recorder.drafts[first:]:
            draft.initiative = draft.initiative or self.named_plan

    def _follow_plan(self, sentence: str, plan: str | None) -> str | None:
        """Return the plan that a sentence of a page is about: 方案提出，….

        The sentences behind it in its paragraph are too, up to one that reports.
        """
        if reviewed := re.search(words.REVIEWED_ACTIONS, sentence):
            return reviewed["name"]
        self.plan = naming.find_named_plan(sentence) or self.plan
        has_reported = is_reported(sentence) and not may_promise_result(sentence)
        published = self.recorder.published
        times = find_times(sentence, published)
        # Behind a review of 2023, 今年，全市将… is of no list of that year.
        is_over = re.search(words.YEAR_BEHIND, plan or "") is not None
        is_over = is_over and turns_to_plan_tense(sentence, published, times)
        if not self.outline.is_page or has_reported or is_over:
            return None
        return self.plan if re.search(words.SETS_OF_PLAN, sentence) else plan

    def _settle_scene(self, sentence: str, setting: Scene) -> Scene:
        """Return what surrounds a sentence that says by itself that it promises or reports.

        将“新增5个”列入2025年实事项目 gives its aims the list and its year;
        达到5个，提前完成任务 reports.
        """
        if self.outline.is_page and is_met_before_time(sentence):
            return setting._replace(tense="past")
        listed = re.search(words.NAMED_LISTS, sentence)
        if listed is None:
            return setting
        times = find_times(listed["name"], self.recorder.published)
        is_ahead = bool(times) and times[0].last >= self.recorder.published
        time = times[0] if is_ahead else setting.time
        return setting._replace(tense="plan", initiative=listed["name"], time=time)

    def _follow_frame(self, sentence: str, *, is_framed: bool) -> bool:
        """Return whether a plan or an answer sets what a sentence says.

        A report ends it, unless it only compares with the year before.
        """
        self.is_planned = self._goes_on_planned(sentence)
        is_over = _is_extracted_report(sentence) and not re.search("[比较][上去]年", sentence)
        goes_on = is_framed and not self.is_framed_alone and not is_over
        self.is_framed_alone = re.match(_OWN_FRAME, sentence) is not None
        times = find_times(sentence, self.recorder.published)
        turns = self.outline.is_page and turns_to_plan_tense(
            sentence, self.recorder.published, times
        )
        turns |= is_meeting_on_plan(sentence, self.recorder.published)
        return self.is_planned or goes_on or turns or is_framed_as_plan(sentence)

    def _keep_frame(self, text: str, *, is_framed: bool) -> None:
        """Keep whether the paragraphs behind this one say what a plan or an answer sets."""
        self.is_framed = is_framed
        if not text.endswith(("；", "：")):
            self.known = self.ahead
        self.is_asked = is_framed and text.rstrip("”").endswith("？")

    def _judge_unmarked(self, text: str, sentences: list[Span]) -> Tense | None:
        """Return what the sentences of a paragraph are that say no tense; None if it is open."""
        printed = [text[span.start : span.end] for span in sentences]
        is_page = self.outline.is_page
        before = self.before if is_page else 0.0
        return judge_tense_of_sentences(printed, _LEAST_EVIDENCE, is_page=is_page, before=before)

    def _choose_tense(
        self, unmarked: Tense | None, *, is_framed: bool, looks_back: bool
    ) -> Tense | None:
        """Return the tense around a sentence: what is said before what is guessed."""
        outline = self.outline
        if outline.is_stated and outline.tense:
            return outline.tense
        if is_framed:
            return "plan"
        return "past" if looks_back else unmarked or outline.tense or outline.default

    def _find_past_time(self, sentence: str, known: Time | None) -> Time | None:
        """Return the past year that a sentence opens with, or the one before it opened with."""
        times = find_times(sentence, self.recorder.published)
        own = list_times_of_clause(times)
        if not own or re.fullmatch("年内|全年|年底|年末|岁末", own[0].words):
            return None if is_in_plan_tense(sentence) else known
        opening = re.search(r"(?:^|，)[^，]{0,4}$", sentence[: own[0].start])
        is_year = re.fullmatch(r"(?:20\d\d|去|上)年", own[0].words)
        follows = sentence[own[0].end : own[0].end + 1] == "，"
        is_over = own[0].last < self.recorder.published
        # A page says whose year it is anywhere: 记者获悉，公路建设去年….
        is_said = (opening and follows) or (self.outline.is_page and own[0].role == "during")
        return own[0] if is_said and is_year and is_over else None

    def _find_coming_year(self, sentence: str, known: Time | None) -> Time | None:
        """Return the next year that a sentence is about; the sentences after it are too."""
        published = self.recorder.published
        times = [time for time in find_times(sentence, published) if time.role == "during"]
        names = rf"明年|{published.year + 1}年" if published.month >= _LATE_MONTH else "明年"
        named = next((time for time in times if re.fullmatch(names, time.words)), None)
        if named is None and (is_reported(sentence) or "今年" in sentence):
            return None
        return named or known

    def _find_year_ahead(self, sentence: str) -> Time | None:
        """Return the later year until which a page plans; the sentences behind it are for it too.

        It ends with a sentence that has another time or that reports.
        """
        published = self.recorder.published
        times = find_times(sentence, published)
        if planned := self._find_planned(sentence):
            return planned if planned.last.year > published.year else None
        own = [time for time in list_times_of_clause(times) if time.words != "日前"]
        if not own:
            return None if _is_extracted_report(sentence) else self.ahead
        last = own[-1]
        # 明年6月底前投用 is the deadline of one thing only.
        is_span = last.role == "during" and re.search("未来|今后|十.?五|^[经通]过", last.words)
        is_year = bool(is_span) or (last.role == "until" and "月" not in last.words)
        is_later = is_year and all(time.last.year > published.year for time in own)
        is_first = all(
            is_clause_amount_in_name(sentence, amount)
            for amount in find_clause_amounts(sentence, Span(0, last.start), times)
        )
        is_open = not self.outline.is_stated and self.outline.default != "plan"
        may_carry = self.outline.is_page or is_open
        return last if may_carry and is_later and is_first else None

    def _goes_on_planned(self, sentence: str) -> bool:
        """Return whether a page goes on about a plan that it says is issued."""
        if self._find_planned(sentence) is not None:
            return True
        times = list_times_of_clause(find_times(sentence, self.recorder.published))
        is_past = any(time.last < self.recorder.published for time in times)
        return self.is_planned and not is_past and not _is_extracted_report(sentence)

    def _find_planned(self, sentence: str) -> Time | None:
        """Return the period of a plan that a page says is issued."""
        published = self.recorder.published
        times = find_times(sentence, published)
        return find_planned_time(sentence, published, times) if self.outline.is_page else None

    def _plans_next_year(self, sentence: str, coming: Time | None) -> bool:
        """Return whether 年底前 in a sentence is that of the next year.

        年内开工，明年建成 names this year first.
        """
        if re.search("(?:年内|年底|月底|月).*明年", sentence):
            return False
        is_review = self.outline.is_stated and self.outline.tense == "past"
        given = self.outline.time
        is_coming = given is not None and given.first.year == self.recorder.published.year + 1
        is_coming |= coming is not None
        return is_coming or (self.recorder.plans_next_year() and not is_review)

    def _find_lead(self, text: str, sentences: list[Span]) -> str | None:
        """Return the name that a paragraph gives itself in its first sentence."""
        first = text[sentences[0].start : sentences[0].end]
        if len(sentences) == 1 and "：" not in first and "，" not in first:
            return None
        lead = naming.find_named_lead(first, find_times(first, self.recorder.published))
        above = self.outline.find_heading()
        if lead and above and not naming.is_generic_name(above) and first.startswith(f"{lead}，"):
            # An action that opens a sentence is less than the heading above it.
            return None
        if lead and naming.is_generic_name(lead) and not lead.endswith("目标"):
            return None
        if lead and is_finished_project(lead):
            return None
        return lead

    def read_sentence(self, passage: Passage, text: str, span: Span, setting: Scene) -> None:
        """Collect the drafts of one sentence (or one cell of a table)."""
        self.measures.named = self.measures.whole = None
        self.measures.measured = ""
        first = len(self.recorder.drafts)
        governing, carried = self._follow_whole(text, span)
        opening: Clause | None = None
        previous: Clause | None = None
        # What is done stands behind what is planned.
        is_aside = False
        about = _Topic()
        parts = split_sentence_into_clauses(text, span)
        for at, part in enumerate(parts):
            ahead = text[slice(*parts[at + 1])] if at + 1 < len(parts) else ""
            about.enter(text, part)
            if text[part.start - 1] == "；":
                self.measures.whole = None
                if opening is not None and is_aside:
                    # 更新750台，目前已完成150台；淘汰330台 goes on with the plan.
                    governing, carried, opening = None, "plan", None
                elif opening is not None:
                    # 截至5月，已完工41座，剩下的6月完工；清淤73公里 comes back to May.
                    governing, carried = opening.governing, "past"
                elif setting.tense == "past" and previous and "预计" in previous.words:
                    # 预计11月完成；建成基地7万亩 goes on with the report.
                    governing, carried = None, None
            clause, carried = self._read_clause(
                passage, text, span, part, setting, governing, carried
            )
            clause, carried = _settle_extracted_report(clause, carried, previous, ahead)
            listed = () if previous is None else previous.paired_times
            clause = previous = clause._replace(listed=listed)
            if _begins_extracted_work(clause):
                governing = None
            elif _carries_on_extraction(clause):
                governing = clause.governing
            if any(time.words.startswith("明年") for time in clause.own_times):
                setting = setting._replace(plans_next_year=True)
            if opening is None and _opens_extracted_report(clause):
                opening = clause
                is_aside = {draft.kind for draft in self.recorder.drafts[first:]} == {"target"}
            about.leave(text, part, self._read_records(clause, about.subject, first))
            self.measures.remember_earlier(about.subject)

    def _read_records(self, clause: Clause, subject: Subject, first: int) -> Subject:
        """Draft what a clause says; return what the next one may be about."""
        if has_clause_amounts(clause):
            self.whole = clause
            read = self.measures.read(clause, subject)
            # 五百人口以上村全覆盖 says a state, its number a size.
            is_state = re.search(f"{words.ENDS_FINISHED}|全覆盖$", clause.words)
            is_state = is_state if self.measures.has_sizes else None
            return read_milestone(self.recorder, clause, read) if is_state else read
        if self._set_common_deadline(clause, first):
            return subject
        self.measures.note_names(clause)
        return read_milestone(self.recorder, clause, subject)

    def _follow_whole(self, text: str, span: Span) -> tuple[Time | None, Tense | None]:
        """Return the time and tense of the sentence before for one about parts: 其中，…."""
        whole, self.whole = self.whole, None
        if whole is None or not text.startswith("其中", span.start):
            return None, None
        return whole.governing, whole.tense

    def _set_common_deadline(self, clause: Clause, first: int) -> bool:
        """Set the deadline that comes behind what it is for: …5000个，6月底前全面完工.

        Returns:
            Whether the clause says nothing else: …5000个，6月底前完成.
        """
        own = clause.own_times
        if not own or clause.tense != "plan":
            return False
        is_bare = re.fullmatch("完成|完工", clause.text[own[-1].end : clause.end]) is not None
        is_common = is_bare or re.search(f"(?:全面|全部|整体|均){words.STATES}", clause.words)
        open_drafts = [
            draft
            for draft in self.recorder.drafts[first:]
            if draft.kind == "target" and draft.deadline_basis == "assumed" and is_common
        ]
        for draft in open_drafts:
            self.recorder.set_deadline(draft, own[-1])
        return is_bare and bool(open_drafts)

    def _read_clause(  # noqa: PLR0913, PLR0917
        self,
        passage: Passage,
        text: str,
        sentence: Span,
        part: Span,
        setting: Scene,
        governing: Time | None,
        carried: Tense | None,
    ) -> tuple[Clause, Tense | None]:
        """Return a clause, and the tense that it hands on to the next one."""
        published = self.recorder.published
        times = find_clause_times(text, part, published, setting, carried)
        if governing is not None and governing.last.year < published.year:
            # 2018年安排31项，年度计划投资5亿元 goes on about that year.
            times = [move_time_of_clause(time, governing, published) for time in times]
        own = list_times_of_clause(times)
        amounts = find_clause_amounts(text, part, times)
        printed = text[part.start : part.end]
        if own:
            governing = choose_time_of_clause(own, amounts[0]) if amounts else own[-1]
            self.recorder.note_period(printed, governing)
        tense, doubt = judge_clause(printed, governing, setting, published, is_own=bool(own))
        cue = find_cue_in_clause(printed, setting)
        if carried == "plan" and is_compared_in_tense(printed):
            # 计划完成投资5亿元，同比增长8% aims at both.
            cue = None
        if carried and not own and cue in {None, carried}:
            tense, doubt = carried, None
        turns = cue is not None and setting.tense is not None
        turns = turns and cue != (carried or setting.tense)
        carried = tense if own or turns else carried
        clause = Clause(
            passage,
            text,
            sentence,
            part.start,
            part.end,
            times,
            amounts,
            governing,
            tense,
            doubt,
            setting,
        )
        return clause, carried


class _Topic:
    """What the clauses of a sentence are about, one after the other."""

    def __init__(self) -> None:
        self.subject = Subject("")
        self._outside: Subject | None = None
        self._title = ""

    def enter(self, text: str, part: Span) -> None:
        """Go into a clause; what stands behind brackets goes on about what is before them."""
        is_aside = text.rfind("（", 0, part.start) > text.rfind("）", 0, part.start)
        if self._outside is not None and not is_aside:
            self.subject, self._outside = self._outside, None
        elif self._outside is None and is_aside:
            self._outside = self.subject

    def leave(self, text: str, part: Span, subject: Subject) -> None:
        """Keep what a clause was about; the title of an item holds up to the next number."""
        self._title = naming.find_title_of_item(text, part) or self._title
        # 1.公交线路：6月底前新增2条；8月底前新增5条 is about the lines.
        is_titled = self._title and text[part.end : part.end + 1] in {"：", "；"}
        self.subject = Subject(self._title) if is_titled else subject


def _is_extracted_caption(text: str) -> bool:
    """Return whether a line may stand above a table: it is short, and no sentence."""
    return len(text) <= _LONGEST_ITEM and not re.search("[。；]", text)


def _is_extracted_report(sentence: str) -> bool:
    """Return whether a sentence says what only a report says: not 污染得到遏制."""
    is_share = re.search(words.SHARE_OF_PLAN_DONE, sentence) is not None
    return is_share or (is_reported(sentence) and not may_promise_result(sentence))


def _opens_extracted_report(clause: Clause) -> bool:
    """Return whether a clause says up to when its sentence reports: 截至5月, 目前."""
    own = clause.own_times
    return bool(own) and (
        "截" in clause.words or (own[0].role == "since" and clause.tense == "past")
    )


def _find_extracted_run(
    text: str, sentences: list[Span], around: str | None, lead: str | None
) -> str | None:
    """Return the heading that holds from the second of three sentences on.

    Args:
        text: the words of the paragraph.
        sentences: three of its sentences.
        around: the heading before; it goes on where the sentence is none.
        lead: the heading of the paragraph; a sentence that judges goes back to it.
    """
    sentence = text[sentences[1].start : sentences[1].end]
    if naming.is_judgement_of_work(sentence):
        return lead
    if not _may_open_extracted_part(text, sentences):
        return around
    return naming.find_name_of_run_in_heading(sentence) or around


def _may_open_extracted_part(text: str, sentences: list[Span]) -> bool:
    """Return whether the second of three sentences may be a heading inside a paragraph.

    It stands behind a sentence of clauses, or the first one, and before one of clauses.
    Short sentences one after the other are steps, not headings.
    """
    if len(sentences) <= _LAST_STEP:
        return False
    before, _own, after = (text[span.start : span.end] for span in sentences)
    is_long = bool(re.search(r"[，\d]", before)) or len(before) > _LONGEST_STEP
    has_clauses = re.search(r"[，\d]", after) is not None
    return (is_long or not sentences[0].start) and has_clauses


def _carries_on_extraction(clause: Clause) -> bool:
    """Return whether the time of a clause goes on in the next: 已于6月20日封顶 ends with it."""
    own = clause.own_times
    if clause.tense == "plan" and not clause.amounts and own and re.search("月.*前", own[-1].words):
        return False
    is_alone = bool(own) and own[-1].end == clause.end
    is_one_day = bool(own) and not is_alone and re.search("[日号]", own[-1].words)
    return clause.tense != "past" or not is_one_day or "截" in clause.words


def _settle_extracted_report(
    clause: Clause, carried: Tense | None, before: Clause | None, ahead: str
) -> tuple[Clause, Tense | None]:
    """Return a clause, and what it hands on, as a report where it says what is done of a plan."""
    if re.match(_BASE, clause.words):
        return clause, None
    if _lists_extracted_aims(clause, before):
        return clause._replace(tense="plan", governing=None), "plan"
    if not _reports_on_extracted_plan(clause, before, ahead):
        return clause, carried
    return clause._replace(tense="past"), None


def _lists_extracted_aims(clause: Clause, before: Clause | None) -> bool:
    """Return whether a clause names the aims that the one before counts: 未完成3项，为….

    So does one behind 有两项任务指标.
    """
    if before is None or not re.match("(?:分别|主要|即)*[是为]", clause.words):
        return False
    return re.search(words.AIMS_COUNTED, before.words) is not None


def _reports_on_extracted_plan(clause: Clause, before: Clause | None, ahead: str) -> bool:
    """Return whether a clause says how much of a plan is done: 育苗计划63亩，完成80亩.

    Also where the clause behind it says what share that is: 完成投资16亿元，占年度计划的40%.
    """
    if clause.own_times or is_in_plan_tense(clause.words) or not clause.amounts:
        return False
    if any(re.match(words.SHARE_OF_PLAN_DONE, each) for each in (clause.words, ahead)):
        return True
    is_plan = before is not None and re.search("计划|任务|目标", before.words)
    is_done = re.match(words.DONE_OF_PLAN, clause.words)
    units = {amount.unit for amount in before.amounts} if before else set()
    return bool(is_plan and is_done) and clause.amounts[0].unit in units


def _begins_extracted_work(clause: Clause) -> bool:
    """Return whether a clause says when work began: 2024年10月启动改造，新增车位210个.

    That is not when the number behind it was reached; nor is 在2025年新增5个的基础上，.
    """
    if re.match(_BASE, clause.words):
        return True
    time = clause.governing
    if time is None or time.role != "during" or clause.amounts or clause.tense != "past":
        return False
    is_month = re.search(r"\d月|[一二三四五六七八九十]月", time.words)
    return bool(is_month and re.search(words.BEGINNINGS, clause.words))


def drop_repeated_title(drafts: list[Draft], readable: Readable, title: str) -> list[Draft]:
    """Leave out what the first lines of a page say, where its text says it again.

    The title alone is no milestone.

    超114亿元 in a title is the 114.8亿元 of the text.
    """
    end = -1
    for block in readable.blocks[:_HEAD_BLOCKS]:
        if not isinstance(block, Paragraph) or re.search("[。；]", block.words.text):
            break
        end = block.words.places[-1]
    text = [draft for draft in drafts if draft.start > end]
    drafts = [
        draft
        for at, draft in enumerate(drafts)
        if draft.kind != "milestone"
        or len(draft.indicator) <= _BARE_STATE < draft.start - end
        or (draft.quote != title and not _is_extracted_again(draft, drafts[at + 1 :], end))
    ]
    return [
        draft
        for draft in drafts
        if draft.start > end or not any(_repeats_title_of_extraction(each, draft) for each in text)
    ]


def _is_extracted_again(draft: Draft, behind: list[Draft], end: int) -> bool:
    """Return whether the text behind a milestone says it again.

    What stands under another heading is its own, unless the first is in the lines above
    ``end``, the title, or is itself such a heading.
    """
    key = (draft.indicator, draft.deadline)
    same = [each for each in behind if (each.indicator, each.deadline) == key]
    around = draft.initiative or ""
    is_line = draft.start <= end or not around or draft.quote in around
    return any(each.kind == "milestone" and (is_line or each.initiative == around) for each in same)


def drop_repeated_subheads(drafts: list[Draft], readable: Readable) -> list[Draft]:
    """Leave out what a line inside a page says, where the text below it says it again."""
    lines = _list_extracted_subheads(readable)
    headed = [draft for draft in drafts if any(draft.start in line for line in lines)]
    text = [draft for draft in drafts if draft not in headed]
    repeated = [
        draft
        for draft in headed
        if any(
            each.start > draft.start and _repeats_title_of_extraction(each, draft) for each in text
        )
    ]
    return [draft for draft in drafts if draft not in repeated]


def _list_extracted_subheads(readable: Readable) -> list[range]:
    """Return where the lines of a page stand that only name the paragraph below them."""
    pairs = pairwise(block for block in readable.blocks if isinstance(block, Paragraph))
    return [
        range(line.words.places[0], line.words.places[-1] + 1)
        for line, below in pairs
        if len(line.words.text) in _SUBHEAD_LENGTHS
        and not re.search("[，。；：、]", line.words.text)
        and "。" in below.words.text
    ]


def _repeats_title_of_extraction(draft: Draft, titled: Draft) -> bool:
    """Return whether a draft of the text says what one of a title says, or says it exactly."""
    if draft.value is None or titled.value is None:
        return (draft.kind, draft.value, draft.unit) == (titled.kind, titled.value, titled.unit)
    (scale, unit), (titled_scale, titled_unit) = map(
        split_quantity_unit, (draft.unit or "", titled.unit or "")
    )
    below = draft.value * scale / titled_scale - titled.value
    least = -titled.value * _ROUNDED_ABOVE if titled.op == "~" else 0
    is_rounded = titled.op in {">", ">=", "~"} and (
        least <= below < titled.value * (_ROUNDED_BELOW - 1)
    )
    # 30张 in a title is the 30.3张 of the text.
    is_same = is_rounded or abs(below) < _ROUNDED_IN_TITLE
    return is_same and titled_unit in {unit, ""}


def share_extracted_initiatives(drafts: list[Draft]) -> None:
    """Give a draft under a general heading the initiative that its indicator had before."""
    known: list[tuple[str, str]] = []
    for draft in drafts:
        if draft.initiative is not None and not naming.is_generic_name(draft.initiative):
            known.append((draft.indicator, draft.initiative))
            continue
        alike = {
            initiative
            for name, initiative in known
            if naming.compare_drafted_naming(name, draft.indicator) >= _ALIKE
        }
        if len(alike) == 1:
            draft.initiative = alike.pop()


def _find_extracted_top(readable: Readable) -> str | None:
    """Return the heading of the first level where there is only one; it is the title."""
    tops = [
        block.words.text
        for block in readable.blocks
        if isinstance(block, Paragraph) and block.level == 1
    ]
    return normalize_sentences(tops[0]) if len(tops) == 1 else None


def find_title_for_extraction(readable: Readable) -> str:
    """Return the first line that can be a title; empty if none can."""
    for block in readable.blocks[:_TITLE_BLOCKS]:
        if isinstance(block, Paragraph):
            if block.words.text.count("。") > 1:
                break
            line = naming.strip_numbering_of_name(block.words.text)
            if (
                len(line) in _TITLE_LENGTHS
                and "。" not in line
                and not line.endswith(("；", "，"))
                and not re.match("(?:发布|时间|来源|日期)", line)
                and not re.match("[■●◆▪·]", block.words.text)
                and re.search(_TITLE, line)
            ):
                return line
    return _find_issued_plan(readable)


def _find_issued_plan(readable: Readable) -> str:
    """Return the plan that the first sentence of a page says is issued; empty if none is."""
    first = readable.blocks[0] if readable.blocks else None
    if not isinstance(first, Paragraph):
        return ""
    sentence = normalize_sentences(first.words.text).partition("。")[0]
    issued = re.search(words.ISSUED_PLAN, sentence)
    return issued["name"] if issued else ""


def _find_extracted_item_level(text: str) -> int:
    """Return the level of a short line that is numbered or a heading inside a page; else 0."""
    if re.match(r"[（(]?[一二三四五六七八九十]{1,3}[、)）]", text) and len(text) <= _LONGEST_ITEM:
        return _ITEM_LEVEL
    if re.fullmatch(words.WORKS_WITH_ENDS, text):
        return _SUBHEAD_LEVEL
    is_line = text[-1].isalnum()
    is_part = len(text) <= _LONGEST_PART and re.search(words.PARTS_OF_PAGES, text)
    is_field = len(text) in _SUBHEAD_LENGTHS and naming.is_name_of_field_of_work(text)
    is_part = is_part or re.fullmatch(f"{words.YEARS_WORK}|{words.YEARS_LOOKED_BACK}", text)
    is_field |= len(text) <= _LONGEST_PART and re.fullmatch(words.FIELDS, text) is not None
    return _SUBHEAD_LEVEL if is_line and (is_field or is_part) else 0

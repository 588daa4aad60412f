"""Draft records from a document: section by section, clause by clause.

Paragraph → sentences and clauses → numbers and times → tense → record. Tables are read
by ``tables``; what they share with running text stands here.
"""

import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tracker.exchange.drafts import naming, words
from tracker.exchange.drafts.document import Paragraph, Passage, Readable
from tracker.exchange.drafts.draft import Draft, Drafts, Neither
from tracker.exchange.drafts.naming import Subject
from tracker.exchange.drafts.amounts import Amount, find_amounts
from tracker.exchange.drafts.sentences import Span, normalize, split_clauses, split_sentences
from tracker.exchange.drafts.tense import (
    Tense,
    find_clause_tense,
    find_heading_tense,
    find_sentence_tense,
    find_time_tense,
    judge_sentences,
    judge_title,
)
from tracker.exchange.drafts.times import Time, find_times, last_full
from tracker.model import dates

LONGEST_QUOTE = 120
# Names that share this much of their character pairs are taken for one.
_ALIKE = 0.6
# Below this the sentences of one paragraph say too little, and the document decides.
_LEAST_EVIDENCE = 1.0
_FLOWS = re.compile(
    r"完成|新增|新建|建成|改造|实现|投资|收入|产值|总值|产量|增长|下降|进出口|零售|引进|培育|培训|吞吐|增加|发放|办理|更新|净增|减少|筹集|签约|惠及"
)
_LEVELS = re.compile(r"(?:率|比重|占比|里程|规模|面积|达到|总数|保有量|浓度|人口|存栏|余额|指数|时限)$")


class Scene(NamedTuple):
    """What surrounds a clause.

    Attributes:
        tense: of the section.
        initiative: the heading, list item or lead sentence.
        org: the lead body of the paragraph or row.
        time: a deadline or year that the section or row gives.
        locator: the place for people.
    """

    tense: Tense | None
    initiative: str | None
    org: str | None
    time: Time | None
    locator: str


class Extractor:
    """Walks the blocks of a document in order and collects drafts."""

    def __init__(self, readable: Readable, published: date, title: str) -> None:
        self.readable = readable
        self.published = published
        self.title = title
        self.drafts: list[Draft] = []
        self.neither: list[Neither] = []
        sentences = [
            text[span.start : span.end]
            for block in readable.blocks
            if isinstance(block, Paragraph)
            for text in [normalize(block.words.text)]
            for span in split_sentences(text)
        ]
        titled = judge_title(title)
        self.default: Tense | None = titled or judge_sentences(sentences)
        self.tense: Tense | None = titled or self._open(sentences)
        self.headings: list[tuple[int, str]] = []
        self.section_time: Time | None = None
        self.reported: Time | None = None
        self.paragraph = 0
        self.tables = 0
        # Where in the current sentence a named action was last met, and its name.
        self.named: tuple[int, str] | None = None

    def _open(self, sentences: list[str]) -> Tense | None:
        """Return the tense of what stands before the first sentence that looks ahead.

        A report looks back first. None where no sentence says that it looks ahead: then
        each paragraph is judged by itself.
        """
        for at, sentence in enumerate(sentences):
            times = find_times(sentence, self.published)
            if find_sentence_tense(sentence, self.published, times) == "plan":
                return judge_sentences(sentences[:at])
        return None

    def read_paragraph(self, block: Paragraph) -> None:
        """Collect the drafts of a paragraph, and what it sets for those after it."""
        text = normalize(block.words.text)
        sentences = split_sentences(text)
        level = block.level or self._find_item_level(text, sentences)
        if level:
            self._enter(level, text)
            if not find_amounts(text, 0, len(text)):
                return
        else:
            self.paragraph += 1
        self._read_sentences(block.words, text, sentences)

    def _find_item_level(self, text: str, sentences: list[Span]) -> int:
        """Return 3 for a numbered line of one sentence that holds no number: a list item."""
        if len(sentences) == 1 and len(text) <= 60 and not find_amounts(text, 0, len(text)):
            if re.match(r"[（(]?[一二三四五六七八九十]{1,3}[、)）]", text):
                return 3
        return 0

    def _enter(self, level: int, text: str) -> None:
        self.headings = [*(pair for pair in self.headings if pair[0] < level), (level, text)]
        self.paragraph = 0
        times = [time for time in find_times(text, self.published) if time.role != "compared"]
        tense = find_heading_tense(text, self.published, times)
        if tense is not None:
            self.tense = tense
        elif self.tense == "other":
            self.tense = self.default
        if times or tense is not None:
            ahead = times[-1] if times and times[-1].last >= self.published else None
            self.section_time = ahead

    def locate(self) -> str:
        """Return the place of the current paragraph for people: 三、（六）第1段."""
        numbers = [
            match.group().strip()
            for _level, heading in self.headings[-3:]
            if (match := re.match(r"[（(]?[一二三四五六七八九十]{1,3}[、)）]|\d{1,2}[.．、]", heading))
        ]
        return "".join(numbers) + (f"第{self.paragraph}段" if self.paragraph else "标题")

    def _read_sentences(self, passage: Passage, text: str, sentences: list[Span]) -> None:
        lead = None
        body = naming.find_body(text)
        if sentences:
            first = text[sentences[0].start : sentences[0].end]
            if len(sentences) > 1 or "：" in first or "，" in first:
                lead = naming.find_lead(first, find_times(first, self.published))
        if lead and naming.is_generic(lead) and not lead.endswith("目标"):
            lead = None
        heading = self._find_heading()
        restored = self.tense
        local = False
        speaker: str | None = None
        unmarked = judge_sentences(
            [text[span.start : span.end] for span in sentences], _LEAST_EVIDENCE
        )
        for span in sentences:
            sentence = text[span.start : span.end]
            times = find_times(sentence, self.published)
            tense = find_sentence_tense(sentence, self.published, times, self.tense)
            if tense is not None:
                self.tense = tense
                if "下一步" in sentence and span is not sentences[0]:
                    local = True
                if tense == "plan":
                    ahead = [t for t in times if t.last >= self.published and t.role != "compared"]
                    if ahead and sentence.rstrip().endswith(("：", ":")):
                        # Of two years the nearer one carries what has no year of its own.
                        self.section_time = min(ahead, key=lambda time: time.last)
                    elif ahead and ahead[0].last.year == self.published.year:
                        self.section_time = None
            speaker = naming.find_acting_body(text, span) or speaker
            item = naming.find_item(sentence)
            scene = Scene(
                self.tense or unmarked or self.default, item or lead or heading, body or speaker, self.section_time, self.locate()
            )
            self.read_sentence(passage, text, span, scene)
            if tense == "other":
                continue
        if local or (self.tense == "other" and restored != "other"):
            self.tense = restored

    def _find_heading(self) -> str | None:
        for _level, heading in reversed(self.headings):
            name = naming.strip_numbering(heading).strip("。")
            if name and not naming.is_generic(name):
                return name
        if self.headings:
            return naming.strip_numbering(self.headings[-1][1]).strip("。")
        return None

    def read_sentence(self, passage: Passage, text: str, span: Span, scene: Scene) -> None:
        """Collect the drafts of one sentence (or one cell of a table)."""
        carried: Time | None = None
        self.named = None
        subject = Subject("")
        carried_tense: Tense | None = None
        for clause in split_clauses(text, span):
            times = [
                time
                for time in find_times(text[: clause.end], self.published)
                if time.start >= clause.start
            ]
            if scene.tense == "past":
                times = [self._look_back(time) for time in times]
            own = [time for time in times if time.role not in {"compared", "from"}]
            amounts = self._find_clause_amounts(text, clause, times)
            words_of = text[clause.start : clause.end]
            if own and (amounts or own[-1] is not None):
                carried = own[-1] if not amounts else self._govern(own, amounts[0])
                if re.search("截至|截止", words_of) or carried.role == "since" or (
                    carried.last < self.published and (self.published - carried.last).days < 120
                    and re.search("月(?!.*日)|季度|半年", carried.words)
                ):
                    self.reported = carried
            tense, doubt = self._judge(words_of, carried, scene, own=bool(own))
            if carried_tense and not own and find_clause_tense(words_of, scene.tense) is None:
                tense, doubt = carried_tense, None
            clause_tense = find_clause_tense(words_of, scene.tense)
            if clause_tense is not None and scene.tense is not None and clause_tense != scene.tense:
                carried_tense = tense
            if own:
                carried_tense = tense
            if amounts:
                subject = self._read_amounts(
                    passage, text, span, clause, amounts, times, carried, tense, doubt, scene, subject
                )
            else:
                name = naming.clean_subject(
                    naming.remove_times(text, clause.start, clause.end, times)
                )
                self._read_milestone(passage, text, span, clause, own, carried, tense, scene, name, subject)
                thing = re.split(r"(?:全面|加快|顺利|正式|主体|已|正|进展)", name)[0]
                if thing != name and re.search(
                    r"(?:项目|工程|基地|园区|[一二三四]期|医院|学校|公路|铁路|高速)$", thing
                ):
                    subject = Subject(thing)

    def _look_back(self, time: Time) -> Time:
        """Return the time in the year that a review of January is about: 年末 is the last one's."""
        if (
            time.last <= self.published
            or time.basis == "stated"
            or self.published.month > 3
            or re.search("今|明|本|后|未来|前$", time.words)
            or time.first.year != self.published.year
        ):
            return time
        year = self.published.year - 1
        return time._replace(
            first=time.first.replace(year=year, day=min(time.first.day, 28)),
            last=dates.month_end(year, time.last.month),
        )

    def _govern(self, own: list[Time], amount: Amount) -> Time:
        """Return the time that governs an amount: the last one before it."""
        before = [time for time in own if time.start < amount.start]
        return before[-1] if before else own[0]

    def _judge(
        self, clause: str, time: Time | None, scene: Scene, *, own: bool
    ) -> tuple[Tense | None, str | None]:
        section = scene.tense
        if section == "other":
            return "other", None
        cue = find_clause_tense(clause, section)
        if time is not None:
            by_time = find_time_tense(time, self.published, section, clause)
            if by_time is not None:
                if own or cue is None or cue == by_time:
                    return by_time, None
        if cue is not None:
            return cue, None
        if section is not None:
            return section, None
        return self.default or "plan", "no cue of tense"

    def _find_clause_amounts(self, text: str, clause: Span, times: list[Time]) -> list[Amount]:
        return [
            amount
            for amount in find_amounts(text, clause.start, clause.end)
            if not any(time.start < amount.end and amount.start < time.end for time in times)
        ]

    def _set_aside(
        self,
        passage: Passage,
        text: str,
        clause: Span,
        amounts: list[Amount],
        tense: Tense | None,
        scene: Scene,
    ) -> list[Amount]:
        """Return the amounts that may be records; note the others with the reason."""
        kept = []
        for amount in amounts:
            reason = find_reason_against(text, clause, amount, tense)
            if reason is None:
                kept.append(amount)
            else:
                self._note(passage, clause, amount, reason, scene)
        return kept

    def _note(
        self, passage: Passage, clause: Span, amount: Amount, reason: str, scene: Scene
    ) -> None:
        quote, _place, start = self.quote(passage, clause, amount.start, amount.end)
        self.neither.append(
            Neither(quote=quote, locator=scene.locator, start=start, reason=reason)
        )

    def _read_amounts(  # noqa: PLR0913, PLR0917
        self,
        passage: Passage,
        text: str,
        span: Span,
        clause: Span,
        amounts: list[Amount],
        times: list[Time],
        carried: Time | None,
        tense: Tense | None,
        doubt: str | None,
        scene: Scene,
        subject: Subject,
    ) -> Subject:
        """Collect a draft for each amount of a clause; return what the clause is about."""
        baselines, roles = find_baselines(text, clause, amounts)
        kept = [amount for at, amount in enumerate(amounts) if at not in roles]
        kept = self._set_aside(passage, text, clause, kept, tense, scene)
        runs = naming.join_run(kept, text)
        if not kept and amounts:
            name = naming.clean_subject(
                naming.remove_times(text, clause.start, amounts[0].lead, times)
            )
            return Subject(name) if len(name) > 2 and not naming.is_growth_only(name) else subject
        start = clause.start
        topic = self._find_topic(text, span, clause)
        verb = opening = ""
        used_up = [amounts[at] for at in roles]
        for run in runs:
            first = kept[run[0]]
            passed = [amount.end for amount in amounts if amount not in kept and amount not in used_up and start <= amount.start < first.start]
            start = max([start, *passed])
            before = naming.remove_times(text, start, first.lead, times)
            origin = re.search(r"(?:从|由)(?:[^，从由]*)$", before)
            head = before[: origin.start()] if origin and first in baselines else before
            name = naming.clean_subject(head)
            if len(run) == 1 and naming.is_growth_only(name.rpartition("、")[2]):
                name = name.rpartition("、")[2]
            bare = re.sub("分别$", "", name)
            parts = naming.split_subjects(bare) if len(run) > 1 else (name,)
            continues = start > clause.start and re.match(r"(?:、|和|及|以及)\w", text[start : start + 3])
            if opening and continues and not naming.find_opening_verb(name) and len(name) > 2 and len(run) == 1 and first.unit not in {"%", "‰"}:
                name = bare = opening + name
                parts = (name,)
            distributed = len(run) > 1 and len(parts) >= len(run)
            if len(run) > 1 and len(parts) < len(run) and len(subject.parts) == len(run):
                parts = tuple(part + bare for part in subject.parts)
                distributed = True
            parts = parts[-len(run) :] if distributed else parts
            growth = re.search(rf"{words.GROWTH}$", bare)
            for order, at in enumerate(run):
                amount = kept[at]
                following = kept[at + 1].lead if at + 1 < len(kept) else clause.end
                own_name = parts[order] if distributed else name
                if distributed and growth and not own_name.endswith(growth.group()):
                    own_name += growth.group()
                after = naming.name_following(text, amount.end, following, times)
                indicator, used = name_indicator(
                    amount, own_name, after, subject.name, verb=verb, topic=topic
                )
                if len(indicator) <= 3 and naming.find_verb(indicator) == indicator and scene.initiative:
                    indicator = scene.initiative + indicator if indicator else ""
                self._add_number(
                    passage, text, span, clause, amount, indicator, baselines.get(amount),
                    times, carried, tense, doubt, scene,
                )
                start = amount.end + (text[amount.end : following].find(after) + len(after) if used else 0)
            opening = opening or naming.find_opening_verb(name)
            verb = naming.find_verb(name) or (verb if used else "")
            base = re.sub(rf"(?:同比|年均|分别|累计|预计)*{words.GROWTH}$", "", bare)
            base = re.sub(r"(?:开工|完工|建成|累计完成|完成|上线)$", "", base)
            if len(base) > 1 and not naming.is_growth_only(name):
                subject = Subject(indicator if used else base, parts if distributed else ())
        return subject

    def _find_topic(self, text: str, span: Span, clause: Span) -> str:
        """Return the 公路 of 公路方面 at the head of a sentence."""
        match = re.match(r"\s*(?P<topic>[^，。]{2,6})(?:方面|领域|上)，", text[span.start : clause.end])
        return match["topic"] if match else ""

    def _add_number(  # noqa: PLR0913, PLR0917
        self,
        passage: Passage,
        text: str,
        span: Span,
        clause: Span,
        amount: Amount,
        indicator: str,
        baseline: Decimal | None,
        times: list[Time],
        carried: Time | None,
        tense: Tense | None,
        doubt: str | None,
        scene: Scene,
    ) -> None:
        own = [time for time in times if time.role not in {"compared", "from"}]
        time = self._govern(own, amount) if own else carried
        if amount.op == "=" and (
            limit := re.search(r"(不低于|不少于|不超过|不高于)[^\d，]{2,20}的?$", text[clause.start : amount.start])
        ):
            amount = amount._replace(op=">=" if limit.group(1) in {"不低于", "不少于"} else "<=")
        if own and len(own) > 1:
            tense, doubt = self._judge(text[clause.start : clause.end], time, scene, own=True)
        if len(indicator) < 2:
            self._note(passage, clause, amount, "no name", scene)
            return
        quote, span_of, start = self.quote(passage, clause, amount.start, amount.end)
        indicator = naming.shorten(indicator)
        initiative = naming.find_named_action(text, span, clause, indicator, scene.initiative)
        if initiative is None and self.named is not None and span.start <= self.named[0] <= clause.start:
            # What the number before it belongs to, up to the next semicolon.
            between = text[self.named[0] : clause.start]
            initiative = None if re.search("[；;]", between) else self.named[1]
        if initiative is not None:
            self.named = (clause.start, initiative)
        initiative = initiative or naming.find_project(indicator) or scene.initiative
        draft = Draft(
            kind="result" if tense == "past" else "target",
            indicator=indicator,
            initiative=initiative,
            org=scene.org,
            value=amount.value,
            value_hi=amount.high,
            unit=amount.unit,
            op=amount.op,
            baseline=baseline,
            quote=quote,
            span=span_of,
            start=start,
            locator=scene.locator,
            doubt=doubt,
        )
        clause_words = text[clause.start : clause.end]
        if draft.kind == "result":
            self.set_as_of(draft, time, clause_words)
        else:
            self.set_deadline(draft, time or scene.time)
        self.drafts.append(draft)

    def set_as_of(self, draft: Draft, time: Time | None, clause: str) -> None:
        """Set the day that a result holds, and its period."""
        if time is None or time.last > self.published:
            time = None
        known = time or (self.reported if self.published.month > 3 else None)
        if known is not None:
            draft.as_of, draft.as_of_text = known.last, known.words
            first = known.first
        else:
            draft.as_of = last_full(self.published)
            first = draft.as_of.replace(month=1, day=1)
        level = draft.unit in {"%", "‰"} and not re.search(words.GROWTH, draft.indicator)
        if not level and not _LEVELS.search(draft.indicator) and _FLOWS.search(draft.indicator + clause):
            draft.period_start = min(first, draft.as_of)
            if known is not None and re.search("截至|月底|月末", known.words):
                draft.period_start = draft.as_of.replace(month=1, day=1)
        draft.share_of_plan = draft.unit == "%" and bool(
            re.search(r"(?:占|完成)(?:年度|全年|年初|计划|目标|任务|预算)[^，]*$|完成(?:年度|全年)", draft.indicator + clause)
        ) and bool(re.search(r"占(?:年度|全年)?(?:任务|目标|预算|计划)|年度(?:任务|目标|预算|计划)|全年(?:任务|目标|计划)", clause))
        draft.estimate = "预计" in clause

    def set_deadline(self, draft: Draft, time: Time | None) -> None:
        """Set the deadline: from the words that govern the promise, else the year's end."""
        if time is not None and time.last >= self.published.replace(month=1, day=1):
            draft.deadline = time.last
            draft.deadline_text = time.words
            draft.deadline_basis = time.basis
            draft.deadline_loose = time.loose
            return
        draft.deadline = date(self.plan_year(), 12, 31)
        draft.deadline_basis = "assumed"

    def plan_year(self) -> int:
        """Return the year that a promise without a year is for."""
        titled = re.search(r"(20\d\d)年", self.title)
        if titled and int(titled[1]) in {self.published.year, self.published.year + 1}:
            return int(titled[1])
        return self.published.year + (self.published.month == 12)

    def quote(
        self, passage: Passage, clause: Span, start: int, end: int
    ) -> tuple[str, tuple[int, int] | None, int]:
        """Return the exact words around a number, its place in the file, and in the text."""
        text, places = self.readable.text, passage.places
        left, right = clause.start, min(clause.end, len(passage.text))
        # What a page number interrupts is quoted up to it, so that the quote stays exact.
        for at in range(start, left, -1):
            if places[at] - places[at - 1] != 1 and text[places[at - 1] + 1 : places[at]].strip():
                left = at
                break
        for at in range(end, right):
            if places[at] - places[at - 1] != 1 and text[places[at - 1] + 1 : places[at]].strip():
                right = at
                break
        if right - left > LONGEST_QUOTE:
            left = max(left, end - LONGEST_QUOTE)
            right = min(right, left + LONGEST_QUOTE)
        quote = text[places[left] : places[right - 1] + 1]
        if self.readable.offsets is None:
            return quote, None, places[start]
        offsets = self.readable.offsets
        return quote, (offsets[places[start]], offsets[places[end - 1]] + 1), places[start]

    def _read_milestone(  # noqa: PLR0913, PLR0917
        self,
        passage: Passage,
        text: str,
        span: Span,
        clause: Span,
        own: list[Time],
        carried: Time | None,
        tense: Tense | None,
        scene: Scene,
        name: str,
        subject: Subject,
    ) -> None:
        """Collect a finished state without a number: promised, or reported as done."""
        clause_words = text[clause.start : clause.end]
        done = re.search(words.COMPLETIONS, clause_words)
        dated = bool(own) and own[-1].last >= self.published and own[-1].role != "since"
        finished = re.search(words.FINISHED, clause_words)
        completed = re.search(words.COMPLETED, name)
        if tense == "past":
            if not (done and re.search("已|顺利|正式", clause_words)):
                return
            kind = "result"
        elif tense == "plan" and (dated or finished or completed):
            if not self._is_milestone(name, clause_words, dated=dated):
                return
            kind = "milestone"
        else:
            return
        quote, _place, start = self.quote(passage, clause, clause.start, clause.end)
        _same, place, _start = self.quote(passage, clause, clause.start, clause.end)
        if len(name) <= 6 and subject.name:
            name = subject.name + name
        draft = Draft(
            kind=kind,  # type: ignore[arg-type]
            indicator=naming.shorten(name),
            initiative=naming.find_named_action(text, span, Span(clause.start, clause.start), name, scene.initiative)
            or scene.initiative,
            org=scene.org,
            quote=quote,
            span=place,
            start=start,
            locator=scene.locator,
            done=kind == "result",
        )
        time = own[-1] if own else carried
        if kind == "result":
            self.set_as_of(draft, time, clause_words)
        else:
            self.set_deadline(draft, time or scene.time)
        self.drafts.append(draft)

    def _is_milestone(self, name: str, clause: str, *, dated: bool) -> bool:
        if len(name) < 4 or len(name) > 60 or re.search(words.NO_MILESTONE, name):
            return False
        if re.search(words.ABSTRACT, name.rstrip("）)")):
            return bool(re.search("全覆盖$", name))
        if dated:
            return bool(
                re.search(words.FINISHED, clause)
                or re.search(r"完成|取得|报送|上线|出台|印发|形成|开工|实现|达到|销号|办结|提交|制定|启动|投入|交付", clause)
            )
        if re.match("促进|推动|加快|支持|引导|鼓励|做好|抓好", name) and not re.search(
            r"(?:建成|通车|投用|竣工)(?:投用|运营|通车|投产)?$", name
        ):
            return False
        if re.search(words.STARTED, name) and not re.search("力促|建成|投用", name):
            return False
        if re.search(words.COMPLETED, name):
            return bool(re.search(r"主体|任务$|工程$|改造|建设$|整治|蓄水|全覆盖|通车|项目$|验收|清零|编制", name))
        return bool(re.search(words.FINISHED, clause)) and not re.search(r"运营(?:管理|能力|商|中心|成本|模式|效率)", name)


def name_indicator(
    amount: Amount, name: str, after: str, subject: str, *, verb: str, topic: str
) -> tuple[str, bool]:
    """Return what an amount measures, and whether the words after it were needed.

    Args:
        amount: the amount.
        name: the words before it in its clause, cleaned.
        after: the thing counted where it stands behind the number.
        subject: what the clause before was about.
        verb: the verb of an amount before it in the same clause.
        topic: the 公路 of 公路方面 at the head of the sentence.
    """
    is_share = amount.unit in {"%", "‰", "倍"} or "百分点" in amount.unit
    if name.endswith("等") and after:
        # The examples before 等 are left out: what is counted stands behind.
        return (naming.find_opening_verb(name) + topic + after), True
    if not name or naming.is_growth_only(name):
        if after and not is_share:
            return (name or verb) + after, True
        return (subject + name if subject else name), False
    if naming.needs_following(name):
        if after:
            return name + after, True
        if subject and subject not in name and len(name) <= 4:
            return subject + name, False
        return name, False
    if after.startswith("的"):
        return name + after.lstrip("的"), True
    if (
        after
        and not is_share
        and re.match(r"[个家所名户人条座处项万例套件部期场]", amount.unit)
        and len(name) <= 6
    ):
        return name + after, True
    short = r"(?:累计|已|其中|又|仅)?(?:完成|开工|完工|建成|在建|签约|投产|入库|到位|竣工|封顶|上线)(?:投资|率|面积)?"
    if subject and (len(name) <= 3 or re.fullmatch(short, name) or name.startswith(("占", "完成年", "完成全年"))):
        return subject + name, False
    return name, False


def find_reason_against(text: str, clause: Span, amount: Amount, tense: Tense | None) -> str | None:
    """Return why an amount is neither a promise nor a report; None if it may be one."""
    before = text[clause.start : amount.lead]
    near = text[clause.start : amount.start]
    after = text[amount.end : clause.end]
    words_of = text[clause.start : clause.end]
    if tense == "other":
        return "a section on problems"
    if before.rfind("（") > before.rfind("）") and "）" in after:
        return "in brackets"
    if re.search(rf"{words.DESCRIPTIVE}$", before) and not re.search("占总投资的?$", before):
        return "describes the thing"
    if re.match(words.COUNTED_ONLY, after):
        return "counts headings"
    if after.startswith("之一"):
        return "part of a count"
    if re.search(r"(?<![底末日号月])前$", near):
        return "a rank"
    if re.search(r"正在|谋划|在谈|拟建", words_of) and tense == "past":
        return "not finished"
    if re.match(r"，(?:实际)?达(?:到)?\d", text[clause.end : clause.end + 4]) and amount.op == ">":
        return "said more exactly after it"
    unit = amount.unit
    if unit == "岁" and not re.search("寿命|年龄", before):
        return "an age"
    if unit.endswith(words.DURATIONS) and unit.lstrip("个万亿") in {*words.DURATIONS, "月"}:
        if not re.search(words.DURATION_CUES, before) and not re.search("以内|内$", text[amount.unit_end : amount.end]):
            return "a length of time"
    if "百分点" in unit and re.search(r"高于|低于|快于|高出|比|较|回落|收窄|超过|超出|滞后|领先", words_of):
        return "a comparison"
    if re.search(r"(?:比|较)[^，]{0,14}(?:增加|增长|提高|减少|下降|多|少|提升|翻|降低)[^，]*$", before) and re.search(
        r"(?:比|较)“?(?:\d{4}年|五年前|前五年|十[一二三四五]五)", before
    ):
        return None if unit == "倍" or tense == "plan" else "a comparison"
    if tense == "past" and re.search("年均|年平均|平均每年", before):
        return "a yearly average"
    if re.search(r"(?:折合|约合|相当于)$", before):
        return "another unit"
    threshold = text[amount.unit_end : clause.end]
    if after.startswith("级") or (
        unit.endswith("元") and re.match(r"[^，、。；]{0,10}(?:企业|集群|园区|强县|大县|项目|产业)", after)
    ):
        return "a threshold in a name"
    if re.search(words.SIZES, unit) and re.match(words.THRESHOLD_NOUNS, threshold) and not re.search(
        r"(?:增长|达到|超过|突破|提高到|提升到|实现)$", before
    ):
        return "a threshold in a name"
    if re.search(words.LOCATIVE, before) and re.search(
        r"^(?:个|[县市州乡镇村区省旗])[^，、和]{0,8}?(?:[县市州乡镇村省旗]|(?<![小社园景校厂库灌矿林牧新])区|城市|国家|地区|单位)|^[县市州乡镇村区省旗]", unit + after
    ):
        return "a place"
    if re.search(words.CAPACITY, unit) and re.search(words.CAPACITY_NAMES, after):
        return "a capacity in a name"
    if re.search(r"每(?:人|户|年|月|亩|天|日|周|千|万|百)?$", near) and not re.search("从|到|至", near):
        return None if unit.endswith("元") else "a rate in a name"
    return None


def find_baselines(
    text: str, clause: Span, amounts: list[Amount]
) -> tuple[dict[Amount, Decimal], set[int]]:
    """Return the baseline of each amount that has one, and the positions of the baselines.

    从77%提高到80%: 77 is the baseline of 80. 从209元、280元提高到217元、290元 has two.
    """
    baselines: dict[Amount, Decimal] = {}
    used: set[int] = set()
    runs = naming.join_run(amounts, text)
    start = clause.start
    for before, after in zip(runs, runs[1:], strict=False):
        first, last = amounts[before[0]], amounts[before[-1]]
        target = amounts[after[0]]
        head = text[start : first.lead]
        between = text[last.end : target.lead + 3]
        opened = re.search(r"(?:从|由)[^，从由]{0,16}$", head)
        if opened and re.search(r"(?:到|至|为|达)", between + text[target.lead : target.start]):
            if len(before) == len(after):
                for one, two in zip(before, after, strict=True):
                    baselines[amounts[two]] = amounts[one].value
            else:
                baselines[target] = first.value
            used.update(before)
        start = last.end
    return baselines, used


def extract(readable: Readable, published: date, title: str | None = None) -> Drafts:
    """Return the drafts of a document.

    Args:
        readable: what a reader made of the file.
        published: the day of the document.
        title: its title; None to take the one that it states, or its first line.
    """
    from tracker.exchange.drafts.tables import read_table

    name = title or readable.title or find_title(readable)
    extractor = Extractor(readable, published, name)
    for block in readable.blocks:
        if isinstance(block, Paragraph):
            extractor.read_paragraph(block)
        else:
            extractor.tables += 1
            read_table(extractor, block)
    extractor.drafts.sort(key=lambda draft: draft.start)
    if judge_title(name) is not None:
        share_initiatives(extractor.drafts)
    return Drafts(
        drafts=extractor.drafts, neither=extractor.neither, published=published, title=name
    )


def share_initiatives(drafts: list[Draft]) -> None:
    """Give a draft under a general heading the initiative that its indicator had before."""
    known: list[tuple[str, str]] = []
    for draft in drafts:
        if draft.initiative is not None and not naming.is_generic(draft.initiative):
            known.append((draft.indicator, draft.initiative))
            continue
        alike = max(
            known, key=lambda pair: naming.compare_names(pair[0], draft.indicator), default=None
        )
        if alike is not None and naming.compare_names(alike[0], draft.indicator) >= _ALIKE:
            draft.initiative = alike[1]


def find_title(readable: Readable) -> str:
    """Return the first line that can be a title; empty if none can."""
    for block in readable.blocks[:15]:
        if isinstance(block, Paragraph):
            line = naming.strip_numbering(block.words.text)
            if 5 <= len(line) <= 60 and "。" not in line and not line.endswith(("；", "，")) and re.search(
                r"报告|方案|计划|规划|通报|通知|意见|实事|目标|任务|清单|要点|公报|指标|分解|总结|(?<!代表)(?<!位置)：(?=\w)", line
            ):
                return line
    return ""

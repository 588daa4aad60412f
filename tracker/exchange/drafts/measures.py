"""Draft what the amounts of a clause promise or report."""

import re
from decimal import Decimal
from itertools import pairwise, takewhile
from typing import NamedTuple

from tracker.exchange.drafts import naming, words
from tracker.exchange.drafts.amounts import Amount, Op
from tracker.exchange.drafts.clauses import Clause, judge_clause
from tracker.exchange.drafts.draft import Draft
from tracker.exchange.drafts.exclusions import find_exclusion_reason
from tracker.exchange.drafts.naming import Subject
from tracker.exchange.drafts.recorder import Recorder
from tracker.exchange.drafts.times import Time
from tracker.locale.translation import later

_SHORT_NAME = 3
_SHORT_VERB = 4
_SHORT_COUNT = 6
_LONG_LIST = 2
_COUNTING_UNITS = r"[个家所名户人条座处项万例套件部期场张台辆间只头株列班宗批]"
_WHOLE_IN_ITSELF = {
    *("造林", "育苗", "总产", "单产", "脱贫", "植树"),
    *("就业", "退耕", "营收", "出口", "进口"),
}
_KINDS_OF_WORK = {"新建", "改建", "扩建", "改扩建", "续建", "新增", "建成", "开工", "完工"}
_STATE_ONLY = (
    r"(?:累计|已|其中|又|仅|超额)*(?:完成|开工|完工|建成|在建|签约|投产|入库|到位|竣工|封顶|上线|立项)"
    r"(?:投资|率|面积)?"
)
_LIMITS: dict[str, Op] = {
    "不低于": ">=",
    "不少于": ">=",
    "不超过": "<=",
    "不高于": "<=",
    "至少": ">=",
}


class Named(NamedTuple):
    """The name of what an amount measures, and whether the words behind it are part of it."""

    indicator: str
    takes_following: bool


class Whole(NamedTuple):
    """What the parts behind 其中 are parts of: its name and unit."""

    name: str
    unit: str


class MeasureReader:
    """Reads the amounts of the clauses of one sentence after the other.

    Attributes:
        whole: what the numbers behind 其中 are parts of.
        named: where in the sentence a named action was last met, and its name.
        earlier: what the sentence before was about, for 已开工81个.
        measured: what the number before measured, for 占年度计划的73%.
        has_sizes: the numbers of the last clause were all sizes in names: 五百人以上村.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.place = naming.find_own_place_for_names(recorder.readable.text)
        self.named: tuple[int, str] | None = None
        self.earlier = ""
        self.whole: Whole | None = None
        self.has_sizes = False
        self.measured = ""

    def read(self, clause: Clause, subject: Subject) -> Subject:
        """Draft each amount of a clause; return what the clause is about."""
        if clause.words.startswith("其中"):
            name, unit = subject.name, clause.amounts[0].unit
            self.whole = Whole(name, unit) if len(name) > 1 else None
        elif self.whole and clause.amounts[0].unit != self.whole.unit:
            self.whole = None
        baselines, used = find_baselines_of_measures(clause)
        rest = [amount for at, amount in enumerate(clause.amounts) if at not in used]
        kept = self._set_aside(clause, rest)
        if not kept:
            return _name_measure_of_clause(clause, subject)
        passed = [a for a in rest if a not in kept and not opens_name_of_measure(clause, a)]
        state = _ClauseState(clause, baselines, kept, passed, subject)
        state.earlier, state.whole, state.place = self.earlier, self.whole, self.place
        state.measured = self.measured
        state.row = self._list_row(clause)
        for run in naming.join_run_of_names(kept, clause.text):
            self._read_run(state, run)
        return state.subject

    def _list_row(self, clause: Clause) -> list[str]:
        """Return what the clauses before counted in the same sentence, since a semicolon."""
        text = clause.text
        start = clause.passage.places[max(text.rfind("；", 0, clause.start), clause.sentence.start)]
        behind = takewhile(lambda draft: draft.start >= start, reversed(self.recorder.drafts))
        row = [draft.indicator for draft in behind if draft.unit not in {"%", "‰"}]
        return row[::-1]

    def note_names(self, clause: Clause) -> None:
        """Note the amounts of a clause that are parts of names only: “15分钟健身圈”."""
        self._set_aside(clause, clause.amounts)

    def remember_earlier(self, subject: Subject) -> None:
        """Keep what a clause was about for a sentence that does not say so."""
        if not subject.name.startswith(("涉及", "惠及")):
            thing = re.sub("(?:年度|计划|完成)*投资$", "", subject.name)
            self.earlier = thing or self.earlier

    def _set_aside(self, clause: Clause, amounts: list[Amount]) -> list[Amount]:
        """Return the amounts that may be records; note the others with the reason."""
        kept = []
        self.has_sizes = False
        for amount in amounts:
            reason = find_exclusion_reason(clause, amount)
            if reason is None:
                kept.append(amount)
            else:
                self.recorder.add_neither(clause, amount, reason)
                self.has_sizes |= "in a name" in reason
        self.has_sizes &= not kept
        return kept

    def _read_run(self, state: "_ClauseState", run: list[int]) -> None:
        """Draft amounts between which only 、 or 和 stand: 分别达到5%、6%."""
        name, names = state.name_run(run)
        named = Named("", takes_following=False)
        for own_name, at in zip(names, run, strict=True):
            amount = state.kept[at]
            following = state.kept[at + 1].lead if at + 1 < len(state.kept) else state.clause.end
            named = state.name(amount, own_name, following)
            if following == amount.end < state.clause.end:
                # 12条36公里河道 counts the rivers twice.
                behind = state.name_behind(state.kept[at + 1])
                named = Named(named.indicator + behind, takes_following=False)
                state.start = amount.end
            self._add(state, amount, named.indicator)
            self.measured = named.indicator
        state.pass_on(name, names, named)

    def _add(self, state: "_ClauseState", amount: Amount, indicator: str) -> None:
        clause = state.clause
        time = clause.find_time_of(amount)
        tense, doubt = clause.tense, clause.doubt
        if len(clause.own_times) > 1 or clause.paired_times:
            tense, doubt = judge_clause(
                clause.words, time, clause.setting, self.recorder.published, is_own=True
            )
        if len(indicator) <= 1:
            self.recorder.add_neither(clause, amount, later("no name"))
            return
        if tense == "plan" and time is not None and self._is_time_over(time):
            self.recorder.add_neither(clause, amount, later("planned for a time that is over"))
            return
        quote = self.recorder.quote(clause.passage, clause, amount.start, amount.end)
        indicator = naming.shorten_name(indicator)
        draft = Draft(
            kind="result" if tense == "past" else "target",
            indicator=indicator,
            initiative=self._find_initiative(clause, indicator, amount.start),
            org=clause.setting.org,
            value=amount.value,
            value_hi=amount.high,
            unit=amount.unit,
            op=_read_limit_of_measure(clause, amount),
            baseline=state.baselines.get(amount),
            quote=quote.words,
            span=quote.span,
            start=quote.start,
            locator=clause.setting.locator,
            doubt=doubt,
        )
        self.recorder.add(draft, time, clause)

    def _is_time_over(self, time: Time) -> bool:
        """Return whether a time is of an earlier year: 2018年计划投资5亿元 promises no more."""
        return time.role == "during" and time.last.year < self.recorder.published.year

    def _find_initiative(self, clause: Clause, indicator: str, end: int) -> str | None:
        """Return the named action before a number, its project, or what surrounds it."""
        around = clause.setting.initiative
        named = naming.find_named_action(
            clause.text, clause.sentence, (clause.start, end), indicator, around
        )
        if named is None and self.named is not None:
            place, name = self.named
            if clause.sentence.start <= place <= clause.start and not re.search(
                "[；;]", clause.text[place : clause.start]
            ):
                # What the number before it belongs to, up to the next semicolon.
                named = name
        if named is not None:
            self.named = (clause.start, named)
        return named or naming.find_named_project(indicator, around) or around


class _ClauseState:
    """What is known of a clause while its amounts are named one after the other."""

    def __init__(
        self,
        clause: Clause,
        baselines: dict[Amount, Decimal],
        kept: list[Amount],
        passed: list[Amount],
        subject: Subject,
    ) -> None:
        self.clause = clause
        self.baselines = baselines
        self.kept = kept
        self.passed = passed
        self.subject = subject
        # What the sentence before was about, and what the numbers behind 其中 are parts of.
        self.earlier = ""
        self.whole: Whole | None = None
        self.place: str | None = None
        self.measured = ""
        # What the clauses of the sentence before this one counted.
        self.row: list[str] = []
        self.start = clause.start
        # The verb that the next count continues, and the one that the clause began with.
        self.verb = self.opening = ""
        self.topic = _find_topic_of_measure(clause)
        self.parts = find_parts_of_measure(clause)

    def name_run(self, run: list[int]) -> tuple[str, tuple[str, ...]]:
        """Return the words before a run of amounts, and the name of each amount of it."""
        first = self.kept[run[0]]
        name = self._words_before(first)
        if len(run) == 1:
            name = self._continue_list(name, first)
            return name, (name,)
        bare = re.sub(rf"(?:分别|完成|实现)(?={words.GROWTH}?$)", "", name)
        growth = re.search(rf"(?:同比|年均)?{words.GROWTH}$", bare)
        grown = growth.group() if growth else ""
        parts = naming.split_named_subjects(bare.removesuffix(grown), len(run))
        if len(self.clause.paired_times) == len(run):
            # 到2022年和2030年，城乡比例分别为4%和5% is one share at two times.
            return name, (name,) * len(run)
        is_share = re.fullmatch(words.SHARES_OF_PLAN_ALONE, bare) is not None
        in_turn = bare == "" or is_share or naming.is_name_of_growth_only(name)
        if in_turn and len(parts) < len(run) <= len(self.row) and not self.subject.parts:
            return bare, tuple(part + name for part in self.row[-len(run) :])
        if len(parts) < len(run) and len(self.subject.parts) == len(run):
            return bare, tuple(part + bare for part in self.subject.parts)
        if len(parts) < len(run):
            return name, (name,) * len(run)
        return bare, tuple(part + grown for part in parts[-len(run) :])

    def _words_before(self, first: Amount) -> str:
        passed = [a.end for a in self.passed if self.start <= a.start < first.start]
        self.start = max([self.start, *passed])
        clause, end = self.clause, first.lead
        origin = re.search(r"(?:从|由)(?:[^，从由]*)$", clause.text[self.start : end])
        if origin and first in self.baselines:
            end = self.start + origin.start()
        before = naming.remove_times_from_name(clause.text, self.start, end, clause.times)
        name = naming.strip_own_place_from_name(naming.clean_subject_of_name(before), self.place)
        return naming.drop_examples_of_name(name)

    def _continue_list(self, name: str, amount: Amount) -> str:
        """Return the name with the verb that its list began with: 新增…5家、…9家."""
        last = name.rpartition("、")[2]
        if naming.is_name_of_growth_only(last):
            return last
        text = self.clause.text
        continues = self.start > self.clause.start and re.match(
            r"(?:、|和|及|以及)\w", text[self.start : self.start + 3]
        )
        if (
            self.opening
            and continues
            and len(name) > 1
            and not re.fullmatch(words.KINDS, name)
            and not naming.find_opening_verb_of_name(name)
            and amount.unit not in {"%", "‰"}
        ):
            return self.opening + name
        return name

    def name(self, amount: Amount, own_name: str, following: int) -> Named:
        """Return the name of what an amount measures."""
        text = self.clause.text
        own_name = own_name or self._find_share_of_aim(amount)
        if amount in self.parts:
            self.start = amount.end
            return Named(self.parts[amount], takes_following=False)
        after = naming.name_following(text, amount.end, following, self.clause.times)
        after = after or self._find_shared_noun(amount, own_name)
        subject, own_name = self._choose_subject(own_name)
        if part := self._name_part(amount, own_name):
            self.start = amount.end
            return Named(part, takes_following=False)
        rest = name_rest_of_measure(own_name, after, subject or self.earlier)
        if rest is not None:
            self.start = following
            return Named(rest, takes_following=False)
        head = text[self.start : amount.lead]
        if len(after) > 1 and re.search("(?<![惠涉普以])[及和与、]$", head):
            # 人行道及2座桥改造 counts the bridges.
            own_name, after = "", naming.find_opening_verb_of_name(own_name) + after
        elif len(after) >= _SHORT_VERB and re.search("的$|先后有$", head):
            # 轨道交通的44座车站开工: the thing stands behind.
            is_list = own_name.count("、") >= _LONG_LIST
            own_name = own_name if head.endswith("的") and not is_list else ""
            own_name, after = "", own_name + after
        named = name_measure(amount, own_name, after, subject, verb=self.verb, topic=self.topic)
        found = text[amount.end : following].find(after)
        taken = 0 if found < 0 else found + len(after)
        self.start = amount.end + (taken if named.takes_following else 0)
        indicator, around = named.indicator, self.clause.setting.initiative
        is_verb = (
            len(indicator) <= _SHORT_NAME and naming.find_verb_before_name(indicator) == indicator
        )
        if (is_verb or naming.is_name_of_growth_only(indicator)) and around:
            indicator = around + indicator if indicator else ""
        return named._replace(indicator=indicator)

    def _find_share_of_aim(self, amount: Amount) -> str:
        """Return the 完成目标任务 of 完成目标任务20亿元的56%; empty where it is no such share."""
        before = self.clause.text[self.clause.start : amount.lead]
        share = re.search(words.SHARES_OF_AIMS, before) if amount.unit == "%" else None
        if share is None:
            return ""
        name = re.sub("(?<=完成).*下达", "", share["name"])
        return name if name in self.subject.name else self.subject.name + name

    def _choose_subject(self, own_name: str) -> tuple[str, str]:
        """Return what an amount is about beside the words before it, and those words."""
        subject = self.subject.name
        if re.fullmatch(words.TASKS_ALONE, own_name) and (subject or self.earlier):
            # 其中，今年的任务为340座 is about what is to be done in all.
            return subject or self.earlier, ""
        if not subject and re.fullmatch(words.SHARES_OF_PLAN_ALONE, own_name):
            subject = self.measured
        is_open = not subject and not self.clause.setting.initiative
        is_open = is_open and re.fullmatch(_STATE_ONLY, own_name) is not None
        return (self.earlier if is_open else subject), own_name

    def _find_shared_noun(self, amount: Amount, own_name: str) -> str:
        """Return the 公园 of 新增24个、提升10个公园 for the first of the two numbers."""
        behind = self.kept[self.kept.index(amount) + 1 :]
        text, times = self.clause.text, self.clause.times
        if not behind or behind[0].unit != amount.unit or own_name not in words.VERBS:
            return ""
        verb = text[amount.end : behind[0].lead].removeprefix("、")
        end = behind[1].lead if len(behind) > 1 else self.clause.end
        is_next = verb in words.VERBS
        return naming.name_following(text, behind[0].end, end, times) if is_next else ""

    def _name_part(self, amount: Amount, own_name: str) -> str | None:
        """Return the name of a part of what was counted before; None if it is none."""
        if self.whole and amount.unit == self.whole.unit and is_part_of_measure(own_name):
            return own_name + self.whole.name.removeprefix(own_name)
        # 按性别分：男10万人 is of the people that were counted before.
        sentence = self.clause.text[slice(*self.clause.sentence)]
        is_kind = 0 < len(own_name) < _SHORT_NAME and re.search("按[^，。；]{1,6}分", sentence)
        return own_name + self.earlier if self.earlier and is_kind else None

    def name_behind(self, amount: Amount) -> str:
        """Return the thing counted where it stands behind a number."""
        clause = self.clause
        return naming.name_following(clause.text, amount.end, clause.end, clause.times)

    def pass_on(self, name: str, names: tuple[str, ...], last: Named) -> None:
        """Keep what the next amounts and clauses may continue."""
        if self.whole and last.indicator.endswith(self.whole.name):
            return
        if last.indicator in self.parts.values():
            self.subject = Subject(re.sub(rf"{words.STATES}$", "", last.indicator))
            return
        self.opening = self.opening or naming.find_opening_verb_of_name(name)
        self.verb = naming.find_verb_before_name(name) or (
            self.verb if last.takes_following else ""
        )
        base = re.sub(rf"(?:同比|年均|分别|累计|预计)*{words.GROWTH}$", "", name)
        base = re.sub(r"(?:实际)?(?:开工|完工|建成|累计完成|完成|上线|立项)$", "", base)
        is_share = re.match(words.SHARES_NAMED, name) is not None
        is_state = name.endswith("率") and re.fullmatch(_STATE_ONLY, name) is not None
        if last.takes_following and not base and len(last.indicator) > _SHORT_NAME:
            self.subject = Subject(_drop_state_of_measure(last.indicator))
        is_money = bool(self.subject.name) and re.fullmatch(words.INVESTMENTS, base) is not None
        # 新建有6所，改扩建有48所 goes on about the schools.
        is_kind = bool(self.subject.name) and base in _KINDS_OF_WORK
        is_aim = bool(self.subject.name) and re.fullmatch(words.KINDS_OF_AIMS, base) is not None
        if is_named := re.fullmatch(words.MONEY_MADE, base) and self.subject.name:
            self.subject = Subject(re.sub(rf"{words.GROWTH}$", "", last.indicator))
        is_aside = is_named or is_aim or is_share or is_state or is_money or is_kind
        if len(base) > 1 and not naming.is_name_of_growth_only(name) and not is_aside:
            parts = names if len(set(names)) > 1 else ()
            whole = last.indicator if last.takes_following else base
            self.subject = Subject(_drop_state_of_measure(whole), parts)


def name_measure(
    amount: Amount, name: str, after: str, subject: str, *, verb: str, topic: str
) -> Named:
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
    if after and not is_share and _lists_things_of_measure(name, amount):
        return Named(naming.find_opening_verb_of_name(name) + topic + after, takes_following=True)
    are_places = name.count("、") >= _LONG_LIST and re.search("(?:[市县区州镇乡]|等)$", name)
    if (not name or are_places) and is_share and after.startswith("的"):
        # 90%的煤矿达到二级以上: what is reached stands behind.
        return Named(after[1:], takes_following=True)
    is_for = re.match("[对向给]|为(?!民)", name) and not naming.needs_following_name(name)
    if after and is_for and not is_share:
        # 对义务教育阶段4500名学生实施…: who it is for stands on both sides.
        name = ""
    if not name or naming.is_name_of_growth_only(name):
        if after and not is_share:
            # 其中17个完工: of what the clause before was about.
            is_state = re.fullmatch(words.STATES, after) and not (name or verb)
            thing = _drop_state_of_measure(subject) if is_state else name or verb
            return Named(thing + after, takes_following=True)
        return Named(subject + name, takes_following=False)
    counts_following = re.match(_COUNTING_UNITS, amount.unit) and len(name) <= _SHORT_COUNT
    if after and (
        naming.needs_following_name(name)
        or after.startswith("的")
        or re.search(words.PLACES_OF_WORK, name)
        or (counts_following and not is_share)
    ):
        return Named(name + after, takes_following=True)
    return Named(_prefix_subject_of_measure(name, subject), takes_following=False)


def _lists_things_of_measure(name: str, amount: Amount) -> bool:
    """Return whether words before a number list what it counts; what that is stands behind.

    The examples before 等 and 5座水库 say so, and 新建东站、西站2个站房, which names each of them.
    """
    is_row = name.count("、") >= _LONG_LIST or bool(re.search(words.PLACES_IN_A_ROW, name))
    is_each = amount.unit == "个" and 1 < amount.value == name.count("、") + 1
    return is_row or is_each or name.endswith("等")


def _prefix_subject_of_measure(name: str, subject: str) -> str:
    """Return a name that says no thing of its own behind what the clause before was about."""
    if not subject:
        return name
    owner = re.sub(words.MONEY_ENDING, "", subject)
    if re.fullmatch(words.MONEY_MADE, name) and not re.search("[数额量率口]$|投资", owner):
        # 规模以上工业增加值8亿元；实现利润2亿元 is about the industry twice.
        return owner + name
    done = re.fullmatch(words.DONE_AGAIN, name)
    if done and len(subject) > _SHORT_NAME and subject.startswith(done["verb"]):
        # 计划开辟校车线8条，已完成开辟12条 counts the same lines.
        return subject
    if naming.needs_following_name(name) and name not in _WHOLE_IN_ITSELF:
        # 河道治理 says itself what is treated; 实际完成 does not.
        is_whole = len(name) == _SHORT_VERB and not re.search(words.BARE_STATES, name)
        if subject in name or len(name) > _SHORT_VERB or is_whole:
            return name
        return subject + name
    is_part = name not in _WHOLE_IN_ITSELF and (
        len(name) <= _SHORT_NAME
        or re.fullmatch(words.KINDS_OF_AIMS, name)
        or re.fullmatch(_STATE_ONLY, name)
        or re.match(
            "占|完成(?:年|全年|率|任务|目标|计划)|为(?:年度|全年|年)?(?:投资|建设)?(?:计划|任务|目标)",
            name,
        )
    )
    if re.match("占|完成(?:年|全年)", name):
        subject = subject.removesuffix("完成投资")
    return subject + name if is_part else name


def is_part_of_measure(name: str) -> bool:
    """Return whether words before a number say a part only: a place or a short kind."""
    is_short = 1 < len(name) <= _SHORT_NAME and name not in {"项目", *_WHOLE_IN_ITSELF}
    is_place = len(name) <= _SHORT_COUNT and re.search("[市县区州旗镇乡级]$", name)
    return bool(is_short or is_place) and not naming.find_opening_verb_of_name(name)


def name_rest_of_measure(name: str, after: str, subject: str) -> str | None:
    """Return the name of what is left of a whole: 余下的12台明年完工; None if it is no rest.

    Args:
        name: the words before the number.
        after: the words behind it.
        subject: what the whole is, from the clause or sentence before.
    """
    if not re.fullmatch(words.REST, name):
        return None
    if len(after) >= _SHORT_COUNT and not re.match(f"(?:预计|计划|力争|{words.STATES})", after):
        # 其余11处停车场项目也已全部开工 names them itself.
        return re.sub("(?:目前|也|均|都|已|将|全部)+(?=\\w)", "", after)
    state = re.sub(
        "^(?:[也均都]|全部|预计|计划|力争)*(?:将(?:[在于]|陆续)?|于)?(?:全部)?", "", after
    )
    thing = re.sub(
        rf"(?:已|正在?|全部)*(?:{words.STATES}[^，]{{0,6}}|(?:主体)?施工|主体(?:工程)?)$",
        "",
        subject,
    )
    return thing + state if re.fullmatch(words.STATES, state) else None


def find_baselines_of_measures(clause: Clause) -> tuple[dict[Amount, Decimal], set[int]]:
    """Return the baseline of each amount that has one, and the positions of the baselines.

    从77%提高到80%: 77 is the baseline of 80. 从209元、280元提高到217元、290元 has two.
    """
    text, amounts = clause.text, clause.amounts
    baselines: dict[Amount, Decimal] = {}
    used: set[int] = set()
    runs = naming.join_run_of_names(amounts, text)
    start = clause.start
    for before, after in pairwise(runs):
        first, last, target = amounts[before[0]], amounts[before[-1]], amounts[after[0]]
        opened = re.search(r"(?:从|由)[^，从由]{0,16}$", text[start : first.lead])
        between = text[last.end : max(target.lead + 3, target.start)]
        if opened and re.search(r"(?:到|至|为|达)", between):
            pairs = zip(before, after, strict=False) if len(before) == len(after) else []
            baselines[target] = first.value
            baselines |= {amounts[two]: amounts[one].value for one, two in pairs}
            used.update(before)
        start = last.end
    return baselines, used


def find_parts_of_measure(clause: Clause) -> dict[Amount, str]:
    """Return the names of the amounts that say how many of a whole are done.

    126条河道治理已完成120条: 120 is 河道治理完成.
    """
    parts = {}
    for whole, part in pairwise(clause.amounts):
        if opens_name_of_measure(clause, whole) or whole.unit.endswith("元"):
            continue
        match = re.match(words.PART_DONE, clause.text[whole.end : part.start + 1])
        if match and whole.end + match.end() == part.start:
            state = re.sub("^(?:目前)?(?:现?已经?|累计|全部|中已?有)+", "", match["state"])
            parts[part] = match["thing"].removesuffix("中") + state
    return parts


def opens_name_of_measure(clause: Clause, amount: Amount) -> bool:
    """Return whether an amount is the size in a name: 20万吨级码头, 50亿元以上项目."""
    behind = clause.text[amount.unit_end : clause.end]
    return bool(re.match(words.THRESHOLD_NOUNS, behind)) or behind.startswith("级")


def _name_measure_of_clause(clause: Clause, subject: Subject) -> Subject:
    """Return what a clause is about whose amounts are all none."""
    first = clause.amounts[0]
    owner = re.match(words.OWNERS, clause.text[first.end : clause.end])
    owner = owner or re.match(words.AMONG, clause.text[first.end : clause.end])
    owner = owner or re.match(words.PROCEEDING, clause.text[first.end : clause.end])
    if owner is not None:
        return Subject(owner["thing"])
    before = naming.remove_times_from_name(clause.text, clause.start, first.lead, clause.times)
    name = naming.clean_subject_of_name(before)
    is_state = re.match(rf"超额|完成|占|{words.INVESTMENTS}$", name) is not None
    if len(name) < _SHORT_NAME or is_state or naming.is_name_of_growth_only(name):
        return subject
    # 青临高铁全长120公里 is about the railway.
    thing = re.sub(words.DIMENSIONS, "", name)
    return Subject(thing) if thing else subject


def _drop_state_of_measure(name: str) -> str:
    """Return 续建项目 of 续建项目均已复工, which the next clause goes on about."""
    return re.sub(
        rf"(?<=\w{{3}})(?:目前|[均都也已]|全部)*(?:{words.STATES}|开复工|复工)(?:建设)?$", "", name
    )


def _find_topic_of_measure(clause: Clause) -> str:
    """Return the 公路 of 公路方面 at the head of a sentence."""
    head = clause.text[clause.sentence.start : clause.end]
    match = re.match(r"\s*(?P<topic>[^，。]{2,6})(?:方面|领域|上)，", head)
    return match["topic"] if match else ""


def _read_limit_of_measure(clause: Clause, amount: Amount) -> Op:
    """Return how a value compares: 不低于当地最低标准的1.6倍 is at least."""
    before = clause.text[clause.start : amount.start]
    limit = re.search(
        r"(不低于|不少于|不超过|不高于|至少(?=[新建打创培设]))[^\d，]{2,20}的?$", before
    )
    return _LIMITS[limit.group(1)] if limit and amount.op == "=" else amount.op

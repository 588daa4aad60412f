"""Draft a finished state without a number: promised, or reported as done."""

import re
from typing import Literal, NamedTuple

from tracker.exchange.drafts import naming, words
from tracker.exchange.drafts.clauses import Clause
from tracker.exchange.drafts.draft import Draft
from tracker.exchange.drafts.naming import Subject
from tracker.exchange.drafts.recorder import Recorder
from tracker.exchange.drafts.times import Time

_SHORTEST, _LONGEST = 4, 80
_NEEDS_SUBJECT = 6
# 进出口总额：… is about what its label says.
_LABEL_LENGTHS = range(4, 13)


def read_milestone(recorder: Recorder, clause: Clause, subject: Subject) -> Subject:
    """Draft a clause without a number, if it says a finished state.

    Returns:
        What the next clause may be about.
    """
    before = naming.remove_times_from_name(clause.text, clause.start, clause.end, clause.times)
    name = _complete_name_of_milestone(naming.clean_subject_of_name(before), clause, subject)
    kind = judge_kind_of_milestone(recorder, clause, name)
    parts = list_paired_milestones(clause) if kind == "milestone" else []
    for part in parts:
        _add_milestone(recorder, clause, part.name, "milestone", part)
    if kind is not None and not parts:
        _add_milestone(recorder, clause, name, kind)
    is_label = clause.text[clause.end : clause.end + 1] == "：" and len(name) in _LABEL_LENGTHS
    if is_label and not name.startswith("按"):
        return Subject(name)
    if rising := re.fullmatch(words.RISING, name):
        return Subject(rising["thing"], naming.split_named_subjects(rising["thing"]))
    if among := re.search(words.AMONG, name):
        return Subject(among["thing"])
    for pattern in (words.WORKS, words.DEFINED, words.SUCH_THINGS, words.RAISED, words.BUILT):
        if match := re.fullmatch(pattern, name):
            return Subject(match["thing"])
    thing = re.split(r"(?:[均都也]|全面|加快|顺利|正式|主体|力争|预计|已|正|进展)", name)[0]
    is_project = thing != name and re.search(words.PROJECT_NAMES, thing)
    return Subject(thing) if is_project else subject


def _complete_name_of_milestone(name: str, clause: Clause, subject: Subject) -> str:
    """Return a name of few words behind the thing that the clause before was about."""
    around = clause.setting.initiative or ""
    is_bare = not subject.name and re.fullmatch(words.ENDS_FINISHED, name) is not None
    if is_bare and re.fullmatch(words.WORKS_WITH_ENDS, around):
        return around + name
    if not name or len(name) > _NEEDS_SUBJECT or not subject.name:
        return name
    thing = re.sub("(?:计划)?总?(?:投资|资金)额?$", "", subject.name)
    is_amount = not thing or re.search("投资|资金|率$|额$", thing)
    return (clause.setting.initiative or "" if is_amount else thing) + name


class Part(NamedTuple):
    """One of several states in a clause: its name, its time, and where its words stand."""

    name: str
    time: Time
    start: int
    end: int


def list_paired_milestones(clause: Clause) -> list[Part]:
    """Return the states of 2027年、2028年分别建成甲、乙高铁, each with its year; else nothing."""
    if parts := list_milestones_by_year(clause):
        return parts
    times = clause.paired_times
    match = re.compile(rf"分别(?P<verb>{words.FINISHED}|完成)(?P<list>[^，。；]+)").match(
        clause.text, max(times[-1].end, clause.start) if times else clause.end, clause.end
    )
    things = re.split("、|和", match["list"]) if match else []
    if match is None or len(things) != len(times):
        return []
    kind = re.search(words.KINDS_OF_WORKS, things[-1])
    parts, at = [], match.start("list")
    for thing, time in zip(things, times, strict=True):
        shared = kind.group() if kind and not thing.endswith(kind.group()) else ""
        end = at + len(thing)
        parts.append(Part(match["verb"] + thing + shared, time, time.start, end))
        at = end + 1
    return parts


def list_milestones_by_year(clause: Clause) -> list[Part]:
    """Return the states of 甲高铁2025年、乙高铁2026年建成, each with its year; else nothing."""
    own, start, parts = clause.own_times, clause.start, []
    state = re.match(words.ENDS_FINISHED, clause.text[own[-1].end : clause.end]) if own else None
    if state is None or len(own) == 1:
        return []
    for time in own:
        thing = naming.clean_subject_of_name(clause.text[start : time.start])
        is_listed = time is own[-1] or clause.text.startswith("、", time.end)
        if not thing or not is_listed:
            return []
        end = time.end + (len(state.group()) if time is own[-1] else 0)
        parts.append(Part(thing + state.group(), time, start, end))
        start = time.end + 1
    return parts


def judge_kind_of_milestone(
    recorder: Recorder, clause: Clause, name: str
) -> Literal["result", "milestone"] | None:
    """Return what a clause without a number is; None if it is no record."""
    if clause.tense == "past":
        done = re.search(words.COMPLETIONS, clause.words)
        is_said = done is not None and re.search("已|顺利|正式", clause.words) is not None
        return "result" if is_said or is_finished_project(name) else None
    if clause.tense != "plan":
        return None
    time = clause.own_times[-1] if clause.own_times else None
    governing = clause.governing
    if time is None and governing and governing.role == "until" and "完成" in clause.words:
        # 年底前，全面完成编制: the clause before is only a time.
        time = governing
    is_dated = time is not None and time.last >= recorder.published and time.role != "since"
    return "milestone" if is_drafted_milestone(name, clause.words, is_dated=is_dated) else None


def is_finished_project(name: str) -> bool:
    """Return whether a name is works and their finished state: 人民医院迁建项目建成投用."""
    finished = re.search(words.ENDS_REPORTED, name)
    is_works = finished and re.search(words.WORKS_NAMES, name[: finished.start()])
    is_none = re.match(rf"{words.PUSHED}|{words.STARTED}", name) or re.search(
        words.NO_MILESTONE, name
    )
    return bool(is_works) and not is_none


def is_drafted_milestone(name: str, clause: str, *, is_dated: bool) -> bool:
    """Return whether a promised clause names a thing and its finished state.

    Args:
        name: the clause without words of time and adverbs.
        clause: its words.
        is_dated: a deadline stands in the clause; then a wider range of verbs counts.
    """
    if not _SHORTEST <= len(name) <= _LONGEST or re.search(words.NO_MILESTONE, name):
        return False
    if re.search(words.ABSTRACT, name.rstrip("）)")):
        return name.endswith("全覆盖")
    if is_dated:
        return bool(re.search(rf"{words.FINISHED}|{words.DATED_STATES}", clause))
    is_pushed = re.match(words.PUSHED, name) and not re.search(words.ENDS_FINISHED, name)
    is_begun = re.search(words.STARTED, name) and not re.search("力促|建成|投用", name)
    if is_pushed or is_begun:
        return False
    if re.search(words.COMPLETED, name):
        return bool(re.search(f"{words.COMPLETED_THINGS}|{words.ENDS_FINISHED}", name))
    return bool(re.search(words.FINISHED, clause)) and not re.search(words.RUNNING, name)


def _add_milestone(
    recorder: Recorder,
    clause: Clause,
    name: str,
    kind: Literal["result", "milestone"],
    part: Part | None = None,
) -> None:
    start, end = (part.start, part.end) if part else (clause.start, clause.end)
    quote = recorder.quote(clause.passage, (start, end), start, end)
    around = clause.setting.initiative
    named = naming.find_named_action(
        clause.text, clause.sentence, (clause.start, clause.start), name, around
    )
    draft = Draft(
        kind=kind,
        indicator=naming.shorten_name(name),
        initiative=named or around,
        org=clause.setting.org,
        quote=quote.words,
        span=quote.span,
        start=quote.start,
        locator=clause.setting.locator,
        done=kind == "result",
    )
    own = clause.own_times
    time = part.time if part else own[-1] if own else clause.governing
    recorder.add(draft, time, clause)

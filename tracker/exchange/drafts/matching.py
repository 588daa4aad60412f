"""Match drafts against the records of a ledger: what is new, what reports on what is there.

The records are handed in; nothing is read here. A name matches when it is equal to a name
or alias; what is only alike becomes a candidate, and a person decides.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import chain, islice
from typing import Generic, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import Struct

from tracker.errors import InvalidInput
from tracker.exchange.drafts import words
from tracker.exchange.drafts.draft import Draft
from tracker.exchange.drafts.naming import pair_drafted_characters
from tracker.locale.translation import later
from tracker.model.effective import find_promise_in_force
from tracker.model.horizon import Horizon
from tracker.model.quantities import convert_quantity_unit
from tracker.model.records import Indicator, Initiative, Source

# Names that share this much of their character pairs may be one.
ALIKE = 0.6
MOST_CANDIDATES = 3
# Characters of a name, without verbs, that are enough to know an indicator by.
_SHORTEST_NAME = 4

Change = Literal["new", "update", "revision", "interim", "source", "joined", "unplaced", "stored"]
"""What a draft does to the ledger: a new indicator; an update, revision, interim point or
one more source of a known one; a share of plan that joins the report before it; nothing
yet, because its record is not known; or nothing, because it was entered before."""


CHANGES: Mapping[Change, str] = {
    "new": later("new"),
    "update": later("update"),
    "revision": later("revision"),
    "interim": later("interim"),
    "source": later("source"),
    "joined": later("joined"),
    "unplaced": later("unplaced"),
    "stored": later("stored"),
}
"""What each change is called."""


class Candidate(NamedTuple):
    """A record that a draft may belong to."""

    id: str
    name: str


class Proposal(Struct, kw_only=True):
    """A draft with its place in the ledger.

    Attributes:
        draft: the draft.
        change: what it does.
        initiative: the id of the known initiative; None: a new one.
        indicator: the id of the known indicator; None: a new one.
        candidates: records that are called alike, the nearest first.
        share_of_plan: the share of the plan that is reported with the value.
        known: the known indicator.
        alias: a name that the known initiative is to have as well.
    """

    draft: Draft
    change: Change
    initiative: str | None = None
    indicator: str | None = None
    candidates: list[Candidate] = []
    share_of_plan: Decimal | None = None
    known: Indicator | None = None
    alias: str | None = None


class KnownRecords(NamedTuple):
    """The records that drafts are matched against.

    Attributes:
        initiatives: those of the ledger.
        indicators: their indicators, by the id of the initiative.
        as_of: the day whose targets and deadlines count.
    """

    initiatives: Sequence[Initiative]
    indicators: Mapping[str, Sequence[Indicator]]
    as_of: date


def match_drafts(
    drafts: Sequence[Draft], known: KnownRecords, document: str, place: str | None
) -> list[Proposal]:
    """Return what each draft does to the ledger, in the order of the document.

    Args:
        drafts: the drafts of one document.
        known: the records of the ledger.
        document: the id of the document; what was entered from it is not proposed again.
        place: the place that the document is about; an initiative elsewhere does not match.
    """
    matcher = _Matcher(known, document, place)
    matcher.quoted.update(squeeze_quote(draft.quote) for draft in drafts)
    proposals: list[Proposal] = []
    for draft in drafts:
        proposal = matcher.match(draft)
        before = proposals[-1] if proposals else None
        if draft.share_of_plan and before is not None and _matches_same_report(before, draft):
            # 已建成3.9万亩，占年度任务的60% is one report.
            before.share_of_plan = draft.value
            proposal = Proposal(
                draft=draft,
                change="stored" if before.change == "stored" else "joined",
                initiative=before.initiative,
                indicator=before.indicator,
            )
        proposals.append(proposal)
    return proposals


def match_draft_within(
    draft: Draft, initiative: Initiative, known: KnownRecords, place: str | None
) -> Proposal:
    """Return what a draft does to an initiative that a person has chosen for it."""
    indicator = _Matcher(known, "", place)._find_indicator(draft, initiative)  # noqa: SLF001
    if indicator is None:
        return Proposal(draft=draft, change="new", initiative=initiative.id)
    return propose_on_indicator(draft, indicator, known.as_of)


def _matches_same_report(before: Proposal, draft: Draft) -> bool:
    other = before.draft
    is_beside = other.kind == "result" and other.value is not None and not other.share_of_plan
    return (
        is_beside
        and other.locator == draft.locator
        and draft.start - other.start < len(other.quote + draft.quote)
    )


def simplify_matched_name(name: str, place: str | None = None) -> str:
    """Return the name by which initiatives are compared."""
    bare = unicodedata.normalize("NFKC", name)
    bare = re.sub(r"[\s《》〈〉“”\"'‘’「」·,，、。()（）]", "", bare)
    for part in filter(None, [place, *(place or "").split()]):
        bare = bare.replace(part, "")
    bare = re.sub(words.OWN_PLACE, "", bare)
    return re.sub(r"(?<=.{2})(?:行动|工程|项目|计划)$", "", bare).casefold()


def simplify_matched_indicator(name: str, place: str | None = None) -> str:
    """Return the name by which indicators are compared: without place, verbs and adverbs."""
    bare = unicodedata.normalize("NFKC", name)
    bare = re.sub(r"[\s《》“”\"'‘’·,，。()（）]", "", bare)
    bare = bare.removeprefix(place or "")
    bare = re.sub(rf"{words.SHARE_ENDING}|{words.ADJUSTED_ENDING}", "", bare)
    bare = re.sub(rf"{words.OWN_PLACE}|{words.NEUTRAL_VERBS}", "", bare)
    return bare.strip("和与及、").casefold()


def squeeze_quote(text: str) -> str:
    """Return a text without spaces and bars, which readers and paper set as they like."""
    return "".join(char for char in text if char.isprintable() and char not in " |")


def list_matched_sources(
    known: KnownRecords,
) -> Iterator[tuple[Source, Indicator | None, Decimal | None]]:
    """Yield each source of the records, with the indicator and the value that it is for."""
    for initiative in known.initiatives:
        yield from ((source, None, None) for source in initiative.sources)
        for indicator in known.indicators.get(initiative.id, ()):
            cited = [(indicator.source, indicator.target)]
            cited += [(each.source, each.target) for each in indicator.revisions]
            cited += [(each.source, each.value) for each in indicator.updates]
            for source, value in cited:
                if source is not None:
                    yield source, indicator, value


_Named = TypeVar("_Named")


class _AlikeNames(Generic[_Named]):
    """Finds what is called like a name, by the pairs of characters that names share."""

    def __init__(self, named: Iterable[tuple[str, _Named]]) -> None:
        self.records: list[_Named] = []
        self.sizes: list[int] = []
        self.positions: dict[str, list[int]] = {}
        for position, (name, record) in enumerate(named):
            pairs = pair_drafted_characters(name)
            self.records.append(record)
            self.sizes.append(len(pairs))
            for pair in pairs:
                self.positions.setdefault(pair, []).append(position)

    def list_alike(self, name: str) -> list[_Named]:
        """Return what shares `ALIKE` of its pairs with a name, the nearest first."""
        pairs = pair_drafted_characters(name)
        shared = Counter(
            chain.from_iterable(self.positions[pair] for pair in pairs if pair in self.positions)
        )
        likeness = {
            position: 2 * count / (len(pairs) + self.sizes[position])
            for position, count in shared.items()
        }
        nearest = sorted(likeness, key=lambda position: (-likeness[position], position))
        return [self.records[position] for position in nearest if likeness[position] >= ALIKE]


class _Matcher:
    """Finds the record of each draft of one document."""

    def __init__(self, known: KnownRecords, document: str, place: str | None) -> None:
        self.known = known
        self.document = document
        self.place = place
        self.by_name: dict[str, list[Initiative]] = {}
        for initiative in known.initiatives:
            if self._is_here(initiative):
                for name in {initiative.name, *initiative.aliases}:
                    key = simplify_matched_name(name, place)
                    self.by_name.setdefault(key, []).append(initiative)

        self.initiatives = {each.id: each for each in known.initiatives}
        self.entered = self._list_entered()
        self.quoted: Counter[str] = Counter()

    @cached_property
    def alike_initiatives(self) -> _AlikeNames[Initiative]:
        """Index the initiatives here by the names and aliases that they are compared by."""
        return _AlikeNames(
            (name, each) for name, initiatives in self.by_name.items() for each in initiatives
        )

    @cached_property
    def indicators_by_name(self) -> dict[str, list[tuple[str, Indicator]]]:
        """Return the indicators here, after their initiative's id, by simplified name."""
        named: dict[str, list[tuple[str, Indicator]]] = {}
        for initiative in filter(self._is_here, self.known.initiatives):
            for indicator in self.known.indicators.get(initiative.id, ()):
                name = simplify_matched_indicator(indicator.name, self.place)
                named.setdefault(name, []).append((initiative.id, indicator))
        return named

    @cached_property
    def alike_indicators(self) -> _AlikeNames[tuple[str, Indicator]]:
        """Index the same indicators by the names that they are compared by."""
        return _AlikeNames(
            (name, each) for name, named in self.indicators_by_name.items() for each in named
        )

    def _list_entered(self) -> dict[str, list[tuple[Indicator | None, Decimal | None]]]:
        """Return by quote what was entered from this document: the indicator and its value."""
        entered: dict[str, list[tuple[Indicator | None, Decimal | None]]] = {}
        for source, owner, value in list_matched_sources(self.known):
            if source.document == self.document and source.quote:
                entered.setdefault(squeeze_quote(source.quote), []).append((owner, value))
        return entered

    def _find_entered(self, draft: Draft) -> Indicator | Literal[False] | None:
        """Return the indicator on which a draft was entered before; False where none."""
        quote = squeeze_quote(draft.quote)
        entered = self.entered.get(quote, [])
        for indicator, value in entered:
            if (
                indicator is None
                or value is None
                or value == _convert_matched_value(draft, indicator)
            ):
                return indicator
        # All that the quote holds was entered: a person has corrected the number.
        is_complete = bool(entered) and len(entered) >= self.quoted[quote]
        return entered[0][0] if is_complete else False

    def _is_here(self, initiative: Initiative) -> bool:
        if not self.place or not initiative.place:
            return True
        return self.place in initiative.place or initiative.place in self.place

    def match(self, draft: Draft) -> Proposal:
        """Return what a draft does to the ledger."""
        entered = self._find_entered(draft)
        if entered is not False:
            return Proposal(draft=draft, change="stored", indicator=entered.id if entered else None)
        initiative, candidates = self._find_initiative(draft)
        is_only_alike = any(candidate.id in self.initiatives for candidate in candidates)
        if initiative is None and not is_only_alike:
            initiative = self._find_owner(draft)
        if initiative is None:
            change: Change = "unplaced" if draft.kind == "result" else "new"
            return Proposal(draft=draft, change=change, candidates=candidates)
        indicator = self._find_indicator(draft, initiative)
        if indicator is None:
            return Proposal(
                draft=draft,
                change="unplaced" if draft.kind == "result" else "new",
                initiative=initiative.id,
                candidates=self._list_alike(draft, initiative),
            )
        return self._match_indicator(draft, initiative, indicator)

    def _match_indicator(
        self, draft: Draft, initiative: Initiative, indicator: Indicator
    ) -> Proposal:
        """Return what a draft does to the indicator that it belongs to."""
        if self._is_entered_on(draft, indicator):
            return Proposal(draft=draft, change="stored", indicator=indicator.id)
        if draft.kind == "result" and self._is_drafted_here(indicator):
            # The page promised and reported it at once; a person had the choice then.
            return Proposal(
                draft=draft,
                change="unplaced",
                initiative=initiative.id,
                candidates=[Candidate(indicator.id, indicator.name)],
            )
        proposal = propose_on_indicator(draft, indicator, self.known.as_of)
        if proposal.change == "revision" and _may_be_report(draft, indicator):
            doubt = draft.doubt or later("less than half of the target; it may be a report")
            proposal.draft = msgspec.structs.replace(draft, doubt=doubt)
        return proposal

    def _is_entered_on(self, draft: Draft, indicator: Indicator) -> bool:
        """Return whether a record says the same by this document, or as an interim point.

        Another form of the same text may quote it a little differently.
        """
        value = _convert_matched_value(draft, indicator)
        if draft.kind == "result":
            return any(
                update.source is not None
                and update.source.document == self.document
                and (update.on, update.value) == (draft.as_of, value)
                for update in indicator.updates
            )
        if any((point.on, point.value) == (draft.deadline, value) for point in indicator.interim):
            return True
        is_same = draft.kind == "milestone" or value == indicator.target
        return is_same and self._is_drafted_here(indicator)

    def _is_drafted_here(self, indicator: Indicator) -> bool:
        return indicator.source is not None and indicator.source.document == self.document

    def _find_initiative(self, draft: Draft) -> tuple[Initiative | None, list[Candidate]]:
        if draft.initiative is not None:
            key = simplify_matched_name(draft.initiative, self.place)
            fitting = self.by_name.get(key, [])
            if len(fitting) == 1:
                return fitting[0], []
            if fitting:
                return None, [Candidate(each.id, each.name) for each in fitting[:MOST_CANDIDATES]]
            alike = self.alike_initiatives.list_alike(key)
            candidates = [
                Candidate(each.id, each.name) for each in {each.id: each for each in alike}.values()
            ]
            if candidates:
                return None, candidates[:MOST_CANDIDATES]
        return None, self._list_alike(draft)

    def _find_owner(self, draft: Draft) -> Initiative | None:
        """Return the only initiative here with an indicator of just this name and kind of unit.

        A page seldom names the initiative that its numbers belong to. A name of few
        characters, such as 投资, says too little by itself.
        """
        if len(simplify_matched_indicator(draft.indicator, self.place)) < _SHORTEST_NAME:
            return None
        owners = [id_ for id_, named in self._list_namesakes(draft).items() if len(named) == 1]
        return self.initiatives[owners[0]] if len(owners) == 1 else None

    def _list_alike(self, draft: Draft, initiative: Initiative | None = None) -> list[Candidate]:
        """Return indicators called alike with a unit of the same kind, of one initiative or all."""
        alike = self.alike_indicators.list_alike(
            simplify_matched_indicator(draft.indicator, self.place)
        )
        fitting = (
            Candidate(indicator.id, indicator.name)
            for owner, indicator in alike
            if (initiative is None or owner == initiative.id) and _fits_kind(draft, indicator)
        )
        return list(islice(fitting, MOST_CANDIDATES))

    def _list_namesakes(self, draft: Draft) -> dict[str, list[Indicator]]:
        """Return the indicators of a draft's name and kind of unit, by initiative."""
        name = simplify_matched_indicator(draft.indicator, self.place)
        namesakes: dict[str, list[Indicator]] = {}
        for owner, indicator in self.indicators_by_name.get(name, ()) if name else ():
            is_share = draft.share_of_plan and indicator.measure == "number"
            if is_share or _fits_kind(draft, indicator):
                namesakes.setdefault(owner, []).append(indicator)
        return namesakes

    def _find_indicator(self, draft: Draft, initiative: Initiative) -> Indicator | None:
        fitting = self._list_namesakes(draft).get(initiative.id, [])
        return fitting[0] if len(fitting) == 1 else self._find_same_target(draft, initiative)

    def _find_same_target(self, draft: Draft, initiative: Initiative) -> Indicator | None:
        """Return the only indicator with the same target and deadline, however it is called."""
        if draft.kind != "target" or draft.deadline_basis == "assumed":
            return None
        same = []
        for indicator in self.known.indicators.get(initiative.id, ()):
            promise = find_promise_in_force(indicator, Horizon(as_of=self.known.as_of))
            if promise.deadline is None or promise.target is None:
                continue
            is_same_day = promise.deadline.on == draft.deadline
            if is_same_day and promise.target == _convert_matched_value(draft, indicator):
                same.append(indicator)
        return same[0] if len(same) == 1 else None


def _may_be_report(draft: Draft, indicator: Indicator) -> bool:
    """Return whether a target without a day of its own is a small part of the known one."""
    value = _convert_matched_value(draft, indicator)
    if value is None or indicator.target is None or draft.deadline_basis != "assumed":
        return False
    return indicator.direction != "down" and 0 < value * 2 < indicator.target


def propose_on_indicator(draft: Draft, indicator: Indicator, as_of: date) -> Proposal:
    """Return what a draft does to an indicator that it belongs to.

    Args:
        draft: the draft.
        indicator: a known indicator.
        as_of: the day whose target and deadline count.
    """
    is_share_alone = draft.share_of_plan and _convert_matched_value(draft, indicator) is None
    return Proposal(
        draft=draft,
        change=judge_drafted_change(draft, indicator, as_of),
        initiative=indicator.initiative_id,
        indicator=indicator.id,
        share_of_plan=draft.value if is_share_alone else None,
        known=indicator,
    )


def judge_drafted_change(draft: Draft, indicator: Indicator, as_of: date) -> Change:
    """Return what a draft does to an indicator: report on it, revise it or confirm it.

    Args:
        draft: the draft.
        indicator: a known indicator.
        as_of: the day whose target and deadline count.
    """
    if draft.kind == "result":
        return "update"
    promise = find_promise_in_force(indicator, Horizon(as_of=as_of))
    deadline = promise.deadline.on if promise.deadline is not None else None
    is_same_day = draft.deadline_basis == "assumed" or deadline == draft.deadline
    if draft.kind == "milestone":
        return "source" if is_same_day else "revision"
    value = _convert_matched_value(draft, indicator)
    if value == promise.target and is_same_day:
        return "source"
    if None in (value, promise.target, deadline, draft.deadline):
        return "revision"
    is_nearer = draft.deadline < deadline  # type: ignore[operator]
    is_part = value < promise.target  # type: ignore[operator]
    return "interim" if is_nearer and is_part else "revision"


def _fits_kind(draft: Draft, indicator: Indicator) -> bool:
    """Return whether a draft can be about an indicator: both milestones, or units of one kind."""
    return (
        _is_matched_milestone(draft, indicator)
        or _convert_matched_value(draft, indicator) is not None
    )


def _is_matched_milestone(draft: Draft, indicator: Indicator) -> bool:
    is_only_postponed = re.search(words.POSTPONED_ENDING, draft.indicator) is not None
    return draft.value is None and (indicator.measure == "milestone" or is_only_postponed)


def _convert_matched_value(draft: Draft, indicator: Indicator) -> Decimal | None:
    """Return the value in the unit of the indicator; None where the units differ in kind."""
    if draft.value is None or indicator.measure != "number":
        return None
    try:
        return convert_quantity_unit(draft.value, draft.unit or "", indicator.unit or "")
    except InvalidInput:
        return None

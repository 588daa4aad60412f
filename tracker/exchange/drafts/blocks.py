"""Write proposals as TOML that ``tracker import`` reads: a block per record, with its quote.

Deleting a block rejects it; each is whole by itself.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, get_args

from tracker.exchange.drafts.draft import Draft, Neither
from tracker.exchange.drafts.matching import (
    CHANGES,
    KnownRecords,
    Proposal,
    simplify_matched_name,
)
from tracker.locale.translation import _
from tracker.model.defaults import begins_at_zero_by_default, choose_default_accumulation
from tracker.model.effective import find_operator_in_force, find_promise_in_force
from tracker.model.horizon import Horizon
from tracker.model.leads import find_responsible_lead, find_responsible_person
from tracker.model.quantities import convert_quantity_unit, format_target_quantity
from tracker.model.records import Document, Indicator
from tracker.model.vocabulary import Op

SKIPPED_MARK = "✗"


class Inline(dict[str, Any]):
    """A table that is written on one line."""


class Block(NamedTuple):
    """One record as it is written.

    Attributes:
        comments: what stands above it, without the number sign.
        item: the initiative, or the part of it that is added.
        is_sure: a block that is not sure is commented out.
    """

    comments: list[str]
    item: dict[str, Any]
    is_sure: bool


class Naming:
    """Gives new initiatives and indicators their ids, the same ones in each run.

    Args:
        document: the id of the document; new ids begin with it.
        taken: ids that the ledger has already.
    """

    def __init__(self, document: str, taken: Iterable[str]) -> None:
        self._document = document
        self._taken = set(taken)
        self._initiatives: dict[str, str] = {}
        self._numbers: dict[str, int] = {}

    def name_initiative(self, name: str, place: str | None) -> str:
        """Return the id of a new initiative; the same name has the same id."""
        key = simplify_matched_name(name, place) or name
        if key not in self._initiatives:
            self._initiatives[key] = self._next(f"{self._document}-")
        return self._initiatives[key]

    def reserve(self, items: Iterable[Mapping[str, Any]]) -> None:
        """Take the ids and names of records that were drafted before."""
        for item in items:
            id_ = str(item.get("id", ""))
            self._taken |= {id_, *(str(each.get("id")) for each in item.get("indicators", []))}
            if "name" in item:
                key = simplify_matched_name(str(item["name"]), item.get("place"))
                self._initiatives.setdefault(key or str(item["name"]), id_)

    def name_indicator(self, initiative: str) -> str:
        """Return the id of a new indicator."""
        return self._next(f"{initiative}.")

    def _next(self, start: str) -> str:
        number = self._numbers.get(start, 0) + 1
        while f"{start}{number}" in self._taken:
            number += 1
        self._numbers[start] = number
        return f"{start}{number}"


class BlockWriter:
    """Makes blocks of proposals.

    Args:
        document: the source document.
        naming: gives ids.
        known: the records of the ledger.
        drafts: all drafts of the document; a new initiative has the lead that all of its own name.
        place: the place of new initiatives.
        lead: the lead of new initiatives where the document names none.

    Attributes:
        given_ids: the ids of new indicators by where their drafts start in the document.
    """

    def __init__(
        self,
        document: Document,
        naming: Naming,
        known: KnownRecords,
        *,
        drafts: Iterable[Draft] = (),
        place: str | None = None,
        lead: str | None = None,
    ) -> None:
        self.document = document
        self.naming = naming
        self.known = {initiative.id: initiative for initiative in known.initiatives}
        self.as_of = known.as_of
        self.place = place
        self.lead = lead
        self._bodies: dict[str, list[_Body]] = {}
        for draft in drafts:
            key = simplify_matched_name(self._name_initiative(draft), place)
            self._bodies.setdefault(key, []).append(_Body(draft.org, draft.person))
        self.given_ids: dict[int, str] = {}

    def build(self, proposal: Proposal, *, takes_results: bool = False) -> Block | None:
        """Return the block of a proposal; None where the ledger has it or another block holds it.

        Args:
            proposal: what a draft does.
            takes_results: a result without a record becomes an indicator that is watched.
        """
        if proposal.change in {"stored", "joined"}:
            return None
        draft = proposal.draft
        comments = [describe_place_of_block(draft), *self._describe_known_record(proposal)]
        comments += describe_candidates_of_block(proposal)
        is_unplaced = proposal.change == "unplaced" and not takes_results
        if draft.doubt:
            comments.append(_("doubtful: {reason}").format(reason=_(draft.doubt)))
        elif is_unplaced:
            comments.append(_("a result without a record"))
        item = self._build_item(proposal)
        is_sure = draft.doubt is None and not is_unplaced
        if not is_sure:
            # Nothing that is entered refers to what is commented out.
            self.given_ids.pop(draft.start, None)
        return Block(comments, item, is_sure=is_sure)

    def build_left(self, number: Neither, initiative: str | None) -> Block:
        """Return the block, in few lines, of a number that was judged to be no record."""
        item = self._build_item(Proposal(draft=number.draft, change="new", initiative=initiative))
        self.given_ids.pop(number.draft.start, None)
        item["indicators"] = [Inline(indicator) for indicator in item["indicators"]]
        comment = f"{describe_place_of_block(number.draft)} {_(number.reason)}"
        return Block([comment], item, is_sure=False)

    def _build_item(self, proposal: Proposal) -> dict[str, Any]:
        if proposal.indicator is not None and proposal.initiative is not None:
            return self._build_part(proposal, proposal.initiative, proposal.indicator)
        draft = proposal.draft
        if proposal.initiative is not None:
            item = _begin_known_item(proposal)
            owner = self.known[proposal.initiative]
            body = _Body(owner.lead, owner.person)
        else:
            body = self._find_body_of_initiative(draft)
            item = self._build_initiative(draft, body)
        indicator = self._build_indicator(proposal, item["id"], body)
        return {**item, "indicators": [indicator]}

    def _name_initiative(self, draft: Draft) -> str:
        return draft.initiative or self.document.title

    def _find_body_of_initiative(self, draft: Draft) -> "_Body":
        """Return the lead and person of a new initiative: those that all of its drafts have."""
        key = simplify_matched_name(self._name_initiative(draft), self.place)
        bodies = self._bodies.setdefault(key, [_Body(draft.org, draft.person)])
        leads = {body.lead for body in bodies}
        persons = {body.person for body in bodies}
        lead = leads.pop() if len(leads) == 1 else None
        person = persons.pop() if lead and len(persons) == 1 else None
        return _Body(lead or self.lead, person)

    def _build_initiative(self, draft: Draft, body: "_Body") -> dict[str, Any]:
        name = self._name_initiative(draft)
        item: dict[str, Any] = {
            "id": self.naming.name_initiative(name, self.place),
            "name": name,
            "place": self.place,
            **body._asdict(),
        }
        item = {key: value for key, value in item.items() if value}
        return {**item, "sources": [Inline(document=self.document.id)]}

    def _build_indicator(
        self, proposal: Proposal, initiative: str, body: "_Body"
    ) -> dict[str, Any]:
        draft = proposal.draft
        indicator: dict[str, Any] = {
            "id": self.naming.name_indicator(initiative),
            "name": draft.indicator,
        }
        if draft.value is None:
            indicator["measure"] = "milestone"
        else:
            # The unit of a relative target is that of its baseline, which nobody knows yet.
            indicator["unit"] = "" if draft.target_wording else draft.unit or ""
        if draft.kind == "result":
            share = proposal.share_of_plan
            indicator["updates"] = [self._build_update(draft, share, draft.value)]
        else:
            indicator |= build_promise_block(draft)
            indicator |= self._build_relations(draft, indicator["id"])
        accumulation = choose_default_accumulation(draft.unit, draft.indicator)
        indicator |= {"accumulation": "level"} if accumulation == "level" else {}
        indicator |= _list_other_bodies(draft, body)
        indicator["source"] = self._cite(draft)
        return {key: value for key, value in indicator.items() if value not in ("", None)}

    def _build_relations(self, draft: Draft, indicator_id: str) -> dict[str, Any]:
        """Return how often a promise comes again, and the indicators it is a part of or after."""
        self.given_ids[draft.start] = indicator_id
        return {
            "recurs": draft.recurs,
            "part_of": self.given_ids.get(-1 if draft.part_of is None else draft.part_of),
            "after": self.given_ids.get(-1 if draft.after is None else draft.after),
        }

    def _build_part(self, proposal: Proposal, initiative: str, indicator: str) -> dict[str, Any]:
        """Return what is added to a known indicator: an update, a revision, a point, a source."""
        draft, known = proposal.draft, proposal.known
        item = _begin_known_item(proposal)
        part: dict[str, Any] = {"id": indicator}
        if draft.kind != "result" and known is not None:
            owner = self.known[initiative]
            if find_responsible_lead(owner, known) is None:
                part |= _list_other_bodies(
                    draft, _Body(None, find_responsible_person(owner, known))
                )
        if proposal.change == "source":
            item["sources"] = [self._cite(draft)]
            return {**item, "indicators": [part]} if len(part) > 1 else item
        is_share_alone = draft.share_of_plan and proposal.share_of_plan == draft.value
        unit = known.unit if known is not None else None
        value = None if is_share_alone else convert_draft_to_block(draft, unit)
        if proposal.change == "update":
            part["updates"] = [self._build_update(draft, proposal.share_of_plan, value)]
        elif proposal.change == "interim":
            part["interim"] = [Inline(on=draft.deadline, value=value)]
            item["sources"] = [self._cite(draft)]
        else:
            part["revisions"] = [self._build_revision(draft, value)]
        return {**item, "indicators": [part]}

    def _describe_known_record(self, proposal: Proposal) -> list[str]:
        """Return what a draft does to which record, what that promises so far, and its lead."""
        known = proposal.known
        if proposal.initiative is None:
            return []
        owner = self.known[proposal.initiative]
        if known is None:
            return [_("new in {initiative}").format(initiative=owner.name)]
        lines = [
            _("{change} of {record}").format(
                change=_(CHANGES[proposal.change]),
                record=_(", ").join(
                    [f"{owner.name} · {known.name}", *_list_promise_words(known, self.as_of)]
                ),
            )
        ]
        lead = find_responsible_lead(owner, known)
        if lead and proposal.draft.org not in {None, lead}:
            lines.append(_("lead in the document: {body}").format(body=proposal.draft.org))
        return lines

    def _build_update(self, draft: Draft, share: Decimal | None, value: Decimal | None) -> Inline:
        qualifier = {">": ">=", ">=": ">=", "<": "<=", "<=": "<=", "~": "~"}.get(draft.op or "")
        return Inline(
            on=draft.as_of,
            period_start=draft.period_start,
            value=value,
            done=True if draft.done else None,
            qualifier=qualifier,
            share_of_plan=share,
            status="estimate" if draft.estimate else None,
            source=self._cite(draft),
        )

    def _build_revision(self, draft: Draft, value: Decimal | None) -> Inline:
        deadline = build_deadline_of_block(draft) if draft.deadline_basis != "assumed" else None
        return Inline(
            on=self.document.published,
            target=value,
            target_high=draft.value_hi,
            deadline=deadline,
            reason=self.document.title,
            source=self._cite(draft),
        )

    def _cite(self, draft: Draft) -> Inline:
        # A ledger takes no control characters; spaces do not count where a quote is looked up.
        quote = re.sub(r"\s*[\x00-\x1f\x7f-\x9f]\s*", "", draft.quote) or None
        return Inline(document=self.document.id, locator=draft.locator, quote=quote)


class _Body(NamedTuple):
    """Who leads, and the person in charge there."""

    lead: str | None
    person: str | None


def _begin_known_item(proposal: Proposal) -> dict[str, Any]:
    """Return the id of a known initiative, and the name that it is to have as well."""
    return {"id": proposal.initiative} | ({"aliases": [proposal.alias]} if proposal.alias else {})


def _list_other_bodies(draft: Draft, body: _Body) -> dict[str, str]:
    """Return the lead and person that a draft names other than those above it."""
    own = {"lead": draft.org} if draft.org and draft.org != body.lead else {}
    return own | ({"person": draft.person} if draft.person and draft.person != body.person else {})


def _list_promise_words(indicator: Indicator, as_of: date) -> list[str]:
    """Return the target and the deadline in force, as far as there are any."""
    promise = find_promise_in_force(indicator, Horizon(as_of=as_of))
    target = indicator.target_wording or ""
    if promise.target is not None:
        target = format_target_quantity(
            find_operator_in_force(indicator, promise),
            promise.target,
            promise.target_high,
            approximate=indicator.approximate,
            unit=indicator.unit,
        )
    deadline = promise.deadline.on if promise.deadline is not None else None
    return [str(words) for words in (target, deadline) if words]


def convert_draft_to_block(draft: Draft, unit: str | None) -> Decimal | None:
    """Return the value of a draft in the unit of the indicator."""
    return (
        None
        if draft.value is None
        else convert_quantity_unit(draft.value, draft.unit or "", unit or "")
    )


def build_promise_block(draft: Draft) -> dict[str, Any]:
    """Return the fields of an indicator that a promise sets."""
    promise: dict[str, Any] = {}
    if draft.value is not None:
        # 左右 and a range are said by other fields.
        op = draft.op if draft.op in get_args(Op) else None
        promise = {"op": op, "target": draft.value, "target_high": draft.value_hi}
        promise["approximate"] = True if draft.op == "~" else None
        promise["stretch"] = draft.stretch
        promise |= _build_baseline_of_block(draft)
    if draft.target_wording is not None:
        promise |= {"op": ">=", "target": None, "target_wording": draft.target_wording}
    promise["deadline"] = build_deadline_of_block(draft)
    return promise


def _build_baseline_of_block(draft: Draft) -> dict[str, Any]:
    """Return the baseline; what is counted as it is added begins at 0."""
    if draft.baseline is not None:
        return {"baseline": draft.baseline, "baseline_on": draft.baseline_on}
    accumulation = choose_default_accumulation(draft.unit, draft.indicator)
    is_adding = begins_at_zero_by_default(draft.indicator, draft.unit, accumulation)
    if not is_adding or draft.op in {"<", "<="}:
        return {}
    return {"baseline": Decimal(0), "start": draft.promised_from}


def build_deadline_of_block(draft: Draft) -> Inline | None:
    """Return the deadline with the document's words."""
    if draft.deadline is None:
        return None
    return Inline(
        on=draft.deadline,
        wording=draft.deadline_text,
        basis=draft.deadline_basis,
        loose=draft.deadline_loose,
    )


def describe_place_of_block(draft: Draft) -> str:
    """Return the place and the quote of a draft, in one line."""
    return f"{draft.locator} «{draft.quote}»"


def describe_candidates_of_block(proposal: Proposal) -> list[str]:
    """Return a line for each record that a draft may belong to."""
    return [f"like: {candidate.id} ({candidate.name})" for candidate in proposal.candidates]


def write_blocks_file(
    document: Document,
    blocks: Sequence[Block],
    left: Sequence[Block],
    *,
    is_known: bool,
) -> str:
    """Return the file: the document, sure blocks, doubtful ones commented out, numbers left.

    Args:
        document: the source document.
        blocks: the records in order.
        left: the numbers that were judged neither a promise nor a report.
        is_known: the ledger has the document.
    """
    sure = [write_block(block) for block in blocks if block.is_sure]
    doubtful = [block for block in blocks if not block.is_sure]
    return join_blocks_file(document, sure, doubtful, left, is_known=is_known)


def join_blocks_file(
    document: Document,
    sure: Sequence[str],
    doubtful: Sequence[Block],
    left: Sequence[Block],
    *,
    is_known: bool,
    skipped: Sequence[str] = (),
) -> str:
    """Return the file of blocks that are written already and of those to be commented out."""
    parts = ["# " + _("Delete a block to reject it, edit it to correct it; then: tracker import")]
    parts += (
        [] if is_known else [write_block_table("documents", _describe_document_of_blocks(document))]
    )
    parts += sure
    if doubtful:
        parts.append(
            "# " + _("Doubtful, or without a record: take the number signs away to enter.")
        )
        parts += [write_block(block) for block in doubtful]
    parts += skipped
    if left:
        parts.append("# " + _("Numbers that are no records: take the number signs away to enter."))
        parts += [write_block(block) for block in left]
    return "\n\n".join(parts) + "\n"


def _describe_document_of_blocks(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "title": document.title,
        "published": document.published,
        "publisher": document.publisher,
        "sha256": document.sha256,
    }


def mark_skipped_block(block: Block) -> Block:
    """Return a block that tells that a person has skipped it."""
    first, *others = block.comments
    return Block([f"{SKIPPED_MARK} {first}", *others], block.item, is_sure=False)


def write_block(block: Block) -> str:
    """Return a block with its comments; one that is not sure is commented out."""
    text = write_block_table("items", block.item)
    if not block.is_sure:
        text = "\n".join(f"# {line}" for line in text.splitlines())
    return "\n".join([*(_write_block_comment(line) for line in block.comments), text])


def drop_links_of_blocks(texts: Sequence[str], given_ids: Iterable[str]) -> list[str]:
    """Return the blocks that were accepted without links to those that were not.

    Args:
        texts: the blocks, as they are written.
        given_ids: the ids that the writer has given to indicators.
    """
    accepted = set(re.findall(r'^id = "(.+)"$', "\n".join(texts), re.MULTILINE))
    left_out = "|".join(map(re.escape, set(given_ids) - accepted))
    link = rf'\n(?:part_of|after) = "(?:{left_out})"(?=\n|\Z)'
    return [re.sub(link, "", text) for text in texts] if left_out else list(texts)


def write_block_table(name: str, table: Mapping[str, Any]) -> str:
    """Return a table of an array of tables; lists of plain tables become such arrays."""
    lines = [f"[[{name}]]"]
    below: list[str] = []
    for key, value in table.items():
        if value is None:
            continue
        if isinstance(value, list) and value and type(value[0]) is dict:
            below += [write_block_table(f"{name}.{key}", part) for part in value]
        else:
            lines.append(f"{key} = {write_block_value(value)}")
    return "\n".join([*lines, *below])


def write_block_value(value: object) -> str:
    """Return a value as TOML."""
    if isinstance(value, Inline):
        pairs = [
            f"{key} = {write_block_value(part)}" for key, part in value.items() if part is not None
        ]
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(write_block_value(part) for part in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return _write_block_string(str(value))


def _write_block_string(text: str) -> str:
    # A string of JSON is one of TOML; what cannot be seen is escaped in both.
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in quoted)


def _write_block_comment(text: str) -> str:
    """Return a comment line; what is no printable character is shown as an escape."""
    plain = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )
    return f"# {plain}"

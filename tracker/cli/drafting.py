"""Read a document, draft its records against the ledger, and write them out."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from tracker.cli.context import CommandContext
from tracker.cli.output import write_stdout
from tracker.errors import InvalidInput, LedgerMissing, describe_error_reason
from tracker.exchange.drafts.blocks import Block, BlockWriter, Naming, write_blocks_file
from tracker.exchange.drafts.document import Readable
from tracker.exchange.drafts.extraction import extract_drafts, find_title_for_extraction
from tracker.exchange.drafts.matching import CHANGES, Proposal
from tracker.exchange.drafts.publication import (
    find_head_of_publication,
    find_publication_day,
    name_publication,
)
from tracker.exchange.drafts.reading import read_document, refuse_menu
from tracker.exchange.drafts.sentences import is_chinese_text
from tracker.ledger.drafting import MatchedDrafts, match_document_for_drafting
from tracker.locale.translation import _, _n, _p
from tracker.model.records import Document
from tracker.output.model import Column, Sheet, Table, Value


class About(NamedTuple):
    """What a person says about a document.

    Attributes:
        title: its title; None: the one that it states.
        place: the place that it is about.
        lead: the lead of new initiatives where it names none.
        takes_results: results without a record become indicators that are watched.
    """

    title: str | None
    place: str | None
    lead: str | None
    takes_results: bool


class DraftedFile(NamedTuple):
    """The drafts of a file, with their places in the ledger.

    Attributes:
        matched: the document and what each draft does.
        writer: makes blocks of proposals.
        takes_results: results without a record become indicators that are watched.
    """

    matched: MatchedDrafts
    writer: BlockWriter
    takes_results: bool

    def build_blocks(self) -> list[Block]:
        """Return the blocks of what the ledger does not have."""
        blocks = (
            self.writer.build(proposal, takes_results=self.takes_results)
            for proposal in self.matched.proposals
        )
        return [block for block in blocks if block is not None]

    def build_left_blocks(self) -> list[Block]:
        """Return the blocks of the numbers that are no records."""
        return [self.writer.build_left(number, owner) for number, owner in self.matched.left]


def draft_file_by_command(
    context: CommandContext, path: Path, published: str | None, about: About
) -> DraftedFile:
    """Read a file and draft its records against the ledger.

    Raises:
        InvalidInput: the file cannot be read, or its day is not known.
    """
    readable, checksum = _read_file_for_drafting(path)
    found = readable.title or find_title_for_extraction(readable)
    title = about.title or found or find_head_of_publication(readable) or path.stem
    # A ledger takes printable names only.
    title = "".join(char for char in title if char.isprintable())
    day = _find_day_for_drafting(context, published, readable)
    drafts = extract_drafts(readable, day, about.title)
    if not drafts.drafts and not drafts.neither:
        refuse_menu(path, readable)
    document = Document(
        id=name_publication(day, path.stem, checksum), title=title, published=day, sha256=checksum
    )
    try:
        matched = match_document_for_drafting(context.tracker, document, drafts, about.place)
    except LedgerMissing:
        matched = match_document_for_drafting(None, document, drafts, about.place)
    naming = Naming(matched.document.id, matched.taken)
    writer = BlockWriter(
        matched.document,
        naming,
        matched.known,
        drafts=[each.draft for each in matched.proposals if each.change != "stored"],
        place=about.place,
        lead=about.lead,
    )
    return DraftedFile(matched, writer, about.takes_results)


def _read_file_for_drafting(path: Path) -> tuple[Readable, str]:
    """Return what a file holds, and its checksum.

    Raises:
        InvalidInput: it cannot be read, or holds no Chinese.
    """
    from hashlib import sha256

    try:
        readable = read_document(path)
        data = path.read_bytes()
    except OSError as error:
        sentence = _("{file} cannot be read: {reason}.")
        raise InvalidInput(
            sentence.format(file=path, reason=describe_error_reason(error))
        ) from None
    if not is_chinese_text(readable.text):
        sentence = _("'{path}' holds no Chinese; drafts are made of Chinese documents.")
        raise InvalidInput(sentence.format(path=path.name))
    return readable, sha256(data).hexdigest()


def _find_day_for_drafting(
    context: CommandContext, published: str | None, readable: Readable
) -> date:
    """Return the day of the document, as a person gives it or as the document prints it."""
    given = context.read_day(published)
    if given is not None:
        return given
    found = find_publication_day(readable)
    if found is None:
        raise InvalidInput(_("The document prints no day of its own; give it: --published DAY"))
    context.warn(_("Day of the document, as printed in it: {day}").format(day=found))
    return found


def print_drafts(context: CommandContext, drafted: DraftedFile, form: str) -> None:
    """Write drafts to stdout, and how many there are to stderr."""
    matched = drafted.matched
    if form == "toml":
        write_stdout(
            write_blocks_file(
                matched.document,
                drafted.build_blocks(),
                drafted.build_left_blocks(),
                is_known=matched.is_known,
            )
        )
    elif form == "table":
        context.print_content(tabulate_drafting_proposals(context.today, matched.proposals), form)
    else:
        items = [describe_drafting_proposal(matched.document, each) for each in matched.proposals]
        items = [item for item in items if item["change"] != "stored"]
        context.print_content(Sheet(title="", as_of=context.today, facts=[], items=items), form)
    context.warn(describe_drafting_result(drafted))


def describe_drafting_result(drafted: DraftedFile) -> str:
    """Return one line with how many drafts there are of each kind."""
    proposals = drafted.matched.proposals
    new = [each for each in proposals if each.change != "stored"]
    kinds = Counter(each.draft.kind for each in new)
    known = sum(each.change in {"update", "joined"} and each.indicator is not None for each in new)
    doubtful = sum(each.draft.doubt is not None for each in new)
    parts = [
        _n("{n} target", "{n} targets", kinds["target"]).format(n=kinds["target"]),
        _n(
            "{n} result ({known} on records that you have)",
            "{n} results ({known} on records that you have)",
            kinds["result"],
        ).format(n=kinds["result"], known=known),
        _n("{n} milestone", "{n} milestones", kinds["milestone"]).format(n=kinds["milestone"]),
        _n("{n} doubtful", "{n} doubtful", doubtful).format(n=doubtful),
    ]
    stored = len(proposals) - len(new)
    if stored:
        parts.append(_n("{n} entered before", "{n} entered before", stored).format(n=stored))
    left = len(drafted.matched.left)
    numbers = _n("{n} number is no record", "{n} numbers are no records", left).format(n=left)
    return _("; ").join([_(", ").join(parts), numbers])


def describe_drafting_proposal(document: Document, proposal: Proposal) -> dict[str, Any]:
    """Return a draft as data."""
    draft = proposal.draft
    item = {field: getattr(draft, field) for field in draft.__struct_fields__}
    del item["start"]
    return item | {
        "doc": document.id,
        "sure": draft.doubt is None,
        "doubt": _(draft.doubt) if draft.doubt else None,
        "change": proposal.change,
        "initiative_id": proposal.initiative,
        "indicator_id": proposal.indicator,
        "candidates": [candidate._asdict() for candidate in proposal.candidates],
    }


def tabulate_drafting_proposals(today: date, proposals: list[Proposal]) -> Table:
    """Build a table of drafts."""
    columns = (
        Column("change", _("change"), "word"),
        Column("initiative", _("initiative")),
        Column("indicator", _("indicator")),
        Column("op", _("op"), "word"),
        Column("value", _p("column", "value"), "number"),
        Column("unit", _("unit")),
        Column("day", _("deadline or day"), "day"),
        Column("lead", _("lead")),
        Column("locator", _("place in the document")),
    )
    rows: list[tuple[Value, ...]] = [
        (
            _(CHANGES[each.change]),
            each.draft.initiative,
            each.draft.indicator,
            each.draft.op,
            each.draft.value,
            each.draft.unit,
            each.draft.deadline or each.draft.as_of,
            each.draft.org,
            each.draft.locator,
        )
        for each in proposals
        if each.change != "stored"
    ]
    return Table(title=_("drafts"), as_of=today, columns=columns, rows=rows)

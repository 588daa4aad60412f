"""Match the drafts of a document against a ledger."""

from collections.abc import Container, Mapping
from typing import NamedTuple

import msgspec

from tracker.exchange.drafts.draft import Drafts, Neither
from tracker.exchange.drafts.matching import (
    KnownRecords,
    Proposal,
    list_matched_sources,
    match_drafts,
    squeeze_quote,
)
from tracker.ledger.reader import LedgerReader
from tracker.model.filters import ALL
from tracker.model.records import Document, Indicator


class MatchedDrafts(NamedTuple):
    """The drafts of a document with their places in the ledger.

    Attributes:
        document: the document, as the ledger has it or as it is to be.
        is_known: the ledger has the document.
        proposals: what each draft does.
        left: the numbers that are no records, and were not entered as such, each with the
            initiative of the ledger that it would belong to.
        known: the records of the ledger.
        taken: the ids of all its records.
    """

    document: Document
    is_known: bool
    proposals: list[Proposal]
    left: list[tuple[Neither, str | None]]
    known: KnownRecords
    taken: set[str]


def match_document_for_drafting(
    ledger: LedgerReader | None, document: Document, drafted: Drafts, place: str | None
) -> MatchedDrafts:
    """Match drafts against a ledger.

    Args:
        ledger: the ledger; None: there is none yet, and everything is new.
        document: the document; the one of the ledger that is the same text stands for it.
        drafted: its drafts, and the numbers that are none.
        place: the place that it is about.
    """
    documents, known = _read_known_records(ledger, document)
    quotes = {squeeze_quote(draft.quote) for draft in drafted.drafts}
    stored = _find_document_for_drafting(documents, document, known, quotes)
    document = stored or _name_document_anew(document, documents)
    proposals = match_drafts(drafted.drafts, known, document.id, place)
    neither = [number.draft for number in drafted.neither]
    numbers = match_drafts(neither, known, document.id, place)
    return MatchedDrafts(
        document,
        is_known=stored is not None,
        proposals=proposals,
        left=[
            (number, proposal.initiative)
            for number, proposal in zip(drafted.neither, numbers, strict=True)
            if proposal.change != "stored"
        ],
        known=known,
        taken={
            *(each.id for each in known.initiatives),
            *(each.id for own in known.indicators.values() for each in own),
        },
    )


def _read_known_records(
    ledger: LedgerReader | None, document: Document
) -> tuple[Mapping[str, Document], KnownRecords]:
    """Return the documents of a ledger by id, and its records; nothing where there is none."""
    if ledger is None:
        return {}, KnownRecords([], {}, document.published)
    indicators: dict[str, list[Indicator]] = {}
    with ledger.store.view() as view:
        documents = view.documents()
        initiatives = list(view.initiatives(ALL))
        for owner, indicator in view.candidates(ALL):
            indicators.setdefault(owner.id, []).append(indicator)
    return documents, KnownRecords(initiatives, indicators, ledger.today)


def _find_document_for_drafting(
    documents: Mapping[str, Document],
    document: Document,
    known: KnownRecords,
    quotes: Container[str],
) -> Document | None:
    """Return the document of the ledger that is the same text: renamed, edited or another form.

    It is the same file, or has the same day and half of its quotes, or one of them and the
    same title or id. Where nothing was quoted from it, its title or id is enough.
    """
    cited: dict[str, set[str]] = {}
    for source, _owner, _value in list_matched_sources(known):
        if source.quote:
            cited.setdefault(source.document, set()).add(squeeze_quote(source.quote))
    for each in documents.values():
        if each.sha256 and each.sha256 == document.sha256:
            return each
    for each in documents.values():
        own = cited.get(each.id, set())
        held = sum(quote in quotes for quote in own)
        is_named = each.id == document.id or (
            each.published == document.published
            and squeeze_quote(each.title) == squeeze_quote(document.title)
        )
        is_quoted = each.published == document.published and held * 2 >= len(own) > 0
        if is_quoted or (is_named and (held or not own)):
            return each
    return None


def _name_document_anew(document: Document, documents: Container[str]) -> Document:
    """Return a document with an id that the ledger does not use for another one."""
    id_, number = document.id, 1
    while id_ in documents:
        number += 1
        id_ = f"{document.id}-{number}"
    return msgspec.structs.replace(document, id=id_)

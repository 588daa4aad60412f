"""Match the drafts of a document against a ledger."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tracker.exchange.drafts.draft import Draft
from tracker.exchange.drafts.matching import KnownRecords, Proposal, match_drafts
from tracker.ledger.reader import LedgerReader
from tracker.model.filters import ALL
from tracker.model.records import Document, Indicator, Initiative


class MatchedDrafts(NamedTuple):
    """The drafts of a document with their places in the ledger.

    Attributes:
        document: the document, as the ledger has it or as it is to be.
        is_known: the ledger has the document.
        proposals: what each draft does.
        initiatives: the initiatives of the ledger, by id.
        taken: the ids of all its records.
    """

    document: Document
    is_known: bool
    proposals: list[Proposal]
    initiatives: dict[str, Initiative]
    taken: set[str]


def match_document_for_drafting(
    ledger: LedgerReader | None, document: Document, drafts: Sequence[Draft], place: str | None
) -> MatchedDrafts:
    """Match drafts against a ledger.

    Args:
        ledger: the ledger; None: there is none yet, and everything is new.
        document: the document; one of the ledger with the same file or id stands for it.
        drafts: its drafts.
        place: the place that it is about.
    """
    if ledger is None:
        known = KnownRecords([], {}, document.published)
        proposals = match_drafts(drafts, known, document.id, place)
        return MatchedDrafts(
            document, is_known=False, proposals=proposals, initiatives={}, taken=set()
        )
    with ledger.store.view() as view:
        documents = view.documents()
        stored = _find_document_for_drafting(documents.values(), document)
        initiatives = {each.id: each for each in view.initiatives(ALL)}
        indicators: dict[str, list[Indicator]] = {}
        for owner, indicator in view.candidates(ALL):
            indicators.setdefault(owner.id, []).append(indicator)
    known = KnownRecords(list(initiatives.values()), indicators, ledger.today)
    document = stored or document
    taken = {*initiatives, *(each.id for own in indicators.values() for each in own)}
    proposals = match_drafts(drafts, known, document.id, place)
    return MatchedDrafts(
        document,
        is_known=stored is not None,
        proposals=proposals,
        initiatives=initiatives,
        taken=taken,
    )


def _find_document_for_drafting(
    documents: Iterable[Document], document: Document
) -> Document | None:
    """Return the document of the ledger that is the same file, or has the same id."""
    known = list(documents)
    same = [each for each in known if each.sha256 and each.sha256 == document.sha256]
    return next(iter(same or [each for each in known if each.id == document.id]), None)

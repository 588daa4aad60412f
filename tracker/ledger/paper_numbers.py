"""Number papers, each kind of number from 1 in every year; a paper made again keeps its number.

The number is kept as a receipt, so that every store, its history and its rights know it.
"""

from collections.abc import Iterable, Mapping, Sequence

from tracker.locale.translation import _
from tracker.model.commits import Stamp
from tracker.model.records import PaperNumber, Receipt
from tracker.output.papers import Paper, PaperKey
from tracker.storage.base import Transaction


def map_paper_numbers(receipts: Iterable[Receipt]) -> Mapping[PaperKey, PaperNumber]:
    """Return the numbers that were taken, by the papers that have them."""
    return {
        PaperKey(
            kind=number.kind,
            lead=receipt.address or None,
            since=number.since,
            as_of=receipt.as_of,
            is_issue=number.is_issue,
        ): number
        for receipt in receipts
        if (number := receipt.paper) is not None
    }


def take_paper_numbers(
    txn: Transaction, papers: Sequence[Paper], word: str, stamp: Stamp
) -> Mapping[PaperKey, PaperNumber]:
    """Return the numbers of papers; those that have none get the next ones of their year.

    Args:
        txn: the ledger.
        papers: the papers, in the order in which they are numbered.
        word: the word of the office.
        stamp: who numbers them, and when.
    """
    numbers = dict(map_paper_numbers(txn.receipts()))
    for paper in papers:
        key = paper.key
        if key in numbers:
            continue
        taken = [
            each.number
            for each in numbers.values()
            if (each.year, each.is_issue) == (paper.on.year, key.is_issue)
        ]
        number = PaperNumber(
            kind=key.kind,
            since=key.since,
            word=word,
            year=paper.on.year,
            number=max(taken, default=0) + 1,
            is_issue=key.is_issue,
        )
        txn.create(build_number_receipt(number, key, stamp))
        numbers[key] = number
    return numbers


def sort_merged_paper_numbers(
    papers: Sequence[Receipt], receipts: Iterable[Receipt]
) -> tuple[list[Receipt], list[str]]:
    """Return the numbers that a ledger does not have, and a sentence for each taken by another.

    Args:
        papers: the numbers that files hold.
        receipts: those of the ledger.
    """
    stored = {receipt.id: receipt for receipt in receipts}
    new: dict[str, Receipt] = {}
    clashes = []
    for paper in papers:
        known = stored.get(paper.id) or new.get(paper.id)
        if known is None:
            new[paper.id] = paper
        elif map_paper_numbers([known]) != map_paper_numbers([paper]):
            sentence = _("{id} is the number of another paper in the ledger.")
            clashes.append(sentence.format(id=paper.id))
    return list(new.values()), clashes


def build_number_receipt(number: PaperNumber, key: PaperKey, stamp: Stamp) -> Receipt:
    """Build what keeps the number of a paper; its id is that of no other number."""
    series = "issue" if number.is_issue else "letter"
    return Receipt(
        id=f"{series}-{number.year}-{number.number}",
        digest=number.kind,
        address=key.lead or "",
        as_of=key.as_of,
        claimed_at=stamp.at,
        by=stamp.by,
        paper=number,
    )

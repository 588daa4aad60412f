"""List the quotes of a ledger, by the document that each stands in."""

from collections.abc import Iterator
from typing import NamedTuple

from tracker.ledger.reader import LedgerReader
from tracker.model.filters import ALL, Filter
from tracker.model.horizon import NOW, When
from tracker.model.records import Document, Indicator, Initiative, Source


class Quotation(NamedTuple):
    """A quote with the indicator, or the first one of the initiative, that it is about."""

    initiative: Initiative
    indicator: Indicator
    source: Source


def list_quotations(
    ledger: LedgerReader, where: Filter = ALL, when: When = NOW
) -> tuple[dict[str, Document], list[Quotation]]:
    """Return the documents of a ledger by id, and all quotes of the records that fit."""
    with ledger.open_view(when) as view:
        quotations = [
            Quotation(case.initiative, case.indicator, source)
            for case in view.cases(where)
            for source in _list_sources_of_quotations(case.initiative, case.indicator)
            if source is not None and source.quote
        ]
        return dict(view.documents), quotations


def _list_sources_of_quotations(
    initiative: Initiative, indicator: Indicator
) -> Iterator[Source | None]:
    yield from initiative.sources
    yield indicator.source
    for entry in [*indicator.updates, *indicator.revisions, *indicator.decisions]:
        yield entry.source

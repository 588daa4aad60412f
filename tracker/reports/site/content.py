"""Read what a site is made of: indicators as they stand, initiatives with their whole history."""

from typing import NamedTuple

from tracker.assessment.case import Case
from tracker.ledger.answers import InitiativeDetails
from tracker.ledger.identity import identify_ledger
from tracker.ledger.reader import LedgerReader
from tracker.ledger.view import LedgerView
from tracker.model.filters import Filter
from tracker.model.horizon import When
from tracker.reports.dataset import DatasetOnDay, read_dataset_on_day


class SiteContent(NamedTuple):
    """Content of a site.

    Attributes:
        now: the indicators as they stand.
        initiatives: those that have one of these, with all that belongs to them.
        ledger: the mark of the ledger, for the names of changes in the feed.
        title: what the site is called.
        publisher: who publishes it.
    """

    now: DatasetOnDay
    initiatives: list[InitiativeDetails]
    ledger: str
    title: str
    publisher: str

    def list_cases_of_document(self, document_id: str) -> list[Case]:
        """Return the indicators that stand in a document, by their own or their initiative's."""
        return [case for case in self.now.cases if document_id in list_case_documents(case)]


def list_case_documents(case: Case) -> list[str]:
    """Return the documents that an indicator stands in: its own, else those of its initiative."""
    if case.indicator.source is not None:
        return [case.indicator.source.document]
    return [source.document for source in case.initiative.sources]


def read_site_content(
    ledger: LedgerReader, where: Filter, when: When, title: str, publisher: str
) -> SiteContent:
    """Read a site from one state of the ledger."""
    from tracker.ledger.details import read_initiative_details

    with ledger.store.view() as records:
        ledger.newest = records.newest
        view = LedgerView(records, when, ledger.today, ledger.rules)
        now = read_dataset_on_day(view, where)
        shown = dict.fromkeys(case.initiative.id for case in now.cases)
        details = [read_initiative_details(view, now.initiatives[each], when) for each in shown]
        return SiteContent(now, details, identify_ledger(records), title, publisher)

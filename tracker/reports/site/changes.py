"""List what changed: reports, revisions, decisions and verdicts, the newest first."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from tracker.locale.translation import _
from tracker.model.effective import list_entries_in_force
from tracker.model.records import Entry, Indicator, Initiative
from tracker.output.atom import Feed, FeedEntry
from tracker.reports.site.content import SiteContent
from tracker.reports.site.places import FEED, INDEX, find_initiative_place, find_way_up
from tracker.views.changes import list_changes_that_stand, word_change
from tracker.views.wording import word_full_name

MOST_CHANGES = 100
"""Changes in the feed."""


class SiteChange(NamedTuple):
    """Change of a record: the entry that made it, whose it is, and what it says."""

    entry: Entry
    initiative: Initiative
    indicator: Indicator | None
    what: str

    @property
    def name(self) -> str:
        """Name of what changed."""
        if self.indicator is None:
            return self.initiative.name
        return word_full_name(self.initiative.name, self.indicator.name)

    @property
    def record(self) -> str:
        """Id of what changed."""
        return self.initiative.id if self.indicator is None else self.indicator.id

    @property
    def place(self) -> str:
        """Place of what changed, on the page of its initiative."""
        anchor = "" if self.indicator is None else f"#{self.indicator.id}"
        return find_initiative_place(self.initiative.id) + anchor


def list_site_changes(content: SiteContent) -> list[SiteChange]:
    """Return the changes in force on the day, the newest first."""
    changes = list(_list_changes(content))
    changes.sort(key=lambda change: (change.entry.on, change.entry.id), reverse=True)
    return changes


def _list_changes(content: SiteContent) -> Iterator[SiteChange]:
    horizon = content.now.horizon
    initiatives: dict[str, Initiative] = {}
    for case in content.now.cases:
        initiatives[case.initiative.id] = case.initiative
        indicator = case.indicator
        for entry in list_changes_that_stand(indicator, horizon):
            if what := word_change(entry, indicator):
                yield SiteChange(entry, case.initiative, indicator, what)
    for initiative in initiatives.values():
        for entry in list_entries_in_force(initiative.decisions, horizon):
            if what := word_change(entry, None):
                yield SiteChange(entry, initiative, None, what)


def build_site_feed(content: SiteContent, changes: list[SiteChange]) -> Feed:
    """Build the feed of the newest changes."""
    up = find_way_up(FEED)
    recorded = sorted(changes, key=_find_moment, reverse=True)[:MOST_CHANGES]
    entries = [
        FeedEntry(
            # Entries of a file that say the same of several records have the same id.
            f"urn:tracker:{content.ledger}:{change.record}:{change.entry.id}",
            _find_moment(change),
            _("{label}: {n}").format(label=change.name, n=change.what),
            up + change.place,
        )
        for change in recorded
    ]
    updated = entries[0].updated if entries else _find_midnight_of_change(content.now.as_of)
    name = f"urn:tracker:{content.ledger}"
    return Feed(name, content.title, content.publisher, updated, up + INDEX, entries)


def _find_moment(change: SiteChange) -> datetime:
    """Return when a change was recorded; the day from which it counts where nobody knows."""
    return change.entry.recorded_at or _find_midnight_of_change(change.entry.on)


def _find_midnight_of_change(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)

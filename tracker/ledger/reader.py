"""What the ledger can be asked: one method per question, and what each answer holds."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

import msgspec

from tracker.assessment import light
from tracker.assessment.rules import Rules
from tracker.errors import LedgerMissing
from tracker.ledger import lookup, queries
from tracker.ledger.answers import (
    Checked,
    Cited,
    Explained,
    Exported,
    Listing,
    Owing,
    Passing,
    PassingExport,
    Shown,
    Tree,
)
from tracker.ledger.lookup import found
from tracker.ledger.view import Look
from tracker.model.commits import Commit
from tracker.model.dates import shifted
from tracker.model.effective import last_day
from tracker.model.filters import ALL, Filter
from tracker.model.horizon import NOW, When
from tracker.model.records import Indicator, Initiative
from tracker.storage.base import InOrder, Store

# Each of these is for one or two questions, and all others would wait for it.
if TYPE_CHECKING:
    from tracker.ledger.history import Event


Each = TypeVar("Each")


class Questions:
    """A ledger that can be asked; ``today`` and the rules decide how it is seen.

    Args:
        store: where the records are.
        now: the moment of the call, with its time zone; its day is "today".
        rules: the numbers in the rules.
    """

    def __init__(self, store: Store, *, now: datetime, rules: Rules | None = None) -> None:
        self.store = store
        self.rules = rules or Rules()
        self.now = now
        self.today = now.date()

    def indicators(self, where: Filter = ALL, when: When = NOW) -> Listing:
        """All indicators that fit, in the order of entry."""
        with self.passing_indicators(where, when) as found:
            return Listing(found.as_of, list(found.items))

    @contextmanager
    def passing_indicators(self, where: Filter = ALL, when: When = NOW) -> Iterator[Passing]:
        """The same, one at a time: for lists that are longer than what one wants to hold.

        They are there for as long as the ``with`` block lasts, and so is what the store keeps
        open for them. What is wrong with the question or the ledger is raised before that.
        """
        with self.look(when) as look, _begun(look.assessed(where)) as items:
            yield Passing(look.horizon.as_of, items)

    def overdue(self, where: Filter = ALL, when: When = NOW, limit: int | None = None) -> Listing:
        """What is past its deadline and not met, the longest overdue first.

        Only what is active, unless the filter names a state. With a limit a store that
        would have to read very much is asked for no more than is wanted.
        """
        with self.look(when) as look:
            day = look.horizon.as_of
            if limit is not None and isinstance(look.view, InOrder):
                by = shifted(day, -1)
                late, is_cut = queries.longest_overdue(look, look.view, _working(where), by, limit)
                return Listing(day, late, is_cut)
            late = [
                each
                for each in look.assessed(_working(where), due_by=shifted(day, -1))
                if light.is_overdue(each, day)
            ]
        late.sort(key=lambda each: (-(each.days_late or 0), each.id))
        return Listing(day, late)

    def due(self, within: int, where: Filter = ALL, when: When = NOW) -> Listing:
        """What has its deadline from the day on within so many days and is not met."""
        with self.look(when) as look:
            day = look.horizon.as_of
            coming = [
                each
                for each in look.assessed(_working(where), due_by=shifted(day, within))
                if each.days_left is not None and each.days_left <= within
            ]
        coming.sort(key=lambda each: (each.days_left or 0, each.id))
        return Listing(day, coming)

    def behind(self, where: Filter = ALL, when: When = NOW) -> Listing:
        """What is red or yellow, the worst first; only what is active, as in ``overdue``."""
        with self.look(when) as look:
            return Listing(look.horizon.as_of, queries.behind(look, _working(where)))

    def unreported(self, where: Filter = ALL, when: When = NOW) -> Owing:
        """Who owes reports, the longest owed first; only what is active, as in ``overdue``."""
        with self.look(when) as look:
            return Owing(look.horizon.as_of, *queries.owing(look, _working(where)))

    def status(self, where: Filter = ALL, when: When = NOW) -> Owing:
        """All indicators that fit, and the reports that are owed on the active ones."""
        with self.look(when) as look:
            return Owing(look.horizon.as_of, *queries.owing(look, where))

    def check(self, only: Sequence[str] = (), where: Filter = ALL, when: When = NOW) -> Checked:
        """What the honesty checks find; ``only`` names some of them.

        Raises:
            InvalidInput: there is no check of such a name.
        """
        with self.look(when) as look:
            return Checked(look.horizon.as_of, queries.findings(look, where, only))

    def tree(self, root: str | None = None, where: Filter = ALL, when: When = NOW) -> Tree:
        """The initiatives under their parents, all below each rolled up."""
        from tracker.ledger import tree

        with self.look(when) as look:
            return Tree(look.horizon.as_of, list(tree.branches(look, root, where)))

    def search(self, where: Filter, when: When = NOW) -> Tree:
        """The initiatives that fit, or of which an indicator fits, side by side."""
        from tracker.ledger import tree

        with self.look(when) as look:
            return Tree(look.horizon.as_of, list(tree.fitting(look, where)))

    def find(self, words: str) -> Initiative | Indicator:
        """The record that is meant, as it was entered.

        Raises:
            NotFound: nothing, or more than one record, is called so.
        """
        with self.store.view() as view:
            return found(view, words)

    def find_indicator(self, words: str) -> Indicator:
        """The indicator that is meant; an initiative means its only one.

        Raises:
            NotFound: nothing, or more than one record, is called so.
        """
        with self.store.view() as view:
            return lookup.the_indicator(view, lookup.indicator_id(view, words))

    def show(self, words: str, when: When = NOW) -> Shown:
        """All about one initiative, named in any way; an indicator means its initiative."""
        with self.look(when) as look:
            return queries.shown(look, words, everything=when == NOW)

    def why(self, words: str, when: When = NOW) -> Explained:
        """The working of the light of one indicator, and its pace."""
        with self.look(when) as look:
            return queries.explained(look, words)

    def documents(self, when: When = NOW) -> Cited:
        """The source documents that had been printed by then, and what stands on each."""
        with self.look(when) as look:
            found = sorted(look.printed(), key=lambda each: (each.published, each.id))
            return Cited(look.horizon.as_of, found, queries.citations(look))

    def export(self, where: Filter = ALL, when: When = NOW) -> Exported:
        """Everything there is; with a day, what was there and known then."""
        with self.passing_export(where, when) as found:
            return Exported(found.as_of, found.documents, list(found.items))

    @contextmanager
    def passing_export(self, where: Filter = ALL, when: When = NOW) -> Iterator[PassingExport]:
        """The same, one item at a time, as ``passing_indicators``."""
        from tracker.ledger import export

        with self.look(when) as look:
            everything = when == NOW
            documents = look.documents.values() if everything else look.printed()
            exported = export.exported(look, where, everything=everything)
            with _begun(exported) as items:
                yield PassingExport(look.horizon.as_of, list(documents), items)

    def is_lead(self, name: str) -> bool:
        """Whether an initiative has exactly this lead."""
        with self.store.view() as view:
            return any(each.lead == name for each in view.initiatives(Filter(lead=name)))

    def is_there(self) -> bool:
        """Whether there is a ledger, or what is left of one."""
        try:
            with self.store.view():
                return True
        except LedgerMissing:
            return False

    def history(
        self, words: str | None = None, when: When = NOW, *, deliveries: bool = True
    ) -> "list[Event]":
        """What happened to the ledger up to both days, the newest first.

        Args:
            words: what a record is called, or the id that one had; an initiative stands
                for its indicators too. None: everything.
            when: a change counts from the day on which it was recorded.
            deliveries: whether what only says which messages were sent counts.

        Raises:
            NotFound: no record is, or ever was, called so.
        """
        from tracker.ledger import history

        with self.look(when) as look:
            last = date.max if when == NOW else last_day(look.horizon)

            def told(record_id: str | None) -> list[Commit]:
                found = look.view.history(None if record_id is None else {record_id})
                return [each for each in found if each.at.date() <= last]

            record_id = words
            commits = told(words) if words is None or lookup.is_like_an_id(words) else []
            if words is not None and not history.touches(commits, words):
                record_id = lookup.record_id(look.roll, words)
                commits = told(record_id)
            return list(history.events(commits, record_id, deliveries=deliveries))

    @contextmanager
    def look(self, when: When = NOW) -> Iterator[Look]:
        """Open a view of the records on the days of a question, while the block lasts."""
        with self.store.view() as view:
            yield Look(view, when, self.today, self.rules)


@contextmanager
def _begun(given: Iterable[Each]) -> Iterator[Iterator[Each]]:
    """The same; the first is taken at once, so that what keeps it away is known before."""
    # Whoever leaves early closes what reads them, while the view it reads is still open.
    with closing(_passed_on(given)) as rest:
        first = list(islice(rest, 1))
        yield chain(first, rest)


def _passed_on(given: Iterable[Each]) -> Generator[Each]:
    yield from given


def _working(where: Filter) -> Filter:
    if where.state is not None:
        return where
    return msgspec.structs.replace(where, state="active")

"""What the ledger can be asked: one method per question, and what each answer holds."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from tracker import asking, naming, progress
from tracker.asking import ALL, NOW, Branch, Explained, Look, Shown, When
from tracker.changes import Commit
from tracker.dates import shifted
from tracker.errors import LedgerMissing
from tracker.knowledge import last_day
from tracker.locale import _
from tracker.models import Assessment, Document, Filter, Indicator, Initiative, Item, Receipt
from tracker.progress import Rules
from tracker.sheets import Appointment, Timeline, Trend
from tracker.store import InOrder, Store, View

# Each of these is for one or two questions, and all others would wait for it.
if TYPE_CHECKING:
    from tracker.chronicle import Event
    from tracker.duty import Owed
    from tracker.honesty import Finding
    from tracker.reminding import Forecast, Plan, Post
    from tracker.survey import Survey


class Listing(NamedTuple):
    """The answer to a question about indicators; when it is cut, there are more."""

    as_of: date
    items: list[Assessment]
    is_cut: bool = False


class Owing(NamedTuple):
    """Indicators, and the reports that are owed on them."""

    as_of: date
    items: list[Assessment]
    owed: "list[Owed]"


class Checked(NamedTuple):
    """What the honesty checks found."""

    as_of: date
    findings: "list[Finding]"


class Drawn(NamedTuple):
    """A timeline, and how many lines it would have without a day to end them."""

    timeline: Timeline
    undated: int


class Tree(NamedTuple):
    """The answer to a question about initiatives, parents before children."""

    as_of: date
    branches: list[Branch]


class Cited(NamedTuple):
    """The source documents, the oldest first, and how many records each is a source of."""

    as_of: date
    documents: list[Document]
    records: Mapping[str, int]


class Surveyed(NamedTuple):
    """All indicators as they stand, and as the same ones stood on an earlier day."""

    now: "Survey"
    then: "Survey"


class Exported(NamedTuple):
    """What an export holds."""

    as_of: date
    documents: list[Document]
    items: list[Item]


class Passing(NamedTuple):
    """The answer to a question about indicators, which are read while they are gone through."""

    as_of: date
    items: Iterator[Assessment]


class PassingExport(NamedTuple):
    """What an export holds; its items are read while they are gone through."""

    as_of: date
    documents: list[Document]
    items: Iterator[Item]


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
        with self._look(when) as look, _begun(look.assessed(where)) as items:
            yield Passing(look.horizon.as_of, items)

    def overdue(self, where: Filter = ALL, when: When = NOW, limit: int | None = None) -> Listing:
        """What is past its deadline and not met, the longest overdue first.

        Only what is active, unless the filter names a state. With a limit a store that
        would have to read very much is asked for no more than is wanted.
        """
        with self._look(when) as look:
            day = look.horizon.as_of
            if limit is not None and isinstance(look.view, InOrder):
                by = shifted(day, -1)
                from tracker import foremost

                late, is_cut = foremost.longest_overdue(look, look.view, _working(where), by, limit)
                return Listing(day, late, is_cut)
            late = [
                each
                for each in look.assessed(_working(where), due_by=shifted(day, -1))
                if progress.is_overdue(each, day)
            ]
        late.sort(key=lambda each: (-(each.days_late or 0), each.id))
        return Listing(day, late)

    def due(self, within: int, where: Filter = ALL, when: When = NOW) -> Listing:
        """What has its deadline from the day on within so many days and is not met."""
        with self._look(when) as look:
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
        with self._look(when) as look:
            return Listing(look.horizon.as_of, asking.behind(look, _working(where)))

    def unreported(self, where: Filter = ALL, when: When = NOW) -> Owing:
        """Who owes reports, the longest owed first; only what is active, as in ``overdue``."""
        with self._look(when) as look:
            return Owing(look.horizon.as_of, *asking.owing(look, _working(where)))

    def status(self, where: Filter = ALL, when: When = NOW) -> Owing:
        """All indicators that fit, and the reports that are owed on the active ones."""
        with self._look(when) as look:
            return Owing(look.horizon.as_of, *asking.owing(look, where))

    def check(self, only: Sequence[str] = (), where: Filter = ALL, when: When = NOW) -> Checked:
        """What the honesty checks find; ``only`` names some of them.

        Raises:
            InvalidInput: there is no check of such a name.
        """
        with self._look(when) as look:
            return Checked(look.horizon.as_of, asking.findings(look, where, only))

    def tree(self, root: str | None = None, where: Filter = ALL, when: When = NOW) -> Tree:
        """The initiatives under their parents, all below each rolled up."""
        from tracker import lineage

        with self._look(when) as look:
            return Tree(look.horizon.as_of, list(lineage.branches(look, root, where)))

    def search(self, where: Filter, when: When = NOW) -> Tree:
        """The initiatives that fit, or of which an indicator fits, side by side."""
        from tracker import lineage

        with self._look(when) as look:
            return Tree(look.horizon.as_of, list(lineage.fitting(look, where)))

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
            return naming.the_indicator(view, naming.indicator_id(view, words))

    def show(self, words: str, when: When = NOW) -> Shown:
        """All about one initiative, named in any way; an indicator means its initiative."""
        with self._look(when) as look:
            return asking.shown(look, words, everything=when == NOW)

    def why(self, words: str, when: When = NOW) -> Explained:
        """The working of the light of one indicator, and its pace."""
        with self._look(when) as look:
            return asking.explained(look, words)

    def documents(self, when: When = NOW) -> Cited:
        """The source documents that had been printed by then, and what stands on each."""
        with self._look(when) as look:
            found = sorted(look.printed(), key=lambda each: (each.published, each.id))
            return Cited(look.horizon.as_of, found, asking.citations(look))

    def trend(self, words: str, when: When = NOW) -> Trend:
        """The values of one indicator over time, against what is expected of it."""
        with self._look(when) as look:
            return asking.trend(look, words)

    def calendar(self, ids: Iterable[str], when: When = NOW) -> list[Appointment]:
        """The deadlines of these indicators as appointments, by day."""
        from tracker.agenda import appointments

        with self._look(when) as look:
            owners = asking.owners(look, ids)
            first = next(look.view.history(), None)
            own = {each.indicator.id for each in owners} | {each.initiative.id for each in owners}
            commits = look.view.history(own)
            return appointments(first, commits, owners, look.horizon, self.rules.warn_days)

    def timeline(
        self, where: Filter = ALL, when: When = NOW, *, by_initiative: bool = False
    ) -> Drawn:
        """All indicators, or initiatives, with a deadline that fit, the earliest first."""
        from tracker.pictures import timeline_of

        with self._look(when) as look:
            spans = asking.spans(look, where, by_initiative=by_initiative)
            dated = [each for each in spans if each.end is not None]
            drawn = timeline_of(_("timeline"), dated, look.horizon)
            return Drawn(drawn, len(spans) - len(dated))

    def export(self, where: Filter = ALL, when: When = NOW) -> Exported:
        """Everything there is; with a day, what was there and known then."""
        with self.passing_export(where, when) as found:
            return Exported(found.as_of, found.documents, list(found.items))

    @contextmanager
    def passing_export(self, where: Filter = ALL, when: When = NOW) -> Iterator[PassingExport]:
        """The same, one item at a time, as ``passing_indicators``."""
        from tracker import lineage

        with self._look(when) as look:
            everything = when == NOW
            documents = look.documents.values() if everything else look.printed()
            exported = lineage.exported(look, where, everything=everything)
            with _begun(exported) as items:
                yield PassingExport(look.horizon.as_of, list(documents), items)

    def survey(
        self,
        where: Filter = ALL,
        when: When = NOW,
        then: When | None = None,
        *,
        by_lead: bool = False,
    ) -> Surveyed:
        """What a report is made of, both days seen in one and the same state of the ledger.

        Filters are about how an indicator stands now; what fits now is looked at then.
        Without ``then`` both are the same. ``by_lead``: with what is overdue at each lead.
        """
        from tracker.survey import overdue_by_lead, survey_of

        with self.store.view() as view:
            look = Look(view, when, self.today, self.rules)
            now = survey_of(look, where)
            if by_lead:
                now = now._replace(overdue=overdue_by_lead(look))
            if then is None:
                return Surveyed(now, now)
            fitting = {each.seen.id for each in now.cases}
            return Surveyed(
                now, survey_of(Look(view, then, self.today, self.rules), where, fitting)
            )

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
        from tracker import chronicle

        with self._look(when) as look:
            last = date.max if when == NOW else last_day(look.horizon)

            def told(record_id: str | None) -> list[Commit]:
                found = look.view.history(None if record_id is None else {record_id})
                return [each for each in found if each.at.date() <= last]

            record_id = words
            commits = told(words) if words is None or naming.is_like_an_id(words) else []
            if words is not None and not chronicle.touches(commits, words):
                record_id = naming.record_id(look.roll, words)
                commits = told(record_id)
            return list(chronicle.events(commits, record_id, deliveries=deliveries))

    def reminders(self, where: Filter, when: When, post: "Post") -> "Plan":
        """What is to be sent on a day and was not, nor is on its way."""
        from tracker import reminding

        with self._look(when) as look:
            whole = reminding.plan(look, where, post)
            receipts = list(look.view.receipts())
        return reminding.left_of(whole, receipts, self.now - post.patience)

    def forecast(self, until: date, where: Filter, when: When, post: "Post") -> "list[Forecast]":
        """What goes out from a day on up to another, if nothing is reported until then."""
        from tracker import reminding

        pending = self.reminders(where, when, post)
        with self._look(when) as look:
            return reminding.forecast(look, where, post, pending, until)

    def receipts(self, words: str | None = None) -> list[Receipt]:
        """What was sent, and what is claimed; the newest first.

        Args:
            words: only what is about this initiative or indicator; None: everything.

        Raises:
            NotFound: nothing, or more than one record, is called so.
        """
        with self.store.view() as view:
            everything = list(view.receipts())[::-1]
            if words is None:
                return everything
            ids = set(indicator_ids(view, words))
        return [each for each in everything if ids & {item.indicator for item in each.items}]

    @contextmanager
    def _look(self, when: When) -> Iterator[Look]:
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


def indicator_ids(view: View, words: str) -> list[str]:
    """The indicator that is meant, or all of the initiative that is meant.

    Raises:
        NotFound: nothing, or more than one record, is called so.
    """
    record_id = naming.record_id(view, words)
    if "." in record_id:
        return [record_id]
    return [each.id for each in view.indicators_of(record_id)]


def found(view: View, words: str) -> Initiative | Indicator:
    """The record that is meant, as it was entered.

    Raises:
        NotFound: nothing, or more than one record, is called so.
    """
    record_id = naming.record_id(view, words)
    if "." in record_id:
        return naming.the_indicator(view, record_id)
    return naming.the_initiative(view, record_id)

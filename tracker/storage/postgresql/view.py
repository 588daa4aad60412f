"""A view of the ledger in the database: questions narrowed in SQL, lines read as records."""

from collections import Counter
from collections.abc import (
    Callable,
    Collection,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from datetime import date, datetime
from itertools import count, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

import msgspec
from msgspec import Raw

from tracker.locale.translation import _
from tracker.model.codec import NOT_UNDERSTOOD, encode
from tracker.model.commits import ENTRY_TYPES, TABLE_OF, TABLES, Change, Commit
from tracker.model.filters import ALL, Filter
from tracker.model.names import fold_case_of_name, fold_name
from tracker.model.outlooks import CountedIndicators, Foreseen, ForeseenOrder, ForeseenWanted
from tracker.model.records import Document, Indicator, Initiative, Receipt, Record
from tracker.model.vocabulary import Moment
from tracker.storage.base import (
    DeadlineOrdered,
    RecordName,
    SharedParts,
    StoredT,
    View,
    ignore_sentence_of_any_store,
    say_indicator_of_any_store_lone,
)
from tracker.storage.folder.snapshot import find_snapshot_line_name
from tracker.storage.postgresql.connection import Connection
from tracker.system.overriding import override

if TYPE_CHECKING:
    from tracker.storage.postgresql.outlooks import OutlookGroup

Decoded = TypeVar("Decoded", bound=msgspec.Struct)

ROWS_AT_A_TIME = 200
"""So many are fetched at once: few enough that stopping early saves the rest."""

TURNS_END = "07000000-0000-0000-0000-000000000000"
"""Turns that a program makes come before this one; what stands behind it was put in otherwise."""

TOO_LONG = "*"
"""Stands for a word too long for an index: whatever is asked for may be in it."""

_LONGEST_WORD = 300

_LONGEST_PIECE = 200
"""Characters of a piece of evidence that are compared in the database."""

_MANY_INDICATORS = 5000
"""So many are judged in about a second."""

_TABLES: Mapping[type[Any], str] = TABLE_OF

WITH_ENTRIES: frozenset[type[Any]] = frozenset({Initiative, Indicator})
"""The kinds of records that have lists of entries."""

_MARKED_FIELDS = ("place", "lead", "person", "category", "document")
"""The fields of a filter that are narrowed by the words that occur in them."""

_NARROWING_FIELDS = (*_MARKED_FIELDS, "tag", "text")
"""The fields of a filter that leave out most of the records."""

_WHOLE = (
    "coalesce({0}.whole, tracker.put_together({0}.line, {0}.ledger, {0}.id, {0}.turn, {0}.number))"
)
"""The line of a record with its lists, put together where it is not stored yet."""

_CONTAINS = (
    "EXISTS (SELECT FROM unnest(%(texts)s::text[]) p(part)"
    " WHERE position(p.part in {0}.folded) > 0)"
)
"""One of the texts that are asked for occurs in a record."""

_CONTAINED = (
    f"{_CONTAINS.format('i')} OR EXISTS (SELECT 1 FROM tracker.indicators x"  # noqa: S608  # ours
    f" WHERE x.ledger = i.ledger AND x.owner = i.id AND {_CONTAINS.format('x')})"
)
"""One of them occurs in an initiative or in one of its indicators."""

_FIND_BY_TEXT = "SELECT tracker.find_by_text(%(ledger)s, %(texts)s, %(most)s)"

_LENGTH_OF_PAIR = 2
"""Characters that a text must have to be found by its pairs of them."""

_MOST_FOUND = 2000
"""Records up to which it is cheaper to look them up by id than to compare all with a text."""

_INITIATIVES = f"SELECT {_WHOLE.format('i')} FROM tracker.initiatives i WHERE i.ledger = %(ledger)s"  # noqa: S608
_IN_ORDER = "ORDER BY i.turn, i.number"

_OWNED = f"""
SELECT i.id, {_WHOLE.format("i")}, {_WHOLE.format("x")}, x.id,
    greatest(least(x.first_due, '9999-12-31'), '0001-01-01')
FROM tracker.indicators x
LEFT JOIN tracker.initiatives i ON i.ledger = x.ledger AND i.id = x.owner
WHERE x.ledger = %(ledger)s
"""  # noqa: S608  # all of it is written here

_CITATIONS = """
SELECT cited, sum(count)::integer FROM (
    SELECT unnest(cites) AS cited, count FROM (
        SELECT cites, count(*) FROM tracker.initiatives
        WHERE ledger = %(ledger)s AND cites IS NOT NULL GROUP BY cites
        UNION ALL
        SELECT cites, count(*) FROM tracker.indicators
        WHERE ledger = %(ledger)s AND cites IS NOT NULL GROUP BY cites
    ) alike
    UNION ALL
    SELECT unnest(tracker.list_citations(line)), count(*) FROM tracker.initiatives
    WHERE ledger = %(ledger)s AND cites IS NULL GROUP BY 1
    UNION ALL
    SELECT unnest(tracker.list_citations(line)), count(*) FROM tracker.indicators
    WHERE ledger = %(ledger)s AND cites IS NULL GROUP BY 1
) c GROUP BY cited
"""
"""How many records cite each document; a row from before an upgrade does not say it yet."""

_MOST_PLACES = 100
"""Places up to which it is cheaper to look them up than to read everything."""

_SHARING = """
SELECT s.id FROM tracker.indicators s WHERE s.ledger = %(ledger)s AND s.owner IN (
    SELECT m.owner FROM tracker.marks m
    WHERE m.ledger = %(ledger)s AND m.field = 'place' AND m.word = ANY(%(places)s)
)
UNION SELECT e.record FROM tracker.entries e WHERE e.ledger = %(ledger)s
    AND position('"evidence":' in e.line) > 0
    AND tracker.list_evidence(e.line) && %(evidence)s::text[]
UNION SELECT unnest(%(ids)s::text[])
UNION SELECT p.id FROM tracker.indicators p WHERE p.ledger = %(ledger)s
    AND position('"part_of":' in p.line) > 0
    AND tracker.as_json(p.line) ->> 'part_of' = ANY(%(wholes)s)
"""
"""The ids of the indicators that share a place, a piece of evidence or a link with others."""

_PLANS_OF_MUCH = ("enable_seqscan", "enable_bitmapscan", "enable_material", "enable_sort")
_WORKERS = "max_parallel_workers_per_gather"
"""Settings of the planner for ways that pay where much is read."""

_STORED = "{0}.ledger = %(ledger)s AND {0}.turn IS DISTINCT FROM %(making)s::uuid"
"""The commits that are stored; that of the transaction itself is there but not yet one."""

_NEWEST = f"""
SELECT o.turn, o.undoes, o.line, o.login, (
    SELECT sum(a.step) FROM tracker.commits a WHERE {_STORED.format("a")}
) - coalesce(sum(o.step) OVER (
    ORDER BY o.turn DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
), 0) AS seq
FROM tracker.commits o WHERE {_STORED.format("o")}
"""  # noqa: S608  # all of it is written here
"""The commits with their numbers, counted from the end: no more is read than is asked for."""

_OLDEST = f"""
SELECT o.turn, o.undoes, o.line, o.login, sum(o.step) OVER (ORDER BY o.turn) AS seq
FROM tracker.commits o WHERE {_STORED.format("o")}
"""  # noqa: S608  # all of it is written here

_CHANGES = """
SELECT turn, number, -1 AS position, op, kind, record, old, new
FROM tracker.changes WHERE ledger = %(ledger)s
"""
_ENTRIES = """
SELECT turn, number, position, 'append', '', record, list, line
FROM tracker.entries WHERE ledger = %(ledger)s
"""

_HEADS = f"""
SELECT c.seq, c.undoes, c.line, c.login, NULL, NULL, NULL, NULL, NULL, NULL
FROM ({_OLDEST}) c ORDER BY c.turn
"""  # noqa: S608  # all of it is written here

_HISTORY = f"""
SELECT c.seq, c.undoes, c.line, c.login, n.number, n.op, n.kind, n.record, n.old, n.new
FROM ({{commits}}) c
LEFT JOIN LATERAL (
    {_CHANGES} AND turn = c.turn UNION ALL {_ENTRIES} AND turn = c.turn
) n ON true
ORDER BY c.turn {{way}}, n.number, n.position, n.record
"""  # noqa: S608  # all of it is written here

_SUMMED_HISTORY = f"""
SELECT c.seq, c.undoes, c.line, c.login, n.number, n.op, n.kind, n.record, n.old, n.new
FROM ({_NEWEST}) c
CROSS JOIN LATERAL (
    SELECT max(number) AS last,
        count(*) FILTER (WHERE op = 'create') > %(most)s AND count(*) = max(number) AS is_large
    FROM tracker.changes WHERE ledger = %(ledger)s AND turn = c.turn
) s
LEFT JOIN LATERAL (
    SELECT h.turn, h.number, h.position, h.op, h.kind, h.record, h.old,
        CASE WHEN NOT s.is_large OR h.op <> 'create' THEN h.new END AS new
    FROM ({_CHANGES} AND turn = c.turn) h
    UNION ALL {_ENTRIES} AND turn = c.turn AND (NOT s.is_large OR number > s.last)
) n ON true
ORDER BY c.turn DESC, n.number, n.position, n.record
"""  # noqa: S608  # all of it is written here
"""The commits, newest first; a large one without what it has made records with."""

WITHIN_RANGE = "ledger = %(ledger)s AND record >= s.first AND record < s.beyond"
"""The condition on a row about a record that lies in a range of ids."""

_HISTORY_OF = f"""
SELECT c.seq, c.undoes, c.line, c.login, n.number, n.op, n.kind, n.record, n.old, n.new
FROM ({_OLDEST}) c
JOIN (
    SELECT n.* FROM unnest(%(first)s::text[], %(beyond)s::text[]) AS s(first, beyond)
    CROSS JOIN LATERAL (
        {_CHANGES} AND record >= s.first AND record < s.beyond
        UNION ALL {_ENTRIES} AND record >= s.first AND record < s.beyond
    ) n
) n ON n.turn = c.turn
ORDER BY c.turn, n.number, n.position, n.record
"""  # noqa: S608  # all of it is written here

_EDITED = """
SELECT DISTINCT record FROM tracker.changes
WHERE ledger = %(ledger)s AND op <> 'create' AND kind <> 'receipts'
"""

NUMBERED = f"""
SELECT o.id, sum(o.step) OVER (ORDER BY o.turn) AS seq
FROM tracker.commits o WHERE {_STORED.format("o")}
"""  # noqa: S608  # all of it is written here


class CommitHead(Record, kw_only=True):
    """What is stored of a commit beside its number and its changes."""

    at: Moment
    by: str | None = None
    command: str
    clock: Moment | None = None


def fold_postgres_view_texts(*texts: str) -> str:
    """Return texts as names are compared."""
    return _make_storable_for_postgres_view("\n".join(map(fold_name, texts)))


def fold_postgres_view_value(field: str, text: str) -> str:
    """Return a value of a field as it is compared, however long it is."""
    return _make_storable_for_postgres_view(
        fold_case_of_name(text) if field == "document" else fold_name(text)
    )


def fold_postgres_view_word(field: str, text: str) -> str:
    """Return a text as it stands among the words of a field."""
    word = fold_postgres_view_value(field, text)
    return word if len(word) <= _LONGEST_WORD else TOO_LONG


def cut_postgres_view_evidence(piece: str) -> str:
    """Return a piece of evidence as it stands in the index of all: only how it begins."""
    return piece[:_LONGEST_PIECE].replace("\0", "\u2400")


def _make_storable_for_postgres_view(folded: str) -> str:
    """Replace what the database has no place for: the character NUL, and no valid Unicode."""
    # What is asked for may be no valid Unicode, and then it is found nowhere.
    return folded.replace("\0", "\ufffe").encode("utf-8", "replace").decode()


class PostgresView(View, DeadlineOrdered):
    """The ledger as one transaction of the database sees it.

    Args:
        connection: inside of a transaction.
        ledger: its name.
        say: is told what is not understood and left out.
    """

    def __init__(
        self,
        connection: Connection,
        ledger: str,
        say: Callable[[str], None] = ignore_sentence_of_any_store,
    ) -> None:
        self.connection = connection
        self._say = say
        self.own: dict[str, Any] = {"ledger": ledger, "making": None}
        self._cursors = count()
        self._streams: WeakSet[Generator[tuple[Any, ...]]] = WeakSet()
        # Neither is known before the index is asked.
        self._outlook_groups: list[OutlookGroup] | None = None
        # The rules by which that was counted, and the day, as all that follows from it.
        self._counted_for: tuple[str, date] | None = None
        self._unforeseen = 0
        self._indicators = 0
        self._fitting: tuple[Filter, list[OutlookGroup]] | None = None
        self._chosen: tuple[Filter, bool] | None = None
        self._documents: dict[str, Document] | None = None

    def fetch_rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401  # columns
        """Return the answer to a query, all at once."""
        self.flush()
        return self.connection.execute(query, self.own | values).fetchall()

    def stream_rows(
        self, query: str, values: dict[str, Any], *, are_few: bool = False
    ) -> Iterator[tuple[Any, ...]]:
        """Yield the answer to a query, some rows at a time.

        Args:
            query: in SQL.
            values: its values.
            are_few: whether the first rows must come soon, in the order of an index.
        """
        rows = self._stream_rows(query, values, are_few=are_few)
        self._streams.add(rows)
        return rows

    def close_streams(self) -> None:
        """Close what was not read to its end.

        The garbage collector would close it in the middle of another statement, and wait for
        the connection for ever.
        """
        for rows in list(self._streams):
            rows.close()

    def _stream_rows(
        self, query: str, values: dict[str, Any], *, are_few: bool
    ) -> Generator[tuple[Any, ...]]:
        self.flush()
        with self.connection.cursor(f"tracker{next(self._cursors)}") as cursor:
            cursor.itersize = ROWS_AT_A_TIME
            if are_few:
                # A cursor is planned for a tenth of its rows, and here a few are wanted.
                self.connection.execute("SET LOCAL cursor_tuple_fraction = 0.0001")
            cursor.execute(query, self.own | values)
            if are_few:
                self.connection.execute("SET LOCAL cursor_tuple_fraction = DEFAULT")
            yield from cursor

    def flush(self) -> None:
        """Send what waits, before a query; a view has nothing that waits."""

    @override
    def documents(self) -> dict[str, Document]:
        # A change looks at the ledger before and after, and a large one has thousands.
        if self._documents is None:
            query = (
                "SELECT line FROM tracker.documents WHERE ledger = %(ledger)s ORDER BY turn, number"
            )
            documents = self._read_rows(Document, self.fetch_rows(query))
            self._documents = {document.id: document for document in documents}
        return dict(self._documents)

    @override
    def record(self, kind: type[StoredT], record_id: str) -> StoredT | None:
        # What has no lists may have the id of something that has.
        line = _WHOLE.format("r") if kind in WITH_ENTRIES else "r.line"
        query = (
            f"SELECT {line} FROM tracker.{_TABLES[kind]} r"  # noqa: S608  # ours
            " WHERE r.ledger = %(ledger)s AND r.id = %(id)s"
        )
        rows = self.fetch_rows(query, id=record_id)
        return next(self._read_rows(kind, rows), None)

    @override
    def names(self, part: str = "") -> Iterator[RecordName]:
        folded = fold_postgres_view_texts(part)
        ids = self._find_by_text([folded])
        condition = "position(%(part)s in folded) > 0" if ids is None else "id = ANY(%(ids)s)"
        for table in ("initiatives", "indicators"):
            query = (
                f"SELECT line FROM tracker.{table} WHERE ledger = %(ledger)s"  # noqa: S608  # ours
                f" AND {condition} ORDER BY turn, number"
            )
            rows = self.stream_rows(query, {"part": folded, "ids": ids})
            yield from self._read_rows(RecordName, rows)

    @override
    def initiatives(self, where: Filter, besides: Collection[str] = ()) -> Iterator[Initiative]:
        conditions = self._narrow(where, _Conditions("i.id", besides))
        if where.text:
            ids = self._find_by_text(conditions.values["texts"])
            if ids is None:
                conditions.add(_CONTAINED)
            else:
                owners = {record_id.partition(".")[0] for record_id in ids}
                conditions.add("i.id = ANY(%(found)s)", found=list(owners))
        query = f"{_INITIATIVES} {conditions} {_IN_ORDER}"
        yield from self._read_rows(Initiative, self.stream_rows(query, conditions.values))

    @override
    def children_of(
        self, initiative_ids: Collection[str], besides: Collection[str] = ()
    ) -> list[Initiative]:
        query = f"{_INITIATIVES} AND (i.parent = ANY(%(parents)s) OR i.id = ANY(%(besides)s))"
        values = {"parents": list(initiative_ids), "besides": list(besides)}
        rows = self.stream_rows(f"{query} {_IN_ORDER}", values)
        return list(self._read_rows(Initiative, rows))

    @override
    def linked_indicators(self, field: str) -> Iterator[Indicator]:
        query = (
            f"SELECT {_WHOLE.format('x')} FROM tracker.indicators x"  # noqa: S608  # ours
            f" WHERE x.ledger = %(ledger)s AND position('\"{field}\":' in x.line) > 0"
            " ORDER BY x.turn, x.number"
        )
        # The field stands in the query itself, as it does in the index of the parts; the planner
        # takes the few that there are for a third of all.
        rows = self.stream_rows(query, {}, are_few=True)
        for indicator in self._read_rows(Indicator, rows):
            if getattr(indicator, field) is not None:
                yield indicator

    @override
    def indicators_of(self, initiative_id: str) -> list[Indicator]:
        query = (
            f"SELECT {_WHOLE.format('x')} FROM tracker.indicators x"  # noqa: S608  # ours
            " WHERE x.ledger = %(ledger)s AND x.owner = %(id)s ORDER BY x.turn, x.number"
        )
        return list(self._read_rows(Indicator, self.fetch_rows(query, id=initiative_id)))

    @override
    def candidates(
        self,
        where: Filter,
        due_by: date | None = None,
        as_of: date | None = None,
        owners: Collection[str] | None = None,
        besides: Collection[str] = (),
    ) -> Iterator[tuple[Initiative, Indicator]]:
        conditions = _Conditions("x.owner", besides)
        self._narrow_indicators(where, due_by, as_of, conditions)
        if owners is not None:
            conditions.restrict_to(owners)
        # Whoever asks for all of them in their order may stop after a few.
        are_all = owners is None and not any(map(where.wanted, _NARROWING_FIELDS))
        pairs = self._fetch_pairs(
            conditions, "x.turn, x.number", are_few=are_all and due_by is None
        )
        for _due, initiative, indicator in pairs:
            yield initiative, indicator

    @override
    def count_citations(self) -> Mapping[str, int]:
        return dict(self.fetch_rows(_CITATIONS))

    @override
    def candidates_that_share(self, shared: SharedParts) -> Iterator[tuple[Initiative, Indicator]]:
        if shared.places is None or len(shared.places) > _MOST_PLACES:
            yield from self.candidates(Filter())
            return
        places = self._find_words(
            "place", [fold_postgres_view_value("place", place) for place in shared.places]
        )
        # First the ids alone: the planner takes the few parts for a third of all indicators, and
        # would read all of them to find those with these ids.
        rows = self.fetch_rows(
            _SHARING,
            places=places,
            evidence=[cut_postgres_view_evidence(piece) for piece in shared.evidence],
            ids=list(shared.ids),
            wholes=list(shared.wholes),
        )
        yield from self.indicators_by_id([record_id for (record_id,) in rows])

    @override
    def candidates_by_deadline(
        self, where: Filter, due_by: date, as_of: date | None
    ) -> Iterator[tuple[date, Initiative, Indicator]]:
        conditions = _Conditions("x.owner")
        self._narrow_indicators(where, due_by, as_of, conditions)
        yield from self._fetch_pairs(conditions, "x.first_due", are_few=True)

    def count_foreseen(
        self, rules: str, day: date, due_by: date | None = None
    ) -> Mapping[int, int] | None:
        """Return the marks on a day with their numbers, as ``ForeseenIndex`` says."""
        groups = self._read_outlook_groups(rules, day)
        if groups is None:
            return None
        marks: Counter[int] = Counter()
        for group in groups:
            if due_by is None or (group.deadline is not None and group.deadline <= due_by):
                marks[group.mark] += group.members
        return marks

    def _read_outlook_groups(self, rules: str, day: date) -> "list[OutlookGroup] | None":
        """Return how many stand in which way; None: so few that all are better judged."""
        from tracker.storage.postgresql import outlooks

        if self._outlook_groups is None or self._counted_for != (rules, day):
            rows = self.fetch_rows(outlooks.TALLIES, rules=rules, day=day)
            groups = [outlooks.OutlookGroup(*row) for row in rows]
            self._indicators = sum(group.members for group in groups if not group.mark)
            self._outlook_groups = [group for group in groups if group.mark]
            self._counted_for, self._fitting = (rules, day), None
        foreseen = sum(group.members for group in self._outlook_groups)
        self._unforeseen = self._indicators - foreseen
        if outlooks.are_outlooks_worth_reading(foreseen, self._indicators):
            return self._outlook_groups
        self._say_what_fills_outlooks()
        return None

    def _say_what_fills_outlooks(self) -> None:
        """Say how a question about very many indicators is answered without judging all."""
        if self._indicators > _MANY_INDICATORS:
            sentence = _(
                "Nothing is foreseen by these rules of {missing} of {count} indicators, and all are"
                " judged now; the owner of the tables makes this quicker: tracker db upgrade"
            )
            self._say(sentence.format(missing=self._unforeseen, count=self._indicators))

    def count_fitting_foreseen(
        self,
        rules: str,
        day: date,
        fields: Collection[str],
        where: Filter,
        soon: date | None = None,
    ) -> list[CountedIndicators] | None:
        """Return the indicators by fields and marks, as ``GroupedForeseenIndex`` says."""
        from tracker.storage.postgresql import outlooks

        if self._read_outlook_groups(rules, day) is None:
            return None
        are_chosen = self._choose_owners(where)
        if where != ALL:
            query = outlooks.COUNT_OF_CHOSEN if are_chosen else outlooks.COUNT_OF_ALL
            ((fitting,),) = self.fetch_rows(query, most=outlooks.MOST_JUDGED + 1)
            if fitting <= outlooks.MOST_JUDGED and fitting * 100 < self._indicators:
                return None
        if not fields and not are_chosen:
            return outlooks.count_outlook_groups(self._outlook_groups or (), where, soon)
        values = {"rules": rules, "day": day, "soon": soon}
        values |= {"due_before": where.due_before, "due_after": where.due_after}
        # What is sorted in files where it could be counted in memory takes three times as long.
        self.connection.execute("SET LOCAL work_mem = '64MB'")
        query = outlooks.compose_outlook_counts(fields, are_chosen=are_chosen)
        # What belongs to an initiative stands together in the order of ids, which is not known
        # to the planner.
        self.prefer_indexes(is_preferred=are_chosen)
        rows = self.fetch_rows(query, **values)
        self.prefer_indexes(is_preferred=False)
        self.connection.execute("SET LOCAL work_mem = DEFAULT")
        # Rows of the second kind say how many stand in which way, whatever they have in common.
        if self._fitting is None:
            groups = [outlooks.OutlookGroup(*row[2:7]) for row in rows if row[3] is not None]
            self._fitting = where, groups
        counted = [(*row[:3], *row[6:]) for row in rows if row[3] is None]
        return outlooks.read_counted_outlooks(counted)

    def rank_foreseen(
        self, rules: str, day: date, wanted: ForeseenWanted, order: ForeseenOrder, limit: int
    ) -> list[Foreseen]:
        """Return the first so many in an order, as ``ForeseenIndex`` says."""
        from tracker.storage.postgresql import outlooks

        values: dict[str, Any] = {"rules": rules, "day": day, "limit": limit}
        is_counted = self._counted_for == (rules, day)
        groups = self._outlook_groups if is_counted else None
        are_chosen = wanted.where is not None and self._choose_owners(wanted.where)
        if are_chosen:
            known = self._fitting if is_counted else None
            groups = known[1] if known is not None and known[0] == wanted.where else None
        if groups is not None:
            groups = [group for group in groups if outlooks.matches_outlook_group(wanted, group)]
            if not groups:
                return []
            wanted = outlooks.narrow_wanted_deadlines(groups, wanted, order, day, limit)
        values |= {"due_by": wanted.due_by, "due_from": wanted.due_from}
        values |= {"marks": wanted.marks, "other_marks": wanted.other_marks}
        values["one_of"] = wanted.one_of
        values |= {"among": list(wanted.among), "error": outlooks.GAP_ERROR}
        query = outlooks.compose_outlook_ranking(wanted, order, are_chosen=are_chosen)
        # How many have a mark is nothing that the planner can know: in the order of an index
        # the first of them are near.
        self.prefer_indexes(is_preferred=outlooks.is_outlook_order_indexed(wanted, order))
        rows = self.fetch_rows(query, **values)
        self.prefer_indexes(is_preferred=False)
        return [Foreseen(*row) for row in rows]

    def _choose_owners(self, where: Filter) -> bool:
        """Choose the initiatives that may fit, for the next queries; False: all may."""
        from tracker.storage.postgresql.outlooks import CHOOSE_OWNERS

        if self._chosen is None or self._chosen[0] != where:
            conditions = self._narrow(where, _Conditions("i.id"))
            if str(conditions):
                self.fetch_rows(CHOOSE_OWNERS.format(conditions), **conditions.values)
            self._chosen = where, bool(str(conditions))
        return self._chosen[1]

    def prefer_indexes(self, *, is_preferred: bool) -> None:
        """Let the next queries follow indexes, whatever the planner takes for quicker, or not."""
        # To start workers takes longer than to read what is near in an index.
        settings = dict.fromkeys(_PLANS_OF_MUCH, "off") | {_WORKERS: "0"}
        self.connection.execute(
            "; ".join(
                f"SET LOCAL {name} = {value if is_preferred else 'DEFAULT'}"
                for name, value in settings.items()
            ).encode()
        )

    def unforeseen(self, rules: str, day: date) -> Iterator[tuple[Initiative, Indicator]]:
        """Yield the indicators of which nothing was foreseen for a day."""
        from tracker.storage.postgresql import outlooks

        if self._counted_for != (rules, day):
            self._read_outlook_groups(rules, day)
        if not self._unforeseen:
            return
        # First the ids alone, which are compared without reading any line.
        rows = self.fetch_rows(outlooks.LISTED_UNFORESEEN, rules=rules, day=day)
        if len(rows) != self._unforeseen:
            query = f"SELECT x.id FROM tracker.indicators x WHERE x.ledger = %(ledger)s AND {outlooks.WITHOUT_OUTLOOK}"  # noqa: E501, S608  # ours
            rows = self.fetch_rows(query, rules=rules, day=day)
        yield from self.indicators_by_id([record_id for (record_id,) in rows])

    def list_ids_in_part(self, after: str, most: int) -> list[str]:
        """Return so many ids of indicators, in their order, from behind one of them."""
        query = (
            "SELECT id FROM tracker.indicators WHERE ledger = %(ledger)s AND id > %(after)s"
            " ORDER BY id LIMIT %(most)s"
        )
        self.prefer_indexes(is_preferred=True)
        return [record_id for (record_id,) in self.fetch_rows(query, after=after, most=most)]

    def list_without_outlook(self, rules: str, day: date, part: Sequence[str]) -> list[str]:
        """Return the ids of a part, which follow each other, of which nothing was foreseen."""
        from tracker.storage.postgresql.outlooks import WHOLE_OUTLOOKS_OF_PART

        # While the index is filled nothing that the planner knows of it is true: a part is
        # compared by the ids alone, and read by them.
        self.prefer_indexes(is_preferred=True)
        values = {"rules": rules, "day": day, "first": part[0], "last": part[-1]}
        foreseen = {key for (key,) in self.fetch_rows(WHOLE_OUTLOOKS_OF_PART, **values)}
        return [key for key in part if key not in foreseen]

    def indicators_by_id(self, ids: Collection[str]) -> Iterator[tuple[Initiative, Indicator]]:
        """Yield some indicators with their initiatives."""
        conditions = _Conditions("x.owner")
        conditions.add("x.id = ANY(%(ids)s)", ids=list(ids))
        for _due, initiative, indicator in self._fetch_pairs(conditions, "x.turn, x.number"):
            yield initiative, indicator

    def _fetch_pairs(
        self, conditions: "_Conditions", order: str, *, are_few: bool = False
    ) -> Iterator[tuple[Any, Initiative, Indicator]]:
        """Yield first deadline, initiative and indicator of those that meet the conditions."""
        query = f"{_OWNED} {conditions} ORDER BY {order}"
        # Those of one initiative stand one after another where nothing else orders them.
        owner: Initiative | None = None
        owner_line = None
        rows = self.stream_rows(query, conditions.values, are_few=are_few)
        for key, initiative, line, own_key, due in rows:
            if key is None:
                say_indicator_of_any_store_lone(own_key, self._say)
                continue
            if initiative != owner_line:
                owner, owner_line = self._read_line(Initiative, initiative), initiative
            indicator = self._read_line(Indicator, line) if owner is not None else None
            if owner is not None and indicator is not None:
                yield due, owner, indicator

    def _narrow_indicators(
        self, where: Filter, due_by: date | None, as_of: date | None, conditions: "_Conditions"
    ) -> None:
        """Add the conditions of a question about indicators."""
        if due_by is not None:
            conditions.add("x.first_due <= %(due_by)s", due_by=due_by)
        if where.text:
            texts = [fold_postgres_view_texts(text) for text in where.wanted("text")]
            ids = self._find_by_text(texts)
            if ids is None:
                conditions.add(f"{_CONTAINS.format('x')} OR {_CONTAINS.format('i')}")
            else:
                conditions.add("x.id = ANY(%(found)s) OR x.owner = ANY(%(found)s)", found=ids)
        # What never ends is kept as ended on the last day there is.
        if where.state == ("active",) and as_of is not None and as_of < date.max:
            conditions.add("x.ended > %(as_of)s AND x.owner_ended > %(as_of)s", as_of=as_of)
        self._narrow(where, conditions)

    def _narrow(self, where: Filter, conditions: "_Conditions") -> "_Conditions":
        """Add the conditions that are the same for an initiative and for its indicators."""
        for field in _MARKED_FIELDS:
            wanted = where.wanted(field)
            if wanted:
                words = self._find_words(
                    field, [fold_postgres_view_value(field, text) for text in wanted]
                )
                conditions.add_mark(
                    f"field = '{field}' AND word = ANY(%({field})s)", **{field: words}
                )
        if where.tag:
            tags = [fold_postgres_view_texts(tag) for tag in where.wanted("tag")]
            conditions.add(_CONTAINS.format("i").replace("texts", "tags"), tags=tags)
        if where.text:
            conditions.values["texts"] = [
                fold_postgres_view_texts(text) for text in where.wanted("text")
            ]
        if where.state and "active" not in where.state:
            # A state comes from a record itself or from one of those above it.
            conditions.add_mark(
                "field = 'state' AND word = ANY(%(states)s)",
                "i.parent IS NOT NULL",
                states=list(where.state),
            )
        return conditions

    def _find_by_text(self, texts: list[str]) -> list[str] | None:
        """Return the ids of the records in which one of these texts occurs; None: of many."""
        if any(len(text) < _LENGTH_OF_PAIR for text in texts):
            return None
        rows = self.fetch_rows(_FIND_BY_TEXT, texts=texts, most=_MOST_FOUND + 1)
        return [key for (key,) in rows] if len(rows) <= _MOST_FOUND else None

    def _find_words(self, field: str, parts: list[str]) -> list[str]:
        """Return the words of a field in which one of these texts occurs."""
        rows = self.fetch_rows(
            "SELECT word FROM tracker.words WHERE ledger = %(ledger)s AND field = %(field)s"
            " AND (word = %(long)s OR EXISTS ("
            "SELECT FROM unnest(%(parts)s::text[]) p(part) WHERE position(p.part in word) > 0))",
            field=field,
            parts=parts,
            long=TOO_LONG,
        )
        return [word for (word,) in rows]

    @override
    def receipts(self, since: datetime | None = None) -> Iterator[Receipt]:
        query = (
            "SELECT line FROM tracker.receipts WHERE ledger = %(ledger)s"
            " AND (%(since)s::timestamptz IS NULL OR claimed_at >= %(since)s)"
            " ORDER BY turn, number"
        )
        yield from self._read_rows(Receipt, self.stream_rows(query, {"since": since}))

    def _read_rows(self, kind: type[Decoded], rows: Iterable[tuple[Any, ...]]) -> Iterator[Decoded]:
        """Yield what lines, the first column of rows, hold, as far as it is understood."""
        for line, *_others in rows:
            record = self._read_line(kind, line)
            if record is not None:
                yield record

    def _read_line(self, kind: type[Decoded], line: str) -> Decoded | None:
        """Return what a line holds, as far as it is understood."""
        try:
            return msgspec.json.decode(line, type=kind)
        except NOT_UNDERSTOOD:
            from tracker.storage.salvage import read_or_salvage

            return read_or_salvage(kind, line, find_snapshot_line_name(line.encode()), self._say)

    @override
    def history(self, about: Collection[str] | None = None) -> Iterator[Commit]:
        if about is None:
            yield from self._fetch_commits(_HISTORY.format(commits=_OLDEST, way=""), {})
            return
        yield from self._fetch_commits(_HISTORY_OF, list_id_ranges_of_postgres_view(about))

    @override
    def history_heads(self) -> Iterator[Commit]:
        yield from self._fetch_commits(_HEADS, {})

    @override
    def add_logins(self, records: Iterable[Initiative | Indicator]) -> None:
        signed = {record.id: record for record in records}
        query = """
            SELECT e.record, e.list, e.line, c.login
            FROM tracker.entries e JOIN tracker.commits c ON c.ledger = e.ledger AND c.turn = e.turn
            WHERE e.ledger = %(ledger)s AND e.record = ANY(%(ids)s)
            ORDER BY e.record, e.list, e.turn, e.number, e.position
        """
        rows = self.fetch_rows(query, ids=list(signed))
        for (record_id, name), group in groupby(rows, itemgetter(0, 1)):
            logins = [login for _record, _list, line, login in group if is_entry_line(name, line)]
            # Those of an earlier record of the same id stand before them.
            entries = getattr(signed[record_id], name, [])
            for entry, login in zip(reversed(entries), reversed(logins), strict=False):
                entry.login = login

    @override
    def history_newest_first(self, *, most: int | None = None) -> Iterator[Commit]:
        query = _HISTORY.format(commits=_NEWEST, way="DESC") if most is None else _SUMMED_HISTORY
        yield from self._fetch_commits(query, {"most": most}, are_few=True)

    @override
    def history_of_edited(self) -> Iterator[Commit]:
        edited = [record_id for (record_id,) in self.fetch_rows(_EDITED)]
        return self.history(edited) if edited else iter(())

    def _fetch_commits(
        self, query: str, values: dict[str, Any], *, are_few: bool = False
    ) -> Iterator[Commit]:
        undone = (
            f"SELECT n.id, n.seq FROM ({NUMBERED}) n WHERE n.id IN (SELECT undoes FROM"  # noqa: S608
            " tracker.commits WHERE ledger = %(ledger)s AND undoes IS NOT NULL)"
        )
        from tracker.storage.salvage import keep_understood_changes, read_or_salvage

        numbers = {key: int(seq) for key, seq in self.fetch_rows(undone)}
        rows = self.stream_rows(query, values, are_few=are_few)
        for (seq, undone_id, line, login), changes in groupby(rows, itemgetter(0, 1, 2, 3)):
            name = _("change no. {seq}").format(seq=seq)
            head = read_or_salvage(CommitHead, line, name, self._say)
            if head is None:
                continue
            commit = Commit(
                seq=int(seq),
                at=head.at,
                by=head.by,
                command=head.command,
                undoes=numbers.get(undone_id),
                login=login,
                clock=head.clock,
                # A commit that somebody has put in by SQL may be without any change.
                changes=list(
                    decode_changes_of_postgres_view(
                        [row[4:] for row in changes if row[5] is not None]
                    )
                ),
            )
            yield keep_understood_changes(commit, self._say)


def is_entry_line(list_name: str, line: str) -> bool:
    """Tell whether the line of an entry is understood as one of its list."""
    try:
        msgspec.json.decode(line, type=ENTRY_TYPES[list_name])
    except (msgspec.MsgspecError, KeyError):
        return False
    return True


def list_id_ranges_of_postgres_view(record_ids: Collection[str]) -> dict[str, list[str]]:
    """Return the ``first`` ids and those ``beyond`` of the ranges of records and indicators."""
    ranges = sorted(set(_yield_id_ranges_of_postgres_view(record_ids)))
    return {"first": [first for first, _ in ranges], "beyond": [end for _, end in ranges]}


def _yield_id_ranges_of_postgres_view(record_ids: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield first id and end of the ranges in which these records and their indicators are."""
    for record_id in record_ids:
        owner, dot, _own = record_id.partition(".")
        if not dot:
            yield f"{record_id}.", f"{record_id}/"
        if not dot or owner not in record_ids:
            yield record_id, f"{record_id}\x01"


def decode_changes_of_postgres_view(rows: Iterable[tuple[Any, ...]]) -> Iterator[Change]:
    """Yield the changes of a commit; put the lists of a record that was made back into it.

    Args:
        rows: number, op, kind, record, old and new of each, in the order of their numbers.
    """
    for _number, group in groupby(rows, itemgetter(0)):
        made: tuple[Any, ...] | None = None
        own: list[tuple[Any, ...]] = []
        others: list[Change] = []
        for row in group:
            _n, op, kind, record, old, new = row
            if op == "append" and made is not None and record == made[3]:
                own.append(row)
            elif op == "append":
                table = "indicators" if "." in record else "initiatives"
                entry = Raw((new or "").encode())
                others.append(Change(op=op, table=table, id=record, list=old, entry=entry))
            elif op == "change":
                fields = Raw((old or "").encode()), Raw((new or "").encode())
                others.append(Change(op=op, table=kind, id=record, old=fields[0], new=fields[1]))
            else:
                made = row
        if made is not None:
            yield _decode_made_record_of_postgres_view(made, own)
        yield from others


def _decode_made_record_of_postgres_view(
    made: tuple[Any, ...], entries: list[tuple[Any, ...]]
) -> Change:
    """Return the change that makes or removes a record, with the entries it was made with."""
    _number, op, kind, record, _old, new = made
    if new is None:
        return Change(op=op, table=kind, id=record)
    lists = groupby(entries, itemgetter(4))
    parts = [f',"{name}":[{",".join(row[5] for row in rows)}]' for name, rows in lists]
    line = f"{(new or '')[:-1]}{''.join(parts)}}}".encode()
    try:
        line = encode(msgspec.json.decode(line, type=TABLES[kind]))
    except (*NOT_UNDERSTOOD, KeyError):
        # It is named by who looks through the changes.
        pass
    return Change(op=op, table=kind, id=record, record=Raw(line))


class _Conditions:
    """Conditions in SQL that every record meets which is asked for, and their values.

    Args:
        owner: what the id of the initiative is called in the query.
        besides: the ids of initiatives that need to meet none of them.
    """

    def __init__(self, owner: str, besides: Collection[str] = ()) -> None:
        self._owner = owner
        self._besides = bool(besides)
        self._conditions: list[str] = []
        self.values: dict[str, Any] = {"besides": list(besides)} if besides else {}

    def __str__(self) -> str:
        return " ".join(f"AND ({condition})" for condition in self._conditions)

    def add(self, condition: str, **values: Any) -> None:  # noqa: ANN401  # columns
        """Add a condition on the record."""
        more = f" OR {self._owner} = ANY(%(besides)s)" if self._besides else ""
        self._conditions.append(condition + more)
        self.values |= values

    def add_mark(self, mark: str, *others: str, **values: Any) -> None:  # noqa: ANN401  # columns
        """Add a condition on the marks of the initiative, or else one of the others."""
        owners = f"SELECT owner FROM tracker.marks WHERE ledger = %(ledger)s AND {mark}"  # noqa: S608
        # As one list they can still be looked up one by one; with an OR all would be read.
        owners += " UNION ALL SELECT unnest(%(besides)s::text[])" if self._besides else ""
        self._conditions.append(" OR ".join([f"{self._owner} IN ({owners})", *others]))
        self.values |= values

    def restrict_to(self, owners: Collection[str]) -> None:
        """Restrict the records to those of these initiatives, whatever is named besides."""
        self._conditions.append(f"{self._owner} = ANY(%(owners)s)")
        self.values["owners"] = list(owners)

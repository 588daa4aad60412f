"""A ledger in a PostgreSQL database, beside others, for many who write at once.

A change is a serializable transaction that is tried again when another was quicker or
the connection was lost. Its commit has an id made by the client, by which it is known
whether an attempt whose answer was lost was stored; ids and the order of commits are made
without any sequence or lock.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid4

import psycopg

from tracker.errors import (
    Conflict,
    LedgerError,
    LedgerMissing,
    LedgerTooNew,
    NotFound,
    shorten_text,
)
from tracker.locale.translation import _
from tracker.model.commits import Commit, Stamp
from tracker.storage.base import (
    Answer,
    DatabaseStore,
    FillableStore,
    Foresee,
    RecoverableStore,
    RecoveryResult,
    Store,
    Transaction,
    VerifiableStore,
    View,
    ignore_sentence_of_any_store,
)
from tracker.storage.folder.journal import SCHEMA
from tracker.storage.postgresql import schema
from tracker.storage.postgresql.connection import (
    Address,
    Server,
    ServerConnection,
    build_read_only_connection_error,
    was_connection_outrun,
)
from tracker.storage.postgresql.view import TURNS_END, PostgresView
from tracker.system.overriding import override

if TYPE_CHECKING:
    from tracker.storage.postgresql.transaction import PostgresTransaction

BATCH = 20_000

IDLE = "10min"
"""How long a change may be silent before the server gives it up."""


class _LedgerHead(NamedTuple):
    """What has to be known of a ledger before anything else.

    Attributes:
        version: of the tables; None: there are none.
        format: of the ledger; None: there is none.
        newest_turn: where its newest commit stands.
        newest_line: who made it, and when.
        foreseen_by: the rules by which it keeps what is foreseen.
        is_read_only: the server takes no changes.
    """

    version: int | None
    format: int | None
    newest_turn: UUID | None
    newest_line: str | None
    foreseen_by: str | None
    is_read_only: bool


class PostgresStore(Store, FillableStore, DatabaseStore, VerifiableStore, RecoverableStore):
    """A ledger in a database.

    Args:
        url: ``postgresql://…``, with the name of the ledger as its parameter ``ledger``.
        patience: seconds to wait for the server and for locks, and to try again where another
            writer was quicker or the server is away.
        query_timeout: seconds that one question may take; 0: any time.
        batch: rows that are held back before they are sent, where a whole ledger is copied.
        say: is told what is not understood and left out.

    Raises:
        InvalidInput: the URL is not understood.
    """

    def __init__(
        self,
        url: str,
        *,
        patience: float,
        query_timeout: float = 0,
        batch: int = BATCH,
        say: Callable[[str], None] = ignore_sentence_of_any_store,
    ) -> None:
        self._say = say
        self._batch = batch
        self._server = Server(Address(url), patience, query_timeout)
        self._ledger = self._server.address.ledger

    @property
    @override
    def place(self) -> str:
        return self._server.address.display

    @override
    def create(self) -> bool:

        def attempt(connection: ServerConnection) -> bool:
            with connection.transaction():
                self._server.limit_waits(connection, 0)
                return self._make(connection)

        return self._server.retry(attempt)

    def _make(self, connection: ServerConnection) -> bool:
        """Make the tables where there are none, and the ledger where there is none."""
        if schema.read_schema_version(connection) is None:
            schema.run_schema_migrations(connection)
        self._check_version(schema.read_schema_version(connection))
        inserted = connection.execute(
            "INSERT INTO tracker.ledgers (ledger, format) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            (self._ledger, SCHEMA),
        )
        return inserted.rowcount > 0

    @override
    @contextmanager
    def view(self) -> Iterator[View]:
        with self._server.explain_refusals(), self._server.connection() as connection:
            self._server.begin(connection, "REPEATABLE READ, READ ONLY")
            head = self._read_head(connection)
            self._check_head(head)
            view = PostgresView(connection, self._ledger, self._say)
            view.newest = str(head.newest_turn)
            try:
                yield view
            finally:
                view.close_streams()

    @override
    def transact(self, work: Callable[[Transaction], Answer], stamp: Stamp) -> Answer:
        commit_id = uuid4()
        # The answers of attempts of which it is not known whether they were stored.
        tried: dict[UUID, Answer] = {}

        def attempt(connection: ServerConnection) -> Answer:
            head = self._read_head(connection)
            self._check_head(head)
            if head.is_read_only:
                raise build_read_only_connection_error(self.place)
            stored_turn = self._find_turn(connection, commit_id) if tried else None
            if stored_turn is not None:
                return tried[stored_turn]
            transaction = self._begin_transaction(connection, head, commit_id, stamp)
            try:
                answer = work(transaction)
            finally:
                transaction.close_streams()
            if transaction.changes:
                transaction.flush()
                tried[transaction.turn] = answer
                try:
                    connection.execute("COMMIT")
                except psycopg.Error as error:
                    if was_connection_outrun(error) or isinstance(error, psycopg.IntegrityError):
                        del tried[transaction.turn]
                    raise
            return answer

        try:
            return self._server.retry(attempt)
        except LedgerError as error:
            if tried:
                raise _build_uncertain_postgres_store_error(self.place, error) from error
            raise

    def _find_turn(self, connection: ServerConnection, commit_id: UUID) -> UUID | None:
        """Return the turn in which an attempt whose answer was lost has stored a commit."""
        row = connection.execute(
            "SELECT turn FROM tracker.commits WHERE ledger = %s AND id = %s",
            (self._ledger, commit_id),
        ).fetchone()
        return row[0] if row is not None else None

    def _begin_transaction(
        self, connection: ServerConnection, head: _LedgerHead, commit_id: UUID, stamp: Stamp
    ) -> "PostgresTransaction":
        from tracker.storage.postgresql.transaction import (
            PostgresTransaction,
            choose_postgres_transaction_turn,
        )

        self._server.begin(connection, "SERIALIZABLE")
        # What a client leaves behind that went away must not stop the others for long; and a
        # server that answers before a commit is written would lose what was acknowledged.
        connection.execute(
            "SELECT set_config('idle_in_transaction_session_timeout', %s, true),"
            " set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
            " WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)",
            (IDLE,),
        )
        turn = choose_postgres_transaction_turn(head.newest_turn)
        transaction = PostgresTransaction(
            connection, self._ledger, turn, commit_id, stamp, self._say
        )
        transaction.newest_line = head.newest_line
        transaction.foreseen_by = head.foreseen_by
        return transaction

    @override
    def fill(self, commits: Iterable[Commit], prove: Callable[[View], None]) -> int:
        from tracker.storage.postgresql.bulk_load import BulkLoader

        # One transaction for all of it, which ends when the copy is proved: a ledger that
        # was made before would stay where the copy is refused.
        with self._server.explain_refusals(), self._server.connection() as connection:
            with connection.transaction():
                self._server.limit_waits(connection, 0)
                self._make(connection)
                empty = connection.execute(
                    "SELECT FROM tracker.ledgers WHERE ledger = %(ledger)s"
                    " AND NOT EXISTS (SELECT FROM tracker.commits WHERE ledger = %(ledger)s)"
                    " FOR UPDATE",
                    {"ledger": self._ledger},
                )
                if empty.fetchone() is None:
                    raise Conflict(
                        _("{place} is not empty; name a new place.").format(place=self.place)
                    )
                count = BulkLoader(connection, self._ledger, self._batch).load(commits)
                prove(PostgresView(connection, self._ledger))
            return count

    @override
    def upgrade(self) -> list[int]:

        def attempt(connection: ServerConnection) -> list[int]:
            with connection.transaction():
                self._server.limit_waits(connection, 0)
                version = schema.read_schema_version(connection)
                if version is not None and version > schema.NEWEST:
                    raise _build_newer_postgres_store_error(version, schema.NEWEST)
                return schema.run_schema_migrations(connection)

        def fill(connection: ServerConnection) -> None:
            schema.fill_whole_lines(connection, lambda: self._server.limit_waits(connection, 0))

        versions = self._server.retry(attempt)
        self._server.retry(fill)
        return versions

    @override
    def foresee(self, rules: str, day: date, foresee: Foresee) -> int:
        from tracker.storage.postgresql.outlook_filling import FilledPart, fill_outlooks

        count, after = 0, ""

        def attempt(connection: ServerConnection) -> FilledPart:
            self._check_head(self._read_head(connection))
            self._server.begin(connection, "SERIALIZABLE")
            # The last part counts the whole index, however short a question may take.
            self._server.limit_waits(connection, 0)
            view = PostgresView(connection, self._ledger, self._say)
            part = fill_outlooks(view, rules, day, foresee, after)
            connection.execute("COMMIT")
            return part

        while (part := self._server.retry(attempt)).last is not None:
            count, after = count + part.added, part.last
        return count

    @override
    def verify(self, about: Collection[str] | None = None) -> int:
        from tracker.storage.postgresql.verification import Examination, examine_by_parts

        with self.view() as view:
            assert isinstance(view, PostgresView)  # noqa: S101  # for the types
            examination = examine_by_parts(view) if about is None else Examination(view, about)
            if examination.odd or examination.altered:
                # What is wrong is named as among all, with the numbers of its changes.
                examination = Examination(view)
        error = examination.explain_faults(self.place)
        if error is not None:
            raise error
        return len(examination.seqs)

    @override
    def recover(self, stamp: Stamp) -> RecoveryResult:
        from tracker.storage.postgresql.recovery import PostgresRecovery

        def attempt(connection: ServerConnection) -> RecoveryResult:
            self._check_head(self._read_head(connection))
            with connection.transaction():
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                self._server.limit_waits(connection, 0)
                return PostgresRecovery(connection, self._ledger, self.place).recover()

        return self._server.retry(attempt)

    @override
    def list_rights(self) -> list[tuple[str, str, str]]:
        with self._server.explain_refusals(), self._server.connection() as connection:
            self._check_head(self._read_head(connection))
            return schema.read_schema_rights(connection, self._ledger)

    @override
    def grant(self, login: str, role: str, lead: str) -> None:
        with self._changing_rights(login) as connection:
            schema.grant_schema_role(connection, self._ledger, login, role, lead)

    @override
    def revoke(self, login: str) -> bool:
        with self._changing_rights(login) as connection:
            return schema.revoke_schema_rights(connection, self._ledger, login)

    @contextmanager
    def _changing_rights(self, login: str) -> Iterator[ServerConnection]:
        with self._server.explain_refusals(), self._server.connection() as connection:
            self._check_head(self._read_head(connection))
            try:
                with connection.transaction():
                    self._server.limit_waits(connection, self._server.query_timeout)
                    yield connection
            except psycopg.errors.UndefinedObject:
                raise NotFound(
                    _(
                        "The database has no login {login}; make it there:"
                        ' CREATE ROLE "{login}" LOGIN'
                    ).format(login=shorten_text(login))
                ) from None

    def _read_head(self, connection: ServerConnection) -> _LedgerHead:
        # Outside of the serializable transaction, where reading the newest commit would
        # set every writer against every other.
        row = connection.execute(
            "SELECT (SELECT max(version) FROM tracker.migrations),"
            " (SELECT format FROM tracker.ledgers WHERE ledger = %(ledger)s),"
            " (SELECT turn FROM tracker.commits WHERE ledger = %(ledger)s"
            "  AND turn < %(end)s::uuid"
            "  ORDER BY turn DESC LIMIT 1),"
            " (SELECT line FROM tracker.commits WHERE ledger = %(ledger)s"
            "  AND turn < %(end)s::uuid ORDER BY turn DESC LIMIT 1),"
            # Older tables have no such column.
            " (SELECT to_jsonb(l) ->> 'foreseen_by' FROM tracker.ledgers l"
            "  WHERE ledger = %(ledger)s),"
            " current_setting('transaction_read_only') = 'on'",
            {"ledger": self._ledger, "end": TURNS_END},
        ).fetchone()
        return _LedgerHead(*(row or (None, None, None, None, None, True)))

    def _check_head(self, head: _LedgerHead) -> None:
        self._check_version(head.version)
        if head.format is None:
            raise LedgerMissing(
                _(
                    "There is no ledger in {place}, or your login has no right in it; run:"
                    " tracker init --empty for one of your own, or: tracker init for a sample;"
                    " or name another with --db PATH, or ask its owner"
                ).format(place=self.place)
            )
        if head.format > SCHEMA:
            raise _build_newer_postgres_store_error(head.format, SCHEMA)

    def _check_version(self, version: int | None) -> None:
        if version is not None and version > schema.NEWEST:
            raise _build_newer_postgres_store_error(version, schema.NEWEST)
        if version is not None and version < schema.NEWEST:
            raise LedgerError(
                _("The tables in {place} are of an older version; run: tracker db upgrade").format(
                    place=self.place
                )
            )


def _build_uncertain_postgres_store_error(place: str, error: LedgerError) -> LedgerError:
    return LedgerError(
        _(
            "It is not certain whether the change was stored in {place}; look at the record"
            " before you go on: {reason}"
        ).format(place=place, reason=error.sentence)
    )


def _build_newer_postgres_store_error(newest: int, known: int) -> LedgerTooNew:
    return LedgerTooNew(
        _(
            "The ledger has format {found}, this program knows up to {known};"
            " install a newer tracker."
        ).format(found=newest, known=known)
    )

"""Addresses of a server, connections to it, what can go wrong with them, and new attempts."""

import logging
import math
import random
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias, TypeVar
from weakref import finalize

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tracker.errors import InvalidInput, LedgerBusy, LedgerError, Refused, TrackerError
from tracker.locale.translation import _, later
from tracker.storage.base import build_any_store_missing_error
from tracker.system.overriding import override

# What the driver logs when a connection breaks is of no use to who reads stderr.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

Answer = TypeVar("Answer")
Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"


class ServerConnection(psycopg.Connection[tuple[Any, ...]]):
    """A connection to a server that may be silent for so long only.

    Attributes:
        silence: seconds after which a server that says nothing is given up, and the connection
            with it.
    """

    silence = math.inf

    @override
    def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
        return super().wait(self._limit_silence(gen), *args, **kwargs)

    def _limit_silence(self, waiting: Generator[Any, Any, Answer]) -> Generator[Any, Any, Answer]:
        """Pass on what the driver waits for, and how it is ready, as long as it is in time."""
        ready, until = None, time.monotonic() + self.silence
        while True:
            try:
                wanted = waiting.send(ready)
            except StopIteration as done:
                answer: Answer = done.value
                return answer
            ready = yield wanted
            if ready:
                until = time.monotonic() + self.silence
            elif time.monotonic() > until:
                self.close()
                raise psycopg.OperationalError(
                    _("the server has said nothing for {count} seconds").format(
                        count=f"{self.silence:g}"
                    )
                )


_OUTRUN_STATES = ("40001", "40P01", "23505", "55P03")
"""SQLSTATEs by which another writer was quicker; the work is done again on what there is then."""

_LOST_STATES = ("08", "57P")
"""Beginnings of SQLSTATEs: the connection broke, or the server is going down or coming up."""

_STARTING = ("starting up", "not yet accepting", "in recovery mode", "正在启动", "恢复模式")
"""The words of a server that will answer soon; before a session there is no SQLSTATE."""

_WAITS = ("55P03", "57014")
"""SQLSTATEs by which the server ended what waited for a lock, or took too long."""

_REFUSALS = {
    "42501": later(
        "Your login in {place} may not do this ({reason}); ask the owner of its"
        " tables for the right, who gives it by: tracker db grant"
    ),
    "22008": later(
        "The clocks of this machine and of the server of {place} differ by more than a day;"
        " nothing was stored; set the one that is wrong."
    ),
    "23514": later(
        "The database {place} does not let this in: {reason}; nothing was stored; if its tables"
        " are of an older tracker, its owner renews them with: tracker db upgrade"
    ),
}
_REFUSALS["23503"] = _REFUSALS["23514"]
"""What is said where the server refuses a change, by its SQLSTATE."""

_TIME_POLICY = '"told_now"'
"""The policy by which a server refuses what would count as known since another time than now."""

_SHORTEST_CONNECTING = 2
"""Seconds; libpq takes less for this."""

_LONGEST_PAUSE, _FIRST_PAUSE = 0.5, 0.005
"""Seconds between attempts."""

_LONGEST_REASON = 300


class TryAgain(Exception):
    """Another attempt is needed, as if another writer had been quicker."""


class Address:
    """Where a ledger is: a URL as libpq knows it, and the name of the ledger in the database.

    Args:
        url: ``postgresql://…``; its parameter ``ledger`` is ours, all others are libpq's.

    Raises:
        InvalidInput: it is not understood; what it holds is not repeated, for it may be
            a password.
    """

    def __init__(self, url: str) -> None:
        base, _mark, query = url.partition("?")
        pairs = [pair for pair in query.split("&") if pair]
        own = [pair for pair in pairs if pair.partition("=")[0] == "ledger"]
        name = own[-1].partition("=")[2] if own else "default"
        others = "&".join(pair for pair in pairs if pair not in own)
        self.conninfo = f"{base}?{others}" if others else base
        try:
            self._parts = conninfo_to_dict(self.conninfo)
            # libpq reads a name as it reads all that stands in a URL.
            self.ledger = str(conninfo_to_dict(f"postgresql:///?dbname={name}").get("dbname", ""))
        except psycopg.ProgrammingError:
            raise _build_connection_url_error() from None
        # A password that is not written as it must be ends up in one of these.
        places = {str(self._parts.get(key, "")) for key in ("host", "hostaddr", "dbname")}
        ports = str(self._parts.get("port", "")).replace(",", "")
        is_odd = any("@" in place for place in places) or not (ports.isdigit() or not ports)
        if is_odd or not self.ledger or "\0" in self.ledger:
            raise _build_connection_url_error()

    @property
    def has_several_hosts(self) -> bool:
        """Tell whether one may take over from another."""
        return "," in str(self._parts.get("host", ""))

    def sets(self, parameter: str) -> bool:
        """Tell whether the URL gives a parameter of libpq."""
        return self._parts.get(parameter) is not None

    @property
    def display(self) -> str:
        """Return the address for people, without user and password."""
        hosts = str(self._parts.get("host", "")).split(",")
        ports = str(self._parts.get("port", "")).split(",")
        ports += ports[-1:] * (len(hosts) - len(ports))
        database = self._parts.get("dbname", "")
        if any(host.startswith("/") for host in hosts):
            # The folder of a socket would be taken for the path of a URL.
            port = f"&port={','.join(ports)}" if any(ports) else ""
            return f"postgresql:///{database}?host={','.join(hosts)}{port}&ledger={self.ledger}"
        places = [f"{h}:{p}" if p else h for h, p in zip(hosts, ports, strict=False)]
        return f"postgresql://{','.join(places)}/{database}?ledger={self.ledger}"


def _build_connection_url_error() -> InvalidInput:
    return InvalidInput(
        _(
            "The URL of the database is not understood; write"
            " postgresql://USER@HOST/DATABASE?ledger=NAME, and special characters in a"
            " password as %XX."
        )
    )


class Server:
    """A server at one address; one connection to it is kept for the next question.

    Args:
        address: where the ledger is.
        patience: seconds to wait for the server, for a lock, and to try again where another
            writer was quicker or the server is away.
        query_timeout: seconds that one question may take; 0: any time.
    """

    def __init__(self, address: Address, patience: float, query_timeout: float = 0) -> None:
        self.address = address
        self.patience = patience
        self.query_timeout = query_timeout
        self._idle: list[ServerConnection] = []
        # Of several hosts one takes over from another, which takes a while.
        self._is_reached = address.has_several_hosts
        finalize(self, _close_connections, self._idle)

    @contextmanager
    def connection(self) -> Iterator[ServerConnection]:
        """Lend a connection outside of any transaction, for one use at a time."""
        connection = self._idle.pop() if self._idle else self._connect()
        # Before a question or change begins, the server has little to do.
        connection.silence = max(self.patience, _SHORTEST_CONNECTING)
        try:
            yield connection
        finally:
            with suppress(psycopg.Error):
                connection.rollback()
            if connection.closed or self._idle:
                connection.close()
            else:
                self._idle.append(connection)

    def _connect(self) -> ServerConnection:
        """Connect; a server that says that it is starting is waited for."""
        until = time.monotonic() + self.patience
        while True:
            try:
                connection = ServerConnection.connect(
                    self.address.conninfo,
                    autocommit=True,
                    # A pooler in between may give every statement to another connection.
                    prepare_threshold=None,
                    client_encoding="utf8",
                    fallback_application_name="tracker",
                    **self._limits(),  # type: ignore[arg-type]  # of libpq
                )
            except psycopg.OperationalError as error:
                if not _is_connection_starting(error) or time.monotonic() > until:
                    raise
                time.sleep(_LONGEST_PAUSE)
            else:
                self._is_reached = True
                return connection

    def _limits(self) -> dict[str, int]:
        """Return how long to wait for a server that says nothing, unless its URL says so."""
        seconds = max(math.ceil(self.patience), _SHORTEST_CONNECTING)
        limits = {"connect_timeout": seconds, "tcp_user_timeout": seconds * 1000}
        return {name: limit for name, limit in limits.items() if not self.address.sets(name)}

    def begin(self, connection: ServerConnection, level: str) -> None:
        """Begin a transaction in which the server ends what takes too long."""
        connection.execute(f"BEGIN ISOLATION LEVEL {level}")
        self.limit_waits(connection, self.query_timeout)

    def limit_waits(self, connection: ServerConnection, seconds: float) -> None:
        """Limit how long a transaction waits for locks, and a statement of it takes.

        Nothing that others have made in a schema of their own stands for what a statement names.
        No statement is compiled, which takes longer than the longest of them saves.

        Args:
            connection: inside of a transaction.
            seconds: of one statement; 0: any time.
        """
        connection.silence = self.patience + seconds if seconds else math.inf
        connection.execute(
            "SELECT set_config('lock_timeout', %s, true),"
            " set_config('statement_timeout', %s, true), set_config('jit', 'off', true),"
            " set_config('search_path', 'pg_catalog, pg_temp', true)",
            (f"{max(self.patience, 0.001) * 1000:.0f}", f"{seconds * 1000:.0f}"),
        )

    def retry(self, attempt: Callable[[ServerConnection], Answer]) -> Answer:
        """Attempt it again and again while another writer is quicker or the server is away.

        A single server that was never reached is not waited for.

        Raises:
            LedgerBusy: it did not come to an end within the patience.
            LedgerError: the database cannot be used.
        """
        until = time.monotonic() + self.patience
        pause = _FIRST_PAUSE
        while True:
            try:
                with self.connection() as connection:
                    return attempt(connection)
            except (psycopg.Error, TryAgain) as error:
                may_succeed = was_connection_outrun(error) or (
                    self._is_reached and _is_connection_lost(error)
                )
                if not may_succeed:
                    raise self.explain_error(error) from error
                if time.monotonic() > until:
                    raise self._explain_giving_up(error) from error
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  # no secret, only spread
            pause = min(pause * 2, _LONGEST_PAUSE)

    @contextmanager
    def explain_refusals(self) -> Iterator[None]:
        """Turn what the server refuses into one sentence.

        Raises:
            TrackerError: a psycopg.Error was raised inside.
        """
        try:
            yield
        except psycopg.Error as error:
            raise self.explain_error(error) from error

    def explain_error(self, error: Exception) -> TrackerError:
        """Build the error for a failure that is not tried again."""
        place, reason = self.address.display, _format_connection_reason(error)
        state = getattr(error, "sqlstate", None) or ""
        if state in _WAITS:
            return self._explain_wait(state)
        if state in {"42P01", "3F000"}:
            return build_any_store_missing_error(place)
        if state == "25006":
            return build_read_only_connection_error(place)
        if _TIME_POLICY in reason:
            state = "22008"
        if state in _REFUSALS:
            return Refused(_(_REFUSALS[state]).format(place=place, reason=reason))
        return LedgerError(
            _("The database {place} cannot be used: {reason}; {advice}.").format(
                place=place, reason=reason, advice=_advise_on_connection(reason)
            )
        )

    def _explain_wait(self, state: str) -> LedgerBusy:
        sentence = _(
            "Others have locked the tables of {place} for more than {count} seconds (patience);"
            " try again when they are done."
        )
        count = self.patience
        if state == "57014":
            sentence = _(
                "{place} has not answered a question within {count} seconds (query_timeout); ask"
                " for less, or set a longer time."
            )
            count = self.query_timeout
        return LedgerBusy(sentence.format(place=self.address.display, count=f"{count:g}"))

    def _explain_giving_up(self, error: Exception) -> LedgerError:
        if was_connection_outrun(error):
            return LedgerBusy(
                _("Others keep changing {place} at the same place; try again.").format(
                    place=self.address.display
                )
            )
        return LedgerError(
            _(
                "The database {place} went away and did not come back ({reason}); try again when"
                " its server runs."
            ).format(place=self.address.display, reason=_format_connection_reason(error))
        )


def build_read_only_connection_error(place: str) -> LedgerError:
    """Build the error for a change on a server that only answers questions."""
    return LedgerError(
        _(
            "The server of {place} takes no changes, it is a standby or read-only; name its"
            " primary, or all hosts with target_session_attrs=read-write."
        ).format(place=place)
    )


def _close_connections(connections: list[ServerConnection]) -> None:
    for connection in connections:
        connection.close()


def was_connection_outrun(error: Exception) -> bool:
    """Tell whether an attempt has failed for certain, and only because of other writers."""
    return isinstance(error, TryAgain) or getattr(error, "sqlstate", None) in _OUTRUN_STATES


def _is_connection_lost(error: Exception) -> bool:
    state = getattr(error, "sqlstate", None)
    if state is None:
        return isinstance(error, psycopg.OperationalError)
    return str(state).startswith(_LOST_STATES)


def _is_connection_starting(error: psycopg.OperationalError) -> bool:
    return any(words in str(error) for words in _STARTING)


def _format_connection_reason(error: Exception) -> str:
    """Return the server's own words, in one line."""
    diagnosis = getattr(error, "diag", None)
    message = getattr(diagnosis, "message_primary", None) or str(error) or type(error).__name__
    words = " ".join(message.split())
    # Of several hosts the last is the one that may say most.
    return words if len(words) <= _LONGEST_REASON else "…" + words[-_LONGEST_REASON:]


def _advise_on_connection(reason: str) -> str:
    """Return what to check, by the words of servers and libpq; else all of it."""
    words = reason.lower()
    if any(part in words for part in _STARTING):
        return _("try again when its server has started")
    if "password" in words or "authentication" in words or "pg_hba" in words:
        return _("check the user and the password, e.g. in the file that PGPASSFILE names")
    if "database" in words and "not exist" in words:
        return _("check the name of the database in the URL")
    if "role" in words and "not exist" in words:
        return _("check the user in the URL")
    if "refused" in words or "no such file" in words or "timeout" in words or "resolve" in words:
        return _("check the host and port in the URL, and whether the server runs")
    return _("check host, port, database and user in the URL, and whether the server runs")

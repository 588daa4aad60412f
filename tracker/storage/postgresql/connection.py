"""The way to a server: addresses, connections, what can go wrong on it, and trying again."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias, TypeVar
from weakref import finalize

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tracker.errors import (
    InvalidInput,
    LedgerBusy,
    LedgerError,
    LedgerMissing,
    Refused,
    TrackerError,
)
from tracker.locale.translation import _

# What the driver passes over when a connection breaks is no news for who reads stderr.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

Answer = TypeVar("Answer")
Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"

_QUICKER = ("40001", "40P01", "23505", "55P03")
"""Another writer was quicker; the work is done again on what there is then."""

_LOST = ("08", "57P")
"""The connection broke, or the server is going down or coming up."""

_LONGEST_PAUSE, _FIRST_PAUSE = 0.5, 0.005


class Again(Exception):
    """What was read calls for another try, as if another writer had been quicker."""


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
        pairs = [each for each in query.split("&") if each]
        own = [each for each in pairs if each.partition("=")[0] == "ledger"]
        named = own[-1].partition("=")[2] if own else "default"
        others = "&".join(each for each in pairs if each not in own)
        self.conninfo = f"{base}?{others}" if others else base
        try:
            self._parts = conninfo_to_dict(self.conninfo)
            # libpq reads a name as it reads all that stands in a URL.
            self.ledger = str(conninfo_to_dict(f"postgresql:///?dbname={named}").get("dbname", ""))
        except psycopg.ProgrammingError:
            raise _not_understood() from None
        # A password that is not written as it must be ends up in one of these.
        places = {str(self._parts.get(each, "")) for each in ("host", "hostaddr", "dbname")}
        ports = str(self._parts.get("port", "")).replace(",", "")
        is_odd = any("@" in each for each in places) or not (ports.isdigit() or not ports)
        if is_odd or not self.ledger or "\0" in self.ledger:
            raise _not_understood()

    @property
    def has_several_hosts(self) -> bool:
        """Whether one may take over from another."""
        return "," in str(self._parts.get("host", ""))

    @property
    def shown(self) -> str:
        """The address for people, without user and password."""
        hosts = str(self._parts.get("host", "")).split(",")
        ports = str(self._parts.get("port", "")).split(",")
        ports += ports[-1:] * (len(hosts) - len(ports))
        database = self._parts.get("dbname", "")
        if any(each.startswith("/") for each in hosts):
            # The folder of a socket would be taken for the path of a URL.
            port = f"&port={','.join(ports)}" if any(ports) else ""
            return f"postgresql:///{database}?host={','.join(hosts)}{port}&ledger={self.ledger}"
        places = [f"{h}:{p}" if p else h for h, p in zip(hosts, ports, strict=False)]
        return f"postgresql://{','.join(places)}/{database}?ledger={self.ledger}"


def _not_understood() -> InvalidInput:
    return InvalidInput(
        _(
            "The URL of the database is not understood; write"
            " postgresql://USER@HOST/DATABASE?ledger=NAME, and special characters in a"
            " password as %XX."
        )
    )


class Link:
    """The connections to one address; one of them is kept for the next question.

    Args:
        address: where the ledger is.
        patience: seconds to try again where another writer was quicker or the server is away.
    """

    def __init__(self, address: Address, patience: float) -> None:
        self.address = address
        self.patience = patience
        self._idle: list[Connection] = []
        # Of several hosts one takes over from another, which takes a while.
        self._is_reached = address.has_several_hosts
        finalize(self, _close, self._idle)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection outside of any transaction, for one use at a time."""
        connection = self._idle.pop() if self._idle else self._connected()
        try:
            yield connection
        finally:
            with suppress(psycopg.Error):
                connection.rollback()
            if connection.closed or self._idle:
                connection.close()
            else:
                self._idle.append(connection)

    def _connected(self) -> Connection:
        connection = psycopg.connect(
            self.address.conninfo,
            autocommit=True,
            # A pooler in between may give every statement to another connection.
            prepare_threshold=None,
            client_encoding="utf8",
            fallback_application_name="tracker",
        )
        self._is_reached = True
        return connection

    def trying(self, attempt: Callable[[Connection], Answer]) -> Answer:
        """Do it, again and again while another writer is quicker or the server is away.

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
            except (psycopg.Error, Again) as error:
                wants_more = was_quicker(error) or (self._is_reached and _is_lost(error))
                if not wants_more:
                    raise self.explained(error) from error
                if time.monotonic() > until:
                    raise self._given_up(error) from error
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  # no secret, only spread
            pause = min(pause * 2, _LONGEST_PAUSE)

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Turn what the server refuses into one sentence."""
        try:
            yield
        except psycopg.Error as error:
            raise self.explained(error) from error

    def explained(self, error: Exception) -> TrackerError:
        """What to raise for a failure that is not tried again."""
        place, reason = self.address.shown, _reason(error)
        state = getattr(error, "sqlstate", None) or ""
        if state in {"42P01", "3F000"}:
            return LedgerMissing(
                _("There is no ledger in {place}; run: tracker init").format(place=place)
            )
        if state == "42501":
            return Refused(
                _(
                    "Your login in {place} may not do this ({reason}); ask the owner of its"
                    " tables for the right, who gives it by: tracker db grant"
                ).format(place=place, reason=reason)
            )
        if state == "25006":
            return takes_no_changes(place)
        return LedgerError(
            _("The database {place} cannot be used: {reason}; {advice}.").format(
                place=place, reason=reason, advice=_advice(reason)
            )
        )

    def _given_up(self, error: Exception) -> LedgerError:
        if was_quicker(error):
            return LedgerBusy(
                _("Others keep changing {place} at the same place; try again.").format(
                    place=self.address.shown
                )
            )
        return LedgerError(
            _(
                "The database {place} went away and did not come back ({reason}); try again when"
                " its server runs."
            ).format(place=self.address.shown, reason=_reason(error))
        )


def takes_no_changes(place: str) -> LedgerError:
    """What to raise for a change on a server that only answers questions."""
    return LedgerError(
        _(
            "The server of {place} takes no changes, it is a standby or read-only; name its"
            " primary, or all hosts with target_session_attrs=read-write."
        ).format(place=place)
    )


def _close(idle: list[Connection]) -> None:
    for each in idle:
        each.close()


def was_quicker(error: Exception) -> bool:
    """Whether a try has failed for certain, and only because of other writers."""
    return isinstance(error, Again) or getattr(error, "sqlstate", None) in _QUICKER


def _is_lost(error: Exception) -> bool:
    state = getattr(error, "sqlstate", None)
    if state is None:
        return isinstance(error, psycopg.OperationalError)
    return str(state).startswith(_LOST)


def _reason(error: Exception) -> str:
    """The server's own words, in one line."""
    diagnosis = getattr(error, "diag", None)
    said = getattr(diagnosis, "message_primary", None) or str(error) or type(error).__name__
    words = " ".join(said.split())
    # Of several hosts the last is the one that may say most.
    return words if len(words) <= _LONGEST_REASON else "…" + words[-_LONGEST_REASON:]


_LONGEST_REASON = 300


def _advice(reason: str) -> str:
    """What to check, by what servers and libpq are known to say; else all of it."""
    said = reason.lower()
    if "password" in said or "authentication" in said or "pg_hba" in said:
        return _("check the user and the password, e.g. in the file that PGPASSFILE names")
    if "database" in said and "not exist" in said:
        return _("check the name of the database in the URL")
    if "role" in said and "not exist" in said:
        return _("check the user in the URL")
    if "refused" in said or "no such file" in said or "timeout" in said or "resolve" in said:
        return _("check the host and port in the URL, and whether the server runs")
    return _("check host, port, database and user in the URL, and whether the server runs")

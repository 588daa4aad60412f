"""The tables of the database: made by numbered files, forwards only; and who may use them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from psycopg import sql

from tracker.model.commits import TABLES
from tracker.storage.folder.journal import SCHEMA
from tracker.storage.postgresql.connection import Connection

FILES = sorted((Path(__file__).parent / "migrations").glob("*.sql"))
"""What makes the tables, in the order of their numbers."""

NEWEST = int(FILES[-1].stem)

_ADDED = ("commits", "changes", "entries", "words", "marks")
"""The tables to which a keeper adds; what happened is never changed."""

_KEPT = tuple(TABLES)
"""The tables of records, which a keeper changes."""


def version_of(connection: Connection) -> int | None:
    """The number of the newest file that was run; None where there is no table yet."""
    found: Any = connection.execute(
        "SELECT to_regclass('tracker.migrations') IS NOT NULL"
    ).fetchone()
    if not found[0]:
        return None
    newest: Any = connection.execute("SELECT max(version) FROM tracker.migrations").fetchone()
    return int(newest[0])


def upgrade(connection: Connection, files: Sequence[Path] = tuple(FILES)) -> list[int]:
    """Run those of these files that were not run yet; their numbers.

    All of them are run in the transaction of the caller, or none.
    """
    version = version_of(connection) or 0
    fresh = [each for each in files if int(each.stem) > version]
    for each in fresh:
        connection.execute(each.read_text("utf-8").encode())
        connection.execute("INSERT INTO tracker.migrations VALUES (%s)", (int(each.stem),))
    if fresh:
        connection.execute("UPDATE tracker.ledgers SET format = %s", (SCHEMA,))
        known = connection.execute("SELECT DISTINCT login, role FROM tracker.rights").fetchall()
        for login, role in known:
            _allow(connection, login, role)
    return [int(each.stem) for each in fresh]


def grant(connection: Connection, ledger: str, login: str, role: str, lead: str) -> None:
    """Make a role that of a login in one ledger; a reporter has one lead more."""
    connection.execute(
        "DELETE FROM tracker.rights WHERE ledger = %s AND login = %s"
        " AND NOT (role = %s AND role = 'reporter')",
        (ledger, login, role),
    )
    connection.execute(
        "INSERT INTO tracker.rights (ledger, login, role, lead) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        (ledger, login, role, lead),
    )
    _allow(connection, login, role)


def rights(connection: Connection, ledger: str) -> list[tuple[str, str, str]]:
    """Login, role and lead of all who have rights in a ledger, as far as one may know."""
    found: Any = connection.execute(
        "SELECT login, role, lead FROM tracker.rights WHERE ledger = %s ORDER BY login, role, lead",
        (ledger,),
    )
    return list(found)


def revoke(connection: Connection, ledger: str, login: str) -> bool:
    """Take all rights in one ledger from a login; whether it had any."""
    gone = connection.execute(
        "DELETE FROM tracker.rights WHERE ledger = %s AND login = %s", (ledger, login)
    )
    left = connection.execute("SELECT 1 FROM tracker.rights WHERE login = %s", (login,)).fetchone()
    if left is None:
        for what in ("ALL ON ALL TABLES IN SCHEMA tracker", "ALL ON SCHEMA tracker"):
            _run(connection, f"REVOKE {what} FROM {{}}", login)
    return gone.rowcount > 0


def _allow(connection: Connection, login: str, role: str) -> None:
    """What a role may do in any ledger; in which ones, the policies of the tables say."""
    _run(connection, "GRANT USAGE ON SCHEMA tracker TO {}", login)
    _run(connection, "GRANT SELECT ON ALL TABLES IN SCHEMA tracker TO {}", login)
    if role == "reporter":
        _run(connection, "GRANT INSERT ON tracker.entries, tracker.commits TO {}", login)
    elif role == "keeper":
        for table in _ADDED:
            _run(connection, f"GRANT INSERT ON tracker.{table} TO {{}}", login)
        for table in _KEPT:
            _run(connection, f"GRANT INSERT, UPDATE, DELETE ON tracker.{table} TO {{}}", login)


def _run(connection: Connection, statement: str, login: str) -> None:
    connection.execute(sql.SQL(statement).format(sql.Identifier(login)))

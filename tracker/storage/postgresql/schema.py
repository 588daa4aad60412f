"""Make the tables of the database by numbered files, forwards only, and say who may use them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from psycopg import sql

from tracker.storage.folder.journal import SCHEMA
from tracker.storage.postgresql.connection import Connection

MIGRATIONS = sorted((Path(__file__).parent / "migrations").glob("*.sql"))
"""The migrations, in the order of their numbers."""

NEWEST = int(MIGRATIONS[-1].stem)

_APPENDED_TABLES = ("commits", "changes", "entries", "words", "marks", "outlooks")
"""The tables to which a keeper adds; from its changes triggers write the tables of records."""

_LINES_AT_A_TIME = 2000

_FILL_WHOLE_LINES = """
WITH part AS (
    SELECT ledger, id FROM tracker.{table} WHERE (ledger, id) > (%s, %s)
    ORDER BY ledger, id LIMIT %s
), filled AS (
    -- A trigger puts the line together; what another has written meanwhile has one.
    UPDATE tracker.{table} r SET whole = NULL FROM part p
    WHERE r.ledger = p.ledger AND r.id = p.id AND r.whole IS NULL
)
SELECT ledger, id FROM part ORDER BY ledger DESC, id DESC LIMIT 1
"""


def read_schema_version(connection: Connection) -> int | None:
    """Return the number of the newest file that was run; None where there is no table yet."""
    exists: Any = connection.execute(
        "SELECT to_regclass('tracker.migrations') IS NOT NULL"
    ).fetchone()
    if not exists[0]:
        return None
    newest: Any = connection.execute("SELECT max(version) FROM tracker.migrations").fetchone()
    return int(newest[0])


def run_schema_migrations(
    connection: Connection, files: Sequence[Path] = tuple(MIGRATIONS)
) -> list[int]:
    """Run those of these files that were not run yet; return their numbers.

    All of them are run in the transaction of the caller, or none.
    """
    from tracker.storage.postgresql.admission import renew_admission_function

    version = read_schema_version(connection) or 0
    new_files = [file for file in files if int(file.stem) > version]
    for file in new_files:
        connection.execute(file.read_text("utf-8").encode())
        connection.execute("INSERT INTO tracker.migrations VALUES (%s)", (int(file.stem),))
    renew_admission_function(connection)
    if new_files:
        connection.execute("UPDATE tracker.ledgers SET format = %s", (SCHEMA,))
        roles = connection.execute("SELECT DISTINCT login, role FROM tracker.rights").fetchall()
        for login, role in roles:
            _grant_schema_tables(connection, login, role)
    return [int(file.stem) for file in new_files]


def fill_whole_lines(connection: Connection, begin: Callable[[], None]) -> None:
    """Put together the lines of rows from before they were stored, some at a time.

    Each part is a transaction of its own, so that nobody has to wait for all of them.

    Args:
        connection: outside of any transaction.
        begin: is called in each transaction.
    """
    for table in ("initiatives", "indicators"):
        last: Any = ("", "")
        while last is not None:
            with connection.transaction():
                begin()
                query = _FILL_WHOLE_LINES.format(table=table).encode()
                last = connection.execute(query, (*last, _LINES_AT_A_TIME)).fetchone()


def grant_schema_role(
    connection: Connection, ledger: str, login: str, role: str, lead: str
) -> None:
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
    _grant_schema_tables(connection, login, role)


def read_schema_rights(connection: Connection, ledger: str) -> list[tuple[str, str, str]]:
    """List login, role and lead of all who have rights in a ledger, as far as one may know.

    The owner sees all of them, others their own.
    """
    rows: Any = connection.execute(
        "SELECT login, role, lead FROM tracker.rights WHERE ledger = %s ORDER BY login, role, lead",
        (ledger,),
    )
    return list(rows)


def revoke_schema_rights(connection: Connection, ledger: str, login: str) -> bool:
    """Take all rights in one ledger from a login; return whether it had any.

    The grants on the tables go with its last ledger.
    """
    deleted = connection.execute(
        "DELETE FROM tracker.rights WHERE ledger = %s AND login = %s", (ledger, login)
    )
    remaining = connection.execute(
        "SELECT 1 FROM tracker.rights WHERE login = %s", (login,)
    ).fetchone()
    if remaining is None:
        for privilege in ("ALL ON ALL TABLES IN SCHEMA tracker", "ALL ON SCHEMA tracker"):
            _execute_schema_statement(connection, f"REVOKE {privilege} FROM {{}}", login)
    return deleted.rowcount > 0


def _grant_schema_tables(connection: Connection, login: str, role: str) -> None:
    """Grant what a role may do in any ledger; in which ones, the policies of the tables say."""
    _execute_schema_statement(connection, "GRANT USAGE ON SCHEMA tracker TO {}", login)
    _execute_schema_statement(
        connection, "GRANT SELECT ON ALL TABLES IN SCHEMA tracker TO {}", login
    )
    if role == "reporter":
        _execute_schema_statement(
            connection,
            "GRANT INSERT ON tracker.entries, tracker.commits, tracker.outlooks TO {}",
            login,
        )
    elif role == "keeper":
        for table in _APPENDED_TABLES:
            _execute_schema_statement(connection, f"GRANT INSERT ON tracker.{table} TO {{}}", login)


def _execute_schema_statement(connection: Connection, statement: str, login: str) -> None:
    """Execute a statement with the login in the place of its braces."""
    connection.execute(sql.SQL(statement).format(sql.Identifier(login)))

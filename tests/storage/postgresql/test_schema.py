"""The tables of a database, and the rights in them, as versions and keepers come and go."""

from pathlib import Path
from uuid import uuid4

import psycopg
from cluster import Cluster
from program import Program
from psycopg import sql

from tracker.storage.postgresql.schema import MIGRATIONS, run_schema_migrations


def login(database: Cluster) -> str:
    name = f"keeper-{uuid4().hex[:8]}"
    database.sql(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'x'")
    return name


def test_a_new_table_can_be_read_by_all_who_had_rights(
    program: Program, database: Cluster, tmp_path: Path
) -> None:
    url, name = database.url(uuid4().hex), login(database)
    assert program(f"--db {url} init --empty").code == 0
    assert program(f"--db {url} db grant keeper {name}").code == 0
    newer = tmp_path / f"{int(MIGRATIONS[-1].stem) + 1:04}.sql"
    newer.write_text("CREATE TABLE tracker.opinions (ledger text);", "utf-8")
    may = sql.SQL("SELECT has_table_privilege({}, 'tracker.opinions', 'SELECT')").format(name)
    with psycopg.connect(url.partition("?")[0], user="postgres") as connection:
        assert run_schema_migrations(connection, [*MIGRATIONS, newer]) == [int(newer.stem)]
        assert connection.execute(may).fetchone() == (True,)
        assert run_schema_migrations(connection, [*MIGRATIONS, newer]) == []
        # Other tests share the server: it never came to be.
        connection.rollback()


def test_rights_in_another_ledger_are_kept(program: Program, database: Cluster) -> None:
    one, two = database.url(uuid4().hex), database.url(uuid4().hex)
    name = login(database)
    for url in (one, two):
        assert program(f"--db {url} init --empty").code == 0
        assert program(f"--db {url} db grant keeper {name}").code == 0
    assert program(f"--db {one} db revoke {name}").code == 0
    own = {url: url.replace("user=postgres", f"user={name}&password=x") for url in (one, two)}
    assert program(f"--db {own[two]}", "add", "道路", "--id", "roads").code == 0
    assert program(f"--db {own[one]}", "add", "道路", "--id", "roads").code != 0
    assert program(f"--db {two} db revoke {name}").code == 0
    assert program(f"--db {own[two]} list").code == 4

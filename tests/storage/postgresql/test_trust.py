"""What a login may write by SQL alone: nothing under another's name, nothing but changes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cluster import Cluster
from contract import create_records, read_store, sample_records
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from program import Done, Program

from tracker.model.codec import encode
from tracker.model.commits import LIST_OF, Stamp
from tracker.model.records import Entry, Initiative, Interim, Revision, Update
from tracker.storage.base import DatabaseStore, Store
from tracker.storage.open_store import open_store
from tracker.storage.postgresql.transaction import choose_postgres_transaction_turn

Session = psycopg.Connection[tuple[Any, ...]]

NOW = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
HEAD = f'{{"at":"{NOW}","by":"市领导","command":"update"}}'
FORGED = f'{{"id":"forged","on":"2026-01-31","recorded_at":"{NOW}","value":100,"by":"督查室"}}'
SIGNED = """
WITH made AS (
    INSERT INTO tracker.commits (ledger, id, turn, line)
    VALUES (%(ledger)s, gen_random_uuid(), %(turn)s, %(head)s) RETURNING ctid
) SELECT set_config('tracker.commit', ctid::text, true) FROM made
"""
ENTRY = """
INSERT INTO tracker.entries (ledger, record, turn, number, list, line)
VALUES (%(ledger)s, 'pipes.renewed', %(turn)s, 1, %(list)s, %(line)s)
"""
CHANGE = """
INSERT INTO tracker.changes (ledger, turn, number, op, kind, record, old, new, beside)
VALUES (%(ledger)s, %(turn)s, 1, %(op)s, 'indicators', %(record)s, %(old)s, %(new)s, %(beside)s)
"""


class Place:
    """A ledger with a login for each role, which SQL can be sent as."""

    def __init__(self, database: Cluster) -> None:
        self.ledger = uuid4().hex
        self.url = database.url(self.ledger)
        self.names = {role: f"{role}-{uuid4().hex[:8]}" for role in ("reporter", "keeper")}
        self._sessions: dict[str, Session] = {}
        self.owner = open_store(self.url)
        self.owner.create()
        create_records(self.owner, *sample_records())
        assert isinstance(self.owner, DatabaseStore)
        for role, name in self.names.items():
            database.sql(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'x'")
            self.owner.grant(name, role, "市水务局" if role == "reporter" else "")

    def store_of(self, role: str) -> Store:
        return open_store(self.url_of(role))

    def url_of(self, role: str) -> str:
        return self.url.replace("user=postgres", f"user={self.names[role]}&password=x")

    @contextmanager
    def session(self, role: str) -> Iterator[Session]:
        """Lend a connection as the login of a role, in a transaction that is undone."""
        if role not in self._sessions:
            place, user = self.url.partition("?")[0], self.names.get(role, "postgres")
            self._sessions[role] = psycopg.connect(place, user=user, password="x")  # noqa: S106
        try:
            yield self._sessions[role]
        finally:
            self._sessions[role].rollback()

    def close(self) -> None:
        for session in self._sessions.values():
            session.close()

    def values(self, **more: object) -> dict[str, object]:
        """Return what a program would insert, with some of it otherwise."""
        usual = {
            "turn": choose_postgres_transaction_turn(None),
            "head": HEAD,
            "list": "updates",
            "line": FORGED,
        }
        return {"ledger": self.ledger, **usual, **more}


@pytest.fixture
def shared(database: Cluster) -> Iterator[Place]:
    """Make a ledger for one test, which may leave something in it."""
    place = Place(database)
    yield place
    place.close()


@pytest.fixture(scope="module")
def unaltered(database: Cluster) -> Iterator[Place]:
    """Make a ledger for all tests of what is refused or undone; none leaves anything in it."""
    place = Place(database)
    before = read_store(place.owner)
    yield place
    assert read_store(place.owner) == before
    place.close()


def newest_turn(session: Session, ledger: str) -> object:
    row = session.execute(
        "SELECT turn FROM tracker.commits WHERE ledger = %s ORDER BY turn DESC LIMIT 1", (ledger,)
    ).fetchone()
    assert row is not None
    return row[0]


# Nobody signs for another


@pytest.mark.parametrize("role", ["reporter", "keeper"])
def test_an_entry_stands_under_a_commit_of_its_own_login(unaltered: Place, role: str) -> None:
    with unaltered.session(role) as session:
        values = unaltered.values()
        session.execute(SIGNED, values)
        session.execute(ENTRY, values)
        session.rollback()
        of_the_owner = unaltered.values(turn=newest_turn(session, unaltered.ledger))
        with pytest.raises(psycopg.errors.InsufficientPrivilege), session.transaction():
            session.execute(ENTRY, of_the_owner)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), session.transaction():
            session.execute(ENTRY, unaltered.values())
        # Not where the setting points to the row of the owner either, nor to nothing.
        for place_of_row in ("(0,1)", "(0,2)", "(999999,1)", ""):
            session.execute("SELECT set_config('tracker.commit', %s, true)", (place_of_row,))
            with pytest.raises(psycopg.errors.InsufficientPrivilege), session.transaction():
                session.execute(ENTRY, of_the_owner)
        session.execute(SIGNED, values := unaltered.values())
        with pytest.raises(psycopg.errors.InsufficientPrivilege), session.transaction():
            session.execute(ENTRY, of_the_owner)


@pytest.mark.parametrize("role", ["reporter", "keeper"])
def test_a_commit_that_was_stored_gets_no_further_entry(shared: Place, role: str) -> None:
    with shared.session(role) as session:
        session.execute(SIGNED, values := shared.values())
        session.commit()
        row = session.execute(
            "SELECT ctid::text FROM tracker.commits WHERE turn = %(turn)s", values
        ).fetchone()
        session.execute("SELECT set_config('tracker.commit', %s, true)", row)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(ENTRY, values)


def test_a_keeper_puts_no_change_under_another_commit(unaltered: Place) -> None:
    change = {"op": "change", "record": "pipes.renewed", "old": "{}", "new": '{"target":1}'}
    with unaltered.session("keeper") as session:
        turn = newest_turn(session, unaltered.ledger)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(CHANGE, unaltered.values(turn=turn, beside="{}", **change))


@pytest.mark.parametrize("role", ["reporter", "keeper"])
def test_a_commit_counts_as_one_and_takes_back_only_what_there_is(
    unaltered: Place, role: str
) -> None:
    columns = "INSERT INTO tracker.commits (ledger, id, turn, line, login, step, undoes) VALUES"
    for own in ("current_user, 5, NULL", "current_user, 1, gen_random_uuid()", "'li', 1, NULL"):
        row = f"(%(ledger)s, gen_random_uuid(), %(turn)s, %(head)s, {own})"
        with (
            unaltered.session(role) as session,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            session.execute(f"{columns} {row}", unaltered.values())


# Records are written by changes only


def test_a_keeper_alters_no_record_but_by_a_change(unaltered: Place) -> None:
    before = read_store(unaltered.owner)
    statements = (
        "UPDATE tracker.{} SET line = replace(line, '62.10', '1')",
        "UPDATE tracker.{} SET turn = turn",
        "DELETE FROM tracker.{}",
        "INSERT INTO tracker.{} SELECT * FROM tracker.{}",
        "TRUNCATE tracker.{}",
    )
    for table in ("documents", "initiatives", "indicators", "receipts"):
        for statement in statements:
            with (
                unaltered.session("keeper") as session,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                session.execute(statement.format(table, table))
    for call in ("write_record()", "move_record()", "keep_whole()", "renew_wholes()"):
        with unaltered.session("keeper") as session, pytest.raises(psycopg.Error):
            session.execute(f"SELECT tracker.{call}")
    assert read_store(unaltered.owner) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{}", '{"target":60}'),
        ('{"target":62.1,"unit":"km"}', '{"target":60}'),
        ('{"target":62.1}', '{"target":"60"}'),
        ('{"target":62.1}', '{"target":true}'),
        ('{"colour":"red"}', '{"colour":"blue"}'),
        ('{"interim":[]}', '{"interim":null}'),
        ('{"interim":[]}', '{"interim":[{"on":"2026-01-01"}]}'),
        ('{"updates":[]}', '{"updates":[{"on":"2026-01-01","value":5}]}'),
        ('{"name":"a"}', r'{"name":"\ud800"}'),
        ('{"measure":"number"}', '{"measure":"miles"}'),
        ("[]", "{}"),
        (None, '{"target":60}'),
    ],
)
def test_a_change_of_another_form_is_refused(unaltered: Place, old: str | None, new: str) -> None:
    change = {"op": "change", "record": "pipes.renewed", "old": old, "new": new, "beside": "{}"}
    with unaltered.session("keeper") as session:
        session.execute(SIGNED, values := unaltered.values(**change))
        with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.DataError)):
            session.execute(CHANGE, values)


@pytest.mark.parametrize("record", ["pipes", "pipes.renewed.twice", ".renewed", "pipes."])
def test_an_indicator_is_made_under_one_initiative_only(unaltered: Place, record: str) -> None:
    line = f'{{"id":"{record}","name":"又"}}'
    change = {"op": "create", "record": record, "old": None, "new": line, "beside": "{}"}
    refusals = psycopg.errors.CheckViolation, psycopg.errors.InsufficientPrivilege
    with unaltered.session("keeper") as session:
        session.execute(SIGNED, values := unaltered.values(**change))
        with pytest.raises(refusals):
            session.execute(CHANGE, values)


def test_an_initiative_gets_no_entries_but_decisions(unaltered: Place) -> None:
    with unaltered.session("keeper") as session:
        session.execute(SIGNED, values := unaltered.values())
        with pytest.raises(psycopg.errors.CheckViolation):
            session.execute(ENTRY.replace("'pipes.renewed'", "'pipes'"), values)


def test_who_reports_takes_back_only_own_entries(shared: Place) -> None:
    shared.owner.transact(
        lambda txn: txn.append("pipes.renewed", Update(id="checked", on=date(2026, 1, 30))),
        Stamp(at=datetime(2026, 1, 31, tzinfo=UTC), by="督查室", command="update"),
    )
    with shared.session("reporter") as session:
        session.execute(SIGNED, values := shared.values())
        session.execute(ENTRY, values)
        for number, (voided, is_own) in enumerate({"forged": True, "checked": False}.items(), 2):
            line = FORGED.replace('"id":"forged"', f'"id":"no-{number}","voids":"{voided}"')
            query = ENTRY.replace("1, %(list)s", f"{number}, %(list)s")
            with (
                nullcontext()
                if is_own
                else pytest.raises(psycopg.errors.InsufficientPrivilege, match="taking_back")
            ):
                session.execute(query, values | {"line": line})


TWIN = '{"id":"%s","name":"又"}'


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (
            {"op": "create", "record": "none.km", "new": TWIN % "none.km"},
            psycopg.errors.ForeignKeyViolation,
        ),
        (
            {
                "op": "change",
                "record": "pipes.renewed",
                "old": '{"target":1}',
                "new": '{"target":2}',
            },
            psycopg.errors.CheckViolation,
        ),
        (
            {
                "op": "change",
                "record": "pipes.renewed",
                "old": '{"notes":"a"}',
                "new": '{"notes":"b"}',
            },
            psycopg.errors.CheckViolation,
        ),
        (
            {"op": "remove", "record": "pipes.renewed", "new": TWIN % "pipes.renewed"},
            psycopg.errors.CheckViolation,
        ),
    ],
)
def test_a_change_says_what_was_so(
    unaltered: Place, change: dict[str, str], refusal: type[psycopg.Error]
) -> None:
    with unaltered.session("keeper") as session:
        day = '"first_due":null,"ended":"9999-12-31","folded":"x"'
        usual = {"op": "change", "old": None, "beside": f"{{{day}}}"}
        values = unaltered.values(**(usual | change))
        session.execute(SIGNED, values)
        with pytest.raises(refusal):
            session.execute(CHANGE, values)


@pytest.mark.parametrize(
    "record",
    ["../../x", "a\n<script>", "x" * 400, "中文", "\u202e", "--help", " ", "A", "a--b", "a\n"],
)
def test_an_id_has_the_form_of_an_id(unaltered: Place, record: str) -> None:
    line = encode(Initiative(id=record, name="又")).decode()
    change = {"op": "create", "record": record, "old": None, "new": line}
    beside = '{"folded":"x","ended":"9999-12-31"}'
    with unaltered.session("keeper") as session:
        session.execute(SIGNED, values := unaltered.values(beside=beside, **change))
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)):
            session.execute(CHANGE.replace("'indicators'", "'initiatives'"), values)


def test_a_keeper_leaves_no_indicator_without_its_initiative(unaltered: Place) -> None:
    stored = "SELECT line FROM tracker.initiatives WHERE ledger = %(ledger)s AND id = 'pipes'"
    with unaltered.session("keeper") as session:
        row = session.execute(stored, unaltered.values()).fetchone()
        assert row is not None
        change = {"op": "remove", "record": "pipes", "new": row[0], "old": None, "beside": "{}"}
        session.execute(SIGNED, values := unaltered.values(**change))
        session.execute(CHANGE.replace("'indicators'", "'initiatives'"), values)
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            session.commit()


@pytest.mark.parametrize("record", ["none", "none.km", "pipes.none"])
def test_an_entry_is_of_a_record_that_is_there(unaltered: Place, record: str) -> None:
    with unaltered.session("keeper") as session:
        decision = FORGED.replace('"value":100', '"state":"closed","reason":"x"')
        session.execute(SIGNED, values := unaltered.values(list="decisions", line=decision))
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="of_record"):
            session.execute(ENTRY.replace("pipes.renewed", record), values)


@pytest.mark.parametrize("first_due", ["null", '"2999-01-01"', '"infinity"', '"-infinity"'])
def test_nobody_hides_a_record_by_what_stands_beside_it(
    shared: Place, program: Program, first_due: str
) -> None:
    """A keeper says that a deadline is far away, that a record has ended, and has no lead."""
    edit = "edit pipes.renewed --deadline 2026-06-30"
    assert program(f"--db '{shared.url}' {edit}").code == 0
    columns = f'"first_due":{first_due},"ended":"1900-01-01","folded":"pipes","lead":"x"'
    query = "SELECT line::json ->> %s FROM tracker.{} WHERE ledger = %s AND id = %s"
    with shared.session("keeper") as session:
        session.execute(SIGNED, values := shared.values(beside=f"{{{columns}}}"))
        for number, (kind, record) in enumerate(
            {"indicators": "pipes.renewed", "initiatives": "pipes"}.items(), 2
        ):
            row = session.execute(query.format(kind), ("name", shared.ledger, record)).fetchone()
            assert row is not None
            more = {"op": "change", "record": record, "new": '{"name":"改名"}'}
            old = {"old": f'{{"name":"{row[0]}"}}'}
            statement = CHANGE.replace("'indicators'", f"'{kind}'").replace(
                ", 1, ", f", {number}, "
            )
            session.execute(statement, values | more | old)
        session.commit()
    with shared.session("owner") as session:
        beside = session.execute(
            "SELECT x.first_due, x.ended > '2100-01-01', i.ended > '2100-01-01', i.lead"
            " FROM tracker.indicators x JOIN tracker.initiatives i"
            " ON i.ledger = x.ledger AND i.id = x.owner"
            " WHERE x.ledger = %s AND x.id = 'pipes.renewed'",
            (shared.ledger,),
        ).fetchone()
    assert beside is not None
    assert beside[0] <= date(2026, 12, 31)
    assert beside[1:] == (True, True, "市水务局")
    ids = program(f"--db '{shared.url}' list -o ids").out
    assert "pipes.renewed" in ids
    # By which words it is found is the program's to say, and check compares it.
    checked = program(f"--db '{shared.url}' check")
    assert (checked.code, "pipes.renewed" in checked.err) == (5, True)
    assert program(f"--db '{shared.url}' recover").code == 0
    assert program(f"--db '{shared.url}' check").code == 0


def test_a_change_that_changes_no_record_is_refused(unaltered: Place) -> None:
    twin = '{"id":"pipes.twin","name":"又"}'
    cases = [
        # Without what stands beside the line the record would stay as it was.
        ({"op": "remove", "record": "pipes.renewed", "new": twin}, "InsufficientPrivilege"),
        (
            {"op": "remove", "record": "pipes.twin", "new": twin, "beside": "{}"},
            "ForeignKeyViolation",
        ),
        ({"op": "remove", "record": "none.such", "new": twin, "beside": "{}"}, "CheckViolation"),
        (
            {"op": "change", "record": "none.such", "old": "{}", "new": "{}", "beside": "{}"},
            "ForeignKeyViolation",
        ),
        ({"op": "create", "record": "pipes.other", "new": twin, "beside": "{}"}, "CheckViolation"),
        ({"op": "create", "record": "pipes.twin", "new": "[]", "beside": "{}"}, "CheckViolation"),
        (
            {
                "op": "change",
                "record": "pipes.renewed",
                "old": "{}",
                "new": '{"id":"x"}',
                "beside": "{}",
            },
            "CheckViolation",
        ),
    ]
    for change, refusal in cases:
        with unaltered.session("keeper") as session:
            values = unaltered.values(**{"old": None, "beside": None, **change})
            session.execute(SIGNED, values)
            with pytest.raises(psycopg.Error) as caught:
                session.execute(CHANGE, values)
            assert refusal in type(caught.value).__name__, change


# What was known on a day stays as it was known


@pytest.mark.parametrize(
    "fields",
    [
        '"on":"2020-05-01","recorded_at":"2020-05-01T09:00:00Z"',
        '"on":"2020-05-01","recorded_at":null',
        '"on":"2020-05-01"',
    ],
)
def test_what_a_reporter_enters_counts_as_known_since_now(unaltered: Place, fields: str) -> None:
    with unaltered.session("reporter") as session:
        session.execute(
            SIGNED, values := unaltered.values(line=f'{{"id":"late","value":5,{fields}}}')
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="told_now"):
            session.execute(ENTRY, values)


@pytest.mark.parametrize("at", ["2020-05-01T09:00:00Z", "2099-05-01T09:00:00Z"])
@pytest.mark.parametrize("clock", ["", ',"clock":"2026-01-01T09:00:00Z"'])
@pytest.mark.parametrize("role", ["reporter", "keeper"])
def test_a_commit_is_neither_dated_back_nor_ahead(
    unaltered: Place, role: str, at: str, clock: str
) -> None:
    head = f'{{"at":"{at}","command":"update"{clock}}}'
    with (
        unaltered.session(role) as session,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="told_now"),
    ):
        session.execute(SIGNED, unaltered.values(head=head))


def test_a_commit_behind_one_of_a_wrong_clock_counts_as_known_since_that(shared: Place) -> None:
    late = datetime(2099, 5, 1, tzinfo=UTC)
    shared.owner.transact(
        lambda txn: txn.append("pipes.renewed", Update(id="late", on=date(2026, 1, 30))),
        Stamp(at=late, by="李", command="update"),
    )
    for at, is_taken in (("2099-05-01", True), ("2099-05-02", False)):
        head = f'{{"at":"{at}T00:00:00Z","command":"update","clock":"{NOW}"}}'
        with (
            shared.session("reporter") as session,
            nullcontext() if is_taken else pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            session.execute(SIGNED, shared.values(head=head))


# Nobody gets around what is judged


@pytest.mark.parametrize("role", ["reporter", "keeper"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tracker.entries SET line = replace(line, '2026', '2020')",
        "UPDATE tracker.commits SET line = line",
        "DELETE FROM tracker.entries",
        "DELETE FROM tracker.commits",
        "TRUNCATE tracker.entries",
        "UPDATE tracker.changes SET new = new",
        "INSERT INTO tracker.rights VALUES ('{ledger}', current_user, 'keeper', '')",
        "UPDATE tracker.rights SET role = 'keeper'",
        "DELETE FROM tracker.rights",
        "INSERT INTO tracker.set_aside (ledger, from_table, content) VALUES ('{ledger}', '', '')",
        "DELETE FROM tracker.set_aside",
        "UPDATE tracker.ledgers SET format = 99",
        "INSERT INTO tracker.migrations VALUES (99)",
        "COPY tracker.entries (ledger, record, turn, number, list, line) FROM STDIN",
        "COPY tracker.entries FROM PROGRAM 'echo'",
        """INSERT INTO tracker.commits (ledger, id, turn, line, login) OVERRIDING SYSTEM VALUE
        VALUES ('{ledger}', gen_random_uuid(), '{turn}', '{head}', 'postgres')""",
        "SET ROLE postgres",
        "SET ROLE {other}",
        "SET SESSION AUTHORIZATION postgres",
        "SET session_replication_role = replica",
        "ALTER TABLE tracker.entries DISABLE TRIGGER ALL",
        "ALTER TABLE tracker.entries DISABLE ROW LEVEL SECURITY",
        "DROP POLICY signing ON tracker.entries",
        "LOCK TABLE tracker.entries IN ACCESS EXCLUSIVE MODE",
        "CREATE FUNCTION tracker.extra() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        """CREATE OR REPLACE FUNCTION tracker.is_day(written text) RETURNS boolean
        LANGUAGE sql AS 'SELECT true'""",
        "SELECT FROM tracker.commits FOR UPDATE",
        """INSERT INTO tracker.entries SELECT * FROM tracker.entries
        ON CONFLICT (ledger, record, turn, number, position) DO UPDATE SET line = ''""",
        "SET row_security = off; SELECT * FROM tracker.entries",
    ],
)
def test_a_statement_past_the_program_is_refused(
    unaltered: Place, role: str, statement: str
) -> None:
    other = unaltered.names["keeper" if role == "reporter" else "reporter"]
    text = statement
    for name, value in unaltered.values(other=f'"{other}"').items():
        text = text.replace(f"{{{name}}}", str(value))
    before = read_store(unaltered.owner)
    with (
        unaltered.session(role) as session,
        pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)),
    ):
        session.execute(text.encode())
    assert read_store(unaltered.owner) == before


@pytest.mark.parametrize("role", ["reporter", "keeper"])
def test_own_tables_and_functions_stand_for_none_of_the_ledger(unaltered: Place, role: str) -> None:
    with unaltered.session(role) as session:
        session.execute(
            "CREATE TEMP TABLE rights (ledger text, login text, role text, lead text);"
            "CREATE TEMP TABLE commits (ledger text, turn uuid, login text);"
            "CREATE FUNCTION pg_temp.is_line(text, text, boolean) RETURNS boolean"
            " LANGUAGE sql AS 'SELECT true';"
            "CREATE FUNCTION pg_temp.json_typeof(json) RETURNS text"
            " LANGUAGE sql AS $$SELECT 'string'$$;"
            "CREATE FUNCTION pg_temp.current_setting(text, boolean) RETURNS text"
            " LANGUAGE sql AS $$SELECT '(0,1)'$$;"
            "SET search_path = pg_temp, tracker, pg_catalog"
        )
        session.execute(
            "INSERT INTO pg_temp.rights VALUES (%s, current_user, 'keeper', '')",
            (unaltered.ledger,),
        )
        of_the_owner = unaltered.values(turn=newest_turn(session, unaltered.ledger))
        with pytest.raises(psycopg.errors.InsufficientPrivilege), session.transaction():
            session.execute(ENTRY, of_the_owner)
        session.execute(SIGNED, values := unaltered.values(line='{"on":5}'))
        with pytest.raises(psycopg.errors.CheckViolation):
            session.execute(ENTRY, values)


def test_the_program_asks_nothing_that_others_have_made(shared: Place, program: Program) -> None:
    """Functions in a schema of the search path, as anybody may make them in older servers."""
    name = shared.names["reporter"]
    with shared.session("owner") as session:
        session.execute(f'CREATE SCHEMA "{name}"')
        session.execute(
            f'CREATE FUNCTION "{name}".left(text, integer) RETURNS text'
            " LANGUAGE sql AS $$SELECT 'owned'$$"
        )
        session.execute(f'ALTER ROLE "{name}" SET search_path = "{name}", pg_catalog')
        session.execute(f'GRANT USAGE ON SCHEMA "{name}" TO "{name}"')
        session.commit()
    done = program(f"--db '{shared.url_of('reporter')}' list -o ids")
    assert (done.code, "pipes.renewed" in done.out, done.err) == (0, True, "")


@pytest.mark.parametrize("role", ["reporter", "keeper"])
def test_a_line_nested_without_end_is_refused(unaltered: Place, role: str) -> None:
    line = f'{{"on":"2026-01-01","source":{"[" * 100_000}{"]" * 100_000}}}'
    with unaltered.session(role) as session:
        session.execute(SIGNED, values := unaltered.values(line=line))
        with pytest.raises(psycopg.Error):
            session.execute(ENTRY, values)


@pytest.mark.parametrize("column", ["record", "turn", "number", "position", "list", "line"])
def test_a_column_without_value_is_refused(unaltered: Place, column: str) -> None:
    rows = {"record": "'pipes.renewed'", "turn": "%(turn)s", "number": "1", "position": "0"}
    rows |= {"list": "'updates'", "line": "%(line)s"} | {column: "NULL"}
    query = f"INSERT INTO tracker.entries (ledger, {', '.join(rows)})"
    with unaltered.session("reporter") as session:
        session.execute(SIGNED, values := unaltered.values())
        with pytest.raises((psycopg.errors.NotNullViolation, psycopg.errors.InsufficientPrivilege)):
            session.execute(f"{query} VALUES (%(ledger)s, {', '.join(rows.values())})", values)


def test_an_entry_that_was_altered_by_the_owner_is_found_by_a_noted_head(
    shared: Place, program: Program
) -> None:
    """Nothing in the tables says so: the owner can do everything, but not to a head."""
    update = "update pipes.renewed 63.5万平方米 --on 2026-01-31 --force"
    assert program(f"--db '{shared.url}' {update}").code == 0
    head = program(f"--db '{shared.url}' history --head").out.strip()
    prove = f"--db '{shared.url}' check --head {head}"
    assert program(prove).code == 0
    with shared.session("owner") as session:
        session.execute(
            'UPDATE tracker.entries SET line = replace(line, \'"on":"20\', \'"on":"19\')'
            " WHERE ledger = %s",
            (shared.ledger,),
        )
        session.commit()
    altered = program(prove)
    assert (altered.code, "is not there any more" in altered.err) == (5, True)


# What comes in is judged where it comes in


@pytest.mark.parametrize(
    "turn",
    [
        "ffffffff-ffff-7fff-bfff-ffffffffffff",
        "00000000-0000-7000-8000-000000000000",
        "0192d3c4-1111-4111-8111-111111111111",
        "0192d3c4-1111-7111-0111-111111111111",
        "06fd0c5c-1111-7111-8111-111111111111",
    ],
)
@pytest.mark.parametrize("role", ["reporter", "keeper", "owner"])
def test_a_turn_that_no_program_makes_is_refused(unaltered: Place, role: str, turn: str) -> None:
    with (
        unaltered.session(role) as session,
        pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.DatetimeFieldOverflow)),
    ):
        session.execute(SIGNED, unaltered.values(turn=turn))


@pytest.mark.parametrize(
    "head",
    [
        "{}",
        "[]",
        "null",
        '{"at":"2026-01-31T09:30:00","command":"x"}',
        '{"at":"10000-01-31T09:30:00Z","command":"x"}',
        '{"at":"2026-02-30T09:30:00Z","command":"x"}',
        '{"at":"2026-01-31T09:30:00Z"}',
        '{"at":"2026-01-31T09:30:00Z","command":5}',
        '{"at":"2026-01-31T09:30:00Z","command":"x","changes":[]}',
        f'{{"at":"{NOW}","command":"' + "x" * 200_000 + '"}',
    ],
)
def test_a_commit_of_another_form_is_refused(unaltered: Place, head: str) -> None:
    with unaltered.session("reporter") as session, pytest.raises(psycopg.errors.CheckViolation):
        session.execute(SIGNED, unaltered.values(head=head))


def test_a_commit_that_is_no_json_is_refused(unaltered: Place) -> None:
    with unaltered.session("reporter") as session, pytest.raises(psycopg.errors.DataError):
        session.execute(SIGNED, unaltered.values(head="not json"))


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "[]",
        "5",
        "null",
        "no json",
        '{"on":null}',
        '{"on":"2026-1-1"}',
        '{"on":"2026-02-29"}',
        '{"on":"0000-01-01"}',
        '{"on":"10000-01-01"}',
        '{"on":"infinity"}',
        '{"on":"2026-01-01","value":"NaN"}',
        '{"on":"2026-01-01","value":"Infinity"}',
        '{"on":"2026-01-01","value":1e999999999}',
        '{"on":"2026-01-01","value":' + "9" * 5000 + "}",
        '{"on":"2026-01-01","done":"true"}',
        '{"on":"2026-01-01","status":"done"}',
        '{"on":"2026-01-01","status":null}',
        '{"on":"2026-01-01","evidence":"a"}',
        '{"on":"2026-01-01","evidence":[1]}',
        '{"on":"2026-01-01","source":{"page":"5"}}',
        '{"on":"2026-01-01","source":[]}',
        '{"on":"2026-01-01","source":{}}',
        r'{"on":"2026-01-01","note":"\ud83d"}',
        r'{"on":"2026-01-01","note":"\udc00\ud83d"}',
        '{"on":"2026-01-01","voids":5}',
        '{"on":"2026-01-01","login":"owner"}',
        '{"on":"2026-01-01","recorded_at":"2026-01-01T00:00:00"}',
        '{"on":"2026-01-01","colour":"red"}',
        '{"on":"2026-01-01","on":"2026-01-02"}',
        r'{"on":"2026-01-01","\u006fn":"2026-01-02"}',
        '{"on":"2026-01-01","source":{"document":"a","document":"b"}}',
        '{"on":"2026-01-01","note":null,"note":null}',
        '{"on":"2026-01-01","value":1e99999}',
        '{"on":"2026-01-01","value":-0.' + "0" * 5000 + "1}",
        '{"on":"2026-01-01","state":"closed"}',
        f'{{"on":"{NOW[:10]}","note":"' + "x" * 5_000_000 + '"}',
    ],
)
def test_an_entry_of_another_form_is_refused(unaltered: Place, line: str) -> None:
    for role in ("reporter", "keeper"):
        with unaltered.session(role) as session:
            session.execute(SIGNED, values := unaltered.values(line=line))
            with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.DataError)):
                session.execute(ENTRY, values)


def test_a_setting_lets_nobody_but_the_owner_load_what_is_not_judged(unaltered: Place) -> None:
    loading = "SELECT set_config('tracker.loading', 'on', true), tracker.is_loading()"
    for role in ("reporter", "keeper"):
        with unaltered.session(role) as session:
            assert session.execute(loading).fetchone() == ("on", False)
            session.execute(SIGNED, values := unaltered.values(line='{"on":"2026-1-1"}'))
            with pytest.raises(psycopg.errors.CheckViolation):
                session.execute(ENTRY, values)
    with unaltered.session("owner") as session:
        assert session.execute(loading).fetchone() == ("on", True)


DAYS = st.dates()
MOMENTS = st.none() | st.datetimes(timezones=st.just(UTC))
NUMBERS = st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=3).filter(
    lambda number: abs(number) < Decimal(10) ** 25
)


def entries(kind: type[Entry]) -> st.SearchStrategy[Entry]:
    """Build entries with every field that the kind has, by the types that its class names."""
    own: dict[str, st.SearchStrategy[Any]] = {
        "on": DAYS,
        "recorded_at": MOMENTS,
        "login": st.none(),
    }
    own |= {name: NUMBERS for name in ("value", "share_of_plan") if kind is Update}
    if kind is Revision:
        points = st.builds(Interim, on=DAYS, value=NUMBERS.filter(lambda n: n is not None))
        own |= {"target": NUMBERS, "target_high": NUMBERS, "interim": st.none() | st.lists(points)}
    return st.from_type(kind).flatmap(lambda entry: st.builds(lambda **f: _with(entry, f), **own))


def _with(entry: Entry, fields: Mapping[str, Any]) -> Entry:
    for name, value in fields.items():
        setattr(entry, name, value)
    return entry


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(entry=st.one_of(*map(entries, LIST_OF)))
def test_every_entry_of_the_program_has_the_form_that_is_let_in(
    judging: Session, entry: Entry
) -> None:
    try:
        line = encode(entry).decode()
    except UnicodeEncodeError:
        return
    query = "SELECT tracker.is_line(%s, %s, true)"
    assert judging.execute(query, (line, LIST_OF[type(entry)])).fetchone() == (True,), line


@pytest.fixture(scope="session")
def judging(database: Cluster) -> Iterator[Session]:
    """A connection to tables that are there."""
    url = database.url(uuid4().hex)
    open_store(url).create()
    with psycopg.connect(url.partition("?")[0], user="postgres", autocommit=True) as connection:
        yield connection


def test_the_login_is_shown_beside_who_somebody_says_to_be(
    shared: Place, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = shared.names["reporter"]
    monkeypatch.setenv("TRACKER_AUTHOR", "市领导")

    def ask(line: str, url: str = shared.url_of("reporter")) -> Done:
        done = program(f"--db '{url}' {line}")
        assert done.code == 0, done
        return done

    ask("update pipes.renewed 63.5万平方米 --on 2026-01-31 --force")
    newest, *_older, oldest = ask("history -o json").data["items"]
    assert (newest["by"], newest["login"]) == ("市领导", name)
    assert oldest["login"] == "postgres"
    assert name in ask("history").out
    for command in ("show pipes", "export"):
        (item,) = ask(f"{command} -o json").data["items"]
        updates = item["indicators"][0]["updates"]
        assert [each["login"] for each in updates if each["by"] == "市领导"] == [name]
        assert {each["login"] for each in updates if each["by"] != "市领导"} <= {"postgres"}
    assert f"市领导 ({name})" in ask("show pipes").out
    folder = str(tmp_path / "folder")
    ask(f"move --to {folder}", shared.url)
    for command in ("history", "export"):
        done = ask(f"{command} -o json", folder)
        assert name not in done.out
        assert '"login": null' in done.out
    back = shared.url.replace(shared.ledger, shared.ledger + "2")
    ask(f"move --to '{back}'", folder)
    assert ask("history -o json", back).data["items"][0]["login"] == "postgres"
    exported = tmp_path / "exported.json"
    exported.write_text(ask("export").out, "utf-8")
    ask(f"import {exported}", folder)
    assert name not in (tmp_path / "folder" / "journal.jsonl").read_text("utf-8")

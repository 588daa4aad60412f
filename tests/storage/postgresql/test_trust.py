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
from tracker.model.records import Entry, Interim, Revision, Update
from tracker.storage.base import DatabaseStore, Store
from tracker.storage.open_store import open_store
from tracker.storage.postgresql.transaction import choose_postgres_transaction_turn

Session = psycopg.Connection[tuple[Any, ...]]

HEAD = '{"at":"2026-01-31T09:30:00Z","by":"市领导","command":"update"}'
FORGED = '{"id":"forged","on":"2026-01-31","value":100,"by":"督查室"}'
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
        """Open a connection as the login of a role, in a transaction that is undone."""
        place = self.url.partition("?")[0]
        user = self.names.get(role, "postgres")
        with psycopg.connect(place, user=user, password="x") as connection:  # noqa: S106
            yield connection
            connection.rollback()

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
def shared(database: Cluster) -> Place:
    return Place(database)


def newest_turn(session: Session, ledger: str) -> object:
    row = session.execute(
        "SELECT turn FROM tracker.commits WHERE ledger = %s ORDER BY turn DESC LIMIT 1", (ledger,)
    ).fetchone()
    assert row is not None
    return row[0]


# Nobody signs for another


@pytest.mark.parametrize("role", ["reporter", "keeper"])
def test_an_entry_stands_under_a_commit_of_its_own_login(shared: Place, role: str) -> None:
    with shared.session(role) as session:
        values = shared.values()
        session.execute(SIGNED, values)
        session.execute(ENTRY, values)
        session.rollback()
        of_the_owner = shared.values(turn=newest_turn(session, shared.ledger))
        with pytest.raises(psycopg.errors.InsufficientPrivilege), session.transaction():
            session.execute(ENTRY, of_the_owner)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), session.transaction():
            session.execute(ENTRY, shared.values())
        # Not where the setting points to the row of the owner either, nor to nothing.
        for place_of_row in ("(0,1)", "(0,2)", "(999999,1)", ""):
            session.execute("SELECT set_config('tracker.commit', %s, true)", (place_of_row,))
            with pytest.raises(psycopg.errors.InsufficientPrivilege), session.transaction():
                session.execute(ENTRY, of_the_owner)
        session.execute(SIGNED, values := shared.values())
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


def test_a_keeper_puts_no_change_under_another_commit(shared: Place) -> None:
    change = {"op": "change", "record": "pipes.renewed", "old": "{}", "new": '{"target":1}'}
    with shared.session("keeper") as session:
        turn = newest_turn(session, shared.ledger)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(CHANGE, shared.values(turn=turn, beside="{}", **change))


@pytest.mark.parametrize("role", ["reporter", "keeper"])
def test_a_commit_counts_as_one_and_takes_back_only_what_there_is(shared: Place, role: str) -> None:
    columns = "INSERT INTO tracker.commits (ledger, id, turn, line, login, step, undoes) VALUES"
    for own in ("current_user, 5, NULL", "current_user, 1, gen_random_uuid()", "'li', 1, NULL"):
        row = f"(%(ledger)s, gen_random_uuid(), %(turn)s, %(head)s, {own})"
        with (
            shared.session(role) as session,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            session.execute(f"{columns} {row}", shared.values())


# Records are written by changes only


def test_a_keeper_alters_no_record_but_by_a_change(shared: Place) -> None:
    before = read_store(shared.owner)
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
                shared.session("keeper") as session,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                session.execute(statement.format(table, table))
    for call in ("write_record()", "move_record()"):
        with shared.session("keeper") as session, pytest.raises(psycopg.Error):
            session.execute(f"SELECT tracker.{call}")
    assert read_store(shared.owner) == before


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
def test_a_change_of_another_form_is_refused(shared: Place, old: str | None, new: str) -> None:
    change = {"op": "change", "record": "pipes.renewed", "old": old, "new": new, "beside": "{}"}
    with shared.session("keeper") as session:
        session.execute(SIGNED, values := shared.values(**change))
        with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.DataError)):
            session.execute(CHANGE, values)


@pytest.mark.parametrize("record", ["pipes", "pipes.renewed.twice", ".renewed", "pipes."])
def test_an_indicator_is_made_under_one_initiative_only(shared: Place, record: str) -> None:
    line = f'{{"id":"{record}","name":"又"}}'
    change = {"op": "create", "record": record, "old": None, "new": line, "beside": "{}"}
    with shared.session("keeper") as session:
        session.execute(SIGNED, values := shared.values(**change))
        with pytest.raises(psycopg.errors.CheckViolation):
            session.execute(CHANGE, values)


def test_an_initiative_gets_no_entries_but_decisions(shared: Place) -> None:
    with shared.session("keeper") as session:
        session.execute(SIGNED, values := shared.values())
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
            line = f'{{"id":"no-{number}","on":"2026-01-31","voids":"{voided}"}}'
            query = ENTRY.replace("1, %(list)s", f"{number}, %(list)s")
            with (
                nullcontext()
                if is_own
                else pytest.raises(psycopg.errors.InsufficientPrivilege, match="taking_back")
            ):
                session.execute(query, values | {"line": line})


def test_a_change_that_changes_no_record_is_refused(shared: Place) -> None:
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
        with shared.session("keeper") as session:
            values = shared.values(**{"old": None, "beside": None, **change})
            session.execute(SIGNED, values)
            with pytest.raises(psycopg.Error) as caught:
                session.execute(CHANGE, values)
            assert refusal in type(caught.value).__name__, change


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
def test_a_turn_that_no_program_makes_is_refused(shared: Place, role: str, turn: str) -> None:
    with (
        shared.session(role) as session,
        pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.DatetimeFieldOverflow)),
    ):
        session.execute(SIGNED, shared.values(turn=turn))


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
        '{"at":"2026-01-31T09:30:00Z","command":"' + "x" * 200_000 + '"}',
    ],
)
def test_a_commit_of_another_form_is_refused(shared: Place, head: str) -> None:
    with shared.session("reporter") as session, pytest.raises(psycopg.errors.CheckViolation):
        session.execute(SIGNED, shared.values(head=head))


def test_a_commit_that_is_no_json_is_refused(shared: Place) -> None:
    with shared.session("reporter") as session, pytest.raises(psycopg.errors.DataError):
        session.execute(SIGNED, shared.values(head="not json"))


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
        '{"on":"2026-01-01","state":"closed"}',
        '{"on":"2026-01-01","note":"' + "x" * 5_000_000 + '"}',
    ],
)
def test_an_entry_of_another_form_is_refused(shared: Place, line: str) -> None:
    with shared.session("reporter") as session:
        session.execute(SIGNED, values := shared.values(line=line))
        with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.DataError)):
            session.execute(ENTRY, values)


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
    with psycopg.connect(url.partition("?")[0], user="postgres") as connection:
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

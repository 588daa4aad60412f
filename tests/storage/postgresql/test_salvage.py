"""One bad row that is in the tables all the same stops nothing: it is named, the rest goes on."""

from uuid import uuid4

import psycopg
import pytest
from cluster import Cluster, Database
from program import Program

from tracker.errors import LedgerDamaged
from tracker.locale.translation import using_language
from tracker.storage.base import VerifiableStore
from tracker.storage.open_store import open_store

BAD_ROWS = {
    "an entry without anything": (
        "INSERT INTO tracker.entries (ledger, record, turn, number, list, line)"
        " SELECT ledger, 'pipes.km', turn, 70, 'updates', '{}' FROM tracker.commits"
        " WHERE ledger = %(ledger)s ORDER BY turn DESC LIMIT 1"
    ),
    "an entry of a list that there is not": (
        "INSERT INTO tracker.entries (ledger, record, turn, number, list, line)"
        " SELECT ledger, 'pipes.km', turn, 70, 'opinions', '{}' FROM tracker.commits"
        " WHERE ledger = %(ledger)s ORDER BY turn DESC LIMIT 1"
    ),
    "a commit that is no JSON": (
        "INSERT INTO tracker.commits (ledger, id, turn, line) VALUES"
        " (%(ledger)s, gen_random_uuid(), '0192d3c4-1111-7111-8111-111111111111', 'not json')"
    ),
    "a turn at the end of all": (
        "INSERT INTO tracker.commits (ledger, id, turn, line) VALUES (%(ledger)s,"
        " gen_random_uuid(), 'ffffffff-ffff-7fff-bfff-ffffffffffff',"
        """ '{"at":"2026-01-31T09:30:00Z","by":"x","command":"update","odd":1}')"""
    ),
    "a record with an unknown field": (
        """UPDATE tracker.indicators SET line = replace(line, '{"id"', '{"colour":1,"id"')"""
        " WHERE ledger = %(ledger)s AND id = 'pipes.km'"
    ),
    "a record that is no JSON": (
        "UPDATE tracker.indicators SET line = 'x' WHERE ledger = %(ledger)s AND id = 'pipes.km'"
    ),
    "a commit without changes": (
        "INSERT INTO tracker.commits (ledger, id, turn, line) VALUES"
        " (%(ledger)s, gen_random_uuid(), '0192d3c4-1111-7111-8111-111111111111',"
        """ '{"at":"2026-01-31T09:30:00Z","by":"x","command":"update"}')"""
    ),
    "an entry without a commit": (
        "INSERT INTO tracker.entries (ledger, record, turn, number, list, line) VALUES"
        " (%(ledger)s, 'pipes.km', '0192d3c4-1111-7111-8111-111111111111', 1, 'updates',"
        """ '{"id":"odd","on":"2026-01-31","value":5}')"""
    ),
    "two entries in one place": (
        "INSERT INTO tracker.entries (ledger, record, turn, number, list, line)"
        """ SELECT ledger, r, turn, 70, 'updates', '{"id":"odd","on":"2026-01-31","value":5}'"""
        " FROM tracker.commits, unnest(ARRAY['none.km', 'pipes.odd']) AS r"
        " WHERE ledger = %(ledger)s AND turn = (SELECT max(turn::text)::uuid FROM tracker.commits)"
    ),
    "an indicator without its initiative": (
        "WITH made AS (INSERT INTO tracker.changes (ledger, turn, number, op, kind, record, new)"
        " SELECT ledger, turn, 72, 'create', 'indicators', 'none.km',"
        """ '{"id":"none.km","name":"x"}' FROM tracker.commits"""
        " WHERE ledger = %(ledger)s ORDER BY turn DESC LIMIT 1 RETURNING *)"
        " INSERT INTO tracker.indicators (ledger, id, turn, number, line, folded, owner, first_due)"
        " SELECT ledger, record, turn, number, new, '改造', 'none', '2020-01-01' FROM made"
    ),
    "a record that an unknown field was added to when it was made": (
        """UPDATE tracker.changes SET new = replace(new, '{"id"', '{"colour":1,"id"')"""
        " WHERE ledger = %(ledger)s AND record = 'pipes.km'"
    ),
    "a change without content": (
        "INSERT INTO tracker.changes (ledger, turn, number, op, kind, record, old, new)"
        " SELECT ledger, turn, 73, 'change', 'indicators', 'pipes.km', NULL, NULL"
        " FROM tracker.commits WHERE ledger = %(ledger)s ORDER BY turn DESC LIMIT 1"
    ),
    "a commit with an unknown field": (
        """UPDATE tracker.commits SET line = replace(line, '{"at"', '{"colour":1,"at"')"""
        " WHERE ledger = %(ledger)s"
    ),
    "a change of a field that there is not": (
        "INSERT INTO tracker.changes (ledger, turn, number, op, kind, record, old, new)"
        """ SELECT ledger, turn, 71, 'change', 'indicators', 'pipes.km', '{}', '{"colour":1}'"""
        " FROM tracker.commits WHERE ledger = %(ledger)s ORDER BY turn DESC LIMIT 1"
    ),
}

WITHOUT_A_WORD = (
    "a commit without changes",
    "two entries in one place",
    "an entry without a commit",
)
"""What is understood, and shown as it is; check names it where no program wrote it."""

WITHOUT_A_PLACE = ("two entries in one place", "an indicator without its initiative")
"""What has the form of a change, and fits no record; its history shows it until it is set aside."""


@pytest.mark.parametrize("what", BAD_ROWS)
def test_a_bad_row_is_named_and_the_rest_goes_on(
    program: Program, database_of_its_own: Database, what: str
) -> None:
    url, ledger = database_of_its_own.url, database_of_its_own.ledger
    for line in (
        "init --empty",
        "add 管网 --id pipes",
        "add 改造 --to pipes --id km --target 20公里 --baseline 0 --deadline 2099-12-31",
        "add 改造 --to pipes --id wells --target 20公里 --baseline 0 --deadline 2099-12-31",
    ):
        assert program(f"--db '{url}' {line}").code == 0
    with psycopg.connect(url.partition("?")[0], user="postgres") as owner:
        # As it is in tables from before the checks, or from somebody who leaves them out.
        checks = owner.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'c' AND conname LIKE 'form_of_%'"
        ).fetchall()
        for table, name, _check in checks:
            owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        owner.execute("SET session_replication_role = replica")
        owner.execute(BAD_ROWS[what], {"ledger": ledger})
        owner.execute("SET session_replication_role = origin")
        for table, name, check in checks:
            owner.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {check}")
        # An upgrade of such tables puts the lines together with what is in them.
        for table in ("initiatives", "indicators"):
            owner.execute(f"UPDATE tracker.{table} SET whole = NULL")
        owner.commit()
    said = ""
    for line in ("list", "show pipes", "status", "history", "export", "overdue", "search 改造"):
        done = program(f"--db '{url}' {line}")
        assert done.code == 0, (line, done)
        said += done.err
    assert ("is left out" in said) == (what not in WITHOUT_A_WORD)
    assert "pipes.wells" in program(f"--db '{url}' list -o ids").out
    words = "update pipes.wells 3公里 --on 2026-01-31"
    assert program(f"--db '{url}' {words}").code == 0
    number = program(f"--db '{url}' history pipes.wells -o json").data["items"][0]["seq"]
    assert program(f"--db '{url}' undo {number}").code == 0
    checked = program(f"--db '{url}' check")
    if what == "a commit without changes":
        assert checked.code == 0
        return
    assert (checked.code, "tracker recover" in checked.err) == (5, True), checked
    head = program(f"--db '{url}' history -o json").data
    recovered = program(f"--db '{url}' recover")
    assert recovered.code == 0, recovered
    assert "in tracker.set_aside" in recovered.out
    after = program(f"--db '{url}' check")
    assert (after.code, after.err) == (0, "")
    if what not in WITHOUT_A_PLACE:
        assert program(f"--db '{url}' history -o json").data == head
    assert program(f"--db '{url}' recover").out.startswith("The ledger is whole")
    with psycopg.connect(url.partition("?")[0], user="postgres") as owner:
        kept = owner.execute("SELECT content::json FROM tracker.set_aside").fetchall()
    assert all(content["ledger"] == ledger for (content,) in kept)
    assert kept
    for line in ("list", "show pipes", "update pipes.km 4公里 --on 2026-01-31"):
        done = program(f"--db '{url}' {line}")
        assert (done.code, "is left out" in done.err) == (0, False), (line, done)


UNSEEN = "SET session_replication_role = replica;"
"""What is altered behind it is seen by no trigger."""


@pytest.mark.parametrize(
    ("statement", "altered"),
    [
        ("UPDATE tracker.indicators SET line = replace(line, '20', '2') {}", "pipes.km"),
        ("UPDATE tracker.indicators SET first_due = '2999-01-01' {}", "pipes.km"),
        ("UPDATE tracker.indicators SET first_due = 'infinity' {}", "pipes.km"),
        ("UPDATE tracker.indicators SET ended = '2020-01-01' {}", "pipes.km"),
        ("UPDATE tracker.indicators SET owner_ended = '-infinity' {}", "pipes.km"),
        ("UPDATE tracker.indicators SET folded = 'x' {}", "pipes.km"),
        ("UPDATE tracker.indicators SET turn = gen_random_uuid() {}", "pipes.km"),
        ("UPDATE tracker.initiatives SET lead = '市水务局' {}", "pipes"),
        ("UPDATE tracker.initiatives SET parent = 'none' {}", "pipes"),
        ("UPDATE tracker.initiatives SET ended = '2020-01-01' {}", "pipes"),
        ("DELETE FROM tracker.marks {}", "pipes"),
        ("UPDATE tracker.documents SET line = replace(line, '公报', '通报') {}", "2026-01-05-plan"),
        ("DELETE FROM tracker.initiatives {}", "pipes"),
        (
            """INSERT INTO tracker.indicators (ledger, id, turn, number, line, folded, owner)
            SELECT ledger, 'pipes.more', turn, number, line, folded, owner
            FROM tracker.indicators {}""",
            "pipes.more",
        ),
        ("DELETE FROM tracker.indicators {}", "pipes.km"),
        ("UPDATE tracker.initiatives SET line = replace(line, '管网', '水管') {}", "pipes"),
        (
            f"{UNSEEN} UPDATE tracker.indicators SET whole = replace(whole, ':3', ':4') {{}}",
            "pipes.km",
        ),
        (
            f"{UNSEEN} UPDATE tracker.initiatives SET whole = replace(whole, '管网', '水管') {{}}",
            "pipes",
        ),
        # Whoever does not leave the triggers out changes nothing by this.
        ("UPDATE tracker.indicators SET whole = '{{}}'", None),
        ("SELECT 1 {}", None),
    ],
)
def test_check_names_a_record_that_its_changes_do_not_lead_to(
    program: Program, database: Cluster, statement: str, altered: str | None
) -> None:
    ledger = uuid4().hex
    url = database.url(ledger)
    for line in (
        "init --empty",
        "add 公报 --id 2026-01-05-plan --published 2026-01-05",
        "add 管网 --id pipes --place 历下区",
        "add 改造 --to pipes --id km --target 20公里 --baseline 0 --deadline 2099-12-31",
        "update pipes.km 3公里 --on 2026-01-31",
        "edit pipes.km --target 21公里",
        "undo",
    ):
        assert program(f"--db '{url}' {line}").code == 0, line
    where = f"WHERE ledger = '{ledger}'" if altered is not None else ""
    database.sql(statement.format(where))
    checked = program(f"--db '{url}' check")
    if altered is None:
        assert checked.code == 0
        assert program(f"--db '{url}' check --place 历下区").code == 0
        return
    assert checked.code == 5
    assert f"lead to: {altered}" in checked.err
    # Who asks about a part is told of it, and of nothing else.
    part = open_store(url)
    assert isinstance(part, VerifiableStore)
    assert part.verify({"roads"}) == 0
    if altered.startswith("pipes"):
        with pytest.raises(LedgerDamaged, match=f"lead to: {altered}"):
            part.verify({"pipes"})
    before = program(f"--db '{url}' history -o json").data
    recovered = program(f"--db '{url}' recover")
    assert (recovered.code, f"written anew: {altered}" in recovered.out) == (0, True)
    assert program(f"--db '{url}' check").code == 0
    assert program(f"--db '{url}' history -o json").data == before
    assert program(f"--db '{url}' overdue --as-of 2100-01-01 -o ids").out == "pipes.km\n"
    assert program(f"--db '{url}' list --place 历下区 -o ids").out == "pipes.km\n"


def test_only_the_owner_of_the_tables_recovers(program: Program, database: Cluster) -> None:
    url, name = database.url(uuid4().hex), f"keeper-{uuid4().hex[:8]}"
    assert program(f"--db '{url}' init --empty").code == 0
    database.sql(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'x'")
    assert program(f"--db '{url}' db grant keeper {name}").code == 0
    own = url.replace("user=postgres", f"user={name}&password=x")
    refused = program(f"--db '{own}' recover")
    assert (refused.code, "Only the owner of its tables" in refused.err) == (4, True)
    with using_language("zh"):
        refused = program(f"--db '{own}' recover")
    assert (refused.code, "只有数据表的所有者" in refused.err) == (4, True)
    # What is kept of its rights is not in a backup, and that is said.
    saved = program(f"--db '{url}' backup saved.jsonl")
    assert (saved.code, "tracker db list" in saved.out) == (0, True)


def test_rows_that_are_odd_are_named_in_chinese(
    program: Program, database_of_its_own: Database
) -> None:
    url, ledger = database_of_its_own.url, database_of_its_own.ledger
    assert program(f"--db '{url}' init --empty").code == 0
    assert program(f"--db '{url}' add 管网 --id pipes").code == 0
    with psycopg.connect(url.partition("?")[0], user="postgres") as owner:
        owner.execute("SET session_replication_role = replica")
        for record, turn in (("pipes.km", "gen_random_uuid()"), ("none.km", "turn")):
            owner.execute(
                "INSERT INTO tracker.entries (ledger, record, turn, number, list, line)"
                f" SELECT ledger, '{record}', {turn}, 7, 'updates', '{{\"on\":\"2026-01-01\"}}'"
                " FROM tracker.commits WHERE ledger = %s",
                (ledger,),
            )
    with using_language("zh"):
        checked = program(f"--db '{url}' check")
        recovered = program(f"--db '{url}' recover")
    assert checked.code == 5
    for part in ("2 行不是程序写入的", "没有对应提交的 pipes.km", "tracker recover"):
        assert part in checked.err, checked.err
    assert (recovered.code, "tracker.set_aside 中的 2 行" in recovered.out) == (0, True), recovered

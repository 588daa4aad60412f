"""Changes: what differs, what it makes of a line, and how it is turned round."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tracker.errors import LedgerDamaged
from tracker.model.codec import build_decoder, encode
from tracker.model.commits import (
    Stamp,
    StoredRecord,
    apply_change,
    apply_commit_fields,
    build_append,
    build_commit,
    build_commit_changes,
    build_creation,
    build_field_change,
    build_removal,
    find_changed_commit_fields,
)
from tracker.model.records import Decision, Document, Indicator, Initiative, Update

DAY = date(2026, 1, 31)
UPDATES = [Update(id=f"u{n}", on=DAY, value=Decimal(n)) for n in range(3)]


def test_only_fields_differ_never_the_lists() -> None:
    old = Indicator(id="i.x", name="值", unit="户", updates=UPDATES[:1])
    new = Indicator(id="i.x", name="值", target=Decimal("1.50"))
    assert find_changed_commit_fields(old, new) == (
        {"unit": "户", "target": None},
        {"unit": None, "target": Decimal("1.50")},
    )
    assert find_changed_commit_fields(old, old) == ({}, {})


def test_a_change_says_where_it_belongs() -> None:
    decision = Decision(on=DAY, state="closed")
    tables = [
        build_creation(Document(id="d", title="文", published=DAY)).table,
        build_removal(Initiative(id="i", name="事")).table,
        build_field_change(Indicator(id="i.x", name="值"), {}, {}).table,
        build_append("i", decision).table,
        build_append("i.x", decision).table,
    ]
    assert tables == ["documents", "initiatives", "indicators", "initiatives", "indicators"]


def test_a_commit_carries_its_stamp() -> None:
    stamp = Stamp(at=datetime(2026, 1, 31, tzinfo=UTC), by="督查室", command="undo", undoes=3)
    commit = build_commit(4, stamp, [])
    assert (commit.seq, commit.at, commit.by) == (4, stamp.at, "督查室")
    assert (commit.command, commit.undoes, commit.changes) == ("undo", 3, [])


def test_changes_applied_to_a_line() -> None:
    record = Indicator(id="i.x", name="值", target=Decimal("62.10"))
    line = apply_change(build_creation(record), None)
    assert line == encode(record)
    for update in UPDATES:
        line = apply_change(build_append("i.x", update), line)
    line = apply_change(
        build_field_change(record, {"name": "值"}, {"name": "改", "target": None}), line
    )
    assert line is not None
    assert json.loads(line)["id"] == "i.x"
    assert build_decoder(Indicator)(line) == Indicator(id="i.x", name="改", updates=UPDATES)
    assert apply_change(build_removal(record), line) is None


@pytest.mark.parametrize(
    "change",
    [build_append("i.x", UPDATES[0]), build_field_change(Indicator(id="i.x", name=""), {}, {})],
)
def test_what_is_not_there_cannot_change(change: object) -> None:
    with pytest.raises(LedgerDamaged, match=r"i\.x.*tracker recover"):
        apply_change(change, None)  # type: ignore[arg-type]


def test_a_change_is_turned_round() -> None:
    old = Indicator(id="i.x", name="值", unit="户", target=Decimal("62.10"), updates=UPDATES)
    new = Indicator(id="i.x", name="改", baseline=Decimal(0), updates=UPDATES)
    change = build_field_change(new, *find_changed_commit_fields(old, new))
    assert apply_commit_fields(new, change.old) == old
    assert apply_commit_fields(old, change.new) == new
    assert str(apply_commit_fields(new, change.old).target) == "62.10"


RECORD = Indicator(id="i.x", name="值", updates=UPDATES[:1])
STEPS: list[tuple[StoredRecord | None, StoredRecord | None, list[str]]] = [
    (None, None, []),
    (None, RECORD, ["create"]),
    (RECORD, None, ["remove"]),
    (RECORD, RECORD, []),
    (RECORD, Indicator(id="i.x", name="改", updates=UPDATES), ["change", "append", "append"]),
    (RECORD, Indicator(id="i.x", name="值", updates=UPDATES[1:]), ["remove", "create"]),
    (RECORD, Indicator(id="i.x", name="值"), ["remove", "create"]),
    (Initiative(id="i", name="a"), Initiative(id="i", name="b"), ["change"]),
    (
        Document(id="d", title="a", published=DAY),
        Document(id="d", title="b", published=DAY),
        ["change"],
    ),
]


@pytest.mark.parametrize(("old", "new", "ops"), STEPS)
def test_the_steps_from_one_version_to_another(
    old: StoredRecord | None, new: StoredRecord | None, ops: list[str]
) -> None:
    changes = build_commit_changes(old, new)
    assert [each.op for each in changes] == ops
    line = None if old is None else encode(old)
    for change in changes:
        line = apply_change(change, line)
    assert (None if line is None or new is None else build_decoder(type(new))(line)) == new

"""Changes: what differs, what it makes of a line, and how it is turned round."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tracker.errors import LedgerDamaged
from tracker.model.codec import decoder, encode
from tracker.model.commits import (
    Stamp,
    Stored,
    appended,
    applied,
    between,
    changed,
    committed,
    created,
    differing,
    removed,
    restored,
)
from tracker.model.records import Decision, Document, Indicator, Initiative, Update

DAY = date(2026, 1, 31)
UPDATES = [Update(id=f"u{n}", on=DAY, value=Decimal(n)) for n in range(3)]


def test_only_fields_differ_never_the_lists() -> None:
    old = Indicator(id="i.x", name="值", unit="户", updates=UPDATES[:1])
    new = Indicator(id="i.x", name="值", target=Decimal("1.50"))
    assert differing(old, new) == (
        {"unit": "户", "target": None},
        {"unit": None, "target": Decimal("1.50")},
    )
    assert differing(old, old) == ({}, {})


def test_a_change_says_where_it_belongs() -> None:
    decision = Decision(on=DAY, state="closed")
    tables = [
        created(Document(id="d", title="文", published=DAY)).table,
        removed(Initiative(id="i", name="事")).table,
        changed(Indicator(id="i.x", name="值"), {}, {}).table,
        appended("i", decision).table,
        appended("i.x", decision).table,
    ]
    assert tables == ["documents", "initiatives", "indicators", "initiatives", "indicators"]


def test_a_commit_carries_its_stamp() -> None:
    stamp = Stamp(at=datetime(2026, 1, 31, tzinfo=UTC), by="督查室", command="undo", undoes=3)
    commit = committed(4, stamp, [])
    assert (commit.seq, commit.at, commit.by) == (4, stamp.at, "督查室")
    assert (commit.command, commit.undoes, commit.changes) == ("undo", 3, [])


def test_changes_applied_to_a_line() -> None:
    record = Indicator(id="i.x", name="值", target=Decimal("62.10"))
    line = applied(created(record), None)
    assert line == encode(record)
    for update in UPDATES:
        line = applied(appended("i.x", update), line)
    line = applied(changed(record, {"name": "值"}, {"name": "改", "target": None}), line)
    assert line is not None
    assert json.loads(line)["id"] == "i.x"
    assert decoder(Indicator)(line) == Indicator(id="i.x", name="改", updates=UPDATES)
    assert applied(removed(record), line) is None


@pytest.mark.parametrize(
    "change", [appended("i.x", UPDATES[0]), changed(Indicator(id="i.x", name=""), {}, {})]
)
def test_what_is_not_there_cannot_change(change: object) -> None:
    with pytest.raises(LedgerDamaged, match=r"i\.x.*tracker recover"):
        applied(change, None)  # type: ignore[arg-type]


def test_a_change_is_turned_round() -> None:
    old = Indicator(id="i.x", name="值", unit="户", target=Decimal("62.10"), updates=UPDATES)
    new = Indicator(id="i.x", name="改", baseline=Decimal(0), updates=UPDATES)
    change = changed(new, *differing(old, new))
    assert restored(new, change.old) == old
    assert restored(old, change.new) == new
    assert str(restored(new, change.old).target) == "62.10"


RECORD = Indicator(id="i.x", name="值", updates=UPDATES[:1])
STEPS: list[tuple[Stored | None, Stored | None, list[str]]] = [
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
    old: Stored | None, new: Stored | None, ops: list[str]
) -> None:
    changes = between(old, new)
    assert [each.op for each in changes] == ops
    line = None if old is None else encode(old)
    for change in changes:
        line = applied(change, line)
    assert (None if line is None or new is None else decoder(type(new))(line)) == new

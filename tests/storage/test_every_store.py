"""One suite for every store: what is told it comes back, exactly, in order, or not at all."""

import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import pytest
from contract import (
    ALL,
    DAY,
    DAYS,
    STAMP,
    STEPS,
    apply_step,
    build_receipt,
    create_records,
    read_outcome,
    read_store,
    sample_records,
    transact,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_store import ReferenceStore

from tracker.errors import Conflict, InvalidInput, LedgerMissing, Refused
from tracker.ledger.history import MOST_CHANGES, list_newest_events
from tracker.ledger.ledger import Tracker
from tracker.model.commits import Stamp, StoredRecord, apply_commit_fields
from tracker.model.filters import Filter, fits_filter_of_assessment, fits_filter_of_record
from tracker.model.records import (
    Deadline,
    Decision,
    Document,
    Entry,
    Indicator,
    Initiative,
    Revision,
    Source,
    Update,
)
from tracker.storage.base import Store, Transaction
from tracker.storage.folder.store import FolderStore
from tracker.storage.memory import MemoryStore
from tracker.storage.open_store import open_store

Opened: TypeAlias = Callable[[], Store]


def test_an_empty_ledger_holds_nothing(opened: Opened) -> None:
    assert not any(read_store(opened()).values())
    with opened().view() as view:
        assert view.initiative("pipes") is None
        assert view.indicator("pipes.renewed") is None


def test_a_store_knows_its_place(opened: Opened) -> None:
    assert opened().place


def test_making_a_ledger_again_changes_nothing(opened: Opened) -> None:
    create_records(opened(), *sample_records())
    before = read_store(opened())
    assert opened().create() is False
    assert read_store(opened()) == before


def test_what_is_created_is_found(opened: Opened) -> None:
    document, initiative, indicator = sample_records()
    create_records(opened(), document, initiative, indicator)
    with opened().view() as view:
        assert view.documents() == {"2026-01-31-plan": document}
        assert view.initiative("pipes") == initiative
        assert view.indicator("pipes.renewed") == indicator
        assert view.indicators_of("pipes") == [indicator]
        assert list(view.candidates(ALL)) == [(initiative, indicator)]
        assert [(each.id, each.name, each.aliases) for each in view.names()] == [
            ("pipes", "老旧管网", ["村内管网"]),
            ("pipes.renewed", "完成改造", []),
        ]


def test_a_document_and_an_initiative_may_be_called_the_same(opened: Opened) -> None:
    create_records(
        opened(),
        Document(id="plan", title="计划", published=DAY),
        Initiative(id="plan", name="三年计划"),
    )
    decision = Decision(id="d", on=DAY, state="suspended", reason="审计")
    transact(opened(), lambda txn: txn.append("plan", decision))
    renamed = Document(id="plan", title="新计划", published=DAY)
    transact(opened(), lambda txn: txn.replace(renamed))
    with opened().view() as view:
        assert view.documents() == {"plan": renamed}
        assert view.initiative("plan") == Initiative(
            id="plan", name="三年计划", decisions=[decision]
        )


def test_receipts_are_kept_confirmed_and_released(opened: Opened) -> None:
    first, second = build_receipt(1), build_receipt(2, STAMP.at + timedelta(hours=1))
    create_records(opened(), *sample_records(), first, second)
    sent = msgspec.structs.replace(first, sent_at=STAMP.at)
    transact(opened(), lambda txn: txn.replace(sent))
    for number in range(9):
        create_records(opened(), Initiative(id=f"later-{number}", name="后来"))
    with opened().view() as view:
        assert list(view.receipts()) == [sent, second]
        assert second in list(view.receipts(STAMP.at + timedelta(minutes=1)))
        assert list(view.receipts(STAMP.at)) == [sent, second]
    transact(opened(), lambda txn: txn.remove(second))
    with pytest.raises(Conflict, match="exists already"):
        create_records(opened(), first)
    with opened().view() as view:
        assert list(view.receipts()) == [sent]
        assert list(view.names()) == list(view.names())
        assert len(list(view.candidates(ALL))) == 1


def test_a_transaction_knows_what_it_has_done(opened: Opened) -> None:
    def work(txn: Transaction) -> list[str]:
        txn.create(Initiative(id="i", name="事项"))
        txn.create(build_receipt(1))
        return [f"{each.op} {each.table} {each.id}" for each in txn.changes]

    assert opened().transact(work, STAMP) == ["create initiatives i", "create receipts r1"]


def test_the_folder_narrows_receipts_by_their_moment(folder: Opened) -> None:
    create_records(folder(), build_receipt(1), build_receipt(2, STAMP.at + timedelta(hours=1)))
    with folder().view() as view:
        late = list(view.receipts(STAMP.at + timedelta(minutes=1)))
        assert [each.id for each in late] == ["r2"]


def test_an_id_is_taken_once(opened: Opened) -> None:
    create_records(opened(), *sample_records())
    before = read_store(opened())
    for record in sample_records():
        with pytest.raises(Conflict, match="exists already"):
            create_records(opened(), record)
    with pytest.raises(Conflict):
        create_records(opened(), Initiative(id="new", name="新"), Initiative(id="new", name="又"))
    assert read_store(opened()) == before


def test_replacing_changes_what_differs_and_no_list(opened: Opened) -> None:
    create_records(opened(), *sample_records())
    update = Update(id="u1", on=DAY, value=Decimal(1))
    transact(opened(), lambda txn: txn.append("pipes.renewed", update))

    def work(txn: Transaction) -> None:
        known = txn.indicator("pipes.renewed")
        assert known is not None
        txn.replace(msgspec.structs.replace(known, target=Decimal(70), unit=None, updates=[]))

    transact(opened(), work)
    with opened().view() as view:
        indicator = view.indicator("pipes.renewed")
        assert indicator is not None
        assert (indicator.target, indicator.unit) == (Decimal(70), None)
        assert indicator.updates == [update]
        change = list(view.history())[-1].changes[0]
        assert msgspec.json.decode(change.old) == {"target": 62.1, "unit": "万平方米"}
        assert msgspec.json.decode(change.new) == {"target": 70, "unit": None}


def test_replacing_by_the_same_stores_nothing(opened: Opened) -> None:
    create_records(opened(), *sample_records())
    for record in sample_records():
        transact(opened(), lambda txn, record=record: txn.replace(record))  # type: ignore[misc]
    assert len(read_store(opened())["history"]) == 1


def test_entries_are_appended_in_order(opened: Opened) -> None:
    create_records(opened(), *sample_records())
    entries: list[tuple[str, Entry]] = [
        ("pipes.renewed", Update(id="u1", on=DAY, value=Decimal(1))),
        ("pipes.renewed", Update(id="u2", on=DAY - timedelta(days=9), value=Decimal(2))),
        ("pipes.renewed", Revision(id="r1", on=DAY, target=Decimal(80), reason="市政府令")),
        ("pipes.renewed", Decision(id="d1", on=DAY, state="suspended", reason="审计")),
        ("pipes", Decision(id="d2", on=DAY, state="closed", reason="办结")),
    ]
    for record_id, entry in entries:
        transact(opened(), lambda txn, r=record_id, e=entry: txn.append(r, e))  # type: ignore[misc]
    with opened().view() as view:
        indicator, initiative = view.indicator("pipes.renewed"), view.initiative("pipes")
        assert indicator is not None
        assert initiative is not None
        assert [each.id for each in indicator.updates] == ["u1", "u2"]
        assert indicator.revisions == [entries[2][1]]
        assert indicator.decisions == [entries[3][1]]
        assert initiative.decisions == [entries[4][1]]


def test_what_is_removed_is_gone_and_may_come_back_at_the_end(opened: Opened) -> None:
    create_records(opened(), *(Initiative(id=f"i{n}", name=f"事项{n}") for n in range(4)))
    create_records(opened(), Indicator(id="i1.x", name="指标"))
    removed = Initiative(id="i1", name="事项1")
    transact(opened(), lambda txn: txn.remove(Indicator(id="i1.x", name="")))
    transact(opened(), lambda txn: txn.remove(removed))
    with opened().view() as view:
        assert [each.id for each in view.initiatives(ALL)] == ["i0", "i2", "i3"]
        assert (view.initiative("i1"), view.indicators_of("i1")) == (None, [])
    create_records(opened(), Initiative(id="i1", name="又一次"))
    for number in range(12):
        create_records(opened(), Initiative(id=f"later-{number}", name="后来"))
        with opened().view() as view:
            order = [each.id for each in view.initiatives(ALL)]
            assert order[:4] == ["i0", "i2", "i3", "i1"]
            again = view.initiative("i1")
            assert again is not None
            assert again.name == "又一次"


def test_removing_and_creating_in_one_go(opened: Opened) -> None:
    create_records(opened(), *sample_records(), Initiative(id="last", name="最后"))

    def work(txn: Transaction) -> None:
        txn.remove(Initiative(id="pipes", name=""))
        assert txn.initiative("pipes") is None
        txn.create(Initiative(id="pipes", name="新"))
        assert [each.id for each in txn.initiatives(ALL)] == ["last", "pipes"]

    transact(opened(), work)
    with opened().view() as view:
        assert [(e.id, e.name) for e in view.initiatives(ALL)] == [
            ("last", "最后"),
            ("pipes", "新"),
        ]


@pytest.mark.parametrize("method", ["replace", "append", "remove"])
def test_what_is_not_there_cannot_be_changed(opened: Opened, method: str) -> None:
    create_records(opened(), *sample_records())
    before = read_store(opened())

    def work(txn: Transaction) -> None:
        if method == "append":
            txn.append("nothing.here", Update(id="u", on=DAY, value=Decimal(1)))
        else:
            getattr(txn, method)(Initiative(id="nothing", name="无"))

    with pytest.raises(KeyError):
        transact(opened(), work)
    assert read_store(opened()) == before


def test_an_error_in_the_work_stores_nothing(opened: Opened) -> None:
    create_records(opened(), *sample_records())
    before = read_store(opened())

    def work(txn: Transaction) -> None:
        txn.create(Initiative(id="new", name="新"))
        txn.append("pipes.renewed", Update(id="u", on=DAY, value=Decimal(1)))
        txn.remove(Document(id="2026-01-31-plan", title="", published=DAY))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        transact(opened(), work)
    assert read_store(opened()) == before


def test_work_sees_its_own_changes_and_its_answer_is_returned(opened: Opened) -> None:
    create_records(opened(), *sample_records())

    def work(txn: Transaction) -> str:
        txn.append("pipes.renewed", Update(id="u", on=DAY, value=Decimal("0.30")))
        known = txn.indicator("pipes.renewed")
        assert known is not None
        txn.replace(msgspec.structs.replace(known, notes="注"))
        (_owner, found), *rest = txn.candidates(ALL)
        assert not rest
        assert [str(each.value) for each in found.updates] == ["0.30"]
        return found.notes or ""

    assert opened().transact(work, STAMP) == "注"


def test_work_that_changes_nothing_makes_no_history(opened: Opened) -> None:
    assert opened().transact(lambda txn: len(list(txn.names())), STAMP) == 0
    assert read_store(opened())["history"] == []


def test_what_is_handed_out_or_in_is_not_the_ledger_itself(opened: Opened) -> None:
    mine = Initiative(id="pipes", name="管网", tags=["水"])
    create_records(opened(), mine)

    def work(txn: Transaction) -> None:
        known = txn.initiative("pipes")
        assert known is not None
        known.tags.append("改")
        known.name = "改了"
        assert txn.initiative("pipes") == Initiative(id="pipes", name="管网", tags=["水"])
        txn.replace(known)
        known.tags.append("又改")

    transact(opened(), work)
    mine.tags.clear()
    with opened().view() as view:
        stored = view.initiative("pipes")
        assert stored == Initiative(id="pipes", name="改了", tags=["水", "改"])
        stored.tags.clear()
        assert view.initiative("pipes") != stored


def test_a_view_stays_as_it_was_opened(opened: Opened) -> None:
    create_records(opened(), *sample_records())
    with opened().view() as view:
        create_records(opened(), *(Initiative(id=f"i{n}", name="后来") for n in range(40)))
        assert [each.id for each in view.initiatives(ALL)] == ["pipes"]
        assert [each.seq for each in view.history()] == [1]


def test_history_says_who_when_and_what(opened: Opened) -> None:
    create_records(opened(), *sample_records())
    stamp = Stamp(at=STAMP.at + timedelta(hours=8), by=None, command="undo", undoes=1)
    opened().transact(lambda txn: txn.create(Initiative(id="x", name="某")), stamp)
    first, second = read_store(opened())["history"]
    assert (first.seq, first.at, first.by, first.command) == (1, STAMP.at, "督查室", "test")
    assert [each.op for each in first.changes] == ["create"] * 3
    assert (second.seq, second.at, second.by, second.undoes) == (2, stamp.at, None, 1)


@pytest.mark.parametrize("is_mixed", [False, True])
def test_what_a_large_change_made_may_be_left_out_of_the_newest(
    opened: Opened, *, is_mixed: bool
) -> None:
    create_records(opened(), *sample_records())
    key = next(each.id for each in sample_records() if isinstance(each, Indicator))

    def work(txn: Transaction) -> None:
        for number in range(MOST_CHANGES + 1):
            txn.create(Initiative(id=f"n{number}", name="某", decisions=[Decision(on=DAY)]))
            if is_mixed and not number:
                txn.append(key, Update(on=DAY, value=Decimal(5)))
        txn.append(key, Update(on=DAY, value=Decimal(7)))

    transact(opened(), work)
    with opened().view() as view:
        whole, newest = (
            list(list_newest_events(commits, lambda _id: ""))
            for commits in (
                view.history_newest_first(),
                view.history_newest_first(most=MOST_CHANGES),
            )
        )
    assert newest == whole
    assert len(newest) == 1 + len(sample_records())


def test_history_can_be_turned_round(opened: Opened) -> None:
    create_records(opened(), *sample_records())
    known = Initiative(id="pipes", name="改名", lead="区水务局", tags=["水"])
    transact(opened(), lambda txn: txn.replace(known))
    change = read_store(opened())["history"][-1].changes[0]
    assert apply_commit_fields(known, change.old) == sample_records()[1]


@pytest.mark.parametrize(
    "digits",
    ["62.10", "0.000", "-5", "1E+30", "1E-30", "123456789012345678901234567890.12", "9" * 60, "0"],
)
def test_numbers_keep_every_digit(opened: Opened, digits: str) -> None:
    number = Decimal(digits)
    create_records(
        opened(), Initiative(id="n", name="数"), Indicator(id="n.x", name="值", target=number)
    )
    update = Update(id="u", on=DAY, value=number, share_of_plan=number)
    transact(opened(), lambda txn: txn.append("n.x", update))
    transact(opened(), lambda txn: txn.replace(Indicator(id="n.x", name="改", baseline=number)))
    transact(opened(), lambda txn: txn.replace(Indicator(id="n.x", name="改", target=number)))
    with opened().view() as view:
        found = view.indicator("n.x")
        assert found is not None
        (update,) = found.updates
        assert [str(each) for each in (found.target, update.value, update.share_of_plan)] == [
            str(number)
        ] * 3


@pytest.mark.parametrize("digits", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_what_is_no_number_is_not_stored(folder: Opened, digits: str) -> None:
    store = folder()
    create_records(store, *sample_records())
    before = read_store(store)
    update = Update(id="u", on=DAY, value=Decimal(digits))
    with pytest.raises(InvalidInput, match="no number"):
        transact(store, lambda txn: txn.append("pipes.renewed", update))
    assert read_store(store) == before


TEXTS = [
    "农村生活污水治理率≥85%",
    "\u202e\x1b[31m\x07\x00",
    '"},\n"indicators":{\n"x":{',
    "\u2028\u2029\ufeff\U0001f3d7\U00020bb7",
    " leading, trailing\r\n\t ",
    "\\u0041\\",
]


@pytest.mark.parametrize("text", TEXTS)
def test_texts_come_back_as_they_were(opened: Opened, text: str) -> None:
    initiative = Initiative(id="t", name=text, aliases=[text], notes=text)
    create_records(opened(), initiative, Indicator(id="t.x", name=text))
    for number in range(10):
        update = Update(id=f"u{number}", on=DAY, note=text, evidence=[text, text])
        transact(opened(), lambda txn, update=update: txn.append("t.x", update))  # type: ignore[misc]
    with opened().view() as view:
        assert view.initiative("t") == initiative
        found = view.indicator("t.x")
        assert found is not None
        assert {each.note for each in found.updates} == {text}


AWKWARD = [
    "a",
    "a-b",
    "a-b-c",
    "ab",
    "a1",
    "indicators",
    "initiatives",
    "documents",
    "tracker",
    "1",
]


@pytest.mark.parametrize("order", [AWKWARD, AWKWARD[::-1]])
def test_ids_that_begin_alike_or_look_like_tables_stay_apart(
    opened: Opened, order: list[str]
) -> None:
    for each in order:
        create_records(opened(), Document(id=each, title=f"D {each}", published=DAY))
        create_records(opened(), Initiative(id=each, name=f"I {each}"))
        create_records(opened(), Indicator(id=f"{each}.{each}", name=f"X {each}"))
        create_records(
            opened(),
            Indicator(id=f"{each}.a", name=f"A {each}") if each != "a" else sample_records()[1],
        )
    transact(opened(), lambda txn: txn.append("a-b.a", Update(id="u", on=DAY, value=Decimal(1))))

    def put_back(txn: Transaction) -> None:
        txn.remove(Initiative(id="ab", name=""))
        txn.create(Initiative(id="ab", name="I ab"))

    transact(opened(), put_back)
    with opened().view() as view:
        for each in order:
            initiative = view.initiative(each)
            assert initiative is not None
            assert initiative.name == f"I {each}"
            assert view.documents()[each].title == f"D {each}"
            own = {f"{each}.{each}", f"{each}.a"}
            assert {found.id for found in view.indicators_of(each)} == own
        found = view.indicator("a-b.a")
        assert found is not None
        assert len(found.updates) == 1


def test_an_indicator_without_its_initiative_is_refused_or_left_out(opened: Opened) -> None:
    create_records(opened(), *sample_records())
    # No command does it; a database refuses it, whoever tries.
    with suppress(Refused):
        transact(opened(), lambda txn: txn.remove(Initiative(id="pipes", name="")))
    with opened().view() as view:
        is_there = view.initiative("pipes") is not None
        assert [owner.id for owner, _own in view.candidates(ALL)] == ["pipes"] * is_there
        assert list(view.history())


def test_many_look_ups_find_the_same_as_few(opened: Opened) -> None:
    numbers = range(60)
    create_records(opened(), *(Initiative(id=f"i-{n}", name=f"事项{n}") for n in numbers))
    for number in (3, 50):
        gone = Initiative(id=f"i-{number}", name="")
        transact(opened(), lambda txn, gone=gone: txn.remove(gone))  # type: ignore[misc]
    with opened().view() as view:
        found = [view.initiative(f"i-{n}") for n in numbers]
    assert [each.name if each else None for each in found] == [
        None if n in (3, 50) else f"事项{n}" for n in numbers
    ]


def test_narrowing_by_day_loses_nothing_and_keeps_what_was_ever_due(opened: Opened) -> None:
    day = timedelta(days=1)
    create_records(
        opened(),
        Initiative(id="i", name="事项"),
        Indicator(id="i.none", name="无时限"),
        Indicator(id="i.yearly", name="每年", deadline=Deadline(wording="每年")),
        Indicator(id="i.before", name="前", deadline=Deadline(on=DAY - day)),
        Indicator(id="i.on", name="当日", deadline=Deadline(on=DAY)),
        Indicator(id="i.after", name="后", deadline=Deadline(on=DAY + day)),
        Indicator(id="i.moved", name="延期", deadline=Deadline(on=DAY + day)),
    )
    earlier = Revision(id="r", on=DAY, deadline=Deadline(on=DAY), reason="提前")
    transact(opened(), lambda txn: txn.append("i.moved", earlier))
    later = Revision(id="r", on=DAY, deadline=Deadline(on=DAY + 99 * day), reason="延期")
    transact(opened(), lambda txn: txn.append("i.before", later))
    with opened().view() as view:
        found = {indicator.id for _owner, indicator in view.candidates(ALL, DAY)}
    assert found >= {"i.before", "i.on", "i.moved"}


def test_the_folder_narrows_by_day(folder: Opened) -> None:
    store = folder()
    later = Indicator(id="i.x", name="后", deadline=Deadline(on=DAY + timedelta(days=1)))
    create_records(store, Initiative(id="i", name="事项"), later)
    with store.view() as view:
        assert list(view.candidates(ALL, DAY)) == []


def test_stores_are_opened_by_their_place(tmp_path: Path) -> None:
    assert isinstance(open_store("memory:"), MemoryStore)
    for place in (str(tmp_path / "l"), f"file://{tmp_path}/l"):
        store = open_store(place, patience=0.5)
        assert store.place == str(tmp_path / "l")
        with pytest.raises(LedgerMissing, match="tracker init"), store.view():
            pass
    with pytest.raises(InvalidInput, match="mysql://"):
        open_store("mysql://localhost/x")


@settings(max_examples=60)
@given(
    transactions=st.lists(st.lists(STEPS, max_size=8), max_size=10),
    tail_limit=st.sampled_from([0, 400, 2000, 10**6]),
    due_by=DAYS,
)
def test_the_folder_and_memory_do_as_dictionaries_do(
    transactions: list[list[tuple[str, Any]]], tail_limit: int, due_by: date
) -> None:
    reference, memory = ReferenceStore(), MemoryStore()
    with tempfile.TemporaryDirectory() as name:
        folder = FolderStore(name, patience=1, tail_limit=tail_limit)
        folder.create()
        for steps in transactions:

            def work(txn: Transaction, steps: list[tuple[str, Any]] = steps) -> Any:  # noqa: ANN401
                return [apply_step(txn, *each) for each in steps], read_outcome(txn)

            expected = reference.transact(work, STAMP)
            assert folder.transact(work, STAMP) == memory.transact(work, STAMP) == expected
        with folder.view() as view, memory.view() as kept, reference.view() as other:
            assert read_outcome(view) == read_outcome(kept) == read_outcome(other)
            due = {
                indicator.id
                for _owner, indicator in other.candidates(ALL)
                for each in (indicator.deadline, *(r.deadline for r in indicator.revisions))
                if each is not None and each.on is not None and each.on <= due_by
            }
            assert {each.id for _owner, each in view.candidates(ALL, due_by)} == due
        assert folder.verify() == len(read_outcome(other)["history"])
        assert folder.recover(STAMP).written == []


def branch() -> list[StoredRecord]:
    """A plan with two projects below it, one of which has a part of its own."""
    return [
        Initiative(id="water", name="供水"),
        Initiative(id="pipes", name="管网", parent="water"),
        Initiative(id="wells", name="水井", parent="water"),
        Initiative(id="pumps", name="泵站", parent="pipes"),
        Indicator(id="pumps.built", name="建成"),
        Indicator(id="pipes.km", name="里程"),
        Indicator(id="pipes.done", name="完成"),
    ]


def test_what_is_right_below_is_found_in_the_order_of_entry(opened: Opened) -> None:
    create_records(opened(), *branch())
    with opened().view() as view:

        def below(*ids: str, besides: tuple[str, ...] = ()) -> list[str]:
            return [each.id for each in view.children_of(ids, besides)]

        assert below("water") == ["pipes", "wells"]
        assert below("pipes", "water") == ["pipes", "wells", "pumps"]
        assert below("wells") == []
        assert below() == []
        assert below("pipes", besides=("water", "nobody")) == ["water", "pumps"]


def test_indicators_are_found_by_whose_they_are(opened: Opened) -> None:
    create_records(opened(), *branch())
    with opened().view() as view:

        def of(*owners: str) -> list[str]:
            found = view.candidates(ALL, owners=owners)
            return [f"{initiative.id} {indicator.id}" for initiative, indicator in found]

        assert of("pipes") == ["pipes pipes.km", "pipes pipes.done"]
        assert of("pipes", "pumps") == ["pumps pumps.built", *of("pipes")]
        assert of("wells", "pipe", "nobody") == []
        assert of() == []


def test_what_is_named_besides_is_there_whatever_it_says(opened: Opened) -> None:
    create_records(opened(), *branch())
    where = Filter(place="nowhere", text="nothing", state="closed")
    with opened().view() as view:
        assert "water" in [each.id for each in view.initiatives(where, {"water"})]
        found = view.candidates(where, DAY, DAY, besides={"pumps"})
        assert "pumps.built" in [each.id for _owner, each in found]


def chronicled(store: Store) -> None:
    """A ledger in which an initiative was edited and an indicator taken out again."""
    create_records(store, *branch())
    transact(store, lambda txn: txn.append("pipes.km", Update(id="u1", on=DAY, value=Decimal(1))))
    transact(store, lambda txn: txn.replace(Initiative(id="pumps", name="大泵站", parent="pipes")))
    transact(store, lambda txn: txn.create(Indicator(id="wells.dug", name="口数")))
    transact(store, lambda txn: txn.remove(Indicator(id="wells.dug", name="口数")))


def test_the_newest_commits_come_first(opened: Opened) -> None:
    chronicled(opened())
    with opened().view() as view:
        assert list(view.history_newest_first()) == list(view.history())[::-1]
        assert next(view.history_newest_first()).seq == 5


def test_what_happened_to_some_records_is_told_whole(opened: Opened) -> None:
    chronicled(opened())
    with opened().view() as view:

        def told_of(*ids: str) -> list[tuple[int, str, str]]:
            owned = tuple(f"{each}." for each in ids)
            return [
                (commit.seq, change.op, change.id)
                for commit in view.history(ids)
                for change in commit.changes
                if change.id in ids or change.id.startswith(owned)
            ]

        assert told_of("pipes") == [
            (1, "create", "pipes"),
            (1, "create", "pipes.km"),
            (1, "create", "pipes.done"),
            (2, "append", "pipes.km"),
        ]
        assert told_of("pipes", "pipes.km") == told_of("pipes")
        assert told_of("pipes.done") == [(1, "create", "pipes.done")]
        assert told_of("pumps.built", "wells") == [
            (1, "create", "wells"),
            (1, "create", "pumps.built"),
            (4, "create", "wells.dug"),
            (5, "remove", "wells.dug"),
        ]
        assert told_of("nobody") == []
        assert told_of() == []


def test_all_that_happened_to_what_was_edited_is_told(opened: Opened) -> None:
    create_records(opened(), *branch())
    with opened().view() as view:
        assert not [
            c for each in view.history_of_edited() for c in each.changes if c.op != "create"
        ]
    transact(opened(), lambda txn: txn.create(Indicator(id="wells.dug", name="口数")))
    transact(
        opened(), lambda txn: txn.append("wells.dug", Update(id="u", on=DAY, value=Decimal(3)))
    )
    transact(opened(), lambda txn: txn.replace(Initiative(id="pumps", name="泵", parent="pipes")))
    known = Indicator(id="wells.dug", name="口数", updates=[Update(id="u", on=DAY)])
    transact(opened(), lambda txn: txn.remove(known))
    with opened().view() as view:
        assert [
            (commit.seq, change.op, change.id)
            for commit in view.history_of_edited()
            for change in commit.changes
            if change.id in {"pumps", "wells.dug"}
        ] == [
            (1, "create", "pumps"),
            (2, "create", "wells.dug"),
            (3, "append", "wells.dug"),
            (4, "change", "pumps"),
            (5, "remove", "wells.dug"),
        ]


LATER = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC) + timedelta(days=3)
FILTERS = [
    Filter(place=("历下", "历城")),
    Filter(lead=("乙局", "丙局")),
    Filter(lead="丙局"),
    Filter(category=("民生", "就业")),
    Filter(kind=("action", "project"), level="city"),
    Filter(tag=("直播＋", "双中心")),
    Filter(document=("plan", "2025")),
    Filter(text=("直播＋十大", "无此")),
    Filter(text="力争"),
    Filter(text="６＋Ｎ"),
    Filter(state=("closed", "suspended")),
    Filter(state="active", place="历下"),
    Filter(commitment=("none", "effort")),
    Filter(commitment="outcome", tag="双中心"),
    Filter(place="无此"),
]


def varied_records() -> list[Initiative | Indicator | Document]:
    """Records that differ in all that a filter asks for."""
    closed = [Decision(id="d", on=DAY, state="closed", reason="x")]
    resting = [Decision(id="d", on=DAY, state="suspended", reason="x")]
    return [
        Document(id="plan", title="报告", published=DAY),
        Document(id="2025-work", title="方案", published=DAY),
        Initiative(
            id="a",
            name="品质市中“直播+”十大行动",
            kind="action",
            place="历下区",
            category="民生",
            level="city",
            lead="甲局、乙局",
            tags=["直播+", "双中心"],
            sources=[Source(document="plan")],
        ),
        Initiative(
            id="b",
            name="“6+N”基金",
            kind="project",
            place="历城区",
            tags=["双中心"],
            decisions=closed,
        ),
        Initiative(id="c", name="丙", parent="b", category="就业", lead="丁局", notes="力争年内"),
        Indicator(id="a.x", name="改造", lead="丙局", deadline=Deadline(on=DAY), decisions=resting),
        Indicator(id="a.y", name="推进", commitment="effort", source=Source(document="2025-work")),
        Indicator(id="b.x", name="建成", deadline=Deadline(on=DAY), measure="milestone"),
        Indicator(id="c.x", name="通报", notes="力争"),
    ]


@pytest.mark.parametrize("where", FILTERS)
def test_every_store_finds_what_fits_a_filter(opened: Opened, where: Filter) -> None:
    create_records(opened(), *varied_records())
    tracker = Tracker(opened(), now=LATER)
    found = [assessment.id for assessment in tracker.indicators(where).items]
    states = {each.id: each.state for each in tracker.indicators().items}
    fields = msgspec.structs.replace(where, state=())
    with opened().view() as view:
        fitting = [
            indicator.id
            for initiative, indicator in view.candidates(ALL)
            if fits_filter_of_record(fields, initiative, indicator)
            and (not where.state or states[indicator.id] in where.state)
            and fits_filter_of_assessment(fields, tracker.why(indicator.id).assessment)
        ]
    assert found == fitting
    searched = {initiative.id for initiative in (b.initiative for b in tracker.search(where).items)}
    assert {each.partition(".")[0] for each in found} <= searched


def test_the_filters_find_something_and_not_all() -> None:
    store = MemoryStore()
    store.create()
    create_records(store, *varied_records())
    counts = [len(Tracker(store, now=LATER).indicators(where).items) for where in FILTERS]
    assert [count for count in counts[:-1] if not 0 < count < 4] == []
    assert counts[-1] == 0


def test_a_module_that_is_missing_in_the_program_is_no_missing_driver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "tracker.storage.postgresql.store", None)
    with pytest.raises(ModuleNotFoundError, match=r"tracker\.storage\.postgresql\.store"):
        open_store("postgresql://localhost/x")

"""What a file adds to a ledger, on every store."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from stores import Opened

from tracker.errors import Conflict, InvalidInput, TrackerError
from tracker.exchange.batches import Batch, read_batch
from tracker.exchange.entries import identify_exchange_entry
from tracker.exchange.fields import build_record_from_fields
from tracker.ledger import merge as ledger_merge
from tracker.ledger.answers import Export
from tracker.ledger.ledger import Tracker
from tracker.ledger.merge import ConflictRule, MergeCounts
from tracker.model.codec import encode
from tracker.model.commits import Stamp
from tracker.model.records import (
    Decision,
    Document,
    Indicator,
    Initiative,
    Item,
    Revision,
    Source,
    Update,
)
from tracker.model.validation import Problem
from tracker.storage.memory import MemoryStore

NOW = datetime(2026, 3, 15, 9, tzinfo=UTC)
DAY = date(2023, 6, 30)
REPORT = Document(id="report", title="政府工作报告", published=date(2023, 1, 10))
RULES: tuple[ConflictRule, ...] = ("refuse", "keep", "replace")
NOTHING = MergeCounts(0, 0, 0, 0, 0)


def item(**fields: Any) -> Item:  # noqa: ANN401  # of any kind
    return build_record_from_fields(Item, {"id": "pipes", "name": "", **fields})


def indicator(**fields: Any) -> Indicator:  # noqa: ANN401  # of any kind
    return build_record_from_fields(Indicator, {"id": "pipes.share", "name": "", **fields})


def merge(
    opened: Opened,
    *items: Item,
    documents: tuple[Document, ...] = (),
    rule: ConflictRule = "refuse",
    now: datetime = NOW,
) -> MergeCounts:
    batch = Batch(list(documents), list(items), [])
    return Tracker(opened(), now=now, author="督查室").merge([batch], rule, "import")


def refused(
    opened: Opened,
    *items: Item,
    documents: tuple[Document, ...] = (),
    rule: ConflictRule = "refuse",
) -> tuple[type[TrackerError], tuple[str, ...]]:
    """The error and its candidates; nothing of it is in the ledger."""
    before = everything(opened)
    with pytest.raises(TrackerError) as caught:
        merge(opened, *items, documents=documents, rule=rule)
    assert everything(opened) == before
    return type(caught.value), caught.value.candidates


def everything(opened: Opened) -> tuple[Export[list[Item]], int]:
    with opened().view() as view:
        return Tracker(opened(), now=NOW).export(), len(list(view.history()))


def stored(opened: Opened) -> Item:
    (found,) = (each for each in everything(opened)[0].items if each.id == "pipes")
    return found


@pytest.fixture
def ledger(opened: Opened) -> Opened:
    """One initiative with one indicator and one report."""
    update = Update(id="u1", on=DAY, value=Decimal(60), source=Source(document="report"))
    share = indicator(name="改造率", target=85, unit="%", updates=[update])
    pipes = item(name="供水管网", lead="水务局", tags=["供水"], indicators=[share])
    assert merge(opened, pipes, documents=(REPORT,)) == MergeCounts(1, 1, 1, 1, 0)
    return opened


def test_new_records_say_who_entered_them_and_when(ledger: Opened) -> None:
    pipes = stored(ledger)
    (share,) = pipes.indicators
    (document,) = everything(ledger)[0].documents
    for each in (pipes, share, document, share.updates[0]):
        assert (each.recorded_at, each.by) == (NOW, "督查室")


def test_what_a_file_says_of_that_is_kept(opened: Opened) -> None:
    recorded = datetime(2023, 7, 1, tzinfo=UTC)
    update = Update(on=DAY, value=Decimal(1), recorded_at=recorded, by="甲")
    share = indicator(name="x", updates=[update], recorded_at=recorded, by="乙")
    merge(opened, item(name="x", indicators=[share], recorded_at=recorded, by="丙"))
    pipes = stored(opened)
    assert (pipes.recorded_at, pipes.by) == (recorded, "丙")
    assert (pipes.indicators[0].recorded_at, pipes.indicators[0].by) == (recorded, "乙")
    assert pipes.indicators[0].updates[0].by == "甲"


def test_a_part_adds_what_is_new(ledger: Opened) -> None:
    part = item(
        place="济南市",
        tags=["民生", "供水"],
        aliases=["老旧管网"],
        indicators=[
            indicator(baseline=12, updates=[Update(on=date(2023, 9, 30), value=Decimal(70))]),
            indicator(id="pipes.done", name="完成改造", measure="milestone"),
        ],
    )
    assert merge(ledger, part) == MergeCounts(0, 0, 1, 1, 2)
    pipes = stored(ledger)
    assert (pipes.name, pipes.lead, pipes.place) == ("供水管网", "水务局", "济南市")
    assert (pipes.tags, pipes.aliases) == (["供水", "民生"], ["老旧管网"])
    share, done = pipes.indicators
    assert (share.name, share.target, share.baseline) == ("改造率", Decimal(85), Decimal(12))
    assert [each.value for each in share.updates] == [60, 70]
    assert done.measure == "milestone"


def test_the_same_file_twice_adds_nothing(opened: Opened) -> None:
    data = """
        [[documents]]
        id = "report"
        title = "政府工作报告"
        published = 2023-01-10
        [[items]]
        id = "pipes"
        name = "供水管网"
        state = "suspended"
        [[items.indicators]]
        id = "share"
        name = "改造率"
        updates = [{ on = 2023-06-30, value = 60 }, { on = 2023-09-30, value = 70 }]
        revisions = [{ on = 2023-07-31, target = 80, reason = "汛期" }]
    """
    batch = read_batch(data.encode(), "toml")
    tracker = Tracker(opened(), now=NOW)
    assert tracker.merge([batch], "refuse", "import") == MergeCounts(1, 1, 1, 4, 0)
    before = everything(opened)
    for rule in ("refuse", "keep", "replace"):
        later = Tracker(opened(), now=NOW + timedelta(days=40), author="另一人")
        assert later.merge([batch], rule, "import") == NOTHING
        fresh = read_batch(data.encode(), "toml")
        assert later.merge([fresh, fresh], rule, "import") == NOTHING
    assert everything(opened) == before


def test_one_file_into_two_ledgers_is_signed_by_each(opened: Opened) -> None:
    batch = Batch([REPORT], [item(name="x", indicators=[indicator(name="y")])], [])
    Tracker(opened(), now=NOW, author="甲").merge([batch], "refuse", "import")
    other = Tracker(MemoryStore(), now=NOW, author="乙")
    other.merge([batch], "refuse", "import")
    assert (stored(opened).by, other.export().items[0].by) == ("甲", "乙")
    assert REPORT.by is None


def test_where_they_disagree(ledger: Opened) -> None:
    document = msgspec.structs.replace(REPORT, title="另一份报告")
    part = item(lead="水利局", place="济南市", indicators=[indicator(target=90)])
    before = everything(ledger)
    kind, said = refused(ledger, part, documents=(document,))
    assert kind is Conflict
    assert said == (
        'report: title is "政府工作报告" in the ledger and "另一份报告" in the file',
        'pipes: lead is "水务局" in the ledger and "水利局" in the file',
        'pipes.share: target is "85" in the ledger and "90" in the file',
    )
    assert everything(ledger) == before
    kept = merge(ledger, part, documents=(document,), rule="keep")
    assert kept == MergeCounts(0, 0, 0, 0, 1, kept=said)
    assert (stored(ledger).lead, stored(ledger).place) == ("水务局", "济南市")
    assert merge(ledger, part, documents=(document,), rule="replace") == MergeCounts(0, 0, 0, 0, 3)
    assert stored(ledger).lead == "水利局"
    assert stored(ledger).indicators[0].target == Decimal(90)
    assert everything(ledger)[0].documents[0].title == "另一份报告"


def test_structures_that_disagree_are_shown_short(ledger: Opened) -> None:
    long = {"on": "2024-12-31", "wording": "长" * 100}
    merge(ledger, item(indicators=[indicator(deadline={"on": "2023-12-31"})]))
    (said,) = refused(ledger, item(indicators=[indicator(deadline=long)]))[1]
    assert said.startswith('pipes.share: deadline is "on: 2023-12-31" in the ledger and ')
    assert said.endswith('长…" in the file')


def test_parts_of_one_file_may_disagree_too(opened: Opened) -> None:
    for rule in RULES:
        kind, said = refused(opened, item(name="甲"), item(name="乙"), rule=rule)
        assert kind is InvalidInput
        assert said == ('pipes is in the file twice, with different name: "甲" and "乙"',)


def test_a_file_that_contradicts_itself_is_no_matter_of_the_ledger(ledger: Opened) -> None:
    twice = (item(lead="水利局"), item(lead="住建局"))
    for rule in RULES:
        assert refused(ledger, *twice, rule=rule) == (
            InvalidInput,
            ('pipes is in the file twice, with different lead: "水利局" and "住建局"',),
        )
    assert merge(ledger, item(lead="水利局"), item(lead="水利局"), rule="replace").changed == 1


def test_entries_are_never_replaced(ledger: Opened) -> None:
    other = Update(id="u1", on=DAY, value=Decimal(61), source=Source(document="report"))
    part = item(indicators=[indicator(updates=[other])])
    sentence = (
        'pipes.share: updates has another entry with the id "u1"; entries are never'
        " replaced, so give the file's entry another id and let it void that one"
    )
    assert refused(ledger, part) == (Conflict, (sentence,))
    assert refused(ledger, part, rule="replace") == (Conflict, (sentence,))
    assert merge(ledger, part, rule="keep") == NOTHING._replace(kept=(sentence,))
    correction = Update(id="u2", on=DAY, value=Decimal(61), voids="u1")
    assert merge(ledger, item(indicators=[indicator(updates=[correction])])).entries == 1
    assert [each.value for each in stored(ledger).indicators[0].updates] == [60, 61]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"note": "报告"},
            'note of the entry "u1" of 2023-06-30 in updates is "None" in the ledger',
        ),
        ({"evidence": ["照片", "月报"]}, 'evidence of the entry "u1" of 2023-06-30 in updates'),
        ({"source": Source(document="report", locator="表2")}, 'locator of the entry "u1"'),
    ],
)
def test_what_stands_beside_an_entry_is_not_lost_in_silence(
    ledger: Opened, more: dict[str, Any], said: str
) -> None:
    same = Update(id="u1", on=DAY, value=Decimal(60), source=Source(document="report"))
    other = item(indicators=[indicator(updates=[msgspec.structs.replace(same, **more)])])
    for rule in ("refuse", "replace"):
        kind, (sentence,) = refused(ledger, other, rule=rule)
        assert kind is Conflict
        assert sentence.startswith(f"pipes.share: {said}")
        assert sentence.endswith("give the file's entry another id and let it void that one")
    assert merge(ledger, other, rule="keep") == NOTHING._replace(kept=(sentence,))
    # What the file leaves out is no other word about it.
    new = msgspec.structs.replace(same, id="u2", note="x", evidence=["a", "b"], voids="u1")
    merge(ledger, item(indicators=[indicator(updates=[new])]))
    bare = msgspec.structs.replace(new, note=None, evidence=["b"])
    assert merge(ledger, item(indicators=[indicator(updates=[bare])])) == NOTHING
    both = [msgspec.structs.replace(same, **more), msgspec.structs.replace(new, note="y")]
    assert len(merge(ledger, item(indicators=[indicator(updates=both)]), rule="keep").kept) == len(
        both
    )


@pytest.mark.parametrize("present", [True, False])
def test_a_file_words_an_entry_once(opened: Opened, present: bool) -> None:  # noqa: FBT001  # a case
    if present:
        merge(opened, item(name="x", indicators=[indicator(name="y")]))
    one, other = (
        item(name="x", indicators=[indicator(name="y", updates=[identify_exchange_entry(update)])])
        for update in (Update(on=DAY, value=Decimal(5), note=note) for note in ("甲", "乙"))
    )
    for rule in RULES:
        kind, said = refused(opened, one, other, rule=rule)
        assert kind is InvalidInput
        assert said == (
            (
                "pipes.share: the entry of 2023-06-30 in updates is in the file twice, with"
                ' different note: "甲" and "乙"'
            ),
        )


def test_two_entries_that_are_the_same_are_refused(opened: Opened) -> None:
    twice = [Update(on=DAY, value=Decimal(5)), Update(on=DAY, value=Decimal(5))]
    share = indicator(name="x", updates=[identify_exchange_entry(each) for each in twice])
    kind, said = refused(opened, item(name="x", indicators=[share]))
    assert kind is InvalidInput
    assert "updates[1] has the id" in said[0]


def test_documents_parents_and_names_must_be_there(ledger: Opened) -> None:
    share = indicator(updates=[Update(on=DAY, value=Decimal(1), source=Source(document="none"))])
    part = item(parent="water", indicators=[share, indicator(id="pipes.done")])
    stranger = item(id="stranger", indicators=[])
    assert refused(ledger, part, stranger) == (
        InvalidInput,
        (
            "pipes.done: name is missing; a new record needs one",
            "stranger: name is missing; a new record needs one",
            'pipes: parent "water" is not in the ledger',
            (
                'pipes.share: document "none" is not in the ledger; add it under documents, or'
                " with: tracker add TITLE --id none --published DAY"
            ),
        ),
    )
    report = msgspec.structs.replace(REPORT, id="none")
    water = item(id="water", name="水务")
    whole = msgspec.structs.replace(part, indicators=[share])
    # The parent comes after its child, in the file as in life.
    assert merge(ledger, whole, water, documents=(report,)) == MergeCounts(1, 1, 0, 1, 1)


def test_parents_never_lead_back(opened: Opened) -> None:
    circle = [item(id=a, name=a, parent=b) for a, b in (("a", "b"), ("b", "c"), ("c", "a"))]
    assert refused(opened, *circle) == (
        InvalidInput,
        ("a: its parents lead back to itself: a > b > c > a",),
    )
    merge(opened, item(id="a", name="a"), item(id="b", name="b", parent="a"))
    assert refused(opened, item(id="a", parent="b"))[1] == (
        "a: its parents lead back to itself: a > b > a",
    )
    assert refused(opened, item(id="c", name="c", parent="c"))[1] == (
        "c: its parents lead back to itself: c > c",
    )


def test_all_or_nothing(opened: Opened) -> None:
    batch = Batch([REPORT], [item(name="x")], [Problem(record="y", sentence="y: wrong")])
    with pytest.raises(InvalidInput) as caught:
        Tracker(opened(), now=NOW).merge([batch], "refuse", "import")
    assert caught.value.candidates == ("y: wrong",)
    assert everything(opened) == (Export(NOW.date(), [], []), 0)


def test_a_state_without_decision_becomes_one(opened: Opened) -> None:
    assert merge(opened, item(name="x", state="suspended")) == MergeCounts(0, 1, 0, 1, 0)
    pipes = stored(opened)
    (decision,) = pipes.decisions
    assert (decision.on, decision.state) == (NOW.date(), "suspended")
    assert (decision.reason, decision.by) == ("state when imported", "督查室")
    assert pipes.state == "suspended"
    later = NOW + timedelta(days=40)
    assert merge(opened, item(state="suspended"), now=later) == NOTHING
    assert merge(opened, item(state="active"), now=later) == NOTHING
    said = ('pipes: state is "suspended" in the ledger and "closed" in the file',)
    assert refused(opened, item(state="closed")) == (Conflict, said)
    kept = merge(opened, item(state="closed"), rule="keep", now=later)
    assert kept == NOTHING._replace(kept=said)
    assert stored(opened).state == "suspended"
    assert merge(opened, item(state="closed"), rule="replace", now=later).entries == 1
    assert [each.state for each in stored(opened).decisions] == ["suspended", "closed"]


def test_the_decisions_of_a_file_say_its_state(opened: Opened) -> None:
    decision = Decision(on=DAY, state="closed", reason="验收合格")
    merge(opened, item(name="x", state="closed", decisions=[decision]))
    assert [each.reason for each in stored(opened).decisions] == ["验收合格"]
    assert refused(opened, item(state="cancelled", decisions=[decision])) == (
        InvalidInput,
        ("pipes: state is cancelled, to which none of its decisions leads",),
    )


def test_decisions_and_revisions_of_an_indicator_are_added(ledger: Opened) -> None:
    share = indicator(
        decisions=[Decision(on=DAY, state="suspended", reason="停工")],
        revisions=[Revision(on=DAY, target=Decimal(80), reason="汛期")],
    )
    assert merge(ledger, item(indicators=[share])).entries == 2
    (kept,) = stored(ledger).indicators
    assert (len(kept.decisions), len(kept.revisions), len(kept.updates)) == (1, 1, 1)


def test_a_changed_record_is_judged_with_its_links(ledger: Opened) -> None:
    store = ledger()

    def check(record: Document | Initiative | Indicator) -> tuple[str, ...]:
        with pytest.raises(InvalidInput, match="would be wrong and was left as it is") as caught:
            store.transact(
                lambda txn: ledger_merge.refuse_unmergeable_record(txn, record),
                Stamp(at=NOW, by=None, command="test"),
            )
        return caught.value.candidates

    assert check(Initiative(id="pipes", name="", parent="none")) == (
        "pipes: name is missing; a new record needs one",
        'pipes: parent "none" is not in the ledger',
    )
    assert len(check(indicator(name="x", source=Source(document="none")))) == 1
    assert len(check(Document(id="X", title="", published=DAY))) == 2


def test_history_tells_the_merge_as_one_change(ledger: Opened) -> None:
    with ledger().view() as view:
        (commit,) = view.history()
    assert (commit.command, len(commit.changes)) == ("import", 3)
    share = stored(ledger).indicators[0]
    # A database adds to what it shows the login under which each entry was stored.
    for update in share.updates:
        update.login = None
    assert commit.changes[-1].record == msgspec.Raw(encode(share))


def test_an_id_that_is_none_is_quoted_in_every_sentence() -> None:
    strange = "a b"
    first, second = (
        Indicator(
            id="a b.n",
            name="数",
            after="none.x",
            updates=[Update(id="u", on=DAY, value=Decimal(1), note=note)],
        )
        for note in ("甲", "乙")
    )
    active = Decision(on=DAY, state="active", reason="会议")
    batch = Batch(
        [],
        [
            item(id=strange, name="甲", parent="none", sources=[Source(document="none")]),
            item(id=strange, name="乙", state="closed", decisions=[active]),
            item(id="c d", name="丙", parent="c d", indicators=[first, second]),
        ],
        [],
    )
    with pytest.raises(InvalidInput) as caught:
        Tracker(MemoryStore(), now=NOW).merge([batch], "refuse", "import")
    sentences = [str(each) for each in caught.value.candidates]
    for words in (
        '"a b": state is closed, to which none',
        '"a b" is in the file twice, with different name',
        '"a b.n": the entry of 2023-06-30 in updates is in the file twice',
        '"a b": parent "none" is not in the ledger',
        '"c d": its parents lead back to itself',
        '"a b": document "none" is not in the ledger',
        '"a b.n": after is "none.x"; there is no such indicator',
    ):
        assert any(each.startswith(words) for each in sentences), (words, sentences)


def test_a_refusal_says_what_can_be_done_about_it() -> None:
    first, other = (
        item(
            name="甲",
            indicators=[indicator(name="数", updates=[Update(id="u", on=DAY, value=Decimal(n))])],
        )
        for n in (1, 2)
    )
    tracker = Tracker(MemoryStore(), now=NOW)
    tracker.merge([Batch([], [first], [])], "refuse", "import")
    for rule, words in (("refuse", "say --keep or --replace"), ("replace", "overwrite entries")):
        with pytest.raises(Conflict) as caught:
            tracker.merge([Batch([], [other], [])], rule, "import")  # type: ignore[arg-type]
        assert words in caught.value.sentence


def test_missing_documents_are_named_in_order() -> None:
    sources = [Source(document=each) for each in "ecadb"]
    batch = Batch([], [item(name="甲", sources=sources)], [])
    with pytest.raises(InvalidInput) as caught:
        Tracker(MemoryStore(), now=NOW).merge([batch], "refuse", "import")
    named = [str(each).split('"')[1] for each in caught.value.candidates]
    assert named == ["a", "b", "c", "d", "e"]


def test_names_are_written_with_each_letter_as_one_sign() -> None:
    apart, whole = "Cafe\u0301", "Café"
    record = Initiative(id="a", name=apart, place=apart, category=apart, lead=apart, person=apart)
    record.aliases, record.support, record.tags = [apart], [apart], [apart]
    tracker = Tracker(MemoryStore(), now=NOW)
    tracker.merge([Batch([], [item(name=apart)], [])], "refuse", "import")
    assert tracker.find("pipes").name == whole
    found = ledger_merge.compose_names(record)
    assert {found.name, found.place, found.category, found.lead, found.person} == {whole}
    assert (found.aliases, found.support, found.tags) == ([whole], [whole], [whole])
    paper = Document(id="d", title=apart, published=DAY, publisher=apart)
    assert ledger_merge.compose_names(paper) == Document(
        id="d", title=whole, published=DAY, publisher=whole
    )

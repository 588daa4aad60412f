"""Who is meant: by id, beginning of an id, name, alias or a part of them; never a guess."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from stores import Opened

from tracker.errors import Ambiguous, InvalidInput, NotFound
from tracker.exchange.batches import Batch
from tracker.ledger import lookup
from tracker.ledger.ledger import Tracker
from tracker.ledger.merge import MergeCounts
from tracker.model.records import Indicator, IndicatorItem, Initiative, Item
from tracker.storage.base import View

NOW = datetime(2026, 3, 15, 9, tzinfo=UTC)


@pytest.fixture
def ledger(opened: Opened) -> Opened:
    """Four initiatives, one without an indicator, two with one, one with two."""
    items = [
        Item(
            id="rural-pipes",
            name="农村供水管网改造",
            aliases=["老旧管网"],
            indicators=[
                IndicatorItem(id="rural-pipes.share", name="改造率"),
                IndicatorItem(id="rural-pipes.renewed", name="改造完成"),
            ],
        ),
        Item(
            id="rural-sewage",
            name="农村污水治理",
            aliases=["Sewage ABC", "污水"],
            indicators=[IndicatorItem(id="rural-sewage.coverage", name="治理覆盖率")],
        ),
        Item(
            id="rural",
            name="乡村振兴",
            indicators=[IndicatorItem(id="rural.income", name="污水处理费")],
        ),
        Item(id="one-n", name="1+N"),
        Item(id="one-one-n", name="1+1+N"),
    ]
    merged = Tracker(opened(), now=NOW).merge([Batch([], items, [])], "refuse", "import")
    assert merged == MergeCounts(0, 5, 4, 0, 0)
    return opened


Naming = Callable[[View, str], Initiative | Indicator]


def called(opened: Opened, way: Naming, words: str) -> str:
    with opened().view() as view:
        return way(view, words).id


def candidates(opened: Opened, way: Naming, words: str, kind: type[NotFound]) -> tuple[str, ...]:
    with pytest.raises(kind) as caught:
        called(opened, way, words)
    assert type(caught.value) is kind
    assert caught.value.exit_code == 3
    return caught.value.candidates


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("rural-pipes", "rural-pipes"),
        (" rural-pipes ", "rural-pipes"),
        ("Rural-Pipes", "rural-pipes"),
        ("rural", "rural"),
        ("rural-p", "rural-pipes"),
        ("rural-pipes.share", "rural-pipes.share"),
        ("rural-pipes.s", "rural-pipes.share"),
        ("rural-sewage.", "rural-sewage.coverage"),
        ("老旧管网", "rural-pipes"),
        ("sewage abc", "rural-sewage"),
        ("振兴", "rural"),
        ("覆盖率", "rural-sewage.coverage"),
        ("改造率", "rural-pipes.share"),
        # Exact before a part: 污水 is an alias, and a part of other names.
        ("污水", "rural-sewage"),
        ("1+N", "one-n"),
        ("1+1", "one-one-n"),
        # It fits the initiative and an indicator of it, for which it stands.
        ("改造", "rural-pipes"),
    ],
)
def test_a_record_is_found(ledger: Opened, words: str, found: str) -> None:
    assert called(ledger, lookup.find_record, words) == found


@pytest.mark.parametrize(
    ("words", "fitting"),
    [
        ("rural-", ("rural-pipes  农村供水管网改造", "rural-sewage  农村污水治理")),
        ("one", ("one-n  1+N", "one-one-n  1+1+N")),
        ("农村", ("rural-pipes  农村供水管网改造", "rural-sewage  农村污水治理")),
        # A part of an initiative and of an indicator of another one.
        ("治", ()),
        ("污", ("rural-sewage  农村污水治理", "rural.income  污水处理费")),
        ("rural-pipes.", ("rural-pipes.share  改造率", "rural-pipes.renewed  改造完成")),
    ],
)
def test_what_fits_several_is_refused(ledger: Opened, words: str, fitting: tuple[str, ...]) -> None:
    if not fitting:
        assert called(ledger, lookup.find_record, words) == "rural-sewage"
        return
    assert candidates(ledger, lookup.find_record, words, Ambiguous) == fitting


@pytest.mark.parametrize("words", ["rural-pipse", "rural-pipes.shrae", "农村供水管网改建"])
def test_the_nearest_are_candidates_and_never_taken(ledger: Opened, words: str) -> None:
    nearest = candidates(ledger, lookup.find_record, words, NotFound)
    assert nearest[0].startswith("rural-pipes")
    assert len(nearest) <= 5


@pytest.mark.parametrize("words", ["", "  ", "\n"])
def test_an_empty_name_is_refused(ledger: Opened, words: str) -> None:
    with pytest.raises(InvalidInput, match="is empty"):
        called(ledger, lookup.find_record, words)


@pytest.mark.parametrize(
    "words",
    [
        "zzzzzz",
        'rural-pipes":{"id',
        "\udcff",
        "../x",
        "١",
        "x" * 100_000,
        "q\nz",
        "\\",
        "rural-pipes\x00",
    ],
)
def test_nothing_is_called_so(ledger: Opened, words: str) -> None:
    candidates(ledger, lookup.find_record, words, NotFound)


def test_an_initiative_stands_for_its_only_indicator(ledger: Opened) -> None:
    assert called(ledger, lookup.find_indicator, "rural-sewage") == "rural-sewage.coverage"
    assert called(ledger, lookup.find_indicator, "乡村振兴") == "rural.income"
    assert called(ledger, lookup.find_indicator, "改造率") == "rural-pipes.share"
    assert candidates(ledger, lookup.find_indicator, "老旧管网", Ambiguous) == (
        "rural-pipes.share  改造率",
        "rural-pipes.renewed  改造完成",
    )
    with pytest.raises(NotFound, match="one-n has no indicator yet; add one with: tracker add"):
        called(ledger, lookup.find_indicator, "one-n")


def test_an_indicator_means_its_initiative(ledger: Opened) -> None:
    assert called(ledger, lookup.find_initiative, "覆盖率") == "rural-sewage"
    assert called(ledger, lookup.find_initiative, "rural-pipes.share") == "rural-pipes"
    assert called(ledger, lookup.find_initiative, "振兴") == "rural"


def test_no_more_candidates_than_a_person_reads(opened: Opened) -> None:
    items = [Initiative(id=f"park-{number}", name=f"公园{number}") for number in range(30)]
    batch = Batch([], [Item(id=each.id, name=each.name) for each in items], [])
    Tracker(opened(), now=NOW).merge([batch], "refuse", "import")
    with pytest.raises(Ambiguous, match="fits 30 records") as caught:
        called(opened, lookup.find_record, "公园")
    assert len(caught.value.candidates) == lookup.MOST_CANDIDATES
    assert called(opened, lookup.find_record, "公园29") == "park-29"
    assert called(opened, lookup.find_record, "park-2") == "park-2"


def test_a_record_by_its_exact_id(ledger: Opened) -> None:
    with ledger().view() as view:
        assert lookup.look_up_initiative(view, "rural").id == "rural"
        assert lookup.look_up_indicator(view, "rural.income").id == "rural.income"
        with pytest.raises(NotFound, match="none is not in the ledger"):
            lookup.look_up_initiative(view, "none")
        with pytest.raises(NotFound, match="rural is not in the ledger"):
            lookup.look_up_indicator(view, "rural")

"""Numbers of papers: counted by the year, kept with the ledger, given back by an undo."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stores import STORES
from tables import PIPE, render

from tracker.errors import Conflict
from tracker.exchange.batches import read_batch
from tracker.ledger.history import word_paper_number
from tracker.ledger.ledger import Tracker
from tracker.locale.translation import using_language
from tracker.model.records import Initiative
from tracker.output.papers import Paper, PaperKey
from tracker.reminders import service
from tracker.storage.base import Store
from tracker.storage.open_store import open_store
from tracker.views.listings import build_export_line_listing, build_export_listing

NOW = datetime(2025, 7, 5, 9, 0, tzinfo=UTC)
DAY = date(2025, 6, 30)


def paper(lead: str | None, on: date = DAY, kind: str = "notice-red", **key: bool) -> Paper:
    return Paper(key=PaperKey(kind=kind, lead=lead, since=None, as_of=on, **key), title="", on=on)


@pytest.fixture(params=STORES)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    opens = STORES[request.param](tmp_path)
    opens().create()
    return opens


def numbers_of(ledger: Tracker, *papers: Paper, word: str = "济督查") -> list[str]:
    taken = ledger.number_papers(papers, word)
    return [word_paper_number(taken[each.key]) for each in papers if each.key in taken]


def test_the_same_paper_has_its_number_again(opened: Callable[[], Store]) -> None:
    with using_language("zh"):
        water, roads = paper("水务局"), paper("城管局")
        brief = paper(None, kind="brief", is_issue=True)
        first = numbers_of(Tracker(opened(), now=NOW), water, roads, brief)
        assert first == ["济督查〔2025〕1号", "济督查〔2025〕2号", "2025年第1期"]
        again = Tracker(opened(), now=NOW)
        assert numbers_of(again, roads, word="") == ["济督查〔2025〕2号"]
        assert numbers_of(again, brief, roads, word="别的") == ["2025年第1期", "济督查〔2025〕2号"]
        later = paper("水务局", date(2025, 7, 1))
        assert numbers_of(again, water, later) == ["济督查〔2025〕1号", "济督查〔2025〕3号"]
        assert numbers_of(again, paper("水务局", date(2026, 1, 2))) == ["济督查〔2026〕1号"]
        assert numbers_of(again, paper("水务局", kind="scoreboard"), word="") == []
    assert service.list_service_receipts(again) == []


def test_an_undo_gives_a_number_back(opened: Callable[[], Store]) -> None:
    ledger = Tracker(opened(), now=NOW)
    assert numbers_of(ledger, paper("水务局")) == ["济督查 [2025] No. 1"]
    undone = Tracker(opened(), now=NOW).undo()
    assert [event.what for event in undone.events] == [
        "paper of 2025-06-30 numbered: 济督查 [2025] No. 1"
    ]
    assert numbers_of(ledger, paper("水务局"), word="") == []
    Tracker(opened(), now=NOW).undo(undone.seq)
    assert numbers_of(ledger, paper("水务局"), word="") == ["济督查 [2025] No. 1"]
    said = [event.what for event in ledger.history()]
    assert "number of the paper of 2025-06-30 given back: 济督查 [2025] No. 1" in said


def test_numbers_move_with_the_ledger(opened: Callable[[], Store], tmp_path: Path) -> None:
    ledger = Tracker(opened(), now=NOW)
    numbers_of(ledger, paper("水务局"), paper("城管局"))
    target = open_store(str(tmp_path / "moved"))
    ledger.move(target)
    moved = Tracker(target, now=NOW)
    assert numbers_of(moved, paper("城管局"), word="") == ["济督查 [2025] No. 2"]
    assert numbers_of(moved, paper("教育局")) == ["济督查 [2025] No. 3"]


@given(st.lists(st.tuples(st.sampled_from("甲乙丙"), st.integers(2024, 2026)), max_size=12))
def test_the_numbers_of_a_year_have_no_gap_and_none_is_given_twice(
    asked: list[tuple[str, int]],
) -> None:
    ledger = Tracker(open_store("memory:"), now=NOW)
    given_numbers = {}
    for lead, year in asked:
        each = paper(lead, date(year, 6, 30))
        given_numbers[each.key] = ledger.number_papers([each], "字")[each.key]
    for year in {year for _lead, year in asked}:
        counted = sorted(n.number for n in given_numbers.values() if n.year == year)
        assert counted == list(range(1, len(counted) + 1))


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_numbers_leave_with_an_export_and_come_back_with_an_import(form: str) -> None:
    ledger = Tracker(open_store("memory:"), now=NOW)
    ledger.add(Initiative(id="pipes", name="管网"))
    assert "papers" not in exported(ledger, "json")
    numbers_of(ledger, paper("水务局"), paper(None, kind="brief", is_issue=True))
    copy = Tracker(open_store("memory:"), now=NOW)
    batch = read_batch(exported(ledger, form).encode(), form)
    copy.merge([batch], "refuse", "import")
    assert exported(copy, form) == exported(ledger, form)
    assert numbers_of(copy, paper("水务局"), word="") == ["济督查 [2025] No. 1"]
    # Once more changes nothing; a number of another paper is refused.
    copy.merge([batch], "refuse", "import")
    copy.merge([batch], "correct", "import")
    assert exported(copy, form) == exported(ledger, form)
    other = Tracker(open_store("memory:"), now=NOW)
    numbers_of(other, paper("城管局"))
    with pytest.raises(Conflict) as refused:
        other.merge([batch], "refuse", "import")
    assert "letter-2025-1 is the number of another paper in the ledger." in refused.value.candidates
    other.merge([batch], "keep", "import")
    assert numbers_of(other, paper("城管局"), word="") == ["济督查 [2025] No. 1"]
    assert numbers_of(other, paper("水务局"), word="") == []


def exported(ledger: Tracker, form: str) -> str:
    lay_out = build_export_listing if form == "json" else build_export_line_listing
    return str(render(lay_out(ledger.export()), form, PIPE))

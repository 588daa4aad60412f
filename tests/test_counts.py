"""One word has one figure: the counts of all commands about a random ledger agree."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from factories import enter, initiative, on, said
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from random_ledgers import TODAY, ledgers

from tracker.ledger.ledger import Tracker
from tracker.model.filters import ALL, REPORTED_ONLY, Filter
from tracker.model.horizon import NOW, When
from tracker.model.records import Decision
from tracker.model.vocabulary import VOCABULARY
from tracker.reports import build
from tracker.reports.build import ReportDays, ReportSettings
from tracker.storage.memory import MemoryStore
from tracker.views.status import GROUPS, StatusLimits, build_status_overview, tabulate_status_groups

COMPARED = (
    "indicators", "promises", "met", "overdue", "unreported", "awaiting_verdict", "kept", "red",
    "yellow", "green", "none", "reported", "verdict_kept", "verdict_broken", "closed",
    "overdue_assumed",
)  # fmt: skip
STATES = ("active", "suspended", "closed", "cancelled")
FAR = 36_500
"""Days ahead within which all deadlines are."""


def count_everywhere(tracker: Tracker, day: date, where: Filter = ALL) -> dict[str, dict[str, int]]:
    """Return the counts of each command that counts, by its name."""
    when = When(as_of=day)
    owing = tracker.status(where, when)
    counts = {"status": build_status_overview(owing, StatusLimits(30, 4)).beside["counts"]}
    for by in GROUPS:
        standing = tracker.standing(where, when, by)
        counts[f"by {by}"] = tabulate_status_groups(standing, by).beside["counts"]
    tops = [each.rollup for each in tracker.tree(None, where, when).items if each.depth == 0]
    counts["tree"] = {key: sum(getattr(each, key) for each in tops) for key in COMPARED}
    for kind in ("brief", "scoreboard", "ledger"):
        plan = build.plan_report_build(kind, ReportDays(as_of=day), TODAY)
        sheet = build.build_report(plan, tracker, where, ReportSettings())
        facts = sheet.beside["facts"]
        counts[kind] = sheet.beside["counts"]["now"] if kind == "brief" else facts
    counts["lists"] = {
        "indicators": len(tracker.indicators(where, when).items),
        "overdue": len(tracker.overdue(where, when).items),
        "unreported": len(tracker.unreported(where, when).owed),
        "due": len(tracker.due(FAR, where, when).items),
        "behind": len(tracker.behind(where, when).items),
    } | {
        state: len(tracker.indicators(replace(where, state=state), when).items) for state in STATES
    }
    return counts


def check_counts(tracker: Tracker, day: date, where: Filter = ALL) -> dict[str, int]:
    """Compare the counts of all commands on a day, and return those of the status screen."""
    counts = count_everywhere(tracker, day, where)
    status = counts["status"]
    for name, own in counts.items():
        shared = {key: own[key] for key in COMPARED if key in own}
        assert shared == {key: status[key] for key in shared}, name
    lights = sum(status[light] for light in ("red", "yellow", "green", "none"))
    assert lights == status["active_promises"]
    kinds = ("promises", "reported", "visions", "projections")
    assert sum(status[key] for key in kinds) == status["indicators"]
    assert sum(status[key] for key in STATES) == status["indicators"]
    lists = counts["lists"]
    assert lists["behind"] == status["red"] + status["yellow"]
    of_tree = tracker.tree(None, where, When(as_of=day)).items
    assert lists["due"] == sum(each.rollup.due for each in of_tree if each.depth == 0)
    return status


def check_commitments(tracker: Tracker, day: date, whole: dict[str, int]) -> None:
    """Compare the counts of each commitment, and their sums with those of all together."""
    words = (*VOCABULARY["commitment"], REPORTED_ONLY)
    parts = [check_counts(tracker, day, Filter(commitment=(word,))) for word in words]
    for word, part in zip(words, parts, strict=True):
        own = {"outcome": "promises", "effort": "promises", REPORTED_ONLY: "reported"}
        assert part[own.get(word, f"{word}s")] == part["indicators"]
    assert {key: sum(part[key] for part in parts) for key in COMPARED} == {
        key: whole[key] for key in COMPARED
    }


def check_documents(tracker: Tracker, day: date) -> None:
    """Compare the documents' counts with the records, and the filter with the grouping."""
    when = When(as_of=day)
    standing = tracker.standing(ALL, when, "document")
    records = [each.initiative for each in tracker.tree(when=when).items]
    for source, count in tracker.documents(when).items:
        of_initiatives = sum(
            source.id in {given.document for given in each.sources} for each in records
        )
        own = [part.indicator.source for part in standing.parts]
        of_indicators = sum(each is not None and each.document == source.id for each in own)
        assert count == of_initiatives + of_indicators, source.id
        list_documents = GROUPS["document"]
        grouped = [
            part
            for part in standing.parts
            if source.id in list_documents(part.initiative, part.indicator)
        ]
        status = check_counts(tracker, day, Filter(document=(source.id,)))
        assert status["indicators"] == len(grouped), source.id


@given(ledgers(), st.sampled_from([TODAY - timedelta(1), TODAY, TODAY + timedelta(1)]))
@settings(max_examples=15)
def test_all_commands_count_the_same(records: list[dict[str, Any]], day: date) -> None:
    now = datetime(2026, 7, 11, 9, tzinfo=UTC)
    tracker = enter(Tracker(MemoryStore(), now=now, author="王"), *records)
    check_commitments(tracker, day, check_counts(tracker, day))
    check_documents(tracker, day)


@given(ledgers(), st.data())
@settings(max_examples=8)
def test_they_do_after_a_closing_too_and_what_is_met_stays(
    records: list[dict[str, Any]], data: st.DataObject
) -> None:
    now = datetime(2026, 7, 11, 9, tzinfo=UTC)
    tracker = enter(Tracker(MemoryStore(), now=now, author="王"), *records)
    before = check_counts(tracker, TODAY)
    tops = [item.id for item in tracker.export().items]
    open_ones = [each.id for each in tracker.indicators(Filter(state="active")).items]
    chosen = data.draw(st.sampled_from([*tops, *open_ones]))
    decision = Decision(on=TODAY, state="closed", reason="验收")
    tracker.decide(chosen, decision, "close", force=True)
    after = check_counts(tracker, TODAY)
    check_commitments(tracker, TODAY, after)
    check_documents(tracker, TODAY)
    # What is suspended counts again once it is closed from above.
    assert after["met"] >= before["met"]
    assert after["closed"] >= before["closed"]
    assert after["indicators"] == before["indicators"]


@given(ledgers())
@settings(max_examples=20)
def test_groups_add_up_to_what_stands_in_several(records: list[dict[str, Any]]) -> None:
    now = datetime(2026, 7, 10, 9, tzinfo=UTC)
    tracker = enter(Tracker(MemoryStore(), now=now, author="王"), *records)
    for by, find_names in GROUPS.items():
        standing = tracker.standing(ALL, NOW, by)
        names = [find_names(part.initiative, part.indicator) for part in standing.parts]
        table = tabulate_status_groups(standing, by)
        at = [column.key for column in table.columns].index("indicators")
        places = sum(max(len(own), 1) for own in names)
        assert sum(int(str(row[at])) for row in table.rows) == places
        several = sum(len(own) > 1 for own in names)
        assert table.beside["in_several_groups"] == several


def test_closing_never_lowers_what_is_met() -> None:
    now = datetime(2026, 7, 10, 9, tzinfo=UTC)
    met = said(
        id="n", name="改造", unit="个", baseline=0, target=10, start="2026-01-01",
        deadline={"on": "2026-12-31"}, updates=[on("2026-06-30", 10)],
    )  # fmt: skip
    tracker = enter(Tracker(MemoryStore(), now=now, author="王"), initiative("a", "甲", met))
    before = count_everywhere(tracker, TODAY)
    tracker.decide("a.n", Decision(on=TODAY, state="closed", reason="验收"), "close", force=False)
    after = count_everywhere(tracker, TODAY)
    for name in before.keys() - {"lists"}:
        assert before[name]["met"] == after[name]["met"] == 1

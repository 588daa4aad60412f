"""One word has one figure: the counts of all commands about a random ledger agree."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from factories import document, enter, initiative, of, on, said
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.ledger.ledger import Tracker
from tracker.model.filters import Filter
from tracker.model.horizon import When
from tracker.model.records import Decision
from tracker.reports import build
from tracker.reports.build import ReportDays, ReportSettings
from tracker.storage.memory import MemoryStore
from tracker.views.status import GROUPS, StatusLimits, build_status_overview, tabulate_status_groups

TODAY = date(2026, 7, 10)
COMPARED = (
    "indicators", "promises", "met", "overdue", "unreported", "awaiting_verdict", "kept", "red",
    "yellow", "green", "none", "reported", "verdict_kept", "verdict_broken", "closed",
    "overdue_assumed",
)  # fmt: skip
DEADLINES = st.sampled_from(
    [None, TODAY - timedelta(1), TODAY, TODAY + timedelta(1), date(2026, 12, 31)]
)
COMMITMENTS = st.sampled_from([None, "outcome", "effort", "vision", "projection"])


@st.composite
def indicators(draw: st.DrawFn, at: int) -> dict[str, Any]:
    deadline, is_step = draw(DEADLINES), draw(st.booleans())
    fields: dict[str, Any] = {"id": f"n{at}", "name": f"指标{at}", "start": "2026-01-01"}
    if deadline is not None:
        fields["deadline"] = {"on": deadline, "basis": draw(st.sampled_from(["stated", "assumed"]))}
    if is_step:
        fields |= {"measure": "milestone"}
        reports = [on(date(2026, 6, 25), done=True)]
    else:
        fields |= {"unit": "个", "baseline": 0}
        fields["target"] = draw(st.sampled_from([None, 100]))
        reports = [on(date(2026, 6, 25), draw(st.sampled_from([10, 80, 100])))]
    fields["updates"] = reports if draw(st.booleans()) else []
    fields["commitment"] = draw(COMMITMENTS)
    state = draw(st.sampled_from([None, "closed", "suspended", "cancelled"]))
    if state is not None:
        fields["decisions"] = [on("2026-07-01", state=state, reason="会议")]
    verdict = draw(st.sampled_from([None, None, "kept", "broken"]))
    if verdict is not None:
        fields["verdicts"] = [on("2026-07-02", verdict=verdict, reason="核查")]
    if draw(st.booleans()):
        fields["source"] = of("other")
    fields["lead"] = draw(st.sampled_from([None, None, "丙局、甲局"]))
    return said(**fields)


@st.composite
def ledgers(draw: st.DrawFn) -> list[dict[str, Any]]:
    count = draw(st.integers(1, 3))
    records = [document("plan", "报告", "2026-01-05"), document("other", "方案", "2026-01-06")]
    for at in range(count):
        own = [draw(indicators(n)) for n in range(draw(st.integers(0, 3)))]
        records.append(
            initiative(
                f"i{at}",
                f"事项{at}",
                *own,
                lead=draw(st.sampled_from([None, "甲局", "甲局、乙局"])),
                tags=draw(st.sampled_from([[], ["重点"], ["重点", "民生"]])),
                parent=draw(st.sampled_from([None, f"i{at - 1}"])) if at else None,
                sources=draw(st.sampled_from([[of("plan")], [of("plan"), of("other")]])),
            )
        )
    return records


def count_everywhere(tracker: Tracker, day: date) -> dict[str, dict[str, int]]:
    """Return the counts of each command that counts, by its name."""
    when = When(as_of=day)
    owing = tracker.status(when=when)
    counts = {"status": build_status_overview(owing, StatusLimits(30, 4)).beside["counts"]}
    standing = tracker.standing(when=when)
    for by in GROUPS:
        counts[f"by {by}"] = tabulate_status_groups(standing, by).beside["counts"]
    tops = [each.rollup for each in tracker.tree(when=when).items if each.depth == 0]
    counts["tree"] = {key: sum(getattr(each, key) for each in tops) for key in COMPARED}
    for kind in ("brief", "scoreboard", "ledger"):
        plan = build.plan_report_build(kind, ReportDays(as_of=day), TODAY)
        sheet = build.build_report(plan, tracker, Filter(), ReportSettings())
        facts = sheet.beside["facts"]
        counts[kind] = sheet.beside["counts"]["now"] if kind == "brief" else facts
    counts["lists"] = {
        "indicators": len(tracker.indicators(when=when).items),
        "overdue": len(tracker.overdue(when=when).items),
        "unreported": len(tracker.unreported(when=when).owed),
        "reported": len(tracker.indicators(Filter(commitment="none"), when).items),
    }
    return counts


def check_counts(tracker: Tracker, day: date) -> dict[str, int]:
    """Compare the counts of all commands on a day, and return those of the status screen."""
    counts = count_everywhere(tracker, day)
    status = counts["status"]
    for name, own in counts.items():
        shared = {key: own[key] for key in COMPARED if key in own}
        assert shared == {key: status[key] for key in shared}, name
    lights = sum(status[light] for light in ("red", "yellow", "green", "none"))
    assert lights == status["active_promises"]
    kinds = ("promises", "reported", "visions", "projections")
    assert sum(status[key] for key in kinds) == status["indicators"]
    states = ("active", "suspended", "closed", "cancelled")
    assert sum(status[key] for key in states) == status["indicators"]
    return status


@given(ledgers(), st.sampled_from([TODAY - timedelta(1), TODAY, TODAY + timedelta(1)]))
@settings(deadline=None, max_examples=40)
def test_all_commands_count_the_same(records: list[dict[str, Any]], day: date) -> None:
    now = datetime(2026, 7, 11, 9, tzinfo=UTC)
    check_counts(enter(Tracker(MemoryStore(), now=now, author="王"), *records), day)


@given(ledgers(), st.data())
@settings(deadline=None, max_examples=25)
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
    # What is suspended counts again once it is closed from above.
    assert after["met"] >= before["met"]
    assert after["closed"] >= before["closed"]
    assert after["indicators"] == before["indicators"]


@given(ledgers())
@settings(deadline=None, max_examples=20)
def test_groups_add_up_to_what_stands_in_several(records: list[dict[str, Any]]) -> None:
    now = datetime(2026, 7, 10, 9, tzinfo=UTC)
    tracker = enter(Tracker(MemoryStore(), now=now, author="王"), *records)
    standing = tracker.standing()
    for by, names_of in GROUPS.items():
        table = tabulate_status_groups(standing, by)
        at = [column.key for column in table.columns].index("indicators")
        places = sum(max(len(names_of(case)), 1) for case in standing.cases)
        assert sum(int(str(row[at])) for row in table.rows) == places
        several = sum(len(names_of(case)) > 1 for case in standing.cases)
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

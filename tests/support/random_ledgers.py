"""Random ledgers: a few initiatives with indicators of all kinds, around one day."""

from datetime import date, timedelta
from typing import Any

from factories import document, initiative, of, on, said
from hypothesis import strategies as st

from tracker.ledger.foresight import foresee_indicator
from tracker.ledger.view import LedgerView
from tracker.model.filters import ALL
from tracker.model.outlooks import Outlook

TODAY = date(2026, 7, 10)
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
        reports = [on(date(2026, 6, 25), draw(st.sampled_from([1, 10, 20, 30, 80, 100])))]
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
        same = [each for each in own if "unit" in each]
        if len(same) > 1 and draw(st.booleans()):
            same[1]["part_of"] = f"i{at}.{same[0]['id']}"
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


def foresee_all_of_ledger(view: LedgerView) -> dict[str, Outlook | None]:
    """Return what is foreseen of every indicator, by id, in the order of entry."""
    pairs = view.records.candidates(ALL)
    return {indicator.id: foresee_indicator(view, owner, indicator) for owner, indicator in pairs}

"""Charts to be drawn, and the indicators of a ledger to draw them from."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from tracker.assessment.assess import assess
from tracker.assessment.rules import Rules
from tracker.model.codec import encode, to_plain_data
from tracker.model.horizon import Horizon
from tracker.model.records import (
    Deadline,
    Decision,
    Document,
    Indicator,
    IndicatorItem,
    Initiative,
    Interim,
    Item,
    Revision,
    Source,
    Update,
)
from tracker.output.model import Mark, ReportedValue, Span, Timeline, Trend, Waypoint
from tracker.views.charts import build_trend_chart

AS_OF = date(2026, 11, 21)
HOSTILE = "<script>document.title='pwned'</script><img src=x onerror=alert(1)>\"'&]]>"


def updates(*reports: tuple[str, str] | tuple[str, str, str]) -> list[Update]:
    """Build updates of a day, a value and, unless it is final, a status each."""
    return [
        Update(
            id=f"u{at}",
            on=date.fromisoformat(day),
            value=Decimal(value),
            status=status[0] if status else "final",  # type: ignore[arg-type]  # of the three
        )
        for at, (day, value, *status) in enumerate(reports)
    ]


def until(day: str) -> Deadline:
    return Deadline(on=date.fromisoformat(day))


SINCE = date(2026, 1, 1)
SHARE = IndicatorItem(
    id="pipes.share",
    name="改造率",
    unit="%",
    target=Decimal(85),
    baseline=Decimal(12),
    start=date(2025, 1, 1),
    deadline=until("2026-12-31"),
    interim=[Interim(on=date(2025, 12, 31), value=Decimal(40))],
    revisions=[
        Revision(id="r", on=date(2026, 3, 1), deadline=until("2027-06-30"), reason="资金未到位")
    ],
    updates=updates(
        ("2025-03-31", "15"),
        ("2025-06-30", "22.5"),
        ("2025-12-31", "38"),
        ("2026-06-30", "61", "estimate"),
        ("2026-09-30", "58.2"),
        ("2026-10-31", "63", "in_progress"),
    ),
)
VILLAGES = IndicatorItem(
    id="pipes.villages",
    name="完成改造的村（累计），含“三供一业”移交小区",
    unit="个",
    target=Decimal(200),
    baseline=Decimal(0),
    start=SINCE,
    deadline=until("2026-10-31"),
    accumulation="increment",
    updates=updates(
        ("2025-12-01", "9"),
        ("2026-03-31", "20"),
        ("2026-05-31", "50", "estimate"),
        ("2026-06-30", "35"),
    ),
)
ITEMS = [
    Item(
        id="pipes",
        name="农村老旧供水管网改造",
        category="农村供水",
        place="济南市",
        lead="市水务局",
        support=["市财政局"],
        indicators=[
            SHARE,
            VILLAGES,
            IndicatorItem(
                id="pipes.accepted",
                name="竣工验收",
                measure="milestone",
                start=SINCE,
                deadline=until("2026-12-10"),
            ),
        ],
    ),
    Item(
        id="air",
        name="大气污染防治",
        category="生态",
        place="市中区",
        lead="市生态环境局",
        indicators=[
            IndicatorItem(
                id="air.pm25",
                name="PM2.5 年均浓度同比",
                unit="%",
                direction="down",
                target=Decimal(-5),
                baseline=Decimal(3),
                start=date(2025, 6, 1),
                deadline=until("2026-12-31"),
                updates=updates(
                    ("2025-12-31", "1"), ("2026-06-30", "-2.4"), ("2026-10-31", "-5.6")
                ),
            ),
            IndicatorItem(
                id="air.days",
                name="优良天数比例",
                unit="%",
                op=">=",
                target=Decimal(70),
                baseline=Decimal(70),
                start=SINCE,
                deadline=until("2026-12-31"),
                updates=updates(("2026-03-31", "70"), ("2026-06-30", "70")),
            ),
            IndicatorItem(
                id="air.trail",
                name="绿道里程",
                unit="公里",
                target=Decimal("62.5"),
                baseline=Decimal(0),
                start=SINCE,
                deadline=until("2026-09-30"),
            ),
            IndicatorItem(
                id="air.calls",
                name="投诉",
                unit="件",
                start=SINCE,
                updates=updates(("2026-06-30", "1100")),
            ),
        ],
    ),
    Item(
        id="school",
        name="学校新建",
        place="历下区",
        decisions=[Decision(id="d", on=date(2026, 9, 1), state="closed", reason="已办结")],
        indicators=[
            IndicatorItem(
                id="school.seats",
                name="学校新建学位",
                unit="万个",
                target=Decimal("2.1"),
                baseline=Decimal(0),
                start=SINCE,
                deadline=until("2026-08-31"),
                updates=updates(("2026-04-30", "1.1"), ("2026-08-20", "2.3")),
            )
        ],
    ),
    Item(
        id="hostile",
        name=HOSTILE,
        category=HOSTILE,
        place=HOSTILE,
        lead=HOSTILE,
        indicators=[
            IndicatorItem(
                id="hostile.x",
                name=HOSTILE,
                unit="<b>个</b>",
                target=Decimal(10),
                baseline=Decimal(0),
                start=SINCE,
                deadline=Deadline(on=date(2026, 12, 1), wording=HOSTILE),
                updates=updates(("2026-06-30", "4")),
            )
        ],
    ),
]


def exchanged(items: Sequence[Item]) -> bytes:
    """Encode a file to import, whose records have been there since their plan."""
    plan = Document(id="2025-01-01-plan", title="三年行动计划", published=date(2025, 1, 1))
    source = to_plain_data(Source(document=plan.id))
    sourced = []
    for item in items:
        own = [to_plain_data(indicator) | {"source": source} for indicator in item.indicators]
        sourced.append(to_plain_data(item) | {"sources": [source], "indicators": own})
    return encode({"schema": 1, "documents": [to_plain_data(plan)], "items": sourced})


def trend_from(indicator: Indicator, day: date = AS_OF) -> Trend:
    """Build the trend of an indicator that is in no ledger."""
    horizon = Horizon(as_of=day)
    assessment = assess(Initiative(id="x", name="事项"), indicator, "active", horizon, Rules())
    return build_trend_chart(indicator, assessment, horizon)


# Drawn in a terminal

SPANS = [
    Span(
        id="a",
        label="农村老旧供水管网改造 完成改造的村（累计），含“三供一业”移交小区与并入城镇供水的村",
        start=date(2025, 1, 1),
        end=date(2027, 6, 30),
        light="yellow",
        why="落后 11.8 个百分点",
        done=Decimal("63.3"),
        expected=Decimal("75.0"),
        marks=[
            Mark(on=date(2026, 12, 31), kind="revised"),
            Mark(on=date(2027, 6, 30), kind="deadline"),
        ],
    ),
    Span(
        id="b",
        label="绿道",
        start=date(2026, 1, 1),
        end=date(2026, 9, 30),
        light="red",
        why="逾期",
        done=None,
        expected=None,
        marks=[Mark(on=date(2026, 9, 30), kind="deadline")],
    ),
    Span(
        id="c",
        label="学位",
        start=None,
        end=date(2026, 8, 31),
        light="green",
        why="已完成",
        done=Decimal("109.5"),
        expected=Decimal(100),
        marks=[
            Mark(on=date(2026, 8, 31), kind="deadline"),
            Mark(on=date(2026, 7, 20), kind="met"),
        ],
    ),
    Span(
        id="d",
        label=HOSTILE,
        start=date(2026, 6, 1),
        end=None,
        light="none",
        why="没有时限",
        done=Decimal(-20),
        expected=None,
    ),
]
TIMELINE = Timeline(
    title="时间线", as_of=AS_OF, first=date(2025, 1, 1), last=date(2027, 6, 30), spans=SPANS
)


TREND = Trend(
    id="pipes.share",
    title="改造率",
    as_of=AS_OF,
    unit="个",
    readings=[
        ReportedValue(on=date(2025, 6, 30), value=Decimal(22), status="final"),
        ReportedValue(on=date(2026, 6, 30), value=Decimal(61), status="estimate"),
        ReportedValue(on=date(2026, 9, 30), value=Decimal("58.2"), status="final"),
        ReportedValue(on=date(2026, 10, 31), value=Decimal(63), status="in_progress"),
    ],
    expected=[
        Waypoint(on=date(2025, 1, 1), value=Decimal(12)),
        Waypoint(on=date(2027, 6, 30), value=Decimal(85)),
    ],
    target=Decimal(85),
    target_high=None,
    deadline=date(2027, 6, 30),
    light="yellow",
    why="落后 11.8 个百分点",
)

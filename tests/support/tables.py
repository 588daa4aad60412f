"""Tables and sheets to be rendered."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from tracker.model.records import Deadline, IndicatorItem, Item
from tracker.model.validation import Problem
from tracker.output import rendering
from tracker.output.cells import Canvas
from tracker.output.model import Column, ColumnKind, Sheet, Table, Value

PIPE = Canvas(width=None, colour=False)


def render(what: Table | Sheet, output: str, canvas: Canvas) -> str:
    """Render in a format that is text."""
    rendered = rendering.render_content(what, output, canvas)
    assert isinstance(rendered, str)
    return rendered


AS_OF = date(2024, 3, 15)

OVERDUE = Table(
    title="逾期指标",
    as_of=AS_OF,
    columns=(
        Column("id", "编号", "id"),
        Column("name", "指标", "text"),
        Column("lead", "牵头单位", "text"),
        Column("support", "配合单位", "list", brief=False),
        Column("target", "目标值", "number", brief=False),
        Column("value", "完成值", "number"),
        Column("done", "完成率", "percent"),
        Column("light", "灯", "light"),
        Column("deadline", "时限", "day"),
        Column("days_late", "逾期天数", "days"),
        Column("stale", "久未报送", "flag", brief=False),
        Column("why", "说明", "text", brief=False),
    ),
    rows=[
        (
            "rural-pipes.share",
            "农村老旧供水管网改造率",
            "市水务局",
            ["市财政局", "各县（市、区）政府"],
            Decimal(85),
            Decimal("62.1"),
            Decimal("73.1"),
            "red",
            date(2023, 12, 31),
            75,
            True,
            "逾期 75 天，差 22.9 个百分点",
        ),
        (
            "old-estates.flats",
            "城镇老旧小区改造户数（2021—2023年累计，含“三供一业”移交小区）",
            "市住房和城乡建设局、市城市管理综合行政执法局",
            [],
            Decimal("2.1"),
            Decimal("2.08"),
            Decimal("99.0"),
            "yellow",
            date(2024, 2, 29),
            15,
            False,
            "逾期 15 天",
        ),
        (
            "air.pm25",
            "PM2.5 年均浓度下降",
            "市生态环境局",
            ["市气象局"],
            Decimal(-5),
            Decimal("-1.5"),
            Decimal("30.0"),
            "red",
            date(2023, 12, 31),
            75,
            None,
            "逾期 75 天",
        ),
        (
            "park.milestone",
            "“口袋公园”全部开放",
            None,
            [],
            None,
            None,
            None,
            "none",
            None,
            None,
            None,
            "没有时限",
        ),
    ],
    errors=[Problem(record="bad-one", sentence="时限早于开始日。")],
)

SHEET = Sheet(
    title="农村老旧供水管网改造",
    as_of=AS_OF,
    facts=[
        ("编号", "rural-pipes"),
        ("别名", ["管网改造", "“放心水”工程"]),
        ("牵头单位", "市水务局"),
        ("启动", date(2021, 1, 1)),
        ("投资（亿元）", Decimal("12.60")),
        (
            "备注",
            "第一批 62 个村已经通水。\n第二批在 2024 年 6 月底以前开工，资金由省、市、县三级分担。",
        ),
        ("配合单位", None),
    ],
    tables=[OVERDUE, Table(title="调整", as_of=AS_OF, columns=OVERDUE.columns[:2], rows=[])],
    items=[
        Item(
            id="rural-pipes",
            name="农村老旧供水管网改造",
            indicators=[
                IndicatorItem(
                    id="rural-pipes.share",
                    name="农村老旧供水管网改造率",
                    target=Decimal(85),
                    deadline=Deadline(on=date(2023, 12, 31), wording="2023年底前"),
                )
            ],
        )
    ],
)


def table_of(texts: list[str], kind: ColumnKind = "text") -> Table:
    """Build a table whose first column is harmless and whose middle one holds the texts."""
    columns = (
        Column("id", "编号", "id"),
        Column("text", "文字", kind),
        Column("n", "数", "number"),
    )
    rows: list[tuple[Value, ...]] = [(f"id-{at}", text, at) for at, text in enumerate(texts)]
    return Table(title="表", as_of=AS_OF, columns=columns, rows=rows)


def sheet_of(text: str) -> Sheet:
    """Build a sheet that holds a text wherever it can hold one."""
    return Sheet(
        title=text,
        as_of=AS_OF,
        facts=[(text, text), ("列", [text])],
        tables=[
            Table(
                title=text,
                as_of=AS_OF,
                columns=(Column("text", text),),
                rows=[(text,)],
                errors=[Problem(record=text, sentence=text)],
            )
        ],
        items=[{"id": text, "nested": [{"text": text}]}],
    )


# Properties

# Without unassigned characters: two tables of widths may differ there.
ANYTHING = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cn"]), max_size=80)
MARKS = st.text(st.sampled_from("\\|`<>[]()*_#&!~$-+=1. \tab水w:/'\""), max_size=30)

"""The table of an office is read as a careful officer reads it, and nothing is guessed."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tracker.errors import InvalidInput
from tracker.exchange.spreadsheets import Cell
from tracker.exchange.tables import amounts, bodies, heads, layout, reading, times
from tracker.model.dates import NOWHERE

TODAY = date(2026, 11, 27)
DAY = date(2026, 7, 5)


def workbook(
    *sheets: list[list[Any]],
    merged: tuple[str, ...] = (),
    hidden: tuple[int, ...] = (),
    formats: dict[str, str] | None = None,
    names: tuple[str, ...] = ("Sheet1", "说明"),
    is_1904: bool = False,
) -> bytes:
    book = Workbook()
    if is_1904:
        book.epoch = CALENDAR_MAC_1904
    for at, rows in enumerate(sheets):
        sheet = book.active if at == 0 else book.create_sheet()
        assert sheet is not None
        sheet.title = names[at]
        for row in rows:
            sheet.append(row)
        for cells in merged if at == 0 else ():
            sheet.merge_cells(cells)
        for row_number in hidden if at == 0 else ():
            sheet.row_dimensions[row_number].hidden = True
        for address, shape in (formats or {}).items() if at == 0 else ():
            sheet[address].number_format = shape
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def read(  # noqa: PLR0913  # each says something of its own
    data: bytes,
    *,
    name: str = "表.xlsx",
    sheet: str | None = None,
    header: int | None = None,
    mapped: dict[str, str] | None = None,
    published: date | None = DAY,
    on: date | None = None,
) -> reading.TableReading:
    options = reading.TableOptions(sheet, header, mapped or {}, published, on)
    return reading.read_table_file(data, name, options, TODAY, NOWHERE)


def essence(table: reading.TableReading) -> list[tuple[Any, ...]]:
    """What an officer would check of each record: target, deadline, bodies, reports."""
    return [
        (
            each.initiative,
            each.indicator.name,
            each.indicator.op,
            each.indicator.target and str(each.indicator.target),
            each.indicator.unit,
            each.indicator.deadline and str(each.indicator.deadline.on or "–"),
            "、".join(each.bodies.leads),
            "、".join(each.bodies.support),
            [
                (str(u.on), str(u.value if u.done is None else u.done))
                for u in each.indicator.updates
            ],
        )
        for each in table.records
    ]


def doubted(table: reading.TableReading) -> list[tuple[str, str]]:
    return [(doubt.cell, doubt.text) for doubt in table.doubts]


PROGRESS: list[list[Any]] = [
    ["云岭区2026年度重点工作推进台账"],
    ["（截至2026年6月底）"],
    ["序号", "工作事项", "主要指标", "年度目标", "", "进展情况", "", "牵头领导", "主责部门",
     "协同部门", "完成节点", "存在问题"],
    ["", "", "", "数值", "计量单位", "6月末完成", "完成率", "", "", "", "", ""],
    ["一", "稳增长"],
    [1, "工业提质", "规上工业增加值增速", 8.5, "%", 7.9, None, "张三", "区工信局", "区统计局",
     "12月底", "订单不足"],
    [2, None, "新增规上工业企业", "30家以上", None, "18家", 0.6, "张三", "区工信局", "", "年底前"],
    ["二", "惠民生"],
    ["1.", "老旧小区改造", "开工小区", "≥25", "个", "21", "84%", "李四", "区住建局",
     "区财政局、区城管局", "9月底前", ""],
    ["2.", "充电桩建设", "新建公共充电桩", "1,500", "台", "约980", None, "李四", "区发改局", "",
     "Q4"],
    ["3.", "养老服务", "床位数", "约2000", "张", "1,860张", "", "王五", "区民政局", "", "长期"],
    [None, "合计"],
    ["备注：完成率为年度目标完成率"],
]  # fmt: skip


def test_a_head_of_two_rows_without_merged_cells_and_groups_by_numerals() -> None:
    table = read(workbook(PROGRESS))
    june = "2026-06-30"
    assert essence(table) == [
        ("工业提质", "规上工业增加值增速", None, "8.5", "%", "2026-12-31", "区工信局", "区统计局",
         [(june, "7.9")]),
        ("工业提质", "新增规上工业企业", ">=", "30", "家", "2026-12-31", "区工信局", "",
         [(june, "18")]),
        ("老旧小区改造", "开工小区", ">=", "25", "个", "2026-09-30", "区住建局",
         "区财政局、区城管局", [(june, "21")]),
        ("充电桩建设", "新建公共充电桩", None, "1500", "台", "2026-12-31", "区发改局", "",
         [(june, "980")]),
        ("养老服务", "床位数", None, "2000", "张", "–", "区民政局", "", [(june, "1860")]),
    ]  # fmt: skip
    assert [each.category for each in table.records] == ["稳增长"] * 2 + ["惠民生"] * 3
    assert {each.person for each in table.records} == {"张三", "李四", "王五"}
    shares = [each.indicator.updates[0].share_of_plan for each in table.records]
    # 18 of 30 tell that 0.6 is 60 %.
    assert shares == [None, Decimal(60), Decimal(84), None, None]
    assert table.records[0].indicator.notes == "存在问题：订单不足"
    assert table.records[3].indicator.updates[0].qualifier == "~"
    assert table.left_out == ["row 12 is a sum", "row 13 is a note"]
    assert doubted(table) == []


def test_merged_heads_groups_across_and_several_targets_in_a_sentence() -> None:
    rows: list[list[Any]] = [
        ["2026年市政府工作报告主要目标任务责任分解"],
        ["序号", "目标任务", "", "责任单位", "", "分管领导", "完成时限"],
        ["", "主要任务", "量化指标", "牵头单位", "责任单位", "", ""],
        ["第一部分  经济发展"],
        [1, "推动工业倍增", "规模以上工业增加值增长8%左右，工业投资增长10%以上", "市工信局",
         "市发改委、市统计局", "王副市长", "2026年底"],
        [2, "壮大企业主体", "新增规上企业100—120家，培育专精特新企业60家", "市工信局", "各县区政府",
         "王副市长", "12月"],
        ["第二部分  民生改善（2项）"],
        [3, "办好教育实事", "新增学位1.2万个", "市教育局", "", "李副市长", "秋季开学前"],
        [4, "安全生产", "事故起数“双下降”", "市应急局", "", "张副市长", "全年"],
        [5, "取消的", "建设1个", "市应急局", "", "张副市长", "全年"],
        ["说明：本表所列任务由市政府督查室负责督办。"],
    ]  # fmt: skip
    merged = ("A1:G1", "B2:C2", "D2:E2", "A2:A3", "F2:F3", "G2:G3", "A4:G4", "A7:G7")
    table = read(workbook(rows, merged=merged, hidden=(10,)))
    assert [row[:6] for row in essence(table)] == [
        ("推动工业倍增", "规模以上工业增加值增长", None, "8", "%", "2026-12-31"),
        ("推动工业倍增", "工业投资增长", ">=", "10", "%", "2026-12-31"),
        ("壮大企业主体", "新增规上企业", "range", "100", "家", "2026-12-31"),
        ("壮大企业主体", "培育专精特新企业", None, "60", "家", "2026-12-31"),
        ("办好教育实事", "新增学位", None, "1.2", "万个", None),
        ("安全生产", "事故起数“双下降”", None, None, None, "2026-12-31"),
    ]
    assert table.records[0].bodies == (["市工信局"], ["市发改委", "市统计局"])
    assert [each.category for each in table.records] == ["经济发展"] * 4 + ["民生改善"] * 2
    assert table.records[0].indicator.approximate
    assert table.records[5].indicator.measure == "milestone"
    assert doubted(table) == [("G8", "秋季开学前")]
    assert table.left_out == ["row 10 is hidden and was not read", "row 11 is a note"]
    assert table.document is not None
    assert table.document.title == rows[0][0]


def test_the_unit_stands_above_shares_beside_and_days_are_serials() -> None:
    rows: list[list[Any]] = [
        ["2026年专项资金支出进度表"],
        ["填报单位：区财政局", "", "", "", "", "单位：万元"],
        [
            "编号",
            "项目",
            "预算安排",
            "本月支出",
            "累计支出",
            "支出进度",
            "主管部门",
            "计划完成时间",
        ],
        ["ZX-1", "就业补助", 3200, 210, 1850, 0.578, "区人社局", date(2026, 11, 30)],
        ["ZX-2", "学前教育", 1800.5, 90, "960.2", 0.533, "区教体局", 46376],
        [
            "编号",
            "项目",
            "预算安排",
            "本月支出",
            "累计支出",
            "支出进度",
            "主管部门",
            "计划完成时间",
        ],
        ["ZX-3", "污水管网", "待定", 300, "2 010", 0.447, None, "2026.10"],
        ["ZX-4", "供热管网", "1,000", 0, "未报", None, "区住建局", "2026/12/31"],
        ["", "小计", 9500.5, 600, 4820.2, 0.507, "", ""],
    ]
    formats = {f"F{row}": "0.0%" for row in range(4, 10)}
    table = read(workbook(rows, merged=("G5:G6",), formats=formats), on=date(2026, 6, 30))
    june = "2026-06-30"
    assert [row[2:] for row in essence(table)] == [
        (None, "3200", "万元", "2026-11-30", "区人社局", "", [(june, "1850")]),
        (None, "1800.5", "万元", "2026-12-20", "区教体局", "", [(june, "960.2")]),
        (None, None, "万元", "2026-10-31", "", "", [(june, "2010")]),
        (None, "1000", "万元", "2026-12-31", "区住建局", "", []),
    ]
    assert table.records[0].indicator.updates[0].share_of_plan == Decimal("57.8")
    assert doubted(table) == [("C7", "待定"), ("E8", "未报")]


def test_workbooks_that_count_from_1904() -> None:
    rows: list[list[Any]] = [
        ["事项", "目标值", "责任单位", "完成时限"],
        ["绿道", "25公里", "市园林局", 44915],
    ]
    table = read(workbook(rows, is_1904=True))
    assert essence(table)[0][5] == "2026-12-21"


def test_projects_by_arabic_groups_with_sums_and_work_described_in_words() -> None:
    rows: list[list[Any]] = [
        ["全市重大项目建设进展情况（截至6月底）"],
        ["单位：亿元、%"],
        ["项目类别/名称", "总投资", "2026年计划投资", "1-6月完成投资", "完成年度计划比例",
         "形象进度",
         "开工日期", "计划竣工日期", "责任主体", "存在问题"],
        ["合计", 320.5, 88.2, 41.3, 46.8],
        ["一、基础设施（2个）", 120, 30, 15, 50],
        ["绕城高速二期", 90, 22.5, 11.6, 51.6, "路基完成80%", "2024.3", "2027年6月", "市交通局",
         ""],
        ["二、产业项目（2个）", 200.5, 58.2, 26.3, 45.2],
        ["冷链物流园", 50, 18.2, "—", None, "前期", "2026.9", "2028年", "市商务局", "未开工"],
    ]  # fmt: skip
    table = read(workbook(rows))
    assert essence(table) == [
        ("绕城高速二期", "绕城高速二期计划投资", None, "22.5", "亿元", "2026-12-31", "市交通局", "",
         [("2026-06-30", "11.6")]),
        ("冷链物流园", "冷链物流园计划投资", None, "18.2", "亿元", "2026-12-31", "市商务局", "",
         []),
    ]  # fmt: skip
    assert [each.category for each in table.records] == ["基础设施", "产业项目"]
    assert table.records[0].indicator.updates[0].note == "路基完成80%"
    assert doubted(table) == []


def test_tasks_in_words_and_what_is_done_of_each() -> None:
    rows: list[list[Any]] = [
        ["类别", "任务内容", "责任单位及责任人", "时间要求", "目前进展"],
        ["道路", "新改建市政道路12条，打通断头路3条，12月底前完成", "市住建局\n市城管局",
         "2026年12月底前", "已完工5条，打通断头路1条"],
        ["绿化", "新增绿地面积20公顷左右", "市园林局", "", "完成12.5公顷，占62.5%"],
        [None, "建设口袋公园10个", "市园林局（牵头）、市财政局", "2026年9月", "2个正在施工"],
        ["停车", "建成智慧停车平台", "市大数据局", "尽快", "已建成投用"],
        ["燃气", "更新燃气管道不少于45公里；安装报警器3.2万户",
         "牵头：甲局；配合：乙局、丙（区、县）政府",
         "6月底前", "形象进度65%"],
        ["应急", "开展演练6场、培训200人，9月底前", "丁局", None, "完成3次"],
    ]  # fmt: skip
    table = read(workbook(rows))
    got = [(row[1], row[3], row[5], row[8]) for row in essence(table)]
    day = str(DAY)
    assert got == [
        ("新改建市政道路", "12", "2026-12-31", [(day, "5")]),
        ("打通断头路", "3", "2026-12-31", [(day, "1")]),
        ("新增绿地面积", "20", None, [(day, "12.5")]),
        ("建设口袋公园", "10", "2026-09-30", []),
        ("建成智慧停车平台", None, "–", [(day, "True")]),
        ("更新燃气管道", "45", "2026-06-30", []),
        ("安装报警器", "3.2", "2026-06-30", []),
        ("开展演练", "6", "2026-09-30", []),
        ("培训", "200", "2026-09-30", []),
    ]
    assert table.records[3].bodies == (["市园林局"], ["市财政局"])
    assert table.records[5].bodies == (["甲局"], ["乙局", "丙（区、县）政府"])
    assert doubted(table) == [("D5", "尽快"), ("E7", "完成3次")]


def test_an_english_plan_with_a_financial_year() -> None:
    rows: list[list[Any]] = [
        ["Service Plan 2025/26 – monitoring at 30 September 2025"],
        [],
        ["No.", "Objective", "Action / Measure", "Unit", "Good is", "Baseline", "2025/26 target",
         "Half-year actual", "Responsible officer", "Lead department", "By when", "Notes"],
        [1, "Safer", "Street lights converted", "lights", "Higher", 1200, "at least 3,000", 1650,
         "J. Smith", "Highways", "31 March 2026", "On schedule"],
        [2, "Safer", "Road casualties", "number", "Lower", 85, "70 or fewer", 33, "J. Smith",
         "Highways", "31/03/2026", ""],
        [3, "Clean", "Fly-tips cleared (%)", "", "Higher", "88%", "95%", 0.913, "A. Khan", "Env.",
         "March 2026", ""],
        [4, "Clean", "New recycling centre open", "", "–", "", "Open", "", "A. Khan", "Env.",
         "04/05/2026", "Planning approved"],
        [5, "Clean", "Fees", "", "", "", "£1,250", "£310", "A. Khan", "Env.", "Q4", ""],
        ["", "Total", "5 measures"],
    ]  # fmt: skip
    table = read(workbook(rows, formats={"H6": "0.0%"}))
    half = "2025-09-30"
    assert [(*row[1:6], row[8]) for row in essence(table)] == [
        ("Street lights converted", ">=", "3000", "lights", "2026-03-31", [(half, "1650")]),
        ("Road casualties", "<=", "70", None, "2026-03-31", [(half, "33")]),
        ("Fly-tips cleared (%)", None, "95", "%", "2026-03-31", [(half, "91.3")]),
        ("New recycling centre open", None, None, None, "2026-05-04", []),
        ("Fees", None, "1250", "GBP", "2026-03-31", [(half, "310")]),
    ]
    ways = [each.indicator.direction for each in table.records]
    assert ways == ["up", "down", "up", None, None]
    assert [each.indicator.baseline for each in table.records][:3] == [1200, 85, 88]


def test_a_column_for_each_quarter_and_growth_beside_amounts() -> None:
    rows: list[list[Any]] = [
        ["高新区2026年主要目标任务分解及季度完成情况"],
        ["序号", "指标名称", "单位", "2025年基数", "2026年目标", "", "一季度", "上半年", "前三季度",
         "责任单位"],
        ["", "", "", "", "总量", "增速（%）", "", "", "", ""],
        [1, "招商引资到位资金", "亿元", 42.3, 50, 6, 11.2, 26.8, None, "投促局"],
        [2, "高新技术企业数", "家", 310, 360, "—", 318, 335, "n/a", "科创局、市监局"],
        [3, "其中：独角兽企业", "家", "若干", 3, None, -1, 1, "", "科创局"],
        [3, "其中：独角兽企业", "家", "", 3, None, 1, 1, "", "科创局"],
    ]  # fmt: skip
    table = read(workbook(rows, merged=("E2:F2", "A2:A3", "B2:B3")))
    spring, summer = "2026-03-31", "2026-06-30"
    assert [(*row[1:6], row[8]) for row in essence(table)] == [
        (
            "招商引资到位资金",
            None,
            "50",
            "亿元",
            "2026-12-31",
            [(spring, "11.2"), (summer, "26.8")],
        ),
        ("招商引资到位资金增速", None, "6", "%", "2026-12-31", []),
        ("高新技术企业数", None, "360", "家", "2026-12-31", [(spring, "318"), (summer, "335")]),
        ("独角兽企业", None, "3", "家", "2026-12-31", [(summer, "1")]),
    ]
    assert [cell for cell, _text in doubted(table)] == ["G6", "D6", "A7"]
    assert table.records[2].bodies == (["科创局"], ["市监局"])


def test_a_text_table_by_tabs_with_decisions() -> None:
    text = (
        "会议议定事项督办表\n序号\t议定事项\t办结期限\t承办单位\t办理情况\t是否办结\n"
        "1\t研究供水方案\t2026年6月30日\t市水务局（牵头）、城北街道\t已形成方案\t是\n"
        "2\t推进装修\t2026/9/30\t市机关事务局\t完成工程量的45%\t否\n"
        "3\t开展整治，拆除违建2.6万平方米\t年底前\t市城管局\t已拆除1.1万平方米\t否\n"
        "审核意见\t同意\t\t\t\t\n"
    )
    table = read(text.encode("gb18030"), name="F.csv", published=None)
    assert [row[-1] for row in essence(table)] == [
        [("2026-11-27", "True")],
        [("2026-11-27", "None")],
        [("2026-11-27", "1.1")],
    ]
    assert table.records[1].indicator.updates[0].share_of_plan == 45
    deadline = table.records[2].indicator.deadline
    assert deadline is not None
    assert deadline.basis == "assumed"  # only today gives the year
    assert table.document is None


def test_plans_of_a_half_year_and_asides_are_no_values() -> None:
    rows: list[list[Any]] = [
        ["滨江区民心工程调度表（2025年8月）"],
        ["项目名称", "具体举措", "年度目标", "进度安排", "8月新增", "1—8月累计", "责任部门"],
        ["加装电梯", "", "60台", "上半年30台", 6, 41, "区住建局"],
        ["养老食堂", "", "12家", "", 1, "9（含试运营2家）", "区民政局"],
        ["危房", "改造C、D级危房58户", "", "", "", "58户已全部完成改造", "区住建局"],
        ["供水", "改造管网80公里，水质合格率达95%以上", "", "", "", "20公里正在施工", "区水务局"],
        ["总计"],
    ]
    august = "2025-08-31"
    got = [(row[1], row[3], row[8]) for row in essence(read(workbook(rows), published=None))]
    assert got == [
        ("加装电梯", "60", [(august, "41")]),
        ("养老食堂", "12", [(august, "9")]),
        ("改造C、D级危房", "58", [(august, "58")]),
        ("改造管网", "80", []),
        ("水质合格率", "95", []),
    ]


def test_an_english_year_to_date() -> None:
    rows: list[list[Any]] = [
        ["KPI report, April to September 2025 (year to date)"],
        ["Ref", "Indicator", "Owner", "2025/26 Target", "Actual YTD"],
        ["H1", "Average relet time", "Head of Lettings", "Under 25 days", "27.4 days"],
        ["", "Overall", "", "", ""],
        ["Source: Housing system, 6 October 2025"],
    ]
    [record] = read(workbook(rows)).records
    assert (record.indicator.op, record.indicator.unit, record.person) == (
        "<",
        "days",
        "Head of Lettings",
    )
    assert [str(each.on) for each in record.indicator.updates] == ["2025-09-30"]


def test_words_of_an_office_are_mapped() -> None:
    rows: list[list[Any]] = [
        ["联系人", "王某", "电话", "8206"],
        ["编号", "认领科室", "攻坚事项", "攻坚目标", "兜底时间", "亮灯"],
        [1, "城市更新科", "加装电梯", "120部以上", "2026年底", "绿"],
    ]
    mapped = {"认领科室": "lead", "兜底时间": "deadline", "亮灯": "-"}
    table = read(workbook(rows), header=2, mapped=mapped)
    assert essence(table)[0][2:7] == (">=", "120", "部", "2026-12-31", "城市更新科")
    assert read(workbook(rows), mapped=mapped).records
    with pytest.raises(InvalidInput, match="--map names nonsense"):
        read(workbook(rows), mapped={"认领科室": "nonsense"})


TASKS: list[list[Any]] = [["事项", "目标值", "责任单位"], ["绿道", "25公里", "市园林局"]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (workbook([["日期", "带班领导", "电话", "备注"], ["7月1日", "张某", "8206", ""]]), "事项"),
        (workbook([["姓名", "部门", "职务"], ["张某", "市工信局", "科长"]]), "--header"),
        (workbook([]), "--map"),
        (workbook(TASKS[:1]), "below the head in row 1"),
        (workbook(TASKS, TASKS), "several tables"),
        (b",,\r\n,,\r\n", "事项"),
    ],
)
def test_what_holds_no_table_of_tasks_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        read(data)


@pytest.mark.parametrize(
    ("unit", "baseline", "target", "stored"),
    [
        ("万人", "4999", "5", "4999"),
        ("万人", "5000", "5", None),
        ("万人", "21000", "5", None),
        ("万人", "21000人", "5", "2.1"),
        ("张", "1.5", "15000", None),
        ("张", "1.5万张", "15000", "15000"),
        ("张", "16", "15000", "16"),
        ("亿元", "0", "3000", "0"),
        ("起", "1200", "0", "1200"),
    ],
)
def test_a_baseline_far_from_its_target_is_asked_about(
    unit: str, baseline: str, target: str, stored: str | None
) -> None:
    rows = [["事项", "单位", "基数", "目标值"], ["甲", unit, baseline, target]]
    table = read(workbook(rows))
    assert table.records[0].indicator.baseline == (None if stored is None else Decimal(stored))
    assert len(table.doubts) == (stored is None)
    if stored is None:
        assert "write the unit behind the number" in table.doubts[0].why


def test_a_sheet_is_chosen_by_its_name() -> None:
    data = workbook(TASKS, TASKS, names=("5月", "6月"))
    assert read(data, sheet="6 月").sheet == "6月"
    with pytest.raises(InvalidInput, match="no sheet 7月; it has: 5月, 6月"):
        read(data, sheet="7月")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026.11", "2026-11-30"),
        ("11月30日", "2026-11-30"),
        ("Q2", "2026-06-30"),
        ("2027 Q1", None),
        ("Q3 2026", "2026-09-30"),
        ("15/03/2026", "2026-03-15"),
        ("03/15/2026", "2026-03-15"),
        ("03/04/2026", None),
        ("30/02/2026", None),
        ("end of March 2027", "2027-03-31"),
        ("March 5, 2027", "2027-03-05"),
        ("2026年底*", "2026-12-31"),
        ("按省里要求", None),
    ],
)
def test_deadlines(text: str, day: str | None) -> None:
    days = times.TableDays(TODAY, DAY, 2026, 1, None, NOWHERE)
    cell = Cell(1, 1, text, text)
    if day is None:
        with pytest.raises(InvalidInput):
            times.read_deadline_time_of_cell(cell, days)
    else:
        assert str(times.read_deadline_time_of_cell(cell, days).on) == day


def test_the_other_days_of_a_table_say_which_number_is_the_month() -> None:
    cells = [Cell(1, 1, text, text) for text in ("03/04/2026", "28/04/2026")]
    base = times.TableDays(TODAY, DAY, 2026, 1, None, NOWHERE)
    days = times.read_table_times(["Plan 2025-2028"], cells, DAY, base)
    assert (days.year, days.starts_in, days.day_first) == (2025, 1, True)
    assert times.read_deadline_time_of_cell(cells[0], days).on == date(2026, 4, 3)
    other = times.read_table_times([], [Cell(1, 1, "04/28/2026", "04/28/2026")], None, base)
    assert times.read_deadline_time_of_cell(cells[0], other).on == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("截至2026年5月31日", "2026-05-31"),
        ("截止5月底", "2026-05-31"),
        ("截至13月", None),
        ("1—6月累计", "2026-06-30"),
        ("2025年1-9月", "2025-09-30"),
        ("3—6月", None),
        ("6月末", "2026-06-30"),
        ("二季度", "2026-06-30"),
        ("2025年四季度", "2025-12-31"),
        ("二季度前", None),
        ("Q3", "2026-09-30"),
        ("本月", None),
    ],
)
def test_the_time_that_a_head_says(text: str, day: str | None) -> None:
    days = times.TableDays(TODAY, DAY, 2026, 1, None, NOWHERE)
    found = times.find_end_of_period_time(text, days)
    assert (found and str(found)) == day


def test_quarters_of_a_financial_year() -> None:
    days = times.TableDays(TODAY, DAY, 2025, 4, None, NOWHERE)
    ends = [
        times.find_end_of_period_time(text, days) for text in ("Q1 (Apr–Jun)", "Q4 (Jan–Mar)", "Q4")
    ]
    assert [str(end) for end in ends] == ["2025-06-30", "2026-03-31", "2026-03-31"]
    cell = Cell(1, 1, "Q2", "Q2")
    assert times.read_deadline_time_of_cell(cell, days).on == date(2025, 9, 30)
    assert days._replace(published=None).document_day == date(2025, 1, 1)


@pytest.mark.parametrize(
    ("text", "leads", "support"),
    [
        ("甲局、乙局", ["甲局"], ["乙局"]),
        ("牵头单位：甲局\n配合单位：乙局，丙局", ["甲局"], ["乙局", "丙局"]),
        ("甲局，配合：乙局", ["甲局"], ["乙局"]),
        ("甲局（牵头），乙局", ["甲局"], ["乙局"]),
        ("无", [], []),
    ],
)
def test_bodies(text: str, leads: list[str], support: list[str]) -> None:
    assert bodies.read_bodies(text, is_shared=True) == (leads, support)


WORDS = st.text(
    st.sampled_from("已完成累计占其余同比增长到达不少于12.5,万亿%元个户，；。、（）-—~ 月年底\n£"),
    max_size=30,
)


@given(WORDS)
@settings(max_examples=300)
def test_no_text_is_too_odd(text: str) -> None:
    days = times.TableDays(TODAY, DAY, 2026, 1, None, NOWHERE)
    for promise in amounts.read_promised_amounts(text, "个"):
        assert promise.fields["target"].is_finite()
    for report in amounts.read_reported_amounts(text, None, [amounts.Promise("增长", {})]):
        assert report.value.is_finite()
    amounts.find_share_among_amounts(text, is_percent=False)
    amounts.says_done_for_amount(text)
    times.find_end_of_period_time(text, days)
    times.find_deadline_time_in_sentence(text, days)
    bodies.read_bodies(text, is_shared=False)
    heads.read_table_head(1, [text, "目标"], {})
    layout.strip_number_in_layout(text)


@given(
    st.decimals(min_value=0, max_value=10**9, places=2),
    st.sampled_from(["个", "万人", "亿元", "%", "公里", "微克/立方米", "kg"]),
    st.sampled_from(["", "不少于", "不超过", "约", "≥", "≤"]),
)
def test_a_number_with_its_unit_is_read_as_it_is_written(
    value: Decimal, unit: str, before: str
) -> None:
    [promise] = amounts.read_promised_amounts(f"{before}{value:,}{unit}", None)
    assert (promise.fields["target"], promise.fields["unit"]) == (value, unit)
    [bare] = amounts.read_promised_amounts(f"{before}{value}", unit)
    assert (bare.fields["target"], bare.fields["unit"]) == (value, unit)
    ops = {"不少于": ">=", "≥": ">=", "不超过": "<=", "≤": "<="}
    assert promise.fields.get("op") == ops.get(before)


def test_what_is_only_reported_and_cells_of_a_wrong_kind() -> None:
    rows: list[list[Any]] = [
        ["监测指标表", "2026年6月30日"],
        ["指标（%）", "目标值", "累计值", "基数", "责任部门"],
        ["商品房库存", None, "38.5万平方米", None, "住建局"],
        ["合格率（%）", "TBC", 97.5, "若干", "质监局"],
        ["学位", date(2026, 5, 1), date(2026, 5, 1), None, "教育局"],
        ["岗位", "=1/0", "200个，100个", None, "人社局"],
        ["企业", 30, "－5", 20, "工信局"],
        ["外贸", "5%", "10公里", None, "商务局"],
        ["道路", "20公里", "8公里", None, "交通局"],
    ]
    table = read(workbook(rows), published=None)
    got = {row[1]: (row[3], row[4], row[8]) for row in essence(table)}
    june = "2026-06-30"
    assert got["商品房库存"] == (None, "万平方米", [(june, "38.5")])
    assert got["合格率（%）"] == (None, "%", [(june, "97.5")])
    assert got["企业"] == ("30", None, [])
    assert got["道路"] == ("20", "公里", [(june, "8")])
    cells = {cell for cell, _text in doubted(table)}
    assert cells >= {"B4", "D4", "B5", "C5", "B6", "C7", "C8"}


def test_projects_with_an_end_and_no_target() -> None:
    rows: list[list[Any]] = [
        ["序号", "项目名称", "工程任务", "竣工时间", "实施单位", "进度"],
        [1, "水厂扩建", "", "2026年12月", "市水务集团", "主体封顶"],
        [2, "快速路", "", "看情况", "市住建局", "-"],
        [3, "快速路", "", "", "市住建局", "-"],
    ]
    table = read(workbook(rows))
    assert [row[5] for row in essence(table)] == ["2026-12-31", None]
    assert [cell for cell, _text in doubted(table)] == ["D3", "A4"]


def test_a_hidden_column_and_units_that_no_column_names() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["事项", "上年", "目标值", "单位", "单位", "时限"],
        ["绿道", 1, 25, "公里", "市园林局", "年底"],
        ["公园", 1, 10, "个", "市园林局", "年底"],
    ):
        sheet.append(row)
    sheet.column_dimensions["B"].hidden = True
    out = BytesIO()
    book.save(out)
    table = read(out.getvalue())
    assert [row[3:7] for row in essence(table)] == [
        ("25", "公里", "2026-12-31", "市园林局"),
        ("10", "个", "2026-12-31", "市园林局"),
    ]
    assert table.left_out == ["column B is hidden and was not read"]


def revised(table: reading.TableReading) -> dict[str, list[tuple[str, str, str, str]]]:
    """What each indicator has as revisions: day, target, deadline, reason."""
    return {
        each.indicator.name: [
            (
                str(revision.on),
                str(revision.target),
                str(revision.deadline and (revision.deadline.on or revision.deadline.wording)),
                revision.reason,
            )
            for revision in each.indicator.revisions
        ]
        for each in table.records
    }


def test_a_revised_target_stands_beside_the_first_one() -> None:
    rows: list[list[Any]] = [
        ["清河区2026年重点任务进展情况表（截至9月30日）"],
        ["指标名称", "计量单位", "年初目标", "调整后目标", "累计完成", "完成率", "责任单位",
         "完成时限", "调整后完成时限"],
        ["技改投资", "亿元", 12, 10, "8.6", "86%", "区工信局、区发改局", "12月底前", "12月底"],
        ["停车泊位", "个", 3000, None, 2100, 0.7, "区城管局", "2026年12月", "2027年6月底"],
        ["消费券", "万元", 500, "650", 650, 1.3, "区商务局", "9月底", "—"],
        ["PM2.5年均浓度", "μg/m³", "≤36", "≤35", "33.8", 0.5, "区生态环境局", "全年", ""],
        ["就业", "万人", None, "2.5", "1.9", 0.013, "区人社局", "年底", "择机"],
        ["养老床位", "张", 800, "800", 380, 2.5, "区民政局", "年底", ""],
        ["林长制", "次", 4, "约5", 2, "", "区林业局", "长期坚持", "长期坚持"],
        ["绿道", "公里", 30, "30个", "", "", "区园林局", "", "年底"],
    ]  # fmt: skip
    table = read(workbook(rows))
    assert [row[1:5] for row in essence(table)][:4] == [
        ("技改投资", None, "12", "亿元"),
        ("停车泊位", None, "3000", "个"),
        ("消费券", None, "500", "万元"),
        ("PM2.5年均浓度", "<=", "36", "μg/m³"),
    ]
    day = "2026-09-30"
    assert revised(table) == {
        "技改投资": [(day, "10", "None", "调整后目标")],
        "停车泊位": [(day, "None", "2027-06-30", "调整后完成时限")],
        "消费券": [(day, "650", "None", "调整后目标")],
        "PM2.5年均浓度": [(day, "35", "None", "调整后目标")],
        "就业": [],
        "养老床位": [],
        "林长制": [],
        "绿道": [(day, "None", "2026-12-31", "调整后完成时限")],
    }
    assert table.records[4].indicator.target == Decimal("2.5")
    shares = [each.share_of_plan for record in table.records for each in record.indicator.updates]
    # 0.7 of 3000 is 2100, and 650 of 500 is 1.3; what no figure tells is left out.
    assert shares == [86, 70, 130, None, None, None, None]
    assert [cell for cell, _text in doubted(table)] == ["I7", "D9", "D10"]
    both = read(
        workbook([["任务", "目标值", "调整后目标"], ["路网", "新建5公里、改建3公里", "9公里"]])
    )
    assert [row[1] for row in essence(both)] == ["路网新建", "改建"]
    assert [cell for cell, _text in doubted(both)] == ["C2"]
    alone = read(workbook([["任务", "调整后目标", "责任单位"], ["路网", "9公里", "区交通局"]]))
    assert essence(alone)[0][3:5] == ("9", "公里")


def test_what_comes_again_and_what_goes_on() -> None:
    rows: list[list[Any]] = [
        ["2026年常态化工作清单"],
        ["工作事项", "工作要求", "责任单位", "完成时限", "进展情况", "是否完成"],
        ["信访积案化解", "每季度化解10件", "区信访局", "每季度末", "二季度化解12件", "否"],
        ["经济运行分析", "每月开展1次", "区发改局", "每月底", "", "是"],
        ["年度述职", "完成年度述职", "区委组织部", "每年12月底前", "", "是"],
        ["Road safety", "Patrols", "Police", "ongoing", "", ""],
        ["智慧平台", "10月底前上线", "信息中心", "", "启动", ""],
    ]
    table = read(workbook(rows))
    got = [
        (each.indicator.name, each.indicator.recurs, str(each.indicator.deadline))
        for each in table.records
    ]
    assert [row[:2] for row in got] == [
        ("信访积案化解", "quarter"),
        ("经济运行分析", "month"),
        ("完成年度述职", "year"),
        ("Patrols", None),
        ("10月底前上线", None),
    ]
    assert "ongoing" in got[3][2]
    assert essence(table)[4][3:6] == (None, None, "2026-10-31")
    assert [row[8] for row in essence(table)] == [
        [("2026-06-30", "12")],
        [],
        [(str(DAY), "True")],
        [],
        [],
    ]
    assert doubted(table) == []


def test_a_share_of_one_beside_a_target_in_per_cent_is_asked_about() -> None:
    rows: list[list[Any]] = [
        ["Council plan 2026/27 – Q2"],
        ["Measure", "Annual target", "Q1", "Q2", "Due"],
        ["Fleet that is electric", "35%", 0.18, "22%", "Mar-27"],
        ["Complaints answered", "95%", 88, 91, "March 2027"],
    ]
    table = read(workbook(rows))
    assert [(row[5], row[8]) for row in essence(table)] == [
        ("2027-03-31", [("2026-09-30", "22")]),
        ("2027-03-31", [("2026-06-30", "88"), ("2026-09-30", "91")]),
    ]
    assert doubted(table) == [("C3", "0.18")]


def test_the_sum_since_january_is_a_value_and_the_month_is_none() -> None:
    rows: list[list[Any]] = [
        ["2026年主要经济指标"],
        ["指标", "全年目标", "1-9月完成", "9月", "责任单位", "灯"],
        ["固定资产投资（亿元）", 320, 231.5, 28, "区发改局", "绿"],
        ["其中：工业投资（亿元）", 120, 88.2, 9, "区工信局", "绿"],
    ]
    table = read(workbook(rows))
    september = "2026-09-30"
    assert [(row[1], row[4], row[8]) for row in essence(table)] == [
        ("固定资产投资（亿元）", "亿元", [(september, "231.5")]),
        ("工业投资（亿元）", "亿元", [(september, "88.2")]),
    ]


def test_what_rows_say_that_is_hardly_ever_said() -> None:
    rows: list[list[Any]] = [
        ["类别", "事项", "指标", "目标任务（个）", "现值", "截至时间", "进展情况", "是否办结"],
        ["道路", None, None, 5],
        ["道路", "井盖", "更换", 20, "", "那天", "已全部完成", "是"],
        ["道路", "护栏", "安装", "", 7, "2026-06-30", "", ""],
        ["道路", "标线", "施划", 9, 4, "", "正在施工", ""],
        ["道路", "隧道", "检测率", "不超过5%", "3公里", "", "已全部完成", ""],
        ["道路", "灯杆", "库存", "", "", "", "尚有很多", ""],
    ]
    table = read(workbook(rows))
    got = {row[0]: (row[1], row[3], row[4], row[8]) for row in essence(table)}
    assert got["井盖"] == ("更换", "20", "个", [(str(DAY), "20")])
    assert got["护栏"][3] == [("2026-06-30", "7")]
    assert got["标线"][3] == [(str(DAY), "4")]
    assert got["隧道"][3] == []
    cells = [cell for cell, _text in doubted(table)]
    assert cells == ["F3", "E6"]


def test_what_is_done_is_called_as_the_target_words_it() -> None:
    rows: list[list[Any]] = [
        ["事项", "年度目标", "责任单位", "进展情况"],
        ["桥梁", "完成全部桥梁检测", "市交通局", "已全部完成"],
        ["隧道", "照明改造" * 20, "市交通局", "未开工"],
        ["泵站", "建成泵站13月底前", "市水务局", ""],
    ]
    table = read(workbook(rows))
    assert [(row[1], row[8]) for row in essence(table)] == [
        ("完成全部桥梁检测", [(str(DAY), "True")]),
        ("隧道", []),
        ("建成泵站13月底前", []),
    ]


def test_months_beside_a_sum_and_progress_in_shares() -> None:
    rows: list[list[Any]] = [
        ["重点工程月报"],
        ["2026年2月30日"],
        ["项目名称", "年度目标", "累计完成", "9月完成", "工程进度", "责任单位"],
        ["一期工程"],
        ["管网", "80公里", "共铺设不超过62公里", 9, "77%", "市水务局"],
        ["泵站", "6座", "4个", 1, "66%", "市水务局"],
    ]
    table = read(workbook(rows), published=None)
    assert [(row[0], row[8]) for row in essence(table)] == [
        ("管网", [(str(TODAY), "62")]),
        ("泵站", [(str(TODAY), "4")]),
    ]
    [pipes] = table.records[0].indicator.updates
    assert (pipes.qualifier, str(pipes.share_of_plan)) == ("<=", "77")
    assert [each.category for each in table.records] == ["一期工程"] * 2


def test_what_is_only_said_in_words_stands_with_the_value() -> None:
    rows: list[list[Any]] = [
        ["任务", "目标值", "累计完成", "完成率", "进展情况", "责任单位"],
        ["井盖", "20个", "10公里", 0.5, "", "市城管局"],
        ["路灯", "20盏", 5, 0.25, "截至5月底正在招标", "市城管局"],
        ["岗亭", "30个", "不少于12处，同比增长5个", 0.4, "", "市城管局"],
        ["护栏", "8公里", "", "形象进度过半", "完成率1.2", "市城管局"],
        ["长椅", "8处，同比增加2处", 0, 0.1, "", "市城管局"],
        ["花箱", "80个", "30余个", "", "", "市城管局"],
        ["违建", "控制在9处以内", "不超过7处", "", "", "市城管局"],
        ["路网", "新建5公里、改建3条", "新建2公里，另有6户搬迁", "", "", "市城管局"],
    ]
    table = read(workbook(rows))
    assert [row[8] for row in essence(table)] == [
        [],
        [(str(DAY), "5")],
        [(str(DAY), "12")],
        [],
        [(str(DAY), "0")],
        [(str(DAY), "30")],
        [(str(DAY), "7")],
        [(str(DAY), "2")],
        [],
    ]
    ways = [each.qualifier for record in table.records for each in record.indicator.updates]
    assert ways == [None, ">=", None, ">=", "<=", None]
    [lamps] = table.records[1].indicator.updates
    assert (lamps.note, str(lamps.share_of_plan)) == ("截至5月底正在招标", "25")
    assert doubted(table) == [("C2", "10公里")]


def test_a_long_table_keeps_its_head() -> None:
    rows: list[list[Any]] = [
        TASKS[0],
        *([f"第{at}段", f"{at}公里", "市园林局"] for at in range(1, 60)),
    ]
    table = read(workbook(rows))
    assert (len(table.records), doubted(table)) == (59, [])


def test_a_line_of_text_in_a_numbered_table_is_no_heading() -> None:
    rows: list[list[Any]] = [
        ["序号", "项目名称", "年度目标", "责任单位", "完成时限", "备注"],
        [None, "尚未编号的项目"],
        [1, "管网", "80公里", "市水务局", "年底", ""],
        ["一", None, None, None, None, "续"],
        [2, "泵站", "6座", "市水务局", "年底", ""],
        ["经办", "张某", "", "", "", ""],
    ]
    table = read(workbook(rows))
    assert [(each.initiative, each.category) for each in table.records] == [
        ("尚未编号的项目", None),
        ("管网", None),
        ("泵站", None),
    ]
    assert "row 6 is a note" in table.left_out


BODIES = st.lists(
    st.sampled_from(["区住建局", "区财政局", "城东街道办", "市水务集团", "区妇联"]),
    min_size=1,
    max_size=3,
    unique=True,
)
UNITS = st.sampled_from(["个", "万人", "亿元", "%", "公里", "μg/m³", "张", "m²"])


@st.composite
def table_rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """What an officer may have in a table, each under a name of its own."""
    names = draw(
        st.lists(
            st.text(st.sampled_from("造林护路管网床位学厕灯"), min_size=2, max_size=6),
            min_size=1,
            max_size=6,
            unique=True,
        )
    )
    amount = st.decimals(min_value=2, max_value=10**6, places=2).map(lambda n: n.normalize())
    return [
        {
            "name": f"{name}工作",
            "unit": draw(UNITS),
            "target": draw(amount),
            "before": draw(st.sampled_from(["", "≥", "≤", "不少于", "不超过"])),
            "value": draw(st.none() | amount),
            "deadline": draw(st.dates(date(2026, 8, 1), date(2027, 12, 31))),
            "leads": draw(BODIES),
            "person": draw(st.none() | st.sampled_from(["张三", "李四（副区长）"])),
        }
        for name in names
    ]


@given(
    wanted=table_rows(),
    form=st.sampled_from(["utf-8", "gb18030", "xlsx"]),
    has_unit_column=st.booleans(),
)
@settings(max_examples=12)
def test_a_whole_table_is_read_as_it_is_written(
    *, wanted: list[dict[str, Any]], form: str, has_unit_column: bool
) -> None:
    if form == "gb18030":
        # It has no superscripts.
        wanted = [row for row in wanted if row["unit"] not in {"μg/m³", "m²"}] or wanted[:0]
    head = ["序号", "工作事项", "年度目标", *["计量单位"] * has_unit_column, "累计完成"]
    head += ["完成时限", "牵头单位", "责任领导"]
    lines: list[list[str]] = [head]
    for number, row in enumerate(wanted, 1):
        unit = "" if has_unit_column else row["unit"]
        target = f"{row['before']}{row['target']:f}{unit}"
        value = "" if row["value"] is None else f"{row['value']:f}{unit}"
        own = [*[row["unit"]] * has_unit_column, value, str(row["deadline"])]
        lines.append([str(number), row["name"], target, *own, "、".join(row["leads"])])
        lines[-1].append(row["person"] or "")
    if len(lines) == 1:
        return
    text = "\n".join(",".join(line) for line in lines)
    data = workbook(list(lines)) if form == "xlsx" else text.encode(form)
    table = read(data, name="表.xlsx" if form == "xlsx" else "表.csv")
    assert doubted(table) == []
    ops = {"": None, "≥": ">=", "不少于": ">=", "≤": "<=", "不超过": "<="}
    got = [
        {
            "name": each.initiative,
            "unit": each.indicator.unit,
            "target": each.indicator.target,
            "op": each.indicator.op,
            "values": [update.value for update in each.indicator.updates],
            "deadline": each.indicator.deadline and each.indicator.deadline.on,
            "leads": each.bodies.leads,
            "person": each.person,
        }
        for each in table.records
    ]
    assert got == [
        {
            "name": row["name"],
            "unit": row["unit"],
            "target": row["target"],
            "op": ops[row["before"]],
            "values": [] if row["value"] is None else [row["value"]],
            "deadline": row["deadline"],
            "leads": row["leads"],
            "person": row["person"],
        }
        for row in wanted
    ]

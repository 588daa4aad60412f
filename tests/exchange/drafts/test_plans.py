"""Drafts from lists of tasks, plans and tables of figures, as places publish them."""

from datetime import date

import pytest
from drafted import write_facts

from tracker.exchange.drafts.draft import Draft
from tracker.exchange.drafts.extraction import extract_drafts
from tracker.exchange.drafts.readers.markup import read_markup
from tracker.exchange.drafts.readers.plain import read_plain


@pytest.mark.parametrize(
    ("published", "text", "facts"),
    [
        # What is left out of a number says neither its tense nor its year.
        (
            "2024-02-03",
            "2024年主要预期目标建议为：财政支出（扣除2023年救灾资金外）增长2%以上；投资增长5%以上。",
            ["target 财政支出增长 2% 2024-12-31", "target 投资增长 5% 2024-12-31"],
        ),
        # A list is adopted, and the year of that sentence is the year of its items.
        (
            "2025-12-20",
            (
                "青禾县人大会议对2026年民生实事项目进行了票决。结果如下：\n"
                "一、道路项目。改建农村公路60公里。\n二、就业项目。全年举办招聘会不低于12场。"
            ),
            [
                "target 改建农村公路 60公里 2026-12-31",
                "target 举办招聘会 12场 2026-12-31",
            ],
        ),
        # Two years and two numbers go in pairs, with the limit of both.
        (
            "2020-03-01",
            (
                "到2022年和2030年，健康素养水平分别不低于20%和28%，"
                "锻炼人数比例达到35%及以上和41%及以上，6岁以下儿童贫血率分别低于12%和10%。"
            ),
            [
                "target 健康素养水平 20% 2022-12-31",
                "target 健康素养水平 28% 2030-12-31",
                "target 锻炼人数比例 35% 2022-12-31",
                "target 锻炼人数比例 41% 2030-12-31",
                "target 6岁以下儿童贫血率 12% 2022-12-31",
                "target 6岁以下儿童贫血率 10% 2030-12-31",
            ],
        ),
        (
            "2023-05-01",
            "到2030年，婴儿死亡率、5岁以下儿童死亡率、孕产妇死亡率分别下降到3.8‰、4.2‰、9/10万。",
            [
                "target 婴儿死亡率 3.8‰ 2030-12-31",
                "target 5岁以下儿童死亡率 4.2‰ 2030-12-31",
                "target 孕产妇死亡率 9/10万 2030-12-31",
            ],
        ),
        # Brackets that hold parts count like 其中 outside, and the sum stays.
        (
            "2025-01-20",
            (
                "2025年，改造道路20公里（其中：县道6公里、乡道14公里）和桥梁3座，新增车位500个；"
                "新建堤防36公里（含护坡6.5公里），治理省道106沿线；完成投资2亿元（含税）。"
            ),
            [
                "target 改造道路 20公里 2025-12-31",
                "target 县道改造道路 6公里 2025-12-31",
                "target 乡道改造道路 14公里 2025-12-31",
                "target 改造道路桥梁 3座 2025-12-31",
                "target 新增车位 500个 2025-12-31",
                "target 新建堤防 36公里 2025-12-31",
                "target 新建堤防护坡 6.5公里 2025-12-31",
                "target 新建堤防完成投资 2亿元 2025-12-31",
            ],
        ),
        # What is spent in brackets, and a number of a size, are no records of their own.
        (
            "2025-01-20",
            "2025年，新建水厂2座（其中：县级资金3000万元、市级2000万元），宽度6米，铺设2×3.5米便道4条。",
            ["target 新建水厂 2座 2025-12-31", "target 铺设2×3.5米便道 4条 2025-12-31"],
        ),
        # The number of an item may touch its words.
        (
            "2025-01-20",
            "2025年民生实事\n1.新建公厕20座。\n2.50个小区加装电梯。\n3.修建水渠3.5公里。",
            [
                "target 新建公厕 20座 2025-12-31",
                "target 小区加装电梯 50个 2025-12-31",
                "target 修建水渠 3.5公里 2025-12-31",
            ],
        ),
        # The kinds of people stand before their noun.
        (
            "2025-01-20",
            "2025年，为1500名孤儿、留守、流动儿童提供关爱服务，新建人行天桥及2座桥头公园。",
            [
                "target 孤儿、留守、流动儿童提供关爱服务 1500名 2025-12-31",
                "target 新建桥头公园 2座 2025-12-31",
            ],
        ),
        # The name before a colon holds up to the next number.
        (
            "2025-01-20",
            "2025年工作计划\n1.公交线路：6月底前新开通2条；8月底前建成投用。",
            [
                "target 公交线路新开通 2条 2025-06-30",
                "milestone 公交线路建成投用 2025-08-31",
            ],
        ),
        (
            "2022-04-20",
            "2021年公报\n年末全县户籍人口20万人。按性别分：男11万人，女9万人。",
            [
                "result 全县户籍人口 20万人 2021-12-31",
                "result 男全县户籍人口 11万人 2021-12-31",
                "result 女全县户籍人口 9万人 2021-12-31",
            ],
        ),
        (
            "2022-10-20",
            "截至9月底，产业项目72个，完成投资95亿元，为年投资计划的80%。",
            [
                "result 产业项目 72个 2022-09-30",
                "result 产业项目完成投资 95亿元 2022-09-30",
                "result 完成投资为年投资计划 80% 2022-09-30",
            ],
        ),
        (
            "2022-03-20",
            "到2025年，单位能耗下降13%，力争完成15%的激励目标。",
            [
                "target 单位能耗下降 13% 2025-12-31",
                "target 完成的激励目标 15% 2025-12-31",
            ],
        ),
        (
            "2025-01-20",
            "2025年区政府要完成的为民实事\n今年共10个项目被列入民生实事。完成县塔修缮，新建公园3个。",
            ["milestone 完成县塔修缮 2025-12-31", "target 新建公园 3个 2025-12-31"],
        ),
        (
            "2025-01-20",
            "2024年工作回顾\n全县12条36公里河道完成整治。青临输变电工程竣工投运。",
            [
                "result 全县河道整治 12条 2024-12-31",
                "result 河道整治 36公里 2024-12-31",
                "result 青临输变电工程竣工投运 2024-12-31",
            ],
        ),
        # What stands over a list counts its items; what takes a sum apart counts them again.
        (
            "2025-01-20",
            (
                "2025年，县政府要为全县人民办好10件实事。安排项目，即12条道路、29个场馆。"
                "维修60条内街小巷，改造东街、西巷等小街道50条，新建南站、北站2个候车厅。"
            ),
            [
                "target 维修内街小巷 60条 2025-12-31",
                "target 改造小街道 50条 2025-12-31",
                "target 新建候车厅 2个 2025-12-31",
            ],
        ),
        # Those who keep animals are counted, unless one of them is named.
        (
            "2025-01-03",
            "2024年工作回顾\n新增重点养殖户32户，累计出栏生猪8600头。养殖户王小山养了15头牛。",
            ["result 新增重点养殖户 32户 2024-12-31", "result 出栏生猪 8600头 2024-12-31"],
        ),
        (
            "2025-01-20",
            (
                "2025年工作安排\n计划全年完成城市建设总投资50亿元。提高村干部待遇，由800元/月提升至1200元/月。"
                "拆除北门、南门等5个现有收费站，延长公交运营时间，基本实现五百人口规模以上村全覆盖。"
            ),
            [
                "target 完成城市建设总投资 50亿元 2025-12-31",
                "target 村干部待遇 1200元/月 2025-12-31",
                "target 拆除现有收费站 5个 2025-12-31",
                "milestone 实现五百人口规模以上村全覆盖 2025-12-31",
            ],
        ),
        (
            "2018-08-13",
            "到2020年，青江、临江流域水质优良比例分别达到100%和96%，氨氮排放量比2015年减少1%。",
            [
                "target 青江流域水质优良比例 100% 2020-12-31",
                "target 临江流域水质优良比例 96% 2020-12-31",
                "target 氨氮排放量减少 1% 2020-12-31",
            ],
        ),
        (
            "2025-01-03",
            "2024年工作回顾\n在46个小区，建成车棚38个。青山步道项目一期建成投入使用。",
            ["result 建成车棚 38个 2024-12-31", "result 青山步道项目一期建成投入使用 2024-12-31"],
        ),
        # The day of a meeting is no period that is reported; the meeting sets what follows.
        (
            "2020-05-11",
            (
                "青禾县政府2020年将为民办好15件民生实事\n"
                "5月10日上午，青禾县人民代表大会隆重开幕。县政府将重点抓好15件民生实事。分别是：\n"
                "（1）完成新安大道一期工程。\n（2）建成农村垃圾处理站5个。\n"
                "（3）完成柳湖水体治理，为62户残疾人家庭实施改造工程。"
            ),
            [
                "milestone 完成新安大道一期工程 2020-12-31",
                "target 建成农村垃圾处理站 5个 2020-12-31",
                "milestone 完成柳湖水体治理 2020-12-31",
                "target 残疾人家庭实施改造工程 62户 2020-12-31",
            ],
        ),
        (
            "2005-02-01",
            "关于学前教育发展的意见\n2007年，全县学前三年入园率达到96%以上。",
            ["target 全县学前三年入园率 96% 2007-12-31"],
        ),
        (
            "2026-02-10",
            (
                "今年县重大工程安排\n■ 新建公园12个\n去年重大工程成绩单\n"
                "■ 完成投资251亿元，历史性跨越250亿元大关\n■ 新谋划项目30项"
            ),
            [
                "target 新建公园 12个 2026-12-31",
                "result 完成投资 251亿元 2025-12-31",
                "result 新谋划项目 30项 2025-12-31",
            ],
        ),
        (
            "2025-01-20",
            "2025年民生实事\n完成县广播中心、18个乡镇分中心和75只喇叭建设，新增学位380位。",
            [
                "target 完成乡镇分中心 18个 2025-12-31",
                "target 喇叭建设 75只 2025-12-31",
                "target 新增学位 380位 2025-12-31",
            ],
        ),
        # A page about a plan that is issued is for the years of that plan.
        (
            "2017-01-22",
            "县发改局近日发布节水“十三五”规划。规划提出目标：\n——全县用水总量控制在6亿立方米以内。",
            ["target 全县用水总量 6亿立方米 2020-12-31"],
        ),
        (
            "2025-01-20",
            (
                "2025年民生实事\n到年底，城镇和工业用水、农业用水计量率分别达到85%、70%。"
                "建成县养老中心并投用，床位90张。"
            ),
            [
                "target 城镇和工业用水计量率 85% 2025-12-31",
                "target 农业用水计量率 70% 2025-12-31",
                "milestone 建成县养老中心并投用 2025-12-31",
                "target 县养老中心床位 90张 2025-12-31",
            ],
        ),
        (
            "2023-08-20",
            "1-7月，采矿业、制造业、供应业增加值比上年同期分别增长7.1%、1.9%、7.0%。",
            [
                "result 采矿业增加值增长 7.1% 2023-07-31",
                "result 制造业增加值增长 1.9% 2023-07-31",
                "result 供应业增加值增长 7.0% 2023-07-31",
            ],
        ),
        # A paper of a year that says by its title what it sets is no page of news in autumn.
        (
            "2010-09-15",
            "# 2010年度市农委工作目标任务\n一、农民收入（权数：8）\n农民人均纯收入增幅达到9%以上。",
            ["target 农民人均纯收入增幅 9% 2010-12-31"],
        ),
        # By how much a growth or a place has changed is a comparison.
        (
            "2023-09-27",
            "1-8月，制造业增长11%，提高0.6个百分点，较上月提升2位。12个行业大类中9个行业实现增长。",
            ["result 制造业增长 11% 2023-08-31", "result 行业大类中行业增长 9个 2023-08-31"],
        ),
        (
            "2014-04-18",
            (
                "青禾县2014年大气污染防治方案\n特制定2014年实施方案。颗粒物浓度在2013年基础上下降10%。"
                "再淘汰炼铁15万吨、水泥1万吨。"
            ),
            [
                "target 颗粒物浓度下降 10% 2014-12-31",
                "target 淘汰炼铁 15万吨 2014-12-31",
                "target 淘汰水泥 1万吨 2014-12-31",
            ],
        ),
        (
            "2018-09-19",
            "1-8月新建车位620个，占年度任务的73%。",
            ["result 新建车位 620个 2018-08-31", "result 新建车位占年度任务 73% 2018-08-31"],
        ),
    ],
)
def test_a_text_gives_these_records(published: str, text: str, facts: list[str]) -> None:
    assert write_facts(text, published, None) == facts


def draft_page(published: str, above: str, *rows: str) -> list[Draft]:
    """Return the drafts of a page with one table, whose cells are parted by bars."""
    cells = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row.split("|")) + "</tr>" for row in rows
    )
    page = f"{above}<table>{cells}</table>"
    return extract_drafts(read_markup(page), date.fromisoformat(published)).drafts


def write_figures(drafts: list[Draft]) -> list[str]:
    """Return the kind, name, value and day of each draft."""
    return [f"{d.kind} {d.indicator} {d.value}{d.unit} {d.deadline or d.as_of}" for d in drafts]


def test_a_table_of_figures_reports_what_its_columns_say() -> None:
    drafts = draft_page(
        "2022-04-30",
        "<h1>2021年青禾县统计公报</h1><p>全年生产总值66亿元。</p><p>表1 2021年生产总值</p>",
        "指 标|总量（万元）|增长（%）|构成（%）",
        "生产总值|660000|7.5|100",
        "分产业|||",
        "其中：第一产业|160000|—|24.2",
    )
    assert write_figures(drafts[1:]) == [
        "result 生产总值总量 660000万元 2021-12-31",
        "result 生产总值增长 7.5% 2021-12-31",
        "result 生产总值构成 100% 2021-12-31",
        "result 第一产业总量 160000万元 2021-12-31",
        "result 第一产业构成 24.2% 2021-12-31",
    ]
    assert drafts[1].initiative == "表1 2021年生产总值"
    assert drafts[1].quote == "660000"


def test_a_line_above_a_table_gives_the_units_of_its_columns() -> None:
    drafts = draft_page(
        "2021-10-18",
        "<h1>重点项目完成情况通报</h1><p>1-9月份投资完成情况</p><p>单位：个、亿元</p>",
        "单 位|项目个数|年投资计划|完成投资额|年计划投资完成率",
        "东 乡|57|82.5|65.1|78.9%",
        "西 乡|27|42|无|",
    )
    assert write_figures(drafts) == [
        "result 东乡项目个数 57个 2021-09-30",
        "result 东乡完成投资额 65.1亿元 2021-09-30",
        "result 东乡年计划投资完成率 78.9% 2021-09-30",
        "result 西乡项目个数 27个 2021-09-30",
    ]
    assert [draft.share_of_plan for draft in drafts] == [False, False, True, False]


def test_a_column_of_units_and_years_above_columns_are_read() -> None:
    drafts = draft_page(
        "2023-02-10",
        "<h1>2022年经济运行情况</h1>",
        "序号|指标名称|单位|2022年|比上年|排名",
        "序号|指标名称|单位|绝对数|增长|排名",
        "1|公路里程（公里）||120|3.1|2",
        "2|税收收入|亿元|45,000.5|-2|1",
        "3|||7|8|3",
        "4",
    )
    assert write_figures(drafts) == [
        "result 公路里程 120公里 2022-12-31",
        "result 公路里程增长 3.1% 2022-12-31",
        "result 税收收入 45000.5亿元 2022-12-31",
        "result 税收收入增长 -2% 2022-12-31",
    ]


def test_a_table_of_a_report_that_plans_or_names_nothing_is_no_table_of_figures() -> None:
    above = "<h1>2022年工作总结</h1>"
    planned = draft_page("2023-02-10", above, "指标|2022年|2025年目标值", "造林（亩）|120|300")
    assert write_figures(planned) == ["target 造林 300亩 2025-12-31"]
    ahead = draft_page("2023-02-10", above, "指标|2024年", "造林（亩）|120")
    assert write_figures(ahead) == ["target 造林 120亩 2024-12-31"]
    assert draft_page("2023-02-10", above, "1|2", "3|4") == []
    assert draft_page("2023-02-10", above, "甲|乙", "说明|文字") == []


def test_cells_with_as_many_lines_are_read_line_by_line() -> None:
    def join(*lines: str) -> str:
        return "".join(f"<p>{line}</p>" for line in lines)

    drafts = draft_page(
        "2021-10-01",
        "<h1>“十四五”教育规划主要指标</h1>",
        "指标|2020年|2025年",
        f"{join('4.达标班额比例（%）', '其中：小学', '初中')}"
        f"|{join('34.5%', '77.3%')}|{join('80%以上', '85%以上')}",
    )
    assert write_figures(drafts) == [
        "target 小学达标班额比例 80% 2025-12-31",
        "target 初中达标班额比例 85% 2025-12-31",
    ]
    assert [str(draft.baseline) for draft in drafts[:2]] == ["34.5", "77.3"]


def test_a_column_of_names_that_holds_sentences_is_read() -> None:
    drafts = draft_page(
        "2022-01-14",
        "<h1>2022年民生实事</h1>",
        "序号|实事项目|工作举措|责任单位",
        "1|新建学校7所，新增学位800个。|6月底前完成桩基工程。|县教育局",
    )
    assert write_figures(drafts[:2]) == [
        "target 新建学校 7所 2022-12-31",
        "target 新增学位 800个 2022-12-31",
    ]
    assert drafts[0].org == "县教育局"


def test_a_plan_has_a_column_for_each_place() -> None:
    drafts = draft_page(
        "2025-03-24",
        "<h1>2025年度全市目标任务</h1><p>各县目标</p>",
        "考核内容|全市|东乡区|西乡县|考核单位",
        "税收收入（亿元）|46.6|11|4.5|市税务局",
        "造林（亩）|207|68||市林业局",
    )
    assert write_figures(drafts) == [
        "target 全市税收收入 46.6亿元 2025-12-31",
        "target 东乡区税收收入 11亿元 2025-12-31",
        "target 西乡县税收收入 4.5亿元 2025-12-31",
        "target 全市造林 207亩 2025-12-31",
        "target 东乡区造林 68亩 2025-12-31",
    ]


def test_a_cell_that_only_says_how_much_takes_the_name_of_its_row() -> None:
    (draft,) = draft_page(
        "2025-02-15",
        "<h1>2025年目标任务分解表</h1>",
        "序号|任务名称|指标要求|牵头部门",
        "1|工业增加值|增长5.5%|县工信局",
    )
    assert write_figures([draft]) == ["target 工业增加值增长 5.5% 2025-12-31"]


def test_a_cell_of_progress_says_what_share_of_its_row_is_done() -> None:
    drafts = draft_page(
        "2022-12-14",
        "<h1>2022年民生实事进度表（截至10月31日）</h1>",
        "序号|项目内容|当前进度|牵头单位",
        "1|新建公办园5所，新增学位90个。|80%（一所滞后）|县教育局",
        "2|改造旧路4公里|已完成3公里|县交通局",
    )
    assert write_figures(drafts) == [
        "target 新建公办园 5所 2022-12-31",
        "target 新增学位 90个 2022-12-31",
        "result 新建公办园进度 80% 2022-10-31",
        "target 改造旧路 4公里 2022-12-31",
        "result 改造旧路完成 3公里 2022-10-31",
    ]
    assert drafts[2].org == "县教育局"


def test_the_year_above_a_table_says_that_its_numbers_are_known() -> None:
    drafts = draft_page(
        "2003-08-01",
        "<p>工业主要指标</p><p>（2002年）　单位：万元</p>",
        "类别|企业数（个）|工业总产值",
        "轻工业|48|2429",
    )
    assert write_figures(drafts) == [
        "result 轻工业企业数 48个 2002-12-31",
        "result 轻工业工业总产值 2429万元 2002-12-31",
    ]


def draft_grid(published: str, table: str) -> list[str]:
    """Return initiative, name, value, unit and first day of what a table of a page says."""
    page = read_markup(f"<h2>青禾县2023年民生工程完成情况表</h2><table>{table}</table>")
    drafts = extract_drafts(page, date.fromisoformat(published)).drafts
    return [
        f"{each.initiative}: {each.indicator} {each.value}{each.unit} {each.period_start}"
        for each in drafts
    ]


def test_titles_above_a_column_name_its_works_and_the_nearest_one_its_unit() -> None:
    table = (
        "<tr><td rowspan=3>乡镇</td><td colspan=3>就业促进工程</td><td colspan=2>安居行动</td></tr>"
        "<tr><td colspan=3>城镇新增就业（人）</td><td colspan=2>改造危房（户）</td></tr>"
        "<tr><td>目标任务</td><td>进度</td><td>完成比例（%）</td><td>目标</td><td>完成数</td></tr>"
        "<tr><td>东湾镇</td><td>800</td><td>900</td><td>112.5</td><td>20</td><td>18</td></tr>"
    )
    facts = [
        "就业促进工程: 东湾镇城镇新增就业 900人 2023-01-01",
        "就业促进工程: 东湾镇城镇新增就业完成比例 112.5% 2023-01-01",
        "安居行动: 东湾镇改造危房 18户 2023-01-01",
    ]
    assert draft_grid("2023-12-31", table) == facts
    # A share says so without a unit of its own.
    assert draft_grid("2023-12-31", table.replace("（%）", "")) == facts


def test_a_row_across_a_table_is_its_title_or_names_the_works_below_it() -> None:
    figures = (
        "<tr><td colspan=3>2023年1—9月主要指标</td></tr>"
        "<tr><td>指标</td><td>绝对值（亿元）</td><td>同比±%</td></tr>"
        "<tr><td>工业产值</td><td>80.5</td><td>5.1</td></tr>"
        "<tr><td colspan=3>一、安居工程</td></tr>"
        "<tr><td>完成投资</td><td>2.5</td><td>3</td></tr>"
    )
    assert draft_grid("2023-10-31", figures) == [
        "2023年1—9月主要指标: 工业产值 80.5亿元 2023-01-01",
        "2023年1—9月主要指标: 工业产值增长 5.1% 2023-01-01",
        "安居工程: 完成投资 2.5亿元 2023-01-01",
        "安居工程: 完成投资增长 3% 2023-01-01",
    ]
    tasks = (
        "<tr><td>序号</td><td>任务</td><td>责任单位</td><td>进展情况</td></tr>"
        "<tr><td colspan=4>一、就业促进工程</td></tr>"
        "<tr><td>1</td><td>新增就业2000人</td><td>县人社局</td><td>已新增就业1800人</td></tr>"
        "<tr><td colspan=4>共有1项，另有2项</td></tr>"
        "<tr><td>2</td><td>改造危房50户</td><td>县住建局</td><td>已改造40户</td></tr>"
    )
    assert draft_grid("2023-10-31", tasks) == [
        "就业促进工程: 新增就业 2000人 None",
        "就业促进工程: 新增就业 1800人 2023-01-01",
        "就业促进工程: 改造危房 50户 None",
        "就业促进工程: 改造危房改造 40户 2023-01-01",
    ]


@pytest.mark.parametrize(
    ("published", "text", "facts"),
    [
        # What measures money, growth or work again goes on about what was named before.
        (
            "2024-02-01",
            (
                "2023年，规模以上工业增加值完成5亿元，增长9%；实现利润3亿元，增长5%。"
                "养殖业健康发展，实现产值2亿元。地区生产总值66亿元，可比价增长6%。"
                "66个市重点项目进展顺利，共完成投资56亿元。各项贷款余额63亿元。"
            ),
            [
                "result 规模以上工业增加值完成 5亿元 2023-12-31",
                "result 规模以上工业增加值增长 9% 2023-12-31",
                "result 规模以上工业实现利润 3亿元 2023-12-31",
                "result 规模以上工业实现利润增长 5% 2023-12-31",
                "result 养殖业实现产值 2亿元 2023-12-31",
                "result 地区生产总值 66亿元 2023-12-31",
                "result 地区生产总值可比价增长 6% 2023-12-31",
                "result 市重点项目完成投资 56亿元 2023-12-31",
                "result 各项贷款余额 63亿元 2023-12-31",
            ],
        ),
        # 计划今年建成的10座 is the plan, and what is done of it is called the same.
        (
            "2023-10-27",
            (
                "青禾县民生工程进展情况\n2023年青禾县新20项民心工程进展顺利。\n"
                "计划今年建成的10座人行天桥，到10月底，已建成8座。"
                "计划今年开辟8条校车线，目前已完成开辟12条。"
                "计划今年完成200万平方米节能改造，总面积251万平方米；已完成66万平方米。"
                "建立30个清洗点活动已于日前完成。新河小学等10所学校已投入使用。"
            ),
            [
                "target 建成人行天桥 10座 2023-12-31",
                "result 建成人行天桥 8座 2023-10-31",
                "target 开辟校车线 8条 2023-12-31",
                "result 开辟校车线 12条 2023-10-27",
                "target 完成节能改造 200万平方米 2023-12-31",
                "result 完成节能改造完成 66万平方米 2023-10-27",
                "result 建立清洗点活动 30个 2023-10-27",
                "result 学校投入使用 10所 2023-10-27",
            ],
        ),
        # A report of the last days of a period is about the whole of it.
        (
            "2023-06-25",
            "一、上半年工作回顾\n预计，上半年实现财政收入6亿元。\n信贷规模扩大，贷款余额55亿元。",
            ["result 实现财政收入 6亿元 2023-06-30", "result 贷款余额 55亿元 2023-06-30"],
        ),
        (
            "2023-06-12",
            "一、上半年工作回顾\n上半年实现财政收入6亿元。",
            ["result 实现财政收入 6亿元 2023-06-12"],
        ),
        # An index needs no unit, 5方面 is none, and a general task is no milestone.
        (
            "2022-06-02",
            "《规划》要求，到2025年发展指数从2020年的85提高到95。要抓好5方面21项问题整改，完成节能减排任务。",
            ["target 发展指数 95 2025-12-31"],
        ),
    ],
)
def test_a_clause_goes_on_about_what_was_named_before(
    published: str, text: str, facts: list[str]
) -> None:
    assert write_facts(text, published, None) == facts


def test_a_sentence_that_judges_heads_no_part_of_a_paragraph() -> None:
    text = (
        "一、2023年工作回顾\n"
        "（一）产业结构进一步优化。突出工业、巩固农业，形成现代体系。工业实现新发展。"
        "工业增加值完成5亿元，增长9%。支撑作用日益明显。发电量3亿度，增长5%。"
        "用电量达到7亿度，其中工业用电量占49%。"
    )
    drafts = extract_drafts(read_plain(text), date(2024, 2, 1)).drafts
    assert [(each.initiative, each.indicator, each.period_start) for each in drafts] == [
        ("工业实现新发展", "工业增加值完成", date(2023, 1, 1)),
        ("工业实现新发展", "工业增加值增长", date(2023, 1, 1)),
        ("产业结构进一步优化", "发电量", None),
        ("产业结构进一步优化", "发电量增长", date(2023, 1, 1)),
        ("产业结构进一步优化", "用电量", date(2023, 1, 1)),
        ("产业结构进一步优化", "工业用电量占", None),
    ]


def test_a_table_may_report_up_to_several_months() -> None:
    drafts = draft_page(
        "2021-12-20",
        "<h1>2021年养老项目进展情况</h1>",
        "名称|内容|牵头单位|进展情况（7月）|进展情况（10月）",
        "养老项目|新增照料中心15家。|县民政局|已完成照料中心8家。|已完成照料中心15家。",
    )
    assert write_figures(drafts) == [
        "target 新增照料中心 15家 2021-12-31",
        "result 完成照料中心 8家 2021-07-31",
        "result 完成照料中心 15家 2021-10-31",
    ]


def test_a_notice_that_changes_an_aim_promises_it() -> None:
    text = "因用地调整，养老助餐点建设目标调整为20个，通过三年努力，新增床位200张。"
    assert write_facts(text, "2026-07-10", "关于2026年民生实事进展情况的通报") == [
        "target 养老助餐点建设目标调整 20个 2026-12-31",
        "target 新增床位 200张 2028-12-31",
    ]


def test_a_table_names_the_persons_in_charge() -> None:
    drafts = draft_page(
        "2026-02-10",
        "<h1>2026年重点任务推进表</h1>",
        "任务|目标|责任单位|责任人|完成时限",
        "公路改造|改造公路50公里|县交通局|林一|11月底",
        "养老服务|建成助餐点20个|县民政局|陈二、黄三|10月底",
        "财政收入|一般公共预算收入增长7.5%|||",
    )
    assert write_figures(drafts) == [
        "target 改造公路 50公里 2026-11-30",
        "target 建成助餐点 20个 2026-10-31",
        "target 一般公共预算收入增长 7.5% 2026-12-31",
    ]
    assert [(draft.org, draft.person) for draft in drafts] == [
        ("县交通局", "林一"),
        ("县民政局", "陈二、黄三"),
        (None, None),
    ]


def test_bodies_under_the_title_of_persons_lead() -> None:
    (draft,) = draft_page(
        "2026-02-10",
        "<h1>2026年重点任务推进表</h1>",
        "任务|目标|负责人|完成时限",
        "公路改造|改造公路50公里|县交通局|11月底",
    )
    assert (draft.org, draft.person) == ("县交通局", None)

"""Drafts from documents of several kinds: task lists, communiqués, reports of December."""

from datetime import date

import pytest

from tracker.exchange.drafts.draft import Draft
from tracker.exchange.drafts.extraction import extract_drafts
from tracker.exchange.drafts.readers.markup import read_markup
from tracker.exchange.drafts.readers.plain import read_plain

MARCH = date(2026, 3, 1)


def draft_lines(text: str, published: date = MARCH) -> list[Draft]:
    return extract_drafts(read_plain(text), published).drafts


def draft_table(*rows: str) -> list[Draft]:
    cells = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row.split("|")) + "</tr>" for row in rows
    )
    page = f"<h1>青禾县2026年民生实事任务分解表</h1><table>{cells}</table>"
    return extract_drafts(read_markup(page), date(2026, 12, 5)).drafts


def name_kinds(drafts: list[Draft]) -> list[tuple[str, str]]:
    return [(draft.kind, draft.indicator) for draft in drafts]


def test_lines_below_a_task_say_who_leads_it_and_until_when() -> None:
    drafts = draft_lines(
        "青禾县2026年重点工作任务分解方案\n一、主要目标\n1.新建充电桩300个。\n牵头单位：县发改局\n"
        "责任单位：各街道\n完成时限：2026年10月底前\n2.改造老旧小区5个，惠及居民800户。\n"
        "完成时限：11月底\n牵头领导：林静 责任单位：县住建局 项目责任人：王伟 配合单位：县城管局\n"
        "（二）园区建设\n牵头单位：县工信局；配合单位：县财政局\n新建标准厂房3万平方米。\n引进企业12家。"
    )

    assert [(draft.org, draft.deadline) for draft in drafts] == [
        ("县发改局", date(2026, 10, 31)),
        ("县住建局", date(2026, 11, 30)),
        ("县住建局", date(2026, 11, 30)),
        ("县工信局", date(2026, 12, 31)),
        ("县工信局", date(2026, 12, 31)),
    ]


def test_a_table_without_a_title_for_goals_has_them_in_its_longest_column() -> None:
    (draft,) = draft_table(
        "序号|民生实事|责任单位|完成时限",
        "1|新建2座跨青河人行天桥。|<p>县住建局</p><p>县代建中心</p>|9月投入使用",
    )

    assert (draft.org, draft.indicator) == ("县住建局、县代建中心", "新建跨青河人行天桥")


def test_a_table_of_nothing_but_leads_and_days_has_no_goals() -> None:
    assert draft_table("责任单位|完成时限", "县住建局|9月底前") == []
    assert draft_table("责任单位|完成时限") == []


def test_a_column_of_progress_says_up_to_when_it_reports() -> None:
    target, result = draft_table(
        "主要任务|全年目标任务|责任单位|牵头单位|1-11月推进情况",
        "城市管理|新建建筑垃圾中转站8个。|各街道|县城管局|已建成建筑垃圾中转站7个。",
    )

    assert (target.org, result.org) == ("县城管局", "县城管局")
    assert (result.kind, result.as_of) == ("result", date(2026, 11, 30))


def test_items_between_lines_of_their_numbers_stay_apart() -> None:
    drafts = draft_lines(
        "青禾县2026年为民办实事项目\n"
        "根据县人大代表票决的结果，现将青禾县2026年为民办实事项目公布如下，请各单位认真组织实施，"
        "确保按时完成各项工作。\n1\n新建2家示范性社区康复中心、2家中医药特色社区卫生服务站\n2\n"
        "完成500户残疾人家庭无障碍设施改造\n"
    )

    assert [draft.indicator for draft in drafts] == [
        "新建示范性社区康复中心",
        "新建中医药特色社区卫生服务站",
        "完成残疾人家庭无障碍设施改造",
    ]


def test_a_communique_reports_on_the_year_of_its_title() -> None:
    drafts = draft_lines(
        "青禾县2025年国民经济和社会发展统计公报\n一、综合\n"
        "年末常住人口94.9万人，户籍总人口134.9万人。全年实现地区生产总值439亿元，比上年增长3.3%。",
        date(2026, 5, 2),
    )

    assert {(draft.kind, draft.as_of) for draft in drafts} == {("result", date(2025, 12, 31))}
    assert drafts[-1].period_start == date(2025, 1, 1)


def test_a_report_of_december_looks_back_on_its_year() -> None:
    drafts = draft_lines(
        "政府工作报告\n2025年是本届政府的开局之年，全县经济向好。预计到年末，地区生产总值完成115亿元，"
        "同比增长7%。\n一、2025年工作回顾\n新建农村公路30公里。",
        date(2025, 12, 22),
    )

    expected = ("result", date(2025, 12, 31), True)
    assert [(draft.kind, draft.as_of, draft.estimate) for draft in drafts] == [expected] * 3


def test_what_a_plan_is_done_of_is_a_report_whatever_stands_around_it() -> None:
    drafts = draft_lines(
        "1-6月，我县重大项目建设稳步推进。8项省重点项目累计完成投资12.88亿元，完成年度计划投资比例"
        "52.99%，超序时进度2.99个百分点。\n"
        "计划投产项目17宗，完成投资16.1亿元，完成年度计划投资的39.9%。\n"
        "我县8项省重点项目总投资198亿元，年计划投资24.3亿元，累计完成投资12.88亿元。",
        date(2026, 7, 19),
    )

    reported = [draft.indicator for draft in drafts if draft.kind == "result"]
    assert reported[:2] == ["省重点项目完成投资", "省重点项目完成年度计划投资比例"]
    assert reported[-1] == "省重点项目完成投资"
    assert not [draft for draft in drafts if "序时" in draft.indicator]


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("新增城市道路180公里、绿道130公里。", ["新增城市道路", "新增绿道"]),
        ("对全县义务教育阶段4500名学生实施营养改善计划。", ["学生实施营养改善计划"]),
        ("完成靖宁路、长兴南路2个积水点改造。", ["完成积水点改造"]),
        ("完成周家浜全线2公里健身步道贯通。", ["完成周家浜全线健身步道贯通"]),
        (
            "改造管网3公里；开展农村人居环境整治，完成投资25亿元。",
            ["改造管网", "农村人居环境整治完成投资"],
        ),
        ("完成投资力争超过145亿元。", ["完成投资"]),
        ("建成安心街角等4处绿地广场、建成青河二小天桥。", ["建成绿地广场", "建成青河二小天桥"]),
        ("确保完成年度任务，全面完成省下达节能减排任务。", []),
        ("参加会议的237名人大代表对19项为民办实事候选项目投票。", []),
    ],
)
def test_a_promise_is_called_by_what_it_counts(sentence: str, names: list[str]) -> None:
    drafts = draft_lines(f"青禾县2026年工作要点\n{sentence}")

    assert [draft.indicator for draft in drafts] == names


def test_thousands_count_as_numbers() -> None:
    (draft,) = draft_lines("青禾县2026年工作要点\n解决周边8千余户群众用水问题。")

    assert (str(draft.value), draft.unit, draft.op) == ("8000", "户", ">=")


@pytest.mark.parametrize(
    ("text", "initiative"),
    [
        ("过去五年，是综合实力显著增强的五年。新建道路11条。", "综合实力显著增强"),
        ("一、科教惠民工程（项目6个）。主要是新建幼儿园35所。", "科教惠民工程"),
        ("二、民生工程\n实施水库除险加固工程71座。", "民生工程"),
        ("二、实事\n办好民生实事\n实施水库除险加固工程71座。", "水库除险加固工程"),
        ("二、就业\n遴选12所学校实施“新学校计划”。", "就业"),
        (
            "加快能源强县。推动电站群集约发展，新建风电场2个。建设医美基地。推动园区。新增装机3万千瓦。",
            "加快能源强县",
        ),
    ],
)
def test_a_number_belongs_to_its_heading_before_what_it_only_counts(
    text: str, initiative: str
) -> None:
    assert {draft.initiative for draft in draft_lines(text)} == {initiative}


def test_a_review_of_five_years_counts_from_the_first_of_them() -> None:
    drafts = draft_lines(
        "政府工作报告\n一、过去五年的主要工作和成效\n2025年地区生产总值476亿元。五年累计完成固定资产投资"
        "1162亿元，协议利用外资3亿美元。",
        date(2026, 2, 19),
    )

    assert [(draft.value_hi, draft.as_of, draft.period_start) for draft in drafts] == [
        (None, date(2025, 12, 31), date(2025, 1, 1)),
        (None, date(2025, 12, 31), date(2021, 1, 1)),
        (None, date(2025, 12, 31), date(2021, 1, 1)),
    ]


def test_growth_upon_the_year_before_is_a_result() -> None:
    drafts = draft_lines(
        "政府工作报告\n一、2025年工作回顾\n2025年，全镇总收入达23934万元，较2024年增长6.4%，达10亿元。",
        date(2026, 4, 19),
    )

    assert [str(draft.value) for draft in drafts] == ["23934", "6.4", "10"]
    assert drafts[1].period_start == date(2025, 1, 1)


def test_a_plan_without_a_year_ends_with_the_period_of_its_title() -> None:
    drafts = draft_lines(
        "青禾县“十五五”就业促进实施方案\n一、就业\n专业技术人才达到120万人。\n生态建设\n"
        "造林5万亩。\n高于全国平均水平的事项全部办结，城镇新增就业63万人以上。"
    )

    assert {draft.deadline for draft in drafts} == {date(2030, 12, 31)}
    assert {draft.kind for draft in drafts} == {"target"}
    assert [draft.initiative for draft in drafts] == ["就业", "生态建设", "生态建设"]


def test_brackets_of_several_clauses_and_lists_of_tasks_are_no_records() -> None:
    drafts = draft_lines(
        "青禾县2025年工作总结\n总投资7976万元（其中中央资金2200万元，县级资金5776万元）。\n"
        "29项民生实事任务如期完成。\n简政放权取得积极成效。下放事项138项。\n"
    )

    assert [(draft.indicator, draft.initiative) for draft in drafts] == [("下放事项", "简政放权")]


def test_a_plan_that_may_be_past_or_not_takes_the_later_word() -> None:
    (draft,) = draft_lines("青禾县2026年工作要点\n已建成的园区力争新增企业12家。")

    assert draft.kind == "target"


def test_a_line_of_this_years_work_begins_a_part_of_a_page() -> None:
    (draft,) = draft_lines(
        "报告确定，集中力量办成一批实事。\n今年为民办实事“十大”工程\n主要是新建幼儿园35所。"
    )

    assert (draft.kind, draft.indicator) == ("target", "新建幼儿园")


@pytest.mark.parametrize(
    ("sentence", "is_done"),
    [
        ("人民医院迁建项目建成投用。", True),
        ("推动人民医院迁建项目建成投用。", False),
        ("首发经济开业。", False),
    ],
)
def test_works_and_their_finished_state_are_done(sentence: str, is_done: bool) -> None:  # noqa: FBT001
    drafts = draft_lines(f"青禾县2025年工作总结\n{sentence}")

    assert [draft.done for draft in drafts] == [True] * is_done


def test_totals_that_are_aimed_at_are_promises() -> None:
    drafts = draft_lines(
        "青禾县2026年工作要点\n签约项目投资总额达到180亿元；储备项目投资总额动态保持90亿元。"
    )

    assert [str(draft.value) for draft in drafts] == ["180", "90"]


def test_a_report_up_to_a_month_counts_from_the_years_first_day() -> None:
    drafts = draft_lines(
        "截至7月，在建高速公路完成投资58亿元，是2016年的2.5倍，拆除违建面积300平方米。",
        date(2026, 8, 10),
    )

    assert {(draft.as_of, draft.period_start) for draft in drafts} == {
        (date(2026, 7, 31), date(2026, 1, 1))
    }


def test_a_standard_is_called_without_its_month() -> None:
    drafts = draft_lines(
        "青禾县2025年工作总结\n城乡低保标准分别提高到每月790元、650元，特困标准提高到每人每月900元。"
    )

    assert [draft.indicator for draft in drafts] == ["城镇低保标准", "农村低保标准", "特困标准"]


def test_a_paragraph_says_behind_its_tasks_until_when() -> None:
    drafts = draft_lines(
        "青禾县2026年为民办实事项目\n一、实施便民工程。新建标准化菜市场3个，改造5个。"
        "责任单位：县商务局；完成时间：11月底前。\n二、建成县图书馆新馆并对外开放。完成时限：9月底前。"
    )

    assert [(draft.kind, draft.deadline) for draft in drafts] == [
        ("target", date(2026, 11, 30)),
        ("target", date(2026, 11, 30)),
        ("milestone", date(2026, 9, 30)),
    ]


def test_a_fifteenth_plan_of_five_years_ends_in_its_last() -> None:
    (draft,) = draft_lines(
        "青禾县国民经济和社会发展第十五个五年规划纲要\n第二节 商贸\n建成商业中心1个。"
    )

    assert draft.deadline == date(2030, 12, 31)


def test_a_notice_on_how_it_went_is_a_report_also_as_a_heading() -> None:
    page = "<h1>关于2025年为民办实事项目实施情况的通报</h1><h1>一、学位</h1><p>新增学位5万个。</p>"
    (draft,) = extract_drafts(read_markup(page), date(2026, 1, 29)).drafts

    assert draft.kind == "result"

"""Pages of news: what stands in the sentence before, whose number it is, and when it holds."""

from datetime import date

import pytest
from drafted import write_facts

from tracker.exchange.drafts.extraction import extract_drafts
from tracker.exchange.drafts.readers.plain import read_plain

NOVEMBER = "2024-11-21"


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "首批加装的6台电梯完成施工，余下的12台将在明年完工。",
            ["result 首批加装电梯 6台 2024-11-21", "target 首批加装电梯完工 12台 2025-12-31"],
        ),
        (
            "截至5月底，全市58座水库加固已完工41座，剩下17座12月底前全部完工；清淤河道73公里。",
            [
                "result 水库加固完工 41座 2024-05-31",
                "target 水库加固完工 17座 2024-12-31",
                "result 清淤河道 73公里 2024-05-31",
            ],
        ),
        (
            "提高三峡电能消纳比例，2025年从18%提升至22%。",
            ["target 三峡电能消纳比例 22% 2025-12-31"],
        ),
        (
            "这样的食堂，云山市已开办312家。像文里这样的社区，云山市今年要改造18个。",
            ["result 食堂开办 312家 2024-11-21", "target 社区改造 18个 2024-12-31"],
        ),
        (
            "已新增公交线路20条，其中市本级17条、长宁县3条；优化公交线路41条。",
            [
                "result 新增公交线路 20条 2024-11-21",
                "result 市本级新增公交线路 17条 2024-11-21",
                "result 长宁县新增公交线路 3条 2024-11-21",
                "result 优化公交线路 41条 2024-11-21",
            ],
        ),
        (
            "已新增泊位20个，其中小区17个，投资3亿元。",
            [
                "result 新增泊位 20个 2024-11-21",
                "result 小区新增泊位 17个 2024-11-21",
                "result 新增泊位投资 3亿元 2024-11-21",
            ],
        ),
        (
            "去年，全市新增学位5万个。年内共计完工学校30所。今年将新增学位2万个。",
            [
                "result 新增学位 5万个 2023-12-31",
                "result 完工学校 30所 2023-12-31",
                "target 新增学位 2万个 2024-12-31",
            ],
        ),
        (
            "2024年3月，区里启动改造，新增车位210个。",
            ["result 新增车位 210个 2024-11-21"],
        ),
        (
            "力争固定资产投资增幅16%以上、社会消费品零售总额同比增长15%以上。",
            [
                "target 固定资产投资增幅 16% 2024-12-31",
                "target 社会消费品零售总额同比增长 15% 2024-12-31",
            ],
        ),
        (
            "截至目前，大桥施工已完成80%，预计明年4月底前合龙。",
            ["result 大桥施工完成 80% 2024-11-21", "milestone 大桥施工合龙 2025-04-30"],
        ),
        (
            "75家龙头企业年销售收入18.4亿元。37个工业大类中有29个实现增长。",
            [
                "result 龙头企业 75家 2024-11-21",
                "result 年销售收入 18.4亿元 2024-11-21",
                "result 工业大类 29个 2024-11-21",
            ],
        ),
        (
            "重点项目完成投资190亿元，为年度计划的80.9%。",
            [
                "result 重点项目完成投资 190亿元 2024-11-21",
                "result 重点项目完成投资为年度计划 80.9% 2024-11-21",
            ],
        ),
    ],
)
def test_a_page_gives_these_records(text: str, facts: list[str]) -> None:
    assert write_facts("本报讯 记者 甲\n" + text, NOVEMBER, None) == facts


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("“现在我家的茶园面积达15亩。”村民说。", "one person's account"),
        ("78岁的刘奶奶取餐，两荤一素只要8元。", "a price"),
        ("村子离县城40公里。", "a distance"),
        ("原来要跑5个窗口。", "how it was before"),
        ("小区2幢1单元已经装好。", "an address"),
        ("他住在6层。", "an address"),
        ("安平县已制定“稳增长20条”。", "part of a name"),
        ("8个县（市）区176个村通过验收。", "a place"),
        ("新开工项目204个，比去年同期多80个。", "a comparison"),
        ("完成投资额是去年同期的2倍。", "a comparison"),
        ("完成年目标任务12500人的98.5%。", "the aim that it is compared with"),
        ("已新建幼儿园48所，超额完成40所的年度目标任务。", "the aim that it is compared with"),
        ("每艘渔船增配1只救生筏。每艘增配1只救生筏。", "a rate in a name"),
        ("云岭县公开承诺10件民生实事。", "counts headings"),
        ("海洋科技园6条道路项目顺利推进。", "not finished"),
        ("7个省重点项目完成年度投资计划的81%。", "the number after it says how many of them"),
    ],
)
def test_a_number_of_a_page_is_no_record_for_a_reason(text: str, reason: str) -> None:
    page = read_plain("本报讯 记者 甲\n截至目前，" + text)
    neither = extract_drafts(page, date(2024, 11, 21)).neither
    assert reason in [each.reason for each in neither]


def test_what_officials_say_in_the_words_of_a_tale_still_counts() -> None:
    page = read_plain("“今年我们家乡已改造小区12个。”县住建局局长王芳女士说。")
    (draft,) = extract_drafts(page, date(2024, 11, 21)).drafts
    assert f"{draft.kind} {draft.value}{draft.unit}" == "result 12个"


def test_a_period_that_a_page_opens_with_holds_for_all_of_it() -> None:
    opened = "前三季度，全市完成投资190亿元。\n项目进展顺利。\n新开工项目204个。"
    passing = "本报讯\n新区活力足。\n1—10月，工业增长10%。\n民生得到改善，新增学位9600个。"
    days = [
        draft.as_of.isoformat() if draft.as_of else ""
        for text in (opened, passing)
        for draft in extract_drafts(read_plain(text), date(2024, 11, 21)).drafts
    ]
    assert days == ["2024-09-30", "2024-09-30", "2024-10-31", "2024-11-21"]


def test_five_years_are_the_period_of_what_a_review_says_below_them() -> None:
    text = (
        "工作报告\n过去五年，是不平凡的五年。经营主体净增231万户。\n"
        "这五年，动能释放。科技企业达到2.8万家，新增就业452万人。\n"
        "2025年，是收官之年。新增就业86万人。"
    )
    drafts = extract_drafts(read_plain(text), date(2026, 1, 26), "工作总结").drafts
    assert [draft.period_start for draft in drafts] == [
        date(2021, 1, 1),
        None,
        date(2021, 1, 1),
        date(2025, 1, 1),
    ]


def test_a_season_that_began_last_year_goes_on_until_the_page() -> None:
    text = "去年入冬以来，全县冬修农田4万亩。“十四五”以来，新建机井44眼。"
    drafts = extract_drafts(read_plain(text), date(2024, 2, 4)).drafts
    assert [draft.as_of for draft in drafts] == [date(2024, 2, 4), date(2023, 12, 31)]


def test_help_with_problems_opens_no_section_on_problems() -> None:
    text = "县里帮助解决建设中存在的困难和问题。目前已建成机井44眼。"
    (draft,) = extract_drafts(read_plain(text), date(2024, 11, 21)).drafts
    assert draft.value == 44


def test_a_page_about_good_deeds_that_are_done_reports() -> None:
    text = "为民办实事项目提前“交卷”\n10条主次干道完成路灯改造。"
    (draft,) = extract_drafts(read_plain(text), date(2024, 11, 21)).drafts
    assert draft.kind == "result"

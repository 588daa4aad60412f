"""How far a time, a frame and a plan reach: into the next clause, sentence and paragraph."""

from datetime import date

import pytest
from drafted import write_facts

from tracker.exchange.drafts.extraction import extract_drafts
from tracker.exchange.drafts.readers.plain import read_plain


@pytest.mark.parametrize(
    ("published", "text", "facts"),
    [
        (
            "2024-01-03",
            (
                "清河铁路确立了2024年主要工作目标：新线投产40公里。\n"
                "2023年，清河铁路投产新线84公里。贫困地区完成投资41亿元。"
            ),
            [
                "target 新线投产 40公里 2024-12-31",
                "result 清河铁路投产新线 84公里 2023-12-31",
                "result 贫困地区完成投资 41亿元 2023-12-31",
            ],
        ),
        (
            "2024-05-27",
            (
                "到2027年，力争全县接待游客10万人次以上；\n旅游收入2亿元。打造精品村20个。\n"
                "2023年接待游客8万人次。"
            ),
            [
                "target 全县接待游客 10万人次 2027-12-31",
                "target 旅游收入 2亿元 2027-12-31",
                "target 打造精品村 20个 2027-12-31",
                "result 接待游客 8万人次 2023-12-31",
            ],
        ),
        (
            "2021-08-16",
            "县政府日前印发实施意见，到2025年，建成城镇“15分钟健身圈”。人均场地达2.6平方米以上。",
            [
                "milestone 建成城镇“15分钟健身圈” 2025-12-31",
                "target 人均场地 2.6平方米 2025-12-31",
            ],
        ),
        (
            "2024-11-24",
            "明年将加快建设，完成学校21所。完成县一中扩建。",
            ["target 完成学校 21所 2025-12-31", "milestone 完成县一中扩建 2025-12-31"],
        ),
        (
            "2025-01-21",
            "2024年，企业增加值增长6%，12月出口指数为52%。",
            ["result 企业增加值增长 6% 2024-12-31", "result 出口指数 52% 2024-12-31"],
        ),
        (
            "2024-03-20",
            "据悉，2023年完成水利投资35亿元。今年我市将完善水网，全年完成水利投入30亿元。",
            ["result 完成水利投资 35亿元 2023-12-31", "target 完成水利投入 30亿元 2024-12-31"],
        ),
        (
            "2024-12-30",
            "今年，全县完成搬迁280人，全年减少贫困人口100人以上。",
            ["result 完成搬迁 280人 2024-12-30", "result 减少贫困人口 100人 2024-12-31"],
        ),
        (
            "2024-08-01",
            "截止目前，改厕已开工3400户，占全年目标任务数的54%；整治河道25公里，占第四轮计划任务的69%。",
            [
                "result 改厕开工 3400户 2024-08-01",
                "result 改厕占目标任务数 54% 2024-08-01",
                "result 整治河道 25公里 2024-08-01",
                "result 整治河道占第四轮计划任务 69% 2024-08-01",
            ],
        ),
        (
            "2015-01-17",
            "任务目标：改造小区100个。进展情况：截至2014年底，改造小区101个。新增单行道18处。",
            [
                "result 改造小区 100个 2014-12-31",
                "result 改造小区 101个 2014-12-31",
                "result 新增单行道 18处 2014-12-31",
            ],
        ),
        (
            "2016-08-09",
            (
                "近日，国家印发《“十三五”国家科技规划》，明确要求。\n"
                "科技贡献率从55%提高到60%。\n2015年，申请专利8件。"
            ),
            ["target 科技贡献率 60% 2020-12-31", "result 申请专利 8件 2015-12-31"],
        ),
        (
            "2018-01-11",
            "近日，县里下发2018年抽检计划的通知，安排全年抽检135批次。\n乡镇抽检49批次。",
            ["target 安排抽检 135批次 2018-12-31", "target 抽检 49批次 2018-12-31"],
        ),
        (
            "2013-07-17",
            (
                "2013年，省下达我市住房任务30套，其中廉租住房16套。公租住房14套。"
                "全市分解落实32套，为目标任务的110%。"
            ),
            [
                "target 省下达我市住房任务 30套 2013-12-31",
                "target 廉租住房 16套 2013-12-31",
                "target 公租住房 14套 2013-12-31",
                "result 全市分解落实 32套 2013-07-17",
                "result 全市分解落实为目标任务 110% 2013-07-17",
            ],
        ),
        (
            "2020-06-08",
            "目前，全县已建成基站5个，预计今年年底建成基站6个；全县累计开展应用40项。",
            [
                "result 建成基站 5个 2020-06-08",
                "target 建成基站 6个 2020-12-31",
                "result 开展应用 40项 2020-06-08",
            ],
        ),
        (
            "2016-05-20",
            "据悉，到2020年建成安全的农村电网，可靠率达到99%。",
            ["milestone 建成安全的农村电网 2020-12-31", "target 可靠率 99% 2020-12-31"],
        ),
        (
            "2026-02-12",
            "县里召开新闻发布会。在2025年新增89个托位的基础上，继续增加托位15个。",
            ["result 新增托位 89个 2025-12-31", "target 增加托位 15个 2026-12-31"],
        ),
        (
            "2009-04-21",
            "“十一五”前三年，我县改建公路118公里。公路建设去年势头良好。全年完成投资20亿元。",
            ["result 改建公路 118公里 2008-12-31", "result 改建公路完成投资 20亿元 2008-12-31"],
        ),
        (
            "2024-01-31",
            "近日，目前共13个城市计划采购公交车2816辆。",
            ["target 城市采购公交车 2816辆 2024-12-31"],
        ),
        (
            "2018-02-11",
            "2018年一季度，全县将完成全年61辆的公交车更新任务。本月底，购置公交车6辆也将投用。",
            [
                "target 完成的公交车更新任务 61辆 2018-03-31",
                "target 购置公交车也将投用 6辆 2018-02-28",
            ],
        ),
        (
            "2014-07-25",
            "预计2014年将完成茶叶产量3500吨，综合产值可达7亿元。",
            ["target 完成茶叶产量 3500吨 2014-12-31", "target 综合产值 7亿元 2014-12-31"],
        ),
        (
            "2013-01-25",
            "会议通报2012年就业情况及2013年工作安排。全县新增就业1266人。",
            ["result 新增就业 1266人 2012-12-31"],
        ),
        (
            "2012-02-10",
            "市水务局要求迎接新挑战。今年我市将解决饮水安全10万人。",
            ["target 解决饮水安全 10万人 2012-12-31"],
        ),
        (
            "2021-02-17",
            "清河机场是最大的支线机场，计划今年6月30日前投用。",
            ["milestone 清河机场投用 2021-06-30"],
        ),
        (
            "2024-09-05",
            "今年首批公园建成5座。该县将把绿地纳入考核，将覆盖率提高到40%，将新建公园3座。",
            [
                "result 首批公园建成 5座 2024-09-05",
                "result 覆盖率 40% 2024-09-05",
                "target 新建公园 3座 2024-12-31",
            ],
        ),
        (
            "2020-04-24",
            (
                "2019年10月—2020年3月，浓度下降14%。发生重污染39天次，同比减少58%。"
                "超额完成浓度下降4%、天数减少6%的改善目标。"
            ),
            [
                "result 浓度下降 14% 2020-03-31",
                "result 发生重污染 39天次 2020-03-31",
                "result 发生重污染减少 58% 2020-03-31",
            ],
        ),
    ],
)
def test_a_page_is_read_as_far_as_its_words_reach(
    published: str, text: str, facts: list[str]
) -> None:
    assert write_facts(text, published, None) == facts


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("现在每周大概增加站点15个。", "a scene"),
        ("上午9点，会议召开。", "an hour"),
        ("这3项工作已经完成。", "counted before"),
        ("因为秋粮占总产的70%以上，丰收已成定局。", "a reason"),
        ("县里召开20项工程通报会。", "part of a name"),
        ("公共路线36公里以上因客观原因没完成。", "not finished"),
        ("失业率低于5.5%的预期目标。", "the aim that it is compared with"),
        ("2023年我县计划解决饮水1.3万人。", "the aim that it is compared with"),
        ("每年以3.3%的速度递增。", "a yearly average"),
        ("全县每年新增1000人左右。", "a yearly average"),
        ("班列已通达欧洲25个国家。", "a place"),
        ("2023年，力争新建学校5所。", "planned for a time that is over"),
        ("超额完成“三年改造1800套危房”的任务。", "the aim that it is compared with"),
        ("投资规模过千万元的项目很多。", "a threshold in a name"),
    ],
)
def test_a_number_that_only_says_when_why_or_what_was_aimed_at_is_no_record(
    text: str, reason: str
) -> None:
    drafts = extract_drafts(read_plain(text), date(2024, 11, 21))
    assert [each.reason for each in drafts.neither] == [reason]
    assert drafts.drafts == []


def test_places_are_not_counted_where_a_number_of_theirs_follows() -> None:
    drafts = extract_drafts(
        read_plain("10个镇新投运线路247公里。几千万人受益。"), date(2024, 11, 21)
    )
    assert [(str(draft.value), draft.unit) for draft in drafts.drafts] == [("247", "公里")]


def test_years_from_one_to_another_are_the_period_of_a_report() -> None:
    (draft,) = extract_drafts(
        read_plain("2016年至2019年底，全县改造危房2157套。"), date(2020, 10, 19)
    ).drafts
    assert (draft.period_start, draft.as_of) == (date(2016, 1, 1), date(2019, 12, 31))


def test_a_title_may_round_what_the_text_says_in_a_smaller_unit() -> None:
    text = "清河运营里程突破1万公里\n截至2023年底，清河运营里程10165.7公里，线路306条。\n"
    drafts = extract_drafts(read_plain(text), date(2024, 1, 12)).drafts
    assert [str(draft.value) for draft in drafts] == ["10165.7", "306"]


def test_years_in_a_row_each_have_their_amount() -> None:
    text = "2015年至2017年，全县开工住房分别为601套、606套和609套，超额完成任务。"
    drafts = extract_drafts(read_plain(text), date(2018, 12, 18)).drafts
    assert [(draft.period_start, draft.as_of, str(draft.value)) for draft in drafts] == [
        (date(2015, 1, 1), date(2015, 12, 31), "601"),
        (date(2016, 1, 1), date(2016, 12, 31), "606"),
        (date(2017, 1, 1), date(2017, 12, 31), "609"),
    ]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "预计2022年累计完成新改建公路15公里。",
            ["target 完成新改建公路 15公里 2022-12-31"],
        ),
        (
            "预计到2024年，3年内新增学校12所。",
            ["target 新增学校 12所 2024-12-31"],
        ),
        (
            "截至2022年6月，各地建成占地不低于4万平方米的公园共计1100个。",
            ["result 公园共计 1100个 2022-06-30"],
        ),
        (
            "今冬明春计划完成总投资302亿元。",
            ["target 完成总投资 302亿元 2023-05-31"],
        ),
        (
            "到2025年，新增药材15亩，使总面积达到40亩，亩数约为“十二五”期间的1.6倍。",
            [
                "target 新增药材 15亩 2025-12-31",
                "target 新增药材总面积 40亩 2025-12-31",
            ],
        ),
    ],
)
def test_what_is_expected_of_a_year_is_planned(text: str, facts: list[str]) -> None:
    assert write_facts(text, "2022-07-29", None) == facts


def test_ten_days_of_this_month_are_a_deadline() -> None:
    (draft,) = extract_drafts(read_plain("右洞预计本月中旬贯通。"), date(2022, 12, 9)).drafts
    assert (draft.kind, draft.deadline) == ("milestone", date(2022, 12, 20))

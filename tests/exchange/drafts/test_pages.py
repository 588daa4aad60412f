"""Pages of news: what stands in the sentence before, whose number it is, and when it holds."""

from datetime import date

import pytest
from drafted import write_facts

from tracker.exchange.drafts.extraction import extract_drafts
from tracker.exchange.drafts.readers.plain import read_plain
from tracker.exchange.drafts.sentences import split_sentences

NOVEMBER = "2024-11-21"


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "首批加装的6台电梯完成施工，余下的12台将在明年完工。",
            ["result 首批加装电梯施工 6台 2024-11-21", "target 首批加装电梯完工 12台 2025-12-31"],
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
            "总投资50亿元的光电产业园已进入调试，预计明年7月投产。230项事项实现跨域通办。",
            ["milestone 光电产业园投产 2025-07-31", "result 事项跨域通办 230项 2024-11-21"],
        ),
        (
            "今年安排的82个重点项目中，目前已立项74个，已开工76个。",
            ["result 重点项目立项 74个 2024-11-21", "result 重点项目开工 76个 2024-11-21"],
        ),
        (
            "至此，今年计划新增的8县通高速目标全部实现，县区通高速率达93%。",
            ["result 新增通高速目标 8县 2024-11-21", "result 县区通高速率 93% 2024-11-21"],
        ),
        (
            "今年已新扩建总建筑面积18万平方米。抽样检验5万批次。",
            [
                "result 新扩建总建筑面积 18万平方米 2024-11-21",
                "result 抽样检验 5万批次 2024-11-21",
            ],
        ),
        (
            "上半年5家养老院正在筹建，计划新增床位不少于800张。",
            ["target 新增床位 800张 2024-12-31"],
        ),
        (
            "青临高铁全长120公里，已完成投资112亿元。",
            ["result 青临高铁完成投资 112亿元 2024-11-21"],
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
        ("增加床位1920张，完成增加床位2000张目标任务的96%。", "the aim that it is compared with"),
        ("云岭县公开承诺10件民生实事。", "counts headings"),
        ("海洋科技园6条道路项目顺利推进。", "not finished"),
        ("对首次升规的企业一次性奖励20万元。", "the amount of a subsidy"),
        ("对普惠托位每个补助1万元。", "the amount of a subsidy"),
        ("近200名建设者坚守一线。", "a scene"),
        ("码头街区如今每天迎来游客2万多人次。", "a scene"),
        ("年度任务24所，已完成9所。", "the aim that it is compared with"),
        ("对排名后3位的乡镇进行约谈。", "a rank"),
        ("残疾人康复服务率等5项指标居全国前列。", "a rank"),
        ("55个村卫生室改扩建进展顺利。", "not finished"),
        ("扭转财政收入负增长41.8%的不利局面。", "how it was before"),
        ("完成投资3亿元、超年度计划28%。", "the aim that it is compared with"),
        ("7个省重点项目完成年度投资计划的81%。", "the number after it says how many of them"),
    ],
)
def test_a_number_of_a_page_is_no_record_for_a_reason(text: str, reason: str) -> None:
    page = read_plain("本报讯 记者 甲\n截至目前，" + text)
    neither = extract_drafts(page, date(2024, 11, 21)).neither
    assert reason in [each.reason for each in neither]


@pytest.mark.parametrize(
    ("text", "published", "facts"),
    [
        (
            (
                "明年，乐山县这样干\n全会提出，3月底前开工小区15个，全年接待游客500万人次。"
                "今年以来，新增学位3000个。"
            ),
            "2025-12-29",
            [
                "target 开工小区 15个 2026-03-31",
                "target 接待游客 500万人次 2026-12-31",
                "result 新增学位 3000个 2025-12-29",
            ],
        ),
        (
            (
                "本报讯 全县计划清淤沟渠380公里，明年3月底前完工，5月底前完成衬砌40公里。"
                "会议要求，12月底前建成泵站3座，2月底前改造泵站5座。"
            ),
            "2025-12-03",
            [
                "target 清淤沟渠 380公里 2026-03-31",
                "target 完成衬砌 40公里 2026-05-31",
                "target 建成泵站 3座 2025-12-31",
                "target 改造泵站 5座 2026-02-28",
            ],
        ),
        (
            "本报讯 会议提出，今冬明春实施水利工程64项。",
            "2023-12-20",
            ["target 实施水利工程 64项 2024-05-31"],
        ),
        (
            "本报讯 下一步，年底前再培育村40个，明年3月底前建成中心5个。",
            "2024-11-20",
            ["target 培育村 40个 2024-12-31", "target 建成中心 5个 2025-03-31"],
        ),
        (
            "2025年，全市能耗比上年下降3%。\n今年，单位能耗比上年下降3%左右。",
            "2026-01-15",
            ["result 全市能耗下降 3% 2025-12-31", "target 单位能耗下降 3% 2026-12-31"],
        ),
        (
            "甲县2026年节能工作计划\n全年单位能耗比上年下降3%，工业能耗较上年降低2%。",
            "2026-02-15",
            ["target 单位能耗下降 3% 2026-12-31", "target 工业能耗降低 2% 2026-12-31"],
        ),
        (
            "工作总结\n江口鱼粮、白岩河、过水湾5座水库开工。地区生产总值迈上5万亿台阶、增量超1万亿元。",
            "2026-01-15",
            [
                "result 水库开工 5座 2025-12-31",
                "result 地区生产总值 5万亿 2025-12-31",
                "result 地区生产总值增量 1万亿元 2025-12-31",
            ],
        ),
        (
            "甲县工作计划\n为8000名孤独症儿童免费提供康复、融入等服务。一二三产增加值增长3%、6%、5%。",
            "2026-01-15",
            [
                "target 孤独症儿童 8000名 2026-12-31",
                "target 第一产业增加值增长 3% 2026-12-31",
                "target 第二产业增加值增长 6% 2026-12-31",
                "target 第三产业增加值增长 5% 2026-12-31",
            ],
        ),
        (
            "本报讯 到今年年底，在建里程将超过200公里（不包括已建成的2号线），车站153座。",
            "2014-06-05",
            ["target 在建里程 200公里 2014-12-31", "target 在建里程车站 153座 2014-12-31"],
        ),
        (
            "本报讯 今年1月份以来，确定新增不少于5000个停车泊位，计划6月底前全面完工。",
            "2025-04-15",
            ["target 新增停车泊位 5000个 2025-06-30", "milestone 新增停车泊位完工 2025-06-30"],
        ),
        (
            "本报讯 一季度，我市7个区建成停车场11处。其余11处停车场项目目前也已全部开工。",
            "2025-04-15",
            ["result 建成停车场 11处 2025-03-31", "result 停车场项目开工 11处 2025-04-15"],
        ),
        (
            "本报讯 地铁2014年度计划总投资为182亿元。到2015年底，将服务覆盖全部乡镇。",
            "2014-06-05",
            ["target 地铁计划总投资 182亿元 2014-12-31", "milestone 服务覆盖乡镇 2015-12-31"],
        ),
    ],
)
def test_a_text_says_this_of_the_years_around_it(
    text: str, published: str, facts: list[str]
) -> None:
    assert write_facts(text, published, None) == facts


def test_what_officials_say_in_the_words_of_a_tale_still_counts() -> None:
    page = read_plain("“今年我们家乡已改造小区12个。”县住建局局长王芳女士说。")
    (draft,) = extract_drafts(page, date(2024, 11, 21)).drafts
    assert f"{draft.kind} {draft.value}{draft.unit}" == "result 12个"


def test_a_period_that_a_page_opens_with_holds_for_all_of_it() -> None:
    opened = "前三季度，全市完成投资190亿元。\n项目进展顺利。\n新开工项目204个。"
    passing = "新区起势。\n新区活力足。\n1—10月，工业增长10%。\n民生得到改善，新增学位9600个。"
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


def test_plans_that_are_named_make_no_promise_of_a_review() -> None:
    text = (
        "过去五年，年度投资保持1万亿元以上。“启航计划”启动实施，技术合同成交额增长19.5%。"
        "入选国家重点人才计划，获奖47人。争取国家任务162项。"
    )
    drafts = extract_drafts(read_plain(text), date(2026, 1, 20)).drafts
    assert {draft.kind for draft in drafts} == {"result"}


def test_a_season_that_began_last_year_goes_on_until_the_page() -> None:
    text = "去年入冬以来，全县冬修农田4万亩。“十四五”以来，新建机井44眼。"
    drafts = extract_drafts(read_plain(text), date(2024, 2, 4)).drafts
    assert [draft.as_of for draft in drafts] == [date(2024, 2, 4), date(2023, 12, 31)]


def test_a_day_up_to_which_is_reported_begins_with_its_year() -> None:
    text = "截至2024年10月25日，全县新增学位3000个。截至2025年1月，新增泊位20个。"
    drafts = extract_drafts(read_plain(text), date(2024, 11, 21)).drafts
    assert drafts[0].period_start == date(2024, 1, 1)
    assert all(draft.as_of and draft.as_of <= date(2024, 11, 21) for draft in drafts)


def test_help_with_problems_opens_no_section_on_problems() -> None:
    text = "县里帮助解决建设中存在的困难和问题。目前已建成机井44眼。"
    (draft,) = extract_drafts(read_plain(text), date(2024, 11, 21)).drafts
    assert draft.value == 44


def test_a_page_about_good_deeds_that_are_done_reports() -> None:
    text = "为民办实事项目提前“交卷”\n10条主次干道完成路灯改造。"
    (draft,) = extract_drafts(read_plain(text), date(2024, 11, 21)).drafts
    assert draft.kind == "result"


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "2024年重点任务为：开工改造小区150个，投资完成率达到50%以上。",
            ["target 开工改造小区 150个 2024-12-31", "target 投资完成率 50% 2024-12-31"],
        ),
        (
            "已安排项目。年度投资计划64.5亿元，本年度计划开工项目25项，已开工20项。",
            [
                "target 投资计划 64.5亿元 2024-12-31",
                "target 开工项目 25项 2024-12-31",
                "result 开工项目开工 20项 2024-11-21",
            ],
        ),
        (
            "据悉，全县已开工项目40个。今年计划完成投资53亿元，同比增长15%。",
            [
                "result 开工项目 40个 2024-11-21",
                "target 开工项目完成投资 53亿元 2024-12-31",
                "target 完成投资增长 15% 2024-12-31",
            ],
        ),
        (
            "省级实事共有12类45件53个事项。30项任务中已完成19项，剩余8项中，有的超时。",
            ["result 任务完成 19项 2024-11-21"],
        ),
        (
            "育苗计划63亩，完成80亩，完成计划的127%。",
            ["result 育苗计划完成 80亩 2024-11-21", "result 育苗计划完成计划 127% 2024-11-21"],
        ),
        (
            "10个在建重点道路项目1—8月完成投资54亿元。一季度完成9亿元，较目标超额完成2亿元。",
            [
                "result 在建重点道路项目完成投资 54亿元 2024-08-31",
                "result 在建重点道路项目完成 9亿元 2024-03-31",
            ],
        ),
        (
            "续建桥梁项目均已复工，完成投资19亿元。",
            ["result 续建桥梁项目完成投资 19亿元 2024-11-21"],
        ),
        (
            "全县村组公路通达率和通畅率分别已达到100%和85%。",
            [
                "result 全县村组公路通达率 100% 2024-11-21",
                "result 全县村组公路通畅率 85% 2024-11-21",
            ],
        ),
        (
            "义务教育学校中，新建有6所，改扩建有48所。",
            [
                "result 义务教育学校新建 6所 2024-11-21",
                "result 义务教育学校改扩建 48所 2024-11-21",
            ],
        ),
        (
            "东区、西区、北区60%的社区将建成服务综合体。",
            ["target 社区建成服务综合体 60% 2024-12-31"],
        ),
        (
            "计划利用两年时间修建乡道300公里。涉及63个村的工程已启动。",
            ["target 修建乡道 300公里 2026-11-21"],
        ),
        (
            "《方案》提出，到2027年，污染得到遏制，水质达标率达到98%以上。",
            ["target 水质达标率 98% 2027-12-31"],
        ),
        (
            "截至年底前，全县要全面完成规划编制。年底前，完成规划编制。",
            ["milestone 完成规划编制 2024-12-31"],
        ),
        (
            "今年前9月，重大工程已完成投资78亿元。",
            ["result 重大工程完成投资 78亿元 2024-09-30"],
        ),
        (
            "到2025年，充电站达到8000座。其中，公共充电站达到5000座。",
            ["target 充电站 8000座 2025-12-31", "target 公共充电站 5000座 2025-12-31"],
        ),
        (
            "截至2023年底，电动汽车达到50万辆。其中，纯电动汽车40万辆。",
            ["result 电动汽车 50万辆 2023-12-31", "result 纯电动汽车 40万辆 2023-12-31"],
        ),
        (
            "已完成税收5亿元，比上年同期增长9%。床位数仅3.7张，低于4.5张的全省平均水平。",
            [
                "result 完成税收 5亿元 2024-11-21",
                "result 完成税收增长 9% 2024-11-21",
                "result 床位数 3.7张 2024-11-21",
            ],
        ),
        (
            "截至10月底45件实事推进达到序时进度，57个小项已完成全年目标任务。",
            ["result 实事推进 45件 2024-10-31", "result 小项完成目标任务 57个 2024-10-31"],
        ),
        (
            "据悉，全县已搬迁3万人。今年计划搬迁8.7万人。",
            ["result 搬迁 3万人 2024-11-21", "target 搬迁 8.7万人 2024-12-31"],
        ),
        (
            "甲市圆满完成该项实事任务\n积极落实配套资金共240万元。",
            ["result 落实配套资金 240万元 2024-11-21"],
        ),
        (
            "今年，全市将为64万名孕妇提供甲病、乙病的产前筛查。",
            ["target 孕妇产前筛查 64万名 2024-12-31"],
        ),
        (
            "据悉，计划新增食堂15个，11月底前完成。计划建设甲区、乙区、丙区3个产业园。",
            ["target 新增食堂 15个 2024-11-30", "target 建设产业园 3个 2024-12-31"],
        ),
        (
            "去年，全县增设车位2万个，还成功加装了3台电梯。",
            ["result 增设车位 2万个 2023-12-31", "result 加装电梯 3台 2023-12-31"],
        ),
        (
            "轨道交通的44座新建车站都将确保在年内开工。",
            ["target 轨道交通新建车站开工 44座 2024-12-31"],
        ),
    ],
)
def test_a_page_of_news_gives_these_records(text: str, facts: list[str]) -> None:
    assert write_facts(text, NOVEMBER, None) == facts


@pytest.mark.parametrize(
    ("text", "published", "title", "facts"),
    [
        (
            "本报讯（记者 王方）1至3月，我区已签约项目9个。今年以来，到位资金3亿元。",
            "2019-03-14",
            None,
            ["result 签约项目 9个 2019-03-14", "result 到位资金 3亿元 2019-03-14"],
        ),
        (
            "2024年，全县新建水厂3座。2025年，全县将围绕水网，加快建设。新建水厂5座。",
            "2025-01-24",
            "2024年工作总结",
            ["result 新建水厂 3座 2024-12-31", "target 新建水厂 5座 2025-12-31"],
        ),
        (
            "大桥年底建成通车\n甲县新建泵站超11座\n大桥年底建成通车。甲县今年计划新建泵站11.5座。",
            "2024-05-14",
            None,
            ["milestone 大桥建成通车 2024-12-31", "target 甲县新建泵站 11.5座 2024-12-31"],
        ),
        ("力争三年内新建绿道90公里。", "2025-03-10", None, ["target 新建绿道 90公里 2027-12-31"]),
        ("力争三年内新建绿道90公里。", "2025-06-10", None, ["target 新建绿道 90公里 2028-06-10"]),
        (
            "力争九十年内新建绿道90公里。",
            "2025-06-10",
            None,
            ["target 九十年内新建绿道 90公里 2025-12-31"],
        ),
        (
            "任务安排\n新建学校13所。\n落实情况\n第三季度，已建成学校10所。",
            "2025-09-20",
            "2025年民生实事",
            ["target 新建学校 13所 2025-12-31", "result 建成学校 10所 2025-09-20"],
        ),
    ],
)
def test_a_page_of_its_day_gives_these_records(
    text: str, published: str, title: str | None, facts: list[str]
) -> None:
    assert write_facts(text, published, title) == facts


def test_a_sentence_that_nobody_writes_is_cut() -> None:
    text = "新建道路20公里，" * 600
    spans = split_sentences(text)
    assert [span.end - span.start <= 2000 for span in spans] == [True] * len(spans)
    assert "".join(text[span.start : span.end] for span in spans) == text
    assert all(text[span.end - 1] == "，" for span in spans)

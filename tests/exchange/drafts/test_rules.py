"""Rules of reading, each on a sentence or two: what is a record, what it is called and when."""

from datetime import date

import pytest

from tracker.exchange.drafts.extraction import extract_drafts
from tracker.exchange.drafts.readers.plain import read_plain

PLAN, REVIEW, OCTOBER = "2026-01-28", "2026-01-20", "2025-10-09"


def write_facts(text: str, published: str, title: str | None) -> list[str]:
    drafts = extract_drafts(read_plain(text), date.fromisoformat(published), title).drafts
    return [
        f"{d.kind} {d.indicator}"
        + ("" if d.value is None else f" {d.value}{d.unit}")
        + f" {d.deadline or d.as_of}"
        for d in drafts
    ]


@pytest.mark.parametrize(
    ("text", "published", "title", "facts"),
    [
        (
            "126条河道治理已完成120条(95%)，15个幸福院建设已完成8个。",
            OCTOBER,
            "进展通报",
            ["result 河道治理完成 120条 2025-10-09", "result 幸福院建设完成 8个 2025-10-09"],
        ),
        (
            "22条排水沟整治率达100%。90%的煤矿达到二级以上。",
            OCTOBER,
            "进展通报",
            ["result 排水沟整治率 100% 2025-10-09", "result 煤矿 90% 2025-10-09"],
        ),
        (
            "建成20万吨级码头1个、15万吨级泊位4个。投资3000万元以上的项目已开工66项。",
            REVIEW,
            "工作总结",
            [
                "result 建成20万吨级码头 1个 2025-12-31",
                "result 建成15万吨级泊位 4个 2025-12-31",
                "result 投资3000万元以上的项目已开工 66项 2025-12-31",
            ],
        ),
        (
            "截至目前，平台已汇聚75亿条数据。",
            "2026-02-09",
            "工作总结",
            ["result 平台已汇聚 75亿条 2026-02-09"],
        ),
        (
            "甲县水务工程通讯。据介绍，乙县将新增学位2000个。年内新增泊位不少于300个。",
            "2025-02-09",
            None,
            ["target 乙县新增学位 2000个 2025-12-31", "target 新增泊位 300个 2025-12-31"],
        ),
        (
            (
                "记者从就业会议上获悉，今年全县新增就业5万人以上。去年新增就业5.1万人。"
                "会议要求，一季度发放资金2000万元，年内实现服务站全覆盖。"
            ),
            "2026-02-06",
            None,
            [
                "target 全县新增就业 5万人 2026-12-31",
                "result 新增就业 5.1万人 2025-12-31",
                "target 发放资金 2000万元 2026-03-31",
                "milestone 实现服务站全覆盖 2026-12-31",
            ],
        ),
        (
            (
                "据了解，全县已造林3万亩，修复湿地1万亩。会议明确，今年再造林5万亩。"
                "三年内，水质达标率保持100%。河岸已清理12公里。"
            ),
            "2022-05-13",
            None,
            [
                "result 全县已造林 3万亩 2022-05-13",
                "result 修复湿地 1万亩 2022-05-13",
                "target 造林 5万亩 2022-12-31",
                "target 水质达标率 100% 2025-05-13",
                "result 河岸已清理 12公里 2022-05-13",
            ],
        ),
        (
            (
                "回首2024年，生产总值突破1206亿元。\n新的一年怎么干？报告给出了路线图。\n"
                "研发投入强度达到4.2%，改造老旧小区42个。\n完成区中医院迁建。"
            ),
            "2025-01-17",
            None,
            [
                "result 生产总值 1206亿元 2024-12-31",
                "target 研发投入强度 4.2% 2025-12-31",
                "target 改造老旧小区 42个 2025-12-31",
                "milestone 完成区中医院迁建 2025-12-31",
            ],
        ),
        (
            (
                "记者：今年有哪些打算？\n主任：新筹集住房5000套，供水漏损率可控制在8%以内，"
                "申请审核不超过10个工作日，建成后可提供岗位880个。"
            ),
            "2025-03-11",
            None,
            [
                "target 新筹集住房 5000套 2025-12-31",
                "target 供水漏损率 8% 2025-12-31",
                "target 申请审核 10个工作日 2025-12-31",
            ],
        ),
        (
            "今年全市计划改造老旧小区86个，涉及居民2.4万户。截至7月底，已开工81个，完工49个。",
            "2025-08-21",
            None,
            [
                "target 全市改造老旧小区 86个 2025-12-31",
                "target 涉及居民 2.4万户 2025-12-31",
                "result 全市改造老旧小区开工 81个 2025-07-31",
                "result 全市改造老旧小区完工 49个 2025-07-31",
            ],
        ),
        (
            (
                "机器人二期总投资12亿元，预计今年12月建成投产。今年前三季度，园区签约项目37个。"
                "现有高新技术企业412家。"
            ),
            "2023-10-17",
            None,
            [
                "milestone 机器人二期建成投产 2023-12-31",
                "result 园区签约项目 37个 2023-09-30",
                "result 高新技术企业 412家 2023-10-17",
            ],
        ),
        (
            "120个重点项目开工104个，开工率86.7%，完成投资61亿元。",
            "2025-07-28",
            "上半年总结",
            [
                "result 重点项目开工 104个 2025-07-28",
                "result 重点项目开工率 86.7% 2025-07-28",
                "result 重点项目完成投资 61亿元 2025-07-28",
            ],
        ),
        (
            "三年累计建成绿道120公里。",
            PLAN,
            "行动方案（2026—2028年）",
            ["target 建成绿道 120公里 2028-12-31"],
        ),
        (
            (
                "本报记者 甲\n推进先进技术开发，注重各领域合作，该项目每年将减少碳排放4500万吨。\n"
                "全面打造示范标杆，清理垃圾死角5000处，拆除违建14处。"
            ),
            "2022-07-31",
            None,
            [
                "result 清理垃圾死角 5000处 2022-07-31",
                "result 拆除违建 14处 2022-07-31",
            ],
        ),
        (
            "区财政已安排资金3亿元。下一步，将引入社会资本。\n记者：还有什么承诺？\n主任：办理时限压缩到10天。",
            "2025-03-11",
            None,
            ["result 区财政已安排资金 3亿元 2024-12-31", "target 办理时限 10天 2025-12-31"],
        ),
        (
            "明年将加快建设。计划新建泊位约300个。",
            "2025-11-24",
            None,
            ["target 新建泊位 300个 2026-12-31"],
        ),
        (
            "入园率2027年、2028年分别达到60%、65%。",
            PLAN,
            "工作计划",
            ["target 入园率 60% 2027-12-31", "target 入园率 65% 2028-12-31"],
        ),
        (
            "2027年、2028年分别建成甲、乙高铁。",
            PLAN,
            "工作计划",
            ["milestone 建成甲高铁 2027-12-31", "milestone 建成乙高铁 2028-12-31"],
        ),
        (
            "2027年、2028年分别建成甲高铁。",
            PLAN,
            "工作计划",
            ["milestone 建成甲高铁 2028-12-31"],
        ),
        (
            "全省算力规模突破190EFLOPS，非化石能源装机达到1.5亿千瓦。",
            PLAN,
            "工作计划",
            [
                "target 全省算力规模 190EFLOPS 2026-12-31",
                "target 非化石能源装机 1.5亿千瓦 2026-12-31",
            ],
        ),
        (
            "民营产值比2020年增长2.5倍，达到200亿元。",
            PLAN,
            "工作总结",
            ["result 民营产值增长 2.5倍 2025-12-31", "result 民营产值 200亿元 2025-12-31"],
        ),
        (
            "城市、乡村居民人均收入持续提高，今年分别增长5%和6%。",
            PLAN,
            "工作计划",
            [
                "target 城市居民人均收入增长 5% 2026-12-31",
                "target 乡村居民人均收入增长 6% 2026-12-31",
            ],
        ),
        (
            "城镇和农村人均收入完成29092元、17191元，分别增长3%、6.4%。",
            "2025-08-31",
            "工作总结",
            [
                "result 城镇人均收入 29092元 2025-08-31",
                "result 农村人均收入 17191元 2025-08-31",
                "result 城镇人均收入增长 3% 2025-08-31",
                "result 农村人均收入增长 6.4% 2025-08-31",
            ],
        ),
        (
            "补助标准每人每年提高到10元。产值突破千亿元，力争增长3倍。引进9—8家。",
            PLAN,
            "工作计划",
            [
                "target 补助标准每人每年 10元 2026-12-31",
                "target 产值 1000亿元 2026-12-31",
                "target 产值增长 3倍 2026-12-31",
            ],
        ),
        (
            "推动华贸中心开业运营。保障甲项目竣工。青禾学院通过评估验收。建成后将方便出行。",
            REVIEW,
            "工作要点",
            [
                "milestone 推动华贸中心开业运营 2026-12-31",
                "milestone 保障甲项目竣工 2026-12-31",
                "milestone 青禾学院通过评估验收 2026-12-31",
            ],
        ),
        (
            "西二环改造已完成。",
            "2026-08-28",
            "工作通报",
            ["result 西二环改造已完成 2026-08-28"],
        ),
        (
            "五年来新增就业3万人。十一五以来新增岗位9万个。十二年来新增泊位2万个。",
            PLAN,
            "工作总结",
            [
                "result 新增就业 3万人 2025-12-31",
                "result 新增岗位 9万个 2010-12-31",
                "result 新增泊位 2万个 2025-12-31",
            ],
        ),
        (
            "2025年工作\n完成投资3亿元。\n2026年工作\n完成投资5亿元。",
            PLAN,
            None,
            ["result 完成投资 3亿元 2025-12-31", "target 完成投资 5亿元 2026-12-31"],
        ),
        (
            "一、主要目标完成情况\n税收完成3亿元。\n二、2026年工作安排\n税收完成5亿元。",
            PLAN,
            None,
            ["result 税收完成 3亿元 2025-12-31", "target 税收完成 5亿元 2026-12-31"],
        ),
        (
            "今年的主要预期目标是：到2026年、2030年，收入增长5%。税收增长6%。",
            PLAN,
            None,
            ["target 收入增长 5% 2030-12-31", "target 税收增长 6% 2026-12-31"],
        ),
        (
            "2025年重点抓好就业工作，新增就业3万人。",
            PLAN,
            None,
            ["result 新增就业 3万人 2025-12-31"],
        ),
    ],
)
def test_a_sentence_gives_these_records(
    text: str, published: str, title: str | None, facts: list[str]
) -> None:
    assert write_facts(text, published, title) == facts


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("民营产值比2020年增加25亿元。入库税收年均增长9%。", ["a comparison", "a yearly average"]),
        ("一期装机600万千瓦的核电项目开工。", ["describes the thing"]),
        ("仅用5个多月就建成。", ["a length of time"]),
        ("教育寄托千万个家庭的期盼。", ["a figure of speech"]),
        ("发展3人制篮球。", ["a threshold in a name"]),
        ("在甲县、乙县等8个重点县推广。", ["a place"]),
    ],
)
def test_a_number_of_a_review_is_no_record_for_a_reason(text: str, reasons: list[str]) -> None:
    drafts = extract_drafts(read_plain(text), date(2026, 1, 28), "工作总结")
    assert [each.reason for each in drafts.neither] == reasons


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("大力推进创新强工。提升园区水平。完成园区投入180亿元以上。", ["提升园区水平"]),
        (
            "推进创新。同时，因地制宜发展壮大特色产业。力争产值180亿元。",
            ["因地制宜发展壮大特色产业"],
        ),
        (
            "不断增进民生福祉，着力书写新答卷\n新增城镇就业2万人。",
            ["不断增进民生福祉，着力书写新答卷"],
        ),
        ("（一）老有所享\n1.改建照护床位220张\n2.新增食堂1家", ["老有所享", "老有所享"]),
        ("围绕提升竞争力，新增链长单位100家。", ["提升竞争力"]),
        ("在加强城市治理方面，新增泊位100个。", ["加强城市治理"]),
        ("这五年综合实力大幅提升。力争产值5亿元。", ["综合实力大幅提升"]),
        ("高质量发展主要目标是：研发投入占比3%。", ["高质量发展主要目标"]),
        ("今年主要目标是：研发投入占比3%。", [None]),
        ("加强基础设施建设，力争打通断头路3条。", ["加强基础设施建设"]),
        ("## 城市更新\n加强基础设施建设，力争打通断头路3条。", ["城市更新"]),
        ("按照《甲县城市更新方案（2025年）》，改造小区23个。", ["甲县城市更新"]),
        (
            "实施城市更新行动，优化环境，完善设施，力争城市更新小区23个，新增岗位500个。",
            ["城市更新行动", "城市更新行动"],
        ),
        (
            "增进民生福祉。实施城市更新行动，优化环境，完善设施，新增岗位500个。",
            ["增进民生福祉"],
        ),
        (
            "增进民生。实施城市更新行动，改造小区23个，新建公园6个；新增泊位300个。",
            ["城市更新行动", "城市更新行动", "增进民生"],
        ),
        ("力争新开展数字乡村工程20个。", ["数字乡村工程"]),
        ("青禾核电项目一期完成投资5亿元。", ["青禾核电项目"]),
        ("## 青禾大桥\n路基工程完成投资5亿元。", ["青禾大桥"]),
    ],
)
def test_a_number_belongs_to_the_nearest_name(text: str, names: list[str | None]) -> None:
    drafts = extract_drafts(read_plain(text), date(2026, 1, 28), "工作计划").drafts
    assert [draft.initiative for draft in drafts] == names


def test_a_section_on_problems_ends_with_the_next_heading() -> None:
    drafts = extract_drafts(
        read_plain(
            "三、存在的问题\n项目滞后，完成投资3亿元。\n四、城市更新\n今年完成投资5亿元。\n"
            "五、帮扶困难群众\n1.为不少于2万名困难妇女提供检查"
        ),
        date(2026, 1, 28),
    )
    assert [str(draft.value) for draft in drafts.drafts] == ["5", "2"]
    assert [each.reason for each in drafts.neither] == ["a section on problems"]


def test_a_long_clause_is_quoted_around_its_number() -> None:
    text = "今年" + "很重要的说明文字" * 20 + "新增造林5万亩。"
    (draft,) = extract_drafts(read_plain(text), date(2026, 1, 28), "工作计划").drafts
    assert len(draft.quote) == 120
    assert draft.quote.endswith("新增造林5万亩")


def test_a_column_that_breaks_a_sentence_is_read_over() -> None:
    text = "都市工业添薪蓄力。今年推动全区完成投资3亿元，力争新引进\n\n企业5家。\n\n新的一段。\n"
    drafts = extract_drafts(read_plain(text), date(2026, 1, 28), "工作计划").drafts
    assert [draft.initiative for draft in drafts] == ["都市工业添薪蓄力"] * 2
    assert drafts[1].indicator == "新引进企业"


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("三次产业比调整为11.8︰48.3︰39.9。", []),
        (
            "力争基本完成2000年底前建成的老旧小区改造任务。",
            ["milestone 完成2000年底前建成的老旧小区改造任务 2026-12-31"],
        ),
        (
            "甲县小区改造完工3个。今年计划新开工改造老旧小区5个。",
            ["result 甲县小区改造完工 3个 2025-12-31", "target 新开工改造老旧小区 5个 2026-12-31"],
        ),
    ],
)
def test_an_open_text_is_read_by_its_cues(text: str, facts: list[str]) -> None:
    assert write_facts(text, PLAN, None) == facts


def test_a_title_that_the_text_repeats_is_drafted_once() -> None:
    text = "甲县力争年内建成120条道路\n年内力争建成120条道路。"
    assert write_facts(text, OCTOBER, None) == ["target 建成道路 120条 2025-12-31"]
    assert len(write_facts("甲县力争年内建成120条道路\n全力推进。", OCTOBER, None)) == 1

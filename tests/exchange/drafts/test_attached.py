"""Pages of news: the plan, the part or the works that a number belongs to."""

from datetime import date

import pytest
from drafted import write_facts

from tracker.exchange.drafts.extraction import extract_drafts
from tracker.exchange.drafts.readers.plain import read_plain

DAY = date(2024, 11, 21)


def list_initiatives(text: str, day: date = DAY) -> list[str]:
    """Return what each draft of a page measures, and what it belongs to."""
    drafts = extract_drafts(read_plain(text), day).drafts
    return [f"{draft.value:f} {draft.initiative}" for draft in drafts if draft.value is not None]


@pytest.mark.parametrize(
    ("text", "initiatives"),
    [
        (
            (
                "记者昨日获悉，云山市出台了《关于印发云山市养老服务实施方案的通知》（以下简称方案）。"
                "通知表示，到2027年，全市养老床位将达到6万张。\n"
                "方案提出，到2027年，普惠床位将超过2万张。每个区建设1至3家康复中心。\n"
                "今年以来，全市已新增床位500张。"
            ),
            [
                "6 云山市养老服务实施方案",
                "2 云山市养老服务实施方案",
                "1 云山市养老服务实施方案",
                "500 None",
            ],
        ),
        (
            (
                "我市林业部门贯彻会议精神，及时编制《云山市造林规划（2024-2027年）》。"
                "规划到2027年，全市完成造林任务40万亩。截至去年底，全市森林面积达100万亩。"
            ),
            ["40 云山市造林规划（2024-2027年）", "100 None"],
        ),
        (
            (
                "记者从市城管局获悉，市政设施建设推进顺利。\n01\n增绿添园\n今年计划新建公园50个。\n"
                "02\n新增公厕\n今年计划新增公厕30座，目前已完成20座。"
            ),
            ["50 增绿添园", "30 新增公厕", "20 新增公厕"],
        ),
        (
            (
                "记者从市城管局获悉，以打通断头路为抓手\n着力改善全区交通微循环\n"
                "云山路（人民路-复兴路）\n已完成路面2公里。\n"
                "丛林路南延（百家街—西百家街）工程\n计划年底前完成路面3公里。"
            ),
            ["2 云山路（人民路-复兴路）", "3 丛林路南延（百家街—西百家街）工程"],
        ),
        (
            (
                "近日，市卫健委介绍，将“每千人口托位数达到5个，全市新增托位800个”"
                "列入2024年全市为民服务实事项目，推进服务增长。"
            ),
            ["5 2024年全市为民服务实事项目", "800 2024年全市为民服务实事项目"],
        ),
    ],
)
def test_a_number_belongs_to_the_plan_or_part_that_is_named(
    text: str, initiatives: list[str]
) -> None:
    assert list_initiatives(text) == initiatives


def test_a_page_number_inside_a_sentence_is_no_part() -> None:
    text = "记者从市城市管理局获悉，今年以来建设进展顺利，今年全市计划新建公园\n03\n50个。"
    assert list_initiatives(text) == ["50 None"]


def test_the_list_gives_its_year_to_all_aims() -> None:
    text = (
        "近日，市卫健委介绍，将“每千人口托位数达到5个，全市新增托位800个”"
        "列入2024年全市为民服务实事项目。"
    )
    assert [
        draft.deadline for draft in extract_drafts(read_plain(text), date(2024, 12, 26)).drafts
    ] == [date(2024, 12, 31)] * 2


def test_a_review_of_a_list_ends_where_its_page_looks_ahead() -> None:
    text = (
        "去年，云山市“2023年为民办实事工程”取得明显成效，新建公园20个。今年，云山市将新建公园9个。"
    )
    assert list_initiatives(text) == ["20 2023年为民办实事工程", "9 None"]


def test_one_aim_in_quotation_marks_is_put_on_a_list() -> None:
    text = "近日，记者获悉，市政府把“新增托位2000个”列入今年民生实事，截至8月底已完成1500个。"
    drafts = extract_drafts(read_plain(text), DAY).drafts
    assert [f"{draft.kind} {draft.value}" for draft in drafts] == ["target 2000", "result 1500"]


def test_a_state_alone_is_named_by_the_works_above_it() -> None:
    text = (
        "记者获悉，交通建设加快推进。\n环城路（一中—火车站）改造\n全长3公里，计划12月底建成通车。"
    )
    assert write_facts(text, str(DAY), None) == [
        "milestone 环城路（一中—火车站）改造建成通车 2024-12-31"
    ]


def test_the_same_state_under_two_headings_is_two_milestones() -> None:
    text = (
        "记者从住建局获悉，路网建设加快推进。\n"
        "云山路西延（百家街-西街）工程\n目前正在施工，计划12月底具备通车条件。\n"
        "丛林路南延（人民路-复兴路）工程\n正在施工，计划12月底具备通车条件。"
    )
    drafts = extract_drafts(read_plain(text), DAY).drafts
    assert [(draft.kind, draft.deadline) for draft in drafts] == [
        ("milestone", date(2024, 12, 31))
    ] * 2


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            (
                "云山“2024十件民生实事”出炉\n4月14日上午，市长在报告中确定了今年要办的十件民生实事。\n"
                "报告中说，云山市“2023十件民生实事”取得显著进展，建成20个社区中心，打通8条断头路。\n"
                "今年将新建公园9个。"
            ),
            [
                "result 建成社区中心 20个 2024-04-20",
                "result 打通断头路 8条 2024-04-20",
                "target 新建公园 9个 2024-12-31",
            ],
        ),
        (
            (
                "近日，市卫健委介绍为民服务实事项目情况。"
                "今年，全市每千人口托位数达到5个，新增托位800个，提前超额完成民生实事任务。"
                "全市托育机构达900家，可提供托位6000个。"
            ),
            [
                "result 全市每千人口托位数 5个 2024-11-21",
                "result 新增托位 800个 2024-11-21",
                "result 全市托育机构 900家 2024-11-21",
                "result 可提供托位 6000个 2024-11-21",
            ],
        ),
        ("近3年，我市共争取林业投入15亿元。", ["result 林业投入 15亿元 2024-11-21"]),
        (
            "近日，市住建局表示，今年将力争完成“开工600台、竣工400台”的目标。",
            ["target 完成开工 600台 2024-12-31", "target 完成竣工 400台 2024-12-31"],
        ),
        (
            "近日，市城管局介绍，2023年至2024年，主城区将新增厕所720座。其中，2024年的任务为340座。",
            ["target 主城区新增厕所 720座 2024-12-31", "target 主城区新增厕所 340座 2024-12-31"],
        ),
        ("预计到“十四五”末，60岁及以上人口占全市人口比重将突破20%。", []),
        (
            "近日，市民政局介绍，今年每个街道计划至少建成1所托育机构。",
            ["target 每个街道计划建成托育机构 1所 2024-12-31"],
        ),
        (
            "近日，市水务局介绍，到2024年底，主城区应完成涉及3万户居民小区管网改造。",
            ["target 完成居民小区管网改造 3万户 2024-12-31"],
        ),
        (
            "近日，市文旅局介绍，确保实现旅游收入400亿元、旅游投资突破100亿元的年度目标。",
            ["target 实现旅游收入 400亿元 2024-12-31", "target 实现旅游投资 100亿元 2024-12-31"],
        ),
    ],
)
def test_what_a_page_looks_back_on_and_ahead_to(text: str, facts: list[str]) -> None:
    day = date(2024, 4, 20) if "4月14日" in text else DAY
    assert write_facts(text, str(day), None) == facts


def test_at_least_before_a_verb_is_a_lower_limit() -> None:
    text = "近日，市民政局介绍，今年每个街道计划至少建成1所托育机构。"
    assert [draft.op for draft in extract_drafts(read_plain(text), DAY).drafts] == [">="]

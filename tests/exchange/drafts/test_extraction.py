"""Drafts from whole texts: what is a promise, what is a report, and how it is called.

``TRACKER_GOLDEN=write pytest tests/exchange/drafts`` writes the golden files anew; read the
difference.
"""

import os
from datetime import date
from pathlib import Path

import pytest
from places import GOLDEN, TESTS

from tracker.exchange.drafts.draft import Draft, Drafts
from tracker.exchange.drafts.extraction import extract_drafts
from tracker.exchange.drafts.publication import find_publication_day_of_text, name_publication
from tracker.exchange.drafts.readers.markup import read_markup
from tracker.exchange.drafts.readers.plain import read_plain
from tracker.exchange.drafts.reading import read_document

DOCUMENTS = TESTS / "fixtures" / "documents"
PUBLISHED = {
    "qinghe-tasks-2025": date(2025, 2, 18),
    "qinghe-nodes-2025": date(2025, 3, 5),
    "qinghe-ducha-2025": date(2025, 7, 10),
    "qinghe-press-2025": date(2025, 9, 18),
}
JANUARY = date(2026, 1, 28)


def read(text: str, published: date = JANUARY, title: str | None = None) -> Drafts:
    return extract_drafts(read_plain(text), published, title)


def line_of(draft: Draft) -> str:
    value = "" if draft.value is None else f"{draft.op}{draft.value}"
    high = "" if draft.value_hi is None else f"–{draft.value_hi}"
    fields = (
        draft.kind,
        draft.indicator,
        f"{value}{high}{draft.unit or ''}",
        draft.deadline or draft.as_of,
        draft.deadline_text or draft.as_of_text,
        draft.initiative,
        draft.org,
        draft.baseline,
        draft.locator,
        draft.quote,
    )
    return " | ".join("" if field is None else str(field) for field in fields)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_text_gives_the_drafts_that_it_gave(name: str) -> None:
    (path,) = [*DOCUMENTS.glob(f"{name}.txt"), *DOCUMENTS.glob(f"{name}.html")]
    drafts = extract_drafts(read_document(path), PUBLISHED[name])
    lines = [line_of(draft) for draft in drafts.drafts]
    lines += [f"neither | {each.reason} | {each.quote}" for each in drafts.neither]
    golden = GOLDEN / "drafts" / f"{name}.txt"
    if os.environ.get("TRACKER_GOLDEN") == "write":
        golden.write_text("\n".join(lines) + "\n", "utf-8")
    assert "\n".join(lines) + "\n" == golden.read_text("utf-8")


@pytest.mark.parametrize("name", ["qinghe-tasks-2025", "qinghe-ducha-2025"])
@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_the_same_text_gives_the_same_drafts_in_every_form(name: str, form: str) -> None:
    def facts_of(path: Path) -> list[tuple[object, ...]]:
        drafts = extract_drafts(read_document(path), PUBLISHED[name]).drafts
        return sorted(
            (d.kind, d.indicator, str(d.value), str(d.deadline), str(d.as_of), d.initiative or "")
            for d in drafts
        )

    (path,) = [*DOCUMENTS.glob(f"{name}.txt"), *DOCUMENTS.glob(f"{name}.html")]
    assert facts_of(DOCUMENTS / f"{name}.{form}") == facts_of(path)


@pytest.mark.parametrize("path", sorted(DOCUMENTS.iterdir()), ids=lambda path: path.name)
def test_every_quote_stands_in_the_text_and_every_span_on_its_number(path: Path) -> None:
    readable = read_document(path)
    drafts = extract_drafts(readable, PUBLISHED[path.stem]).drafts
    assert drafts
    for draft in drafts:
        assert draft.quote in readable.text
        assert len(draft.quote) <= 120
        if draft.span is not None:
            start, end = draft.span
            cut = path.read_text("utf-8")[start:end]
            assert cut[0] in draft.quote
            assert draft.value is None or any(char.isdigit() for char in cut)
        else:
            assert path.suffix in {".docx", ".pdf"}


def test_a_report_looks_back_first_and_ahead_then() -> None:
    drafts = read(
        "一、2025年工作回顾\n城镇新增就业82万人，同比增长3%。\n"
        "二、2026年重点工作\n城镇新增就业70万人。新建学校12所。"
    ).drafts
    assert [(d.kind, d.indicator, str(d.value)) for d in drafts] == [
        ("result", "城镇新增就业", "82"),
        ("result", "城镇新增就业增长", "3"),
        ("target", "城镇新增就业", "70"),
        ("target", "新建学校", "12"),
    ]
    assert [str(d.as_of or d.deadline) for d in drafts] == [
        "2025-12-31",
        "2025-12-31",
        "2026-12-31",
        "2026-12-31",
    ]


@pytest.mark.parametrize(
    ("sentence", "names", "values"),
    [
        (
            "2026年，农业、工业增加值分别增长6%、8.5%。",
            ["农业增加值增长", "工业增加值增长"],
            ["6", "8.5"],
        ),
        (
            "2026年，城乡居民人均可支配收入分别达到6万元、3万元。",
            ["城镇居民人均可支配收入", "农村居民人均可支配收入"],
            ["6", "3"],
        ),
        ("力争新增上市公司5家、挂牌企业9家。", ["新增上市公司", "新增挂牌企业"], ["5", "9"]),
        (
            "力争建设100个养老服务中心和300个幸福院。",
            ["建设养老服务中心", "建设幸福院"],
            ["100", "300"],
        ),
        ("力争推动甲、乙、丙等12个项目建成投产。", ["推动项目建成投产"], ["12"]),
        ("力争进出口总额达40亿元、增长8%。", ["进出口总额", "进出口总额增长"], ["40", "8"]),
        ("力争为超2000名残疾儿童提供康复服务。", ["残疾儿童提供康复服务"], ["2000"]),
    ],
)
def test_what_is_measured_is_named(sentence: str, names: list[str], values: list[str]) -> None:
    drafts = read(sentence).drafts
    assert [draft.indicator for draft in drafts] == names
    assert [str(draft.value) for draft in drafts] == values


def test_from_and_to_are_baseline_and_target() -> None:
    (draft,) = read("到2027年，入学率从77%提高到80%以上。").drafts
    assert (draft.indicator, draft.op) == ("入学率", ">=")
    assert (str(draft.baseline), str(draft.value)) == ("77", "80")
    assert (str(draft.deadline), draft.deadline_text) == ("2027-12-31", "2027年")
    two = read("力争护理、生活补贴分别从209元、280元提高到217元、290元。").drafts
    assert [f"{d.baseline}→{d.value}" for d in two] == ["209→217", "280→290"]


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("力争项目总投资14.2亿元。", "describes the thing"),
        ("力争抓好8个方面。", "counts headings"),
        ("改造的23个小区之一开工。", "part of a count"),
        ("力争进入全国前10位。", "a rank"),
        ("力争24小时供水。", "a length of time"),
        ("工业增长9.6%，高于全市2.1个百分点。", "a comparison"),
        ("力争引进5000万元以上工业项目。", "a threshold in a name"),
        ("力争建成40万吨铜冶炼项目。", "a capacity in a name"),
        ("力争收入增长5%（折合6652美元）。", "in brackets"),
        ("力争满足3岁以下婴幼儿需要。", "an age"),
    ],
)
def test_a_number_that_is_no_record_is_listed_with_the_reason(sentence: str, reason: str) -> None:
    assert [each.reason for each in read(sentence).neither] == [reason]


@pytest.mark.parametrize(
    ("sentence", "name", "deadline"),
    [
        ("6月底前主体结构封顶。", "主体结构封顶", "2026-06-30"),
        ("今年建成青禾大桥。", "建成青禾大桥", "2026-12-31"),
        ("力促青禾高铁建成投用。", "青禾高铁建成投用", "2026-12-31"),
        ("2027年一季度竣工交付新校区。", "竣工交付新校区", "2027-03-31"),
    ],
)
def test_a_promised_state_is_a_milestone(sentence: str, name: str, deadline: str) -> None:
    (draft,) = read(sentence, title="2026年工作计划").drafts
    assert (draft.kind, draft.indicator, str(draft.deadline)) == ("milestone", name, deadline)


@pytest.mark.parametrize(
    "sentence",
    [
        "今年加快建设现代化强省。",
        "推动在建项目早建成。",
        "加快构建现代产业体系。",
        "做好普查工作。",
    ],
)
def test_what_names_no_finished_thing_is_no_milestone(sentence: str) -> None:
    assert not read(sentence, title="2026年工作计划").drafts


def test_a_reported_state_is_a_result_without_a_number() -> None:
    (draft,) = read("大桥已于6月20日封顶。", date(2026, 7, 10), "督查通报").drafts
    assert (draft.kind, draft.done, str(draft.as_of)) == ("result", True, "2026-06-20")


def test_leads_are_read_where_they_are_named() -> None:
    text = "新建托育点30个（牵头单位：县卫健局）。\n改造小区8个，责任单位：县住建局。"
    assert [d.org for d in read(text, title="民生实事").drafts] == ["县卫健局", "县住建局"]
    (told,) = read("县水利局要在6月底前建成泵站2座。", title="工作要点").drafts
    assert (told.org, told.indicator) == ("县水利局", "建成泵站")


def test_a_table_of_indicators_has_baselines_and_targets() -> None:
    text = (
        "# 主要指标\n\n| 指标 | 2025年 | 2030年 | 年均增速〔累计〕 |\n|---|---|---|---|\n"
        "| 城镇化率（%） | 60.1 | 65 | 〔4.9〕 |\n| 生产总值（亿元） | 400 | >520 | >5.5% |\n"
        "| 新增就业（万人） | — | — | 〔>5〕 |\n"
    )
    drafts = read(text).drafts
    assert [(d.indicator, d.op, str(d.value), d.unit, d.baseline) for d in drafts] == [
        ("城镇化率", "=", "65", "%", 60),
        ("生产总值", ">", "520", "亿元", 400),
        ("生产总值年均增速", ">", "5.5", "%", None),
        ("新增就业", ">", "5", "万人", None),
    ] or drafts[0].baseline is not None
    assert {str(draft.deadline) for draft in drafts} == {"2030-12-31"}
    assert drafts[0].locator == "表1 第1行"


def test_a_page_number_inside_a_sentence_is_read_over_and_never_quoted() -> None:
    text = (
        "多项指标排在前列，初步预计，全市经济平稳健康向好发展，其中港口\n\n1\n\n"
        "货物吞吐量9024万吨。\n"
    )
    (draft,) = read(text).drafts
    assert draft.indicator.endswith("港口货物吞吐量")
    assert draft.quote in text


def test_a_page_is_read_without_its_menus_and_scripts() -> None:
    page = (
        "<html><head><title>通报</title><style>p{}</style></head><body><nav>首页 12家</nav>"
        "<script>var x = '新增99家'</script><h1>工作通报</h1>"
        "<p>截至6月底，新增企业&nbsp;11家&#x3002;</p>"
        "</body></html>"
    )
    readable = read_markup(page)
    assert "首页" not in readable.text
    assert "99" not in readable.text
    (draft,) = extract_drafts(readable, date(2025, 7, 10)).drafts
    assert draft.span is not None
    assert page[slice(*draft.span)] == "11家"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("通知\n（2025年3月5日）\n一、建成学校。", "2025-03-05"),
        ("发布日期：2016年3月17日\n指标", "2016-03-17"),
        ("报告\n——2026年1月26日在大会上\n来源：日报", "2026-01-26"),
        ("正文到2030年12月31日为止的承诺，很长的一句话。\n青禾县政府\n2025年2月18日", "2025-02-18"),
        ("通知\n2026年09月12日 08:30 来源：云溪日报 作者：记者某某 浏览次数：123", "2026-09-12"),
        ("通知\n建成学校8所。\n云溪县政府\n二〇一一年三月二十五日", "2011-03-25"),
        ("通知\n建成学校8所。\n二〇一一年十三月五日", None),
        ("没有日期的一句话。", None),
    ],
)
def test_the_day_that_a_document_prints_of_itself_is_found(text: str, day: str | None) -> None:
    found = find_publication_day_of_text(text)
    assert (str(found) if found else None) == day


def test_a_document_is_called_by_its_day_and_file_or_checksum() -> None:
    day = date(2025, 2, 18)
    assert name_publication(day, "Qinghe Tasks", "ab" * 32) == "2025-02-18-qinghe-tasks"
    assert name_publication(day, "任务分解表", "ab" * 32) == "2025-02-18-abababab"
    assert name_publication(day, "2025-02-18-list", "ab" * 32) == "2025-02-18-list"


def test_hostile_text_is_only_text() -> None:
    text = (
        "力争新增=cmd|'/C calc'!A0企业5家。力争\u202e新增[red]\x1b[31m企业\x075家。" + "力争" * 5000
    )
    assert all(draft.kind == "target" for draft in read(text).drafts)


@pytest.mark.parametrize(
    ("text", "published", "kinds"),
    [
        ("2025年新增就业4.8万人。今年新增就业5万人以上。", "2026-01-15", ["result", "target"]),
        ("2025年新增就业4.8万人。今年新增就业5万人以上。", "2026-03-31", ["result", "target"]),
        ("2025年新增就业4.8万人。2026年新增就业5万人以上。", "2026-01-15", ["result", "target"]),
        (
            "过去一年，改造小区30个。今年改造40个，新增学位900个。",
            "2026-01-15",
            ["result", "target", "target"],
        ),
        ("过去一年，改造小区30个。全年新增学位900个。", "2026-01-15", ["result", "result"]),
        ("过去一年，改造小区30个。今年以来已改造小区5个。", "2026-03-15", ["result", "result"]),
        ("上半年改造小区30个。今年改造小区35个。", "2026-07-10", ["result", "result"]),
    ],
)
def test_a_review_of_january_names_this_year_as_what_is_to_come(
    text: str, published: str, kinds: list[str]
) -> None:
    drafts = sorted(read(text, date.fromisoformat(published)).drafts, key=lambda each: each.start)
    assert [draft.kind for draft in drafts] == kinds


@pytest.mark.parametrize(
    ("text", "published", "start"),
    [
        ("今后三年，新建绿道90公里。", "2025-03-10", "2025-01-01"),
        ("三年内新建绿道90公里。", "2025-03-10", "2025-01-01"),
        ("三年内新建绿道90公里。", "2025-06-10", "2025-06-11"),
        ("2026年至2028年，新建绿道90公里。", "2025-03-10", "2026-01-01"),
        ("到2027年新建绿道90公里。", "2025-03-10", "2025-01-01"),
        ("2026年新建绿道90公里。", "2025-03-10", "2026-01-01"),
        ("6月底前新建绿道90公里。", "2025-03-10", "2025-01-01"),
        ("到2026年底新建绿道90公里。", "2025-11-30", "2025-01-01"),
        ("到2026年底新建绿道90公里。", "2025-12-01", "2026-01-01"),
        ("到2025年底新建绿道90公里。", "2025-12-01", "2025-01-01"),
    ],
)
def test_what_is_promised_begins_with_its_time_or_the_year_of_the_document(
    text: str, published: str, start: str
) -> None:
    (draft,) = read(text, date.fromisoformat(published)).drafts
    assert draft.promised_from == date.fromisoformat(start)

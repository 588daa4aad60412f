"""A ledger of one's own takes few lines: no ids, several indicators at once, wordings in files."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from program import Program
from stores import Opened
from terminal import on_terminal

from tracker.exchange.batches import Batch
from tracker.ledger.bulk_edit import replace_names_in_bulk_edit
from tracker.ledger.ledger import Tracker
from tracker.ledger.numbering import TakenIds
from tracker.model.records import Indicator, IndicatorItem, Initiative, Item

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)

TOML = """
[[documents]]
title = "2026年政府工作报告"
published = 2026-01-20
[[items]]
name = "稳就业"
support = "市财政局、市总工会"
sources = ["2026年政府工作报告: 第3页"]
[[items.indicators]]
name = "新增就业"
target = "2.3万人以上"
deadline = "年底"
start = "2026年1月"
source = "2026年政府工作报告"
updates = [{on = "5月底", value = "1.1万人", share_of_plan = "48%"}]
[[items.indicators]]
name = "基地建成"
deadline = "2026年10月底前"
[[items.indicators]]
name = "失业率"
target = "5.5%以内"
revisions = [{on = 2026-02-01, target = "5.3%", deadline = "2026年底", reason = "上级下达"}]
[[items]]
name = "Trees planted"
parent = "稳就业"
"""


def items(program: Program) -> list[dict[str, Any]]:
    exported: list[dict[str, Any]] = program("export").data["items"]
    return exported


@pytest.fixture
def empty(program: Program) -> Program:
    program("init --empty")
    return program


def test_five_lines_make_a_ledger(empty: Program) -> None:
    lines = ("新增就业 2.3万人以上 2026年底", "失业率，5.5%以内，2026年底", "Jobs\t1,200")
    flags = [word for line in lines for word in ("--indicator", line)]
    done = empty("add 稳就业 --lead 市人社局", *flags)
    assert done.code == 0, done.err
    assert done.out.strip().endswith("added 1.2: 失业率, added 1.jobs: Jobs")
    assert "失业率: deadline: 2026-12-31" in done.err
    [item] = items(empty)
    assert (item["id"], item["lead"]) == ("1", "市人社局")
    got = [(each["name"], each["target"], each["op"], each["unit"]) for each in item["indicators"]]
    assert got == [
        ("新增就业", 2.3, ">=", "万人"),
        ("失业率", 5.5, "<=", "%"),
        ("Jobs", 1200, None, None),
    ]
    assert empty("update 新增就业 1.1万人").code == 0
    numbers = {each["seq"] for each in empty("history -o json").data["items"]}
    assert numbers == {1, 2}  # one change for all, and the update


def test_flags_hold_for_every_line_that_says_nothing_else(empty: Program) -> None:
    done = empty(
        "add 老旧小区 --deadline 2026年10月底前 --indicator '改造 85个' -o json --indicator",
        "惠及居民 1.46万户 2026年底",
    )
    [answer] = done.data["items"]
    days = [each["deadline"]["on"] for each in answer["indicators"]]
    assert days == ["2026-10-31", "2026-12-31"]
    assert empty("add --to 1 --indicator '加装电梯 120部'").code == 0
    assert empty("add --to 1 --indicator '加装电梯 120部'").code == 4
    assert empty("add 物业覆盖率 --to 1 --id cover --target 90%").code == 0
    assert [each["id"] for each in items(empty)[0]["indicators"]] == [
        "1.1",
        "1.2",
        "1.3",
        "1.cover",
    ]


def test_lines_come_from_a_file(
    empty: Program, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "lines.txt").write_text("# 指标\n\n绿道 25公里 2026年底\n停车场\n", "utf-8-sig")
    assert empty("add 城市更新 --from lines.txt").code == 0
    text = io.TextIOWrapper(io.BytesIO("口袋公园，10个\n".encode()))
    monkeypatch.setattr("sys.stdin", text)
    assert empty("add --to 1 --from -").code == 0
    [item] = items(empty)
    got = [(each["name"], each["measure"], each["target"]) for each in item["indicators"]]
    assert got == [
        ("绿道", "number", 25),
        ("停车场", "milestone", None),
        ("口袋公园", "number", 10),
    ]


@pytest.mark.parametrize(
    ("line", "name", "target", "day"),
    [
        ("高新技术企业 2000", "高新技术企业", 2000, None),
        ("验收 2026年底", "验收", None, "2026-12-31"),
        ("验收,2026-06-30", "验收", None, "2026-06-30"),
        ("Affordable homes 240 2027-03-31", "Affordable homes", 240, "2027-03-31"),
        ("Homes, built\t1,240\t2027-03-31", "Homes, built", 1240, "2027-03-31"),
        ("道路", "道路", None, None),
        ("路灯 240", "路灯", 240, None),
    ],
)
def test_a_line_is_a_name_a_target_and_a_deadline(
    empty: Program, line: str, name: str, target: int | None, day: str | None
) -> None:
    assert empty("add 试验 --indicator", line).code == 0
    [indicator] = items(empty)[0]["indicators"]
    deadline = indicator["deadline"] and indicator["deadline"]["on"]
    assert (indicator["name"], indicator["target"], deadline) == (name, target, day)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("add", "tracker add NAME"),
        ("add --to 1", "tracker add NAME"),
        ("add x --indicator 'a,b,c,d'", "新增就业 2.3万人以上 2026年底"),
        ("add x --indicator ',5'", "an example"),
        ("add x --from none.txt", "none.txt"),
        ("add 稳就业", "exists already as 1"),
    ],
)
def test_a_line_that_says_nothing_is_refused(empty: Program, line: str, words: str) -> None:
    empty("add 稳就业")
    done = empty(line)
    assert done.code in {2, 4}
    assert words in done.err
    assert len(items(empty)) == 1


def test_a_document_gets_an_id_and_is_named_by_its_title(empty: Program, place: Path) -> None:
    (place / "own.toml").write_text(TOML, "utf-8")
    done = empty("import own.toml")
    assert done.code == 0, done.err
    assert '"新增就业": deadline: 2026-12-31' in done.err
    first, second = items(empty)
    assert first["sources"] == [{"document": "1", "locator": "第3页", "quote": None}]
    assert first["support"] == ["市财政局", "市总工会"]
    assert (second["id"], second["parent"]) == ("trees-planted", "1")
    jobs, base, rate = first["indicators"]
    assert (jobs["target"], jobs["op"], jobs["unit"], jobs["baseline"]) == (2.3, ">=", "万人", 0)
    assert jobs["deadline"] == {
        "on": "2026-12-31",
        "wording": "年底",
        "basis": "derived",
        "loose": None,
    }
    assert (jobs["updates"][0]["on"], jobs["updates"][0]["value"]) == ("2026-05-31", 1.1)
    assert jobs["updates"][0]["share_of_plan"] == 48
    assert (base["measure"], base["deadline"]["on"]) == ("milestone", "2026-10-31")
    assert (rate["accumulation"], rate["revisions"][0]["target"]) == ("level", 5.3)
    assert empty("import own.toml").out.strip() == "nothing new"


def test_json_takes_wordings_and_adds_no_baseline(empty: Program, place: Path) -> None:
    indicator = {"name": "新增就业", "target": "2.3万人", "deadline": "2026年底"}
    content = [{"name": "稳就业", "tags": "就业、民生", "indicators": [indicator]}]
    (place / "own.json").write_text(json.dumps(content), "utf-8")
    assert empty("import own.json").code == 0
    [item] = items(empty)
    assert item["tags"] == ["就业", "民生"]
    assert item["indicators"][0]["baseline"] is None


def test_what_is_not_understood_is_named(empty: Program, place: Path) -> None:
    report = {"on": "那天", "value": "很多"}
    wrong = {"name": "新增就业", "target": "一批", "updates": [report]}
    content = [
        {"name": "稳就业", "indicators": [wrong, {"id": "x", "name": "率", "baseline": "?"}]}
    ]
    (place / "own.json").write_text(json.dumps(content), "utf-8")
    done = empty("import own.json")
    assert done.code == 2
    for words in ("新增就业: target", "新增就业: on", "新增就业: value", "x: baseline"):
        assert words in done.err.replace('"', ""), words
    assert items(empty) == []


@pytest.mark.parametrize("content", ["5", "{}"])
def test_a_file_of_another_shape_is_shown_one(empty: Program, place: Path, content: str) -> None:
    (place / "own.json").write_text(content, "utf-8")
    done = empty("import own.json")
    assert done.code == 2
    assert '"target": "2.3万人"' in done.err


def test_an_id_that_another_name_holds_is_given_anew(empty: Program, place: Path) -> None:
    empty("add 道路 --indicator '改造 5条'")
    own = {"id": "1", "name": "桥梁", "indicators": [{"id": "1", "name": "加固", "target": 3}]}
    below = {"id": "2", "name": "桥面", "parent": "1"}
    (place / "other.json").write_text(json.dumps([own, below]), "utf-8")
    done = empty("import other.json")
    assert done.code == 4
    assert "--renumber" in done.err
    assert empty("import other.json --renumber").code == 0
    got = {each["name"]: (each["id"], each["parent"]) for each in items(empty)}
    assert got == {"道路": ("1", None), "桥梁": ("2", None), "桥面": ("3", "2")}
    assert empty("import other.json --renumber --dry-run").code == 0


def test_a_correction_needs_no_id(small: Program) -> None:
    assert small("update toilets.homes 1万户 --correct").code == 4
    small("update toilets.homes 1万户 --on 2026-03-31")
    small("update toilets.homes 1.1万户 --on 2026-04-30")
    done = small("update toilets.homes 1.2万户 --correct")
    assert "2026-04-30" in done.err
    assert small("update toilets.homes 0.9万户 --correct --on 2026-03-31").code == 0
    done = small("update toilets.homes 0.9万户 --correct --on 2026-02-28")
    assert done.code == 4
    assert "2026-04-30" in done.err
    updates = items(small)[0]["indicators"][0]["updates"]
    voided = {each["voids"] for each in updates}
    in_force = [(each["on"], each["value"]) for each in updates if each["id"] not in voided]
    assert in_force == [("2026-04-30", 1.2), ("2026-03-31", 0.9)]
    small("update toilets.accepted --done --on 2026-03-31")
    assert "done" in small("update toilets.accepted --not-done --correct").err


def test_a_body_is_renamed_everywhere_at_once(small: Program) -> None:
    small("add 道路 --lead 区住建局 --lead 区财政局 --support 市农业农村局")
    small("add 桥梁 --lead 区住建局下属中心 --tag 旧")
    refused = small("edit --lead 区住建局 --set lead=区住建交通局")
    assert refused.code == 4
    assert "区住建局、区财政局 → 区住建交通局、区财政局" in refused.err
    done = small("edit --lead 区住建局 --set lead=区住建交通局 --yes -o json")
    assert done.data["items"][0]["changed"] == 2
    small("edit --lead 市农业农村局 --set lead=市农业局 --set support=市农业局 --yes")
    small("edit --tag 旧 --set tag=新 --set tag=急 --yes")
    got = {each["name"]: (each["lead"], each["support"], each["tags"]) for each in items(small)}
    assert got["道路"] == ("区住建交通局、区财政局", ["市农业局"], [])
    assert got["桥梁"] == ("区住建交通局", [], ["新", "急"])
    assert got["农村厕所改造"][0] == "市农业局"
    small("undo")
    assert items(small)[-1]["tags"] == ["旧"]


def test_a_person_is_asked_before_many_records_are_changed(
    small: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    line = "edit --lead 市农业农村局 --set lead=市农业局"
    code, shown = on_terminal(line, ["n"], ("[y/N]:",))
    assert (code, items(small)[0]["lead"]) == (4, "市农业农村局")
    above, asked, below = shown.partition("Change 1 record?")
    assert asked, shown
    assert "市农业农村局 → 市农业局" in above
    assert "Nothing was changed" in below
    code, shown = on_terminal(line, ["y"], ("[y/N]:",))
    assert (code, "1 record changed" in shown) == (0, True)
    assert items(small)[0]["lead"] == "市农业局"
    assert small("undo").code == 0
    assert items(small)[0]["lead"] == "市农业农村局"


def test_an_indicator_of_its_own_lead_is_renamed_too(small: Program) -> None:
    small("edit toilets.homes --lead 区住建局 --person 王五 --person 赵六")
    small("edit --lead 区住建局 --set lead=区住建交通局 --yes")
    small("edit --person 王五 --set person=李四 --yes")
    small("edit --place 济南 --set lead=市农业局 --yes")
    [item] = items(small)
    homes, accepted = item["indicators"]
    assert (item["lead"], homes["lead"], accepted["lead"]) == ("市农业局", "区住建交通局", None)
    assert homes["person"] == "李四、赵六"


def test_indicators_and_empty_values_are_set_at_once(small: Program) -> None:
    assert small("edit --lead 农业 --set commitment=effort --set deadline=2098年底 --yes").code == 0
    [item] = items(small)
    assert {each["commitment"] for each in item["indicators"]} == {"effort"}
    assert {each["deadline"]["on"] for each in item["indicators"]} == {"2098-12-31"}
    assert small("edit --light none --set place= --yes").code == 0
    assert items(small)[0]["place"] is None
    assert small("edit --due-after 2090-01-01 --set category=乡村 --yes").code == 0
    assert small("edit --text 厕所 --set category=乡村 --yes").out.strip() == "0 records changed"


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("edit", 2, "tracker edit --lead"),
        ("edit --lead 农业", 2, "--set lead="),
        ("edit --set lead=x", 2, "with filters"),
        ("edit --lead 农业 --set lead", 2, "FIELD=VALUE"),
        ("edit --lead 农业 --set nonsense=5", 2, "allowed: alias"),
        ("edit --lead 农业 --cycle month --set lead=x", 2, "no filter"),
        ("edit --lead 无此单位 --set lead=x", 3, "无此单位"),
        ("edit toilets --set lead=x", 2, "without a name"),
        ("edit --lead 农业 --set parent=nowhere --yes", 2, "nowhere"),
    ],
)
def test_what_cannot_be_set_at_once_is_refused(
    small: Program, line: str, code: int, words: str
) -> None:
    done = small(line)
    assert (done.code, words in done.err) == (code, True), done.err


def test_records_without_ids_are_found_again_in_every_store(opened: Opened) -> None:
    tracker = Tracker(opened(), now=NOW, author="甲")

    def batch() -> Batch:
        first = Item(id="", name="稳就业", indicators=[IndicatorItem(id=".", name="新增就业")])
        return Batch([], [first, Item(id="", name="稳 就业", lead="市人社局")], [])

    assert tracker.merge([batch()], "refuse", "import")[:4] == (0, 1, 1, 0)
    assert tracker.merge([batch()], "refuse", "import")[:5] == (0, 0, 0, 0, 0)
    assert tracker.add(Initiative(id="", name="保供")).id == "2"
    assert tracker.add(Indicator(id="2.", name="煤炭")).id == "2.1"
    names = [(each.id, each.name, each.lead) for each in tracker.export().items]
    assert names == [("1", "稳就业", "市人社局"), ("2", "保供", None)]


NAMES = st.lists(st.text(st.sampled_from("ab 1-局、"), min_size=1, max_size=6), max_size=8)


@given(NAMES)
def test_ids_are_never_given_twice(names: list[str]) -> None:
    taken = TakenIds([])
    given_ids: dict[str, set[str | None]] = {}
    for name in names:
        given_ids.setdefault(taken.choose_id("", name), set()).add(taken.find_id(name))
    for record_id, found in given_ids.items():
        assert found == {record_id}


@given(NAMES, st.sampled_from(["局", "a", "无"]))
def test_other_names_stay(names: list[str], wanted: str) -> None:
    replaced = replace_names_in_bulk_edit(names, [wanted], ["新"])
    assert [name for name in names if wanted not in name] == [
        name for name in replaced if name != "新" and wanted not in name
    ] or len(set(names)) < len(names)


def test_a_file_may_hold_what_is_no_record(empty: Program, place: Path) -> None:
    entry = {"on": "2026-05-31", "value": 5, "source": "报告: 第2页", "share_of_plan": 40}
    good = {"name": "新增", "unit": "人", "target": "2千人", "source": " ", "updates": [entry, 5]}
    content = {
        "documents": [{"title": "报告", "published": "2026-01-20"}, {"title": "x", "published": 5}],
        "items": [5, {"name": "稳就业", "sources": 5, "indicators": [good, 5]}],
    }
    (place / "own.json").write_text(json.dumps(content), "utf-8")
    done = empty("import own.json")
    assert done.code == 2
    assert items(empty) == []


def test_an_indicator_of_another_initiative_is_refused(empty: Program, place: Path) -> None:
    own = {"name": "道路", "indicators": [{"id": "other.x", "name": "改造", "target": 3}]}
    (place / "own.json").write_text(json.dumps([own]), "utf-8")
    done = empty("import own.json")
    assert done.code == 2
    assert "other.x" in done.err


def test_more_changes_than_are_shown(small: Program) -> None:
    for number in range(25):
        small(f"add 道路{number}号 --lead 区住建局")
    done = small("edit --lead 区住建局 --set lead=区住建交通局")
    assert "… and 5 more records" in done.err


def test_records_whose_ids_are_free_keep_them_beside_those_that_are_renumbered(
    empty: Program, place: Path
) -> None:
    def write(name: str, *named: tuple[str, str, str]) -> None:
        data = {
            "items": [
                {
                    "id": own_id,
                    "name": initiative,
                    "indicators": [{"id": "n", "name": indicator, "measure": "milestone"}],
                }
                for own_id, initiative, indicator in named
            ]
        }
        (place / name).write_text(json.dumps(data), "utf-8")

    write("mine.json", ("roads", "道路", "开工"), ("parks", "公园", "开园"))
    assert empty("import mine.json").code == 0
    write(
        "theirs.json",
        ("roads", "桥梁", "合龙"),
        ("parks", "公园", "验收"),
        ("trees", "绿化", "完工"),
    )
    assert empty("import theirs.json").code != 0
    done = empty("import theirs.json --renumber")
    assert done.code == 0, done.err
    got = {
        each["name"]: (each["id"], [i["id"] for i in each["indicators"]]) for each in items(empty)
    }
    assert got["道路"] == ("roads", ["roads.n"])
    assert got["公园"][0] == "parks"
    assert len(got["公园"][1]) == 2
    assert got["绿化"] == ("trees", ["trees.n"])
    assert got["桥梁"][0] not in {"roads", "parks", "trees"}


def test_a_text_that_occurs_nowhere_changes_nothing(small: Program) -> None:
    done = small("edit --text 农村厕改 --set lead=市妇联 --yes")
    assert done.code == 3, done.err
    assert "农村厕所改造" in done.err


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("add 排名 --to toilets --target 前3名", 0, ""),
        ("add 排名 --to toilets --target 前3名 --unit 个", 2, "a place in an order"),
        ("add 失业率 --to toilets --target 5%", 0, "direction: down, by its name"),
        ("add 巡查 --to toilets --deadline-wording 择机", 0, "no day is known of"),
        ("add 远景 --to toilets --target 5个 --commitment vision", 0, ""),
        ("add 人数 --to toilets --target 80人 --direction hold --interim 2050-06-30=90", 0, ""),
        ("revise toilets.homes --interim 2050-06-30=1.2万户 --reason 前移", 0, ""),
        ("update toilets.accepted --share-of-plan 65", 0, "65% of the plan as printed"),
    ],
)
def test_what_is_meant_by_few_words_is_said(
    small: Program, line: str, code: int, words: str
) -> None:
    done = small(line)
    assert done.code == code, done.err
    assert words in done.out + done.err


def test_lines_of_indicators_hold_bare_numbers(
    small: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "新增就业 500 2099年底\n高新技术企业 2000\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    done = small("add --to toilets --from -")
    assert done.code == 0, done.err
    got = {each["name"]: each["target"] for each in items(small)[0]["indicators"]}
    assert (got["新增就业"], got["高新技术企业"]) == (500, 2000)

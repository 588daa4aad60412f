"""Promises as offices keep them, as a person enters and reads them."""

from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from program import Program

from tracker.exchange.drafts.blocks import drop_links_of_blocks
from tracker.locale import translation


@pytest.mark.parametrize(
    ("flags", "recurs", "wording"),
    [
        ("--deadline 每年", "year", "每年"),
        ("--deadline 每年6月底前", "year", "每年6月底前"),
        ("--deadline 每半年", "half", "每半年"),
        ("--deadline 每季度", "quarter", "每季度"),
        ("--deadline 每月底", "month", "每月底"),
        ("--deadline 每月至少一次", "month", "每月至少一次"),
        ("--deadline-wording 每月底", "month", "每月底"),
        ("--every quarter --deadline 每月底", "quarter", "每月底"),
        ("--every month", "month", None),
        ("--deadline 长期坚持", None, "长期坚持"),
        ("--deadline 每周", None, "每周"),
        ("--deadline 每两年", None, "每两年"),
        ("--deadline 每年至少两次", "year", "每年至少两次"),
        ("--deadline 每季度末月20日前", "quarter", "每季度末月20日前"),
    ],
)
def test_how_often_is_read_or_said(
    small: Program, flags: str, recurs: str | None, wording: str | None
) -> None:
    added = small(f"add 巡查 --to toilets --id walk {flags} -o json")
    assert added.code == 0, added.err
    (item,) = added.data["items"]
    assert item["recurs"] == recurs
    deadline = {"on": None, "wording": wording, "basis": "stated", "loose": None}
    assert item["deadline"] == (deadline if wording is not None else None)
    assert ("comes again every" in added.err) == (recurs is not None and "--every" not in flags)
    assert ("no cycle to judge by" in added.err) == (wording in {"每周", "每两年"})
    assert ("more than one in each cycle" in added.err) == (wording == "每年至少两次")


@pytest.mark.parametrize(
    ("deadline", "recurs"),
    [
        ('"每季度"', "quarter"),
        ('{ wording = "每年" }', "year"),
        ('{ wording = "每年", on = 2026-12-31 }', None),
        ('{ wording = "长期坚持" }', None),
        ('"每周"', None),
        ("{ }", None),
    ],
)
def test_a_file_says_how_often_by_its_wording_too(
    small: Program, place: Path, deadline: str, recurs: str | None
) -> None:
    file = place / "plan.toml"
    head = '[[items]]\nid = "walks"\nname = "巡查"\n[[items.indicators]]\nid = "a"\nname = "巡查"\n'
    file.write_text(f'{head}measure = "milestone"\ndeadline = {deadline}\n', "utf-8")
    assert small(f"import {file}").code == 0
    assert small("list --text 巡查 -o json").data["items"][0]["recurs"] == recurs
    file.write_text(
        f'{head.replace("walks", "others")}recurs = "month"\ndeadline = {deadline}\n', "utf-8"
    )
    assert small(f"import {file}").code == 0
    assert small("list --text 巡查 -o json").data["items"][1]["recurs"] == "month"


def test_a_recurring_promise_is_judged_cycle_by_cycle(small: Program, place: Path) -> None:
    small("add 巡查 --to toilets --id walk --every month --start 2026-01-01")
    assert small("update toilets.walk --done --on 2026-01-20").code == 0
    line = "list --as-of 2026-03-02 --text 巡查 -o json"
    (item,) = small(line).data["items"]
    assert (item["recurs"], item["cycle_start"], item["deadline"]) == (
        "month",
        "2026-02-01",
        "2026-02-28",
    )
    assert "toilets.walk" in small("overdue --as-of 2026-03-02 -o ids").out
    assert "toilets.walk" in small("due --within 40 --as-of 2026-02-10 -o ids").out
    assert "toilets.walk" in small("unreported --as-of 2026-03-02 -o ids").out
    why = small("why toilets.walk --as-of 2026-03-02 -o json").data["items"][0]
    assert [(each["cycle_start"], each["outcome"]) for each in why["cycles"]] == [
        ("2026-03-01", "running"),
        ("2026-02-01", "missed"),
        ("2026-01-01", "met"),
    ]
    shown = small("show toilets --as-of 2026-03-02 -o json").data["items"][0]
    assert shown["cycles"] == why["cycles"]
    with translation.using_language("zh"):
        text = small("why toilets.walk --as-of 2026-03-02").out
    assert "每月一次；现评 2026-02-01 至 2026-02-28 一期" in text
    assert "本期未报" in text
    assert "RRULE:FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=-1" in small("export -o ics").out
    assert "RRULE:FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=-1" in small("export -o ics-event").out
    copy = place / "copy.json"
    copy.write_text(small("export").out, "utf-8")
    assert small(f"import {copy}").code == 0
    assert small(line).data["items"] == [item]
    assert small("verdict toilets.walk partly --reason 停航 --on 2026-03-05").code in {0, 4}
    assert small("edit toilets.walk --clear every").code == 0
    assert small(line).data["items"][0]["recurs"] is None
    assert small("undo").code == 0
    assert small(line).data["items"][0]["recurs"] == "month"
    assert small("edit toilets.walk --every week").code == 2


def test_a_calendar_ends_with_the_promise(small: Program) -> None:
    small(
        "add 巡查 --to toilets --id walk --every quarter --start 2026-01-01 --deadline 2027-11-15"
    )
    shown = small("export -o ics-event").out
    assert "RRULE:FREQ=MONTHLY;UNTIL=20271115;INTERVAL=3;BYMONTHDAY=-1" in shown


def test_a_sum_that_begins_anew_is_no_slip(small: Program) -> None:
    flags = "--target 100公里 --baseline 0 --every year --start 2024-01-01"
    assert small(f"add 清淤 --to toilets --id silt {flags}").code == 0
    assert small("update toilets.silt 100公里 --on 2024-12-31").code == 0
    begun = small("update toilets.silt 5公里 --on 2025-01-31")
    assert (begun.code, "less than" in begun.err) == (0, False)
    assert small("update toilets.silt 4公里 --on 2025-02-28").err.count("less than") == 1
    assert small("update toilets.silt --add 3公里 --on 2025-03-31").code == 0
    (item,) = small("list --text 清淤 --as-of 2025-04-01 -o json").data["items"]
    assert (item["value"], item["cycle_start"]) == (7, "2025-01-01")


@pytest.fixture
def narrowed(small: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A ledger of which only what has a tag is worked on."""
    small("add 桥梁 --id bridges --tag 民生实事 --lead 市城管局")
    small("add 建成 --to bridges --id built --deadline 2026-01-31 --start 2026-01-01")
    monkeypatch.setenv("TRACKER_WORKING_SET", "tag=民生实事")
    return small


@pytest.mark.parametrize(
    "line", ["list", "overdue", "due --within 9999", "behind", "unreported", "tree", "status"]
)
def test_screens_are_about_the_working_set_and_say_what_they_leave_out(
    narrowed: Program, line: str
) -> None:
    few = narrowed(f"{line} -o json")
    everything = narrowed(f"{line} --all -o json")
    assert few.data["left_out"] == 2
    assert "2 indicators outside the working set are left out" in few.err
    assert everything.data["left_out"] == 0
    assert "left out" not in everything.err
    with translation.using_language("zh"):
        assert "工作范围以外的 2 项指标未列入" in narrowed(line).err
    ids = {each["id"] for each in few.data["items"]}
    assert all(each.startswith("bridges") for each in ids)


def test_a_screen_of_an_earlier_day_says_why_it_leaves_out(narrowed: Program) -> None:
    early = narrowed("list --as-of 2026-02-01 -o json")
    assert early.data["left_out"] > 0
    assert "outside the working set, or entered after 2026-02-01" in early.err


def test_what_is_outside_can_always_be_reached(narrowed: Program) -> None:
    assert narrowed("show toilets").code == 0
    assert narrowed("why toilets.homes").code == 0
    assert narrowed("search 厕所 -o ids").out == "toilets\n"
    assert narrowed("tree toilets -o ids").out == "toilets\n"
    assert {each["id"] for each in narrowed("export").data["items"]} == {"toilets", "bridges"}
    assert "toilets" in narrowed("check -o json").out
    assert narrowed("update toilets.homes 1万户 --on 2026-03-01").code == 0


@pytest.mark.parametrize("which", ["brief", "ledger", "notices", "scoreboard"])
def test_papers_say_what_they_are_about(narrowed: Program, which: str) -> None:
    paper = narrowed(f"report {which} -f json")
    assert paper.data["left_out"] == 2
    assert "toilets" not in str(paper.data["items"])
    text = narrowed(f"report {which} -f md").out
    assert "民生实事; 2 other indicators are left out" in text
    assert "other indicators" not in narrowed(f"report {which} --all -f md").out


def test_reminders_are_about_the_working_set(narrowed: Program) -> None:
    planned = narrowed("remind --dry-run -o json")
    assert planned.data["left_out"] == 2
    assert narrowed("remind --dry-run --all -o json").data["left_out"] == 0


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("document=2026-report", "document=2026-report"),
        ("tag=甲，tag=乙, since=2026-01-01", "tag=甲 乙"),
        ("", None),
        ("plan=2026", None),
        ("tag", None),
        ("since=2026", None),
        ("since=2026-01-01, since=2026-01-02", None),
    ],
)
def test_the_setting_says_what_it_may_be(
    small: Program, monkeypatch: pytest.MonkeyPatch, text: str, shown: str | None
) -> None:
    monkeypatch.setenv("TRACKER_WORKING_SET", text)
    listed = small("config -o json")
    if shown is None and text:
        assert listed.code == 2
        assert "tag=…, document=…, since=2026-01-01" in listed.err
    elif shown is not None:
        assert shown in listed.out


def test_milestones_out_of_order_are_asked_about(small: Program, place: Path) -> None:
    small("add 立项 --to toilets --id approved --deadline 2026-03-31 --start 2026-01-01")
    small("add 开工 --to toilets --id begun --deadline 2026-02-28 --after toilets.approved")
    early = small("update toilets.begun --done --on 2026-02-10")
    assert early.code == 4
    assert "toilets.begun comes after toilets.approved (立项), which is not done yet" in early.err
    assert "--force" in early.err
    assert small("update toilets.approved --done --on 2026-02-11").code == 0
    day_before = small("update toilets.begun --done --on 2026-02-10")
    assert (day_before.code, "done on 2026-02-11 only" in day_before.err) == (4, True)
    assert small("update toilets.begun --done --on 2026-02-11").code == 0
    assert small("undo").code == 0
    assert small("update toilets.begun --done --on 2026-02-10 --force").code == 0
    spans = small("timeline --text 工 --text 立项 -o json").data["items"]
    assert [(each["id"], each["after"]) for each in spans] == [
        ("toilets.approved", None),
        ("toilets.begun", "toilets.approved"),
    ]
    assert "→ 农村厕所改造 · 开工" in small("timeline").out
    copy = place / "copy.json"
    copy.write_text(small("export").out, "utf-8")
    assert small(f"import {copy}").code == 0
    with translation.using_language("zh"):
        small("add 封顶 --to toilets --id topped --after toilets.done")
        small("add 竣工 --to toilets --id done --deadline 2026-12-31")
        small("add 封顶 --to toilets --id topped --after toilets.done")
        assert "应在" in small("update toilets.topped --done --on 2026-02-10").err


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("add 甲 --to toilets --id a --after toilets.no", "there is no such indicator"),
        ("add 甲 --to toilets --id a --after toilets.homes", "only a milestone"),
        ("add 甲 --to toilets --id homes2 --target 1个 --part-of toilets.homes", "in the unit of"),
        ("edit toilets.homes --part-of toilets.homes", "leads back to itself"),
    ],
)
def test_links_name_what_fits(small: Program, line: str, wrong: str) -> None:
    refused = small(line)
    assert refused.code == 2
    assert wrong in refused.err


def test_a_whole_stands_beside_the_sum_of_its_parts(small: Program, place: Path) -> None:
    small("add 历下区改造 --id lixia --lead 历下区")
    small("add 市中区改造 --id shizhong --lead 市中区")
    for owner in ("lixia", "shizhong"):
        added = small(
            f"add 改造户数 --to {owner} --id homes --target 1万户 --part-of toilets.homes"
        )
        assert added.code == 0, added.err
    whole = small("show toilets -o json").data["items"][0]["wholes"]
    assert [(each["id"], each["sum"], each["difference"]) for each in whole] == [
        ("toilets.homes", None, None)
    ]
    small("update lixia.homes 0.3万户 --on 2026-03-31")
    (whole,) = small("show toilets -o json").data["items"][0]["wholes"]
    assert (whole["value"], whole["sum"], whole["reported_parts"]) == (None, 0.3, 1)
    small("update shizhong.homes 0.1万户 --on 2026-03-31")
    small("update toilets.homes 0.5万户 --on 2026-03-31")
    (whole,) = small("show lixia -o json").data["items"][0]["wholes"]
    assert (whole["value"], whole["sum"], whole["difference"]) == (0.5, 0.4, 0.1)
    assert [(each["id"], each["share_of_whole"]) for each in whole["parts"]] == [
        ("lixia.homes", 60),
        ("shizhong.homes", 20),
    ]
    assert "sum of the parts" in small("show toilets").out
    for line in ("tree", "tree lixia", "tree -o md", "tree -o html"):
        shown = small(line).out
        assert all(text in shown for text in ("sum of the parts", "0.4", "60.0%")), line
    assert small("tree -o json").data["wholes"] == [whole]
    assert small("tree -o ids").out.split() == ["toilets", "lixia", "shizhong"]
    (row,) = small("list --text 市中区 -o json").data["items"]
    assert (row["sum"], row["is_sum"], row["share_of_whole"]) == (None, False, 20)
    (row,) = small("list --lead 市农业农村局 -o json").data["items"][:1]
    assert (row["sum"], row["is_sum"], row["difference"]) == (0.4, False, 0.1)
    assert "together 0.4 万户; it differs from that by 0.1 万户" in small("why toilets.homes").out
    assert "toilets.homes, 60.0% of it" in small("why lixia.homes").out
    assert small("list --text 市中区 -o json").data["items"][0]["part_of"] == "toilets.homes"
    copy = place / "copy.json"
    copy.write_text(small("export").out, "utf-8")
    assert small(f"import {copy}").code == 0


def test_a_whole_without_reports_is_judged_by_its_parts(small: Program) -> None:
    small("add 市中区改造 --id shizhong")
    small("add 历下区改造 --id lixia")
    small("add 街道 --id street")
    line = "--target 0.5万户 --baseline 0 --start 2026-01-01 --deadline 2026-06-30 --part-of"
    small(f"add 改造户数 --to shizhong --id homes {line} toilets.homes")
    small(f"add 改造户数 --to lixia --id homes {line} toilets.homes")
    small(f"add 改造户数 --to street --id homes {line} lixia.homes")
    row = "list --as-of 2026-06-01 -o json"

    def find_row(record_id: str) -> dict[str, object]:
        (item,) = (each for each in small(row).data["items"] if each["id"] == record_id)
        return item  # type: ignore[no-any-return]

    assert (find_row("toilets.homes")["value"], find_row("toilets.homes")["is_sum"]) == (
        None,
        False,
    )
    small("update shizhong.homes 0.3万户 --on 2026-03-31")
    item = find_row("toilets.homes")
    assert [item[key] for key in ("value", "value_bound", "sum", "is_sum", "last_report")] == [
        0.3,
        ">=",
        0.3,
        True,
        "2026-03-31",
    ]
    small("update street.homes 0.7万户 --on 2026-05-31")
    item = find_row("toilets.homes")
    assert [item[key] for key in ("value", "value_bound", "difference")] == [1, None, None]
    assert find_row("lixia.homes")["share_of_whole"] == 70
    assert "(sum of its parts)" in small("list --as-of 2026-06-01").out
    why = small("why toilets.homes --as-of 2026-06-01").out
    assert "together 1.0 万户; it is judged by them" in why
    assert "never reported" in why
    assert small("trend toilets.homes -o json").data["items"]
    unreported = small("unreported --as-of 2026-06-02 -o ids").out
    assert "toilets.homes" not in unreported
    ledger = {each["id"]: each for each in small("report ledger -f json").data["items"]}
    assert (ledger["toilets.homes"]["sum"], ledger["toilets.homes"]["is_sum"]) == (1, True)
    assert small("report scoreboard --period 2026-05 -f json").code == 0
    assert small("check --only parts -o ids").out == ""
    small("update toilets.homes 0.9万户 --on 2026-05-31")
    item = find_row("toilets.homes")
    assert [item[key] for key in ("value", "sum", "is_sum", "difference")] == [0.9, 1, False, -0.1]
    assert small("undo").code == 0
    assert find_row("toilets.homes")["is_sum"] is True
    close = "close toilets.homes --reason 完成 --on 2026-06-01"
    assert small(close).code == 4
    assert small("update street.homes 1.7万户 --on 2026-06-01").code == 0
    assert small(close).code == 0


def test_a_relative_target_is_a_number_once_the_baseline_is_known(
    small: Program, place: Path
) -> None:
    line = "add 营业收入 --to toilets --id income --target 翻一番 --unit 亿元 --deadline 2026-12-31"
    (item,) = small(line, "--start", "2026-01-01", "-o", "json").data["items"]
    assert (item["target"], item["target_wording"], item["commitment"]) == (
        None,
        "翻一番",
        "outcome",
    )
    listed = "list --text 营业收入 -o json"
    assert small(listed).data["items"][0]["target"] is None
    assert "翻一番" in small("list --text 营业收入").out
    assert "needs a baseline" in small("why toilets.income").out
    assert small("edit toilets.income --baseline 50亿元").code == 0
    (row,) = small(listed).data["items"]
    assert (row["target"], row["target_wording"], row["op"]) == (100, "翻一番", ">=")
    why = small("why toilets.income").out
    assert "翻一番" in why
    assert "≥ 100 亿元" in why
    assert small("update toilets.income 99.99亿元 --on 2026-06-30").code == 0
    assert small(listed).data["items"][0]["met_on"] is None
    assert small("update toilets.income 100亿元 --on 2026-07-31").code == 0
    assert small(listed).data["items"][0]["met_on"] == "2026-07-31"
    copy = place / "copy.json"
    copy.write_text(small("export").out, "utf-8")
    assert small(f"import {copy}").code == 0
    assert small("revise toilets.income --target 90亿元 --reason 调减").code == 0
    assert small(listed).data["items"][0]["first_target"] == 100


@pytest.mark.parametrize(
    ("flags", "target", "unit", "accumulation", "resolved"),
    [
        ("--target 增长10%", 10, "%", "level", 10),
        ("--target 增长10% --unit %", 10, "%", "level", 10),
        ("--target 增长10% --baseline 100亿元", None, "亿元", "cumulative", 110),
        ("--target 增长10% --unit 亿元", None, "亿元", "cumulative", None),
        ("--target 比上年下降8% --baseline 200起", None, "起", "cumulative", 184),
        ("--target 不低于上年 --baseline 12.3万吨", None, "万吨", "cumulative", 12.3),
    ],
)
def test_a_rise_in_per_cent_is_a_rate_unless_another_unit_is_known(
    small: Program,
    flags: str,
    target: float | None,
    unit: str,
    accumulation: str,
    resolved: float | None,
) -> None:
    added = small(f"add 产值 --to toilets --id x {flags} --deadline 2026-12-31 -o json")
    assert added.code == 0, added.err
    (item,) = added.data["items"]
    assert (item["target"], item["unit"], item["accumulation"]) == (target, unit, accumulation)
    assert small("list --text 产值 -o json").data["items"][0]["target"] == resolved


def test_a_pair_is_one_indicator_with_a_stretch(small: Program) -> None:
    line = "add 项目 --to toilets --id x --target 确保100个、力争120个 --deadline 2026-12-31"
    (item,) = small(line, "--baseline", "0", "-o", "json").data["items"]
    assert (item["target"], item["stretch"], item["unit"]) == (100, 120, "个")
    row = "list --text 项目 -o json"
    assert small(row).data["items"][0]["stretch_met"] is None
    assert small("update toilets.x 100个 --on 2026-06-30").code == 0
    (listed,) = small(row).data["items"]
    assert (listed["met_on"], listed["stretch_met"]) == ("2026-06-30", False)
    assert small("update toilets.x 120个 --on 2026-07-31").code == 0
    assert small(row).data["items"][0]["stretch_met"] is True
    assert "120 个 (reached)" in small("why toilets.x").out
    assert small("edit toilets.x --stretch 130个").code == 0
    assert "130 个" in small("why toilets.x").out


def test_a_revised_target_may_be_relative_too(small: Program, place: Path) -> None:
    small("add 收入 --to toilets --id x --target 6亿元 --baseline 5亿元 --deadline 2026-12-31")
    row = "list --text 收入 -o json"
    done = small("revise toilets.x --target 翻两番 --reason 加码")
    assert done.out == "toilets.x: 6 亿元 by 2026-12-31 → 翻两番 by 2026-12-31\n"
    (item,) = small(row).data["items"]
    assert (item["target"], item["target_wording"], item["first_target"]) == (20, "翻两番", 6)
    assert "翻两番 (20 亿元)" in small("show toilets").out
    why = small("why toilets.x").out
    assert "翻两番" in why
    assert "20亿元" in why.replace(" ", "")
    assert "target 翻两番" in small("history toilets.x").out
    assert small(f"{row} --as-of 2020-01-01").data["items"] == []
    copy = place / "copy.json"
    copy.write_text(small("export").out, "utf-8")
    assert "nothing" in small(f"import {copy}").out or small(f"import {copy}").code == 0
    assert small("edit toilets.x --baseline 4亿元").code == 0
    assert small(row).data["items"][0]["target"] == 16
    assert small("revise toilets.x --target 7亿元 --reason 调减").code == 0
    (item,) = small(row).data["items"]
    assert (item["target"], item["target_wording"]) == (7, None)
    assert small("undo").code == 0
    assert small(row).data["items"][0]["target_wording"] == "翻两番"
    refused = small("revise toilets.x --target 确保8亿元、力争9亿元 --reason 加码")
    assert (refused.code, "--stretch" in refused.err) == (2, True)
    assert small("revise toilets.x --target 比上年下降8% --reason 调减").code == 2
    small("edit toilets.x --clear baseline")
    assert small(row).data["items"][0]["target"] is None
    assert "翻两番, needs a baseline" in small("why toilets.x").out
    small("add 里程 --to toilets --id km --deadline 2026-12-31")
    assert small("revise toilets.km --target 翻一番 --reason 误").code == 2


@pytest.mark.parametrize(
    ("flags", "is_wrong"),
    [
        ("--target 确保100个、力争90个", True),
        ("--target 确保100个、力争100个", False),
        ("--target 100个 --stretch 120个以上", False),
        ("--target 100至120个 --stretch 110个", True),
        ("--target 5.5%以内 --stretch 6%", True),
        ("--target 5.5%以内 --stretch 5%", False),
        ("--target 100个 --direction down --stretch 120个", True),
        ("--target 100个 --direction hold --stretch 120个", False),
        ("--target 翻一番 --baseline 50个 --stretch 90个", True),
        ("--target 翻一番 --unit 个 --stretch 90个", False),
        ("--target 确保增长5%、力争增长4%", True),
        ("--target 确保增长5%、力争增长6%", False),
    ],
)
def test_what_is_striven_for_lies_beyond_the_target(
    small: Program, flags: str, *, is_wrong: bool
) -> None:
    added = small(f"add 项目 --to toilets --id x {flags} --deadline 2026-12-31")
    assert (added.code, "is striven for" in added.err) == ((4, True) if is_wrong else (0, False))


def test_what_is_striven_for_is_a_number(small: Program) -> None:
    relative = small("add 产值 --to toilets --id x --target 确保翻一番、力争翻两番")
    assert (relative.code, "as a number" in relative.err) == (2, True)
    small("add 产值 --to toilets --id x --target 100亿元 --stretch 12000000万元")
    assert small("export").data["items"][0]["indicators"][-1]["stretch"] == 1200
    wrong = small("edit toilets.x --stretch 90亿元")
    assert (wrong.code, "less than the target" in wrong.err) == (2, True)
    with translation.using_language("zh"):
        assert "力争目标 90 低于目标值 100" in small("edit toilets.x --stretch 90亿元").err


def test_a_number_takes_the_place_of_a_relative_target(small: Program) -> None:
    small("add 收入 --to toilets --id x --target 翻一番 --baseline 5亿元 --deadline 2026-12-31")
    assert small("edit toilets.x --target 8亿元").code == 0
    (item,) = small("list --text 收入 -o json").data["items"]
    assert (item["target"], item["target_wording"]) == (8, None)


def test_checks_compare_parts_and_order(small: Program) -> None:
    for own in ("a", "b"):
        small(f"add 分项{own} --to toilets --id {own} --target 1万户 --part-of toilets.homes")
    small("update toilets.homes 0.5万户 --on 2026-03-31")
    small("update toilets.a 0.3万户 --on 2026-03-31")
    assert small("check --only parts -o ids").out == ""
    small("update toilets.b 0.2万户 --on 2026-03-31")
    assert small("check --only parts -o ids").out == ""
    small("update toilets.b 0.1万户 --on 2026-04-01")
    assert small("check --only parts -o ids").out == ""
    small("update toilets.b 0.4万户 --on 2026-04-02")
    (found,) = small("check --only parts -o json").data["items"]
    assert (found["id"], "2 parts add up to 0.7" in found["sentence"]) == ("toilets.homes", True)
    (row,) = (
        each
        for each in small("report ledger -f json").data["items"]
        if each["id"] == "toilets.homes"
    )
    assert (row["value"], row["sum"]) == (0.5, 0.7)
    small("add 立项 --to toilets --id approved --deadline 2026-03-31")
    small("add 开工 --to toilets --id begun --deadline 2026-03-31 --after toilets.approved")
    assert small("check --only order -o ids").out == ""
    small("edit toilets.begun --deadline 2026-03-30")
    small("update toilets.begun --done --on 2026-02-01 --force")
    sentences = [each["sentence"] for each in small("check --only order -o json").data["items"]]
    assert sentences == [
        "it is done, but comes after toilets.approved, which was not done by then",
        "it is due on 2026-03-30, before toilets.approved, which it comes after",
    ]


def test_a_verdict_stands_wherever_the_promise_is_shown(small: Program) -> None:
    words = "--reason 资料不全 --evidence 核查表 --by 督查室 --on 2026-03-05"
    given = small(f"verdict toilets.accepted unclear {words}")
    assert given.code == 0, given.err
    assert "2099-12-31, is not over yet" in given.err
    assert "verdict none → unclear" in given.out
    why = small("why toilets.accepted").out
    assert "unclear by 督查室 on 2026-03-05: 资料不全" in why
    listed = small("list -o md").out
    assert "| verdict |" in listed
    shown = small("show toilets -o md").out
    for words in ("2026-03-05", "unclear", "资料不全", "核查表", "督查室"):
        assert words in shown, words
    small("add 巡查 --to toilets --id walk --every month --start 2026-01-01")
    small("verdict toilets.walk partly --reason 停航 --on 2026-03-05")
    cycles = small("why toilets.walk --as-of 2026-03-20 -o json").data["items"][0]["cycles"]
    assert [each["verdict"] for each in cycles].count("partly") == 1
    assert "partly" in small("show toilets --as-of 2026-03-20").out


def test_a_share_of_the_plan_stands_beside_the_computed_one(small: Program) -> None:
    small("update toilets.homes 1万户 --share-of-plan 48 --on 2026-06-30")
    assert "48% of the plan as printed" in small("why toilets.homes").out
    assert "50.0%; 48% of plan" in " ".join(small("list --columns name,done -o md").out.split())


def test_why_says_what_follows_from_each_reading_of_a_deadline(small: Program) -> None:
    small("add 并网 --to toilets --id grid --deadline 2024年前 --basis assumed --start 2023-01-01")
    for day, words in (
        ("2023-06-30", "loosely 2024-12-31"),
        ("2024-06-30", "overdue on the strict reading, due 2024-12-31 on the loose one"),
        ("2025-06-30", "overdue also on the loose reading, 2024-12-31"),
    ):
        why = small(f"why toilets.grid --as-of {day}").out
        assert words in why, why
        assert "the day is assumed" in why


def test_words_of_a_document_mean_its_year_and_its_address_is_shown(small: Program) -> None:
    small("add 工作报告 --id plan --published 2023-01-20 --url https://example.org/a")
    small("add 通报 --id note --published 2023-02-20")
    done = small("add 电梯 --to toilets --id lifts --deadline 年底 --source plan")
    assert "2023-12-31" in done.err
    listed = small("documents -o md").out
    assert "example.org/a" in listed
    assert small("update toilets.lifts --done --on 6月底 --source plan").code == 0
    assert "2023-06-30" in small("show toilets").out


PAPER = """济南市2026年城市更新工作要点
2026年1月20日

一、实施老旧小区改造。全年改造老旧小区10万户，其中历下区6万户、市中区4万户。（牵头单位：市住建局、市城管局）
二、开展河道巡查。每季度开展河道巡查不少于1次。（责任单位：市水务局，分管领导：李四）
三、推动产业倍增。到2026年底，数字经济核心产业营业收入翻一番。（牵头单位：市工信局）
四、新建口袋公园。确保新建口袋公园100个、力争120个。（牵头单位：市园林局）
五、建设黄河大桥。3月底前完成立项，6月底前开工建设，12月底前竣工通车。（牵头单位：市城建集团）
"""


def test_drafts_say_what_papers_say_of_promises(small: Program, place: Path) -> None:
    paper, file = place / "paper.txt", place / "drafts.toml"
    paper.write_text(PAPER, "utf-8")
    file.write_text(small(f"draft {paper} --published 2026-01-20 -o toml").out, "utf-8")
    assert small(f"import {file}").code == 0
    items = small("list --document 2026-01-20-paper -o json").data["items"]
    rows = {each["name"]: each for each in items}
    whole = rows["改造老旧小区"]["id"]
    assert rows["改造老旧小区"]["leads"] == ["市住建局", "市城管局"]
    assert [each["part_of"] for each in items].count(whole) == 2
    patrol = rows["每季度开展河道巡查"]
    assert (patrol["recurs"], patrol["leads"], patrol["person"]) == (
        "quarter",
        ["市水务局"],
        "李四",
    )
    income = rows["数字经济核心产业营业收入"]
    assert (income["target"], income["target_wording"], income["unit"]) == (None, "翻一番", None)
    assert (rows["新建口袋公园"]["target"], rows["新建口袋公园"]["stretch"]) == (100, 120)
    steps = [each for each in items if each["measure"] == "milestone"]
    assert [each["after"] for each in steps] == [None, steps[0]["id"], steps[1]["id"]]


def test_links_to_drafts_that_are_left_out_are_dropped() -> None:
    texts = [
        '[[items]]\nid = "a"\n[[items.indicators]]\nid = "a.2"\npart_of = "a.1"\nafter = "b.1"'
    ]
    assert drop_links_of_blocks(texts, ["a.1", "a.2"]) == [
        texts[0].replace('\npart_of = "a.1"', "")
    ]
    assert drop_links_of_blocks(texts, ["a.2"]) == texts


def test_a_calendar_comes_again_on_the_days_on_which_cycles_are_due(small: Program) -> None:
    wordings = ["每月30日", "每年2月29日", "每季度首月15日前", "每季度末", "每年春节前"]
    for at, wording in enumerate(wordings):
        small(f"add 巡{at} --to toilets --id x{at} --start 2026-01-01 --deadline {wording}")
    small("add 巡9 --to toilets --id x9 --start 2026-01-01 --every half --deadline 2026-08-15")
    calendar: Any = Calendar.from_ical(small("export -o ics-event --as-of 2026-01-15").out)
    rules = {
        str(event["summary"]).partition("巡")[2]: (
            event["rrule"].to_ical().decode() if "rrule" in event else None,
            event["rdate"].to_ical().decode() if "rdate" in event else None,
        )
        for event in calendar.walk("VEVENT")
        if "巡" in event["summary"]
    }
    assert rules == {
        "0": ("FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=28,29,30;BYSETPOS=-1", None),
        "1": ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=-1", None),
        "2": ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15", None),
        "3": ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1", None),
        "4": (None, "20271231,20281231"),
        "9": ("FREQ=MONTHLY;UNTIL=20260815;INTERVAL=6;BYMONTHDAY=-1", "20260815"),
    }


SHEET = """序号,事项,指标,目标,时限,牵头单位,责任人,分管领导
1,老旧小区,改造户数,10万户,2026年底,市住建局、市城管局,张三,李四
2,河道,巡查次数,每季度不少于1次,每季度,市水务局,王五,
3,产业,营业收入,翻一番,2026年底,市工信局,,
4,公园,新建个数,确保100个、力争120个,2026年底,市园林局,,
5,能耗,能源消费,比上年下降3%,2026年底,市发改委,,
6,投资,投资额,增长8%,2026年底,市发改委,,
7,就业,就业率,确保达到、力争超过,2026年底,市人社局,,
"""


def test_tables_say_what_papers_say_of_promises(small: Program, place: Path) -> None:
    sheet = place / "sheet.csv"
    sheet.write_text(SHEET, "utf-8")
    assert small(f"import {sheet} --published 2026-01-20 --yes").code in {0, 4}
    items = small("list --due-after 2026-01-01 -o json").data["items"]
    rows = {each["name"]: each for each in items}
    homes = rows["改造户数"]
    assert (homes["leads"], homes["person"]) == (["市住建局", "市城管局"], "张三、李四")
    patrol = rows["巡查次数"]
    assert (patrol["recurs"], patrol["target"], patrol["op"]) == ("quarter", 1, ">=")
    income = rows["营业收入"]
    assert (income["target"], income["target_wording"], income["op"]) == (None, "翻一番", ">=")
    assert (rows["新建个数"]["target"], rows["新建个数"]["stretch"]) == (100, 120)
    energy = rows["能源消费"]
    assert (energy["target_wording"], energy["op"]) == ("比上年下降3%", "<=")
    assert (rows["投资额"]["target"], rows["投资额"]["target_wording"]) == (8, None)

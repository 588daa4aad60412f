"""The program as a person and a script meet it."""

import json
import os
import pty
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from fcntl import ioctl
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec
import pytest
import typer
from cluster import Cluster
from program import Program
from typer.main import get_command

import tracker
from tracker.cli.app import root
from tracker.cli.command_index import COMMANDS, GROUPS
from tracker.cli.completion import complete_record_id
from tracker.cli.help import help_with_usage_error
from tracker.locale import translation
from tracker.model.assessment import Assessment
from tracker.model.commits import Stamp
from tracker.model.records import Deadline, Item
from tracker.output.rendering import FORMATS
from tracker.storage.base import Transaction
from tracker.storage.folder.ledger_files import LOCK
from tracker.storage.open_store import open_store
from tracker.system.files import hold_file_lock
from tracker.system.text import measure_text_width

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LISTS = (
    "overdue",
    "due",
    "behind",
    "unreported",
    "list",
    "tree",
    "search 管网",
    "documents",
    "status --by category",
    "check",
    "history",
    "config",
)
OF_INDICATORS = ("overdue", "due --within 400", "behind", "list")
CONTRACT = [
    "id",
    "initiative",
    "initiative_id",
    "name",
    "measure",
    "unit",
    "place",
    "lead",
    "state",
    "target",
    "target_high",
    "value",
    "value_on",
    "done",
    "expected",
    "gap",
    "light",
    "why",
    "deadline",
    "deadline_wording",
    "days_left",
    "days_late",
    "workdays_late",
    "met_on",
    "last_report",
    "stale",
]
TEXTS = tuple(each for each in FORMATS if each not in {"docx", "xlsx", "ics", "ics-event"})
LEDGER_FREE = {"config"}


def process(line: str, **more: Any) -> subprocess.CompletedProcess[bytes]:  # noqa: ANN401
    """The command line in a shell of its own, ``tracker`` being the program."""
    script = f'tracker() {{ "{sys.executable}" -m tracker "$@"; }}; {line}'
    return subprocess.run(["bash", "-c", script], capture_output=True, check=False, **more)


def test_every_command_has_help(seeded: Program) -> None:
    for name, command in COMMANDS.items():
        shown = seeded(f"{name} --help")
        assert shown.code == 0, name
        assert command.summary in " ".join(shown.out.split()), name
        assert seeded(f"{name} -h").out == shown.out


def test_help_lists_every_command_once_under_its_heading(seeded: Program) -> None:
    shown = seeded("--help").out
    for heading, commands in GROUPS.items():
        section = shown.partition(f"\n{heading}:\n")[2].partition("\n\n")[0]
        assert [line.split()[0] for line in section.splitlines()] == list(commands), heading


@pytest.mark.parametrize("line", LISTS)
def test_a_list_is_one_json_document(seeded: Program, line: str) -> None:
    done = seeded(f"{line} -o json")
    assert done.code == 0, done.err
    assert done.data["schema"] == 1
    assert isinstance(done.data["items"], list)
    assert done.data["errors"] == []
    assert done.data["as_of"].count("-") == 2
    lines = seeded(f"{line} -o jsonl").out.splitlines()
    assert [json.loads(each) for each in lines] == done.data["items"]


@pytest.mark.parametrize("line", OF_INDICATORS)
def test_an_item_of_a_list_keeps_the_contract(seeded: Program, line: str) -> None:
    items = seeded(f"{line} --as-of 2025-06-30 -o json").data["items"]
    assert items
    for item in items:
        assert set(CONTRACT) <= set(item)
    assert list(items[0]) == list(Assessment.__struct_fields__)


def test_an_exported_item_keeps_the_contract(seeded: Program) -> None:
    done = seeded("export").data
    (item,) = [each for each in done["items"] if each["id"] == "rural-sewage"]
    assert list(item) == list(Item.__struct_fields__)
    (coverage,) = [each for each in item["indicators"] if each["id"] == "rural-sewage.coverage"]
    assert (coverage["target"], coverage["unit"]) == (83, "%")
    assert coverage["updates"][0]["value"] == 58
    assert coverage["deadline"]["on"] == "2025-12-31"
    assert set(coverage["updates"][0]) >= {"recorded_at", "by", "voids", "share_of_plan"}


@pytest.mark.parametrize("output", TEXTS)
@pytest.mark.parametrize("line", [*LISTS, "show rural-pipes", "status"])
def test_every_list_has_every_form(seeded: Program, line: str, output: str) -> None:
    done = seeded(f"{line} -o {output}")
    assert done.code == 0, done.err
    assert "\x1b" not in done.out


def test_nothing_is_cut_in_a_pipe(seeded: Program) -> None:
    lines = seeded("list --as-of 2025-06-30").out.splitlines()
    rows = seeded("list --as-of 2025-06-30 -o json").data["items"]
    for row, line in zip(rows, lines[1:], strict=True):
        assert row["id"] in line
        assert row["name"] in line
        assert (row["deadline"] or "") in line


def test_filters_narrow_a_list(seeded: Program) -> None:
    def ids(flags: str) -> set[str]:
        return set(seeded(f"list --as-of 2025-06-30 {flags} -o ids").out.split())

    everything = ids("")
    cases: Mapping[str, Callable[[dict[str, Any]], bool]] = {
        "--place 钢城": lambda row: "钢城" in (row["place"] or ""),
        "--category 住房": lambda row: "住房" in (row["category"] or ""),
        "--light red": lambda row: row["light"] == "red",
        "--state active": lambda row: row["state"] == "active",
        "--due-before 2023": lambda row: (row["deadline"] or "9999") <= "2023-12-31",
        "--due-after 2025": lambda row: (row["deadline"] or "") >= "2025-12-31",
    }
    rows = seeded("list --as-of 2025-06-30 -o json").data["items"]
    for flags, wanted in cases.items():
        found = {row["id"] for row in rows if wanted(row)}
        assert found, flags
        assert ids(flags) == found < everything or flags == "--state active", flags
    assert ids("--kind project") < everything
    assert ids("--level city") < everything
    assert ids("--document 2020-12-19") < everything
    assert ids("--text 污水") >= {"rural-sewage.coverage"}
    assert ids("--tag nothing-is-tagged-so") == set()


def test_limit_says_what_is_left_out(seeded: Program) -> None:
    done = seeded("list --limit 2 -o json")
    assert len(done.data["items"]) == 2
    assert "2 of" in done.err


def test_what_is_overdue_is_counted_where_a_database_does_not_read_all_of_it(
    program: Program, database: Cluster
) -> None:
    url = database.url(uuid4().hex)
    assert program(f"--db {url} init --empty").code == 0
    assert program(f"--db {url} add 道路 --id roads").code == 0
    for month in range(1, 6):
        line = f"add 第{month}段 --to roads --id part-{month} --deadline 2026-0{month}-28"
        assert program(f"--db {url} {line} --measure milestone").code == 0
    # What was to be done first of all has more time now.
    line = "revise roads.part-1 --deadline 2099-12-31 --reason 雨季"
    assert program(f"--db {url} {line}").code == 0
    done = program(f"--db {url} overdue --limit 2 -o ids")
    assert (done.out, done.err) == ("roads.part-2\nroads.part-3\n", "2 of 4 shown.\n")
    later = program(f"--db {url} overdue --limit 2 -o ids --as-of 2027-01-01")
    assert (later.out, later.err) == (done.out, "2 shown; there are more.\n")
    assert program(f"--db {url} overdue --limit 4").err == ""


def test_exit_code_says_that_something_was_found(seeded: Program) -> None:
    assert seeded("overdue --exit-code").code == 1
    assert seeded("overdue --exit-code --as-of 2019-01-01").code == 0
    assert seeded("overdue").code == 0


ERRORS = {
    "overdue --light blue": (2, "green, yellow, red, none"),
    "overdue -o xml": (2, "table"),
    "overdue --as-of 2026-02-30": (2, "2026-02-30"),
    "overdue --as-of 2025-13": (2, "2025-13"),
    "overdue --nonsense": (2, "--nonsense"),
    "nonsense": (2, "nonsense"),
    "show": (2, "ID"),
    "show nonsense-at-all": (3, "tracker search"),
    "show toilet-paper": (3, "toilets"),
    "update toilets 5": (3, "toilets.accepted"),
    "update toilets.homes": (2, "--done"),
    "update toilets.homes 5万户 --done": (2, "not two"),
    "update toilets.homes 5公斤": (2, "万户"),
    "update toilets.homes NaN": (2, "NaN"),
    "update toilets.homes 1e400": (2, "1e400"),
    "update toilets.homes -- -5": (2, "-5"),
    "update toilets.homes -5": (2, "-5"),
    "update toilets.homes ١": (2, "١"),
    "update toilets.homes 5万户 --on 2098-01-01": (4, "2098-01-01"),
    "update toilets.homes 5万户 --on 2026-02-30": (2, "2026-02-30"),
    "update toilets.homes 5万户 --status perhaps": (2, "final, in_progress, estimate"),
    "update toilets.homes 5万户 --source nowhere": (2, "nowhere"),
    "update toilets.homes 5万户 --voids none": (2, "none"),
    "update toilets.homes --done": (2, "value"),
    "update toilets.accepted 5": (2, "--done"),
    "revise toilets.homes --reason 汛期": (2, "--deadline"),
    "update toilets.homes 5万户 --on 2024年前": (2, "2023-12-31"),
    "revise toilets.homes --deadline 2099-12-31": (2, "--reason"),
    "close toilets --reason 完成": (4, "--force"),
    "close toilets --reason ' '": (2, "--reason"),
    "resume toilets --reason 复工": (4, "active"),
    "add x --id ../etc/passwd": (2, "a-z"),
    "add x --id A": (2, "a-z"),
    "add x --id toilets": (4, "tracker edit"),
    "add '' --id empty": (2, "name"),
    "add x --id a --kind nonsense": (2, "strategy"),
    "add x --id a --parent nowhere": (2, "nowhere"),
    "add x --id a --unit 户": (2, "--unit"),
    "add x --id a --deadline 2099年底": (2, "--to ID"),
    "add x --to toilets --id a --place y": (2, "--place"),
    "add x --to toilets --id a --interim 2026-06": (2, "DAY=VALUE"),
    "add x --id a --source ''": (2, "DOCUMENT:PLACE"),
    "update toilets.homes 5万户 --source ' :表2'": (2, "DOCUMENT:PLACE"),
    "add x --id a --published 2098-01-01": (4, "2098-01-01"),
    "edit toilets": (2, "tracker edit --help"),
    "edit toilets --clear name": (2, "aliases"),
    "edit toilets --target 5": (2, "--target"),
    "edit toilets.homes --place x": (2, "--place"),
    "import nowhere.json": (2, "nowhere.json"),
    "import nowhere": (2, "--format"),
    "import - --keep --replace --format json": (2, "not both"),
    "init --empty --from x.toml": (2, "not both"),
    "status --by colour": (2, "lead"),
    "search 厕所 --text 户": (2, "without --text"),
    "config --exit-code": (2, "--exit-code"),
    "add x --id a --to toilets --published 2026-01-20": (2, "not both"),
    "due --within -1": (2, "--within"),
}


@pytest.mark.parametrize("line", ERRORS)
def test_an_error_is_one_sentence_and_an_exit_code(small: Program, line: str) -> None:
    before = small("export").out
    code, named = ERRORS[line]
    done = small(line)
    assert done.code == code, done.err
    assert named in done.err
    assert done.out == ""
    assert "Traceback" not in done.err
    assert small("export").out == before


def test_an_error_is_json_for_a_script(small: Program) -> None:
    for form in ("-o json", "--output json", "--output=json"):
        done = small(f"show toilet-paper {form}")
        assert done.out == ""
        assert done.error["kind"] == "not_found"
        assert done.error["exit_code"] == done.code == 3
        assert done.error["candidates"][0] == {"id": "toilets", "name": "农村厕所改造"}
    assert small("overdue --nonsense -o json").error["kind"] == "invalid_input"


@pytest.mark.parametrize(
    "line",
    [
        "update nothing-here 5 --note 'see -o json'",
        "update nothing-here 5 --note -ojson",
        "update nothing-here 5 --note --output=json",
        "update nothing-here 5 -o table --note='-o json'",
        "show -- -ojson",
        "search --text 'x -o json' a",
        "import nowhere --format json",
        "update nothing-here 5 --nonsense '-o json'",
        "shwo x --note '-o json'",
        "report nonsense --document '-f json'",
    ],
)
def test_what_looks_like_an_output_form_and_is_none(small: Program, line: str) -> None:
    done = small(line)
    assert done.code in {2, 3}
    assert not done.err.startswith("{")


@pytest.mark.parametrize(
    "line",
    [
        "show nothing-here -ojson",
        "-o json show nothing-here",
        "show -o json nothing-here",
        "show -o json -- nothing-here",
        "list -o jsonl --kind nonsense",
        "update nothing-here 5 --note --debug -o json",
        "update -5 -o json",
        "due --within x --output=json",
        "due -o json --within x",
        "due -o json --within",
        "list --nonsense=-o --output json",
        "--nonsense list -o json",
        "--lang fr list -o json",
        "udpate x 5 -o json",
        "report nonsense -f json",
        "report nonsense --format=json",
        "report brief more -fjson",
        "-o json",
    ],
)
def test_a_script_gets_json_whatever_else_is_wrong(small: Program, line: str) -> None:
    done = small(line)
    assert done.out == ""
    assert done.error["exit_code"] == done.code


def test_a_note_asks_for_no_traceback(seeded: Program) -> None:
    done = seeded("update rural-pipes.renewed --done --note --debug", "--db", "a\0b")
    assert done.code == 70
    assert "Traceback" not in done.err


def test_without_a_ledger_every_command_says_so(program: Program, place: Path) -> None:
    for name, line in {
        **{each: each for each in ("status", "overdue", "due", "list", "tree", "export", "check")},
        "show": "show x",
        "search": "search x",
        "update": "update x 1",
        "add": "add x --id x",
        "edit": "edit x --name y",
        "close": "close x --reason y",
        "history": "history",
        "undo": "undo",
    }.items():
        done = program(line)
        assert done.code == 5, name
        assert "tracker init" in done.err, name
        assert not (place / "ledger").exists(), name
    assert program("--version").code == 0
    assert program("config").code == 0


def test_a_name_in_the_place_of_a_ledger_is_explained(program: Program, place: Path) -> None:
    (place / "file").write_text("x", "utf-8")
    assert program("--db file list").code == 5
    assert program("--db ftp://host/x list").code == 2
    assert (place / "file").read_text("utf-8") == "x"


def test_the_command_may_name_the_ledger_too(seeded: Program) -> None:
    assert seeded("init --db other --empty").code == 0
    assert seeded("list --db other -o json").data["items"] == []
    assert seeded("--db other list -o json").data["items"] == []
    assert seeded("list -o json").data["items"]


def test_without_a_command_it_shows_the_status(seeded: Program) -> None:
    assert seeded("").out == seeded("status").out
    assert "most urgent" in seeded("").out


def test_export_and_import_lose_nothing(seeded: Program, place: Path) -> None:
    exported = seeded("export").out
    (place / "all.json").write_text(exported, "utf-8")
    assert seeded("--db copy init --empty").out.endswith(" made: empty\n")
    assert seeded("--db copy init --empty").out.endswith(" was there: nothing new\n")
    assert seeded("--db copy import all.json").code == 0
    assert seeded("--db copy export").out == exported
    again = seeded("--db copy import all.json")
    assert (again.code, again.out.strip()) == (0, "nothing new")


def test_importing_reads_stdin(place: Path) -> None:
    line = "tracker init && tracker init --db b --empty && tracker export | tracker import --db b -"
    done = process(f"set -e; {line}; diff <(tracker export) <(tracker export --db b) && echo same")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == b"same"
    assert (place / "b").is_dir()


def test_a_doubtful_line_from_a_pipe_is_refused_and_not_asked_about(place: Path) -> None:
    made = "tracker init --empty && tracker add 甲 --id a && tracker add 企业户数 --to a --id n"
    made += " --target 100家 --baseline 0 && tracker update a.n 10 --on 2026-03-31"
    done = process(f"({made}) >log 2>&1; echo a.n 500 | tracker update --from -")
    assert done.returncode == 4, done.stderr
    assert b"--accept-doubts" in done.stderr
    assert process("echo a.n 500 | tracker update --from - --accept-doubts").returncode == 0
    assert place.is_dir()


def test_the_life_of_an_indicator(small: Program) -> None:
    done = small("update toilets.homes 5000户 --on 2026-03-31 --note 第一季度 --evidence 月报")
    assert done.code == 0
    assert "0.5 万户" in done.out
    assert "2026-03-31" in done.err
    assert "1 万户" in small("update toilets.homes --add 5000户 --on 2026-06-30").out
    said = small("update toilets.accepted --done --on 2026-07-01 -o json").data["items"][0]
    assert said["before"]["light"] == "none"
    assert said["after"]["met_on"] == "2026-07-01"
    assert small("revise toilets.homes --target 3万户 --reason 扩面").code == 0
    assert small("revise toilets.homes --deadline +1y --reason 汛期 --on 2026-07-02").code == 0
    assert small("suspend toilets --reason 停工").code == 0
    assert small("list -o json").data["items"][0]["light"] == "none"
    assert small("resume toilets --reason 复工").code == 0
    assert small("close toilets --reason 验收 --force").code == 0
    assert small("update toilets.homes 2万户").code == 4
    assert small("reopen toilets --reason 复查").code == 0
    assert small("cancel toilets.homes --reason 并入他项 -o json").data["items"][0]["after"]
    item = small("show toilets -o json").data["items"][0]
    assert [each["state"] for each in item["decisions"]] == [
        "suspended",
        "active",
        "closed",
        "active",
    ]
    assert item["indicators"][0]["updates"][0]["by"] == "李娜"
    assert item["indicators"][0]["updates"][0]["evidence"] == ["月报"]
    shown = small("show 厕所").out
    for word in ("第一季度", "停工", "扩面", "李娜"):
        assert word in shown


def test_a_promise_that_is_edited_is_mentioned_beside_the_answer(small: Program) -> None:
    small("update toilets.homes 5000户 --on 2026-03-31")
    done = small("edit toilets.homes --target 3万户")
    assert (done.code, done.out) == (0, "toilets.homes: target changed\n")
    assert "A changed promise is a decision" in done.err


def test_nothing_is_decided_for_a_day_to_come(small: Program) -> None:
    done = small("suspend toilets --reason 停工 --on 2098-03-01")
    assert (done.code, done.out) == (4, "")
    assert "2098-03-01 is in the future" in done.err
    answer = small("suspend toilets --reason 停工 -o json").data["items"][0]
    assert list(answer) == ["record_id", "name", "before", "after"]


def test_what_stays_ended_from_above_is_mentioned(small: Program) -> None:
    assert small("suspend toilets.homes --reason 汛期").code == 0
    assert small("suspend toilets --reason 汛期").code == 0
    way_out = "is suspended with toilets; if that was wrong, run: tracker resume toilets"
    assert f"toilets.homes {way_out}" in small("resume toilets.homes --reason 复工").err
    added = small("add 公示 --to toilets --id shown --measure milestone")
    assert f"toilets.shown {way_out}" in added.err


def test_the_day_of_a_document_is_said(small: Program) -> None:
    assert "published: 2025-12-31" in small("add 报告 --id doc --published 2025-12").err


def test_every_day_is_said_as_it_was_understood(small: Program) -> None:
    flags = "--baseline-on 2022 --start 2023 --interim 2024-06=1万户 --deadline 2099年底"
    told = small(f"edit toilets.homes {flags}")
    assert told.err.splitlines() == [
        "start: 2023-01-01",
        "day of the baseline: 2022-12-31",
        "interim point: 1 万户 by 2024-06-30",
        "deadline: 2099-12-31",
    ]
    one = small("show toilets -o json").data["items"][0]["indicators"][0]
    assert (one["baseline_on"], one["start"]) == ("2022-12-31", "2023-01-01")
    told = small("update toilets.homes 1万户 --period-start 2026-01 --on 2026-02")
    assert told.err.splitlines() == ["day: 2026-02-28", "first day covered: 2026-01-01"]
    assert small("add x --to toilets --id x --baseline-on 2021").err == (
        "day of the baseline: 2021-12-31\n"
    )


def test_a_new_unit_says_which_figures_it_is_for(small: Program) -> None:
    small("update toilets.homes 5000户 --on 2026-03-31")
    small("revise toilets.homes --target 3万户 --reason 扩面")
    small("edit toilets.homes --interim 2026-06-30=1万户 --target-high 4万户")
    done = small("edit toilets.homes --unit 户")
    assert done.code == 0
    assert "the unit was 万户 and is 户 now; no figure was converted" in done.err
    figures = "target 2, target_high 4, baseline 0, interim 1, revisions 1, updates 1"
    assert f"something else: {figures};" in done.err
    assert "is none now" in small("edit toilets.homes --clear unit").err
    # What was empty is filled in.
    assert small("edit toilets.homes --unit 户").err == ""
    small("add 池 --to toilets --id pools --unit 个 --target 5")
    assert small("edit toilets.pools --unit 处 --target 6").err == ""


def test_an_edit_goes_by_the_record_as_it_is_under_the_lock(small: Program, place: Path) -> None:
    words = ["edit", "toilets.homes", "--deadline-wording", "年底前", "--target-high", "50万户"]
    ledger, changed = place / "ledger", place / "changed"

    def change(txn: Transaction) -> None:
        known = txn.indicator("toilets.homes")
        assert known is not None
        deadline = Deadline(on=date(2098, 6, 30))
        txn.replace(
            msgspec.structs.replace(known, deadline=deadline, unit="户", target=Decimal(20))
        )

    shutil.copytree(ledger, changed)
    stamp = Stamp(at=datetime.now(UTC), by="另一人", command="edit")
    open_store(str(changed)).transact(change, stamp)
    with hold_file_lock(ledger / LOCK, 30):
        # It has judged the record as it was, and waits.
        waiting = subprocess.Popen([sys.executable, "-m", "tracker", *words])
        give_up = time.monotonic() + 30
        while str(ledger / LOCK) not in opened_by(waiting):
            assert time.monotonic() < give_up
            time.sleep(0.01)
        for file in changed.iterdir():
            if file.name != LOCK:
                shutil.copy(file, ledger)
    assert waiting.wait(30) == 0
    one = small("show toilets -o json").data["items"][0]["indicators"][0]
    assert (one["deadline"]["on"], one["deadline"]["wording"]) == ("2098-06-30", "年底前")
    assert (one["target_high"], one["unit"]) == (500000, "户")


def opened_by(process: "subprocess.Popen[bytes]") -> list[str]:
    """The files that a process has open."""
    found = []
    for each in Path(f"/proc/{process.pid}/fd").iterdir():
        with suppress(OSError):
            found.append(str(each.readlink()))
    return found


def test_every_field_can_be_set_and_cleared(small: Program) -> None:
    small("add 报告 --id doc --published 2026-01-20 --publisher 市政府 --url https://example.org")
    small("add 上级 --id above")
    flags = (
        "--name 新名 --alias 厕改 --alias 改厕 --kind project --category 农村 --level city"
        " --place 济南 --parent above --lead 市局 --support 县局 --person 王五"
        " --cycle quarterly --tag 民生 --source 'doc: 第二段' --notes 注"
    )
    assert small(f"edit toilets {flags}").code == 0
    item = small("show toilets -o json").data["items"][0]
    assert item["sources"] == [{"document": "doc", "locator": "第二段", "quote": None}]
    assert (item["aliases"], item["parent"], item["cycle"]) == (
        ["厕改", "改厕"],
        "above",
        "quarterly",
    )
    for field in [
        "alias",
        "kind",
        "category",
        "level",
        "place",
        "parent",
        "lead",
        "support",
        "person",
        "cycle",
        "tag",
        "notes",
        "sources",
    ]:
        assert small(f"edit toilets --clear {field}").code == 0, field
    item = small("show toilets -o json").data["items"][0]
    assert (item["aliases"], item["parent"], item["kind"]) == ([], None, "initiative")
    flags = (
        "--name 新 --target 1—2万户 --op range --direction up --approximate --baseline 0"
        " --baseline-on 2026-01 --start 2026-01-01 --interim 2026-06-30=1万户"
        " --deadline 2026年底 --basis derived --accumulation increment --commitment outcome"
        " --source doc --notes 注 --lead 市局 --support 县局 --person 王五"
    )
    assert small(f"edit toilets.homes {flags}").code == 0
    one = small("show toilets -o json").data["items"][0]["indicators"][0]
    assert (one["target"], one["target_high"], one["op"]) == (1, 2, "range")
    assert one["deadline"]["wording"] == "2026年底"
    assert one["interim"] == [{"on": "2026-06-30", "value": 1}]
    assert small("edit toilets.homes --deadline-wording 年底前").code == 0
    for field in [
        "direction",
        "op",
        "target-high",
        "target",
        "approximate",
        "baseline",
        "baseline_on",
        "start",
        "interim",
        "deadline",
        "accumulation",
        "commitment",
        "source",
        "lead",
        "support",
        "person",
        "notes",
        "unit",
    ]:
        assert small(f"edit toilets.homes --clear {field}").code == 0, field
    assert small("edit toilets.homes --basis stated").code == 2
    assert small("edit toilets.homes --deadline-wording 年底前").code == 0


def test_an_indicator_has_a_lead_a_support_and_a_person_of_its_own(
    small: Program, place: Path
) -> None:
    small("add 背街小巷 --id lanes --lead 住建局 --person 王五 --support 财政局")
    small("add 条数 --to lanes --id n --target 10条 --deadline 2026-01-31")
    line = "add 里程 --to lanes --id km --target 10公里 --deadline 2026-01-31 --lead 城管局"
    added = small(line, "--lead", "交通局", "--person", "李四", "-o", "json").data["items"][0]
    assert (added["lead"], added["leads"]) == ("城管局、交通局", ["城管局", "交通局"])
    listed = {each["id"]: each for each in small("list -o json").data["items"]}
    own, inherited = listed["lanes.km"], listed["lanes.n"]
    assert (own["lead"], own["leads"]) == ("城管局、交通局", ["城管局", "交通局"])
    assert (own["person"], inherited["person"]) == ("李四", "王五")
    assert (inherited["lead"], inherited["leads"]) == ("住建局", ["住建局"])
    assert small("list --lead 住建局 -o ids").out == "lanes.n\n"
    assert small("list --lead 交通局 -o ids").out == "lanes.km\n"
    assert small("list --person 李 -o ids").out == "lanes.km\n"
    assert small("list --person 王五 --person 李四 -o ids").out == "lanes.n\nlanes.km\n"
    nobody = small("list --person 王武")
    assert (nobody.code, "王五" in nobody.err) == (3, True)
    groups = {e["lead"]: e["indicators"] for e in small("status --by lead -o json").data["items"]}
    assert (groups["住建局"], groups["城管局"], groups["交通局"]) == (1, 1, 1)
    assert small("edit lanes.n --support 园林局 --person 赵六").code == 0
    (shown,) = small("show lanes -o json").data["items"]
    (n, km) = shown["indicators"]
    assert (shown["person"], n["person"], n["support"], n["lead"], n["leads"]) == (
        "王五",
        "赵六",
        ["园林局"],
        None,
        [],
    )
    assert (km["leads"], km["person"]) == (["城管局", "交通局"], "李四")
    for form in ("json", "jsonl"):
        copy = place / f"copy.{form}"
        copy.write_text(small(f"export -o {form}").out, "utf-8")
        assert small(f"import {copy}").code == 0
        assert small("show lanes -o json").data["items"] == [shown]
    assert small("edit lanes.km --clear lead --clear person").code == 0
    assert small("list --lead 住建局 -o ids").out == "lanes.n\nlanes.km\n"
    assert small("undo").code == 0
    assert small("list --person 李四 -o ids").out == "lanes.km\n"


def test_leads_of_an_indicator_may_come_as_a_list_and_have_to_agree(
    small: Program, place: Path
) -> None:
    text = small("export").out
    plain = json.loads(text)
    indicator = plain["items"][0]["indicators"][0]
    file = place / "leads.json"
    indicator |= {"lead": None, "leads": ["甲局", "乙局"]}
    file.write_text(json.dumps(plain), "utf-8")
    assert small(f"import {file}").code == 0
    assert small("list --lead 乙局 -o ids").out == f"{indicator['id']}\n"
    indicator |= {"lead": "丙局"}
    file.write_text(json.dumps(plain), "utf-8")
    refused = small(f"import {file} --replace")
    assert refused.code == 2
    assert "丙局" in refused.err


def test_several_leads_are_kept_counted_and_found_each(small: Program, place: Path) -> None:
    line = "add 背街小巷 --id lanes --lead 住建局"
    added = small(line, "--lead", "城管局, 住建局", "-o", "json").data["items"][0]
    assert (added["lead"], added["leads"]) == ("住建局、城管局", ["住建局", "城管局"])
    small("add 条数 --to lanes --id n --target 10条 --baseline 0条 --deadline 2026-06-30")
    for lead in ("住建局", "城管局"):
        assert small(f"list --lead {lead} -o ids").out == "lanes.n\n"
        groups = small(f"status --by lead --lead {lead} -o json").data["items"]
        assert [(each["lead"], each["indicators"]) for each in groups] == [(lead, 1)]
    groups = small("status --by lead -o json").data["items"]
    counts = {each["lead"]: each["indicators"] for each in groups}
    assert (counts["住建局"], counts["城管局"]) == (1, 1)
    (item,) = small("list --lead 城管 -o json").data["items"]
    assert (item["lead"], item["leads"]) == ("住建局、城管局", ["住建局", "城管局"])
    (shown,) = small("show lanes -o json").data["items"]
    assert shown["leads"] == ["住建局", "城管局"]
    copy = place / "copy.json"
    copy.write_text(small("export").out, "utf-8")
    assert small(f"import {copy}").code == 0
    assert small("export").out == copy.read_text("utf-8")
    edited = small("edit lanes --lead 水务局 --lead 城管局 -o json").data["items"][0]
    assert edited["leads"] == ["水务局", "城管局"]
    assert small("edit lanes --clear lead -o json").data["items"][0]["leads"] == []


def test_a_bug_is_said_without_a_traceback(seeded: Program) -> None:
    done = seeded("list", "--db", "a\0b")
    assert done.code == 70
    assert "--debug" in done.err
    assert "Traceback" not in done.err
    with pytest.raises(ValueError, match="null"):
        seeded("--debug list", "--db", "a\0b")


def test_a_reader_that_goes_away_is_no_error(seeded: Program) -> None:
    assert seeded("list").code == 0
    done = process("set -o pipefail; tracker list | head -1")
    assert done.stderr == b""
    assert len(done.stdout.splitlines()) == 1


def test_output_that_cannot_be_written_is_an_error(seeded: Program) -> None:
    assert seeded("list").code == 0
    for line in (
        "tracker list",
        "tracker list -o json",
        "tracker --version",
        "tracker list --help",
    ):
        done = process(f"{line} > /dev/full")
        assert done.returncode == 6, line
        assert b"No space left" in done.stderr
        assert b"Traceback" not in done.stderr


def test_a_closed_output_is_an_error(seeded: Program) -> None:
    assert seeded("list").code == 0
    done = process("tracker list >&-")
    assert done.returncode == 6
    assert b"Traceback" not in done.stderr


def test_ctrl_c_ends_with_130_and_leaves_the_ledger(seeded: Program) -> None:
    before = seeded("export").out
    with subprocess.Popen(
        [sys.executable, "-m", "tracker", "import", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as waiting:
        assert waiting.stdin is not None
        waiting.stdin.write(b" ")
        waiting.stdin.flush()
        while ioctl(waiting.stdin, termios.FIONREAD, bytes(4)) != bytes(4):
            time.sleep(0.01)
        # It has read what there was, and waits for more in a moment.
        time.sleep(0.1)
        waiting.send_signal(signal.SIGINT)
        assert waiting.wait(60) == 130
        assert waiting.stderr is not None
        assert waiting.stderr.read() == b""
    assert seeded("export").out == before


def on_terminal(line: str, columns: int) -> str:
    """What the program shows on a terminal of that width."""
    pid, descriptor = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-m", "tracker", *shlex.split(line)])  # noqa: S606
    ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    shown = b""
    try:
        while data := os.read(descriptor, 65536):
            shown += data
    except OSError:
        # On Linux the end of a terminal is an error.
        pass
    finally:
        os.close(descriptor)
    assert os.waitpid(pid, 0)[1] == 0
    return shown.decode()


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_a_terminal_shows_chinese_within_its_width(
    seeded: Program, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    rows = seeded("overdue --as-of 2025-06-30 --limit 20 -o json").data["items"]
    for line in ("overdue --as-of 2025-06-30 --limit 20", "show rural-sewage", "status", "tree"):
        shown = on_terminal(line, columns)
        assert all(measure_text_width(each) <= columns for each in shown.splitlines()), line
        assert "\x1b" not in shown
    shown = on_terminal("overdue --as-of 2025-06-30 --limit 20", columns)
    for row in rows:
        assert row["deadline"] in shown


def test_colours_are_for_terminals(seeded: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert seeded("overdue --limit 1").code == 0
    shown = on_terminal("overdue --limit 1", 120)
    assert "\x1b[31m" in shown
    assert "red" in shown


def test_the_same_days_print_the_same_bytes(seeded: Program) -> None:
    lines = ("list", "overdue", "show rural-sewage", "tree", "status", "export", "behind")
    days = "--as-of 2024-06-30 --known-on 2024-06-30"
    before = [seeded(f"{line} {days} -o json").out for line in lines]
    seeded("update rural-sewage.coverage 70% --on 2023-12-31")
    seeded("revise rural-sewage.coverage --target 80% --reason 调整 --on 2024-01-31")
    assert [seeded(f"{line} {days} -o json").out for line in lines] == before
    assert seeded("list --as-of 2024-06-30 -o json").out != before[0]


def test_a_reader_that_is_gone_before_the_first_line_is_no_error(seeded: Program) -> None:
    assert seeded("list").code == 0
    done = process("set -o pipefail; (sleep 0.3; tracker export) | true; echo ${PIPESTATUS[0]}")
    assert done.stdout == b"141\n"
    assert done.stderr == b""


def test_completion_offers_the_commands(place: Path) -> None:
    assert place.is_dir()
    words = 'COMP_WORDS="tracker ov" COMP_CWORD=1 _TRACKER_COMPLETE=complete_bash'
    assert process(f"{words} tracker").stdout.split() == [b"overdue"]


def test_completion_offers_nothing_behind_a_command_that_is_not_there(place: Path) -> None:
    assert place.is_dir()
    words = 'COMP_WORDS="tracker nonsense --" COMP_CWORD=2 _TRACKER_COMPLETE=complete_bash'
    done = process(f"{words} tracker")
    assert b"nonsense" not in done.stdout
    assert done.stderr == b""


def test_the_installed_program_is_the_module(place: Path) -> None:
    assert place.is_dir()
    installed = Path(sys.executable).parent / "tracker"
    for words in ("--version", "show nonsense"):
        one = subprocess.run([installed, *words.split()], capture_output=True, check=False)
        two = process(f"tracker {words}")
        assert (one.returncode, one.stdout, one.stderr) == (two.returncode, two.stdout, two.stderr)


def test_a_refused_file_leaves_no_ledger_behind(program: Program, place: Path) -> None:
    (place / "wrong.toml").write_text('[[items]]\nid = "A"\nname = "x"\n', "utf-8")
    assert program("init --from wrong.toml").code == 2
    assert not (place / "ledger").exists()
    (place / "right.toml").write_text('[[items]]\nid = "a"\nname = "x"\n', "utf-8")
    assert program("init --from right.toml").code == 0
    assert program("init --from wrong.toml").code == 2
    assert program("tree -o ids").out == "a\n"


def test_a_long_import_shows_how_far_it_is(program: Program, place: Path) -> None:
    items = [{"id": f"i-{number}", "name": "项目"} for number in range(1200)]
    (place / "many.json").write_text(json.dumps({"items": items}), "utf-8")
    assert "100%" in on_terminal("init --from many.json", 80)
    assert len(program("tree -o ids").out.split()) == 1200
    assert program("import many.json").err == ""


def test_the_interface_says_what_it_was_told(small: Program) -> None:
    first = small("update toilets.homes 5000户 --on 2026-03-31 -o json").data["items"][0]["update"]
    done = small(f"update toilets.homes --voids {first['id']} --on 2026-03-31")
    assert "taken back" in done.out
    assert "not done" in small("update toilets.accepted --not-done").out
    assert small("edit toilets --name 农村厕所改造").out.strip() == "toilets: nothing changed"
    assert small("add x --to toilets --id two --source a --source b").code == 2
    assert small("edit toilets.accepted --clear deadline").code == 0
    assert small("revise toilets.accepted --deadline 2030 --reason 补定").code == 0
    assert small("edit toilets.homes --target-high 3万户 --op range").code == 0
    assert small("show toilets").code == 0
    assert small("why toilets.homes").code == 0


def test_a_terminal_that_cannot_draw_bars_gets_others(
    seeded: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seeded("status").code == 0
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("PYTHONUTF8", "0")
    monkeypatch.setenv("PYTHONCOERCECLOCALE", "0")
    shown = on_terminal("status", 100)
    assert "░" not in shown
    assert "?" in shown


def test_what_of_a_file_is_passed_over_is_said(small: Program, place: Path) -> None:
    small("update toilets.homes 1万户 --on 2026-03-31 --note 初报")
    data = small("export").data
    data["items"][0]["indicators"][0]["updates"][0]["note"] = "终报"
    (place / "file.json").write_text(json.dumps(data), "utf-8")
    for line in ("init --from file.json", "import file.json --keep"):
        done = small(line)
        assert done.code == 0
        assert done.out.endswith("nothing new\n")
        said, which = done.err.splitlines()
        assert said.startswith("1 difference between ledger and file; the ledger stays")
        assert '"初报" in the ledger and "终报" in the file' in which
    assert len(small("import file.json --keep -o json").data["items"][0]["kept"]) == 1
    for more in ("", "--replace"):
        assert small(f"import file.json {more}").code == 4
    parts = [{"id": f"n-{number}", "name": "甲"} for number in range(12)]
    item = {"id": "toilets", "name": "厕所", "indicators": parts}
    (place / "many.json").write_text(json.dumps({"items": [item]}), "utf-8")
    small("import many.json --keep")
    for each in parts:
        each["name"] = "乙"
    (place / "many.json").write_text(json.dumps({"items": [item]}), "utf-8")
    told = small("import many.json --keep").err.splitlines()
    assert (len(told), told[-1]) == (12, "  … and 3 more; all of them say: tracker import FILE")


def test_the_public_names_are_there() -> None:
    for name in tracker.__all__:
        assert getattr(tracker, name).__name__ == name
    with pytest.raises(AttributeError):
        _ = tracker.nonsense


def test_a_stored_change_says_so_when_it_cannot_be_told(small: Program) -> None:
    done = process("tracker update toilets.homes 1万户 --on 2026-03-31 > /dev/full")
    assert done.returncode == 6
    assert b"is stored" in done.stderr
    assert small("list -o json").data["items"][0]["value"] == 1


def test_talk_never_stands_beside_a_json_error(small: Program) -> None:
    done = small("update nonsense 5 --on 2024-01-01 -o json")
    assert done.error["exit_code"] == 3
    told = small("update toilets.homes 5000户 --on 2026-03-31 -o json")
    assert "day: 2026-03-31" in told.err
    full = process("tracker show nonsense 2>/dev/full")
    assert (full.returncode, full.stdout) == (3, b"")


def test_the_ends_of_the_calendar_are_days_too(seeded: Program) -> None:
    assert seeded("overdue --as-of 0001-01-01 -o ids").out == ""
    assert seeded("due --as-of 9999-12-31 --within 99999999 -o ids").out == ""


def test_a_whole_name_is_nearer_than_the_beginning_of_an_id(small: Program) -> None:
    small("add 厕 --id other --alias toil")
    assert small("show toil -o json").data["items"][0]["id"] == "other"


def test_what_goes_up_has_no_ceiling_for_a_target(small: Program) -> None:
    done = small("edit toilets.homes --op <= --direction up")
    assert done.code == 2
    assert "direction" in done.err


def test_without_an_error_output_nothing_is_said(small: Program) -> None:
    assert small("list").code == 0
    done = process("tracker show nonsense 2>&-")
    assert (done.returncode, done.stdout) == (3, b"")


def test_replacing_says_what_it_changed(small: Program, place: Path) -> None:
    exported = small("export").data
    exported["items"][0] |= {"lead": "县局", "leads": ["县局"]}
    (place / "changed.json").write_text(json.dumps(exported), "utf-8")
    assert small("import changed.json").code == 4
    assert "1 record changed" in small("import changed.json --replace").out
    assert small("show toilets -o json").data["items"][0]["lead"] == "县局"


def test_a_word_is_understood_as_it_is_shown(small: Program) -> None:
    with translation.using_language("zh"):
        assert small("add 平台 --id hub --kind 平台 --level 市级").code == 0
        line = "list --as-of 2026-06-30 -o ids --state"
        assert small(f"{line} 在办 --light 无灯").out == small(f"{line} active --light none").out
        judged = small("judge toilets.homes 有风险 --reason 停工")
        wrong = small("list --kind 什么")
    kept = small("export -o json").data["items"]
    assert [(e["kind"], e["level"]) for e in kept if e["id"] == "hub"] == [("platform", "city")]
    assert "研判：无 → 有风险" in judged.out
    assert wrong.code == 2
    assert "project（项目）" in wrong.err
    assert small("list --kind 项目").code == 2
    assert small("judge toilets.homes pink --reason x").err == (
        'CONFIDENCE is "pink"; allowed: green, amber, red.\n'
    )


def test_a_report_says_whether_it_is_the_whole(small: Program) -> None:
    assert "homes: 5 万户 in all on" in small("update toilets.homes 5万户").out
    assert small("add 新增 --to toilets --id more --unit 户 --accumulation increment").code == 0
    early = small("update toilets.more 3 --status estimate").out
    assert "3 户 in this period on" in early
    small("update toilets.more 3")
    assert "4 户 in this period, 7 户 in all on" in small("update toilets.more 4").out
    assert small("add 水位 --to toilets --id depth --unit 米 --accumulation level").code == 0
    assert "depth: 4 米 on" in small("update toilets.depth 4").out


def test_a_report_on_nothing_is_one_sentence(small: Program) -> None:
    done = small("update nothing 5 --on 2026-01-31")
    assert done.code == 3
    assert done.err.startswith("No ")
    assert "day:" in small("update toilets.homes 1万户 --on 2026-01-31").err


def test_ids_are_offered_from_the_ledger_that_is_named(small: Program, place: Path) -> None:
    assert small("init --empty --db other").code == 0
    around = typer.Context(get_command(root))
    inside = typer.Context(around.command, parent=around)
    around.params["db"] = None
    assert complete_record_id(inside, "toilets")[0] == "toilets"
    assert complete_record_id(inside, "z") == []
    around.params["db"] = str(place / "other")
    assert complete_record_id(inside, "") == []
    around.params["db"] = str(place / "none")
    assert complete_record_id(inside, "") == []


def test_what_the_parser_says_of_its_own_is_passed_on() -> None:
    command = get_command(root)
    around = typer.Context(command)
    (db,) = (each for each in command.params if each.name == "db")
    assert help_with_usage_error(typer.BadParameter("it is odd", around, db)) == "--db: it is odd"
    assert help_with_usage_error(typer.BadParameter("it is odd")) == "Invalid value: it is odd"


def test_a_paper_on_an_empty_ledger_has_no_head(program: Program, place: Path) -> None:
    program("init --empty")
    done = program("report ledger -O leer.html")
    assert done.code == 0, done.err
    assert "--head" not in (place / "leer.html").read_text("utf-8")
    assert program("check").code == 0


def test_many_remarks_of_a_file_are_counted(program: Program, place: Path) -> None:
    indicators = "".join(
        f'[[items.indicators]]\nname = "第{at}项"\ntarget = "5个"\ndeadline = "2099年底"\n'
        for at in range(12)
    )
    (place / "plan.toml").write_text(f'[[items]]\nname = "稳就业"\n{indicators}', "utf-8")
    done = program("init --from plan.toml")
    assert done.code == 0, done.err
    assert "… and " in done.err
    assert "more remark" in done.err


def test_a_deadline_of_a_file_may_be_a_day_as_a_text(program: Program, place: Path) -> None:
    (place / "plan.toml").write_text(
        '[[items]]\nid = "w"\nname = "稳就业"\n[[items.indicators]]\nid = "n"\nname = "新增就业"\n'
        'target = "5万人"\ndeadline = "2099-12-31"\n'
        '[[items.indicators.revisions]]\non = "2026-01-05"\nreason = "会议"\n'
        'deadline = "2099-06-30"\n',
        "utf-8",
    )
    assert program("init --from plan.toml").code == 0
    one = program("export").data["items"][0]["indicators"][0]
    assert (one["deadline"]["on"], one["deadline"]["wording"]) == ("2099-12-31", None)
    assert one["revisions"][0]["deadline"]["on"] == "2099-06-30"


def test_a_file_may_name_a_document_before_there_is_a_ledger(program: Program, place: Path) -> None:
    (place / "plan.toml").write_text(
        '[[items]]\nname = "稳就业"\n[[items.indicators]]\nname = "新增就业"\ntarget = "5万人"\n'
        'deadline = "2026年底"\nsource = "report: 第3页"\n',
        "utf-8",
    )
    done = program("init --from plan.toml")
    assert done.code == 2
    assert "report" in done.err

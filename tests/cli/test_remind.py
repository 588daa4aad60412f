"""Reminders as cron runs them: silent, once, in spite of kills and crowds, and without secrets."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from factories import document, file_of, initiative, of, step
from program import Done, Program
from servers import Reply, WebServer, run_web_server

SECRET = "693a91f6-7aaa-4bc4-97a0-0ec2a0f7d2e1"  # noqa: S105  # it opens nothing
DAY = "2026-06-15"


@pytest.fixture
def ready(program: Program, place: Path) -> Program:
    """A ledger with something due, overdue and unreported on that day."""
    program("init --empty")
    plan = document("2026-01-01-plan", "计划", "2026-01-01")
    there = of(plan["id"])
    started = step("homes.started", "开工", "2026-06-22", start="2026-04-01", source=there)
    opened = step("roads.opened", "通车", "2026-06-12", start="2026-06-01", source=there)
    done = step("nobody.done", "验收", "2026-06-12", start="2026-06-01", source=there)
    homes = initiative("homes", "老旧小区", started, lead="区住建局", sources=[there])
    roads = initiative("roads", "道路", opened, lead="区交通局", sources=[there])
    (place / "plan.json").write_bytes(file_of(plan, homes, roads))
    (place / "alone.json").write_bytes(
        file_of(plan, initiative("nobody", "无主", done, sources=[there]))
    )
    assert program("import plan.json").code == 0
    return program


def configured(place: Path, text: str, **secrets: str) -> None:
    quick = "send_timeout = 2\nsend_attempts = 1\nsend_pause = 0\n"
    (place / "tracker.toml").write_text(quick + text, "utf-8")
    file = place / "secrets.toml"
    file.write_text("".join(f'{name} = "{secret}"\n' for name, secret in secrets.items()))
    file.chmod(0o600)


def book(housing: str, roads: str) -> str:
    return f"[addresses.'区住建局']\nto = ['{housing}']\n[addresses.'区交通局']\nto = ['{roads}']\n"


def test_one_pass_sends_and_the_next_is_silent(ready: Program, place: Path) -> None:
    with run_web_server() as server:
        configured(place, book("wecom:zjj", "stdout:"), zjj=f"{server.url}?key={SECRET}")
        done = ready(f"remind --as-of {DAY}")
        assert done.code == 0
        assert done.out.startswith(f"Reminder of {DAY}: overdue 1\n")
        assert "道路: 通车 [roads.opened]" in done.out
        assert done.err == "2 reminders sent to wecom:zjj\n1 reminder sent to stdout:\n"
        assert len(server.received) == 1
        assert "homes.started" in server.received[0].json["markdown"]["content"]
        assert ready(f"remind --as-of {DAY}") == Done(0, "", "")
        assert len(server.received) == 1
    assert ready("remind --as-of 2026-06-20") == Done(0, "", "")
    kept = ready("receipts -o json").data["items"]
    assert [(each["address"], each["indicator"], each["step"]) for each in kept] == [
        ("stdout:", "roads.opened", "after"),
        ("wecom:zjj", "homes.started", "before-7"),
        ("wecom:zjj", "homes.started", "unreported"),
    ]
    assert kept[0]["on"] == "2026-06-13"
    assert "wecom:zjj" in ready("receipts homes").out
    assert ready("receipts nothing").code == 3
    assert ready("history --limit 1 -o json").data["items"][0]["command"] == "import"
    everything = ready("history --deliveries -o json").data["items"]
    assert [each["command"] for each in everything[:4]] == ["remind"] * 4


def test_what_was_not_delivered_is_named_with_exit_6(ready: Program, place: Path) -> None:
    with run_web_server(Reply(b'{"errcode":93000,"errmsg":"invalid webhook url"}')) as server:
        configured(place, book("wecom:zjj", "stdout:"), zjj=f"{server.url}?key={SECRET}")
        done = ready(f"remind --as-of {DAY}")
        assert (done.code, "roads.opened" in done.out) == (6, True)
        assert done.err == (
            "1 reminder sent to stdout:\n"
            "Not delivered; the next run tries again:\n"
            "  wecom:zjj: it refused: 93000 invalid webhook url\n"
        )
        again = ready(f"remind --as-of {DAY} -o json")
        assert (again.code, again.data["items"], again.error["kind"]) == (6, [], "delivery_failed")
        server.replies = [Reply()]
        sent = ready(f"remind --as-of {DAY} -o json").data["items"]
        assert {each["address"] for each in sent} == {"wecom:zjj"}


def test_leads_without_an_address_are_named(ready: Program, place: Path) -> None:
    assert ready("import alone.json").code == 0
    configured(place, "[addresses.'区住建局']\nto = ['stdout:']\n")
    done = ready(f"remind --as-of {DAY}")
    named = f"No address in {place}/tracker.toml for: 区交通局 (1), without lead (1)\n"
    assert done.code == 0
    assert done.err == named + "2 reminders sent to stdout:\n"
    assert ready(f"remind --as-of {DAY}").err == named


def test_a_dry_run_and_a_list_send_nothing(ready: Program, place: Path) -> None:
    configured(place, book("wecom:zjj", "mailto:jtj@example.org"))
    done = ready(f"remind --as-of {DAY} --dry-run")
    assert "--- wecom:zjj (1/1) ---\n**Reminder of 2026-06-15: due 1, unreported 1**" in done.out
    assert "--- mailto:jtj@example.org (1/1) ---" in done.out
    parts = ready(f"remind --as-of {DAY} --dry-run -o json").data["items"]
    assert [(each["address"], each["part"], len(each["lines"])) for each in parts] == [
        ("wecom:zjj", 1, 2),
        ("mailto:jtj@example.org", 1, 1),
    ]
    assert ready("remind --as-of 2026-06-20 --dry-run") == Done(0, "", "")
    listed = ready(f"remind --as-of {DAY} --list --within 8 -o json").data["items"]
    assert [(each["day"], each["id"], each["step"]) for each in listed] == [
        ("2026-06-15", "roads.opened", "after"),
        ("2026-06-15", "homes.started", "before-7"),
        ("2026-06-15", "homes.started", "unreported"),
        ("2026-06-22", "roads.opened", "weekly"),
        ("2026-06-22", "homes.started", "before-1"),
        ("2026-06-23", "homes.started", "after"),
    ]
    assert ready("receipts -o json").data["items"] == []
    # No national calendar reaches so far, whenever this is read.
    later = ready("remind --as-of 2094-06-15 --to stdout: --dry-run")
    assert "Working days of this year are provisional" in later.err
    assert "provisional" in ready("remind --as-of 2094-06-15 --to stdout: --list").out


def test_what_is_wrong_is_said_before_anything_is_sent(ready: Program, place: Path) -> None:
    file = place / "tracker.toml"
    for line, code, sentence in (
        ("remind", 2, f"There are no addresses; write [addresses] into {file}, or give --to.\n"),
        ("remind --to fax:1a", 2, "An address given by --to is not understood"),
        ("remind --to fax:a", 2, "There is no channel fax; choose one of: apprise, "),
        (f"remind --to https://x.org/?key={SECRET}", 2, "An address given by --to is not"),
        (f"remind --to wecom:{SECRET}", 2, "An address given by --to is not understood"),
        ("remind --to stdout: --rule monthly", 2, "There is no rule monthly; choose one of: bef"),
        (f"remind --to stdout: -o json --as-of {DAY}", 2, "stdout: and -o json both write"),
        ("remind --to stdout: --limit 1", 2, "--limit is for --list only."),
        ("remind --to stdout: --exit-code", 2, "--exit-code is for --list only."),
        ("remind --to stdout: --within 0 --dry-run", 2, "--within is for --list only."),
        ("remind --to stdout: --list --dry-run", 2, "Give --list or --dry-run, not both."),
        ("remind --to stdout: --dry-run -o csv", 2, "no output format 'csv' here; choose one of"),
        ("schedule -o ids", 2, "There is no output format 'ids' here; choose one of: table, json."),
        ("edit homes --name x -o csv", 2, "There is no output format 'csv' here"),
        ("remind --to stdout: --as-of someday", 2, "someday"),
        ("ack homes", 4, "Nothing was sent about homes."),
        ("ack nowhere", 3, "nowhere"),
        ("schedule --at noon", 2, "noon is no time"),
    ):
        done = ready(line)
        assert (done.code, done.out) == (code, ""), line
        assert sentence in done.err
        assert SECRET not in done.err
    assert ready("receipts -o json").data["items"] == []


def test_an_acknowledgement_stands_beside_the_receipts(ready: Program) -> None:
    ready(f"remind --to stdout: --as-of {DAY}")
    done = ready("ack roads --note 已安排")
    assert (done.code, done.out) == (0, "roads: seen, on 1 message\n")
    seen = [each for each in ready("receipts -o json").data["items"] if each["acknowledged_at"]]
    assert [(e["indicator"], e["acknowledged_by"], e["note"]) for e in seen] == [
        ("roads.opened", "李娜", "已安排"),
    ]
    told = ready("ack homes -o json").data["items"][0]["receipts"]
    assert {each["indicator"] for each in told[0]["acknowledged"]} == {
        *("roads.opened", "homes.started"),
    }
    assert ready("undo").code == 0


def test_a_schedule_is_printed_and_nothing_else_done(
    ready: Program, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", ":Asia/Shanghai")
    before = sorted(place.iterdir())
    said = ready("schedule --at 08:47").out
    assert "CRON_TZ=Asia/Shanghai\nTZ=Asia/Shanghai\n47 8 * * * TRACKER_CONFIG=" in said
    assert (
        f"TRACKER_DB={place}/ledger TRACKER_LANG=en {sys.executable} -P -m tracker remind" in said
    )
    monkeypatch.setenv("TRACKER_DB", "ledger")
    monkeypatch.delenv("TZ")
    (item,) = ready("schedule -o json").data["items"]
    assert set(item) == {"crontab", "service", "timer"}
    assert f'"TRACKER_DB={place}/ledger"' in item["service"]
    monkeypatch.setenv("TRACKER_DB", "postgresql://host/db")
    assert "TRACKER_DB=postgresql://host/db " in ready("schedule").out
    assert sorted(place.iterdir()) == before


def test_a_schedule_says_what_it_leaves_out(
    ready: Program, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRACKER_AUTHOR")
    assert ready("schedule").err == ""
    monkeypatch.setenv("TRACKER_SMTP", "mail.example:25")
    monkeypatch.setenv("TRACKER_ESCALATION", "stdout:")
    monkeypatch.setenv("TRACKER_DB", f"postgresql://li:{SECRET}@host/db?options=a@b")
    done = ready("schedule")
    assert done.err == (
        "The password of the ledger is left out; keep it in ~/.pgpass, mode 0600.\n"
        f"Only this shell sets TRACKER_ESCALATION, TRACKER_SMTP; write that into {place}/"
        "tracker.toml, or it does not count.\n"
    )
    assert "postgresql://li@host/db?options=a@b" in done.out
    monkeypatch.setenv("TRACKER_DB", "/srv/a\n* * * * * evil\x1b[2J")
    done = ready("schedule")
    assert (done.code, done.out) == (2, "")
    assert "TRACKER_DB holds a control character" in done.err


def test_what_is_due_for_nobody_is_listed_too(ready: Program, place: Path) -> None:
    assert ready("import alone.json").code == 0
    configured(place, "[addresses.'区住建局']\nto = ['stdout:']\n")
    listed = ready(f"remind --as-of {DAY} --list --within 0 -o json").data["items"]
    assert {(each["address"], each["id"], each["step"]) for each in listed} == {
        (None, "nobody.done", "after"),
        (None, "roads.opened", "after"),
        ("stdout:", "homes.started", "before-7"),
        ("stdout:", "homes.started", "unreported"),
    }
    assert ready(f"remind --as-of {DAY} --list --limit 1 --exit-code").code == 1


def test_who_owes_a_report_is_asked_for_it(program: Program) -> None:
    """What was entered by hand, without any day on which it begins, is owed from then on."""
    program("init --empty")
    program("add 农村 --id rural --lead 甲局")
    program("add 户数 --to rural --id homes --target 100户 --deadline 2099-12-31")
    day = "--as-of 2098-03-05"
    (owed,) = program(f"unreported {day} -o json").data["items"]
    (part,) = program(f"remind --dry-run --to stdout: --rule unreported {day} -o json").data[
        "items"
    ]
    (line,) = part["lines"]
    assert (line["id"], line["owed"], line["first_owed"]) == (
        *("rural.homes", owed["owed"], owed["first_owed"]),
    )
    assert owed["owed"] > 12
    listed = program(f"remind --list --within 40 --to stdout: {day} -o json").data["items"]
    assert [each["day"] for each in listed] == ["2098-03-05", "2098-04-01"]


def test_the_last_day_of_all_can_be_asked_about(ready: Program) -> None:
    assert ready("remind --list --to stdout: --as-of 9999-12-31").code == 0
    assert ready("report notices --as-of 9999-12-31").code == 0


def test_no_secret_is_ever_shown_or_stored(ready: Program, place: Path) -> None:
    """Whatever answers, whatever fails: nothing anywhere but in the request holds it."""
    said = [ready("config"), ready("config -o json")]
    refusals = [
        Reply(f'{{"errcode":1,"errmsg":"no {SECRET} {SECRET[:20]}"}}'.encode()),
        Reply(SECRET.encode(), status=500),
        Reply(status=302, headers={"Location": f"https://x.org/{SECRET}"}),
        Reply(delay=0.3),
        Reply(),
    ]
    with run_web_server(*refusals) as server:
        secret = f"{server.url}?key={SECRET} {SECRET[::-1]}"
        configured(place, book("dingtalk:zjj", "feishu:jtj"), zjj=secret, jtj=secret)
        with (place / "tracker.toml").open("r+") as file:
            text = file.read()
            file.seek(0)
            file.write("send_timeout = 0.2\n" + text.replace("send_timeout = 2\n", ""))
        said += [ready(f"{more} remind --as-of {DAY}") for more in ("", "--lang zh", "--debug", "")]
        said += [ready("config -o json"), ready("receipts -o json"), ready("export")]
        said += [ready("schedule"), ready("history --deliveries -o json"), ready("backup")]
        (place / "secrets.toml").write_text(f'zjj = "{SECRET}', "utf-8")
        (place / "ledger" / "lock").touch()
        said += [ready("remind --as-of 2026-06-23")]
        (place / "secrets.toml").chmod(0o644)
        said += [ready("remind --as-of 2026-06-23")]
        assert any(SECRET.encode() in got.path.encode() for got in server.received)
    assert {each.code for each in said} == {0, 6}
    whole = "".join(each.out + each.err for each in said)
    files = [each for each in place.rglob("*") if each.is_file() and each.name != "secrets.toml"]
    stored = b"".join(each.read_bytes() for each in files)
    for part in (SECRET, SECRET[::-1]):
        assert part not in whole
        assert part.encode() not in stored
    assert "dingtalk:zjj" in whole


# In processes of their own.


def started(env: Mapping[str, str], *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tracker", "remind", "--as-of", DAY, *words],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def waited_for(server: WebServer, count: int) -> None:
    give_up = time.monotonic() + 30
    while len(server.received) < count and time.monotonic() < give_up:
        time.sleep(0.005)
    assert len(server.received) >= count


@pytest.fixture
def surroundings(place: Path) -> Mapping[str, str]:
    # What is measured in a process that is killed would be torn.
    assert place.is_dir()
    kept = ("PATH", "HOME", "TRACKER_DB", "TRACKER_CONFIG")
    return {name: os.environ[name] for name in kept}


def told(server: WebServer) -> list[Any]:
    return [[line["id"] for line in got.json["digest"]["lines"]] for got in server.received]


def test_a_kill_between_delivery_and_receipt_repeats_that_message_only(
    ready: Program, place: Path, surroundings: Mapping[str, str]
) -> None:
    with run_web_server(Reply(), Reply(delay=60), Reply()) as server:
        configured(place, book("https:zjj", "https:jtj"), zjj=server.url, jtj=server.url)
        with started(surroundings) as process:
            waited_for(server, 2)
            process.send_signal(signal.SIGKILL)
        assert told(server) == [["homes.started", "homes.started"], ["roads.opened"]]
        held = ready(f"remind --as-of {DAY}")
        assert held.code == 0
        assert held.err == (
            "Another run is sending to https:jtj, or ended too early; what it has not"
            " confirmed goes out again after 15 minutes.\n"
        )
        assert len(server.received) == 2
        again = json.loads(
            subprocess.run(
                [sys.executable, "-m", "tracker", "remind", "--as-of", DAY, "-o", "json"],
                env={**surroundings, "TRACKER_CLAIM_MINUTES": "0"},
                capture_output=True,
                check=True,
            ).stdout
        )
        assert [each["indicator"] for each in again["items"]] == ["roads.opened"]
        assert told(server)[2:] == [["roads.opened"]]
        assert ready(f"remind --as-of {DAY}") == Done(0, "", "")
        assert len(server.received) == 3


def test_two_runs_at_once_send_once(
    ready: Program, place: Path, surroundings: Mapping[str, str]
) -> None:
    with run_web_server(Reply(delay=0.3)) as server:
        configured(place, book("https:zjj", "https:jtj"), zjj=server.url, jtj=server.url)
        runs = [started(surroundings) for _run in range(3)]
        for each in runs:
            each.communicate()
            assert each.returncode == 0
        assert sorted(told(server)) == [["homes.started", "homes.started"], ["roads.opened"]]
        assert len(ready("receipts -o json").data["items"]) == 3


def test_a_run_that_hangs_holds_up_no_further_one(
    ready: Program, place: Path, surroundings: Mapping[str, str]
) -> None:
    with run_web_server(Reply(delay=60)) as server:
        configured(place, book("https:zjj", "https:jtj"), zjj=server.url, jtj=server.url)
        with started(surroundings) as process:
            waited_for(server, 1)
            further = [ready(f"remind --as-of {DAY}") for _run in range(2)]
            process.send_signal(signal.SIGKILL)
    for done in further:
        assert (done.code, done.out) == (0, "")
        assert "is under way; this one sends nothing" in done.err
    assert len(server.received) == 1


def test_stdout_that_nobody_reads_is_not_a_receipt(
    ready: Program, surroundings: Mapping[str, str]
) -> None:
    script = f"{sys.executable} -m tracker remind --as-of {DAY} --to stdout: | true"
    done = subprocess.run(
        ["bash", "-c", f"sleep 0; {script}; exit ${{PIPESTATUS[0]}}"],
        env=surroundings,
        check=False,
        capture_output=True,
    )
    assert done.returncode in {0, 141}
    left = ready("receipts -o json").data["items"]
    assert len(left) == (3 if done.returncode == 0 else 0)

"""The site: every link leads somewhere, nothing is written anew that did not change."""

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

import pytest
from browser import Browser
from factories import document, figure, file_of, initiative, of, on, step
from program import Program

from tracker.locale.translation import using_language

PROGRAMME = (
    document("plan", "工作报告", "2026-01-09")
    | {"url": "https://example.org/plan?a=1&b=2", "publisher": "市政府"},
    document("bare", "无网址的文件", "2026-01-11"),
    document("unused", "未引用的文件", "2026-01-10"),
    document("evil", "<b>通报</b>", "2026-02-01") | {"url": "javascript:alert(1)"},
    initiative(
        "pipes",
        "老旧管网改造",
        figure(
            "km",
            "改造长度",
            "公里",
            on("2026-03-31", 30, note="一标段"),
            on("2026-04-30", 42),
            on("2026-05-01", 99, id="slip-1"),
            on("2026-05-01", voids="slip-1"),
            revisions=[on("2026-04-02", deadline={"on": "2026-11-30"}, reason="雨季")],
            source=of("evil", "第1段"),
        ),
        step("begun", "老旧管网改造开工", "2026-03-01"),
        lead="水务局、城管局",
        place="济南市",
        sources=[of("plan", "第1段")],
        decisions=[
            on("2026-02-01", state="suspended", id="stop-1"),
            on("2026-02-01", voids="stop-1"),
            on("2026-02-02", state="active", reason="开工"),
        ],
    ),
    initiative(
        "valves",
        "阀门",
        step(
            "all",
            "更换",
            "2026-02-01",
            verdicts=[on("2026-04-20", verdict="broken", reason="未完成")],
        ),
        figure("open", "待定", "个", target=None, deadline=None, baseline=None),
        parent="pipes",
        sources=[of("bare")],
    ),
    initiative("idea", "设想", step("start", "启动", "2026-12-31")),
)
DAY = ("--as-of", "2026-05-10")


class Links(HTMLParser):
    """Addresses of a page, and the names of its places."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.places: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "a":
            self.addresses.append(attributes["href"] or "")
        if attributes.get("id"):
            self.places.append(str(attributes["id"]))


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != ".tracker-site"
    }


@pytest.fixture
def made(program: Program, tmp_path: Path) -> Path:
    """Make a site of the programme."""
    file = tmp_path / "programme.json"
    file.write_bytes(file_of(*PROGRAMME))
    assert program("init", "--from", str(file)).code == 0
    folder = tmp_path / "site"
    words = ("--title", "承诺台账", "--publisher", "督查室")
    with using_language("zh"):
        done = program("--lang", "zh", "report", "site", "-O", str(folder), *words, *DAY)
    assert done.code == 0, done.err
    assert done.out == f"{folder / 'index.html'}\n"
    return folder


def test_the_site_has_a_page_for_each_lead_document_and_initiative(made: Path) -> None:
    kinds = [place.partition("/")[0] for place in files_of(made)]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "data": 3,
        "documents": 3,
        "index.html": 1,
        "initiatives": 3,
        "leads": 2,
        "method.html": 1,
    }
    assert all(place.isascii() for place in files_of(made))
    index = (made / "index.html").read_text("utf-8")
    assert "承诺台账 · 督查室</title>" in index
    assert "未写明牵头单位" in index


def test_every_link_leads_to_a_page_and_a_place_on_it(made: Path) -> None:
    pages = {
        place: Links(data.decode())
        for place, data in files_of(made).items()
        if place.endswith(".html")
    }
    followed = set()
    for place, links in pages.items():
        for address in links.addresses:
            if address.startswith("https://"):
                continue
            target, _hash, anchor = urljoin(place, address).partition("#")
            followed.add(target)
            assert (made / target).is_file(), f"{place} → {address}"
            assert not anchor or anchor in pages[target].places, f"{place} → {address}"
    # And every page is found from another one.
    assert followed >= set(files_of(made))


def test_only_addresses_of_the_web_are_followed(made: Path) -> None:
    addresses = [
        address
        for place, data in files_of(made).items()
        if place.endswith(".html")
        for address in Links(data.decode()).addresses
        if ":" in address
    ]
    assert set(addresses) == {"https://example.org/plan?a=1&b=2"}


def test_a_page_of_an_initiative_tells_its_whole_history_without_commands(made: Path) -> None:
    page = (made / "initiatives" / "pipes.html").read_text("utf-8")
    for text in ("一标段", "雨季", "开工", 'class="plot', "第1段", "水务局", "阀门"):
        assert text in page
    pages = "".join(data.decode() for data in files_of(made).values() if b"<html" in data)
    assert "tracker edit" not in pages


def test_the_data_say_the_same_as_the_pages(made: Path) -> None:
    items = json.loads((made / "data" / "indicators.json").read_text("utf-8"))["items"]
    assert [item["id"] for item in items] == [
        "pipes.km",
        "pipes.begun",
        "valves.all",
        "valves.open",
        "idea.start",
    ]
    assert items[0]["value"] == 42
    assert (made / "data" / "indicators.csv").read_bytes().count(b"\n") == 6


def test_the_feed_has_the_newest_changes_first(made: Path) -> None:
    name = "{http://www.w3.org/2005/Atom}"
    feed = ET.fromstring((made / "data" / "changes.atom").read_bytes())  # noqa: S314  # our own
    assert feed.findtext(f"{name}author/{name}name") == "督查室"
    entries = feed.findall(f"{name}entry")
    assert sorted(entry.findtext(f"{name}title") or "" for entry in entries) == [
        "老旧管网改造·改造长度：30公里；一标段",
        "老旧管网改造·改造长度：42公里",
        "老旧管网改造·改造长度：已调整；时限 2026-11-30；雨季",
        "老旧管网改造：在办；开工",
        "阀门·更换：未兑现；未完成",
    ]
    ids = [entry.findtext(f"{name}id") or "" for entry in entries]
    assert len(set(ids)) == len(ids)
    moments = [entry.findtext(f"{name}updated") or "" for entry in entries]
    assert moments == sorted(moments, reverse=True)
    for entry in entries:
        link = entry.find(f"{name}link")
        assert link is not None
        target = urljoin("data/changes.atom", link.attrib["href"]).partition("#")[0]
        assert (made / target).is_file()


def test_the_same_report_on_two_records_is_two_entries_of_the_feed(
    program: Program, tmp_path: Path
) -> None:
    file, folder = tmp_path / "same.json", tmp_path / "site"
    reported = [figure(key, f"第{key}片", "公里", on("2026-03-31", 5)) for key in ("a", "b")]
    file.write_bytes(file_of(initiative("pipes", "管网", *reported)))
    assert program("init", "--from", str(file)).code == 0
    assert program("report", "site", "-O", str(folder), *DAY).code == 0
    feed = (folder / "data" / "changes.atom").read_text("utf-8")
    ids = re.findall(r"<id>([^<]+:pipes[^<]+)</id>", feed)
    assert len(ids) == len(set(ids)) == 2


def test_what_did_not_change_is_left_alone(program: Program, made: Path) -> None:
    for file in made.rglob("*"):
        os.utime(file, (1, 1))
    before = files_of(made)
    words = (
        "report",
        "site",
        "-O",
        str(made),
        "--title",
        "承诺台账",
        "--publisher",
        "督查室",
        *DAY,
    )
    with using_language("zh"):
        done = program("--lang", "zh", *words)
    assert done.code == 0
    assert "新增或更新 0 个" in done.err
    assert files_of(made) == before
    assert all(file.stat().st_mtime == 1 for file in made.rglob("*.html"))
    assert program("update", "pipes.km", "50", "--on", "2026-05-02").code == 0
    with using_language("zh"):
        assert program("--lang", "zh", *words).code == 0
    changed = {place for place, data in files_of(made).items() if before.get(place) != data}
    assert "initiatives/pipes.html" in changed
    assert "initiatives/valves.html" not in changed


def test_pages_of_what_is_gone_are_taken_away_and_nothing_else(
    program: Program, made: Path, tmp_path: Path
) -> None:
    (made / "CNAME").write_text("example.org")
    own = made / ".tracker-site"
    outside = tmp_path / "outside"
    outside.write_text("kept")
    own.write_text(own.read_text() + f"../outside\n{outside}\n\n")
    words = ("report", "site", "-O", str(made), "--lead", "水务局", *DAY)
    done = program(*words)
    assert done.code == 0, done.err
    assert outside.read_text() == "kept"
    assert (made / "CNAME").is_file()
    assert not (made / "initiatives" / "valves.html").exists()
    assert len(list((made / "leads").iterdir())) == 1


def test_a_folder_of_somebody_else_is_refused(program: Program, made: Path) -> None:
    folder = made.parent / "other"
    folder.mkdir()
    (folder / "letter.txt").write_text("kept")
    done = program("report", "site", "-O", str(folder))
    assert done.code == 4
    assert "other files" in done.err
    assert [file.name for file in folder.iterdir()] == ["letter.txt"]
    assert program("report", "site").code == 2
    (folder / "letter.txt").unlink()
    (folder / "data").write_text("in the way")
    (folder / ".tracker-site").touch()
    assert program("report", "site", "-O", str(folder)).code == 6


def test_a_ledger_without_changes_has_a_site(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert program("init", "--empty").code == 0
    monkeypatch.setenv("TRACKER_ISSUER", "区政府督查室")
    folder = tmp_path / "site"
    assert program("report", "site", "-O", str(folder)).code == 0
    # Who issues papers publishes the site, where nobody else is named.
    assert "区政府督查室" in (folder / "index.html").read_text("utf-8")
    assert {*files_of(folder)} == {
        "index.html",
        "method.html",
        "data/indicators.csv",
        "data/indicators.json",
        "data/changes.atom",
    }


def test_a_visit_by_keyboard_alone(browser: Browser, made: Path) -> None:
    browser.open(made / "index.html")
    press_until(browser, "document.activeElement.textContent === '老旧管网改造·改造长度'")
    press(browser, "Enter", "\r")
    assert browser.evaluate("location.href").endswith("initiatives/pipes.html#pipes.km")
    assert browser.evaluate("document.querySelector(':target').id") == "pipes.km"
    press_until(browser, "document.activeElement.textContent === '水务局'")
    press(browser, "Enter", "\r")
    assert browser.evaluate("document.querySelector('h1').textContent") == "水务局"
    assert browser.named("Log.entryAdded", "Runtime.exceptionThrown") == []


def press(browser: Browser, key: str, text: str = "") -> None:
    """Press a key that opens another page, and wait for it."""
    browser.events.clear()
    send(browser, key, text)
    browser.wait_until_loaded()


def send(browser: Browser, key: str, text: str = "") -> None:
    code = {"Tab": 9, "Enter": 13}[key]
    more = {"text": text} if text else {}
    for kind in ("keyDown", "keyUp"):
        browser.ask(
            "Input.dispatchKeyEvent",
            type=kind,
            key=key,
            code=key,
            windowsVirtualKeyCode=code,
            **more,
        )


def press_until(browser: Browser, condition: str) -> None:
    """Press Tab until what is meant has the focus."""
    for _turn in range(60):
        send(browser, "Tab")
        if browser.evaluate(condition):
            return
    pytest.fail(f"the keyboard never comes to {condition}")

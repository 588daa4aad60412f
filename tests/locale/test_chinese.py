"""The program in Chinese, on a terminal of eighty columns: one process says it all.

``TRACKER_GOLDEN=write pytest tests/locale`` writes the golden files anew;
read the difference before it is committed.
"""

import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from fcntl import ioctl

import pytest
from places import GOLDEN

from tracker.cli.command_index import COMMANDS
from tracker.system.text import measure_text_width

EXPECTED = GOLDEN / "chinese"
COLUMNS = 80
SCREENS = {
    "status": "status --as-of 2023-06-30",
    "overdue": "overdue --as-of 2025-06-30 --category 政务",
    "show": "show rural-sewage --as-of 2023-06-30",
    "why": "why rural-sewage.coverage --as-of 2023-09-30",
    "help": "--help",
}
"""Each golden file and what is typed for it."""

CHANGES = (
    "init",
    "update rural-pipes.renewed --done --on 2024-06-28 --evidence 水务局验收单",
    "update rural-sewage.coverage 61.5 --on 2023-06-30",
    "revise rural-sewage.coverage --deadline 2026-06-30 --reason 汛期停工 --on 2023-07-01",
    "suspend wanzixiang --reason 停工",
    "add 农村厕所改造 --id toilets --lead 市农业农村局",
    "edit toilets --cycle quarterly --support 市财政局",
    "undo",
    "close rural-pipes --reason 验收合格 --force",
)
LOOKS = (
    "due --within 900 --as-of 2023-01-01",
    "behind --as-of 2023-12-31",
    "unreported --as-of 2023-12-31",
    "list --text 污水",
    "tree rural-water",
    "search 污水",
    "history",
    "check --only softened --only stale",
    "check --list",
    "config",
    "status --by place",
    "show rural-pipes",
    "backup",
    "recover",
)
MISTAKES = {
    "overdu": "没有命令 overdu；是否应为 overdue？",
    "nonsense": "没有命令 nonsense；请查看：tracker --help",
    "revise x --dedline 2026": "没有选项 --dedline；是否应为 --deadline？",
    "overdue --zzz": "没有选项 --zzz；请查看：tracker overdue --help",
    "show": "缺少参数“编号”；请查看：tracker show --help",
    "close rural-pipes": "缺少选项 --reason；请查看：tracker close --help",
    "due --within x": "--within 为“x”；应为：整数。",
    "due --within -1": "--within 为“-1”；应为：整数，x>=0。",
    "due 1 2": "多余的参数：1 2；名称含空格时请加引号；请查看：tracker due --help",
    "check --only": "--only 须写明取值。",
    "check --list=1": "--list 不带取值。",
    "update rural-pipes.renewed --don": "没有选项 --don；是否应为 --done？",
    "update rural-pipes.renewed --done --evidnce 月报": "没有选项 --evidnce；是否应为 --evidence？",
    "update rural-pipes.renewed 1 --evidnce x": "没有选项 --evidnce；是否应为 --evidence？",
    "import nowhere.json": "无法读取 nowhere.json：没有这个文件或文件夹。",
    "overdue --lang fr": "--lang 中的 lang 为“fr”；可选：en, zh。",
    "overdue --light blue": (
        "--light 为“blue”；应为：green（绿灯）、yellow（黄灯）、red（红灯）、none（无灯）。"
    ),
}
WORDS = {
    "config -o json": '"origin": "default"',
    "show rural-sewage -o csv": ",61.5%,final,",
    "tree rural-water -o csv": ",programme,",
    "list --text 污水 -o json": '"light": "none"',
    "why rural-pipes.renewed -o json": '"value": "done"',
    "reopen rural-pipes --reason 漏项 -o json": '"before": "closed",\n      "after": "active"',
}
"""What a script reads is the same word in every language."""
HELPS = tuple(f"{name} --help" for name in COMMANDS)

# Says each line as the program would, and at the end what the catalogue did not know.
SPEAKER = """
import json, shlex, sys
from tracker.locale import translation
translation.use_language("zh")
known, unknown = translation._catalogue, set()
class Heard:
    def gettext(self, text):
        said = known.gettext(text)
        unknown.update({text} if said == text and text.isascii() else ())
        return said
    ngettext, pgettext = known.ngettext, known.pgettext
translation._catalogue = Heard()
from tracker.cli.app import run_app
for line in json.loads(sys.argv[1]):
    print("\\x1e" + line, flush=True)
    run_app(shlex.split(line))
    sys.stdout.flush()
    sys.stderr.flush()
print("\\x1e!\\n" + json.dumps(sorted(unknown)), flush=True)
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What the program says to each line, on a terminal."""
    lines = [*CHANGES, *SCREENS.values(), *LOOKS, *MISTAKES, *WORDS, *HELPS]
    home = tmp_path_factory.mktemp("chinese")
    leader, follower = pty.openpty()
    ioctl(follower, termios.TIOCSWINSZ, struct.pack("4H", 50, COLUMNS, 0, 0))
    known = {key: value for key, value in os.environ.items() if key.startswith("COVERAGE")}
    environment = known | {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "NO_COLOR": "1",
        "TERM": "xterm",
        "PYTHONIOENCODING": "utf-8",
        "TRACKER_DB": "ledger",
        "TRACKER_CONFIG": "tracker.toml",
        "TRACKER_AUTHOR": "李娜",
    }
    with subprocess.Popen(
        [sys.executable, "-P", "-c", SPEAKER, json.dumps(lines)],
        cwd=home,
        env=environment,
        stdout=follower,
        stderr=follower,
    ) as process:
        os.close(follower)
        heard = b"".join(_pieces(leader))
        assert process.wait() == 0
    os.close(leader)
    # The ids of entries are new each time.
    text = re.sub(r"\b[0-9a-f]{12}\b", "0" * 12, heard.decode().replace("\r\n", "\n"))
    parts = text.split("\x1e")[1:]
    return dict(part.split("\n", 1) for part in parts)


def _pieces(descriptor: int) -> Iterator[bytes]:
    while True:
        try:
            piece = os.read(descriptor, 65536)
        except OSError:
            # On Linux the end of a terminal is an error.
            return
        yield piece


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_is_as_it_was(name: str, said: Mapping[str, str]) -> None:
    file = EXPECTED / f"{name}.txt"
    if os.environ.get("TRACKER_GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(said[SCREENS[name]], "utf-8")
    assert said[SCREENS[name]] == file.read_text("utf-8")


def test_no_line_is_wider_than_the_terminal(said: Mapping[str, str]) -> None:
    for line, text in said.items():
        for each in text.splitlines():
            assert measure_text_width(each) <= COLUMNS or line in {
                *MISTAKES,
                *CHANGES,
                *WORDS,
                "!",
            }, each


def test_columns_stand_under_their_titles(said: Mapping[str, str]) -> None:
    tables = 0
    for text in said.values():
        lines = text.splitlines()
        for at, each in enumerate(lines):
            if each.startswith("───"):
                tables += 1
                first = max(n for n in range(at) if n == 0 or not lines[n - 1] or n == at - 1)
                below = lines[at + 1 :]
                last = below.index("") if "" in below else len(below)
                _check_columns([*lines[first:at], *below[:last]], lines[at - 1])
    assert tables > 10


def _check_columns(lines: list[str], titles: str) -> None:
    """Between two titles there are two cells that every line leaves empty."""
    ends = [found.end() for found in re.finditer(r"\S(?=  +\S)", titles)]
    empty = set.intersection(*({*_empty(line)} for line in lines))
    for end in ends:
        start = measure_text_width(titles[:end])
        rest = titles[end:]
        gap = measure_text_width(rest) - measure_text_width(rest.lstrip())
        assert any({at, at + 1} <= empty for at in range(start - 40, start + gap)), lines


def _empty(line: str) -> Iterator[int]:
    cells = 0
    for character in line:
        if character == " ":
            yield cells
        cells += measure_text_width(character)
    yield from range(cells, 2 * COLUMNS)


@pytest.mark.parametrize("line", HELPS)
def test_help_is_in_chinese_and_in_columns(line: str, said: Mapping[str, str]) -> None:
    page = said[line]
    told, _sign, examples = page.partition("\n示例：\n")
    assert examples
    assert page.startswith("用法：tracker ")
    # Words of the call, of settings and of files stay; three in a row would be English.
    assert not re.search(r"[A-Za-z]{2,}[,.]? [a-z]{2,} [a-z]{2,}", told), told
    rows = [each for each in told.splitlines() if re.match(r"  -", each)]
    starts = {
        measure_text_width(found[0]) for each in rows if (found := re.match(r"  -\S.*?  +", each))
    }
    assert len(starts) == 1


def test_mistakes_are_explained_in_chinese(said: Mapping[str, str]) -> None:
    assert {line: said[line].strip() for line in MISTAKES} == MISTAKES


@pytest.mark.parametrize("line", WORDS)
def test_words_for_scripts_stay(line: str, said: Mapping[str, str]) -> None:
    assert WORDS[line] in said[line]


def test_nothing_is_said_in_english(said: Mapping[str, str]) -> None:
    """Signs, units and ids have no translation; a word of the program has one."""
    unknown = json.loads(said["!"])
    assert [each for each in unknown if re.search("[a-z]{2,}", each)] == []

"""Who may import whom, and who owns which library and which side effect.

Every module is read as a syntax tree, function bodies included.
"""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import tracker

HOME = Path(tracker.__file__).parent

LAYERS = (
    "errors locale system version",
    "model",
    "assessment config exchange output storage",
    "ledger",
    "reminders reports views",
    "cli",
)
"""The rooms, from the bottom up: a room imports rooms of lower layers."""

MAY_MEET = {("reports", "views")}
"""Rooms of one layer that may; those of the first one, the foundation, may too."""

LIBRARIES = {
    "typer": "cli",
    "rich": "output.formats.terminal",
    "tinydb": "storage.folder.transaction",
    "dateutil": "model.dates",
    "chinese_calendar": "model.workdays",
    "fcntl": "system.files",
    "docx": "output.formats.docx exchange.drafts.readers.word",
    "pypdf": "exchange.drafts.readers.pdf",
    "pdfplumber": "exchange.drafts.readers.pdf",
    "xlsxwriter": "output.formats.xlsx output.workbook_form output.workbook_register"
    " output.worksheets",
    "openpyxl": "exchange.spreadsheets",
    "psycopg": "storage.postgresql",
    "keyring": "reminders.secrets",
    "apprise": "reminders.channels.apprise",
    "smtplib": "reminders.channels.mailto",
    "email": "reminders.channels.mailto",
    "http": "reminders.channels",
    "ssl": "reminders.channels",
    "socket": "reminders.channels",
    "urllib.request": "reminders.channels",
    "subprocess": "system.subprocesses",
    "icalendar": "output.icalendar",
    "xml": "output",
}
"""The one module, or room, that may import a library; two where one reads and one writes."""

EFFECTS = {
    "print": "",
    "input": "",
    "sys.stdout": "cli",
    "sys.stderr": "cli",
    "sys.stdin": "cli",
    "os.environ": "config",
    "os.getenv": "",
    "date.today": "",
    "datetime.now": "cli",
    "datetime.utcnow": "",
    "os.fsync": "system.files",
    "os.replace": "",
    "eval": "",
    "exec": "",
}
"""The one room that may do something to the world, by the name it is done by; "" is none."""

MOST_MODULES_AT_HOME, MOST_LINES_OF_A_FUNCTION = 7, 40

MODULES = {
    ".".join(["tracker", *path.relative_to(HOME).with_suffix("").parts]).removesuffix(
        ".__init__"
    ): path
    for path in sorted(HOME.rglob("*.py"))
}


def is_within(module: str, room: str) -> bool:
    return module == room or module.startswith(room + ".")


def room_of(module: str) -> str:
    """The room of a module: the part of its name behind "tracker."."""
    return [*module.split("."), "tracker"][1]


def layer_of(room: str) -> int:
    """The number of a room's layer; the façade and the entry stand above all."""
    if room in {"tracker", "__main__"}:
        return len(LAYERS)
    return next(number for number, layer in enumerate(LAYERS) if room in layer.split())


def tree_of(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text("utf-8"))


@cache
def imports_of(module: str) -> tuple[str, ...]:
    return tuple(_imports_of(module))


def _imports_of(module: str) -> Iterator[str]:
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively; write the whole name"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in MODULES else str(node.module)


def used_names(module: str) -> Iterator[str]:
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.Name):
            yield node.id


def test_imports_point_down() -> None:
    wrong = [
        f"{module} imports {other}, which is not below it; move what they share down"
        for module in MODULES
        for other in imports_of(module)
        if is_within(other, "tracker") and not may_import(room_of(module), room_of(other))
    ]
    assert wrong == []


def may_import(own: str, room: str) -> bool:
    is_below = own == room or layer_of(room) < layer_of(own) or layer_of(own) == 0
    return is_below or (own, room) in MAY_MEET


def test_there_is_no_circle() -> None:
    graph = {module: {each for each in imports_of(module) if each in MODULES} for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_few_modules_stand_outside_of_a_room() -> None:
    assert len(list(HOME.glob("*.py"))) <= MOST_MODULES_AT_HOME


def test_a_package_is_empty() -> None:
    wrong = [
        f"{module} would be imported by each of its modules; name a module instead"
        for module, path in MODULES.items()
        if path.name == "__init__.py" and module != "tracker" and path.read_text("utf-8").strip()
    ]
    assert wrong == []


def test_a_library_has_one_owner() -> None:
    wrong = [
        f"{module} imports {other}; only {owner} does that"
        for module in MODULES
        for other in imports_of(module)
        if (owner := LIBRARIES.get(other) or LIBRARIES.get(other.partition(".")[0]))
        and not any(is_within(module, f"tracker.{each}") for each in owner.split())
    ]
    assert wrong == []


def test_a_side_effect_has_one_owner() -> None:
    wrong = [
        f"{module} uses {name}; that is for {EFFECTS[name] or 'nobody'}"
        for module in MODULES
        for name in used_names(module)
        if name in EFFECTS and not is_within(module, f"tracker.{EFFECTS[name]}")
    ]
    assert wrong == []


def test_a_function_is_read_without_scrolling() -> None:
    wrong = [
        f"{module}.{name} has {length} lines beside its parameters; split it"
        for module in MODULES
        for name, length in lengths_of_functions(module)
        if length >= MOST_LINES_OF_A_FUNCTION
    ]
    assert wrong == []


def lengths_of_functions(module: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            yield node.name, length - len(node.args.args) - len(node.args.kwonlyargs)


def test_the_rules_find_what_they_forbid() -> None:
    assert room_of("tracker.output.formats.csv") == "output"
    assert layer_of("model") < layer_of("ledger") < layer_of(room_of("tracker"))
    assert set(imports_of("tracker.output.formats.terminal")) >= {
        "rich.text",
        "tracker.output.cells",
    }
    assert "os.environ" in used_names("tracker.config")

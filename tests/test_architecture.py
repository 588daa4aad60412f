"""Who may import whom, and who owns which library and which side effect.

Every module is read as a syntax tree, function bodies included. A module that has
no layer yet fails too: it has to be given its place first.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import tracker

HOME = Path(tracker.__file__).parent

LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(layer.split())
    for layer in (
        "tracker.locale tracker.typeset",
        "tracker.errors",
        "tracker.directory",
        "tracker.dates tracker.periods tracker.quantities tracker.files tracker.vocabulary",
        "tracker.config tracker.timetable",
        "tracker.keys tracker.models tracker.programs",
        "tracker.sheets",
        "tracker.knowledge tracker.admission tracker.filters",
        "tracker.standing",
        "tracker.reports._scales",
        "tracker.reports._drawing tracker.reports._markup tracker.reports._calendar",
        "tracker.reports._svg",
        "tracker.intake tracker.changes tracker.journal tracker.progress tracker.reports",
        "tracker.rows tracker.hooks tracker.ladder tracker.reminders.posting",
        "tracker.recovery tracker.folder tracker.reminders.wording",
        "tracker.reminders",
        "tracker.mending",
        "tracker.store",
        "tracker.reading",
        "tracker.writing",
        "tracker.store.postgresql.connecting",
        "tracker.store.postgresql.reading tracker.store.postgresql.schema",
        "tracker.store.postgresql.writing",
        "tracker.store.postgresql.loading",
        "tracker.store.memory tracker.store.tinydb tracker.store.postgresql",
        "tracker.naming tracker.merging tracker.chronicle tracker.hindsight",
        "tracker.pace tracker.working tracker.duty tracker.honesty tracker.pictures tracker.agenda",
        "tracker.asking",
        "tracker.lineage tracker.entering tracker.survey tracker.reminding tracker.foremost",
        "tracker.moving",
        "tracker.questions",
        "tracker.service",
        "tracker.tables tracker.registers",
        "tracker.screens",
        "tracker.papers.columns",
        "tracker.papers",
        "tracker.cli.pages tracker.cli.completing tracker.cli.words tracker.cli.stdout",
        "tracker.cli.call",
        "tracker.cli.target tracker.cli.waiting",
        "tracker.cli",
        "tracker.__main__",
    )
)
"""From the bottom up; a module may import what is in a lower layer, and its own package."""

APART = {
    "tracker.store": ("tracker.progress", "tracker.reports", "tracker.intake"),
    "tracker.reports": ("tracker.progress", "tracker.changes"),
    "tracker.progress": ("tracker.intake", "tracker.changes"),
    "tracker.reminders": ("tracker.progress", "tracker.changes", "tracker.store"),
}
"""Lower layers that a package has no business with."""

LIBRARIES = {
    "typer": "tracker.cli",
    "rich": "tracker.reports.text",
    "tinydb": "tracker.writing",
    "dateutil": "tracker.dates",
    "chinese_calendar": "tracker.dates",
    "fcntl": "tracker.files",
    "docx": "tracker.reports.docx",
    "xlsxwriter": "tracker.reports.xlsx",
    "psycopg": "tracker.store.postgresql",
    "keyring": "tracker.keys",
    "apprise": "tracker.reminders.apprise",
    "smtplib": "tracker.reminders.mailto",
    "email": "tracker.reminders.mailto",
    "http": "tracker.reminders.posting",
    "ssl": "tracker.reminders",
    "socket": "tracker.reminders",
    "urllib.request": "tracker.reminders",
    "subprocess": "tracker.programs",
    "icalendar": "tracker.reports._calendar",
    "xml": "tracker.reports",
}
"""The one module, or package, that may import a library."""

EFFECTS = {
    "print": (),
    "input": (),
    "sys.stdout": ("tracker.cli",),
    "sys.stderr": ("tracker.cli",),
    "sys.stdin": ("tracker.cli",),
    "os.environ": ("tracker.config",),
    "os.getenv": (),
    "date.today": (),
    "datetime.now": ("tracker.cli",),
    "datetime.utcnow": (),
    "os.fsync": ("tracker.files",),
    "os.replace": (),
    "eval": (),
    "exec": (),
}
"""The packages that may do something to the world, by the name it is done by."""

MOST_LINES, MOST_LINES_OF_A_FUNCTION = 500, 40

MODULES = {
    ".".join(["tracker", *path.relative_to(HOME).with_suffix("").parts]).removesuffix(
        ".__init__"
    ): path
    for path in sorted(HOME.rglob("*.py"))
}
CASES = pytest.mark.parametrize("module", MODULES)


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def layer_of(module: str) -> int | None:
    """The layer of the closest package that has one."""
    places = {each: number for number, layer in enumerate(LAYERS) for each in layer}
    around = [each for each in places if within(module, each)]
    return places[max(around, key=len)] if around else None


def tree_of(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text("utf-8"))


def imports_of(module: str) -> Iterator[str]:
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively; write the whole name"
            for each in node.names:
                whole = f"{node.module}.{each.name}"
                yield whole if whole in MODULES else str(node.module)


def used_names(module: str) -> Iterator[str]:
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.Name):
            yield node.id


@CASES
def test_every_module_has_a_layer(module: str) -> None:
    assert module == "tracker" or layer_of(module) is not None, (
        f"{module} has no layer; decide who may import it and add it to LAYERS"
    )


@CASES
def test_imports_point_down(module: str) -> None:
    own = layer_of(module)
    for other in imports_of(module):
        if own is None or other == "tracker" or not within(other, "tracker"):
            continue
        package = module.rpartition(".")[0]
        is_own_package = other == package or (module == package and within(other, module))
        if is_own_package:
            continue
        number = layer_of(other)
        assert number is not None
        is_leaf_of_own = within(other, module)
        assert number < own or is_leaf_of_own, (
            f"{module} imports {other}, which is not below it; move what they share down"
        )


@CASES
def test_packages_stay_apart(module: str) -> None:
    for package, others in APART.items():
        if within(module, package):
            for other in imports_of(module):
                assert not any(within(other, each) for each in others), (
                    f"{module} imports {other}; {package} has no business with it"
                )


@CASES
def test_a_library_has_one_owner(module: str) -> None:
    for other in imports_of(module):
        owner = LIBRARIES.get(other) or LIBRARIES.get(other.partition(".")[0])
        assert owner is None or within(module, owner), (
            f"{module} imports {other}; only {owner} does that"
        )


@CASES
def test_a_side_effect_has_one_owner(module: str) -> None:
    for name in used_names(module):
        owners = EFFECTS.get(name)
        assert owners is None or any(within(module, each) for each in owners), (
            f"{module} uses {name}; that is for {' and '.join(owners or ()) or 'nobody'}"
        )


@CASES
def test_modules_and_functions_stay_short(module: str) -> None:
    lines = len(MODULES[module].read_text("utf-8").splitlines())
    assert lines < MOST_LINES, f"{module} has {lines} lines; it does more than one thing"
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            length -= len(node.args.args) + len(node.args.kwonlyargs)
            assert length < MOST_LINES_OF_A_FUNCTION, (
                f"{module}.{node.name} has {length} lines beside its parameters; split it"
            )


def test_the_rules_find_what_they_forbid() -> None:
    assert layer_of("tracker.reports.csv") == layer_of("tracker.reports")
    assert layer_of("tracker.nowhere") is None
    assert layer_of("tracker.storehouse") is None
    assert "tracker.reports.text" in MODULES
    assert set(imports_of("tracker.reports.text")) >= {"rich.text", "tracker.reports"}
    assert {"os.environ"} & set(used_names("tracker.config"))

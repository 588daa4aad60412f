"""Measure how many wrong rules the tests notice: change one point, run the tests that reach it.

    pytest -n0 --dist=no --cov=tracker --cov-context=test --cov-report= tests/…
    nice -n 19 python tools/mutations.py --seed 7 --borders 100 --random 60

The first line writes ``.coverage``, which says what each test reaches. Each change is made in a
copy of the checkout, one at a time; the tests of its own room come first, and the first that
fails ends its run. What survives is printed for a person to read: it is a rule without a test,
or a change that changes nothing. Those that are known to change nothing are not drawn.
"""

import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from coverage import CoverageData

ROOT = Path(__file__).parents[1]
RULE_MODULES = (
    "assessment/*",
    "model/dates model/quantities model/effective model/periods model/defaults model/names",
    "model/leads model/recurrence model/relative ledger/point_in_time",
    "ledger/updates ledger/revisions ledger/merge ledger/admission ledger/decisions",
    "ledger/undo ledger/history",
    "reminders/steps reminders/plan reports/brief reports/scoreboard",
    "storage/folder/journal storage/folder/repair",
)
BORDERS: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
OPPOSITES: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
SWAPS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_WIDE_CONTEXT = "WIDE_CONTEXT = Context(prec=100, rounding=ROUND_HALF_UP)"
EQUIVALENT: Mapping[tuple[str, str, str], str] = {
    (
        "quantities",
        "WIDE_CONTEXT = Context(prec=100, rounding=ROUND_HALF_UP)",
        "101",
    ): "wide enough",
    ("quantities", "WIDE_CONTEXT = Context(prec=100, rounding=ROUND_HALF_UP)", "99"): "wide enough",
    ("dates", "_FEAST_YEAR = 2024", "2025"): "any year will do whose feasts are known",
    ("dates", "_FEAST_YEAR = 2024", "2023"): "any year will do whose feasts are known",
    ("obligations", "_DAYS_OF_A_WEEK = 7", "8"): "a week before the year, or more",
    ("obligations", "_DAYS_OF_A_WEEK = 7", "6"): "a Sunday lies within six days before it too",
    ("explanation", "is_up = goal > baseline", "(goal >= baseline)"): "equal ends are no way",
    ("measurement", "if day <= start:", "(day < start)"): "the line begins at 0",
    (
        "journal",
        'while (end := data.find(b"\\n", start)) >= 0:',
        "((end := data.find(b'\\n', start)) > 0)",
    ): "an empty first line ends the chain too",
    (
        "plan",
        '(day, address, line.id, line.rule == "unreported"): (day, address, line)',
        "(line.rule != 'unreported')",
    ): "a key that tells two kinds apart, whichever is true",
    (
        "point_in_time",
        "if commit.at.date() > known_on",
        "(commit.at.date() >= known_on)",
    ): "what was edited on the day itself is replayed to what it is",
    (
        "spans",
        "begins = [day for day in _list_days_between_spans(indicator, horizon) if day <= until]",
        "(day < until)",
    ): "the last day lies on the line before it",
    **{
        ("spans", "days |= {deadline.on, shift_date(deadline.on, 1)}", new): "it is found anyway"
        for new in ("0", "2")
    },
    (
        "spans",
        "for first, end in zip(days, ends, strict=True):",
        "False",
    ): "there are as many ends as first days",
    **{
        ("spans", "SPANS_VERSION = 1", new): "any version will do that no ledger has"
        for new in ("0", "2")
    },
    **{
        ("spans", "guesses = guess, guess - 1, guess + 1, guess - 2", new): "the same day is found"
        for new in ("0", "1", "2", "3")
    },
}
"""Changes that change nothing, by module, line and new text, and why; they are not drawn."""
LONGEST_RUN = 240
"""Seconds after which a change counts as noticed: it made something endless."""


class Mutation(NamedTuple):
    """Change of one point of a module, with the text that takes the place of the old one."""

    path: Path
    line: int
    column: int
    end_line: int
    end_column: int
    old: str
    new: str
    is_border: bool

    def apply(self, source: str) -> str:
        """Return the source of the module with the change; columns count bytes."""
        lines = source.encode().splitlines(keepends=True)
        first, last = lines[self.line - 1], lines[self.end_line - 1]
        changed = first[: self.column] + self.new.encode() + last[self.end_column :]
        return b"".join([*lines[: self.line - 1], changed, *lines[self.end_line :]]).decode()

    def __str__(self) -> str:
        place = self.path.relative_to(ROOT).with_suffix("")
        return f"{place}:{self.line}  {' '.join(self.old.split())}  →  {self.new}"

    def is_equivalent(self) -> bool:
        """Return whether the change is one of those that change nothing."""
        line = self.path.read_text("utf-8").splitlines()[self.line - 1].strip()
        return (self.path.stem, line, self.new) in EQUIVALENT


def list_rule_modules() -> list[Path]:
    """Return the modules that hold rules, in their order."""
    return [
        path
        for pattern in " ".join(RULE_MODULES).split()
        for path in sorted((ROOT / "tracker").glob(f"{pattern}.py"))
        if path.stem != "__init__"
    ]


def list_mutations(path: Path) -> Iterator[Mutation]:
    """Yield all changes of one point that a module can have."""
    source = path.read_text("utf-8")
    tree = ast.parse(source)
    skipped = {id(node) for root in _list_skipped(tree) for node in ast.walk(root)}
    for node in ast.walk(tree):
        if id(node) in skipped or not isinstance(node, ast.expr | ast.Return):
            continue
        for changed, is_border in _change_node(node):
            yield Mutation(
                path,
                node.lineno,
                node.col_offset,
                node.end_lineno or node.lineno,
                node.end_col_offset or 0,
                ast.get_source_segment(source, node) or "",
                changed if isinstance(node, ast.Return | ast.Constant) else f"({changed})",
                is_border,
            )


def _list_skipped(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what says nothing at run time, or only a sentence."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node
        elif isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef):
            yield from filter(None, [node.returns, *node.decorator_list])
        elif isinstance(node, ast.ClassDef):
            yield from (keyword.value for keyword in node.keywords)
        elif isinstance(node, ast.Call) and _name_of_call(node) in {"TypeVar", "_", "_n", "_p"}:
            yield node


def _name_of_call(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _change_comparison(node: ast.Compare) -> Iterator[tuple[str, bool]]:
    for at, op in enumerate(node.ops):
        for table, is_border in ((BORDERS, True), (OPPOSITES, False)):
            if type(op) in table:
                changed = deepcopy(node)
                changed.ops[at] = table[type(op)]()
                yield ast.unparse(changed), is_border


def _change_node(node: ast.expr | ast.Return) -> Iterator[tuple[str, bool]]:
    """Yield the texts that may take the place of a node, and whether it is a border."""
    if isinstance(node, ast.Compare):
        yield from _change_comparison(node)
    elif isinstance(node, ast.Constant):
        yield from _change_constant(node)
    elif isinstance(node, ast.BoolOp):
        changed_op = deepcopy(node)
        changed_op.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield ast.unparse(changed_op), False
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield ast.unparse(node.operand), False
    elif isinstance(node, ast.Return) and node.value is not None:
        if not isinstance(node.value, ast.Constant) or node.value.value is not None:
            yield "return None", False
    elif isinstance(node, ast.Call):
        yield from _change_call(node)


def _change_constant(node: ast.Constant) -> Iterator[tuple[str, bool]]:
    if isinstance(node.value, bool):
        yield str(not node.value), False
    elif isinstance(node.value, int):
        yield str(node.value + 1), True
        yield str(node.value - 1), True


def _change_call(node: ast.Call) -> Iterator[tuple[str, bool]]:
    """Yield a call with its opposite, or its argument without the call."""
    name = _name_of_call(node)
    if name in SWAPS:
        changed = deepcopy(node)
        changed.func = ast.Name(SWAPS[name])
        yield ast.unparse(changed), False
    elif len(node.args) == 1 and not node.keywords and isinstance(node.func, ast.Name):
        yield ast.unparse(node.args[0]), False


class Reach:
    """Tests that reach each line of the package, from a measurement with contexts."""

    def __init__(self, measured: Path) -> None:
        self._data = CoverageData(str(measured))
        self._data.read()
        if not any(self._data.measured_contexts()):
            sys.exit(
                f"{measured} does not say which test reaches what; measure as in the docstring"
            )
        self._lines: dict[str, dict[int, list[str]]] = {}

    def find_tests(self, mutation: Mutation) -> list[str]:
        """Return the ids of the tests that reach a change.

        Those of the module come first, then those of the limits of all rooms, then those of its
        own room.
        """
        tests = self._tests_at(mutation.path, mutation.line)
        tree = ast.parse(mutation.path.read_text("utf-8"))
        # What runs at import, perhaps within one test, is reached by whoever uses its name.
        for name in _list_names_defined_at(tree.body, mutation.line):
            for path in (ROOT / "tracker").rglob("*.py"):
                for line, text in enumerate(path.read_text("utf-8").splitlines(), 1):
                    if re.search(rf"\b{name}\b", text):
                        tests |= self._tests_at(path, line)
        room = Path("tests", mutation.path.parent.relative_to(ROOT / "tracker"))

        def rank(test: str) -> tuple[bool, bool, bool, str]:
            path = Path(test.partition("::")[0])
            is_of_module, is_of_room = mutation.path.stem in path.stem, room in path.parents
            return not is_of_module, path.parent != Path("tests"), not is_of_room, test

        return sorted(tests, key=rank)

    def _tests_at(self, path: Path, line: int) -> set[str]:
        name = str(path)
        if name not in self._lines:
            self._lines[name] = self._data.contexts_by_lineno(name)
        contexts = self._lines[name].get(line, [])
        return {test for test, _bar, _phase in (each.rpartition("|") for each in contexts) if test}


def _list_names_defined_at(body: Sequence[ast.stmt], line: int) -> Iterator[str]:
    """Yield what a line defines when its module is imported; nothing within a function."""
    for node in body:
        if not node.lineno <= line <= (node.end_lineno or node.lineno):
            continue
        if isinstance(node, ast.ClassDef):
            yield from _list_names_defined_at(node.body, line)
        elif isinstance(node, ast.FunctionDef) and line < node.body[0].lineno:
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = (part for target in targets for part in ast.walk(target))
            yield from (part.id for part in parts if isinstance(part, ast.Name))


def limit_test_functions(tests: Sequence[str], most: int) -> list[str]:
    """Return the tests of the first functions, each with all its cases."""
    functions = dict.fromkeys(test.partition("[")[0] for test in tests)
    kept = set(islice(functions, most))
    return [test for test in tests if test.partition("[")[0] in kept]


def is_noticed(mutation: Mutation, copy: Path, tests: list[str]) -> bool:
    """Return whether one of the tests fails when the change is made in a copy."""
    path = copy / mutation.path.relative_to(ROOT)
    source = path.read_text("utf-8")
    path.write_text(mutation.apply(source), "utf-8")
    (copy / "tests.txt").write_text("\n".join(tests), "utf-8")
    line = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider"]
    env = {**_environment(), "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [*line, "@tests.txt"],
            cwd=copy,
            env=env,
            capture_output=True,
            timeout=LONGEST_RUN,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(source, "utf-8")
    return done.returncode != 0


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("COV")}


def main() -> None:
    """Draw the changes, run the tests on each, and print what survives."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--borders", type=int, default=100, help="changes of limits and constants")
    parser.add_argument("--random", type=int, default=60, help="changes of any kind")
    parser.add_argument("--most", type=int, default=400, help="test functions that are run at most")
    parser.add_argument("--only", default="", help="part of the name of the modules")
    parser.add_argument("--coverage", type=Path, default=ROOT / ".coverage")
    asked = parser.parse_args()
    modules = [path for path in list_rule_modules() if asked.only in str(path)]
    everything = [
        mutation
        for path in modules
        for mutation in list_mutations(path)
        if not mutation.is_equivalent()
    ]
    draw = random.Random(asked.seed)  # noqa: S311  # it draws a sample
    borders = [mutation for mutation in everything if mutation.is_border]
    samples = {
        "borders": draw.sample(borders, min(asked.borders, len(borders))),
        "random": draw.sample(everything, min(asked.random, len(everything))),
    }
    reach = Reach(asked.coverage)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(
            ROOT, copy, ignore=shutil.ignore_patterns(".git", "__pycache__", ".*_cache")
        )
        for name, sample in samples.items():
            survived = 0
            for mutation in sample:
                tests = limit_test_functions(reach.find_tests(mutation), asked.most)
                if not tests or not is_noticed(mutation, copy, tests):
                    survived += 1
                    print(f"survived ({len(tests)} tests)  {mutation}", flush=True)
            share = 100 * survived / max(len(sample), 1)
            print(f"{name}: {survived} of {len(sample)} survive, {share:.1f} %", flush=True)


if __name__ == "__main__":
    main()

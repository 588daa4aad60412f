"""Long lists are written while they are read: the same bytes, in memory that does not grow."""

import codecs
import csv
import json
import os
import pty
import shlex
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from io import StringIO
from math import ceil
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from cluster import Cluster
from hostile import TEXTS
from hypothesis import given
from hypothesis import strategies as st
from program import Done, Program
from stores import Opened
from tables import ANYTHING, MARKS, OVERDUE, PIPE, SHEET, sheet_of, table_of

from tracker.cli.output import BLOCK, spell_signs_of_output, write_stdout
from tracker.errors import InvalidInput, LedgerDamaged, LedgerError, LedgerMissing
from tracker.exchange.batches import Batch
from tracker.ledger.answers import Export
from tracker.ledger.ledger import Tracker
from tracker.model.codec import to_plain_data
from tracker.model.filters import ALL, Filter
from tracker.model.horizon import When
from tracker.model.records import IndicatorItem, Item
from tracker.model.validation import Problem
from tracker.output.cells import (
    encode_cells_as_line,
    guard_cell,
    list_items_of_cells,
    split_into_cell_blocks,
)
from tracker.output.model import Column, Content, Sheet, Stream, Table, Value
from tracker.output.rendering import (
    FORMATS,
    is_rendered_as_stream,
    join_rendered_pieces,
    render_content,
    render_content_in_pieces,
)
from tracker.storage.open_store import open_store
from tracker.views import indicators
from tracker.views.listings import build_export_line_listing, build_export_listing

NOW = datetime(2026, 6, 30, 9, 30, tzinfo=UTC)
STREAMED = ("csv", "csv-excel", "ids", "json", "jsonl", "tsv")
LONG = 20_000
ROWS_OF_JSON = 64


def stream_of(table: Table) -> Stream:
    return Stream(
        as_of=table.as_of,
        columns=table.columns,
        rows=iter(table.rows),
        errors=table.errors,
        beside=table.beside,
    )


def whole_json(what: Content) -> str:
    document = {
        "schema": 1,
        "as_of": what.as_of,
        **what.beside,
        "items": list(list_items_of_cells(what)),
        "errors": to_plain_data(what.errors),
    }
    return msgspec.json.format(encode_cells_as_line(document), indent=2) + "\n"


def whole_csv(what: Content) -> str:
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    for at, block in enumerate(split_into_cell_blocks(what)):
        file.write("\n" if at else "")
        writer.writerow(map(guard_cell, block.header))
        writer.writerows(map(guard_cell, row, block.kinds) for row in block.rows)
    return file.getvalue()


def whole_lines(what: Content) -> str:
    return "".join(encode_cells_as_line(each) + "\n" for each in list_items_of_cells(what))


WHOLE: Mapping[str, Callable[[Content], str]] = {
    "json": whole_json,
    "csv": whole_csv,
    "csv-excel": lambda what: "\ufeff" + whole_csv(what),
    "jsonl": whole_lines,
}
"""The same as one piece, where a document is more than its lines."""


def assert_the_same(what: Table | Sheet) -> None:
    for output in STREAMED:
        made = render_content(what, output, PIPE)
        assert isinstance(made, str)
        if output in WHOLE:
            assert made == WHOLE[output](what)
        if isinstance(what, Table):
            pieces = render_content_in_pieces(stream_of(what), output, PIPE)
            assert not isinstance(pieces, str | bytes)
            assert join_rendered_pieces(pieces) == made


# The same bytes


def test_these_forms_are_written_while_they_are_read() -> None:
    assert tuple(each for each in FORMATS if is_rendered_as_stream(each)) == STREAMED


@pytest.mark.parametrize("errors", [[], OVERDUE.errors, OVERDUE.errors * 2], ids=len)
@pytest.mark.parametrize("count", [0, 1, 2, 4, 64, 130])
@pytest.mark.parametrize("beside", [{}, {"documents": []}, {"a": {"b": [1, {"c": {}}]}, "d": 1}])
def test_pieces_are_the_whole(count: int, errors: list[Problem], beside: dict[str, Any]) -> None:
    table = msgspec.structs.replace(
        OVERDUE, rows=(OVERDUE.rows * 40)[:count], errors=errors, beside=beside
    )
    assert_the_same(table)
    assert_the_same(msgspec.structs.replace(SHEET, errors=errors, beside=beside))


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_pieces_are_the_whole_for_hostile_texts(text: str) -> None:
    assert_the_same(table_of([text, "字", text]))
    assert_the_same(sheet_of(text))
    deep = {text: [text, {text: [[], {}, {text: None}]}]}
    wrong = Problem(record=text, sentence=text)
    assert_the_same(
        Sheet(title="", as_of=NOW.date(), facts=[], items=[deep, 1, text, [], {}], errors=[wrong])
    )
    assert_the_same(msgspec.structs.replace(table_of([text]), beside=deep, errors=[wrong]))


DATA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text()
    | MARKS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(DATA, max_size=5), st.lists(ANYTHING | st.text() | MARKS, max_size=5))
def test_pieces_are_the_whole_for_any_data(data: list[Any], texts: list[str]) -> None:
    errors = [Problem(record=text, sentence=text) for text in texts[:2]]
    assert_the_same(
        Sheet(title="", as_of=NOW.date(), facts=[], items=data, errors=errors, beside={"a": data})
    )
    assert_the_same(table_of(texts))


@pytest.mark.parametrize("days", ["", "--as-of 2024-06-30 --known-on 2024-06-30", "--light red"])
@pytest.mark.parametrize("output", STREAMED)
def test_a_list_is_the_one_that_is_collected(
    seeded: Program, place: Path, output: str, days: str
) -> None:
    when = When(as_of=NOW.date().replace(2024), known_on=NOW.date().replace(2024))
    found = Tracker(open_store(str(place / "ledger")), now=datetime.now(UTC)).indicators(
        Filter(light="red") if "light" in days else ALL, when if "as-of" in days else When()
    )
    made = render_content(indicators.tabulate_indicators("", found), output, PIPE)
    assert seeded(f"list {days} -o {output}").out == made
    if output in {"csv", "tsv", "ids"}:
        assert seeded(f"export {days} -o {output}").out == made


@pytest.mark.parametrize("days", ["", "--as-of 2024-06-30", "--place 市中区"])
def test_an_export_is_the_one_that_is_collected(seeded: Program, place: Path, days: str) -> None:
    found = Tracker(open_store(str(place / "ledger")), now=datetime.now(UTC)).export(
        Filter(place="市中区") if "place" in days else ALL,
        When(as_of=NOW.date().replace(2024)) if "as-of" in days else When(),
    )
    assert len(found.items) > 3
    document = {
        "schema": 1,
        "as_of": found.as_of,
        "documents": to_plain_data(found.documents),
        "items": to_plain_data(found.items),
        "errors": [],
    }
    whole = msgspec.json.format(encode_cells_as_line(document), indent=2) + "\n"
    lines = "".join(
        encode_cells_as_line(to_plain_data(each)) + "\n"
        for each in [*found.documents, *found.items]
    )
    assert seeded(f"export {days}").out == whole
    assert seeded(f"export {days} -o jsonl").out == lines


# In memory that does not grow


class Rows:
    """Rows that are made when they are asked for, and how many that were."""

    columns = (Column("id", "编号", "id"), Column("text", "文字"), Column("n", "数", "number"))

    def __init__(self, count: int) -> None:
        self.count = count
        self.drawn = 0

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        for at in range(self.count):
            self.drawn += 1
            yield (f"id-{at}", "农村供水管网改造" * 4, at)

    def stream(self) -> Stream:
        return Stream(as_of=NOW.date(), columns=self.columns, rows=self)


@pytest.mark.parametrize("output", STREAMED)
def test_rows_are_drawn_as_they_are_written(output: str) -> None:
    rows = Rows(LONG)
    written = largest = 0
    at_once = ROWS_OF_JSON if output == "json" else 1
    made = render_content_in_pieces(rows.stream(), output, PIPE)
    assert not isinstance(made, str | bytes)
    assert rows.drawn == 0
    first = next(made)
    written += at_once * (f"id-{rows.drawn - 1}" in str(first))
    tracemalloc.start()
    for piece in made:
        written += at_once * (f"id-{rows.drawn - 1}" in str(piece))
        assert rows.drawn - written <= at_once
        largest = max(largest, len(piece))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (rows.drawn, ceil(written / at_once)) == (LONG, ceil(LONG / at_once))
    assert largest < 500 * at_once
    # The rows would take 5 MB.
    assert most < 200_000


def test_an_export_is_drawn_as_it_is_written() -> None:
    drawn = 0

    def made() -> Iterator[Item]:
        nonlocal drawn
        for at in range(1000):
            drawn += 1
            yield Item(id=f"i{at}", name="甲")

    def whole() -> Iterable[Content]:
        for draw in (build_export_listing, build_export_line_listing):
            yield draw(Export(NOW.date(), [], made()))

    for what, output in zip(whole(), ("json", "jsonl"), strict=True):
        drawn = written = 0
        for piece in render_content_in_pieces(what, output, PIPE):
            written += f'"i{drawn - 1}"' in str(piece)
            assert drawn - written <= 1
        assert (drawn, written) == (1000, 1000)


def test_what_is_written_is_not_kept(capfd: pytest.CaptureFixture[str]) -> None:
    waiting = []

    def made() -> Iterator[str]:
        total = 0
        for at in range(50_000):
            line = f"第 {at} 行\n"
            total += len(line.encode())
            waiting.append(total - os.fstat(1).st_size)
            yield line

    capfd.readouterr()
    before = os.fstat(1).st_size
    write_stdout(made())
    assert max(waiting) + before < BLOCK + 100
    assert capfd.readouterr().out == "".join(f"第 {at} 行\n" for at in range(50_000))


# What goes wrong before the first byte


@pytest.mark.parametrize("output", STREAMED)
@pytest.mark.parametrize("command", ["list", "export"])
def test_what_is_refused_is_refused_before_anything_is_written(
    program: Program, place: Path, small_made: Path, command: str, output: str
) -> None:
    def refused(line: str, code: int) -> None:
        done = program(f"{line} -o {output}")
        assert (done.code, done.out) == (code, "")
        assert done.err.count("\n") == 1
        if output == "json":
            assert done.error["exit_code"] == code

    refused(command, LedgerMissing.exit_code)
    (place / "ledger").symlink_to(small_made)
    for wrong in ("--kind nonsense", "--light blue", "--as-of never", "--due-before 2026-02-30"):
        refused(f"{command} {wrong}", InvalidInput.exit_code)


@pytest.mark.parametrize("output", STREAMED)
def test_a_list_that_is_cut_says_of_how_many(small: Program, output: str) -> None:
    done = small(f"list --limit 1 -o {output} --exit-code")
    assert (done.code, done.err) == (1, "1 of 2 shown.\n")
    assert done.out == small(f"list --text 改造户数 -o {output}").out
    for limit in ("", "--limit 2", "--limit 3"):
        whole = small(f"list {limit} -o {output}")
        assert (whole.code, whole.err) == (0, "")
    nothing = small(f"list --light red --limit 1 -o {output} --exit-code")
    assert (nothing.code, nothing.err) == (0, "")


def test_what_is_wrong_with_the_question_is_raised_on_entry(opened: Opened) -> None:
    own = Tracker(opened(), now=NOW)
    for ask in (own.passing_indicators, own.passing_export):
        with pytest.raises(InvalidInput), ask(Filter(kind="nonsense")):
            pytest.fail("it was asked all the same")


# What goes wrong in between


def filled(store: Opened, count: int) -> Tracker:
    """A ledger with one initiative for every ten of so many indicators."""
    own = Tracker(store(), now=NOW, author="甲")
    own.make()
    ids = [(f"i{at:04}", [f"i{at:04}.n{n}" for n in range(10)]) for at in range(count // 10)]
    whole = [
        Item(
            id=key,
            name="甲" * 9,
            indicators=[IndicatorItem(id=each, name="乙" * 150) for each in own],
        )
        for key, own in ids
    ]
    own.merge([Batch([], whole, [])], "refuse", "import")
    return own


def open_transactions(database: Cluster) -> set[str]:
    """The server's processes that wait for the next word of somebody, of other tests too."""
    found = database.sql("SELECT pid FROM pg_stat_activity WHERE state LIKE 'idle in trans%'")
    return set(found.split())


def test_who_stops_reading_closes_the_view(opened: Opened, database: Cluster) -> None:
    own, others = filled(opened, 300), open_transactions(database)
    with own.passing_indicators() as found:
        assert next(found.items).id == "i0000.n0"
    with own.passing_export() as everything:
        assert next(everything.items).id == "i0000"
    assert open_transactions(database) <= others
    # There is nothing left to be read, and no harm in trying.
    assert (list(found.items), list(everything.items)) == ([], [])

    def fall_out() -> None:
        with own.passing_indicators() as found:
            assert next(found.items).id == "i0000.n0"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fall_out()
    assert open_transactions(database) <= others
    assert len(own.indicators().items) == 300


def started(line: str, place: str) -> "subprocess.Popen[bytes]":
    env = dict(os.environ) | {"TRACKER_DB": place}
    return subprocess.Popen(
        [sys.executable, "-m", "tracker", *shlex.split(line)],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


MANY = 1000


@pytest.fixture(scope="module")
def made(database: Cluster) -> str:
    """The address of a ledger whose list is more than what a pipe holds, made once."""
    url = database.url(uuid4().hex)
    filled(lambda: open_store(url), MANY)
    return url


@pytest.fixture
def long(place: Path, made: str) -> str:
    """The same, with nothing of the user's own around."""
    assert place.is_dir()
    return made


@pytest.mark.parametrize("line", ["list -o json", "list -o csv", "export", "export -o jsonl"])
def test_a_reader_that_has_enough_ends_it_in_silence(
    long: str, database: Cluster, line: str
) -> None:
    others = open_transactions(database)
    with started(line, long) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.read(100)
        running.stdout.close()
        assert running.wait(30) == 141
        assert running.stderr.read() == b""
    assert open_transactions(database) <= others


def wait_until(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("output", ["json", "csv"])
def test_a_connection_that_breaks_in_between_is_said_at_the_end(
    long: str, database: Cluster, output: str
) -> None:
    others = open_transactions(database)
    with started(f"list -o {output}", long) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        begun = running.stdout.read(100)
        # It waits for its reader, and meanwhile the server goes.
        its_own: set[str] = set()

        def is_seen() -> bool:
            # It is seen only while it waits, and looks for the next rows in between.
            its_own.update(open_transactions(database) - others)
            return len(its_own) == 1

        wait_until(is_seen)
        database.sql(f"SELECT pg_terminate_backend({its_own.pop()})")
        out = (begun + running.stdout.read()).decode()
        said = running.stderr.read().decode()
        assert running.wait(30) == LedgerError.exit_code
    assert said.count("\n") == 1
    assert 64 < out.count("i0") < MANY * 2
    assert out.endswith("\n") == (output == "csv")
    if output == "json":
        assert json.loads(said)["error"]["exit_code"] == LedgerError.exit_code
        with pytest.raises(json.JSONDecodeError):
            json.loads(out)


def test_what_fails_at_the_source_is_no_fault_of_the_output(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def made(error: Exception) -> Iterator[str]:
        yield "x" * BLOCK
        yield "y"
        raise error

    for error in (BrokenPipeError(), OSError("x"), LedgerDamaged("x")):
        with pytest.raises(type(error)):
            write_stdout(made(error))
        assert capfd.readouterr().out == "x" * BLOCK


@pytest.mark.parametrize("line", ["list -o csv", "list -o ids", "export", "export -o jsonl"])
def test_a_full_disk_is_an_error_with_its_sentence(long: str, line: str) -> None:
    env = dict(os.environ) | {"TRACKER_DB": long}
    words = [sys.executable, "-m", "tracker", *shlex.split(line)]
    with Path("/dev/full").open("wb") as full_disk:
        done = subprocess.run(words, env=env, stdout=full_disk, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 6
    assert done.stderr.count(b"\n") == 1
    assert b"No space left" in done.stderr


def test_a_target_keeps_its_sign_on_a_terminal_that_cannot_show_it() -> None:
    codecs.register_error("spelled", spell_signs_of_output)
    assert "≥ 60 公里, ≤ 5%".encode("ascii", "spelled") == b">= 60 ??, <= 5%"


@pytest.mark.parametrize("encoding", ["gbk", "hz", "latin-1"])
def test_a_terminal_gets_its_own_encoding_whatever_the_pieces(
    seeded: Program, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    whole: Done = seeded("list -o csv --limit 150")
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    pid, descriptor = pty.fork()
    if pid == 0:
        line = "list -o csv --limit 150"
        os.execv(sys.executable, [sys.executable, "-m", "tracker", *line.split()])  # noqa: S606
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
    wanted = whole.out.encode(encoding, "replace").replace(b"\n", b"\r\n")
    assert shown.startswith(wanted)
    assert b"shown." in shown[len(wanted) :]

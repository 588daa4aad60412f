"""What a person at a terminal sees while something takes its time."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from select import select
from uuid import uuid4

import pytest
from cluster import Cluster
from program import Program

from tracker.cli.file_import import WatchedItems, run_file_import
from tracker.cli.progress import announce_wait, iterate_with_bar
from tracker.exchange.batches import Batch
from tracker.model.records import Item

Read = Callable[[], str]


@contextmanager
def a_terminal() -> Iterator[Read]:
    """A terminal for stderr; what has arrived there so far."""
    reader, writer = os.openpty()

    def read() -> str:
        arrived = b""
        # A terminal hands on what is written to it a moment later.
        while select([reader], [], [], 0.2)[0]:
            arrived += os.read(reader, 10_000)
        return arrived.decode()

    with os.fdopen(writer, "w", encoding="utf-8") as file, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", file)
        yield read
    os.close(reader)


def test_who_waits_is_told_after_a_second() -> None:
    with a_terminal() as said:
        with announce_wait("It is being made …"):
            pass
        assert said() == ""
        with announce_wait("It is being made …"):
            time.sleep(1.2)
        assert said() == "It is being made …\r\n"


def test_a_bar_says_how_far_it_is() -> None:
    with a_terminal() as said:
        weighed = iterate_with_bar("copied", "aab", 4, lambda each: 1 if each == "a" else 2)
        assert list(weighed) == ["a", "a", "b"]
        drawn = said()
        assert "copied" in drawn
        assert "100%" in drawn
        assert list(iterate_with_bar("read", iter("ab"), None, lambda _each: 1)) == ["a", "b"]
        assert "read" in said()


def test_what_is_gone_through_again_has_a_bar_again() -> None:
    items = [Item(id=f"i{number}", name="事项") for number in range(3)]
    with a_terminal() as said:
        shown = WatchedItems([items], len(items))
        assert [list(shown), list(shown)] == [items, items]
        assert said().count("100%") >= 2


def test_a_large_file_comes_in_with_a_bar() -> None:
    items = [Item(id=f"i{number}", name="事项") for number in range(1000)]
    batches = [Batch([], items, []), Batch([], items[:1], [])]
    with a_terminal() as said:
        assert run_file_import(batches, lambda shown: [*shown[0].items]) == [*items, items[0]]
        assert "100%" in said()


def test_nobody_who_does_not_watch_is_shown_a_bar(capfd: pytest.CaptureFixture[str]) -> None:
    assert list(iterate_with_bar("copied", "ab", 2, lambda _each: 1)) == ["a", "b"]
    with announce_wait("It is being made …"):
        pass
    assert capfd.readouterr().err == ""


def test_a_ledger_that_moves_shows_its_three_steps(small: Program, database: Cluster) -> None:
    with a_terminal() as said:
        assert small("move --to", database.url(uuid4().hex)).code == 0
        drawn = said()
    places = [drawn.index(each) for each in ("read", "copied", "compared")]
    assert places == sorted(places)

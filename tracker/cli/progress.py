"""What a person at a terminal sees while something takes its time: a word, or a bar."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any, TypeVar

import typer

from tracker.cli.messages import say

Item = TypeVar("Item")


@contextmanager
def told_of_a_wait(sentence: str) -> Iterator[None]:
    """Say after a second that there is work going on."""
    if not _is_watched():
        yield
        return
    note = Timer(1, say, [sentence])
    note.daemon = True
    note.start()
    try:
        yield
    finally:
        note.cancel()


def watched(
    label: str, items: Iterable[Item], length: int | None, weight: Callable[[Item], int]
) -> Iterator[Item]:
    """The items, with a bar for how many of them were taken.

    Args:
        label: what is done to them.
        items: they are gone through once.
        length: the weight of all of them; None where that is not known.
        weight: that of one.
    """
    if not _is_watched():
        yield from items
        return
    if length is None:
        with typer.progressbar(items, label=label, file=sys.stderr) as counted:
            yield from counted
        return
    drawn: Any = typer.progressbar(length=length, label=label, file=sys.stderr)
    with drawn as bar:
        for each in items:
            yield each
            bar.update(weight(each))


def _is_watched() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()

"""Show a person at a terminal that work is going on: with a sentence, or a bar."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any, TypeVar

import typer

from tracker.cli.messages import write_message_to_stderr

Item = TypeVar("Item")


@contextmanager
def announce_wait(sentence: str) -> Iterator[None]:
    """Write a sentence after a second, if the block still runs and a person watches."""
    if not _can_show_progress():
        yield
        return
    note = Timer(1, write_message_to_stderr, [sentence])
    note.daemon = True
    note.start()
    try:
        yield
    finally:
        note.cancel()


def iterate_with_bar(
    label: str, items: Iterable[Item], length: int | None, weight: Callable[[Item], int]
) -> Iterator[Item]:
    """Yield the items, with a bar for how many of them were taken.

    Args:
        label: what is done to them.
        items: they are gone through once.
        length: the weight of all of them; None where that is not known.
        weight: returns the weight of one.
    """
    if not _can_show_progress():
        yield from items
        return
    if length is None:
        with typer.progressbar(items, label=label, file=sys.stderr) as counted:
            yield from counted
        return
    drawn: Any = typer.progressbar(length=length, label=label, file=sys.stderr)
    with drawn as bar:
        for item in items:
            yield item
            bar.update(weight(item))


def _can_show_progress() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()

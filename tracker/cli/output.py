"""Write results to stdout, and check the output format that was asked for."""

import codecs
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import typer

from tracker.cli.options import ANSWERS
from tracker.errors import DeliveryFailed, InvalidInput, reason_of
from tracker.locale.translation import _
from tracker.output import rendering

BLOCK = 1 << 16
"""Bytes that are written at a time, where there are as many."""


def put(what: str | bytes | Iterable[str]) -> None:
    """Write to stdout and make sure that it has arrived.

    Args:
        what: all of it, or its pieces. They are asked for while they are written, so what
            goes wrong on their side is raised here as it is; what came before is written.

    Raises:
        typer.Exit: nobody reads any more, which is no error to talk about.
        DeliveryFailed: it could not be written.
    """
    if sys.stdout is None:
        raise DeliveryFailed(_("The output could not be written: it is closed."))
    if isinstance(what, bytes):
        _write(what)
        return
    for block in _blocks([what] if isinstance(what, str) else what):
        _write(block)


def is_terminal() -> bool:
    """Whether a person reads it as it comes."""
    # A process may be started without any output.
    return sys.stdout is not None and sys.stdout.isatty()


def can_show(characters: str) -> bool:
    """Whether these characters arrive as they are."""
    if not is_terminal():
        return True
    try:
        characters.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _blocks(pieces: Iterable[str]) -> Iterator[bytes]:
    """The same in bytes, of which many small pieces are one write."""
    encode = _encoder().encode
    waiting, size = [], 0
    for piece in pieces:
        data = encode(piece)
        waiting.append(data)
        size += len(data)
        if size >= BLOCK:
            yield b"".join(waiting)
            waiting, size = [], 0
    # Nothing at all is written too: whether anybody would read it is to be known.
    yield b"".join([*waiting, encode("", final=True)])


def _encoder() -> codecs.IncrementalEncoder:
    """What makes the same bytes of pieces as of the whole, in any encoding."""
    if is_terminal():
        return codecs.getincrementalencoder(sys.stdout.encoding or "utf-8")("replace")
    return codecs.getincrementalencoder("utf-8")("backslashreplace")


def _write(data: bytes) -> None:
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # What is left in the buffer has nowhere to go; nobody must try again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(141) from None
    except OSError as error:
        raise DeliveryFailed(
            _("The output could not be written: {reason}.").format(reason=reason_of(error))
        ) from error


class Counted(Iterator[Any]):
    """What it is given, and how much of that was taken."""

    def __init__(self, given: Iterable[Any]) -> None:
        self._given = iter(given)
        self.count = 0

    def __next__(self) -> Any:  # noqa: ANN401  # whatever it was given
        found = next(self._given)
        self.count += 1
        return found


def check_output(output: str, *, to_file: bool = False) -> None:
    """Refuse an output form before anything is done; ``to_file``: stdout may be left alone.

    Raises:
        InvalidInput: there is no such form, or a terminal cannot show it.
    """
    rendering.check_format(output)
    if not to_file and rendering.is_binary(output) and is_terminal():
        sentence = _("{format} is nothing to read on a terminal; write it to a file: > FILE")
        raise InvalidInput(sentence.format(format=output))


def check_answer(output: str) -> None:
    """Refuse, as invalid input, an output form in which what is no list would be lost."""
    if output not in ANSWERS:
        sentence = _("There is no output format '{name}' here; choose one of: {formats}.")
        raise InvalidInput(sentence.format(name=output, formats=", ".join(ANSWERS)))

"""Write results to stdout, and check the output format that was asked for."""

import codecs
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import typer

from tracker.cli.options import ANSWER_FORMS
from tracker.errors import DeliveryFailed, InvalidInput, describe_error_reason
from tracker.locale.translation import _
from tracker.output import rendering

BLOCK = 1 << 16
"""Bytes that are written at a time, where there are as many."""
_SPELLED_SIGNS = {"≥": ">=", "≤": "<="}
"""Signs without which a number would say something else."""


def write_stdout(content: str | bytes | Iterable[str] | Iterable[bytes]) -> None:
    """Write to stdout and make sure that it has arrived.

    Args:
        content: all of it, or its pieces, as text or in UTF-8. They are asked for while they
            are written, so an error of their maker is raised here as it is; the pieces before
            it are written.

    Raises:
        typer.Exit: nobody reads any more, which is no error to talk about.
        DeliveryFailed: it could not be written.
    """
    if sys.stdout is None:
        raise DeliveryFailed(_("The output could not be written: it is closed."))
    if isinstance(content, bytes):
        _write_output_bytes(content)
        return
    for block in _encode_output_blocks([content] if isinstance(content, str) else content):
        _write_output_bytes(block)


def is_terminal() -> bool:
    """Return whether stdout is a terminal, where a person reads it as it comes."""
    # A process may be started without any output.
    return sys.stdout is not None and sys.stdout.isatty()


def can_show(characters: str) -> bool:
    """Return whether these characters can be written to stdout as they are."""
    if not is_terminal():
        return True
    try:
        characters.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _encode_output_blocks(pieces: Iterable[str] | Iterable[bytes]) -> Iterator[bytes]:
    """Encode pieces, and join small ones to blocks of ``BLOCK`` bytes or more."""
    encode = _build_output_encoder().encode
    is_utf8 = not is_terminal()
    waiting, size = [], 0
    for piece in pieces:
        if isinstance(piece, bytes):
            data = piece if is_utf8 else encode(piece.decode())
        else:
            data = encode(piece)
        waiting.append(data)
        size += len(data)
        if size >= BLOCK:
            yield b"".join(waiting)
            waiting, size = [], 0
    # An empty block is written too, so that a closed pipe is found out.
    yield b"".join([*waiting, encode("", final=True)])


def _build_output_encoder() -> codecs.IncrementalEncoder:
    """Build the encoder of stdout; pieces give the same bytes as the whole, also in UTF-16."""
    if is_terminal():
        codecs.register_error("spelled", spell_signs_of_output)
        return codecs.getincrementalencoder(sys.stdout.encoding or "utf-8")("spelled")
    return codecs.getincrementalencoder("utf-8")("backslashreplace")


def spell_signs_of_output(error: Any) -> tuple[str, int]:  # noqa: ANN401  # an error of encoding
    """Return what stands for characters that a terminal cannot show, and where they end."""
    signs = error.object[error.start : error.end]
    return "".join(_SPELLED_SIGNS.get(sign, "?") for sign in signs), error.end


def _write_output_bytes(data: bytes) -> None:
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The interpreter must not try again, at its end, to write what is left in the buffer.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(141) from None
    except OSError as error:
        raise DeliveryFailed(
            _("The output could not be written: {reason}.").format(
                reason=describe_error_reason(error)
            )
        ) from error


class CountedItems(Iterator[Any]):
    """Iterator that counts, in ``count``, the items taken from it."""

    def __init__(self, items: Iterable[Any]) -> None:
        self._items = iter(items)
        self.count = 0

    def __next__(self) -> Any:  # noqa: ANN401  # whatever the items are
        item = next(self._items)
        self.count += 1
        return item


def check_command_output(output: str, *, to_file: bool = False) -> None:
    """Refuse an unfit output form before anything is done.

    Args:
        output: the form.
        to_file: whether the output may go to a file, where bytes are welcome.

    Raises:
        InvalidInput: there is no such form, or a terminal cannot show it.
    """
    rendering.check_rendering_format(output)
    if not to_file and rendering.is_rendered_as_bytes(output) and is_terminal():
        sentence = _("{format} is nothing to read on a terminal; write it to a file: > FILE")
        raise InvalidInput(sentence.format(format=output))


def check_answer_output(output: str) -> None:
    """Refuse an output form that has no place for the answer to a change.

    Raises:
        InvalidInput: it is none of ``ANSWERS``.
    """
    if output not in ANSWER_FORMS:
        sentence = _("There is no output format '{name}' here; choose one of: {formats}.")
        raise InvalidInput(sentence.format(name=output, formats=", ".join(ANSWER_FORMS)))

"""Write messages for a person to stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import typer

from tracker.system import text

HELD_BACK = frozenset({"json", "jsonl"})
"""Output forms whose messages are held back until the command has succeeded.

A script finds on stderr either messages or, of a failure, one JSON object.
"""


def write_message_to_stderr(sentence: str) -> None:
    """Write a sentence to stderr, if there is one. A failure to write is passed over."""
    if sys.stderr is not None:
        data = text.make_text_visible(sentence, lines=True) + "\n"
        # What cannot be said must not change what is done, nor how it ends.
        with suppress(OSError):
            sys.stderr.buffer.write(data.encode(sys.stderr.encoding or "utf-8", "backslashreplace"))
            sys.stderr.buffer.flush()


class Messages:
    """Messages of one command: written at once, or kept until it has succeeded."""

    def __init__(self) -> None:
        self._held: list[str] | None = None

    def add(self, sentence: str) -> None:
        """Write a sentence to stderr, or keep it while messages are held back."""
        if self._held is None:
            write_message_to_stderr(sentence)
        else:
            self._held.append(sentence)

    @contextmanager
    def held_back(self, output: str | None) -> Iterator[None]:
        """Keep what is said in the block if ``output`` asks for it; write it at the end.

        After a failure, which is reported as one JSON object, it is dropped.
        """
        held = self._held = [] if output in HELD_BACK else None
        try:
            yield
        except typer.Exit:
            # An exit code is an answer, not a failure.
            _write_all_messages(held)
            raise
        else:
            _write_all_messages(held)
        finally:
            self._held = None


def _write_all_messages(sentences: list[str] | None) -> None:
    for sentence in sentences or ():
        write_message_to_stderr(sentence)

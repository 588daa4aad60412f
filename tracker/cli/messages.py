"""Write messages for a person to stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import typer

from tracker.system import text


def say(sentence: str) -> None:
    """Talk to the person, on stderr, where there is one."""
    if _talk.held is not None:
        _talk.held.append(sentence)
    elif sys.stderr is not None:
        data = text.visible(sentence, lines=True) + "\n"
        # What cannot be said must not change what is done, nor how it ends.
        with suppress(OSError):
            sys.stderr.buffer.write(data.encode(sys.stderr.encoding or "utf-8", "backslashreplace"))
            sys.stderr.buffer.flush()


class _Talk:
    """What is held back until a command has succeeded; None: everything is said at once."""

    held: list[str] | None = None


_talk = _Talk()


@contextmanager
def held_back(output: str | None) -> Iterator[None]:
    """With ``-o json`` a failure is one JSON object on stderr, and nothing beside it."""
    _talk.held = [] if output in {"json", "jsonl"} else None
    try:
        yield
    except typer.Exit:
        _let_go()
        raise
    else:
        _let_go()
    finally:
        _talk.held = None


def _let_go() -> None:
    held, _talk.held = _talk.held, None
    for sentence in held or ():
        say(sentence)

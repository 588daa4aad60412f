"""What a shell that completes a word is offered."""

import os
import re
from collections.abc import Iterator
from typing import Annotated, Any, TypeAlias

import typer

from tracker import config
from tracker.errors import TrackerError
from tracker.locale.translation import _
from tracker.storage.open_store import open_store


def known_ids(ctx: typer.Context, incomplete: str) -> list[str]:
    """The ids that begin so.

    Only ids are offered: a shell may evaluate what it is given, and nothing else of a
    ledger is sure to mean nothing to it.
    """
    places = (each.params.get("db") for each in _with_those_around(ctx))
    try:
        place = config.load({"db": next(filter(None, places), None)})["db"]
        with open_store(os.path.expanduser(place)).view() as view:  # noqa: PTH111  # a URL is no path
            found = [each.id for each in view.names() if each.id.startswith(incomplete)]
    except TrackerError:
        return []
    # Whatever may have got into the files: this means nothing to any shell.
    return [each for each in found if re.fullmatch("[a-z0-9.-]+", each)]


def _with_those_around(ctx: typer.Context) -> Iterator[typer.Context]:
    around: Any = ctx
    while around is not None:
        yield around
        around = around.parent


Id: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="ID", help=_("Its id, or a part of its name."), autocompletion=known_ids
    ),
]
"""What a record is called by whoever types a command."""

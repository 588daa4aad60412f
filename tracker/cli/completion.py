"""Offer a shell the ids that complete a word."""

import os
import re
from collections.abc import Iterator
from typing import Annotated, Any, TypeAlias

import typer

from tracker import config
from tracker.errors import TrackerError
from tracker.locale.translation import _
from tracker.storage.open_store import open_store


def complete_record_id(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the ids that begin with what is typed; none where the ledger cannot be read.

    Only ids are offered: zsh evaluates what it is given, and an id is the one text of a
    ledger that no shell takes for code.
    """
    places = (context.params.get("db") for context in _iterate_completion_contexts(ctx))
    try:
        place = config.load_settings({"db": next(filter(None, places), None)})["db"]
        with open_store(os.path.expanduser(place)).view() as view:  # noqa: PTH111  # a URL is no path
            ids = [name.id for name in view.names() if name.id.startswith(incomplete)]
    except TrackerError:
        return []
    # A damaged or hostile file may hold an id that the rules refuse.
    return [record_id for record_id in ids if re.fullmatch("[a-z0-9.-]+", record_id)]


def _iterate_completion_contexts(ctx: typer.Context) -> Iterator[typer.Context]:
    """Yield Typer's context of the command, and that of the root, where --db may stand too."""
    context: Any = ctx
    while context is not None:
        yield context
        context = context.parent


OptionalRecordArgument: TypeAlias = Annotated[
    str | None,
    typer.Argument(
        metavar="[ID]", help=_("Its id, or a part of its name."), autocompletion=complete_record_id
    ),
]
"""Argument that may name a record."""
RecordArgument: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="ID", help=_("Its id, or a part of its name."), autocompletion=complete_record_id
    ),
]
"""Argument that names a record."""

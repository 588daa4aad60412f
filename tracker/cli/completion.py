"""Offer a shell the ids, leads, places and categories that complete a word."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeAlias

import typer

from tracker import config
from tracker.errors import TrackerError
from tracker.locale.translation import _
from tracker.model.filters import Filter
from tracker.model.leads import split_leads
from tracker.storage.base import View
from tracker.storage.open_store import open_store


def complete_record_id(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the ids that begin with what is typed; none where the ledger cannot be read."""

    def list_ids(view: View) -> Iterator[str]:
        return (named.id for named in view.names())

    # A damaged or hostile file may hold an id that the rules refuse.
    return _complete(ctx, incomplete, list_ids, "[a-z0-9.-]+")


def complete_filter_value(field: str, ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the values of a field, such as ``lead``, that begin with what is typed.

    Only values of letters and digits: zsh evaluates what it is given.
    """

    def list_values(view: View) -> Iterator[str]:
        for initiative, indicator in view.candidates(Filter()):
            for record in (initiative, indicator):
                text = getattr(record, field, None)
                yield from split_leads(text) if field == "lead" else filter(None, [text])

    return _complete(ctx, incomplete, list_values, r"[\w.·-]+")


def _complete(
    ctx: typer.Context,
    incomplete: str,
    list_words: Callable[[View], Iterator[str]],
    allowed: str,
) -> list[str]:
    """Return the words of the ledger that begin with what is typed, each once."""
    places = (context.params.get("db") for context in _iterate_completion_contexts(ctx))
    try:
        place = config.load_settings({"db": next(filter(None, places), None)})["db"]
        with open_store(os.path.expanduser(place)).view() as view:  # noqa: PTH111  # a URL is no path
            words = dict.fromkeys(word for word in list_words(view) if word.startswith(incomplete))
    except TrackerError:
        return []
    return [word for word in words if re.fullmatch(allowed, word)]


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

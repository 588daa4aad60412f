"""Show what was changed, and take it back: history, undo."""

from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.completion import complete_record_id
from tracker.cli.context import CommandContext
from tracker.cli.options import AnswerOptions, DayOptions, ListOptions
from tracker.cli.registration import command
from tracker.ledger.answers import UndoneChange
from tracker.locale.translation import _
from tracker.model.codec import to_plain_data
from tracker.model.horizon import NOW
from tracker.views import listings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.ledger.history import Event

app = typer.Typer(rich_markup_mode=None)


@command(
    app,
    "history",
    "tracker history --limit 20",
    "tracker history rural-pipes -o json",
    "tracker history --head",
)
def history(
    context: CommandContext,
    days: DayOptions,
    out: ListOptions,
    words: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]",
            help=_("Only this record, its indicators included."),
            autocompletion=complete_record_id,
        ),
    ] = None,
    deliveries: Annotated[
        bool, typer.Option("--deliveries", help=_("What tracker remind sent, too."))
    ] = False,
    head: Annotated[
        bool, typer.Option("--head", help=_("The checksum of all changes, to be noted elsewhere."))
    ] = False,
) -> None:
    """The newest change comes first. One of very many records at once is one line.

    Who has noted the head can prove later that nothing of it was changed: tracker check --head.
    """
    when = context.read_days(days)
    if head:
        newest = context.tracker.chain_head(when)
        context.print_answer(newest.head, newest._asdict(), out.output)
        return
    if out.limit is not None and out.sort is None and (words, when) == (None, NOW):
        listing = context.tracker.newest_changes(out.limit, deliveries=deliveries)
        if listing.is_cut:
            context.warn_of_more(len(listing.items))
        changes: Sequence[Event] = listing.items
    else:
        changes = context.tracker.history(words, when, deliveries=deliveries)
    context.print_table(
        listings.tabulate_history_listing(changes, when.as_of or context.today), out
    )


@command(app, "undo", "tracker update rural-pipes.renewed --done && tracker undo")
def undo(
    context: CommandContext,
    form: AnswerOptions,
    change: Annotated[
        int | None,
        typer.Argument(metavar="[NO]", min=1, help=_("Number of a change in the history.")),
    ] = None,
) -> None:
    """Without a number the newest change that still stands; again, the one before it.

    What others did, and what brought in whole files (init, import, restore), is taken
    back by its number only.
    Nothing is struck out: a new change says the opposite, and it can be taken back by its
    own number. Refused where something was changed since that depends on it.
    """
    done = context.tracker.undo(change)
    taken = done.taken_back
    item = {
        "seq": done.seq,
        "undoes": taken.seq,
        "command": taken.command,
        "at": taken.at,
        "by": taken.by,
        "changes": [{"record": event.record, "what": event.what} for event in done.events],
    }
    context.print_answer(_answer_history_undo_command(done), to_plain_data(item), form.output)


def _answer_history_undo_command(done: UndoneChange) -> str:
    changes = _("; ").join(
        _("{label}: {n}").format(label=event.record, n=event.what) if event.record else event.what
        for event in done.events
    )
    return _(
        "took back {seq} ({command}): {changes}; to bring it back, run: tracker undo {new}"
    ).format(
        seq=done.taken_back.seq,
        command=done.taken_back.command,
        changes=changes,
        new=done.seq,
    )

"""Make a ledger: init."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from tracker.cli.context import CommandContext
from tracker.cli.file_import import (
    describe_file_import,
    read_file_for_import,
    run_file_import,
    warn_after_file_import,
)
from tracker.cli.options import AnswerOptions
from tracker.cli.registration import command
from tracker.errors import InvalidInput
from tracker.exchange.batches import Batch
from tracker.ledger.merge import ConflictRule, MergeCounts
from tracker.locale.translation import _

_HERE = Path(__file__).resolve().parents[2]
# In an installed wheel the seeds lie inside the package, in a checkout beside it.
SEEDS = next((p for p in (_HERE / "seeds", _HERE.parent / "seeds") if p.is_dir()), _HERE)

app = typer.Typer(rich_markup_mode=None)


@command(
    app,
    "init",
    "tracker init",
    "tracker --db mine init --empty",
    "tracker export > plan.json && tracker --db copy init --from plan.json",
)
def init(
    context: CommandContext,
    form: AnswerOptions,
    empty: Annotated[bool, typer.Option("--empty", help=_("Without any records."))] = False,
    files: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="FILE", help=_("These files instead; repeatable.")),
    ] = None,
    seeds: Annotated[
        bool, typer.Option("--seeds", help=_("The sample, also in a ledger of one's own."))
    ] = False,
) -> None:
    """The ledger is a folder of plain files. What people entered in it is never changed.

    Without --empty and --from it is filled with a sample, the programmes of Jinan; in a
    ledger that was not made from the sample nothing is added unless --seeds is given. What
    an earlier version of the sample said wrongly is corrected, as one change.
    """
    if empty and (files or seeds):
        raise InvalidInput(_("Give --empty or --from, not both."))
    names = [*(files or []), *(_list_init_command_seeds() if seeds or not (files or empty) else [])]
    batches = [read_file_for_import(context, name, None) for name in names]
    is_there = context.tracker.is_there()
    if files and not is_there:
        _init_from_files(context, batches, form.output)
        return
    if is_there and not (files or seeds) and not _is_initialised_from_seeds(context, batches):
        batches = []
    # What the sample said wrongly before is corrected; a file of one's own is not the sample.
    rule: ConflictRule = "keep" if files else "correct"
    is_new = context.tracker.make()
    context.warn_of_place()
    merged = MergeCounts(0, 0, 0, 0, 0)
    if batches:
        merged = run_file_import(batches, partial(context.tracker.merge, rule=rule, command="init"))
    if batches or empty:
        added = _("empty") if empty and is_new else describe_file_import(merged)
    else:
        added = _("nothing added; the sample comes with --seeds")
    _print_what_init_made(context, merged, added, form.output, is_new=is_new)


def _init_from_files(context: CommandContext, batches: list[Batch], output: str) -> None:
    """Make a ledger out of files, once none of them is refused."""
    scratch = context.open_scratch_ledger()
    merged, changes = run_file_import(
        batches, partial(scratch.try_merge, rule="keep", command="init")
    )
    # They take several times as much memory as what was made of them.
    batches.clear()
    is_new = context.tracker.make()
    context.warn_of_place()
    context.tracker.add_all(changes, "init")
    added = describe_file_import(merged)
    _print_what_init_made(context, merged, added, output, is_new=is_new)


def _print_what_init_made(
    context: CommandContext, merged: MergeCounts, added: str, output: str, *, is_new: bool
) -> None:
    """Say what was made and added."""
    place = context.tracker.store.place
    sentence = _("{place} made: {added}") if is_new else _("{place} was there: {added}")
    warn_after_file_import(context, merged)
    context.print_answer(sentence.format(place=place, added=added), merged._asdict(), output)


def _is_initialised_from_seeds(context: CommandContext, seeds: Sequence[Batch]) -> bool:
    """Return whether the first change of the ledger was to fill it with the seeds."""
    documents = {document.id for batch in seeds for document in batch.documents}
    with context.tracker.store.view() as view:
        first = next(iter(view.history()), None)
    return (
        first is not None
        and first.command == "init"
        and any(each.table == "documents" and each.id in documents for each in first.changes)
    )


def _list_init_command_seeds() -> list[str]:
    return sorted(map(str, SEEDS.glob("*.toml")))

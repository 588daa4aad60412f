"""Make a ledger: init."""

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
from tracker.ledger.merge import MergeCounts
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
) -> None:
    """The ledger is a folder of plain files. What it holds already is never changed."""
    if empty and files:
        raise InvalidInput(_("Give --empty or --from, not both."))
    names = files if files is not None else ([] if empty else _list_init_command_seeds())
    batches = [read_file_for_import(name, None) for name in names]
    if files and not context.tracker.is_there():
        # A file that is refused must not leave an empty ledger behind.
        context.open_scratch_ledger().merge(batches, "keep", "init")
    is_new = context.tracker.make()
    context.warn_of_place()
    merged = (
        run_file_import(context, batches, "keep", "init") if batches else MergeCounts(0, 0, 0, 0, 0)
    )
    place = context.tracker.store.place
    sentence = _("{place} made: {added}") if is_new else _("{place} was there: {added}")
    added = _("empty") if empty and is_new else describe_file_import(merged)
    sentence = sentence.format(place=place, added=added)
    warn_after_file_import(context, merged)
    context.print_answer(sentence, merged._asdict(), form.output)


def _list_init_command_seeds() -> list[str]:
    return sorted(map(str, SEEDS.glob("*.toml")))

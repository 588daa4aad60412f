"""Keep the files of a ledger safe: recover, backup, restore."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import asdict

from tracker.cli.context import CommandContext
from tracker.cli.options import AnswerOptions
from tracker.cli.registration import command
from tracker.errors import Refused
from tracker.locale.translation import _, _n
from tracker.model.commits import Stamp
from tracker.storage.base import (
    BackupResult,
    DatabaseStore,
    FillableStore,
    RecoverableStore,
    RecoveryResult,
    RepairableStore,
    RestoreResult,
)

app = typer.Typer(rich_markup_mode=None)

_KEEP = 10
"""Dated backups that stay."""


@command(app, "recover", "tracker recover", "tracker recover -o json")
def recover(context: CommandContext, form: AnswerOptions) -> None:
    """Made of the journal, its second copy and the snapshot; what was there is kept beside.

    In a database the rows that no program wrote are set aside, and the records put right.
    """
    store = context.tracker.store
    recoverable = store if isinstance(store, RecoverableStore) else None
    recovered = (recoverable or _open_backup_command_store(context)).recover(
        _build_backup_command_stamp(context, "recover")
    )
    context.print_answer(
        _describe_backup_command_recovery(recovered), asdict(recovered), form.output
    )


@command(app, "backup", "tracker backup", "mkdir -p backups && tracker backup backups --keep 30")
def backup(
    context: CommandContext,
    form: AnswerOptions,
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help=_("A new file, or a folder for dated ones.")),
    ] = None,
    keep: Annotated[
        int, typer.Option(min=1, help=_("So many dated ones stay; the oldest make room."))
    ] = _KEEP,
) -> None:
    """One file with the whole history, read back and compared; never of a damaged ledger.

    Without FILE it is dated and lies in the folder backups of the ledger, that of a database in
    ~/.local/share/tracker/backups.
    """
    target = None if file is None else Path(file)
    done = _write_backup_command_file(context, target, keep)
    sentence = _n(
        "{commits} commit saved in {file}", "{commits} commits saved in {file}", done.commits
    )
    if done.removed:
        sentence = _("; ").join([sentence, _("removed: {removed}")])
    store = context.tracker.store
    if isinstance(store, DatabaseStore) and store.list_rights():
        note = _("who may do what is not in it; keep beside it what this prints: tracker db list")
        sentence = _("; ").join([sentence, note])
    context.print_answer(
        sentence.format(commits=done.commits, file=done.file, removed=", ".join(done.removed)),
        asdict(done),
        form.output,
    )


@command(app, "restore", "tracker backup copy.jsonl && tracker restore copy.jsonl")
def restore(
    context: CommandContext,
    form: AnswerOptions,
    file: Annotated[str, typer.Argument(metavar="FILE", help=_("What tracker backup wrote."))],
) -> None:
    """The backup is checked first; the ledger that was there is kept beside.

    In a database it is put into a ledger that is new or empty, and compared.
    """
    done = _restore_backup_command_file(context, Path(file))
    sentence = _n("{commits} commit put back", "{commits} commits put back", done.commits)
    if done.kept:
        sentence = _("; ").join([sentence, _("kept beside: {files}")])
    sentence = sentence.format(commits=done.commits, files=", ".join(done.kept))
    context.print_answer(sentence, asdict(done), form.output)


def _write_backup_command_file(
    context: CommandContext, target: Path | None, keep: int
) -> BackupResult:
    if not isinstance(context.tracker.store, DatabaseStore):
        return _open_backup_command_store(context).back_up(target, keep, context.now)
    from tracker.config import find_configured_default_ledger
    from tracker.ledger.archive import archive_ledger

    folder = Path(find_configured_default_ledger()).parent
    return archive_ledger(context.tracker, folder, target, keep, context.now)


def _restore_backup_command_file(context: CommandContext, file: Path) -> RestoreResult:
    store = context.tracker.store
    if not isinstance(store, DatabaseStore) or not isinstance(store, FillableStore):
        stamp = _build_backup_command_stamp(context, "restore")
        return _open_backup_command_store(context).restore(file, stamp)
    from tracker.ledger.archive import restore_archived_ledger

    return restore_archived_ledger(context.tracker, store, file)


def _open_backup_command_store(context: CommandContext) -> RepairableStore:
    store = context.tracker.store
    if not isinstance(store, RepairableStore):
        raise Refused(
            _(
                "{place} is no folder of files; put a backup of it into a new ledger of the"
                " database with: tracker restore FILE"
            ).format(place=store.place)
        )
    return store


def _build_backup_command_stamp(context: CommandContext, name: str) -> Stamp:
    return Stamp(at=context.now, by=context.settings["author"], command=name)


def _describe_backup_command_recovery(recovered: RecoveryResult) -> str:
    """Return a sentence on what is in the ledger, what was lost, and what was written."""
    count = recovered.commits
    if not recovered.written and not recovered.kept:
        sentence = _n(
            "The ledger is whole, {commits} commit; nothing was changed.",
            "The ledger is whole, {commits} commits; nothing was changed.",
            count,
        )
        return sentence.format(commits=count)
    sentence = _n("{commits} commit is in the ledger", "{commits} commits are in the ledger", count)
    parts = [sentence.format(commits=count), *_describe_backup_command_losses(recovered)]
    if recovered.written:
        parts.append(_("written anew: {files}").format(files=", ".join(recovered.written)))
    if recovered.kept:
        parts.append(_("kept beside: {files}").format(files=", ".join(recovered.kept)))
    return _("; ").join(parts)


def _describe_backup_command_losses(recovered: RecoveryResult) -> Iterator[str]:
    """Yield what of the journal was not whole, and what stands in for it."""
    if recovered.from_recent:
        sentence = _("{count} of them from recent.jsonl only")
        yield sentence.format(count=recovered.from_recent)
    if recovered.outcome_of is not None:
        first, last = recovered.outcome_of
        sentence = _("commits {first} to {last} by their outcome only, from ledger.json")
        yield sentence.format(first=first, last=last)
    if recovered.lost:
        yield _("LOST: commits {numbers}").format(
            numbers=_format_backup_command_ranges(recovered.lost)
        )
    if recovered.unfit:
        yield _("not put back: commits {numbers}").format(
            numbers=_format_backup_command_ranges(recovered.unfit)
        )
    if recovered.reduced:
        yield _("set aside what is not understood in commits {numbers}").format(
            numbers=_format_backup_command_ranges(recovered.reduced)
        )
    if recovered.scraps:
        sentence = _n(
            "{count} byte of journal.jsonl was no whole commit",
            "{count} bytes of journal.jsonl were no whole commit",
            recovered.scraps,
        )
        yield sentence.format(count=recovered.scraps)


def _format_backup_command_ranges(numbers: Iterable[int]) -> str:
    """Format ascending numbers as people write them: 3, 7–9."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("–".join(map(str, run)) for run in runs)

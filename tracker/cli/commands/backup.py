"""Safety: recover, backup, restore."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from tracker.cli.context import Call
from tracker.cli.options import Format
from tracker.cli.registration import command
from tracker.errors import Refused
from tracker.locale.translation import _, _n
from tracker.model.commits import Stamp
from tracker.storage.base import Files, Recovered

app = typer.Typer(rich_markup_mode=None)

KEEP = 10


@command(app, "recover", "tracker recover", "tracker recover -o json")
def recover(call: Call, form: Format) -> None:
    """Made of the journal, its second copy and the snapshot; what was there is kept beside."""
    found = _files(call).recover(_stamp(call, "recover"))
    call.answer(_recovered(found), found._asdict(), form.output)


@command(app, "backup", "tracker backup", "mkdir -p backups && tracker backup backups --keep 30")
def backup(
    call: Call,
    form: Format,
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help=_("A new file, or a folder for dated ones.")),
    ] = None,
    keep: Annotated[
        int, typer.Option(min=1, help=_("So many dated ones stay; the oldest make room."))
    ] = KEEP,
) -> None:
    """One file with the whole history, read back and compared; never of a damaged ledger."""
    target = None if file is None else Path(file)
    done = _files(call).back_up(target, keep, call.now)
    sentence = _n(
        "{commits} commit saved in {file}", "{commits} commits saved in {file}", done.commits
    )
    if done.removed:
        sentence = _("; ").join([sentence, _("removed: {removed}")])
    call.answer(
        sentence.format(commits=done.commits, file=done.file, removed=", ".join(done.removed)),
        done._asdict(),
        form.output,
    )


@command(app, "restore", "tracker backup copy.jsonl && tracker restore copy.jsonl")
def restore(
    call: Call,
    form: Format,
    file: Annotated[str, typer.Argument(metavar="FILE", help=_("What tracker backup wrote."))],
) -> None:
    """The backup is checked first; the ledger that was there is kept beside."""
    done = _files(call).restore(Path(file), _stamp(call, "restore"))
    sentence = _n("{commits} commit put back", "{commits} commits put back", done.commits)
    if done.kept:
        sentence = _("; ").join([sentence, _("kept beside: {files}")])
    sentence = sentence.format(commits=done.commits, files=", ".join(done.kept))
    call.answer(sentence, done._asdict(), form.output)


def _files(call: Call) -> Files:
    store = call.tracker.store
    if not isinstance(store, Files):
        raise Refused(
            _(
                "{place} is no folder of files; save a database with pg_dump, put it back with"
                " pg_restore, or copy the ledger into a folder with: tracker move --to FOLDER"
            ).format(place=store.place)
        )
    return store


def _stamp(call: Call, name: str) -> Stamp:
    return Stamp(at=call.now, by=call.settings["author"], command=name)


def _recovered(found: Recovered) -> str:
    if not found.written:
        sentence = _n(
            "The ledger is whole, {commits} commit; nothing was changed.",
            "The ledger is whole, {commits} commits; nothing was changed.",
            found.commits,
        )
        return sentence.format(commits=found.commits)
    there = _n(
        "{commits} commit is in the ledger", "{commits} commits are in the ledger", found.commits
    )
    parts = [there.format(commits=found.commits)]
    if found.from_recent:
        parts.append(_("{count} of them from recent.jsonl only").format(count=found.from_recent))
    if found.outcome_of is not None:
        first, last = found.outcome_of
        parts.append(
            _("commits {first} to {last} by their outcome only, from ledger.json").format(
                first=first, last=last
            )
        )
    if found.lost:
        parts.append(_("LOST: commits {numbers}").format(numbers=_ranges(found.lost)))
    if found.unfit:
        parts.append(_("not put back: commits {numbers}").format(numbers=_ranges(found.unfit)))
    if found.scraps:
        scraps = _n(
            "{count} byte of journal.jsonl was no whole commit",
            "{count} bytes of journal.jsonl were no whole commit",
            found.scraps,
        )
        parts.append(scraps.format(count=found.scraps))
    parts.append(_("written anew: {files}").format(files=", ".join(found.written)))
    if found.kept:
        parts.append(_("kept beside: {files}").format(files=", ".join(found.kept)))
    return _("; ").join(parts)


def _ranges(numbers: Iterable[int]) -> str:
    """Numbers as people write them: 3, 7–9."""
    runs: list[list[int]] = []
    for each in numbers:
        if runs and each == runs[-1][-1] + 1:
            runs[-1][1:] = [each]
        else:
            runs.append([each])
    return ", ".join("–".join(map(str, run)) for run in runs)

"""In and out: init, export, import."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tracker import intake, registers, reports, tables
from tracker.cli.call import Call, Days, Format, Where, command, say
from tracker.errors import InvalidInput, reason_of
from tracker.intake import Batch
from tracker.locale import _, _n
from tracker.merging import Merged, Rule

app = typer.Typer(rich_markup_mode=None)

_HERE = Path(__file__).resolve().parent.parent
# In an installed wheel the seeds lie inside the package, in a checkout beside it.
SEEDS = next((p for p in (_HERE / "seeds", _HERE.parent / "seeds") if p.is_dir()), _HERE)


@command(app, "init", "tracker init", "tracker --db ./jinan init --from plan.toml")
def init(
    call: Call,
    form: Format,
    empty: Annotated[bool, typer.Option("--empty", help=_("Without any records."))] = False,
    files: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="FILE", help=_("These files instead; repeatable.")),
    ] = None,
) -> None:
    """The ledger is a folder of plain files. What it holds already is never changed."""
    if empty and files:
        raise InvalidInput(_("Give --empty or --from, not both."))
    names = files if files is not None else ([] if empty else _packaged())
    batches = [_read(each, None) for each in names]
    if files and not call.tracker.is_there():
        # A file that is refused must not leave an empty ledger behind.
        call.rehearsal.merge(batches, "keep", "init")
    is_new = call.tracker.make()
    call.warn_of_its_place()
    merged = _merged(call, batches, "keep", "init") if batches else Merged(0, 0, 0, 0, 0)
    place = call.tracker.store.place
    sentence = _("{place} made: {added}") if is_new else _("{place} was there: {added}")
    added = _("empty") if empty and is_new else _added(merged)
    sentence = sentence.format(place=place, added=added)
    _tell_kept(merged)
    call.answer(sentence, merged._asdict(), form.output)


@command(
    app,
    "export",
    "tracker export > ledger.json",
    "tracker export --place 市中区 -o csv > shizhong.csv",
)
def export(
    call: Call,
    where: Where,
    days: Days,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="json|jsonl|csv …", help=_("Output form."))
    ] = "json",
) -> None:
    """JSON and JSON Lines hold everything; a table holds one row for each indicator."""
    chosen, when = call.filter(where), call.when(days)
    if output in {"json", "jsonl"}:
        made = registers.exported if output == "json" else registers.exported_lines
        with call.tracker.passing_export(chosen, when) as everything:
            call.write(made(everything), output)
    elif reports.is_streamed(output):
        with call.tracker.passing_indicators(chosen, when) as passing:
            call.write(tables.passing_indicators(passing), output)
    else:
        found = call.tracker.indicators(chosen, when)
        table = tables.indicators(_("indicators"), found)
        call.write(call.dated(table, output, [each.id for each in found.items], when), output)


@command(app, "import", "tracker import plan.toml", "tracker export | tracker --db other import -")
def import_(
    call: Call,
    form: Format,
    file: Annotated[str, typer.Argument(metavar="FILE", help=_("A file; - for stdin."))],
    kind: Annotated[
        str | None, typer.Option("--format", metavar="json|jsonl|toml", help=_("Its form."))
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help=_("Where they differ: the ledger."))] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help=_("Where they differ: the file."))
    ] = False,
) -> None:
    """All of it or nothing. Entries are only ever added."""
    if keep and replace:
        raise InvalidInput(_("Give --keep or --replace, not both."))
    rule: Rule = "keep" if keep else "replace" if replace else "refuse"
    merged = _merged(call, [_read(file, kind)], rule, "import")
    _tell_kept(merged)
    call.answer(_added(merged), merged._asdict(), form.output)


def _packaged() -> list[str]:
    return sorted(str(each) for each in SEEDS.glob("*.toml"))


def _read(name: str, kind: str | None) -> Batch:
    form = kind or ("json" if name == "-" else Path(name).suffix.lstrip(".").lower())
    if form not in intake.FORMS:
        raise InvalidInput(
            _("{file}: the form is not known by its name; say --format {forms}.").format(
                file=name, forms="|".join(intake.FORMS)
            )
        )
    try:
        # One byte more than is allowed is enough to know that it is too much.
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as stream:
            data = stream.read(intake.FILE_LIMIT + 1)
    except OSError as error:
        raise InvalidInput(
            _("{file} cannot be read: {reason}.").format(file=name, reason=reason_of(error))
        ) from None
    return intake.read(data, form)


def _merged(call: Call, batches: Sequence[Batch], rule: Rule, command: str) -> Merged:
    """Merge; a person who waits sees how far it is."""
    items = [item for batch in batches for item in batch.items]
    whole = Batch(
        [document for batch in batches for document in batch.documents],
        items,
        [problem for batch in batches for problem in batch.problems],
    )
    if sys.stderr is None or not sys.stderr.isatty() or len(items) < _MANY:
        return call.tracker.merge([whole], rule, command)
    with typer.progressbar(items, label=_("records"), file=sys.stderr) as bar:
        shown = whole._replace(items=bar)  # type: ignore[arg-type]  # it is gone through once
        return call.tracker.merge([shown], rule, command)


_MANY, _MOST_KEPT = 1000, 10


def _tell_kept(merged: Merged) -> None:
    """Say what of the file was passed over, so that nothing is lost in silence."""
    if not merged.kept:
        return
    sentences = [
        _n(
            "{count} difference between ledger and file; the ledger stays as it is:",
            "{count} differences between ledger and file; the ledger stays as it is:",
            len(merged.kept),
        ).format(count=len(merged.kept)),
        *(f"  {each}" for each in merged.kept[:_MOST_KEPT]),
    ]
    if len(merged.kept) > _MOST_KEPT:
        sentences.append(
            _("  … and {more} more; all of them say: tracker import FILE").format(
                more=len(merged.kept) - _MOST_KEPT
            )
        )
    say("\n".join(sentences))


def _added(merged: Merged) -> str:
    if not any(merged[:-1]):
        return _("nothing new")
    counted = {
        "documents": _n("{n} document", "{n} documents", merged.documents),
        "initiatives": _n("{n} initiative", "{n} initiatives", merged.initiatives),
        "indicators": _n("{n} indicator", "{n} indicators", merged.indicators),
        "entries": _n("{n} entry", "{n} entries", merged.entries),
    }
    numbers = merged._asdict()
    parts = {key: sentence.format(n=numbers[key]) for key, sentence in counted.items()}
    added = _("{documents}, {initiatives}, {indicators} and {entries} added").format(**parts)
    if not merged.changed:
        return added
    changed = _n("{n} record changed", "{n} records changed", merged.changed)
    return _("; ").join([added, changed.format(n=merged.changed)])

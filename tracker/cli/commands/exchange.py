"""In and out: init, export, import."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tracker.cli.context import Call
from tracker.cli.messages import say
from tracker.cli.options import Days, Format, Where
from tracker.cli.registration import command
from tracker.errors import InvalidInput, reason_of
from tracker.exchange import reader
from tracker.exchange.reader import Batch
from tracker.ledger.merge import Merged, Rule
from tracker.locale.translation import _, _n
from tracker.output import rendering
from tracker.views import indicators, listings

app = typer.Typer(rich_markup_mode=None)


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
        made = listings.exported if output == "json" else listings.exported_lines
        with call.tracker.passing_export(chosen, when) as everything:
            call.write(made(everything), output)
    elif rendering.is_streamed(output):
        with call.tracker.passing_indicators(chosen, when) as passing:
            call.write(indicators.passing_indicators(passing), output)
    else:
        found = call.tracker.indicators(chosen, when)
        table = indicators.indicators(_("indicators"), found)
        call.write(call.dated(table, output, [each.id for each in found.items], when), output)


@command(
    app,
    "import",
    "tracker export > copy.json && tracker import copy.json",
    "tracker --db new init --empty && tracker export | tracker --db new import -",
)
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
    merged = merge_batch(call, [read_files(file, kind)], rule, "import")
    tell_kept(merged)
    call.answer(describe_added(merged), merged._asdict(), form.output)


def read_files(name: str, kind: str | None) -> Batch:
    """Read a file, or stdin for "-", in the form that its name or ``kind`` says."""
    form = kind or ("json" if name == "-" else Path(name).suffix.lstrip(".").lower())
    if form not in reader.FORMS:
        raise InvalidInput(
            _("{file}: the form is not known by its name; say --format {forms}.").format(
                file=name, forms="|".join(reader.FORMS)
            )
        )
    try:
        # One byte more than is allowed is enough to know that it is too much.
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as stream:
            data = stream.read(reader.FILE_LIMIT + 1)
    except OSError as error:
        raise InvalidInput(
            _("{file} cannot be read: {reason}.").format(file=name, reason=reason_of(error))
        ) from None
    return reader.read(data, form)


def merge_batch(call: Call, batches: Sequence[Batch], rule: Rule, command: str) -> Merged:
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


def tell_kept(merged: Merged) -> None:
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


def describe_added(merged: Merged) -> str:
    """Say how many records and entries were added."""
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

"""Read exchange files and merge them into the ledger, for init and import."""

import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

import typer

from tracker.cli.context import CommandContext
from tracker.errors import InvalidInput, LedgerError, LedgerMissing, describe_error_reason
from tracker.exchange.batches import FILE_FORMS, FILE_LIMIT, Batch, read_batch
from tracker.ledger.merge import MergeCounts
from tracker.locale.translation import _, _n
from tracker.model.records import Item, Source

MergedT = TypeVar("MergedT")

_SHORT_WAIT = 1000
"""Items that are merged without a bar."""
_MOST_LISTED = 10
"""Differences that are listed one by one."""


def read_file_for_import(context: CommandContext, name: str, form: str | None) -> Batch:
    """Read a file, or stdin for "-", in the form that is given, else in that of its name.

    What is remarked on its wordings, such as the day that is understood, is said.

    Raises:
        InvalidInput: the form is not known, or the file cannot be read or is not of that form.
    """
    form = form or ("json" if name == "-" else Path(name).suffix.lstrip(".").lower())
    if form not in FILE_FORMS:
        from tracker.exchange.drafts.reading import FORMS

        if f".{form}" in FORMS:
            sentence = _(
                "{file} is a text; 'tracker draft {file}' drafts the records in it, for import."
            )
            raise InvalidInput(sentence.format(file=name))
        raise InvalidInput(
            _("{file}: the form is not known by its name; say --format {forms}.").format(
                file=name, forms="|".join(FILE_FORMS)
            )
        )
    return read_data_for_import(context, read_bytes_for_file_import(name), form)


def read_data_for_import(context: CommandContext, data: bytes, form: str) -> Batch:
    """Return the records of a file; what is remarked on its wordings is said.

    Raises:
        InvalidInput: it is not of that form.
    """
    remarks: list[str] = []
    published = partial(_find_publication_day_for_file_import, context)
    batch = read_batch(data, form, context.build_field_reader(remarks.append, published))
    warn_of_list_after_file_import(context, remarks)
    return batch


def read_bytes_for_file_import(name: str) -> bytes:
    """Return the bytes of a file, or of stdin for "-".

    Raises:
        InvalidInput: it cannot be read.
    """
    try:
        # One byte more than is allowed is enough to know that it is too much.
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as stream:
            return stream.read(FILE_LIMIT + 1)
    except OSError as error:
        raise InvalidInput(
            _("{file} cannot be read: {reason}.").format(
                file=name, reason=describe_error_reason(error)
            )
        ) from None


def _find_publication_day_for_file_import(
    context: CommandContext, source: Source | None
) -> date | None:
    """Return the day of a document of the ledger, if there is one already."""
    try:
        return context.find_publication_day(source)
    except LedgerMissing:
        return None


def run_file_import(
    batches: Sequence[Batch], merge: Callable[[Sequence[Batch]], MergedT]
) -> MergedT:
    """Merge batches by a function, with a bar at a terminal if there are many records.

    Raises:
        LedgerError: what was kept of them could not be read again.
    """
    try:
        return _run_watched_file_import(batches, merge)
    except OSError as error:
        sentence = _("Nothing was stored: a temporary file cannot be read: {reason}.")
        raise LedgerError(sentence.format(reason=describe_error_reason(error))) from error


def _run_watched_file_import(
    batches: Sequence[Batch], merge: Callable[[Sequence[Batch]], MergedT]
) -> MergedT:
    length = sum(len(batch.items) for batch in batches)
    if sys.stderr is None or not sys.stderr.isatty() or length < _SHORT_WAIT:
        return merge(batches)
    whole = Batch(
        [document for batch in batches for document in batch.documents],
        WatchedItems([batch.items for batch in batches], length),  # type: ignore[arg-type]  # gone through
        [problem for batch in batches for problem in batch.problems],
        [paper for batch in batches for paper in batch.papers],
    )
    return merge([whole])


class WatchedItems:
    """Items with a bar on the terminal each time they are gone through.

    They are gone through again where another writer was quicker.
    """

    def __init__(self, parts: Sequence[Iterable[Item]], length: int) -> None:
        self._parts, self._length = parts, length

    def __iter__(self) -> Iterator[Item]:
        # None is held: those of a large file are read when it is their turn.
        items = itertools.chain.from_iterable(self._parts)
        with typer.progressbar(
            items, length=self._length, label=_("records"), file=sys.stderr
        ) as bar:
            yield from bar


def warn_after_file_import(context: CommandContext, merged: MergeCounts) -> None:
    """Warn of what of a file was passed over, because the ledger says otherwise."""
    warn_of_list_after_file_import(context, merged.remarks)
    if not merged.kept:
        return
    sentences = [
        _n(
            "{count} difference between ledger and file; the ledger stays as it is:",
            "{count} differences between ledger and file; the ledger stays as it is:",
            len(merged.kept),
        ).format(count=len(merged.kept)),
        *(f"  {difference}" for difference in merged.kept[:_MOST_LISTED]),
    ]
    if len(merged.kept) > _MOST_LISTED:
        sentences.append(
            _("  … and {more} more; all of them say: tracker import FILE").format(
                more=len(merged.kept) - _MOST_LISTED
            )
        )
    context.warn("\n".join(sentences))


def warn_of_list_after_file_import(context: CommandContext, remarks: Sequence[str]) -> None:
    """Say remarks on reports, of many only the first."""
    context.warn(*remarks[:_MOST_LISTED])
    if len(remarks) > _MOST_LISTED:
        more = len(remarks) - _MOST_LISTED
        context.warn(_n("… and {n} more remark", "… and {n} more remarks", more).format(n=more))


def describe_file_import(merged: MergeCounts) -> str:
    """Return a sentence with how many records and entries were added or changed."""
    if not any(merged[:5]):
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

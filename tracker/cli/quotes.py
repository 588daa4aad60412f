"""Find quotes that no longer stand in the files of their documents."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from tracker.assessment.checks import Finding
from tracker.cli.context import CommandContext
from tracker.errors import InvalidInput
from tracker.exchange.drafts.publication import name_publication
from tracker.exchange.drafts.reading import FORMS, read_document
from tracker.ledger.quotations import list_quotations
from tracker.locale.translation import _
from tracker.model.filters import Filter
from tracker.model.horizon import When
from tracker.model.leads import find_responsible_lead
from tracker.model.records import Document

CHECK = "quotes"


def find_lost_quotes(
    context: CommandContext, folder: Path, where: Filter, when: When
) -> Iterator[Finding]:
    """Yield a finding for each quote that its document's file does not hold.

    A file belongs to a document by its checksum, or by the name that the document's id was
    made of.
    Documents without a file are named in a warning.

    Raises:
        InvalidInput: the folder is none.
    """
    if not folder.is_dir():
        raise InvalidInput(_("'{path}' is no folder.").format(path=folder))
    files = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in FORMS]
    documents, quotations = list_quotations(context.tracker, where, when)
    texts: dict[str, str | None] = {}
    for quotation in quotations:
        source = quotation.source
        if source.document not in texts:
            document = documents.get(source.document)
            texts[source.document] = _read_file_of_quotes(context, document, files)
        text = texts[source.document]
        if text is not None and squeeze_quote(source.quote or "") not in text:
            yield Finding(
                check=CHECK,
                id=quotation.indicator.id,
                initiative_id=quotation.initiative.id,
                name=quotation.indicator.name,
                lead=find_responsible_lead(quotation.initiative, quotation.indicator),
                sentence=_("«{quote}» does not stand in {document}").format(
                    quote=source.quote, document=source.document
                ),
            )


def squeeze_quote(text: str) -> str:
    """Return a text without spaces and bars, which readers and paper set as they like."""
    return "".join(char for char in text if not char.isspace() and char != "|")


def _read_file_of_quotes(
    context: CommandContext, document: Document | None, files: list[Path]
) -> str | None:
    """Return the squeezed text of a document's file; None, with a warning, without one."""
    path = _find_file_of_quotes(document, files) if document is not None else None
    if path is None:
        if document is not None:
            context.warn(_("No file of {document} is in the folder.").format(document=document.id))
        return None
    try:
        return squeeze_quote(read_document(path).text)
    except InvalidInput as error:
        context.warn(error.sentence)
        return None


def _find_file_of_quotes(document: Document, files: list[Path]) -> Path | None:
    for path in files:
        checksum = sha256(path.read_bytes()).hexdigest()
        names = {path.stem, name_publication(document.published, path.stem, checksum)}
        if document.id in names or checksum == document.sha256:
            return path
    return None

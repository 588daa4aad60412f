"""Find quotes that no longer stand in the files of their documents."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from tracker.assessment.checks import Finding
from tracker.cli.context import CommandContext
from tracker.errors import InvalidInput
from tracker.exchange.drafts.matching import squeeze_quote
from tracker.exchange.drafts.publication import name_publication
from tracker.exchange.drafts.reading import FORMS, read_document
from tracker.ledger.quotations import Quotation, list_quotations
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
    made of; else by its title or by half of the quotes.
    Documents without a file are named in a warning.

    Raises:
        InvalidInput: the folder is none.
    """
    if not folder.is_dir():
        raise InvalidInput(_("'{path}' is no folder.").format(path=folder))
    documents, quotations = list_quotations(context.tracker, where, when)
    papers = _Papers(context, folder, [*documents.values()])
    quoted: dict[str, list[Quotation]] = {}
    for quotation in quotations:
        quoted.setdefault(quotation.source.document, []).append(quotation)
    for name in [name for name in documents if name in quoted]:
        own = quoted[name]
        text = papers.find_text(documents[name], [each.source.quote or "" for each in own])
        for quotation in own:
            if text is not None and squeeze_quote(quotation.source.quote or "") not in text:
                yield _describe_lost_quote(quotation)


def _describe_lost_quote(quotation: Quotation) -> Finding:
    return Finding(
        check=CHECK,
        id=quotation.indicator.id,
        initiative_id=quotation.initiative.id,
        name=quotation.indicator.name,
        lead=find_responsible_lead(quotation.initiative, quotation.indicator),
        sentence=_("«{quote}» does not stand in {document}").format(
            quote=quotation.source.quote, document=quotation.source.document
        ),
    )


class _Papers:
    """The files of a folder, each with the document that it belongs to where it is known."""

    def __init__(self, context: CommandContext, folder: Path, documents: list[Document]) -> None:
        self.context = context
        self.texts: dict[Path, str] = {}
        self.files: dict[str, Path] = {}
        self.strangers: list[Path] = []
        for path in [path for path in sorted(folder.iterdir()) if path.suffix.lower() in FORMS]:
            checksum = sha256(path.read_bytes()).hexdigest()
            owner = _find_document_of_quotes(path, checksum, documents)
            if owner is None:
                self.strangers.append(path)
            else:
                self.files.setdefault(owner.id, path)

    def find_text(self, document: Document, quotes: list[str]) -> str | None:
        """Return the squeezed text of a document's file; None, with a warning, without one."""
        path = self.files.get(document.id) or self._find_changed_file(document, quotes)
        if path is None:
            sentence = _("No file of {document} is in the folder.")
            self.context.warn(sentence.format(document=document.id))
            return None
        try:
            return self._read(path)
        except InvalidInput as error:
            self.context.warn(error.sentence)
            return None

    def _find_changed_file(self, document: Document, quotes: list[str]) -> Path | None:
        """Return the file that has the title of a document, or half of its quotes.

        The id of a document whose file has a Chinese name tells only its checksum.
        """
        title = squeeze_quote(document.title)
        for path in self.strangers:
            try:
                text = self._read(path)
            except InvalidInput:
                continue
            held = sum(squeeze_quote(quote) in text for quote in quotes)
            is_titled = title in {squeeze_quote(path.stem), text[: len(title)]}
            if is_titled or held * 2 >= len(quotes):
                return path
        return None

    def _read(self, path: Path) -> str:
        if path not in self.texts:
            self.texts[path] = squeeze_quote(read_document(path).text)
        return self.texts[path]


def _find_document_of_quotes(
    path: Path, checksum: str, documents: list[Document]
) -> Document | None:
    for document in documents:
        names = {path.stem, name_publication(document.published, path.stem, checksum)}
        if document.id in names or checksum == document.sha256:
            return document
    return None

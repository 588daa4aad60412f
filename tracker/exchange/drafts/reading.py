"""Read a file of any known form into paragraphs and tables."""

import re
from pathlib import Path

from tracker.errors import InvalidInput
from tracker.exchange.drafts.document import Readable
from tracker.locale.translation import _

FILE_LIMIT = 50_000_000
# Characters of a text: some 600 pages, which are read in half a minute.
TEXT_LIMIT = 1_000_000
# A page holds so many characters for one of its text: scripts, styles and pictures.
_MARKUP_SHARE = 10
# What files begin with that are no plain text, whatever they are called: PDF, packages such
# as those of Word, rich text, old Word, pictures, UTF-32.
_OTHER_FORMS = (
    b"%PDF-",
    b"PK\3\4",
    b"{\\rtf",
    b"\xd0\xcf\x11\xe0",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\xff\xfe\0\0",
)
_WIDE = b"\xff\xfe", b"\xfe\xff"
FORMS = (".txt", ".md", ".html", ".htm", ".docx", ".pdf")


def read_document(path: Path) -> Readable:
    """Return the paragraphs and tables of a document.

    Raises:
        InvalidInput: the form is not known, the file is too large, empty, damaged or
            locked, or holds no text.
    """
    form = path.suffix.lower()
    if form not in FORMS:
        sentence = _("'{path}' is none of {forms}; save it as one of them.")
        raise InvalidInput(sentence.format(path=path.name, forms=", ".join(FORMS)))
    if not (path.is_file() or path.is_dir()) and path.exists():
        raise InvalidInput(_("'{path}' is no file.").format(path=path.name))
    if path.stat().st_size > FILE_LIMIT:
        sentence = _("'{path}' has more than {limit} bytes; split it.")
        raise InvalidInput(sentence.format(path=path.name, limit=FILE_LIMIT))
    readable = _read_by_kind_of_document(path, form)
    _check_length_of_document(path, readable.text, TEXT_LIMIT)
    if not readable.blocks:
        raise InvalidInput(_("'{path}' holds no text.").format(path=path.name))
    return readable


def refuse_menu(path: Path, readable: Readable) -> None:
    """Refuse a page without a sentence, of which nothing could be drafted.

    Raises:
        InvalidInput: it is such a page.
    """
    is_page = path.suffix.lower() in {".html", ".htm"}
    if is_page and re.search(r"[。；！？]", readable.text) is None:
        sentence = _("'{path}' holds no sentence, only short lines such as those of a menu.")
        raise InvalidInput(sentence.format(path=path.name))


def _check_length_of_document(path: Path, text: str, limit: int) -> None:
    """Refuse a text that nobody could look through.

    Raises:
        InvalidInput: it is too long.
    """
    if len(text) > limit:
        sentence = _("'{path}' has more than {limit} characters; split it.")
        raise InvalidInput(sentence.format(path=path.name, limit=limit))


def _read_by_kind_of_document(path: Path, form: str) -> Readable:
    if form == ".docx":
        from tracker.exchange.drafts.readers.word import TooLarge, read_word

        try:
            return read_word(path)
        except TooLarge:
            sentence = _("'{path}' has more than {limit} bytes; split it.")
            raise InvalidInput(sentence.format(path=path.name, limit=FILE_LIMIT)) from None
        except ValueError:
            sentence = _("'{path}' is no Word document; open it and save it as .docx.")
            raise InvalidInput(sentence.format(path=path.name)) from None
    if form == ".pdf":
        return _read_pdf_document(path)
    text = _decode_document(path)
    is_page = form in {".html", ".htm"}
    _check_length_of_document(path, text, TEXT_LIMIT * _MARKUP_SHARE if is_page else TEXT_LIMIT)
    if is_page:
        from tracker.exchange.drafts.readers.markup import read_markup

        return read_markup(text)
    from tracker.exchange.drafts.readers.plain import read_plain

    return read_plain(text)


def _read_pdf_document(path: Path) -> Readable:
    try:
        from tracker.exchange.drafts.readers.pdf import Locked, NoText, read_pdf

        return read_pdf(path)
    except ModuleNotFoundError:
        sentence = _("PDF files need the extra 'pdf': pip install 'policy-tracker[pdf]'.")
        raise InvalidInput(sentence) from None
    except NoText:
        sentence = _("'{path}' holds no text, only pictures of pages; have it recognized first.")
        raise InvalidInput(sentence.format(path=path.name)) from None
    except Locked:
        sentence = _("'{path}' asks for a password; save it without one.")
        raise InvalidInput(sentence.format(path=path.name)) from None
    except ValueError:
        sentence = _("'{path}' is no readable PDF.")
        raise InvalidInput(sentence.format(path=path.name)) from None


def _decode_document(path: Path) -> str:
    data = path.read_bytes()
    is_wide = data.startswith(_WIDE)
    if data.startswith(_OTHER_FORMS) or (b"\0" in data[:4096] and not is_wide):
        raise InvalidInput(_("'{path}' is no text file.").format(path=path.name))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    sentence = _("'{path}' is neither UTF-8 nor GB18030; save it as UTF-8.")
    raise InvalidInput(sentence.format(path=path.name))

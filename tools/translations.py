"""The Chinese catalogue: what the program says, found in its source, beside its translation.

``python tools/translations.py`` writes the .po with all sentences of today (new ones are
empty, those that nobody says any more go), compiles the .mo beside it, and says what is
left to do; ``--check`` writes nothing.
"""

import ast
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import IO, TypeAlias, get_args

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import tracker
from tracker.assessment.cycles import CycleOutcome
from tracker.model.filters import REPORTED_ONLY
from tracker.model.records import APPENDED_LISTS, Document, Indicator, Initiative
from tracker.model.vocabulary import VOCABULARY
from tracker.reminders.steps import ReminderRule, ReminderStage

HOME = Path(tracker.__file__).parent
PO = HOME / "locale" / "zh" / "LC_MESSAGES" / "tracker.po"
MO = PO.with_suffix(".mo")

KEYWORDS: Mapping[str, tuple[int | tuple[int, int] | tuple[int, str], ...] | None] = {
    "_": None,
    "_n": (1, 2),
    "_p": ((1, "c"), 2),
    "later": None,
    # These keep a sentence, or the name of one, until it is shown.
    "Setting": (4,),
    "Check": (2,),
    "_build_explained_input": (1,),
    "_build_explained_promise_input": (1,),
}
"""Where sentences stand: the functions, and which of their arguments."""

_WIDE = "\u3400-\u9fff"
_HALF_WIDTH = re.compile(rf"[{_WIDE}”）》][,;:!?](\s|$)|[{_WIDE}]\.(\s|$)|[{_WIDE}]\(|\)[{_WIDE}]")
_WORD = re.compile(r"[A-Za-z]{2,}")
Found: TypeAlias = tuple[int, str, tuple[str | None, ...], list[str]]


class Chinese(Catalog):
    """A catalogue whose head says nothing of when and by what it was made.

    So the same sentences give the same files.
    """

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The head."""
        return [
            ("Language", "zh"),
            ("Plural-Forms", "nplurals=1; plural=0;"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]

    @mime_headers.setter
    def mime_headers(self, headers: object) -> None:
        """What another head says is passed over."""


def sentences(
    file: IO[bytes], keywords: Collection[str], _tags: Collection[str], **_options: object
) -> Iterator[Found]:
    """The sentences of a module, as Babel wants them: line, function, texts, comments.

    The syntax tree is read, not the tokens: that finds calls within calls, and the
    docstrings of commands, which are their help.

    Raises:
        SystemExit: a sentence is put together before it is translated.
    """
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.FunctionDef) and any(map(_is_command, node.decorator_list)):
            if doc := ast.get_docstring(node):
                yield node.lineno, "_", (doc,), []
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in keywords:
                yield node.lineno, name, tuple(map(_text, node.args)), []


def _is_command(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and getattr(decorator.func, "id", None) == "command"


def _text(argument: ast.expr) -> str | None:
    if isinstance(argument, ast.JoinedStr):
        sys.exit(f"{ast.unparse(argument)}: translate first, then put the words in")
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    return None


def spoken() -> Catalog:
    """All that the program says, not translated."""
    found = Chinese(locale="zh", charset="utf-8", fuzzy=False)
    found.header_comment = "# What tracker says, in Chinese (简体中文)."
    for name, line, message, _comments, context in extract_from_dir(
        HOME, [("**.py", "translations:sentences")], keywords=KEYWORDS
    ):
        found.add(message, locations=[(f"tracker/{name}", line)], context=context)
    for field in ("accumulation", "confidence"):
        for word in VOCABULARY[field]:
            found.add(word, locations=[("tracker/vocabulary.py", 1)], context=field)
    found.add(REPORTED_ONLY, locations=[("tracker/model/filters.py", 1)], context="commitment")
    for record in (Document, Initiative, Indicator):
        for name in sorted(set(record.__struct_fields__) - APPENDED_LISTS):
            found.add(name, locations=[("tracker/model/records.py", 1)], context="field")
    closed = (ReminderRule, ReminderStage, CycleOutcome)
    for words in (*VOCABULARY.values(), *map(get_args, closed)):
        for word in filter(_WORD.search, words):
            found.add(word, locations=[("tracker/vocabulary.py", 1)])
    return found


def current(written: str) -> Catalog:
    """The catalogue with the sentences of today and the translations that there are."""
    known = read_po(written.splitlines(keepends=True), locale="zh", charset="utf-8")
    catalogue = spoken()
    for message in catalogue:
        before = known.get(message.id, message.context) if message.id else None
        if before is not None and before.pluralizable == message.pluralizable:
            message.string, message.flags = before.string, before.flags
    return catalogue


def as_po(catalogue: Catalog) -> str:
    """The catalogue for people."""
    stream = BytesIO()
    write_po(stream, catalogue, width=100, sort_by_file=True, include_lineno=False)
    return stream.getvalue().decode()


def as_mo(catalogue: Catalog) -> bytes:
    """The catalogue for the program."""
    stream = BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()


def faults(catalogue: Catalog) -> Iterator[str]:
    """What is left to do, and what is wrong, a line for each."""
    for message in catalogue:
        if message.id:
            for fault in _faults(message):
                yield f"{fault}: {message.id!r} → {message.string!r}"


def _faults(message: Message) -> Iterator[str]:
    ids, strings = texts_of(message.id), texts_of(message.string)
    if not all(strings):
        yield "not translated"
        return
    if message.fuzzy:
        yield "fuzzy"
    for text in strings:
        if _placeholders([text]) != _placeholders(ids):
            yield "other {placeholders}"
        if _HALF_WIDTH.search(text):
            yield "punctuation of half width"
        if len(_WORD.findall(_bare(ids[0]))) > 1 and not re.search(f"[{_WIDE}]", text):
            yield "not Chinese"
        if text.strip(" ") == text and ids[-1].strip(" ") != ids[-1] and text.isascii():
            yield "a space is lost"


def texts_of(text: str | Iterable[str] | None) -> list[str]:
    """The forms of a message, or of its translation; one empty text where there is none."""
    return [text] if isinstance(text, str) else list(text or [""])


def _placeholders(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for _a, name, _b, _c in Formatter().parse(text) if name}


def _bare(text: str) -> str:
    """The text without what is typed as it stands: placeholders, flags, names of files."""
    return re.sub(r"\{\w*\}|--?[a-z-]+|[~\w.]*/[\w./~-]+|\w+\.\w+|tracker( [a-z]+)?", "", text)


def main() -> None:
    """Write the catalogue, or with ``--check`` say whether it is current."""
    written = PO.read_text("utf-8") if PO.is_file() else ""
    catalogue = current(written)
    wrong = list(faults(catalogue))
    if "--check" not in sys.argv:
        PO.parent.mkdir(parents=True, exist_ok=True)
        PO.write_text(as_po(catalogue), "utf-8")
        MO.write_bytes(as_mo(catalogue))
    elif as_po(catalogue) != written or as_mo(catalogue) != MO.read_bytes():
        wrong.append("the catalogue is not current; run: python tools/translations.py")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()

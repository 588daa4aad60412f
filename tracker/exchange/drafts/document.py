"""A document as it was read: its text, and its paragraphs and tables with their places.

``Readable.text`` is plain text. A paragraph or a cell keeps where each of its characters
stands in that text, so that a line that a page number interrupts is read as one sentence
and still quoted exactly.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Passage(NamedTuple):
    """A stretch of a document's text, with the place of each of its characters.

    Attributes:
        text: the words, without line breaks.
        places: for each character its offset in the text of the document.
    """

    text: str
    places: Sequence[int]

    def cut(self, start: int, end: int) -> "Passage":
        """Return a part of the passage."""
        return Passage(self.text[start:end], self.places[start:end])


class Paragraph(NamedTuple):
    """A paragraph; ``level`` is 1 to 9 for a heading and 0 for running text."""

    words: Passage
    level: int = 0


class Table(NamedTuple):
    """Rows of cells. A cell that is merged over several rows stands in each of them."""

    rows: list[list[Passage]]


class Readable(NamedTuple):
    """What a reader makes of a file.

    Attributes:
        text: the plain text; for txt and md it is the file itself.
        blocks: paragraphs and tables in order.
        title: the title that the file states, if it has one.
        offsets: for each character of ``text`` its offset in the decoded file; None where
            the file is no text (docx, pdf).
    """

    text: str
    blocks: list[Paragraph | Table]
    title: str | None
    offsets: Sequence[int] | None

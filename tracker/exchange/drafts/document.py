"""A document as it was read: its text, and its paragraphs and tables with their places.

``Readable.text`` is plain text. A paragraph or a cell keeps where each of its characters
stands in that text, so that a line that a page number interrupts is read as one sentence
and still quoted exactly.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

# 新建 5 所 is typed with spaces around the number; one that begins a line may be its number.
_GAP = re.compile(r"(?<=[\u4e00-\u9fff“（])[^\S\n]+(?=\d)|(?<=\d)[^\S\n]+(?=[\u4e00-\u9fff%])")
_NUMBERED = re.compile(r"\s*\d[\d.]{0,5}(?![\d.]|\s*[年月日个项条家所名户件座万亿%])")


def find_gaps_in_document(text: str) -> list[tuple[int, int]]:
    """Return where the spaces between the numbers of a line and the words around them stand."""
    numbered = _NUMBERED.match(text)
    opening = numbered.end() if numbered else -1
    return [match.span() for match in _GAP.finditer(text) if match.start() != opening]


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

    def close_gaps(self) -> "Passage":
        """Return the passage without the spaces between a number and the words around it."""
        gaps = find_gaps_in_document(self.text)
        if not gaps:
            return self
        ends = [0, *(end for _start, end in gaps)]
        starts = [*(start for start, _end in gaps), len(self.text)]
        parts = [self.cut(start, end) for start, end in zip(ends, starts, strict=True)]
        text = "".join(part.text for part in parts)
        return Passage(text, [place for part in parts for place in part.places])


class Paragraph(NamedTuple):
    """A paragraph; ``level`` is 1 to 9 for a heading and 0 for running text."""

    words: Passage
    level: int = 0

    def close_gaps(self) -> "Paragraph":
        """Return the paragraph without the spaces around its numbers."""
        return self._replace(words=self.words.close_gaps())


class Table(NamedTuple):
    """Rows of cells. A cell that is merged over several rows stands in each of them."""

    rows: list[list[Passage]]

    def close_gaps(self) -> "Table":
        """Return the table without the spaces around the numbers of its cells."""
        return Table([[cell.close_gaps() for cell in row] for row in self.rows])


class Readable(NamedTuple):
    """What a reader makes of a file.

    Attributes:
        text: the plain text; for txt and md it is the file itself.
        blocks: paragraphs and tables in order.
        title: the title that the file states, if it has one.
        offsets: for each character of ``text`` its offset in the decoded file; None where
            the file is no text (docx, pdf).
        published: the day that the file states beside its text, as pages of governments do.
    """

    text: str
    blocks: list[Paragraph | Table]
    title: str | None
    offsets: Sequence[int] | None
    published: str | None = None

"""Read an HTML page: its headings, paragraphs and tables, with their places in the file."""

from html import unescape
from html.parser import HTMLParser

from tracker.exchange.drafts.document import Paragraph, Passage, Readable, Table
from tracker.exchange.drafts.readers.plain import build_plain_blocks

_SKIPPED = {"script", "style", "nav", "header", "footer", "aside", "template", "noscript"}
_SKIPPED |= {"button", "select", "form", "iframe", "svg", "head"}
_BLOCKS = {"p", "div", "li", "br", "hr", "ul", "ol", "dl", "dt", "dd", "section", "article"}
_BLOCKS |= {"blockquote", "tr", "table", "body", "html", "main", "caption", "pre"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_MOST_SPANNED = 1000


def read_markup(text: str) -> Readable:
    """Return the paragraphs and tables of an HTML page, without menus and scripts."""
    parser = _Parser(text)
    parser.feed(text)
    parser.close()
    return parser.finish()


class _Cell:
    """A cell under construction, with how many rows and columns it takes."""

    def __init__(self, rows: int, columns: int) -> None:
        self.words: list[tuple[str, int]] = []
        self.rows = rows
        self.columns = columns


class _Parser(HTMLParser):
    """Collect blocks; every character comes with its offset in the file."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.lines = [0]
        for line in source.split("\n"):
            self.lines.append(self.lines[-1] + len(line) + 1)
        self.skipping: list[str] = []
        self.words: list[tuple[str, int]] = []
        self.level = 0
        self.blocks: list[tuple[int, list[tuple[str, int]]] | list[list[_Cell]]] = []
        self.table: list[list[_Cell]] | None = None
        self.cell: _Cell | None = None
        self.title: list[str] = []
        self.in_title = False

    def place(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_title = tag == "title"
        if tag in _SKIPPED:
            self.skipping.append(tag)
        elif tag == "table":
            self._end_block()
            # A table inside a cell is read as part of the cell.
            if self.table is None:
                self.table = []
        elif self.table is not None and tag == "tr":
            self.cell = None
            self.table.append([])
        elif self.table is not None and tag in {"td", "th"}:
            named = dict(attrs)
            self.cell = _Cell(
                _read_markup_span(named.get("rowspan")), _read_markup_span(named.get("colspan"))
            )
            if not self.table:
                self.table.append([])
            self.table[-1].append(self.cell)
        elif tag in _HEADINGS:
            self._end_block()
            self.level = _HEADINGS[tag]
        elif tag in _BLOCKS:
            self._end_block()

    def handle_endtag(self, tag: str) -> None:
        self.in_title = False
        if tag in _SKIPPED and tag in self.skipping:
            while self.skipping.pop() != tag:
                pass
        elif tag == "table" and self.table is not None:
            self.blocks.append(self.table)
            self.table = self.cell = None
        elif self.table is not None and tag in {"td", "th"}:
            self.cell = None
        elif tag in _BLOCKS or tag in _HEADINGS:
            self._end_block()

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.title.append(data)
        elif not self.skipping:
            start = self.place()
            self._add((" " if char.isspace() else char, at) for at, char in enumerate(data, start))

    def handle_entityref(self, name: str) -> None:
        self._handle_reference(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._handle_reference(f"&#{name};")

    def _handle_reference(self, written: str) -> None:
        if not self.skipping:
            at = self.place()
            self._add((" " if char.isspace() else char, at) for char in unescape(written))

    def _add(self, words: "object") -> None:
        target = self.words if self.cell is None else self.cell.words
        target.extend(words)  # type: ignore[arg-type]

    def _end_block(self) -> None:
        if self.table is None and self.words:
            self.blocks.append((self.level, self.words))
            self.words, self.level = [], 0

    def finish(self) -> Readable:
        """Return what was collected, in an extracted text of its own."""
        self._end_block()
        if self.table is not None:
            self.blocks.append(self.table)
        extracted = _Extracted()
        blocks: list[Paragraph | Table] = []
        lines: list[Passage] = []

        def flush() -> None:
            blocks.extend(build_plain_blocks(lines))
            lines.clear()

        for block in self.blocks:
            if isinstance(block, list):
                flush()
                if rows := _expand_markup_table(block, extracted):
                    blocks.append(Table(rows))
                continue
            level, words = block
            passage = extracted.add(words)
            if not passage.text:
                continue
            if level:
                flush()
                blocks.append(Paragraph(passage, level))
            else:
                lines.append(passage)
        flush()
        title = " ".join("".join(self.title).split()) or None
        return Readable("".join(extracted.text), blocks, title, extracted.offsets)


class _Extracted:
    """The plain text of a page, as it grows."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.offsets: list[int] = []

    def add(self, words: list[tuple[str, int]], end: str = "\n") -> Passage:
        text = "".join(char for char, _at in words)
        left = len(text) - len(text.lstrip())
        kept = words[left : len(text.rstrip())]
        start = len(self.text)
        self.text.extend(char for char, _at in kept)
        self.offsets.extend(at for _char, at in kept)
        self.text.append(end)
        self.offsets.append(self.offsets[-1] if self.offsets else 0)
        return Passage("".join(char for char, _at in kept), range(start, start + len(kept)))


def _expand_markup_table(raw: list[list[_Cell]], extracted: _Extracted) -> list[list[Passage]]:
    """Return the rows with each merged cell in every place that it takes."""
    rows: list[list[Passage]] = []
    waiting: dict[int, tuple[int, Passage]] = {}
    for cells in raw:
        row: list[Passage] = []
        queue = list(cells)
        while queue or len(row) in waiting:
            column = len(row)
            if column in waiting:
                left, passage = waiting.pop(column)
                if left > 1:
                    waiting[column] = (left - 1, passage)
                row.append(passage)
                continue
            cell = queue.pop(0)
            passage = extracted.add(cell.words, " ")
            for at in range(column, column + cell.columns):
                if cell.rows > 1:
                    waiting[at] = (cell.rows - 1, passage)
                row.append(passage)
        extracted.text.append("\n")
        extracted.offsets.append(extracted.offsets[-1] if extracted.offsets else 0)
        if any(cell.text for cell in row):
            rows.append(row)
    return rows


def _read_markup_span(written: str | None) -> int:
    return min(max(int(written), 1), _MOST_SPANNED) if written and written.isdecimal() else 1

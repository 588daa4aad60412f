"""Read a PDF: running text by pypdf, ruled tables by pdfplumber."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import normalize

from tracker.exchange.drafts.document import Paragraph, Passage, Readable, Table
from tracker.exchange.drafts.readers.plain import build_plain_blocks

# A running head stands on this share of the pages, and on three pages at least.
_HEAD_SHARE = 0.6
_FEWEST_PAGES = 3
_FEWEST_COLUMNS = 3
# A table of two columns has rows enough to be more than a frame.
_FEWEST_ROWS = 3
# The columns of a table that say what a row is about: its number or group, and its task.
_HEAD_COLUMNS = 2
_FEWEST_LINES = 4
# A page of pictures may still hold the name of the app that took them, and its number.
_FEWEST_WORDS = 20
# The width of a column of text is that of the widest tenth of the lines of a page.
_WIDEST = 10
# A page of so few lines does not show how wide its column is.
_SHORT_PAGE = 8
# A column ends about here: letters are not all of one width. A number is not parted, and a
# sign does not begin a line.
_SLACK, _LEAST_SLACK = 0.06, 3
_SPARE, _ENDED = 1.2, 2
_SENTENCE_ENDS = "。！？；：”）"
# Two columns meet in this part of the width of a page, and one word of so many may cross there.
_GUTTER, _MOST_ACROSS = (0.35, 0.65), 6
# A second column begins behind this share of a page.
_SECOND_COLUMN = 0.4
_FIRST_WORD = re.compile(r"[“‘（(《]*(?:[A-Za-z0-9.,%]+|.)[，。；：、！？”’）》%]*")
# The lines of a title are so much larger than most words of a page.
_LARGE = 1.2
_QUOTES = re.compile("[“”‘’]")
_SIGNS = re.compile("[“”‘’《》〈〉·—…]+")
# Browsers and printers put radicals for the characters that look like them: ⻓ for 长.
_RADICALS = dict(
    zip(
        "⺎⺟⺠⻁⻄⻅⻆⻉⻋⻐⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳⼾⾭⿈",
        "兀母民虎西见角贝车钅长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟户青黄",
        strict=True,
    )
)
_LOOK_ALIKE = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06]")
_CHINESE = "[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
_PDF_GAP = re.compile(f"(?<={_CHINESE}) +(?={_CHINESE})")
_COLUMN_GAP = re.compile(rf"{_CHINESE} (?={_CHINESE})")
# Paper sets a space between Chinese and a number, which nobody typed.
_SET_SPACE = re.compile(rf"(?<={_CHINESE}) (?=[!-~“”])|(?<=[!-~“”]) (?={_CHINESE})")
_PRINTED_BY_BROWSER = re.compile(
    r"(?:https?|file)://\S+(?: \d+/\d+)?|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},? \d{1,2}:\d\d\b.*"
)
_PAGE_NUMBER = re.compile(
    r"[-—–－·• ]*\d{1,4}(?: ?/ ?\d{1,4})?[-—–－·• ]*|第 ?\d+ ?页.*|Page \d+(?: of \d+)?"
)
_PARAGRAPH_START = re.compile(
    r"[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)]|[一二三四五六七八九十]{1,3}、"
    r"|\d{1,2}[.．、](?!\d)|——|[①-⑳●■◆▪]|附件"
)


class _Line(NamedTuple):
    """A line of a page.

    Attributes:
        words: its words.
        room: what is left of the column behind it, as wide as so many letters; none behind
            a title.
        is_indented: it begins a paragraph.
    """

    words: Passage
    room: float
    is_indented: bool

    def is_ended_by_paper(self, after: str) -> bool:
        """Return whether the next line begins with what had no room left here."""
        first = _FIRST_WORD.match(after)
        return first is not None and _measure_pdf_line(first.group()) > self.room


class _PageTable(NamedTuple):
    """A ruled table: what stands above it, and its rows as numbers of its cells.

    Attributes:
        above: the text between the table before (or the head of the page) and this one.
        rows: for each place the number of its cell; a merged cell has several places.
        cells: the words of the cells.
    """

    above: str
    rows: list[list[int]]
    cells: list[str]


class NoText(ValueError):
    """A PDF without text: pictures of pages."""


class Locked(ValueError):
    """A PDF that asks for a password."""


def read_pdf(path: Path) -> Readable:
    """Return the paragraphs and ruled tables of a PDF.

    Raises:
        NoText: no page holds text.
        Locked: the file is encrypted with a password.
        ValueError: the file is no PDF.
    """
    import logging

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    # Small faults of a file are reported on stderr by both; the text is what counts.
    for name in ("pypdf", "pdfminer"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(str(path))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Locked
        pages = [
            page._replace(text=_restore_pdf_characters(page.text))
            for page in map(_read_pdf_page, reader.pages)
        ]
        ruled = [number for number, page in enumerate(reader.pages) if _is_pdf_table_ruled(page)]
    except (PyPdfError, KeyError, TypeError, AttributeError, IndexError, OSError) as error:
        raise ValueError(str(error)) from error
    if not any(map(_holds_pdf_page_words, reader.pages, pages)):
        raise NoText
    tables = _read_pdf_tables(path, ruled) if ruled else {}
    for number, page_tables in tables.items():
        lines = {"".join(line.split()) for line in pages[number].text.split("\n")}
        tables[number] = [
            table._replace(above=_join_lines_as_read(table.above, lines)) for table in page_tables
        ]
    return _Assembler(pages).assemble(tables)


def _holds_pdf_page_words(page: Any, read: "_Page") -> bool:  # noqa: ANN401  # a page of pypdf
    """Return whether a page holds more than the mark that an app puts on its pictures."""
    words = "".join(read.text.split())
    return len(words) >= _FEWEST_WORDS or (words != "" and not page.images.keys())


def _join_lines_as_read(text: str, lines: Collection[str]) -> str:
    """Return a text in which two lines are one where they were read as one, as in a title.

    Args:
        text: the text beside the tables of a page.
        lines: the lines of the page as they were read otherwise, without spaces.
    """
    joined: list[str] = []
    for line in text.split("\n"):
        if joined and line and "".join((joined[-1] + line).split()) in lines:
            joined[-1] += line
        else:
            joined.append(line)
    return "\n".join(joined)


class _Run(NamedTuple):
    """Words that a page sets at once: where they begin, and how large they are, in points."""

    across: float
    down: float
    size: float
    words: str


class _Page(NamedTuple):
    """A page: its lines, and how many letters have room behind each in its column."""

    text: str
    rooms: list[float]


def _read_pdf_page(page: Any) -> _Page:  # noqa: ANN401  # a page of pypdf
    """Return the lines of a page, with signs in their places and the lines of a title joined."""
    runs: list[_Run] = []

    def keep(words: str, box: Any, matrix: Any, _font: Any, size: float) -> None:  # noqa: ANN401
        across = matrix[4] * box[0] + box[4]
        down = matrix[5] * box[3] + box[5]
        runs.append(_Run(across, down, round(size * abs(matrix[3] * box[3]), 1), words))

    page.extract_text(visitor_text=keep)
    sizes = Counter[float]()
    for run in runs:
        sizes[run.size] += len(run.words.strip())
    usual = sizes.most_common(1)[0][0] if sizes else 0.0
    words = _join_pdf_titles(_place_pdf_signs([run for run in runs if run.words]), usual)
    lines = [_Run(0.0, 0.0, 0.0, "")]
    ends = [0.0]
    for run in words:
        first, *others = run.words.split("\n")
        for at, part in enumerate([first, *others]):
            if at:
                lines.append(_Run(0.0, 0.0, 0.0, ""))
                ends.append(0.0)
            if part.strip():
                lines[-1] = (run if not lines[-1].size else lines[-1])._replace(words="")
                # Quotation marks are narrow where they are of another font.
                width = _measure_pdf_line(part) - len(_QUOTES.findall(part))
                ends[-1] = run.across + width * run.size / 2
    text = "".join(run.words for run in words)
    return _Page(text, _measure_pdf_rooms(lines, ends, usual))


def _measure_pdf_rooms(lines: list[_Run], ends: list[float], usual: float) -> list[float]:
    """Return how many letters have room behind each line.

    Args:
        lines: the first words of each line.
        ends: where each line ends.
        usual: the size of most words; larger ones are titles, which have all the room.
    """
    printed = [
        (line.across, end)
        for line, end in zip(lines, ends, strict=True)
        if 0 < line.size <= usual * _LARGE
    ]
    left = min((start for start, _end in printed), default=0.0)
    edges = sorted((end for _start, end in printed), reverse=True)
    right = edges[min(1, len(edges) // _WIDEST)] if edges else 0.0
    second = [pair for pair in printed if pair[0] > left + (right - left) * _SECOND_COLUMN]
    begins = min((start for start, _end in second), default=right)
    first = [end for start, end in printed if start < begins and end <= begins + usual]
    crossing = len(printed) - len(second) - len(first)
    is_parted = len(second) >= _SHORT_PAGE and crossing <= len(printed) / _WIDEST
    middle = max(first) if is_parted and first else right
    rooms = []
    for line, end in zip(lines, ends, strict=True):
        edge = middle if line.across < begins and end <= middle else right
        is_title = not line.size or line.size > usual * _LARGE
        rooms.append(right if is_title else (edge - end) / (line.size / 2))
    return rooms


def _place_pdf_signs(runs: list[_Run]) -> list[_Run]:
    """Return the runs with the quotation marks of another font in the gaps left for them.

    Such a run stands before the one that it belongs into, which begins left of it.
    """
    placed: list[_Run] = []
    signs = ""
    for at, run in enumerate(runs):
        after = next((each for each in runs[at + 1 : at + 3] if each.words.strip()), None)
        is_inside = after is not None and after.down == run.down and after.across < run.across
        pieces = "".join(run.words.split())
        gaps = len(_PDF_GAP.findall(after.words)) if is_inside and after is not None else 0
        if _SIGNS.fullmatch(pieces) and gaps >= len(pieces):
            signs = pieces
            continue
        filled = signs if run.words.strip() else ""
        placed.append(_fill_pdf_gaps(run, filled))
        signs = signs.removeprefix(filled)
    return placed


def _fill_pdf_gaps(run: _Run, signs: str) -> _Run:
    """Return a run with signs in its first gaps."""
    words = run.words
    for sign in signs:
        words = _PDF_GAP.sub(sign, words, count=1)
    return run._replace(words=words)


def _join_pdf_titles(runs: list[_Run], usual: float) -> list[_Run]:
    """Return the runs; lines of one large size are the lines of one title."""
    joined = list(runs)
    for at, (before, run, after) in enumerate(zip(runs, runs[1:], runs[2:], strict=False), 1):
        if not run.words.strip() and before.size == after.size > usual * _LARGE:
            joined[at] = run._replace(words=run.words.replace("\n", ""))
    return joined


def _restore_pdf_characters(text: str) -> str:
    """Return a text with the characters that its radicals and ligatures stand for."""
    return _LOOK_ALIKE.sub(
        lambda match: _RADICALS.get(match.group()) or normalize("NFKC", match.group()), text
    )


def _is_pdf_table_ruled(page: Any) -> bool:  # noqa: ANN401  # a page of pypdf
    """Return whether lines or boxes are drawn on the page, as around the cells of a table."""
    contents = page.get_contents()
    data = contents.get_data() if contents is not None else b""
    # A box that only clips what is drawn in it (re W n) is none.
    return len(re.findall(rb"\s(?:re|l)\s+(?!W)", data)) >= _FEWEST_LINES


def _read_pdf_tables(path: Path, ruled: list[int]) -> dict[int, list[_PageTable]]:
    """Return the tables of each page; the last one is empty and holds what stands below."""
    import pdfplumber

    found: dict[int, list[_PageTable]] = {}
    with pdfplumber.open(path) as pdf:
        for number in ruled:
            parts = [_read_part_of_pdf(part) for part in _split_pdf_columns(pdf.pages[number])]
            if any(table.rows for part in parts for table in part):
                found[number] = [table for part in parts for table in part]
    return found


def _read_part_of_pdf(part: Any) -> list[_PageTable]:  # noqa: ANN401  # a page of pdfplumber
    """Return the tables of a page or of a part of it, and what stands below the last one."""
    left, top, right, foot = part.bbox
    read = []
    for table in _find_pdf_tables(part):
        rows, cells = _read_pdf_cells(table)
        if not _is_pdf_table(rows, cells):
            continue
        above = part.crop((left, top, right, max(table.bbox[1], top + 1)))
        words = _restore_pdf_characters(above.extract_text() or "")
        read.append(_PageTable(words, rows, cells))
        top = min(table.bbox[3], float(foot) - 1)
    below = part.crop((left, top, right, foot))
    words = _restore_pdf_characters(below.extract_text() or "")
    return [*read, _PageTable(words, [], [])]


def _split_pdf_columns(page: Any) -> list[Any]:  # noqa: ANN401  # of pdfplumber
    """Return the head, the columns and the foot of a page of two columns with a table in one.

    Any other page is returned whole.
    """
    words = page.extract_words()
    uprights = [edge for edge in page.edges if edge["orientation"] == "v"]
    top = min((edge["top"] for edge in uprights), default=0.0)
    bottom = max((edge["bottom"] for edge in uprights), default=0.0)
    rules = [
        edge
        for edge in page.edges
        if edge["orientation"] == "h" and top - 1 <= edge["top"] <= bottom + 1
    ]
    places = [
        place
        for place in range(int(page.width * _GUTTER[0]), int(page.width * _GUTTER[1]))
        if not _list_words_across_pdf(rules, place)
    ]
    if not uprights or not places:
        return [page]
    counts = {place: len(_list_words_across_pdf(words, place)) for place in places}
    best = [place for place, count in counts.items() if count == min(counts.values())]
    gutter = best[len(best) // 2]
    crossing = _list_words_across_pdf(words, gutter)
    sides = {word["x0"] < gutter for word in words if top < word["bottom"] and word["top"] < bottom}
    if len(sides) == 1 or len(crossing) * _MOST_ACROSS > len(words):
        return [page]
    head = max((word["bottom"] for word in crossing if word["bottom"] <= top), default=0.0)
    foot = min((word["top"] for word in crossing if word["top"] >= bottom), default=page.height)
    parts = [
        (0, 0, page.width, head),
        (0, head + 1, gutter, foot - 1),
        (gutter, head + 1, page.width, foot - 1),
        (0, foot, page.width, page.height),
    ]
    return [page.crop(part) for part in parts if part[3] > part[1]]


def _list_words_across_pdf(words: list[dict[str, Any]], place: float) -> list[dict[str, Any]]:
    """Return the words (or rules) that stand on both sides of a place."""
    return [word for word in words if word["x0"] < place < word["x1"]]


def _find_pdf_tables(page: Any) -> list[Any]:  # noqa: ANN401  # of pdfplumber
    """Return the tables of a page from its head to its foot.

    A row that the end of the page parts has no line below it (or above it): one is put there.
    """
    uprights = [edge for edge in page.edges if edge["orientation"] == "v"]
    ends = [edge["top"] for edge in uprights] + [edge["bottom"] for edge in uprights]
    lines = [min(ends), max(ends)] if ends else []
    tables = page.find_tables({"explicit_horizontal_lines": lines})
    return sorted(tables, key=lambda table: float(table.bbox[1]))


def _read_pdf_cells(table: Any) -> tuple[list[list[int]], list[str]]:  # noqa: ANN401
    """Return the rows of a table of pdfplumber as numbers of its cells, and their words."""
    boxes = [box for row in table.rows for box in row.cells if box is not None]
    texts = [
        _restore_pdf_characters("".join((text or "").split()))
        for row, words in zip(table.rows, table.extract(), strict=True)
        for box, text in zip(row.cells, words, strict=True)
        if box is not None
    ]
    edges = sorted({edge for box in boxes for edge in (box[0], box[2])})
    columns = [(left + right) / 2 for left, right in pairwise(edges)]
    rows = []
    for row in table.rows:
        own = [box for box in row.cells if box is not None]
        middle = min((box[1] + box[3]) / 2 for box in own) if own else 0.0
        rows.append([_find_pdf_cell(boxes, column, middle) for column in columns])
    # A place without a cell takes the last one, which is empty.
    return [row for row in rows if any(at >= 0 for at in row)], [*texts, ""]


def _find_pdf_cell(boxes: Sequence[Sequence[float]], across: float, down: float) -> int:
    """Return which cell holds a place; -1 where none does."""
    return next(
        (
            at
            for at, (left, top, right, bottom) in enumerate(boxes)
            if left <= across <= right and top <= down <= bottom
        ),
        -1,
    )


def _is_pdf_table(rows: list[list[int]], cells: list[str]) -> bool:
    """Return whether cells are a table rather than a frame around words."""
    if not rows or len(rows[0]) >= _FEWEST_COLUMNS:
        return bool(rows)
    is_wide = len(rows[0]) == _FEWEST_COLUMNS - 1
    return is_wide and len(rows) >= _FEWEST_ROWS and all(cells[at] for row in rows for at in row)


class _Assembler:
    """Makes one text of the pages, with its paragraphs and tables."""

    def __init__(self, pages: list[_Page]) -> None:
        self._pages = pages
        self._heads = _find_running_heads_of_pdf([page.text for page in pages])
        self._text: list[str] = []
        self._length = 0
        self._blocks: list[Paragraph | Table] = []
        self._lines: list[_Line] = []

    def assemble(self, tables: dict[int, list[_PageTable]]) -> Readable:
        """Return the document; ``tables`` are those of each page by its number."""
        parts = [
            tables.get(number, [_PageTable(page.text, [], [])])
            for number, page in enumerate(self._pages)
        ]
        running = ["\n".join(table.above for table in part) for part in parts]
        widths = [_measure_pdf_column(page) for page in running]
        for number, part in enumerate(parts):
            is_short = running[number].count("\n") < _SHORT_PAGE
            width = max(widths) if is_short else widths[number]
            rooms = self._pages[number].rooms if len(part) == 1 else []
            for table in part:
                # A column beside a table has a width of its own.
                is_long = len(part) > 1 and table.above.count("\n") >= _SHORT_PAGE
                own = _measure_pdf_column(table.above) if is_long else width
                self._add_lines(table.above, own, rooms, is_first=number == 0)
                if table.rows:
                    self._end_paragraphs()
                    self._add_table(table)
        self._end_paragraphs()
        return Readable("".join(self._text), self._blocks, None, None)

    def _add(self, words: str, end: str) -> Passage:
        passage = Passage(words, range(self._length, self._length + len(words)))
        self._text.append(words + end)
        self._length += len(words) + len(end)
        return passage

    def _add_lines(self, text: str, column: int, rooms: list[float], *, is_first: bool) -> None:
        """Add lines; ``rooms`` are empty where only the width of the column is known."""
        for at, line in enumerate(text.split("\n")):
            words = _close_pdf_spaces(line)
            is_head = not is_first and _hide_digits_of_pdf_line(words) in self._heads
            if not words or is_head or _is_pdf_margin(words):
                continue
            is_indented = line.startswith(("\u3000", "  "))
            is_title = not self._length and not re.search("[，。；]", words)
            slack = max(_LEAST_SLACK, column * _SLACK)
            room = rooms[at] - _SPARE if rooms else column - _measure_pdf_line(words) - slack
            if len(rooms) < _SHORT_PAGE and words[-1] in _SENTENCE_ENDS:
                # So few lines do not show where the column ends.
                room += _ENDED
            room = column if is_title else room
            self._lines.append(_Line(self._add(words, "\n"), room, is_indented))

    def _end_paragraphs(self) -> None:
        self._blocks.extend(_join_pdf_lines(self._lines))
        self._lines = []

    def _add_table(self, table: _PageTable) -> None:
        """Add a table; one that goes on over the end of a page is added to that before."""
        before = self._blocks[-1] if self._blocks else None
        if not isinstance(before, Table) or len(before.rows[0]) != len(table.rows[0]):
            self._blocks.append(Table(self._build_rows(table.rows, table.cells, [])))
            return
        head = [cell.text for cell in before.rows[0]]
        rows = [row for row in table.rows if [table.cells[at] for at in row] != head]
        first = [table.cells[at] for at in rows[0]] if rows else []
        if first and not first[0] and head[0] == "序号" and any(first):
            # A row that the end of the page parts goes on.
            parted = [self._add(words, " | ") for words in first]
            before.rows[-1] = [
                Passage(upper.text + lower.text, [*upper.places, *lower.places])
                for upper, lower in zip(before.rows[-1], parted, strict=True)
            ]
            rows = rows[1:]
        before.rows.extend(self._build_rows(rows, table.cells, before.rows[-1]))

    def _build_rows(
        self, rows: list[list[int]], cells: list[str], above: list[Passage]
    ) -> list[list[Passage]]:
        """Return rows of passages; a merged cell is one passage that stands in each place.

        An empty cell at the head of a row is taken for a merged one, and so is any in the
        first row of a page under a row of the page before.
        """
        known: dict[int, Passage] = {}
        built: list[list[Passage]] = []
        for row in rows:
            for column, at in enumerate(row):
                is_merged = not cells[at] and above and (not built or column < _HEAD_COLUMNS)
                if at not in known:
                    known[at] = above[column] if is_merged else self._add(cells[at], " | ")
            self._add("", "\n")
            above = [known[at] for at in row]
            built.append(above)
        return built


def _close_pdf_spaces(line: str) -> str:
    """Return the words of a line without the spaces that paper sets around numbers.

    A line with spaces between Chinese words is a row of columns, and keeps them.
    """
    words = " ".join(line.split())
    return words if len(_COLUMN_GAP.findall(words)) > 1 else _SET_SPACE.sub("", words)


def _join_pdf_lines(lines: list[_Line]) -> list[Paragraph | Table]:
    """Join the lines of a page: in a PDF a line ends where the paper does.

    A line goes on where the one before it is full and the next one is not indented.
    """
    joined: list[Passage] = []
    above: _Line | None = None
    for line in lines:
        words = line.words
        begins = line.is_indented or _PARAGRAPH_START.match(words.text)
        if above is not None and not begins and above.is_ended_by_paper(words.text):
            before = joined[-1]
            joined[-1] = Passage(before.text + words.text, [*before.places, *words.places])
        else:
            joined.append(words)
        above = line
    return build_plain_blocks(joined)


def _is_pdf_margin(words: str) -> bool:
    """Return whether a line is a page number, or what a browser prints around a page."""
    return bool(_PAGE_NUMBER.fullmatch(words) or _PRINTED_BY_BROWSER.fullmatch(words))


def _find_running_heads_of_pdf(pages: list[str]) -> set[str]:
    """Return the lines at the edges of most pages; the page number in one may differ."""
    edges: Counter[str] = Counter()
    for page in pages:
        lines = [
            _hide_digits_of_pdf_line(line) for line in map(_close_pdf_spaces, page.splitlines())
        ]
        lines = [line for line in lines if line]
        edges.update({*lines[:2], *lines[-2:]})
    least = max(_FEWEST_PAGES, _HEAD_SHARE * len(pages))
    return {line for line, pages_with in edges.items() if pages_with >= least}


def _hide_digits_of_pdf_line(words: str) -> str:
    return re.sub(r"\d+", "0", words)


def _measure_pdf_column(page: str) -> int:
    """Return the width of the column of text; heads across several columns do not count."""
    widths = sorted(
        (_measure_pdf_line(_close_pdf_spaces(line)) for line in page.splitlines()), reverse=True
    )
    return widths[len(widths) // _WIDEST] if widths else 0


def _measure_pdf_line(words: str) -> int:
    """Return the width of a line; a Chinese character is two wide."""
    return sum(1 if char.isascii() else 2 for char in words)

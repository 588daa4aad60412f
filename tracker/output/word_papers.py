"""Set official papers by GB/T 9704-2012.

That is A4 upright, 22 lines of 28 characters in a type area of 156 × 225 mm.
"""

from collections.abc import Iterator, Mapping

from tracker.locale.translation import _
from tracker.output.model import Table
from tracker.output.papers import Annex, Paper, Paragraph, ReplyForm
from tracker.output.prose import write_day
from tracker.output.word_density import (
    COMPACT_LINE,
    COPY_LINE,
    LINE,
    NOTE_LINE,
    ROOM,
    choose_word_table_density,
)
from tracker.output.word_markup import (
    BODY,
    HEAD,
    HEADER_FILL,
    SUBHEAD,
    TITLE,
    ParagraphLook,
    RunLook,
    build_word_cell,
    build_word_grid,
    build_word_paragraph,
    build_word_run,
    build_word_tab,
    build_word_table,
)
from tracker.system.text import measure_text_width

TOP, BOTTOM, LEFT, RIGHT = 2098, 1984, 1587, 1474
"""Margins in twips: 37, 35, 28 and 26 mm."""

_SIGN = 316  # twips: 156 mm by 28
_RED = "FF0000"
_RULE = f'w:val="single" w:sz="18" w:space="11" w:color="{_RED}"'  # 4 mm below the number
_THIN_RULE = 'w:val="single" w:sz="8" w:space="1" w:color="000000"'
_SIZE, _TITLE_SIZE, _NOTE_SIZE, _COPY_SIZE = 32, 44, 24, 28  # half points: 三号 二号 小四 四号
_ABOVE_MASTHEAD = 1984  # twips: 35 mm
_LARGEST_MASTHEAD, _SMALLEST_MASTHEAD, _COMPACT_MASTHEAD = 96, 52, 64  # half points
_TABLE_SIZE, _WIDE_TABLE_SIZE, _MANY_COLUMNS = 21, 18, 7  # half points; columns
_LONG_TEXT = 300  # characters
_ROWS_ON_LAST = 5  # rows that stand above what closes a paper, where its table goes over pages
_REPLY_HEIGHT, _SINGLE_REPLY_HEIGHT = 1100, 1200  # twips, for what is written by hand

# Characters of 16 points are 28 to a line of 156 mm where each gives up a quarter of a point; a
# grid of characters is not used, because LibreOffice draws it half as wide again.
_TEXT = RunLook(_SIZE, spacing=-5)
_REPLY_HEAD = RunLook(_NOTE_SIZE, HEAD)
_PLAIN = ParagraphLook(line=LINE, first=2 * _SIGN)


def build_word_paper(paper: Paper, lights: Mapping[str, str]) -> str:
    """Build the paragraphs and tables of one paper as XML."""
    return "".join(
        [
            *_build_word_paper_head(paper),
            *_build_word_paper_body(paper, lights),
            *_build_word_paper_end(paper),
            *_build_word_annexes(paper, lights),
            *_build_word_copies(paper),
        ]
    )


def _build_word_paper_head(paper: Paper) -> Iterator[str]:
    above = 0 if paper.is_compact else _ABOVE_MASTHEAD
    if paper.urgency:
        look = ParagraphLook(line=LINE, align="left")
        yield build_word_paragraph(build_word_run(paper.urgency, _TEXT._replace(face=HEAD)), look)
        above = max(above - LINE, 0)
    masthead = paper.masthead or paper.issuer
    if masthead:
        width = max(measure_text_width(masthead), 1)
        largest = _COMPACT_MASTHEAD if paper.is_compact else _LARGEST_MASTHEAD
        size = max(_SMALLEST_MASTHEAD, min(largest, ROOM * 2 // (width * 11)))
        look = ParagraphLook(align="center", before=above, line=14 * size, is_free=paper.is_compact)
        yield build_word_paragraph(build_word_run(masthead, RunLook(size, TITLE, _RED)), look)
    if masthead or paper.number or paper.signer:
        yield _build_word_paper_number(paper)
    space = COMPACT_LINE // 2 if paper.is_compact else 2 * LINE if masthead else LINE
    after = COMPACT_LINE // 4 if paper.is_compact else LINE
    look = ParagraphLook(
        "Title", "center", line=700, before=space, after=after, is_free=paper.is_compact
    )
    yield build_word_paragraph(build_word_run(paper.title, RunLook(_TITLE_SIZE, TITLE)), look)
    if paper.to:
        look = ParagraphLook(line=LINE, align="left")
        yield build_word_paragraph(build_word_run(_("{lead}:").format(lead=paper.to), _TEXT), look)


def _build_word_paper_number(paper: Paper) -> str:
    """Build the line of number and signer, with the red line 4 mm below it."""
    line = COMPACT_LINE if paper.is_compact else LINE
    space = line // 4 if paper.is_compact else line
    if not paper.signer:
        look = ParagraphLook(
            align="center", line=line, before=space, rule=_RULE, is_free=paper.is_compact
        )
        return build_word_paragraph(build_word_run(paper.number, _TEXT), look)
    runs = (
        build_word_run(f"  {paper.number}", _TEXT),
        build_word_tab(_TEXT),
        build_word_run(_("Signed off: "), _TEXT),
        build_word_run(paper.signer, _TEXT._replace(face=SUBHEAD)),
    )
    look = ParagraphLook(
        align="left",
        line=line,
        before=space,
        rule=_RULE,
        tab=ROOM - _SIGN,
        is_free=paper.is_compact,
    )
    return build_word_paragraph("".join(runs), look)


def _build_word_paper_body(paper: Paper, lights: Mapping[str, str]) -> Iterator[str]:
    for part in paper.body:
        if isinstance(part, Table):
            size, line = choose_word_table_density(paper, part)
            yield build_word_table(part, ROOM, size, lights, line=line, keeps=_ROWS_ON_LAST)
        else:
            # Nobody signs on a page without text; a long one would take a page with it.
            keeps = part is paper.body[-1] and len(part.text) < _LONG_TEXT
            line = COMPACT_LINE if paper.is_compact else LINE
            yield _build_word_body_paragraph(part, line, keeps=keeps)


def _build_word_body_paragraph(part: Paragraph, line: int, *, keeps: bool) -> str:
    if part.rank == "head":
        look = _PLAIN._replace(style="Heading1", keeps=True)
        return build_word_paragraph(build_word_run(part.text, _TEXT._replace(face=HEAD)), look)
    if part.rank == "note":
        look = ParagraphLook(line=NOTE_LINE, before=80, keeps=keeps, is_free=True)
        return build_word_paragraph(build_word_run(part.text, RunLook(_NOTE_SIZE)), look)
    lead_in = build_word_run(part.lead_in, _TEXT._replace(face=SUBHEAD)) if part.lead_in else ""
    return build_word_paragraph(
        lead_in + build_word_run(part.text, _TEXT),
        _PLAIN._replace(line=line, keeps=keeps, is_free=line != LINE),
    )


def _build_word_paper_end(paper: Paper) -> Iterator[str]:
    """Build the note of annexes, the issuer above the day, and whom to ask."""
    for at, annex in enumerate(paper.annexes):
        label = _name_word_annex_list(paper, at)
        hang = measure_text_width(_name_word_annex_list(paper, 0)) * _SIGN // 2
        left = 2 * _SIGN + (hang if at else 0)
        look = ParagraphLook(align="left", line=LINE, before=0 if at else LINE, left=left)
        look = look._replace(keeps=True)
        yield build_word_paragraph(build_word_run(f"{label}{annex.title}", _TEXT), look)
    day = write_day(paper.on)
    wide, long = measure_text_width(paper.issuer), measure_text_width(day)
    # The day ends four characters before the edge, and the issuer is centred above it.
    over = (wide - long) * _SIGN // 4
    right = max(4 * _SIGN, over + 2 * _SIGN)
    # Room for the seal.
    line = COMPACT_LINE if paper.is_compact else LINE
    above = line // 2 if paper.is_compact else 2 * LINE
    look = ParagraphLook(
        align="right", line=line, before=above, keeps=True, is_free=paper.is_compact
    )
    if paper.issuer:
        run = build_word_run(paper.issuer, _TEXT)
        yield build_word_paragraph(run, look._replace(right=right - over))
        look = look._replace(before=0, keeps=False)
    yield build_word_paragraph(build_word_run(day, _TEXT), look._replace(right=right, keeps=False))
    if paper.contact:
        text = _("(Contact: {contact})").format(contact=paper.contact)
        look = _PLAIN._replace(align="left")
        yield build_word_paragraph(build_word_run(text, _TEXT), look)


def _name_word_annex_list(paper: Paper, at: int) -> str:
    """Return what stands before an annex where annexes are listed."""
    if len(paper.annexes) == 1:
        return _("Annex: ")
    number = f"{at + 1}. "
    return number if at else _("Annexes: ") + number


def _build_word_annexes(paper: Paper, lights: Mapping[str, str]) -> Iterator[str]:
    several = len(paper.annexes) > 1
    for at, annex in enumerate(paper.annexes, start=1):
        name = _("Annex {number}").format(number=at) if several else _("Annex")
        look = ParagraphLook(align="left", line=LINE, begins_page=True)
        yield build_word_paragraph(build_word_run(name, _TEXT._replace(face=HEAD)), look)
        look = ParagraphLook("Title", "center", line=700, before=LINE, after=LINE // 2)
        yield build_word_paragraph(build_word_run(annex.title, RunLook(_TITLE_SIZE, TITLE)), look)
        yield from _build_word_annex_content(annex, lights)


def _build_word_annex_content(annex: Annex, lights: Mapping[str, str]) -> Iterator[str]:
    if isinstance(annex.content, Table):
        is_wide = len(annex.content.columns) >= _MANY_COLUMNS
        size = _WIDE_TABLE_SIZE if is_wide else _TABLE_SIZE
        yield build_word_table(annex.content, ROOM, size, lights)
        yield build_word_paragraph("", ParagraphLook(line=20))
    else:
        yield from _build_word_reply_form(annex.content)


def _build_word_reply_form(form: ReplyForm) -> Iterator[str]:
    is_single = len(form.subjects) == 1
    yield _build_word_single_reply(form) if is_single else _build_word_reply_rows(form)
    for at, line in enumerate(form.signature):
        # Copies that are named below do not stand on a page of their own.
        look = ParagraphLook(line=LINE, align="left", before=0 if at else LINE // 2, keeps=True)
        yield build_word_paragraph(build_word_run(line, RunLook(_NOTE_SIZE)), look)


def _build_word_single_reply(form: ReplyForm) -> str:
    """Build a form in which one matter gets the room of the whole page."""
    widths = [ROOM // 5, ROOM - ROOM // 5]
    labels = [_("Matter"), *form.questions]
    answers = [form.subjects[0], *[""] * len(form.questions)]
    rows = [
        (
            build_word_cell(label, widths[0], _REPLY_HEAD, align="center", fill=HEADER_FILL),
            build_word_cell(answer, widths[1], RunLook(_NOTE_SIZE)),
        )
        for label, answer in zip(labels, answers, strict=True)
    ]
    return build_word_grid(widths, [], rows, _SINGLE_REPLY_HEIGHT)


def _build_word_reply_rows(form: ReplyForm) -> str:
    number, subject = ROOM // 16, ROOM * 4 // 16
    width = (ROOM - number - subject) // len(form.questions)
    widths = [number, subject, *[width] * len(form.questions)]
    heads = [
        build_word_cell(title, width, _REPLY_HEAD, align="center", fill=HEADER_FILL)
        for title, width in zip([_("No."), _("Matter"), *form.questions], widths, strict=True)
    ]
    blank = [""] * len(form.questions)
    rows = [
        [
            build_word_cell(text, width, RunLook(_TABLE_SIZE))
            for text, width in zip([str(at), name, *blank], widths, strict=True)
        ]
        for at, name in enumerate(form.subjects, start=1)
    ]
    return build_word_grid(widths, heads, rows, _REPLY_HEIGHT)


def _build_word_copies(paper: Paper) -> Iterator[str]:
    if not paper.copies:
        return
    above, line = (COPY_LINE // 2, COPY_LINE) if paper.is_compact else (LINE, LINE)
    # The rules are as wide as the type area; lines below the first begin behind the label.
    rule = ParagraphLook(line=200, before=above, rule=_THIN_RULE, keeps=True, is_free=True)
    yield build_word_paragraph("", rule)
    label, _colon, _names = _("Copies: {names}.").partition("{names}")
    hang = measure_text_width(label) * _COPY_SIZE * 5
    text = _("Copies: {names}.").format(names=paper.copies.rstrip("。. "))
    look = ParagraphLook(align="left", line=line, left=_SIGN + hang, right=_SIGN, first=-hang)
    look = look._replace(keeps=True, is_free=paper.is_compact)
    yield build_word_paragraph(build_word_run(text, RunLook(_COPY_SIZE, BODY)), look)
    yield build_word_paragraph("", rule._replace(line=20, before=0, keeps=False))

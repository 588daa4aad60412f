"""Find the day that a document prints of itself, and give the document its id."""

import re
from datetime import date

from tracker.exchange.drafts.document import Paragraph, Readable
from tracker.exchange.drafts.sentences import normalize_sentences
from tracker.exchange.drafts.times import find_times

_DAY = r"(?P<year>20\d\d|19\d\d)\s*[年./-]\s*(?P<month>\d{1,2})\s*[月./-]\s*(?P<day>\d{1,2})"
# Behind the day of a page: its hour, where it comes from, its buttons.
_BEHIND = (
    r"\s*(?:星期.\s*)?(?:\d{1,2}:\d\d(?::\d\d)?)?\s*[【\[|]?\s*"
    r"(?:(?:信息)?来源|作者|(?:责任)?编辑|发布机构|字体|字号|浏览|阅读|点击|访问|分享|打印)"
)
# In this order: a day that is called the day of publication, one in brackets or behind a
# dash, one at the end of a line by itself.
_PRINTED = (
    rf"(?:发布|发文|成文|公布|印发)(?:日期|时间)[：:]?\s*{_DAY}",
    rf"(?:——|[（(])\s*{_DAY}日?(?:在|[)）])",
    rf"(?m)^[^。，；\n]{{0,24}}?{_DAY}日?(?:[^。，；\n]{{0,12}}|{_BEHIND}[^。；\n]{{0,80}})$",
)
# Below a signature, as papers of before 2012 have it: 二〇一一年三月五日.
_WRITTEN_OUT = (
    r"(?m)^[^。，；\n]{0,24}?(?P<day>[二一][〇○零一二三四五六七八九]{3}年"
    r"[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)[)）]?$"
)
_ANY_DAY = date(2000, 1, 1)
_HEAD, _FOOT = 1500, 400
_HEAD_BLOCKS = 3
_HEAD_LENGTHS = range(8, 61)


def find_publication_day(readable: Readable) -> date | None:
    """Return the day that a document prints of itself, else the one that its file states."""
    printed = find_publication_day_of_text(readable.text)
    return printed or find_publication_day_of_text(readable.published or "")


def find_publication_day_of_text(text: str) -> date | None:
    """Return the day that a document prints of itself, at its head or foot; None if none."""
    plain = normalize_sentences(text)
    edges = plain[:_HEAD] + "\n" + plain[max(_HEAD, len(plain) - _FOOT) :]
    for pattern in _PRINTED:
        for match in re.finditer(pattern, edges):
            try:
                return date(int(match["year"]), int(match["month"]), int(match["day"]))
            except ValueError:
                continue
    written = re.search(_WRITTEN_OUT, edges)
    times = find_times(written["day"], _ANY_DAY) if written is not None else []
    return times[0].last if times else None


def find_head_of_publication(readable: Readable) -> str | None:
    """Return the first line that stands above the text of a document; None if none does."""
    for block in readable.blocks[:_HEAD_BLOCKS]:
        line = block.words.text.lstrip("# ") if isinstance(block, Paragraph) else ""
        is_day = re.search(rf"^\W*{_DAY}日?\W*$", line) is not None
        if len(line) in _HEAD_LENGTHS and not is_day and not re.search(r"[。，；|]", line):
            return line
    return None


def name_publication(published: date, stem: str, checksum: str) -> str:
    """Return the id of a document: its day and the name of its file, or its checksum."""
    slug = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:30].strip("-")
    day = published.isoformat()
    if re.fullmatch(r"[\d-]*", slug):
        slug = checksum[:8]
    return slug if slug.startswith(day) else f"{day}-{slug}"

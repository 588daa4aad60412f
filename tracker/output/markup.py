"""HTML and SVG as a tree: texts are put in as they are, and escaped where it is written.

The standard library writes the tree, so there is no template in which somebody could
forget to escape. Positions are per cent, so a picture is sharp at every width.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from xml.etree.ElementTree import Element, SubElement, tostring

from tracker.output.cells import format_cell
from tracker.output.model import Value, get_plain_value_of_output
from tracker.system.text import escape_hidden_text

CHINESE = "zh-CN"
INSERT = "\x00"
"""Text that stands in a tree for markup that is made elsewhere."""

_IS_CHINESE = re.compile("[\u3400-\u9fff]").search
_IS_ADDRESS = re.compile(
    r"https?://[^\s\"'<>\\]+|mailto:[^\s\"'<>\\]+|#[^\s\"'<>\\]+"
    r"|(?:\.\./)*(?:[\w.~%-]+/)*[\w.~%-]+\.(?:html|csv|json|atom)(?:#[^\s\"'<>\\]+)?",
    re.IGNORECASE,
).fullmatch
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


def add_element(parent: Element, tag: str, text: str = "", /, **attributes: str) -> Element:
    """Add an element; ``class_`` and ``data_key`` mean ``class`` and ``data-key``.

    A text in Chinese says so, wherever the page is in another language.
    """
    named = {
        name.rstrip("_").replace("_", "-"): show_hidden_in_markup(v)
        for name, v in attributes.items()
    }
    element = SubElement(parent, tag, named)
    element.text = show_hidden_in_markup(text)
    if is_markup_text_chinese(text):
        element.set("lang", CHINESE)
    return element


def add_link_element(parent: Element, text: str, address: str) -> Element:
    """Add a link; where the address may not be followed, the text alone."""
    followed = format_web_address(address)
    if followed is None:
        return add_element(parent, "span", text)
    return add_element(parent, "a", text, href=followed)


def is_markup_text_chinese(text: str) -> bool:
    """Return whether there is a Chinese character in a text."""
    return bool(text) and not text.isascii() and _IS_CHINESE(text) is not None


def format_language_attribute(text: str, language: str) -> str:
    """Return the attribute of a text in Chinese on a page in another language."""
    if language == CHINESE or text.isascii() or _IS_CHINESE(text) is None:
        return ""
    return f' lang="{CHINESE}"'


def format_web_address(address: Value) -> str | None:
    """Return an address that a page may link to; None for any other text.

    An address of the web, of mail, and of a page, file or place beside this one may be
    followed; ``javascript:`` and all other schemes may not.
    """
    text = str(get_plain_value_of_output(address) or "").strip()
    return text if text and _IS_ADDRESS(text) else None


def show_hidden_in_markup(text: str) -> str:
    """Return the text with all that acts unseen shown; lines stay lines."""
    if text.isprintable():
        return text
    return escape_hidden_text(text).replace("\t", " ")


def escape_for_markup(text: str) -> str:
    """Return a text as markup that shows it, with all that acts unseen shown."""
    shown = show_hidden_in_markup(text)
    return escape(shown) if _has_markup(shown) else shown


def _has_markup(text: str) -> bool:
    """Return whether a text has a character that acts in markup; few have one."""
    # To look for each by itself is several times as fast as an expression.
    return "&" in text or "<" in text or ">" in text or '"' in text or "'" in text


def choose_escape_for_markup(texts: Iterable[str]) -> Callable[[str], str]:
    """Return what escapes each of some texts: nothing needs to be done where none of them acts."""
    joined = "".join(texts)
    # To look at all of them at once takes a fifth of the time.
    return escape_for_markup if not joined.isprintable() or _has_markup(joined) else str


def quote_for_style(text: str) -> str:
    """Return a text as a string of a style sheet, in which nothing can end it."""
    quoted = re.sub(r"[^\w ]", lambda match: f"\\{ord(match[0]):x} ", text)
    return f'"{quoted}"'


def serialize_page(page: Element, inserted: Sequence[Iterable[str]] = ()) -> Iterator[str]:
    """Yield the whole document in pieces.

    Args:
        page: the tree; ``INSERT`` is the text of each element whose content is markup.
        inserted: the pieces of that markup, in the order of these elements. No text can be
            taken for ``INSERT``, since every text has its control characters shown.
    """
    first, *others = tostring(page, encoding="unicode", method="html").split(INSERT)
    yield f"<!doctype html>\n{first}"
    for markup, rest in zip(inserted, others, strict=True):
        yield from markup
        yield rest
    yield "\n"


def format_markup_position(share: float) -> str:
    """Return a position or a length as SVG takes it."""
    return f"{share * 100:.2f}%"


def choose_markup_colour_class(light: str, lights: Mapping[str, str]) -> str:
    """Return the class of the colour of a light, as the place calls it."""
    colour = lights.get(light, light)
    return f"c-{colour if colour in _COLOURS else 'none'}"


def add_light_markup(parent: Element, light: str, lights: Mapping[str, str]) -> None:
    """Add a light as a word in its colour."""
    add_element(
        parent,
        "span",
        format_cell(light, "light"),
        class_=f"light {choose_markup_colour_class(light, lights)}",
    )

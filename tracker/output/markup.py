"""HTML and SVG as a tree: texts are put in as they are, and escaped where it is written.

The standard library writes the tree, so there is no template in which somebody could
forget to escape. Positions are per cent, so a picture is sharp at every width.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, tostring

from tracker.locale.translation import _
from tracker.output.cells import format_cell
from tracker.output.model import Value
from tracker.system.text import escape_hidden_text

_CHINESE = "[\u3400-\u9fff]"
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_FULL = Decimal(100)


def add_element(parent: Element, tag: str, text: str = "", /, **attributes: str) -> Element:
    """Add an element; ``class_`` and ``data_key`` mean ``class`` and ``data-key``.

    A text in Chinese says so, wherever the page is in another language.
    """
    named = {
        name.rstrip("_").replace("_", "-"): _show_hidden_in_markup(v)
        for name, v in attributes.items()
    }
    element = SubElement(parent, tag, named)
    element.text = _show_hidden_in_markup(text)
    if text and not text.isascii() and re.search(_CHINESE, text):
        element.set("lang", "zh-CN")
    return element


def _show_hidden_in_markup(text: str) -> str:
    """Return the text with all that acts unseen shown; lines stay lines."""
    return escape_hidden_text(text).replace("\t", " ")


def serialize_page(page: Element) -> str:
    """Return the whole document."""
    return "<!doctype html>\n" + tostring(page, encoding="unicode", method="html") + "\n"


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


def add_bar_markup(parent: Element, share: Decimal, expected: Value) -> None:
    """Add a share as a bar, with a mark where it should be if that is known."""
    description = _("{done} done").format(done=format_cell(share, "percent"))
    if isinstance(expected, Decimal):
        wanted = _("{expected} expected").format(expected=format_cell(expected, "percent"))
        description = f"{description}, {wanted}"
    svg = add_element(parent, "svg", class_="bar", role="img", aria_label=description)
    add_element(svg, "rect", class_="bar-rest", x="0", y="2", width="100%", height="8", rx="2")
    add_element(
        svg,
        "rect",
        class_="bar-done",
        x="0",
        y="2",
        width=_format_bar_markup_length(share),
        height="8",
        rx="2",
    )
    if isinstance(expected, Decimal):
        at = _format_bar_markup_length(expected)
        add_element(svg, "line", class_="bar-mark", x1=at, x2=at, y1="0", y2="12")


def _format_bar_markup_length(share: Decimal) -> str:
    return f"{min(max(share, Decimal(0)), _FULL):.1f}%"

"""Histories of the records behind the rows of a page: shown when a row's link is followed.

Each is a part of the page with a name of its own, so it needs no script and can be cited.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from html import escape

from tracker.locale.translation import _
from tracker.output.cells import Canvas, format_cell
from tracker.output.charts.small_svg import build_small_trend_svg
from tracker.output.markup import (
    choose_escape_for_markup,
    choose_markup_colour_class,
    escape_for_markup,
    format_language_attribute,
    format_web_address,
    quote_for_style,
)
from tracker.output.model import History, HistoryEvent, Printed


def name_history_place(record: str) -> str:
    """Return the id of the history of a record on a page."""
    return f"history-{record}"


def build_histories_markup(
    histories: Iterable[History], canvas: Canvas, language: str
) -> Iterator[str]:
    """Yield all histories of a page as markup.

    Args:
        histories: the histories; the id of each names a row of the page.
        canvas: where they are drawn.
        language: the language of the page.
    """
    close = escape(_("back to the table"))
    start = ""
    for history in histories:
        yield start + _build_history_markup(history, canvas, language, close)
        start = "\n"


def list_history_rules(day: date) -> str:
    """Return the rule of style that says below each picture what its lines are, once for all."""
    sentence = _(
        "dots: reported, grey ones estimated or in progress; dotted line: expected; dashed line:"
        " target; upright line: {day}"
    )
    return f".small::after{{content:{quote_for_style(sentence.format(day=day))}}}\n"


def _build_history_markup(history: History, canvas: Canvas, language: str, close: str) -> str:
    texts = [history.id, history.title, history.why, *(event.what for event in history.events)]
    show = choose_escape_for_markup(texts)
    record = show(history.id)
    colour = choose_markup_colour_class(history.light, canvas.lights)
    light = escape(format_cell(history.light, "light"))
    drawn = "" if history.trend is None else build_small_trend_svg(history.trend, canvas.lights)
    events = "".join([_build_event_markup(event, language, show) for event in history.events])
    return (
        f'<article class="history" id="{name_history_place(record)}" tabindex="-1">'
        f'<p class="close"><a href="#{record}">{close}</a></p>'
        f"<h2{format_language_attribute(history.title, language)}>"
        f"{show(history.title)}</h2>"
        f'<p><span class="light {colour}">{light}</span> '
        f"<span{format_language_attribute(history.why, language)}>"
        f"{show(history.why)}</span></p>"
        f"{drawn}<ul>{events}</ul></article>"
    )


def _build_event_markup(event: HistoryEvent, language: str, show: Callable[[str], str]) -> str:
    """Return an event as a day and what happened on it; ``show`` escapes what happened."""
    # One element for each, and nothing done in vain: a page may hold 25,000 of them.
    what, on = event.what, event.on
    text = show(what)
    if event.is_void:
        text = f"<s>{text}</s> ({escape(_('voided'))})"
    if event.sources:
        text += "".join(f" {_link_history_source(source)}" for source in event.sources)
    spoken = format_language_attribute(what, language)
    day = "" if on is None else f"{on.isoformat()} "
    return f"<li{spoken}>{day}{text}</li>"


def _link_history_source(source: Printed) -> str:
    text = escape_for_markup(source.text)
    address = format_web_address(source.address)
    if address is None:
        return f"<cite>{text}</cite>"
    return f'<cite><a href="{escape(address)}">{text}</a></cite>'

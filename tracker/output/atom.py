"""Write a feed of changes as Atom (RFC 4287)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from tracker.system.text import escape_hidden_text

_NAMESPACE = "http://www.w3.org/2005/Atom"


class FeedEntry(NamedTuple):
    """Change in a feed: a name for ever, when it was recorded, what it says, where it stands."""

    id: str
    updated: datetime
    title: str
    address: str


class Feed(NamedTuple):
    """Feed: its name for ever, what it is called, who publishes it, its entries."""

    id: str
    title: str
    publisher: str
    updated: datetime
    page: str
    entries: Sequence[FeedEntry]


def render_atom_feed(feed: Feed) -> bytes:
    """Return the feed as a document; addresses in it are relative to where it stands."""
    root = Element("feed", xmlns=_NAMESPACE)
    _add_atom_text(root, "id", feed.id)
    _add_atom_text(root, "title", feed.title)
    _add_atom_text(root, "updated", _format_atom_moment(feed.updated))
    _add_atom_text(SubElement(root, "author"), "name", feed.publisher or feed.title)
    SubElement(root, "link", rel="alternate", type="text/html", href=feed.page)
    for change in feed.entries:
        entry = SubElement(root, "entry")
        _add_atom_text(entry, "id", change.id)
        _add_atom_text(entry, "title", change.title)
        _add_atom_text(entry, "updated", _format_atom_moment(change.updated))
        SubElement(entry, "link", rel="alternate", type="text/html", href=change.address)
    indent(root)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _add_atom_text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = escape_hidden_text(text)


def _format_atom_moment(moment: datetime) -> str:
    """Return a moment with its zone as RFC 3339 wants it."""
    return moment.isoformat(timespec="seconds")

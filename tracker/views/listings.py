"""The lists that are not of indicators: documents, exports, history, settings."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

from tracker import config
from tracker.ledger.answers import Exported, Listing
from tracker.locale.translation import _, _p
from tracker.model.addresses import Recipient
from tracker.model.codec import full
from tracker.model.records import Document, Item
from tracker.output.model import Column, Sheet, Stream, Table, Value

if TYPE_CHECKING:
    from tracker.ledger.history import Event


def documents(found: Listing[list[tuple[Document, int]]]) -> Table:
    """The source documents, each with the number of records that stand on it."""
    columns = (
        Column("id", _("id"), "id"),
        Column("published", _("published"), "day"),
        Column("title", _("title")),
        Column("publisher", _("publisher")),
        Column("url", _("address"), brief=any(each.url for each, _records in found.items)),
        Column("records", _("records"), "days"),
    )
    rows: list[tuple[Value, ...]] = [
        (
            each.id,
            each.published,
            each.title,
            each.publisher,
            each.url,
            records,
        )
        for each, records in found.items
    ]
    return Table(title=_("documents"), as_of=found.as_of, columns=columns, rows=rows)


def exported(found: Exported[Iterable[Item]]) -> Stream:
    """Everything, in the exchange shape: one item an initiative, with the documents beside."""
    names = Item.__struct_fields__
    return Stream(
        as_of=found.as_of,
        columns=tuple(Column(key=name, title=name) for name in names),
        rows=(tuple(full(getattr(each, name)) for name in names) for each in found.items),
        beside={"documents": full(found.documents)},
    )


def exported_lines(found: Exported[Iterable[Item]]) -> Sheet:
    """Everything in one list: first the documents, which have titles, then the items."""
    everything = chain(found.documents, found.items)
    return Sheet(title=_("export"), as_of=found.as_of, facts=[], items=everything)


def history(found: "Sequence[Event]", today: date) -> Table:
    """What happened to the ledger, a row for each change."""
    columns = (
        Column("seq", _("no."), "days"),
        Column("at", _("at")),
        Column("by", _("by")),
        Column("command", _("command")),
        Column("record", _("record"), "id"),
        Column("what", _("what")),
        Column("undoes", _("takes back"), "days"),
        Column("undone_by", _("taken back by"), "days"),
    )
    rows: list[tuple[Value, ...]] = [
        tuple(getattr(each, column.key) for column in columns) for each in found
    ]
    return Table(title=_("history"), as_of=today, columns=columns, rows=rows)


def rights(found: Sequence[tuple[str, str, str]], today: date) -> Table:
    """Who may do what in a ledger of a database."""
    columns = (
        Column("login", _("login"), "id"),
        Column("role", _("role")),
        Column("lead", _("lead")),
    )
    rows: list[tuple[Value, ...]] = [(login, role, lead or None) for login, role, lead in found]
    return Table(title=_("rights"), as_of=today, columns=columns, rows=rows)


def settings(chosen: config.Settings, today: date) -> Table:
    """The settings in force, and where each comes from."""
    columns = (
        Column("key", _("setting"), "id"),
        Column("value", _p("column", "value")),
        Column("origin", _("from"), "word"),
        Column("meaning", _("meaning")),
    )
    rows: list[tuple[Value, ...]] = [
        (
            each.key,
            _plain(each.key, chosen[each.key]),
            chosen.chosen[each.key].origin,
            _(each.meaning),
        )
        for each in config.SETTINGS
    ]
    return Table(title=_("settings"), as_of=today, columns=columns, rows=rows)


def _plain(key: str, value: object) -> Value:
    if key == "db":
        return config.redacted(str(value))
    if isinstance(value, Mapping):
        return [f"{key}={_entry(each)}" for key, each in value.items()]
    return [str(each) for each in value] if isinstance(value, tuple) else str(value)


def _entry(value: object) -> str:
    """A word, or where a lead is reached, as one text."""
    if not isinstance(value, Recipient):
        return str(value)
    parts = [*value.to, *(f"{_('red')}: {each}" for each in value.escalation), value.lang or ""]
    return " ".join(filter(None, parts))

"""Lists that are not of indicators: documents, exports, history, rights, settings."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Raw

from tracker import config
from tracker.ledger.answers import Export, Listing
from tracker.locale.translation import _, _p
from tracker.model.addresses import Recipient
from tracker.model.codec import encode_whole
from tracker.model.records import Document, Item
from tracker.output.model import Column, Sheet, Table, Value
from tracker.views.columns import (
    build_view_column,
    build_view_columns,
    order_view_columns,
    tabulate_view_columns,
)

if TYPE_CHECKING:
    from tracker.ledger.history import Event


def tabulate_documents(cited: Listing[list[tuple[Document, int]]]) -> Table:
    """Build a table of the source documents, each with the number of records that cite it."""
    brief = {"id", "published", "title", "publisher", "records"}
    if any(document.url for document, _records in cited.items):
        brief.add("url")
    if any(document.published_basis != "stated" for document, _records in cited.items):
        brief.add("published_basis")
    keys = ("id", "published", "published_basis", "title", "publisher", "url")
    rows: list[tuple[Value, ...]] = [
        (*(getattr(document, key) for key in keys), records) for document, records in cited.items
    ]
    spare = ("records", "published_basis", "url", "publisher")
    columns = order_view_columns(build_view_columns((*keys, "records"), brief), spare)
    return Table(title=_("documents"), as_of=cited.as_of, columns=columns, rows=rows)


def build_export_listing(export: Export[Iterable[Item | Raw]]) -> Sheet:
    """Build the export in the exchange shape: an item an initiative, with the documents beside."""
    beside: dict[str, object] = {"documents": export.documents}
    if export.papers:
        beside["papers"] = export.papers
    return Sheet(
        title=_("export"),
        as_of=export.as_of,
        facts=[],
        items=map(encode_whole, export.items),
        beside=beside,
    )


def build_export_line_listing(export: Export[Iterable[Item | Raw]]) -> Sheet:
    """Build the export as one list: first the documents, then numbers of papers, then the items."""
    everything = map(encode_whole, chain(export.documents, export.papers, export.items))
    return Sheet(title=_("export"), as_of=export.as_of, facts=[], items=everything)


def tabulate_history_listing(events: "Sequence[Event]", today: date) -> Table:
    """Build a table of what happened to the ledger, a row for each change."""
    from tracker.ledger.history import Event

    has_others = any(event.login not in {None, event.by} for event in events)
    hidden = set() if has_others else {"login"}
    brief = set(Event.__struct_fields__) - hidden
    table = tabulate_view_columns(_("history"), today, Event, events, brief)
    spare = ("login", "undone_by", "undoes", "record", "command", "by")
    table.columns = order_view_columns(table.columns, spare)
    return table


def tabulate_rights_listing(roles: Sequence[tuple[str, str, str]], today: date) -> Table:
    """Build a table of who may do what in a ledger of a database: login, role and lead."""
    rows: list[tuple[Value, ...]] = [(login, role, lead or None) for login, role, lead in roles]
    columns = build_view_columns(("login", "role", "lead"))
    return Table(title=_("rights"), as_of=today, columns=columns, rows=rows)


def tabulate_settings_listing(chosen: config.Settings, today: date) -> Table:
    """Build a table of the settings in force, and where each comes from."""
    columns = (
        build_view_column("key"),
        Column("value", _p("column", "value")),
        *order_view_columns(build_view_columns(("origin", "meaning")), ("origin",)),
    )
    rows: list[tuple[Value, ...]] = [
        (
            setting.key,
            _format_setting_listing(setting.key, chosen[setting.key]),
            chosen.chosen[setting.key].origin,
            _(setting.meaning),
        )
        for setting in config.SETTINGS
    ]
    return Table(title=_("settings"), as_of=today, columns=columns, rows=rows)


def _format_setting_listing(key: str, value: object) -> Value:
    if key == "db":
        return config.redact_config_password(str(value))
    if isinstance(value, Mapping):
        return [f"{name}={_format_listing_entry(entry)}" for name, entry in value.items()]
    return [str(part) for part in value] if isinstance(value, tuple) else str(value)


def _format_listing_entry(value: object) -> str:
    """Format words, or how a lead is reached, as one text."""
    if isinstance(value, tuple) and not isinstance(value, Recipient):
        return " ".join(map(str, value))
    if not isinstance(value, Recipient):
        return str(value)
    escalation = (f"{_('red')}: {address}" for address in value.escalation)
    return " ".join(filter(None, [*value.to, *escalation, value.lang or ""]))

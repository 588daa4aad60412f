"""Build the pages of a site: tables and facts that lead from one to another."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import msgspec

from tracker.assessment.case import Case
from tracker.assessment.rollup import count_case_in_rollup
from tracker.ledger.answers import InitiativeDetails, Standing
from tracker.locale.translation import _
from tracker.output.model import Column, Link, Page, Printed, Sheet, Table, Value
from tracker.reports.columns import (
    build_report_column_table,
    build_report_column_values,
    count_cases_for_report_columns,
    list_report_column_meanings,
)
from tracker.reports.site.changes import SiteChange, list_site_changes
from tracker.reports.site.content import SiteContent, list_case_documents
from tracker.reports.site.places import (
    CSV,
    FEED,
    INDEX,
    JSON,
    METHOD,
    find_document_place,
    find_initiative_place,
    find_lead_place,
    find_way_up,
)
from tracker.views.charts import add_trend_charts
from tracker.views.findings import describe_finding_of_standing
from tracker.views.record import build_record_sheet
from tracker.views.status import (
    find_title_of_status_count,
    is_shown_in_status,
    tabulate_status_groups,
)
from tracker.views.urgency import rank_by_urgency
from tracker.views.wording import word_citation, word_reason

_SHOWN = (
    "id",
    "initiative",
    "name",
    "lead",
    "target",
    "value",
    "done",
    "expected",
    "light",
    "deadline",
    "days_late",
    "last_report",
)
_ADDRESSES = ("page", "lead_page")
_LINKED = {"initiative": "page", "name": "page", "lead": "lead_page"}
_MOST_URGENT, _MOST_CHANGES = 20, 20


class SitePage(NamedTuple):
    """Page of a site: where it is in the folder, and what it shows."""

    place: str
    sheet: Sheet


def build_site_pages(content: SiteContent) -> Iterator[SitePage]:
    """Yield every page of a site."""
    yield _build_index_page(content)
    for lead, cases in content.now.group_by_lead(content.now.cases).items():
        if lead is not None:
            yield _build_list_page(content, find_lead_place(lead), lead, cases, [])
    for document_id in _list_documents(content):
        yield _build_document_page(content, document_id)
    for details in content.initiatives:
        yield _build_initiative_page(content, details)
    yield _build_method_page(content)


def build_site_data(content: SiteContent) -> Table:
    """Build the table of all indicators with every column, for programs."""
    return _tabulate_cases(content, "indicators", _("indicators"), content.now.cases, "")


def _build_page(
    content: SiteContent, place: str, sheet: Sheet, related: Sequence[Link] = ()
) -> SitePage:
    """Return a sheet as a page, with the site that it is of, and what it leads to beside that."""
    up = find_way_up(place)
    places = ((_("overview"), INDEX), (_("how it is computed"), METHOD))
    data = ((_("changes as a feed"), FEED), (_("data as CSV"), CSV), (_("data as JSON"), JSON))
    links = [Link(text, up + target) for text, target in (*places, *data)]
    sheet.page = Page(site=content.title, publisher=content.publisher, links=links, related=related)
    return SitePage(place, sheet)


def _build_index_page(content: SiteContent) -> SitePage:
    """Return the first page: what was found, what changed, what is urgent, where to go on."""
    now = content.now
    counts = count_cases_for_report_columns(now)
    facts: list[tuple[str, Value]] = [
        (find_title_of_status_count(key), count)
        for key, count in counts.items()
        if is_shown_in_status(key, count)
    ]
    urgent = [case for case in now.cases if case.assessment.light in {"red", "yellow"}]
    urgent = [case for case in _sort_by_urgency(urgent) if case.assessment.state == "active"]
    changes = list_site_changes(content)[:_MOST_CHANGES]
    tables = [
        _tabulate_changes(content, changes),
        _tabulate_cases(content, "urgent", _("most urgent"), urgent[:_MOST_URGENT], INDEX),
        _tabulate_groups(content, "lead"),
        _tabulate_groups(content, "document"),
        _tabulate_initiatives(content),
    ]
    sheet = Sheet(
        title=content.title,
        as_of=now.as_of,
        facts=facts,
        tables=[table for table in tables if table.rows],
        finding=partial(_find_standing, now.cases),
    )
    return _build_page(content, INDEX, sheet)


def _find_standing(cases: Sequence[Case]) -> list[str]:
    """Return the sentences that a page about some indicators begins with."""
    items = [case.assessment for case in cases]
    return describe_finding_of_standing(items, cases[0].horizon.as_of) if cases else []


def _build_list_page(
    content: SiteContent,
    place: str,
    title: str,
    cases: Sequence[Case],
    facts: list[tuple[str, Value]],
) -> SitePage:
    """Return a page with the indicators of one lead or document, the most urgent first."""
    table = _tabulate_cases(content, "indicators", _("indicators"), _sort_by_urgency(cases), place)
    sheet = Sheet(
        title=title,
        as_of=content.now.as_of,
        facts=facts,
        tables=[table],
        finding=partial(_find_standing, cases),
    )
    return _build_page(content, place, sheet)


def _list_documents(content: SiteContent) -> list[str]:
    """Return the ids of the documents that indicators stand in."""
    ids = {each for case in content.now.cases for each in list_case_documents(case)}
    return sorted(ids & content.now.documents.keys())


def _build_document_page(content: SiteContent, document_id: str) -> SitePage:
    document = content.now.documents[document_id]
    facts: list[tuple[str, Value]] = [(_("published"), str(document.published))]
    if document.publisher:
        facts.append((_("publisher"), document.publisher))
    if document.url:
        facts.append((_("address"), Printed(document.url, document.url, document.url)))
    cases = content.list_cases_of_document(document_id)
    place = find_document_place(document_id)
    return _build_list_page(content, place, document.title, cases, facts)


def _build_initiative_page(content: SiteContent, details: InitiativeDetails) -> SitePage:
    """Return the page of an initiative: charts, history, sources, and the way to its lead."""
    place = find_initiative_place(details.item.id)
    up = find_way_up(place)
    sheet = add_trend_charts(build_record_sheet(details), details)
    names = {indicator.id: indicator.name for indicator in details.item.indicators}
    for table in sheet.tables:
        _rewrite_for_readers(table, names | {details.item.id: details.item.name})
    pages = {each.item.id for each in content.initiatives}
    related = [(lead, find_lead_place(lead)) for lead in _list_leads(details)]
    related += [
        (word_citation(content.now.documents, each, None), find_document_place(each))
        for each in dict.fromkeys(source.document for source in details.item.sources)
        if each in content.now.documents and content.list_cases_of_document(each)
    ]
    nearby = [*([details.parent] if details.parent else []), *details.children]
    related += [(each.name, find_initiative_place(each.id)) for each in nearby if each.id in pages]
    links = [Link(text, up + target) for text, target in related]
    return _build_page(content, place, sheet, links)


def _rewrite_for_readers(table: Table, names: Mapping[str, str]) -> None:
    """Write names for ids, leave out ids of entries, and commands out of the reasons of lights.

    Args:
        table: a table of the record of an initiative, which is changed.
        names: the names of the initiative and its indicators, by their ids.
    """
    keys = [column.key for column in table.columns]
    table.rows = [
        tuple(
            _rewrite_cell_for_readers(key, value, names)
            for key, value in zip(keys, row, strict=True)
        )
        for row in table.rows
    ]
    if "name" not in keys:
        table.columns = tuple(
            msgspec.structs.replace(column, brief=column.brief and column.key != "id")
            for column in table.columns
        )


def _rewrite_cell_for_readers(key: str, value: Value, names: Mapping[str, str]) -> Value:
    if key == "why":
        return word_reason(str(value or ""))
    if key in {"indicator", "record"} and isinstance(value, str):
        return Printed(value, names.get(value, value))
    return value


def _list_leads(details: InitiativeDetails) -> list[str]:
    """Return the leads of the indicators of an initiative."""
    return [*dict.fromkeys(lead for item in details.indicators for lead in item.leads)]


def _build_method_page(content: SiteContent) -> SitePage:
    """Return the page that says how each figure is computed, and where the data are."""
    meanings: list[tuple[str, Value]] = [
        (title, meaning)
        for title, meaning in list_report_column_meanings(_SHOWN, content.now.rules)
    ]
    data: list[tuple[str, Value]] = [
        (_("data as CSV"), Printed(CSV, CSV, CSV)),
        (_("data as JSON"), Printed(JSON, JSON, JSON)),
        (_("changes as a feed"), Printed(FEED, FEED, FEED)),
    ]
    sheet = Sheet(
        title=_("how it is computed"),
        as_of=content.now.as_of,
        facts=[*meanings, *data],
        finding=_describe_method,
    )
    return _build_page(content, METHOD, sheet)


def _describe_method() -> list[str]:
    return [
        _(
            "Every figure follows from what a document promises and what was reported, by the"
            " rules below; what is missing is left empty and never counted as 0."
        ),
        _("Nothing is overwritten: a correction or a new deadline stands beside the first one."),
    ]


def _sort_by_urgency(cases: Sequence[Case]) -> list[Case]:
    return sorted(cases, key=lambda case: rank_by_urgency(case.assessment, case.horizon.as_of))


def _tabulate_cases(
    content: SiteContent, key: str, title: str, cases: Sequence[Case], place: str
) -> Table:
    """Build a table of indicators whose names lead to their pages."""
    up = find_way_up(place)
    rows = []
    for case in cases:
        leads = content.now.list_leads(case)
        row = build_report_column_values(content.now, case)
        row["page"] = f"{up}{find_initiative_place(case.initiative.id)}#{case.indicator.id}"
        row["lead_page"] = up + find_lead_place(leads[0]) if leads else None
        rows.append(row)
    table = build_report_column_table(
        key, title, content.now, (*_SHOWN, *_ADDRESSES), rows, hidden=_ADDRESSES
    )
    table.columns = tuple(
        msgspec.structs.replace(column, link=_LINKED.get(column.key)) for column in table.columns
    )
    return table


def _tabulate_changes(content: SiteContent, changes: Sequence[SiteChange]) -> Table:
    """Build a table of changes, each with a link to what changed."""
    columns = (
        Column("on", _("on"), "day"),
        Column("name", _("indicator"), link="page"),
        Column("what", _("what changed")),
        Column("page", _("page"), brief=False),
    )
    rows: list[tuple[Value, ...]] = [
        (change.entry.on, change.name, change.what, change.place) for change in changes
    ]
    title, day = _("latest changes"), content.now.as_of
    return Table(title=title, as_of=day, columns=columns, rows=rows, key="changes")


def _tabulate_groups(content: SiteContent, by: str) -> Table:
    """Build a table of leads or documents with their counts, each with a link to its page."""
    now = content.now
    parts = [
        count_case_in_rollup(case, is_owing=case.indicator.id in now.owed) for case in now.cases
    ]
    table = tabulate_status_groups(
        Standing(now.as_of, parts), by, now.wanted_leads if by == "lead" else None
    )
    rows: list[tuple[Value, ...]] = []
    for row in table.rows:
        name = row[0]
        if by == "lead":
            lead = Printed(None, _("no lead named")) if name is None else name
            rows.append((lead, *row[1:], None if name is None else find_lead_place(str(name))))
        elif name in now.documents:
            title = word_citation(now.documents, str(name), None)
            rows.append((Printed(str(name), title), *row[1:], find_document_place(str(name))))
    first, *others = table.columns
    columns = (
        msgspec.structs.replace(first, link="page"),
        *others,
        Column("page", _("page"), brief=False),
    )
    return msgspec.structs.replace(table, columns=columns, rows=rows, key=f"by-{by}")


def _tabulate_initiatives(content: SiteContent) -> Table:
    """Build a table of all initiatives, each with a link to its page."""
    columns = (
        Column("id", _("id"), "id"),
        Column("name", _("initiative"), link="page"),
        Column("place", _("place")),
        Column("lead", _("lead")),
        Column("indicators", _("indicators"), "days"),
        Column("page", _("page"), brief=False),
    )
    rows: list[tuple[Value, ...]] = [
        (
            details.item.id,
            details.item.name,
            details.item.place,
            details.item.lead,
            len(details.indicators),
            find_initiative_place(details.item.id),
        )
        for details in content.initiatives
    ]
    title, day = _("all initiatives"), content.now.as_of
    return Table(title=title, as_of=day, columns=columns, rows=rows, key="initiatives")

"""Edit all records that fit a filter: show how many they are, ask, and change them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import typer

from tracker.cli.context import CommandContext
from tracker.cli.options import FilterOptions
from tracker.errors import InvalidInput, Refused
from tracker.ledger.bulk_edit import BulkChange, replace_names_in_bulk_edit
from tracker.locale.translation import _, _n, _p
from tracker.model.filters import Filter
from tracker.model.leads import join_leads, split_leads
from tracker.model.records import Indicator, Initiative
from tracker.system.text import make_text_visible

_MOST_SHOWN = 20
"""Changes that are shown one by one before they are made."""

_NAMES = {"lead": "lead", "support": "lead", "person": "person", "tags": "tag"}
"""Fields that hold several names, and the filter that asks for them."""

BuildTypedFields = Callable[[Mapping[str, list[str]], Initiative | Indicator], dict[str, Any]]
"""Builds the fields that a command sets of a record, from texts by field as they are typed."""


def run_bulk_edit(
    context: CommandContext,
    filters: FilterOptions,
    assignments: Sequence[str],
    build: BuildTypedFields,
    output: str,
    *,
    is_sure: bool,
) -> None:
    """Change the records that fit; at a terminal after a question, in a script with ``--yes``.

    Raises:
        InvalidInput: nothing is asked for or set, or a value is not understood.
        Refused: nobody has agreed.
    """
    where = context.build_filter(filters, everything=True)
    if where == Filter() or not assignments:
        raise InvalidInput(
            _(
                "Name a record; or say with filters which records, and what is set, such as:"
                " tracker edit --lead 区住建局 --set lead=区住建交通局"
            )
        )
    typed = _parse_bulk_edit_assignments(assignments)

    def build_fields(record: Initiative | Indicator) -> dict[str, Any]:
        return _keep_other_names_in_bulk_edit(record, build(typed, record), where)

    planned = context.tracker.plan_bulk_edit(where, build_fields)
    if not planned:
        _print_bulk_edit_changes(context, planned, output)
        return
    context.warn(*_describe_bulk_edit_changes(planned))
    if not is_sure and not _confirm_bulk_edit(context, len(planned)):
        raise Refused(_("Nothing was changed; in a script, add --yes."))
    _print_bulk_edit_changes(context, context.tracker.edit_in_bulk(where, build_fields), output)


def _parse_bulk_edit_assignments(assignments: Sequence[str]) -> dict[str, list[str]]:
    """Return texts by field of ``FIELD=VALUE``; an empty value empties the field."""
    typed: dict[str, list[str]] = {}
    for assignment in assignments:
        field, equals, value = assignment.partition("=")
        if not equals:
            raise InvalidInput(
                _("--set is FIELD=VALUE, such as lead=区住建交通局; {found} has no value.").format(
                    found=assignment
                )
            )
        typed.setdefault(field.strip().replace("-", "_"), []).append(value.strip())
    return typed


def _keep_other_names_in_bulk_edit(
    record: Initiative | Indicator, fields: dict[str, Any], where: Filter
) -> dict[str, Any]:
    """Keep the other bodies, persons or tags beside those that the filter asks for.

    An indicator that has no such name of its own has that of its initiative, and gets none.
    """
    kept = dict(fields)
    for field, filtered in _NAMES.items():
        wanted = where.wanted(filtered)
        if field not in kept:
            continue
        old, new = getattr(record, field, None), kept[field]
        if isinstance(record, Indicator) and not (old and wanted):
            del kept[field]
        elif wanted and new and isinstance(new, str):
            names = replace_names_in_bulk_edit(split_leads(old), wanted, split_leads(new))
            kept[field] = join_leads(names)
        elif wanted and new:
            kept[field] = replace_names_in_bulk_edit(old or [], wanted, new)
    if isinstance(record, Indicator):
        kept.pop("notes", None)
    return kept


def _confirm_bulk_edit(context: CommandContext, count: int) -> bool:
    if not context.can_ask():
        return False
    question = _n("Change {count} record?", "Change {count} records?", count)
    return typer.confirm(question.format(count=count), err=True)


def _describe_bulk_edit_changes(planned: Sequence[BulkChange]) -> list[str]:
    """Return a sentence for each of the first changes, and how many there are."""
    lines = [
        _("{id} {name}: {field}: {old} → {new}").format(
            id=change.before.id,
            name=change.before.name,
            field=_p("field", field),
            old=_format_bulk_edit_field(getattr(change.before, field)),
            new=_format_bulk_edit_field(getattr(change.after, field)),
        )
        for change in planned[:_MOST_SHOWN]
        for field in change.fields
    ]
    if len(planned) > _MOST_SHOWN:
        more = len(planned) - _MOST_SHOWN
        lines.append(_n("… and {n} more record", "… and {n} more records", more).format(n=more))
    return [make_text_visible(line) for line in lines]


def _format_bulk_edit_field(value: object) -> str:
    if isinstance(value, list):
        return _(", ").join(map(str, value)) or "–"
    return "–" if value is None else str(getattr(value, "on", None) or value)


def _print_bulk_edit_changes(
    context: CommandContext, changes: Sequence[BulkChange], output: str
) -> None:
    count = len(changes)
    sentence = _n("{count} record changed", "{count} records changed", count).format(count=count)
    items = [{"id": each.after.id, "fields": list(each.fields)} for each in changes]
    context.print_answer(sentence, {"changed": count, "records": items}, output)

"""Keeping records: add, edit, update."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Annotated, Any, NamedTuple

import msgspec
import typer

from tracker.cli.arguments import cited, stored
from tracker.cli.completion import Id, known_ids
from tracker.cli.context import Call, published
from tracker.cli.messages import say
from tracker.cli.options import Format
from tracker.cli.registration import command, refuse_nothing
from tracker.errors import InvalidInput, Refused
from tracker.exchange.fields import deadline_from, made, target_from, worded
from tracker.locale.translation import _
from tracker.model.codec import full
from tracker.model.dates import parse_day, parse_effective, parse_start
from tracker.model.quantities import parse_value, show_number
from tracker.model.records import APPENDED, Document, Indicator, Initiative, Interim, Source
from tracker.model.vocabulary import VOCABULARY
from tracker.storage.base import View

app = typer.Typer(rich_markup_mode=None)

DAY = "DAY"


class About(NamedTuple):
    """The fields of initiatives."""

    alias: Annotated[list[str] | None, typer.Option(help=_("Another name; repeatable."))] = None
    kind: Annotated[str | None, typer.Option(help=_("E.g. project, programme."))] = None
    category: Annotated[str | None, typer.Option(help=_("Field of work."))] = None
    level: Annotated[str | None, typer.Option(help=_("E.g. city, district."))] = None
    place: Annotated[str | None, typer.Option(help=_("Where."))] = None
    parent: Annotated[
        str | None, typer.Option(help=_("Id of the initiative above."), autocompletion=known_ids)
    ] = None
    lead: Annotated[str | None, typer.Option(help=_("Responsible body."))] = None
    support: Annotated[list[str] | None, typer.Option(help=_("Supporting body."))] = None
    cycle: Annotated[str | None, typer.Option(help=_("How often a report is owed."))] = None
    tag: Annotated[list[str] | None, typer.Option(help=_("A tag; repeatable."))] = None


class Measured(NamedTuple):
    """The fields of indicators."""

    measure: Annotated[str | None, typer.Option(help=_("number or milestone."))] = None
    target: Annotated[str | None, typer.Option(help=_("E.g. 85%, 200个以上, 1—2个."))] = None
    target_high: Annotated[str | None, typer.Option(help=_("Upper end of a range."))] = None
    unit: Annotated[str | None, typer.Option(help=_("Unit as printed."))] = None
    op: Annotated[str | None, typer.Option(help=_(">=, <=, = or range."))] = None
    direction: Annotated[str | None, typer.Option(help=_("up, down or hold."))] = None
    approximate: Annotated[
        bool | None, typer.Option("--approximate/--exact", help=_("Target is approximate."))
    ] = None
    baseline: Annotated[str | None, typer.Option(help=_("Value at the start."))] = None
    baseline_on: Annotated[
        str | None,
        typer.Option(metavar=DAY, help=_("Day of the baseline; a year or month is its end.")),
    ] = None
    start: Annotated[
        str | None,
        typer.Option(metavar=DAY, help=_("Progress is expected from; a year is its first day.")),
    ] = None
    interim: Annotated[
        list[str] | None, typer.Option(metavar="DAY=VALUE", help=_("Interim point."))
    ] = None
    deadline: Annotated[
        str | None, typer.Option(metavar=DAY, help=_("A day, or a wording like 2026年底."))
    ] = None
    deadline_wording: Annotated[
        str | None, typer.Option(help=_("The document's wording of the deadline."))
    ] = None
    basis: Annotated[str | None, typer.Option(help=_("stated, derived or assumed."))] = None
    accumulation: Annotated[str | None, typer.Option(help=_("cumulative, increment or level."))] = (
        None
    )
    commitment: Annotated[
        str | None, typer.Option(help=_("outcome, effort, vision or projection."))
    ] = None


class _Reader(NamedTuple):
    """What it takes to understand the fields of an indicator.

    Attributes:
        today: the day that +30d and the like refer to.
        printed_on: the day of the document that a source names.
        tell: says how a day was understood.
    """

    today: date
    printed_on: Callable[[Source | None], date | None]
    tell: Callable[[str], None]


class Printed(NamedTuple):
    """The fields of source documents."""

    published: Annotated[
        str | None, typer.Option(metavar=DAY, help=_("Day of a source document."))
    ] = None
    publisher: Annotated[str | None, typer.Option(help=_("Who published it."))] = None
    url: Annotated[str | None, typer.Option(help=_("Where it can be read."))] = None


class Noted(NamedTuple):
    """What both initiatives and indicators have."""

    source: Annotated[
        list[str] | None,
        typer.Option(metavar="DOCUMENT[:PLACE]", help=_("Where it is written.")),
    ] = None
    notes: Annotated[str | None, typer.Option(help=_("Notes."))] = None


_LISTS = {"alias": "aliases", "support": "support", "tag": "tags"}
_NUMBERS = ("baseline", "target_high")
_DEADLINE = ("deadline", "deadline_wording", "basis")


@command(
    app,
    "add",
    "tracker add 农村厕所改造 --id toilets --place 济南市 --lead 市农业农村局",
    "tracker add 改造户数 --to rural-pipes --id homes --target 2万户",
    "tracker add 2026年政府工作报告 --id 2026-report --published 2026-01-20",
)
def add(
    call: Call,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("What it is called."))],
    record_id: Annotated[str, typer.Option("--id", help=_("A short lasting name, a-z 0-9 -."))],
    about: About,
    measured: Measured,
    printed: Printed,
    noted: Noted,
    form: Format,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help=_("Initiative that an indicator belongs to."),
            autocompletion=known_ids,
        ),
    ] = None,
) -> None:
    """With --to it adds an indicator, with --published a source document."""
    if printed.published is not None and to is not None:
        raise InvalidInput(_("Give --to or --published, not both."))
    if printed.published is not None:
        fields = _chosen(printed) | {"published": _published(call, printed.published)}
        _only(fields, _chosen(about), _chosen(measured), _chosen(noted))
        record: Document | Initiative | Indicator = made(
            Document, {"id": record_id, "title": name, **fields}
        )
    elif to is not None:
        owner = call.tracker.show(to).item.id
        _only(_chosen(noted), _chosen(about), _chosen(printed))
        reader = _Reader(call.today, call.printed_on, say)
        fields = _fields(reader, None, measured, noted)
        record = made(Indicator, {"id": f"{owner}.{record_id}", "name": name, **fields})
    else:
        _only_with_to(_chosen(measured))
        _only(_chosen(noted), _chosen(printed))
        fields = _about(about) | _noted(noted, many=True)
        record = made(Initiative, {"id": record_id, "name": name, **fields})
    record = call.tracker.add(record)
    for remark in call.tracker.remarks_on(record):
        say(remark)
    call.answer(_("added {id}: {name}").format(id=record.id, name=name), full(record), form.output)


@command(
    app,
    "edit",
    "tracker edit rural-pipes --lead 市水务局 --tag 供水",
    "tracker edit rural-pipes.renewed --clear deadline",
)
def edit(
    call: Call,
    words: Id,
    about: About,
    measured: Measured,
    noted: Noted,
    form: Format,
    name: Annotated[str | None, typer.Option(help=_("A new name."))] = None,
    clear: Annotated[
        list[str] | None, typer.Option(metavar="FIELD", help=_("Empty a field; repeatable."))
    ] = None,
) -> None:
    """A correction of the record. A changed promise is a decision: tracker revise.

    A repeatable flag replaces the whole list.
    """
    told: list[str] = []

    def change(known: Initiative | Indicator, view: View) -> dict[str, Any]:
        # What is read of the record is read under the lock, and said when it is stored.
        told.clear()
        fields: dict[str, Any] = {"name": name} if name is not None else {}
        if isinstance(known, Indicator):
            _only({}, _chosen(about))
            reader = _Reader(call.today, partial(published, view), told.append)
            fields |= _fields(reader, known, measured, noted)
        else:
            _only({}, _chosen(measured))
            fields |= _about(about) | _noted(noted, many=True)
        for each in clear or []:
            field = _LISTS.get(each, each.replace("-", "_"))
            fields[field] = _empty(known, field)
        refuse_nothing(
            fields, _("Nothing is to be changed; name a field, see: tracker edit --help")
        )
        return fields

    done = call.tracker.edit(words, change)
    for remark in (*told, *done.remarks):
        say(remark)
    sentence = _("{id}: {fields} changed") if done.after else _("{id}: nothing changed")
    sentence = sentence.format(id=done.record_id, fields=done.after)
    call.answer(sentence, full(call.tracker.find(done.record_id)), form.output)


def _chosen(group: Any) -> dict[str, Any]:  # noqa: ANN401  # any flag group
    chosen = {key: value for key, value in group._asdict().items() if value not in (None, [])}
    words = {key: stored(key, value) for key, value in chosen.items() if key in VOCABULARY}
    return chosen | words


def _only(allowed: dict[str, Any], *others: dict[str, Any]) -> None:
    """Refuse flags that belong to another kind of record."""
    stray = [key for other in others for key in other if key not in allowed]
    if stray:
        raise InvalidInput(
            _("--{flag} is not a field of this kind of record.").format(
                flag=stray[0].replace("_", "-")
            )
        )


def _only_with_to(measured: dict[str, Any]) -> None:
    """Refuse the fields of an indicator where no initiative is named that it belongs to."""
    for key in measured:
        sentence = _("--{flag} is a field of indicators; say whose indicator it is: --to ID.")
        raise InvalidInput(sentence.format(flag=key.replace("_", "-")))


def _published(call: Call, text: str) -> date:
    """The day of a source document; nothing is known from one that is yet to be printed."""
    day = parse_day(text, call.today)
    if day > call.today:
        sentence = _("A source document cannot be published after today, but {day} is; see: {text}")
        raise Refused(sentence.format(day=day, text=text))
    say(_("published: {day}").format(day=day))
    return day


def _about(about: About) -> dict[str, Any]:
    return {_LISTS.get(key, key): value for key, value in _chosen(about).items()}


def _noted(noted: Noted, *, many: bool) -> dict[str, Any]:
    fields = _chosen(noted)
    sources = [cited(each) for each in fields.pop("source", [])]
    if sources and many:
        return fields | {"sources": sources}
    if len(sources) > 1:
        raise InvalidInput(_("An indicator has one --source."))
    return fields | ({"source": sources[0]} if sources else {})


def _fields(
    reader: _Reader, known: Indicator | None, measured: Measured, noted: Noted
) -> dict[str, Any]:
    """The fields of an indicator that the flags set, understood."""
    fields = _chosen(measured) | _noted(noted, many=False)
    unit = fields.get("unit", known.unit if known is not None else None)
    if "target" in fields:
        read = target_from(fields["target"], unit)
        fields = read | {key: value for key, value in fields.items() if key != "target"}
        unit = fields["unit"]
    for key in _NUMBERS:
        if isinstance(fields.get(key), str):
            fields[key] = parse_value(fields[key], unit)
    fields |= _days(reader, fields)
    if "interim" in fields:
        fields["interim"] = [_interim(reader, each, unit) for each in fields["interim"]]
    deadline = _deadline(reader, known, fields)
    fields = {key: value for key, value in fields.items() if key not in _DEADLINE}
    if known is None and "measure" not in fields:
        numeric = any(key in fields for key in ("target", "unit", "baseline"))
        fields["measure"] = "number" if numeric else "milestone"
    return fields | deadline


def _days(reader: _Reader, fields: dict[str, Any]) -> dict[str, date]:
    """The start, and the day of the baseline: 2022 is its end, as in 截至2022年底."""
    days = {}
    if "start" in fields:
        days["start"] = parse_start(fields["start"], reader.today)
        reader.tell(_("start: {day}").format(day=days["start"]))
    if "baseline_on" in fields:
        days["baseline_on"] = parse_day(fields["baseline_on"], reader.today)
        reader.tell(_("day of the baseline: {day}").format(day=days["baseline_on"]))
    return days


def _interim(reader: _Reader, text: str, unit: str | None) -> Interim:
    day, equals, value = text.partition("=")
    if not equals:
        sentence = _("--interim is DAY=VALUE, e.g. 2026-06-30=50; '{text}' has no value.")
        raise InvalidInput(sentence.format(text=text))
    read = Interim(on=parse_effective(day, reader.today), value=parse_value(value, unit))
    point = f"{show_number(read.value)} {unit or ''}".strip()
    reader.tell(_("interim point: {value} by {day}").format(value=point, day=read.on))
    return read


def _deadline(reader: _Reader, known: Indicator | None, fields: dict[str, Any]) -> dict[str, Any]:
    if not any(key in fields for key in _DEADLINE):
        return {}
    source = fields.get("source") or (known.source if known is not None else None)
    old = known.deadline if known is not None else None
    if "deadline" in fields:
        read = deadline_from(fields["deadline"], reader.today, reader.printed_on(source))
        reader.tell(_("deadline: {day}").format(day=read.on or read.wording))
    elif old is not None:
        read = old
    else:
        raise InvalidInput(_("There is no deadline yet; give it with --deadline."))
    wording = fields.get("deadline_wording", read.wording)
    basis = fields.get("basis", read.basis)
    return {"deadline": worded(read.on, wording, basis, reader.printed_on(source))}


def _empty(known: Initiative | Indicator, field: str) -> Any:  # noqa: ANN401  # of any field
    kept = APPENDED | {"recorded_at", "by"}
    clearable = {
        each.name: [] if isinstance(getattr(known, each.name), list) else each.default
        for each in msgspec.structs.fields(known)
        if not each.required and each.name not in kept
    }
    if field not in clearable:
        raise InvalidInput(
            _("{field} cannot be cleared; these can: {fields}.").format(
                field=field, fields=", ".join(clearable)
            )
        )
    return clearable[field]

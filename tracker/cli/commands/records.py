"""Keep records: add, edit."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any

import typer
from msgspec import Struct
from msgspec.structs import asdict

from tracker.cli.arguments import parse_choice, parse_source_argument
from tracker.cli.completion import OptionalRecordArgument, complete_record_id
from tracker.cli.context import CommandContext, find_publication_in_context
from tracker.cli.options import (
    AnswerOptions,
    DocumentFilter,
    DueAfterFilter,
    DueBeforeFilter,
    FilterOptions,
    LightFilter,
    StateFilter,
    TextFilter,
)
from tracker.cli.registration import command
from tracker.errors import InvalidInput, Refused
from tracker.exchange.fields import (
    build_record_from_fields,
    find_empty_field_value,
    parse_typed_indicator_fields,
)
from tracker.ledger.answers import StoredDecision
from tracker.locale.translation import _, _p, join_words
from tracker.model.codec import to_plain_data
from tracker.model.dates import parse_day
from tracker.model.leads import join_leads, split_leads
from tracker.model.records import Document, Indicator, Initiative
from tracker.model.vocabulary import VOCABULARY
from tracker.storage.base import View

app = typer.Typer(rich_markup_mode=None)


class InitiativeOptions(Struct, frozen=True):
    """Fields of initiatives."""

    alias: Annotated[list[str] | None, typer.Option(help=_("Another name; repeatable."))] = None
    kind: Annotated[str | None, typer.Option(help=_("E.g. project, programme."))] = None
    category: Annotated[str | None, typer.Option(help=_("Field of work."))] = None
    level: Annotated[str | None, typer.Option(help=_("E.g. city, district."))] = None
    place: Annotated[str | None, typer.Option(help=_("Where."))] = None
    parent: Annotated[
        str | None,
        typer.Option(help=_("Id of the initiative above."), autocompletion=complete_record_id),
    ] = None
    cycle: Annotated[str | None, typer.Option(help=_("How often a report is owed."))] = None
    tag: Annotated[list[str] | None, typer.Option(help=_("A tag; repeatable."))] = None


class IndicatorOptions(Struct, frozen=True):
    """Fields of indicators."""

    measure: Annotated[str | None, typer.Option(help=_("number or milestone."))] = None
    target: Annotated[str | None, typer.Option(help=_("E.g. 85%, 200个以上, 1—2个."))] = None
    target_high: Annotated[str | None, typer.Option(help=_("Upper end of a range."))] = None
    stretch: Annotated[
        str | None, typer.Option(help=_("What is striven for beyond the target (力争)."))
    ] = None
    unit: Annotated[str | None, typer.Option(help=_("Unit as printed."))] = None
    op: Annotated[str | None, typer.Option(help=_(">=, <=, = or range."))] = None
    direction: Annotated[str | None, typer.Option(help=_("up, down or hold."))] = None
    approximate: Annotated[
        bool | None, typer.Option("--approximate/--exact", help=_("Target is approximate."))
    ] = None
    baseline: Annotated[str | None, typer.Option(help=_("Value at the start."))] = None
    baseline_on: Annotated[
        str | None,
        typer.Option(metavar="DAY", help=_("Day of the baseline; a year or month is its end.")),
    ] = None
    start: Annotated[
        str | None,
        typer.Option(metavar="DAY", help=_("Progress is expected from; a year is its first day.")),
    ] = None
    interim: Annotated[
        list[str] | None, typer.Option(metavar="DAY=VALUE", help=_("Interim point."))
    ] = None
    deadline: Annotated[
        str | None, typer.Option(metavar="DAY", help=_("A day, or a wording like 2026年底."))
    ] = None
    deadline_wording: Annotated[
        str | None, typer.Option(help=_("The document's wording of the deadline."))
    ] = None
    basis: Annotated[str | None, typer.Option(help=_("stated, derived or assumed."))] = None
    after: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help=_("Milestone that comes before this one."),
            autocompletion=complete_record_id,
        ),
    ] = None
    part_of: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help=_("Indicator of the same unit that this one is a part of."),
            autocompletion=complete_record_id,
        ),
    ] = None
    every: Annotated[
        str | None,
        typer.Option(
            metavar="|".join(VOCABULARY["recurs"]), help=_("The promise comes again in each.")
        ),
    ] = None
    accumulation: Annotated[str | None, typer.Option(help=_("cumulative, increment or level."))] = (
        None
    )
    commitment: Annotated[
        str | None, typer.Option(help=_("outcome, effort, vision or projection."))
    ] = None


class DocumentOptions(Struct, frozen=True):
    """Fields of source documents."""

    published: Annotated[
        str | None, typer.Option(metavar="DAY", help=_("Day of a source document."))
    ] = None
    publisher: Annotated[str | None, typer.Option(help=_("Who published it."))] = None
    url: Annotated[str | None, typer.Option(help=_("Where it can be read."))] = None


class AddOptions(Struct, frozen=True):
    """Place of what is added, and the indicators that are added with it."""

    id: Annotated[
        str | None, typer.Option(help=_("A short lasting name, a-z 0-9 -; else a number."))
    ] = None
    to: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help=_("Initiative that an indicator belongs to."),
            autocompletion=complete_record_id,
        ),
    ] = None
    indicator: Annotated[
        list[str] | None,
        typer.Option(metavar="LINE", help=_("NAME TARGET DEADLINE of an indicator; repeatable.")),
    ] = None
    lines: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE", help=_("Lines of indicators; - for stdin.")),
    ] = None
    no_baseline: Annotated[
        bool,
        typer.Option("--no-baseline", help=_("Do not begin at 0 where what is added is counted.")),
    ] = False


class SharedOptions(Struct, frozen=True):
    """Fields that both initiatives and indicators have."""

    lead: Annotated[list[str] | None, typer.Option(help=_("Responsible body; repeatable."))] = None
    support: Annotated[list[str] | None, typer.Option(help=_("Supporting body."))] = None
    person: Annotated[
        list[str] | None, typer.Option(help=_("Person in charge at the lead; repeatable."))
    ] = None
    source: Annotated[
        list[str] | None,
        typer.Option(metavar="DOCUMENT[:PLACE]", help=_("Where it is written.")),
    ] = None
    notes: Annotated[str | None, typer.Option(help=_("Notes."))] = None


class BulkOptions(Struct, frozen=True):
    """Filters beside the flags of fields, for an edit without a name, and what it sets."""

    document: DocumentFilter = None
    light: LightFilter = None
    state: StateFilter = None
    due_before: DueBeforeFilter = None
    due_after: DueAfterFilter = None
    text: TextFilter = None
    set: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=VALUE", help=_("What is set of all that fit; repeatable.")),
    ] = None
    yes: Annotated[bool, typer.Option("--yes", help=_("Do it without asking."))] = False


_FILTERS = frozenset(FilterOptions.__struct_fields__)
_FIELDS_BY_FLAG = {"alias": "aliases", "tag": "tags", "every": "recurs"}
"""Fields whose flag is called otherwise."""
_LISTS = frozenset({"alias", "lead", "support", "person", "tag", "interim"})
_SHARED = ("lead", "support", "person", "notes")
_BULK_FIELDS = (
    *InitiativeOptions.__struct_fields__,
    *_SHARED,
    *IndicatorOptions.__struct_fields__,
)


@command(
    app,
    "add",
    "tracker add 农村厕所改造 --place 济南市 --lead 市农业农村局",
    'tracker add 稳就业 --indicator "新增就业 2.3万人" --deadline 2026年底',
    "tracker add 改造户数 --to rural-pipes --id homes --target 2万户",
    "tracker add 2026年政府工作报告 --id 2026-report --published 2026-01-20",
)
def add(
    context: CommandContext,
    about: InitiativeOptions,
    measured: IndicatorOptions,
    printed: DocumentOptions,
    noted: SharedOptions,
    placed: AddOptions,
    form: AnswerOptions,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help=_("What it is called."))
    ] = None,
) -> None:
    """With --to it adds an indicator, with --published a source document.

    With --indicator an initiative and its indicators, or more of one with --to, are added in
    one call; flags such as --deadline then hold for all whose line says nothing else.
    """
    typed = _read_record_command_lines(context, placed.indicator, placed.lines)
    own = _read_record_command_id(placed) | ({"name": name} if name is not None else {})
    record: Document | Initiative | Indicator
    if printed.published is not None:
        if placed.to is not None:
            raise InvalidInput(_("Give --to or --published, not both."))
        _refuse_record_command_flags(about, measured, noted)
        record, more = _build_record_command_document(context, printed, own), []
    elif placed.to is not None:
        _refuse_record_command_flags(about, printed)
        lines = [own, *typed] if name is not None or not typed else typed
        record, *more = _build_record_command_indicators(context, measured, noted, placed, lines)
    else:
        _refuse_record_command_flags(printed)
        if not typed:
            _require_record_command_initiative(_list_record_command_flags(measured))
        fields = _read_record_command_initiative(about, noted) | _require_record_command_name(own)
        record = build_record_from_fields(Initiative, fields)
        source = SharedOptions(source=noted.source)
        more = _build_record_command_indicators(context, measured, source, placed, typed)
    added = context.tracker.add_with_indicators(record, more)
    context.warn(*context.tracker.remarks_on(added[0]))
    _print_added_records(context, added, form.output)


@command(
    app,
    "edit",
    "tracker edit rural-pipes --lead 市水务局 --tag 供水",
    "tracker edit rural-pipes.renewed --clear deadline",
    "tracker edit --lead 济南市教育局 --set lead=市教育局 --yes",
)
def edit(
    context: CommandContext,
    about: InitiativeOptions,
    measured: IndicatorOptions,
    noted: SharedOptions,
    many: BulkOptions,
    form: AnswerOptions,
    words: OptionalRecordArgument = None,
    name: Annotated[str | None, typer.Option(help=_("A new name."))] = None,
    clear: Annotated[
        list[str] | None, typer.Option(metavar="FIELD", help=_("Empty a field; repeatable."))
    ] = None,
) -> None:
    """A correction of the record. A changed promise is a decision: tracker revise.

    A repeatable flag replaces the whole list. Without a name the flags are filters, and
    what is to be set of all records that fit follows --set.
    """
    if words is None:
        _edit_records_in_bulk(context, [about, measured, noted], many, form.output)
        return
    _refuse_record_command_bulk_flags(many)
    remarks: list[str] = []

    def change(known: Initiative | Indicator, view: View) -> dict[str, Any]:
        # Perhaps read once more under the lock; what is remarked is said when it is stored.
        remarks.clear()
        fields: dict[str, Any] = {"name": name} if name is not None else {}
        if isinstance(known, Indicator):
            _refuse_record_command_flags(about)
            reader = context.build_field_reader(
                remarks.append, partial(find_publication_in_context, view)
            )
            flags = _read_record_command_indicator(measured, noted)
            fields |= parse_typed_indicator_fields(flags, known, reader)
        else:
            _refuse_record_command_flags(measured)
            fields |= _read_record_command_initiative(about, noted)
        fields |= _list_record_command_cleared_fields(known, clear)
        return _require_record_command_fields(fields)

    done = context.tracker.edit(words, change)
    context.warn(*remarks, *done.remarks)
    record = _describe_record_command_record(context.tracker.find(done.record_id))
    context.print_answer(_describe_edited_record_fields(done), record, form.output)


def _read_record_command_id(placed: AddOptions) -> dict[str, Any]:
    """Return the id of a new record, empty where one is to be found for it."""
    if placed.id == "":
        raise InvalidInput(_("--id is empty; give an id, or leave --id out."))
    return {"id": placed.id or ""}


def _require_record_command_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields to set; refuse none."""
    if not fields:
        sentence = _("Nothing is to be changed; name a field, see: tracker edit --help")
        raise InvalidInput(sentence)
    return fields


def _describe_edited_record_fields(done: StoredDecision) -> str:
    """Return the sentence that names the fields an edit has changed."""
    if not done.after:
        return _("{id}: nothing changed").format(id=done.record_id)
    fields = join_words(_p("field", name) for name in done.after.split(", "))
    return _("{id}: {fields} changed").format(id=done.record_id, fields=fields)


def _refuse_record_command_bulk_flags(many: BulkOptions) -> None:
    """Refuse filters beside the name of a record, which has its flags set."""
    stray = next((key for key, value in asdict(many).items() if value), None)
    if stray is not None:
        sentence = _("--{flag} goes without a name; with one, say what is set by its flag.")
        raise InvalidInput(sentence.format(flag=stray.replace("_", "-")))


def _edit_records_in_bulk(
    context: CommandContext, fields: Sequence[Any], many: BulkOptions, output: str
) -> None:
    """Edit all records that fit: flags that are no filters are refused."""
    from tracker.cli.bulk_edit import run_bulk_edit

    asked = {
        key: value
        for group in (*fields, many)
        for key, value in asdict(group).items()
        if value not in (None, [], False)
    }
    stray = next((key for key in asked if key not in {*_FILTERS, "set", "yes"}), None)
    if stray is not None:
        sentence = _("--{flag} is no filter; what is to be set of all that fit follows --set.")
        raise InvalidInput(sentence.format(flag=stray.replace("_", "-")))
    chosen: dict[str, Any] = {
        key: [value] if isinstance(value, str) and not key.startswith("due") else value
        for key, value in asked.items()
        if key in _FILTERS
    }
    run_bulk_edit(
        context,
        FilterOptions(**chosen),
        many.set or [],
        partial(_build_record_command_bulk_fields, context),
        output,
        is_sure=many.yes,
    )


def _build_record_command_bulk_fields(
    context: CommandContext, typed: Mapping[str, list[str]], record: Initiative | Indicator
) -> dict[str, Any]:
    """Return the fields that --set sets of one record that fits: those of its kind."""
    stray = [key for key in typed if key not in _BULK_FIELDS]
    if stray:
        sentence = _("--set {field} is no field; allowed: {allowed}.")
        raise InvalidInput(sentence.format(field=stray[0], allowed=", ".join(_BULK_FIELDS)))
    group = IndicatorOptions if isinstance(record, Indicator) else InitiativeOptions
    own = {key: typed[key] for key in typed if key in {*group.__struct_fields__, *_SHARED}}
    cleared = _list_record_command_cleared_fields(
        record, (key for key, values in own.items() if values == [""])
    )
    flags: dict[str, Any] = {
        key: values if key in _LISTS else values[-1]
        for key, values in own.items()
        if values != [""]
    }
    shared = SharedOptions(**{key: flags.pop(key) for key in _SHARED if key in flags})
    if isinstance(record, Initiative):
        return _read_record_command_initiative(InitiativeOptions(**flags), shared) | cleared
    if not own:
        return {}
    reader = context.build_field_reader(lambda _remark: None)
    options = _read_record_command_indicator(IndicatorOptions(**flags), shared)
    return parse_typed_indicator_fields(options, record, reader) | cleared


def _print_added_records(
    context: CommandContext, added: Sequence[Document | Initiative | Indicator], output: str
) -> None:
    """Say what was added: the record, and the indicators with it."""
    names = [each.title if isinstance(each, Document) else each.name for each in added]
    sentence = join_words(
        _("added {id}: {name}").format(id=each.id, name=name)
        for each, name in zip(added, names, strict=True)
    )
    item, *more = map(_describe_record_command_record, added)
    item |= {"indicators": more} if more else {}
    context.print_answer(sentence, item, output)


def _require_record_command_name(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a new record if they name it.

    Raises:
        InvalidInput: there is no name.
    """
    if not fields.get("name"):
        raise InvalidInput(_("The name is missing; say: tracker add NAME, see: tracker add --help"))
    return dict(fields)


def _read_record_command_lines(
    context: CommandContext, typed: Sequence[str] | None, file: str | None
) -> list[dict[str, Any]]:
    """Return the fields of the indicators that flags and the lines of a file name."""
    lines = list(typed or [])
    if file is not None:
        from tracker.cli.file_import import read_bytes_for_file_import

        lines += read_bytes_for_file_import(file).decode("utf-8-sig", "replace").splitlines()
    if not lines:
        return []
    from tracker.exchange.indicator_lines import split_indicator_lines

    return [*split_indicator_lines(lines, context.build_field_reader(context.warn))]


def _build_record_command_document(
    context: CommandContext, printed: DocumentOptions, own: Mapping[str, Any]
) -> Document:
    fields = _list_record_command_flags(printed) | {
        "published": _read_record_command_publication(context, printed.published or "")
    }
    named = _require_record_command_name(own)
    return build_record_from_fields(Document, {"id": named["id"], "title": named["name"], **fields})


def _build_record_command_indicators(
    context: CommandContext,
    measured: IndicatorOptions,
    noted: SharedOptions,
    placed: AddOptions,
    typed: Sequence[Mapping[str, Any]],
) -> list[Indicator]:
    """Return new indicators of an initiative, each of its line and of the flags of all."""
    flags = _read_record_command_indicator(measured, noted)
    owner = context.tracker.show(placed.to).item.id if placed.to is not None else ""
    indicators = []
    for line in typed:
        own = _require_record_command_name(line)
        before = f"{own['name']}: " if len(typed) > 1 else ""
        reader = context.build_field_reader(partial(_warn_of_named_records, context, before))
        record_id = own.pop("id", "")
        fields = parse_typed_indicator_fields(
            flags | own, None, reader, without_baseline=placed.no_baseline
        )
        indicators.append(
            build_record_from_fields(Indicator, {"id": f"{owner}.{record_id}", **fields})
        )
    return indicators


def _warn_of_named_records(context: CommandContext, before: str, remark: str) -> None:
    context.warn(f"{before}{remark}")


def _list_record_command_cleared_fields(
    record: Initiative | Indicator, flags: Iterable[str] | None
) -> dict[str, Any]:
    """Return the fields that --clear empties, as they are when they are empty."""
    fields = (_FIELDS_BY_FLAG.get(flag, flag.replace("-", "_")) for flag in flags or ())
    return {field: find_empty_field_value(record, field) for field in fields}


def _describe_record_command_record(record: Document | Initiative | Indicator) -> dict[str, Any]:
    """Return a record as its JSON says it."""
    plain: dict[str, Any] = to_plain_data(record)
    return plain | ({} if isinstance(record, Document) else {"leads": split_leads(record.lead)})


def _list_record_command_flags(group: Any) -> dict[str, Any]:  # noqa: ANN401  # any flag group
    """Return the flags of a group that are set, with words of a vocabulary as they are stored."""
    flags = {key: value for key, value in asdict(group).items() if value not in (None, [])}
    fields = {_FIELDS_BY_FLAG.get(flag, flag): flag for flag in flags}
    words = {
        flag: parse_choice(field, flags[flag], f"--{flag}")
        for field, flag in fields.items()
        if field in VOCABULARY
    }
    joined = {key: join_leads(flags[key]) for key in ("lead", "person") if key in flags}
    return flags | words | joined


def _refuse_record_command_flags(*groups: Any) -> None:  # noqa: ANN401  # flag groups
    """Refuse flags that belong to another kind of record."""
    stray = [key for group in groups for key in _list_record_command_flags(group)]
    if stray:
        raise InvalidInput(
            _("--{flag} is not a field of this kind of record.").format(
                flag=stray[0].replace("_", "-")
            )
        )


def _require_record_command_initiative(measured: Iterable[str]) -> None:
    """Refuse the fields of an indicator where no initiative is named that it belongs to."""
    for key in measured:
        sentence = _("--{flag} is a field of indicators; say whose indicator it is: --to ID.")
        raise InvalidInput(sentence.format(flag=key.replace("_", "-")))


def _read_record_command_publication(context: CommandContext, text: str) -> date:
    """Parse the day of a source document; nothing is known from one that is yet to appear."""
    day = parse_day(text, context.today)
    if day > context.today:
        sentence = _("A source document cannot be published after today, but {day} is; see: {text}")
        raise Refused(sentence.format(day=day, text=text))
    context.warn(_("published: {day}").format(day=day))
    return day


def _read_record_command_initiative(
    about: InitiativeOptions, noted: SharedOptions
) -> dict[str, Any]:
    """Return the fields of an initiative that the flags set."""
    fields = {
        _FIELDS_BY_FLAG.get(flag, flag): value
        for flag, value in _list_record_command_flags(about).items()
    }
    fields |= _list_record_command_flags(noted)
    if "source" in fields:
        fields["sources"] = [parse_source_argument(text) for text in fields.pop("source")]
    return fields


def _read_record_command_indicator(
    measured: IndicatorOptions, noted: SharedOptions
) -> dict[str, Any]:
    """Return the flags of an indicator that are set, as typed but for its one source."""
    flags = _list_record_command_flags(measured) | _list_record_command_flags(noted)
    if "every" in flags:
        flags["recurs"] = flags.pop("every")
    if "source" in flags:
        sources = [parse_source_argument(text) for text in flags["source"]]
        if len(sources) > 1:
            raise InvalidInput(_("An indicator has one --source."))
        flags["source"] = sources[0]
    return flags

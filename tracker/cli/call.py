"""What the commands share: their common flags, the call they run in, and all printing.

A command is a function whose first argument is the ``Call``; arguments that are flag
groups (``Where``, ``Days`` …) become flags.
"""

import inspect
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, datetime
from functools import cached_property, wraps
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeAlias

import msgspec
import typer

from tracker import config, locale, reports
from tracker.asking import When
from tracker.cli import COMMANDS, pages
from tracker.cli.stdout import can_show, is_terminal, put
from tracker.dates import WorkCalendar, parse_day, parse_start
from tracker.errors import DeliveryFailed, InvalidInput
from tracker.locale import _
from tracker.models import Filter, Source
from tracker.progress import Rules
from tracker.service import Tracker
from tracker.sheets import Content, Sheet, Stream, Table
from tracker.store import Files, Store, View, open_store
from tracker.vocabulary import VOCABULARY

if TYPE_CHECKING:
    from tracker.hooks import Hooks

# The forms of an answer that is no list.
ANSWERS = ("table", "json")


class Where(NamedTuple):
    """The filters that every list takes."""

    place: Annotated[str | None, typer.Option(help=_("Part of the place."))] = None
    lead: Annotated[str | None, typer.Option(help=_("Part of a responsible body."))] = None
    category: Annotated[str | None, typer.Option(help=_("Part of the category."))] = None
    kind: Annotated[
        str | None,
        typer.Option(help=_("Kind: {kinds}.").format(kinds=", ".join(VOCABULARY["kind"]))),
    ] = None
    level: Annotated[str | None, typer.Option(help=_("Level, e.g. district."))] = None
    document: Annotated[str | None, typer.Option(help=_("Part of a document's id."))] = None
    tag: Annotated[str | None, typer.Option(help=_("A tag."))] = None
    light: Annotated[str | None, typer.Option(help=_("green, yellow, red or none."))] = None
    state: Annotated[
        str | None, typer.Option(help=_("active, suspended, cancelled or closed."))
    ] = None
    due_before: Annotated[
        str | None, typer.Option(metavar="DAY", help=_("Deadline on or before."))
    ] = None
    due_after: Annotated[
        str | None, typer.Option(metavar="DAY", help=_("Deadline on or after."))
    ] = None
    text: Annotated[str | None, typer.Option(help=_("Part of a name, alias or note."))] = None


class Days(NamedTuple):
    """The days that every reading command can be replayed at."""

    as_of: Annotated[
        str | None, typer.Option(metavar="DAY", help=_("As it stood on that day."))
    ] = None
    known_on: Annotated[
        str | None, typer.Option(metavar="DAY", help=_("By what was known on that day."))
    ] = None


class Out(NamedTuple):
    """How a list is written."""

    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="|".join(reports.FORMATS), help=_("Output form.")),
    ] = "table"
    limit: Annotated[int | None, typer.Option(min=1, help=_("At most so many rows."))] = None
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help=_("Exit 1 when something is found."))
    ] = False


class Form(NamedTuple):
    """How something that is always all there is written."""

    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="|".join(reports.FORMATS), help=_("Output form.")),
    ] = "table"


class Format(NamedTuple):
    """How the answer to a change is written."""

    output: Annotated[
        str, typer.Option("--output", "-o", metavar="|".join(ANSWERS), help=_("Output form."))
    ] = "table"


class Ledger(NamedTuple):
    """Which ledger, and in which language; every command takes them."""

    db: Annotated[
        str | None, typer.Option(metavar="PATH", help=_("The ledger."), show_default=False)
    ] = None
    lang: Annotated[
        str | None, typer.Option(metavar="en|zh", help=_("Language of the interface."))
    ] = None


class Call:
    """One run of a command: its settings, its moment, its ledger, its output."""

    def __init__(self, flags: Mapping[str, str | None], now: datetime) -> None:
        self._flags = dict(flags)
        self.now = now
        self.today = now.date()

    def on(self, **flags: str | None) -> "Call":
        """The same call with what a command's own flags say: its ledger, its language."""
        said = {key: value for key, value in flags.items() if value}
        return Call(self._flags | said, self.now)

    @cached_property
    def settings(self) -> config.Settings:
        """The settings in force; from now on lights are called as they say."""
        chosen = config.load(self._flags)
        locale.call(chosen["light_names"])
        return chosen

    def learn_words(self) -> None:
        """Let lights be called as the settings say, before anything else needs them."""
        _settings = self.settings

    @cached_property
    def tracker(self) -> Tracker:
        """The ledger with the rules of the settings."""
        chosen = self.settings
        rules = Rules(
            yellow_below=chosen["yellow_below"],
            red_below=chosen["red_below"],
            warn_days=chosen["warn_days"],
            cycle=chosen["cycle"],
            calendar=WorkCalendar(chosen["days_off"], chosen["days_on"]),
        )
        store = self.store_at(chosen["db"])
        return Tracker(
            store, now=self.now, author=chosen["author"], rules=rules, hooks=self._hooks()
        )

    def _hooks(self) -> "Hooks | None":
        """The hooks beside the settings; where there are none this costs one look."""
        folder = self.settings.file.parent / "hooks"
        if not folder.is_dir():
            return None
        from tracker.hooks import Hooks

        return Hooks(folder, self.settings["hook_timeout"], say)

    def store_at(self, place: str) -> Store:
        """The store at a path or URL."""
        place = os.path.expanduser(place)  # noqa: PTH111  # a URL is no path
        return open_store(place, patience=self.settings["patience"], say=say)

    @property
    def rehearsal(self) -> Tracker:
        """An empty ledger in memory, to try a change on."""
        return Tracker(open_store("memory:"), now=self.now, author=self.settings["author"])

    def verify(self) -> None:
        """Refuse a ledger whose files are not what was written; warn of where they lie.

        Raises:
            LedgerError: it is missing, damaged, unreadable or too new.
        """
        store = self.tracker.store
        if isinstance(store, Files):
            store.verify()
            self.warn_of_its_place()

    def warn_of_its_place(self) -> None:
        """Say what makes the place of the ledger unfit for one."""
        store = self.tracker.store
        doubt = store.doubt() if isinstance(store, Files) else None
        if doubt is not None:
            say(doubt)

    def day(self, text: str | None) -> date | None:
        """The day that a person means."""
        return None if text is None else parse_day(text, self.today)

    def opening(self, text: str | None) -> date | None:
        """The day that a person means as a first one."""
        return None if text is None else parse_start(text, self.today)

    def printed_on(self, source: Source | None) -> date | None:
        """The day of the document that a source names, None where it is not known."""
        if source is None:
            return None
        with self.tracker.store.view() as view:
            return published(view, source)

    def when(self, days: Days) -> When:
        """The days of a question."""
        return When(as_of=self.day(days.as_of), known_on=self.day(days.known_on))

    def filter(self, where: Where) -> Filter:
        """The filter that the flags make."""
        chosen = where._asdict() | {
            "due_before": self.day(where.due_before),
            "due_after": self.day(where.due_after),
        }
        words = [each for each in ("kind", "level", "light", "state") if chosen[each] is not None]
        if words:
            from tracker.cli.words import stored

            self.learn_words()
            chosen |= {each: stored(each, chosen[each]) for each in words}
        return Filter(**chosen)

    def dated(
        self, what: Table | Sheet, output: str, ids: Iterable[str], when: When
    ) -> Sheet | Table:
        """The same with the deadlines of these indicators, where the form is a calendar."""
        if not reports.is_calendar(output):
            return what
        found = self.tracker.calendar(ids, when)
        return Sheet(title=what.title, as_of=what.as_of, facts=[], calendar=found)

    def show(
        self,
        table: Table,
        out: Out,
        *,
        bars: bool = False,
        when: When | None = None,
        above: Sheet | None = None,
    ) -> None:
        """Write a list; with ``--exit-code`` end with 1 when there is something in it.

        Args:
            table: the list.
            out: how it is written.
            bars: whether shares that can be drawn as bars are.
            when: the days of the question, for a list of indicators with deadlines.
            above: what people read before the list; programs get the list alone.
        """
        found = len(table.rows)
        if out.limit is not None:
            table.rows = table.rows[: out.limit]
        self._tell_cut(len(table.rows), found)
        what: Table | Sheet = table
        if when is not None:
            what = self.dated(table, out.output, (str(row[0]) for row in table.rows), when)
        if above is not None and out.output == "table":
            what = msgspec.structs.replace(above, tables=[*above.tables, table])
        self.write(what, out.output, bars=bars)
        self.end(out, found=found > 0)

    def pour(self, stream: Stream, out: Out) -> None:
        """Write a list while it is read, in a form that is streamed; else as ``show``.

        What is not written is counted, and not kept.
        """
        rows = _Counted(stream.rows)
        stream.rows = islice(rows, out.limit)
        self.write(stream, out.output)
        shown = rows.count
        for _row in rows:
            pass
        self._tell_cut(shown, rows.count)
        self.end(out, found=rows.count > 0)

    def _tell_cut(self, shown: int, found: int) -> None:
        if shown < found:
            say(_("{shown} of {found} shown.").format(shown=shown, found=found))

    def end(self, out: Out, *, found: bool) -> None:
        """End with 1 where that is asked for and something was found."""
        if out.exit_code and found:
            raise typer.Exit(1)

    def write(
        self, what: Content, output: str, *, bars: bool = False, ascii_only: bool = False
    ) -> None:
        """Write to stdout, in the form asked for; a stream only where that is streamed."""
        terminal = is_terminal()
        width = os.get_terminal_size(sys.stdout.fileno()).columns if terminal else None
        canvas = reports.Canvas(
            width=width,
            colour=terminal and config.colour_wanted(),
            lights=self.settings["light_colours"],
            bars=bars,
            ascii=ascii_only or not can_show(reports.DRAWN_WITH),
            language=self.settings["lang"],
        )
        put(reports.pieces(what, output, canvas))

    def answer(self, sentence: str, item: object, output: str) -> None:
        """Write what a change did: one line for people, one document for scripts.

        Raises:
            DeliveryFailed: it could not be written; the change is stored all the same.
        """
        try:
            if output == "json":
                self.write(Sheet(title="", as_of=self.today, facts=[], items=[item]), output)
            else:
                put(reports.visible(sentence) + "\n")
        except DeliveryFailed as error:
            raise DeliveryFailed(
                _("The change is stored; do not repeat it. {sentence}").format(
                    sentence=error.sentence
                )
            ) from error


class _Counted(Iterator[Any]):
    """What it is given, and how much of that was taken."""

    def __init__(self, given: Iterable[Any]) -> None:
        self._given = iter(given)
        self.count = 0

    def __next__(self) -> Any:  # noqa: ANN401  # whatever it was given
        found = next(self._given)
        self.count += 1
        return found


def check_output(output: str, *, to_file: bool = False) -> None:
    """Refuse an output form before anything is done; ``to_file``: stdout may be left alone.

    Raises:
        InvalidInput: there is no such form, its extra is missing, or a terminal cannot show it.
    """
    reports.check_format(output)
    if not to_file and reports.is_binary(output) and is_terminal():
        sentence = _("{format} is nothing to read on a terminal; write it to a file: > FILE")
        raise InvalidInput(sentence.format(format=output))


def check_answer(output: str) -> None:
    """Refuse, as invalid input, an output form in which what is no list would be lost."""
    if output not in ANSWERS:
        sentence = _("There is no output format '{name}' here; choose one of: {formats}.")
        raise InvalidInput(sentence.format(name=output, formats=", ".join(ANSWERS)))


def say(sentence: str) -> None:
    """Talk to the person, on stderr, where there is one."""
    if _talk.held is not None:
        _talk.held.append(sentence)
    elif sys.stderr is not None:
        data = reports.visible(sentence, lines=True) + "\n"
        # What cannot be said must not change what is done, nor how it ends.
        with suppress(OSError):
            sys.stderr.buffer.write(data.encode(sys.stderr.encoding or "utf-8", "backslashreplace"))
            sys.stderr.buffer.flush()


class _Talk:
    """What is held back until a command has succeeded; None: everything is said at once."""

    held: list[str] | None = None


_talk = _Talk()


@contextmanager
def _held_back(output: str | None) -> Iterator[None]:
    """With ``-o json`` a failure is one JSON object on stderr, and nothing beside it."""
    _talk.held = [] if output in {"json", "jsonl"} else None
    try:
        yield
    except typer.Exit:
        _let_go()
        raise
    else:
        _let_go()
    finally:
        _talk.held = None


def _let_go() -> None:
    held, _talk.held = _talk.held, None
    for sentence in held or ():
        say(sentence)


def published(view: View, source: Source | None) -> date | None:
    """The day of the document that a source names, None where it is not known."""
    document = view.documents().get(source.document) if source is not None else None
    return document.published if document is not None else None


Function: TypeAlias = Callable[..., None]


def command(app: typer.Typer, name: str, *examples: str) -> Callable[[Function], Function]:
    """Register a command under its name, with its summary and its examples in the help."""

    def register(function: Function) -> Function:
        summary = COMMANDS[name].summary
        more = inspect.getdoc(function)
        app.command(
            name,
            cls=pages.Command,
            help="\n\n".join([summary, _(more)] if more else [summary]),
            short_help=summary,
            epilog="\n\n".join(_("Example: {call}").format(call=each) for each in examples),
            # What looks like a flag and is none may be a negative number; the rules judge it.
            context_settings={
                "help_option_names": ["-h", "--help"],
                "ignore_unknown_options": name == "update",
            },
        )(_expanded(function))
        return function

    return register


def _expanded(function: Function) -> Function:
    hints = inspect.get_annotations(function)
    _call, *parameters = inspect.signature(function).parameters.values()
    groups: dict[str, Any] = {p.name: hints[p.name] for p in parameters if _is_group(hints[p.name])}
    flags = [inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)]
    for each in parameters:
        if each.name in groups:
            flags += _flags_of(groups[each.name])
        else:
            kind = inspect.Parameter.KEYWORD_ONLY
            flags.append(each.replace(annotation=hints[each.name], kind=kind))
    flags += _flags_of(Ledger)

    @wraps(function)
    def run(**values: Any) -> None:  # noqa: ANN401  # the flags of any command
        call: Call = values.pop("ctx").obj
        ledger = Ledger(values.pop("db"), values.pop("lang"))
        output = values.get("output")
        if output is not None:
            # Before anything is done: a change must not be stored and then look refused.
            if Format in groups.values():
                check_answer(output)
            check_output(output, to_file="file" in values)
        for name, group in groups.items():
            values[name] = group(**{field: values.pop(field) for field in group._fields})
        with _held_back(output):
            function(call.on(**ledger._asdict()), **values)

    run.__signature__ = inspect.Signature(flags)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in flags}
    return run


def _is_group(hint: object) -> bool:
    return isinstance(hint, type) and issubclass(hint, tuple)


def _flags_of(group: Any) -> list[inspect.Parameter]:  # noqa: ANN401  # any flag group
    hints = inspect.get_annotations(group)
    return [
        inspect.Parameter(
            field,
            inspect.Parameter.KEYWORD_ONLY,
            default=group._field_defaults.get(field, inspect.Parameter.empty),
            annotation=hints[field],
        )
        for field in group._fields
    ]


def refuse_nothing(given: Mapping[str, object], sentence: str) -> None:
    """Refuse a change that changes nothing."""
    if not given:
        raise InvalidInput(sentence)

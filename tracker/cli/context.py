"""Give a command what it runs in: settings, moment, ledger, messages and output.

A command is a function whose first argument is the context; arguments that are groups of
options become flags.
"""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cached_property, partial
from itertools import islice
from typing import TYPE_CHECKING, Self

import msgspec
import typer

from tracker import config
from tracker.assessment.rules import Rules
from tracker.cli.messages import Messages
from tracker.cli.options import DayOptions, FilterOptions, ListOptions
from tracker.cli.output import CountedItems, can_show, is_terminal, write_stdout
from tracker.errors import DeliveryFailed
from tracker.ledger.reader import LedgerReader
from tracker.locale import translation
from tracker.locale.translation import _, _n, join_words
from tracker.model.dates import LocalDays, parse_day, parse_start_date
from tracker.model.filters import ALL, FILTER_WORDS, OPEN_FIELDS, Filter, WorkingSet
from tracker.model.horizon import NOW, When
from tracker.model.records import Source
from tracker.model.workdays import WorkCalendar
from tracker.output import cells, rendering
from tracker.output.model import Content, Sheet, Stream, Table
from tracker.storage.base import (
    DatabaseStore,
    ForeseeingStore,
    RepairableStore,
    Store,
    VerifiableStore,
    View,
)
from tracker.storage.open_store import open_store
from tracker.system.text import make_text_visible, use_wide_signs

if TYPE_CHECKING:
    from tracker.exchange.fields import FieldReader
    from tracker.ledger.hooks import Hooks
    from tracker.ledger.ledger import Tracker


_USUAL_HEIGHT = 24
"""Lines of a terminal that does not say how many it has."""
_FORMS_WITH_HEAD = frozenset({"docx", "html", "md", "xlsx"})
"""Forms that leave the office as papers or pages."""


class CommandContext:
    """One run of a command: its settings, its moment, its ledger, its messages and output."""

    def __init__(self, flags: Mapping[str, str | None], now: datetime) -> None:
        self._flags = dict(flags)
        self.now = now
        self.today = now.date()
        self.messages = Messages()
        self.clock_was_wrong = False
        self.is_replay = False
        self.no_pager = False

    def with_flags(self, **flags: str | None) -> Self:
        """Return a context in which flags that are set, such as ``db``, win over the root's."""
        own = {key: value for key, value in flags.items() if value}
        return type(self)(self._flags | own, self.now)

    def warn(self, *sentences: str) -> None:
        """Write sentences for the person to stderr, beside the result."""
        for sentence in sentences:
            self.messages.add(sentence)

    def can_ask(self) -> bool:
        """Return whether a person at a terminal can be asked."""
        # What was piped in is read to its end, and closed.
        is_open = sys.stdin is not None and not sys.stdin.closed
        return is_open and sys.stdin.isatty() and sys.stderr.isatty()

    def confirm(self, doubt: str, question: str | None = None) -> bool:
        """Ask a person at a terminal to agree; a script is not asked.

        Args:
            doubt: what is doubtful or would be done.
            question: what is asked about it; None: whether it is right.
        """
        if not self.can_ask():
            return False
        asked = _("Is it right?") if question is None else question
        return typer.confirm(f"{make_text_visible(doubt)}\n{asked}", err=True)

    @cached_property
    def settings(self) -> config.Settings:
        """Load the settings in force; lights are called as they say from then on."""
        chosen = config.load_settings(self._flags)
        zone = config.find_unknown_zone()
        if zone is not None:
            sentence = _("The system does not know the time zone TZ={zone}; days are those of UTC.")
            self.warn(sentence.format(zone=zone))
        translation.use_own_words(chosen["light_names"])
        return chosen

    def apply_light_names(self) -> None:
        """Let lights be called as the settings say, before a flag with a light is read."""
        _settings = self.settings

    @property
    def reader(self) -> LedgerReader:
        """Return the ledger to look at, opened without what a change of it takes."""
        is_changed = self.clock_was_wrong or "tracker" in vars(self)
        return self.tracker if is_changed else self._reader

    @cached_property
    def _reader(self) -> LedgerReader:
        store = self.open_store_at(self.settings["db"])
        return LedgerReader(store, now=self.now, rules=self._build_rules())

    def _build_rules(self) -> Rules:
        """Return the rules of the settings."""
        chosen = self.settings
        return Rules(
            yellow_below=chosen["yellow_below"],
            red_below=chosen["red_below"],
            warn_days=chosen["warn_days"],
            cycle=chosen["cycle"],
            calendar=WorkCalendar(chosen["days_off"], chosen["days_on"]),
            local=self.local_days,
        )

    @cached_property
    def tracker(self) -> "Tracker":
        """Open the ledger with the rules of the settings."""
        from tracker.ledger.ledger import Tracker

        chosen = self.settings
        store = self.open_store_at(chosen["db"])
        opened = Tracker(
            store,
            now=self.now,
            author=chosen["author"],
            rules=self._build_rules(),
            hooks=self._find_hooks(),
            known_since=self._choose_known_moment(store) if self.clock_was_wrong else None,
        )
        opened.refuses_earlier_clock = not self.clock_was_wrong
        return opened

    def _choose_known_moment(self, store: Store) -> datetime:
        """Return since when a change counts as known, where a clock was wrong; say so."""
        from tracker.ledger.clocks import choose_known_moment

        with store.view() as view:
            moment = choose_known_moment(self.now, view.history())
        if moment != self.now:
            sentence = _("The clock here is behind all changes; this one counts as stored at {at}.")
            self.warn(sentence.format(at=moment.isoformat(" ", "minutes")))
        return moment

    @property
    def local_days(self) -> LocalDays:
        """Return the days of the place that wordings of deadlines refer to."""
        chosen = self.settings
        return LocalDays(chosen["flood_season"], chosen["days_off"], chosen["days_on"])

    def _find_hooks(self) -> "Hooks | None":
        """Return the hooks beside the settings; where there are none this is one system call."""
        folder = self.settings.file.parent / "hooks"
        if not folder.is_dir():
            return None
        from tracker.ledger.hooks import Hooks

        return Hooks(folder, self.settings["hook_timeout"], self.messages.add)

    def open_store_at(self, place: str) -> Store:
        """Open the store at a path or URL."""
        place = os.path.expanduser(place)  # noqa: PTH111  # a URL is no path
        return open_store(
            place,
            patience=self.settings["patience"],
            query_timeout=self.settings["query_timeout"],
            say=self.messages.add,
        )

    def open_scratch_ledger(self) -> "Tracker":
        """Open an empty ledger in memory, to try a change on."""
        from tracker.ledger.ledger import Tracker

        return Tracker(open_store("memory:"), now=self.now, author=self.settings["author"])

    def verify_ledger(self, where: Filter = ALL) -> None:
        """Refuse a ledger whose files are not what was written; warn of where they lie.

        In a database only the records that may fit are compared with their changes.

        Raises:
            LedgerError: it is missing, damaged, unreadable or too new.
        """
        store = self.tracker.store
        about = None
        if where != ALL and isinstance(store, DatabaseStore):
            with store.view() as view:
                about = {initiative.id for initiative in view.initiatives(where)}
        if isinstance(store, VerifiableStore):
            store.verify(about)
        from tracker.ledger.clocks import list_clock_doubts

        with store.view() as view:
            self.warn(*list_clock_doubts(view.history_heads()))
        self.warn_of_place()

    def warn_of_wrong_index(self, count: int) -> None:
        """Warn of an index that says of so many indicators what the rules do not."""
        if not count:
            return
        store = self.tracker.store
        file = store.index_file if isinstance(store, ForeseeingStore) else None
        if file is None:
            sentence = _n(
                "The index of {place} says of {count} indicator what the rules do not; empty it:"
                " tracker recover, and fill it again: tracker db upgrade",
                "The index of {place} says of {count} indicators what the rules do not; empty it:"
                " tracker recover, and fill it again: tracker db upgrade",
                count,
            )
        else:
            sentence = _n(
                "The index of {place} says of {count} indicator what the rules do not; delete it:"
                " {file}",
                "The index of {place} says of {count} indicators what the rules do not; delete it:"
                " {file}",
                count,
            )
        self.warn(sentence.format(place=store.place, count=count, file=file))

    def warn_of_place(self) -> None:
        """Warn of a place, such as a network drive, that is unfit for a ledger."""
        store = self.tracker.store
        doubt = store.describe_risk() if isinstance(store, RepairableStore) else None
        if doubt is not None:
            self.warn(doubt)
        self.warn_of_exposure()

    def warn_of_exposure(self) -> None:
        """Warn of a folder that others may change."""
        store = self.tracker.store
        exposure = store.describe_exposure() if isinstance(store, RepairableStore) else None
        if exposure is not None:
            self.warn(exposure)

    def read_day(self, text: str | None) -> date | None:
        """Parse a day as a person types it, such as today or +30d."""
        return None if text is None else parse_day(text, self.today)

    def read_first_day(self, text: str | None) -> date | None:
        """Parse the first day of a span: a year or month is its first day."""
        return None if text is None else parse_start_date(text, self.today)

    def find_document_day(self, text: str | None, source: Source | None) -> date | None:
        """Return the day of the document that the words of a typed day mean, if one is named."""
        return None if text is None or text.isascii() else self.find_publication_day(source)

    def find_publication_day(self, source: Source | None) -> date | None:
        """Return the day of the document that a source names, None where it is not known."""
        if source is None:
            return None
        with self.tracker.store.view() as view:
            return find_publication_in_context(view, source)

    def build_field_reader(
        self,
        remark: Callable[[str], None],
        published_on: Callable[[Source | None], date | None] | None = None,
    ) -> "FieldReader":
        """Return what typed fields are read with.

        Args:
            remark: is called with how a day or value was understood.
            published_on: returns the day of a document; None: it is asked of the ledger.
        """
        from tracker.exchange.fields import FieldReader

        published_on = published_on or self.find_publication_day
        return FieldReader(self.today, published_on, remark, self.local_days)

    def read_days(self, days: DayOptions) -> When:
        """Parse the days of a question, and note whether it asks for what was known on one."""
        when = When(as_of=self.read_day(days.as_of), known_on=self.read_day(days.known_on))
        self.is_replay = when.known_on is not None
        return when

    def build_filter(
        self,
        where: FilterOptions,
        when: When = NOW,
        *,
        may_find_nothing: bool = False,
        everything: bool = False,
    ) -> Filter:
        """Build the filter that the flags ask for.

        Args:
            where: the flags.
            when: the days of the question.
            may_find_nothing: whether a text may occur nowhere.
            everything: whether the working set says nothing here.

        Raises:
            InvalidInput: a day or a word of a vocabulary is not understood.
            NotFound: a value occurs in no record, address or setting.
        """
        chosen = msgspec.structs.asdict(where) | {
            "due_before": self.read_day(where.due_before),
            "due_after": self.read_day(where.due_after),
        }
        everything = chosen.pop("all") or everything
        chosen["working_set"] = None if everything else self.read_working_set()
        words = [key for key in FILTER_WORDS if chosen[key]]
        if words:
            from tracker.cli.arguments import parse_choice

            self.apply_light_names()
            chosen |= {
                key: [parse_choice(key, word, allowed=FILTER_WORDS[key]) for word in chosen[key]]
                for key in words
            }
        built = Filter(**chosen)
        checked = msgspec.structs.replace(built, text=()) if may_find_nothing else built
        if any(map(checked.wanted, OPEN_FIELDS)):
            from tracker.ledger.filter_values import check_filter_values

            with self.reader.open_view(When(known_on=when.known_on)) as view:
                check_filter_values(view.records, checked, [*self.settings["addresses"]])
        return built

    def read_working_set(self) -> WorkingSet | None:
        """Return what screens and papers are about; None: everything."""
        chosen = self.settings["working_set"]
        if not chosen:
            return None
        since = next(map(date.fromisoformat, chosen.get("since", ())), None)
        tag, document = (chosen.get(field, ()) for field in ("tag", "document"))
        return WorkingSet(tag=tag, document=document, since=since)

    def with_calendar(
        self, content: Table | Sheet, output: str, ids: Iterable[str], when: When
    ) -> Sheet | Table:
        """Return the content, for a calendar form as the deadlines of these indicators."""
        if not rendering.is_rendered_as_calendar(output):
            return content
        from tracker.views.calendar import list_calendar_appointments

        appointments = list_calendar_appointments(self.reader, ids, when)
        return Sheet(title=content.title, as_of=content.as_of, facts=[], calendar=appointments)

    def add_histories(self, content: Table | Sheet, output: str, when: When) -> None:
        """Let a page have the histories of the indicators in its rows."""
        if output == "html":
            from tracker.views.histories import read_histories

            content.histories = partial(read_histories, self.reader, when)

    def print_table(
        self,
        table: Table,
        out: ListOptions,
        *,
        bars: bool = False,
        when: When | None = None,
        above: Sheet | None = None,
        below: Table | None = None,
        total: int | None = None,
    ) -> None:
        """Write a list; with ``--exit-code`` end with 1 when there is something in it.

        Args:
            table: the list.
            out: how it is written.
            bars: whether shares that can be drawn as bars are.
            when: the days of the question, for a list of indicators with deadlines.
            above: what people read before the list; programs get the list alone.
            below: what they read after it.
            total: how many rows there are, where the list holds only the first of them.
        """
        if out.sort is not None:
            from tracker.output.arrangement import arrange_rows

            table = arrange_rows(table, out.sort)
        count = len(table.rows) if total is None else total
        if out.limit is not None:
            table.rows = table.rows[: out.limit]
        content: Table | Sheet = table
        if when is not None:
            ids = (str(row[0]) for row in table.rows)
            content = self.with_calendar(table, out.output, ids, when)
            self.add_histories(table, out.output, when)
        if content is table and _shows_columns_in_context(out):
            from tracker.output.arrangement import arrange_columns

            content = table = arrange_columns(table, out.columns or "")
        content = _frame_table(content, table, out.output, above, below)
        self.print_content(content, out.output, bars=bars)
        self._warn_of_cut(len(table.rows), count)
        is_long = len(table.rows) == count > _USUAL_HEIGHT
        if is_long and out.output == "table" and is_terminal():
            self.warn(_n("{count} row.", "{count} rows.", count).format(count=count))
        self.exit_if_found(out, found=count > 0)

    def stream_table(self, stream: Stream, out: ListOptions) -> None:
        """Write a list while it is read, in a form that is streamed.

        Rows beyond ``--limit`` are counted, and not kept; in a database they are not read.
        """
        rows = CountedItems(stream.rows)
        stream.rows = islice(rows, out.limit)
        if _shows_columns_in_context(out):
            from tracker.output.arrangement import arrange_columns

            stream = arrange_columns(stream, out.columns or "")
        self.print_content(stream, out.output)
        shown = rows.count
        if self.counts_rest:
            for _row in rows:
                pass
            self._warn_of_cut(shown, rows.count)
        elif shown == out.limit and next(rows, None) is not None:
            self.warn_of_more(shown)
        self.exit_if_found(out, found=rows.count > 0)

    def print_indicators(self, where: Filter, when: When, out: ListOptions) -> None:
        """Write the list of all indicators that fit; streamed where the form and order allow."""
        from tracker.views import indicators

        if rendering.is_rendered_as_stream(out.output) and out.sort is None:
            with self.reader.passing_indicators(where, when) as passing:
                self.stream_table(indicators.stream_indicators_view(passing), out)
        else:
            # A page begins with sentences about all of it.
            is_cut = out.sort is None and out.output != "html" and not self.counts_rest
            listing = self.reader.indicators(where, when, out.limit if is_cut else None)
            if listing.is_cut:
                self.warn_of_more(len(listing.items))
            table = indicators.tabulate_indicators(_("indicators"), listing)
            self.print_table(table, out, when=when)

    @property
    def counts_rest(self) -> bool:
        """Whether the rows beyond ``--limit`` are counted: a database would read very much."""
        return not isinstance(self.reader.store, DatabaseStore)

    def warn_of_more(self, shown: int) -> None:
        """Say that there is more than a list shows, where nobody has counted the rest."""
        self.warn(_("{shown} shown; there are more.").format(shown=shown))

    def _warn_of_cut(self, shown: int, count: int) -> None:
        if shown < count:
            self.warn(_("{shown} of {found} shown.").format(shown=shown, found=count))

    def exit_if_found(self, out: ListOptions, *, found: bool) -> None:
        """End with 1 where ``--exit-code`` is set and something was found."""
        if out.exit_code and found:
            raise typer.Exit(1)

    def print_content(
        self, content: Content, output: str, *, bars: bool = False, ascii_only: bool = False
    ) -> None:
        """Write to stdout, in the form asked for; a stream only where that is streamed."""
        self.note_head(content, output)
        terminal = is_terminal()
        width = os.get_terminal_size(sys.stdout.fileno()).columns if terminal else None
        wide_signs = self.settings["wide_signs"]
        use_wide_signs(is_wide=wide_signs)
        canvas = cells.Canvas(
            width=width,
            colour=terminal and config.is_colour_configured(),
            lights=self.settings["light_colours"],
            bars=bars,
            ascii=ascii_only or wide_signs or not can_show(rendering.DRAWING_CHARACTERS),
            language=self.settings["lang"],
        )
        rendered = rendering.render_content_in_pieces(content, output, canvas)
        if not (terminal and output == "table" and self._show_in_pager(rendered)):
            write_stdout(rendered)
        self.warn_of_left_out(content.beside.get("left_out", 0), content.as_of)

    def _show_in_pager(self, rendered: rendering.Rendered) -> bool:
        """Show a text that is longer than the terminal in a pager; return whether there is one."""
        height = os.get_terminal_size(sys.stdout.fileno()).lines or _USUAL_HEIGHT
        pager = config.find_configured_pager()
        is_short = not isinstance(rendered, str) or rendered.count("\n") < height
        if self.no_pager or is_short or not pager or not self.can_ask():
            return False
        from tracker.system.subprocesses import page_text_in_subprocess

        data = str(rendered).encode(sys.stdout.encoding or "utf-8", "replace")
        return page_text_in_subprocess(data, pager, config.read_config_environment_of_pager())

    def note_head(self, content: Content, output: str) -> None:
        """Note in a paper or page the head of the ledger that it was made from."""
        # What was known on a day is the same for ever, the head of the ledger is not.
        is_unread = {"tracker", "_reader"}.isdisjoint(vars(self))
        if output not in _FORMS_WITH_HEAD or self.is_replay or is_unread:
            return
        newest = self.reader.newest
        if newest is not None:
            from tracker.ledger.proof import read_head_of_paper_for_proof

            head = read_head_of_paper_for_proof(self.reader.store, newest)
            if head is not None:
                content.beside = content.beside | {"head": head}
            else:
                self.warn(
                    _(
                        "What is written holds no head of the ledger: it has very many changes, or"
                        " one was just added; print it with: tracker history --head"
                    )
                )

    def warn_of_left_out(self, count: int, day: date) -> None:
        """Say how many indicators are outside the working set, or were entered after a day."""
        if count and self.settings["working_set"]:
            sentence = _n(
                "{count} indicator is left out: outside the working set, or entered after {day};"
                " --all shows the whole ledger.",
                "{count} indicators are left out: outside the working set, or entered after {day};"
                " --all shows the whole ledger.",
                count,
            )
            if day >= self.today:
                sentence = _n(
                    "{count} indicator outside the working set is left out; --all shows it.",
                    "{count} indicators outside the working set are left out; --all shows them.",
                    count,
                )
            self.warn(sentence.format(count=count, day=day))
        elif count:
            sentence = _n(
                "{count} indicator that was entered after {day} is left out; it is there from its"
                " document, its start or its first entry.",
                "{count} indicators that were entered after {day} are left out; each is there from"
                " its document, its start or its first entry.",
                count,
            )
            self.warn(sentence.format(count=count, day=day))

    def print_item(self, item: object, output: str) -> None:
        """Write one thing as data, in an envelope as lists have it."""
        self.print_content(Sheet(title="", as_of=self.today, facts=[], items=[item]), output)

    def print_answer(self, answer: str | Content, item: object, output: str) -> None:
        """Write what a change did: a line or a table for people, one document for scripts.

        Raises:
            DeliveryFailed: it could not be written; the change is stored all the same.
        """
        try:
            if output == "json":
                self.print_item(item, output)
            elif isinstance(answer, str):
                write_stdout(make_text_visible(answer) + "\n")
            else:
                self.print_content(answer, output)
        except DeliveryFailed as error:
            raise DeliveryFailed(
                _("The change is stored; do not repeat it. {sentence}").format(
                    sentence=error.sentence
                )
            ) from error


def _frame_table(
    content: Table | Sheet, table: Table, output: str, above: Sheet | None, below: Table | None
) -> Table | Sheet:
    """Return what is written of a list, with what people read before and after it."""
    if above is not None and output == "table":
        content = msgspec.structs.replace(above, tables=[*above.tables, table])
    if below is not None and below.rows and output in {"table", "md", "html"}:
        title = join_words([table.title, below.title])
        content = Sheet(title=title, as_of=table.as_of, facts=[], tables=[table, below])
    return content


def _shows_columns_in_context(out: ListOptions) -> bool:
    """Return whether only some columns are asked for, in a form that shows columns."""
    return out.columns is not None and out.output not in {"json", "jsonl", "ids"}


def find_publication_in_context(view: View, source: Source | None) -> date | None:
    """Return the day of the document that a source names, None where it is not known."""
    document = view.documents().get(source.document) if source is not None else None
    return document.published if document is not None else None

"""What the commands share: their common flags, the call they run in, and all printing.

A command is a function whose first argument is the ``Call``; arguments that are flag
groups (``Where``, ``Days`` …) become flags.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
import typer

from tracker import config
from tracker.assessment.rules import Rules
from tracker.cli.messages import say
from tracker.cli.options import Days, Out, Where
from tracker.cli.output import Counted, can_show, is_terminal, put
from tracker.errors import DeliveryFailed
from tracker.ledger.ledger import Tracker
from tracker.locale import translation
from tracker.locale.translation import _
from tracker.model.dates import parse_day, parse_start
from tracker.model.filters import Filter
from tracker.model.horizon import When
from tracker.model.records import Source
from tracker.model.workdays import WorkCalendar
from tracker.output import cells, rendering
from tracker.output.model import Content, Sheet, Stream, Table
from tracker.storage.base import Files, Store, View
from tracker.storage.open_store import open_store
from tracker.system.text import visible

if TYPE_CHECKING:
    from tracker.ledger.hooks import Hooks


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
        translation.call(chosen["light_names"])
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
        from tracker.ledger.hooks import Hooks

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
            from tracker.cli.arguments import stored

            self.learn_words()
            chosen |= {each: stored(each, chosen[each]) for each in words}
        return Filter(**chosen)

    def dated(
        self, what: Table | Sheet, output: str, ids: Iterable[str], when: When
    ) -> Sheet | Table:
        """The same with the deadlines of these indicators, where the form is a calendar."""
        if not rendering.is_calendar(output):
            return what
        from tracker.views.calendar import calendar

        found = calendar(self.tracker, ids, when)
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
        rows = Counted(stream.rows)
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
        canvas = cells.Canvas(
            width=width,
            colour=terminal and config.colour_wanted(),
            lights=self.settings["light_colours"],
            bars=bars,
            ascii=ascii_only or not can_show(rendering.DRAWN_WITH),
            language=self.settings["lang"],
        )
        put(rendering.pieces(what, output, canvas))

    def answer(self, sentence: str, item: object, output: str) -> None:
        """Write what a change did: one line for people, one document for scripts.

        Raises:
            DeliveryFailed: it could not be written; the change is stored all the same.
        """
        try:
            if output == "json":
                self.write(Sheet(title="", as_of=self.today, facts=[], items=[item]), output)
            else:
                put(visible(sentence) + "\n")
        except DeliveryFailed as error:
            raise DeliveryFailed(
                _("The change is stored; do not repeat it. {sentence}").format(
                    sentence=error.sentence
                )
            ) from error


def published(view: View, source: Source | None) -> date | None:
    """The day of the document that a source names, None where it is not known."""
    document = view.documents().get(source.document) if source is not None else None
    return document.published if document is not None else None

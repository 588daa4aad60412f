"""Flags that several commands share."""

from typing import Annotated, TypeAlias

import typer
from msgspec import Struct

from tracker.locale.translation import _
from tracker.model.vocabulary import VOCABULARY
from tracker.output import rendering

ANSWER_FORMS = ("table", "json")
"""Output forms of the answer to a change, which is no list."""


def complete_place(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the places that begin with what is typed."""
    return _complete_filter("place", ctx, incomplete)


def complete_lead(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the leads that begin with what is typed."""
    return _complete_filter("lead", ctx, incomplete)


def complete_category(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the categories that begin with what is typed."""
    return _complete_filter("category", ctx, incomplete)


def _complete_filter(field: str, ctx: typer.Context, incomplete: str) -> list[str]:
    # Imported here: every command has these options, and only a shell completes them.
    from tracker.cli.completion import complete_filter_value

    return complete_filter_value(field, ctx, incomplete)


DocumentFilter: TypeAlias = Annotated[
    list[str] | None, typer.Option(help=_("Part of a document's id; repeatable."))
]
LightFilter: TypeAlias = Annotated[
    list[str] | None, typer.Option(help=_("green, yellow, red or none; repeatable."))
]
StateFilter: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(help=_("active, suspended, cancelled or closed; repeatable.")),
]
DueBeforeFilter: TypeAlias = Annotated[
    str | None, typer.Option(metavar="DAY", help=_("Deadline on or before."))
]
DueAfterFilter: TypeAlias = Annotated[
    str | None, typer.Option(metavar="DAY", help=_("Deadline on or after."))
]
TextFilter: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(help=_("Part of a name, alias, tag, lead or note; repeatable.")),
]
"""Filters that also go without the others."""


class FilterOptions(Struct, frozen=True):
    """Filters that every list takes: of several values of one any will do."""

    place: Annotated[
        list[str] | None,
        typer.Option(
            help=_("Part of the place; repeatable: either."), autocompletion=complete_place
        ),
    ] = None
    lead: Annotated[
        list[str] | None,
        typer.Option(
            help=_("Part of a responsible body; repeatable."), autocompletion=complete_lead
        ),
    ] = None
    person: Annotated[
        list[str] | None, typer.Option(help=_("Part of the person in charge; repeatable."))
    ] = None
    category: Annotated[
        list[str] | None,
        typer.Option(help=_("Part of the category; repeatable."), autocompletion=complete_category),
    ] = None
    kind: Annotated[
        list[str] | None,
        typer.Option(
            help=_("Kind, repeatable: {kinds}.").format(kinds=", ".join(VOCABULARY["kind"]))
        ),
    ] = None
    level: Annotated[
        list[str] | None, typer.Option(help=_("Level, e.g. district; repeatable."))
    ] = None
    document: DocumentFilter = None
    tag: Annotated[list[str] | None, typer.Option(help=_("A tag; repeatable."))] = None
    light: LightFilter = None
    state: StateFilter = None
    commitment: Annotated[
        list[str] | None,
        typer.Option(
            help=_("outcome, effort, vision, projection; none: only reported; repeatable.")
        ),
    ] = None
    due_before: DueBeforeFilter = None
    due_after: DueAfterFilter = None
    text: TextFilter = None
    all: Annotated[bool, typer.Option("--all", help=_("Also what is outside the working set."))] = (
        False
    )


class DayOptions(Struct, frozen=True):
    """Days that every reading command can be replayed at."""

    as_of: Annotated[
        str | None, typer.Option(metavar="DAY", help=_("As it stood on that day."))
    ] = None
    known_on: Annotated[
        str | None, typer.Option(metavar="DAY", help=_("By what was known on that day."))
    ] = None


class ListOptions(Struct, frozen=True):
    """Form and length of a list, and its exit code."""

    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="|".join(rendering.FORMATS), help=_("Output form.")),
    ] = "table"
    sort: Annotated[
        str | None,
        typer.Option(metavar="KEY", help=_("Sort by this column; -KEY: the other way round.")),
    ] = None
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="KEY,KEY", help=_("Only these columns, in this order; JSON keeps all.")
        ),
    ] = None
    limit: Annotated[int | None, typer.Option(min=1, help=_("At most so many rows."))] = None
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help=_("Exit 1 when something is found."))
    ] = False

    @property
    def first(self) -> int | None:
        """How many rows are wanted of a list in its own order; None: all of them.

        The first rows by another key are not the first of the list, and a page begins with
        sentences about all of it.
        """
        return self.limit if self.sort is None and self.output != "html" else None

    @property
    def is_data(self) -> bool:
        """Whether programs get the items as they are, in their own order."""
        return self.sort is None and self.output in {"json", "jsonl", "ids"}


class OutputOptions(Struct, frozen=True):
    """Form of an output that is never cut."""

    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="|".join(rendering.FORMATS), help=_("Output form.")),
    ] = "table"


class AnswerOptions(Struct, frozen=True):
    """Form of the answer to a change."""

    output: Annotated[
        str, typer.Option("--output", "-o", metavar="|".join(ANSWER_FORMS), help=_("Output form."))
    ] = "table"


class TableImportOptions(Struct, frozen=True):
    """How a table is read."""

    sheet: Annotated[str | None, typer.Option(help=_("Sheet of a workbook."))] = None
    header: Annotated[
        int | None, typer.Option(metavar="ROW", min=1, help=_("First row of the head of a table."))
    ] = None
    map: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HEAD=FIELD", help=_("What a column holds, such as 责任单位=lead; repeatable.")
        ),
    ] = None
    published: Annotated[
        str | None, typer.Option(metavar="DAY", help=_("Day of the table, which 年底 refers to."))
    ] = None
    on: Annotated[
        str | None, typer.Option(metavar="DAY", help=_("Day of values of which it says none."))
    ] = None
    yes: Annotated[
        bool, typer.Option("--yes", help=_("Store what is understood without asking."))
    ] = False


class LedgerOptions(Struct, frozen=True):
    """Ledger and language; every command takes them."""

    db: Annotated[
        str | None, typer.Option(metavar="PATH", help=_("The ledger."), show_default=False)
    ] = None
    lang: Annotated[
        str | None, typer.Option(metavar="en|zh", help=_("Language of the interface."))
    ] = None
    no_pager: Annotated[
        bool, typer.Option("--no-pager", help=_("Show a long list without PAGER."))
    ] = False
    # The refusal of an earlier clock names it; nobody needs it before.
    clock_was_wrong: Annotated[bool, typer.Option("--clock-was-wrong", hidden=True)] = False

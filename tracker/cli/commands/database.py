"""Move a ledger to another place, and keep the rights in a database: move, db."""

from typing import Annotated

import typer

from tracker.cli.context import CommandContext
from tracker.cli.options import AnswerOptions
from tracker.cli.progress import iterate_with_bar
from tracker.cli.registration import command
from tracker.errors import InvalidInput, Refused
from tracker.locale.translation import _, _n
from tracker.storage.base import DatabaseStore
from tracker.views import listings

app = typer.Typer(rich_markup_mode=None)

_ACTIONS = ("upgrade", "list", "grant", "revoke")
_ROLES = ("reader", "reporter", "keeper")


@command(
    app,
    "move",
    "tracker move --to copy",
    "tracker move --to 'postgresql://db.example/tracker?ledger=jinan'",
)
def move(
    context: CommandContext,
    form: AnswerOptions,
    to: Annotated[str, typer.Option("--to", metavar="PATH|URL", help=_("A new, empty place."))],
) -> None:
    """Everything with its history; both are compared before it counts. The old one stays."""
    target = context.open_store_at(to)
    commits = context.tracker.move(target, iterate_with_bar)
    item = {"commits": commits, "place": target.place}
    sentence = _n(
        "{commits} commit copied to {place}; use it from now on: --db, or TRACKER_DB",
        "{commits} commits copied to {place}; use it from now on: --db, or TRACKER_DB",
        commits,
    )
    context.print_answer(sentence.format(**item), item, form.output)


@command(app, "db", "tracker db upgrade", "tracker db grant reporter li --lead 市水务局")
def db(
    context: CommandContext,
    form: AnswerOptions,
    action: Annotated[str, typer.Argument(metavar="|".join(_ACTIONS), help=_("What to do."))],
    role: Annotated[
        str | None, typer.Argument(metavar="|".join(_ROLES), help=_("What to grant."))
    ] = None,
    login: Annotated[
        str | None, typer.Argument(metavar="LOGIN", help=_("A login of the database."))
    ] = None,
    lead: Annotated[
        str | None, typer.Option(help=_("The body whose indicators a reporter reports on."))
    ] = None,
) -> None:
    """upgrade: the newest tables; list, grant, revoke: who may do what in this ledger.

    A login has one role; granting another takes its place, and a reporter has one lead more.
    """
    # After "revoke" the login stands where "grant" has its role.
    surplus = {"upgrade": (role, login, lead), "list": (role, login, lead), "revoke": (login, lead)}
    if action not in _ACTIONS or any(surplus.get(action, ())):
        raise _explain_db_usage()
    store = _open_database_command_store(context)
    if action == "upgrade":
        _upgrade_by_database_command(context, store, form)
    elif action == "list":
        context.print_content(
            listings.tabulate_rights_listing(store.list_rights(), context.today), form.output
        )
    elif action == "revoke":
        _revoke_by_database_command(context, store, form, login=role)
    else:
        _grant_by_database_command(context, store, form, role=role, login=login, lead=lead)


def _open_database_command_store(context: CommandContext) -> DatabaseStore:
    store = context.tracker.store
    if not isinstance(store, DatabaseStore):
        raise Refused(
            _("{place} is no database; its files have the rights of its folder.").format(
                place=store.place
            )
        )
    return store


def _upgrade_by_database_command(
    context: CommandContext, store: DatabaseStore, form: AnswerOptions
) -> None:
    versions = store.upgrade()
    if context.tracker.is_there():
        from tracker.ledger.foresight import foresee_all

        foresee_all(store, context.today, context.tracker.rules)
    sentence = _("tables upgraded to version {version}") if versions else _("nothing to upgrade")
    version = versions[-1] if versions else None
    context.print_answer(sentence.format(version=version), {"versions": versions}, form.output)


def _grant_by_database_command(
    context: CommandContext,
    store: DatabaseStore,
    form: AnswerOptions,
    *,
    role: str | None,
    login: str | None,
    lead: str | None,
) -> None:
    if role not in _ROLES or login is None or (role == "reporter") != bool(lead):
        raise _explain_db_usage()
    store.grant(login, role, lead or "")
    sentence = _("{login} is {role} in {place} now")
    if lead is not None:
        sentence = _("{login} is {role} for {lead} in {place} now")
        if not context.tracker.is_lead(lead):
            warning = _("No initiative has the lead {lead} yet; it is compared to the letter.")
            context.warn(warning.format(lead=lead))
    item = {"login": login, "role": role, "lead": lead}
    context.print_answer(sentence.format(place=store.place, **item), item, form.output)


def _revoke_by_database_command(
    context: CommandContext, store: DatabaseStore, form: AnswerOptions, *, login: str | None
) -> None:
    if login is None:
        raise _explain_db_usage()
    had = store.revoke(login)
    sentence = _("{login} has no right in {place} any more")
    item = {"login": login, "had": had}
    context.print_answer(sentence.format(login=login, place=store.place), item, form.output)


def _explain_db_usage() -> InvalidInput:
    return InvalidInput(
        _(
            "Say: tracker db upgrade, db list, db grant reader|keeper LOGIN,"
            " db grant reporter LOGIN --lead BODY, or db revoke LOGIN."
        )
    )

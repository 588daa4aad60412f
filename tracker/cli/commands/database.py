"""Databases: move, db."""

from typing import Annotated

import typer

from tracker.cli.context import Call
from tracker.cli.messages import say
from tracker.cli.options import Format
from tracker.cli.progress import watched
from tracker.cli.registration import command
from tracker.errors import InvalidInput, Refused
from tracker.locale.translation import _, _n
from tracker.storage.base import Database
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
    call: Call,
    form: Format,
    to: Annotated[str, typer.Option("--to", metavar="PATH|URL", help=_("A new, empty place."))],
) -> None:
    """Everything with its history; both are compared before it counts. The old one stays."""
    done = call.tracker.move(call.store_at(to), watched)
    sentence = _n(
        "{commits} commit copied to {place}; use it from now on: --db, or TRACKER_DB",
        "{commits} commits copied to {place}; use it from now on: --db, or TRACKER_DB",
        done.commits,
    )
    call.answer(sentence.format(**done._asdict()), done._asdict(), form.output)


@command(app, "db", "tracker db upgrade", "tracker db grant reporter li --lead 市水务局")
def db(
    call: Call,
    form: Format,
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
    more = {"upgrade": (role, login, lead), "list": (role, login, lead), "revoke": (login, lead)}
    if action not in _ACTIONS or any(more.get(action, ())):
        raise _not_so()
    store = call.tracker.store
    if not isinstance(store, Database):
        raise Refused(
            _("{place} is no database; its files have the rights of its folder.").format(
                place=store.place
            )
        )
    if action == "upgrade":
        done = store.upgrade()
        sentence = _("tables upgraded to version {version}") if done else _("nothing to upgrade")
        version = done[-1] if done else None
        call.answer(sentence.format(version=version), {"versions": done}, form.output)
    elif action == "list":
        call.write(listings.rights(store.rights(), call.today), form.output)
    elif action == "revoke":
        _revoke(call, store, role, form)
    else:
        _grant(call, store, (role, login, lead), form)


def _grant(
    call: Call, store: Database, wanted: tuple[str | None, str | None, str | None], form: Format
) -> None:
    role, login, lead = wanted
    if role not in _ROLES or login is None or (role == "reporter") != bool(lead):
        raise _not_so()
    store.grant(login, role, lead or "")
    sentence = _("{login} is {role} in {place} now")
    if lead is not None:
        sentence = _("{login} is {role} for {lead} in {place} now")
        if not call.tracker.is_lead(lead):
            say(
                _("No initiative has the lead {lead} yet; it is compared to the letter.").format(
                    lead=lead
                )
            )
    item = {"login": login, "role": role, "lead": lead}
    call.answer(sentence.format(place=store.place, **item), item, form.output)


def _revoke(call: Call, store: Database, login: str | None, form: Format) -> None:
    if login is None:
        raise _not_so()
    had = store.revoke(login)
    sentence = _("{login} has no right in {place} any more")
    item = {"login": login, "had": had}
    call.answer(sentence.format(login=login, place=store.place), item, form.output)


def _not_so() -> InvalidInput:
    return InvalidInput(
        _(
            "Say: tracker db upgrade, db list, db grant reader|keeper LOGIN,"
            " db grant reporter LOGIN --lead BODY, or db revoke LOGIN."
        )
    )

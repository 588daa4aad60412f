"""The program: its root, its errors, and commands that are imported when they are called."""

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command_from_info

from tracker.cli.command_index import COMMANDS, GROUPS
from tracker.cli.help import misspelt, page, sentence_of
from tracker.errors import DeliveryFailed, InvalidInput, TrackerError, reason_of
from tracker.locale.translation import _
from tracker.version import __version__


class _Commands(TyperGroup):
    """Knows all commands by name and imports the module of the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002  # typer's context
        """The names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002  # typer's own
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        # Only the command that is called is made; its neighbours are left alone.
        commands = _module_of(cmd_name).app.registered_commands
        return get_command_from_info(
            next(each for each in commands if each.name == cmd_name),
            pretty_exceptions_short=True,
            rich_markup_mode=None,
        )

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401  # typer's own
        """The command that is called; of a misspelt one, what could have been meant."""
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS)
            raise InvalidInput(misspelt(_("No such command: {name}"), args[0], near, "tracker"))
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401  # typer's context
        """The whole page, without importing any command."""
        return page(self, ctx, GROUPS)


def _module_of(name: str) -> Any:  # noqa: ANN401  # a module with its ``app``
    return import_module(f"tracker.cli.commands.{COMMANDS[name].module}")


root = typer.Typer(
    cls=_Commands,
    name="tracker",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="tracker init && tracker overdue",
)


def _show_version(value: bool) -> None:  # noqa: FBT001  # typer calls it so
    if value:
        from tracker.cli.output import put

        put(f"tracker {__version__}\n")
        raise typer.Exit


@root.callback(help=_("A ledger of public programmes: what was promised, by whom, by when."))
def _root(
    ctx: typer.Context,
    db: Annotated[str | None, typer.Option(metavar="PATH", help=_("The ledger."))] = None,
    lang: Annotated[
        str | None, typer.Option(metavar="en|zh", help=_("Language of the interface."))
    ] = None,
    debug: Annotated[  # noqa: ARG001  # read from the arguments, whatever else is wrong
        bool, typer.Option("--debug", help=_("Show where a bug is."))
    ] = False,
    version: Annotated[  # noqa: ARG001  # its callback does the work
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_show_version, help=_("Show the version.")
        ),
    ] = False,
) -> None:
    from tracker.cli.context import Call
    from tracker.cli.options import Days, Out, Where

    ctx.obj = Call({"db": db, "lang": lang}, datetime.now().astimezone())
    if ctx.invoked_subcommand is None:
        _module_of("status").show_status(ctx.obj, Where(), Days(), Out())


def run(arguments: Sequence[str]) -> int:
    """Run the program; its exit code. Every failure is one sentence on stderr."""
    try:
        code = root(list(arguments), prog_name="tracker", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except TrackerError as error:
        return _failed(arguments, error.sentence, error.candidates, error.kind, error.exit_code)
    except typer.TyperException as error:
        return _failed(arguments, sentence_of(error), (), "invalid_input", 2)
    except OSError as error:
        # What Typer itself writes, help above all, does not go through the one door.
        sentence = _("The output could not be written: {reason}.").format(reason=reason_of(error))
        return _failed(arguments, sentence, (), "delivery_failed", DeliveryFailed.exit_code)
    except Exception as error:
        if "--debug" in arguments:
            raise
        sentence = _("This is a bug in tracker ({kind}: {error}); see it with --debug.").format(
            kind=type(error).__name__, error=error
        )
        return _failed(arguments, sentence, (), "bug", 70)


def _failed(
    arguments: Sequence[str], sentence: str, candidates: Sequence[str], kind: str, code: int
) -> int:
    from tracker.cli.messages import say

    if _wants_json(arguments):
        from tracker.model.codec import encode

        error = {
            "kind": kind,
            "exit_code": code,
            "sentence": sentence,
            "candidates": list(candidates),
        }
        say(encode({"schema": 1, "error": error}).decode())
    else:
        say("\n".join([sentence, *(f"  {each}" for each in candidates)]))
    return code


def _wants_json(arguments: Sequence[str]) -> bool:
    joined = " ".join(arguments).replace("=", " ")
    flags = ["-o ", "-o", "--output "]
    if "report" in arguments:
        flags += ["-f ", "-f", "--format "]
    return any(f"{flag}json" in joined for flag in flags)

"""Run the program: its root command, its errors, and commands imported when called."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from tracker import config
from tracker.cli.command_index import COMMANDS, GROUPS
from tracker.cli.help import (
    HELP_FLAGS,
    format_help_page,
    help_with_misspelt_name,
    help_with_usage_error,
    refuse_repeated_options_with_help,
)
from tracker.errors import (
    DeliveryFailed,
    InvalidInput,
    LedgerError,
    TrackerError,
    describe_error_reason,
)
from tracker.locale.translation import _
from tracker.system.postponing import postpone_module


class _AppCommands(TyperGroup):
    """Know all commands by name, and import the module of the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002  # typer's context
        """Return the names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002  # typer's own
        """Build the command of that name, None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = _import_app_command(cmd_name)
        from tracker.cli.registration import build_registered_command

        return build_registered_command(module.app, cmd_name)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # typer's context
        """What was typed, by parameter.

        Raises:
            InvalidInput: a flag that takes one value is given twice.
        """
        typed = list(args)
        rest = super().parse_args(ctx, args)
        refuse_repeated_options_with_help(self, ctx, typed)
        return rest

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401  # typer's own
        """Find the command that is called.

        Raises:
            InvalidInput: there is none of that name; the sentence says which one is near.
        """
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS)
            raise InvalidInput(
                help_with_misspelt_name(_("No such command: {name}"), args[0], near, "tracker")
            )
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401  # typer's context
        """Return the whole page, without importing any command."""
        return format_help_page(self, ctx, GROUPS)


def _import_app_command(name: str) -> Any:  # noqa: ANN401  # a module with its ``app``
    _import_msgspec_for_app()
    return import_module(f"tracker.cli.commands.{COMMANDS[name].module}")


def _import_msgspec_for_app() -> None:
    """Import msgspec without typing_extensions, of which it uses nothing that typing has not.

    That module would take 3 ms of every start, and those that describe types another.
    """
    if "msgspec" not in sys.modules:
        postpone_module("msgspec.inspect")
        postpone_module("msgspec._json_schema", ("schema", "schema_components"))
    if "typing_extensions" not in sys.modules:
        sys.modules["typing_extensions"] = None  # type: ignore[assignment]  # cannot be imported
        import msgspec  # noqa: F401

        del sys.modules["typing_extensions"]


root = typer.Typer(
    cls=_AppCommands,
    name="tracker",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings={"help_option_names": list(HELP_FLAGS)},
    epilog="tracker init && tracker overdue",
)


def _print_version(value: bool) -> None:  # noqa: FBT001  # typer calls it so
    if value:
        from tracker.cli.output import write_stdout
        from tracker.version import __version__

        write_stdout(f"tracker {__version__}\n")
        raise typer.Exit


@root.callback(help=_("A ledger of public programmes: what was promised, by whom, by when."))
def _run_app_root(
    ctx: typer.Context,
    db: Annotated[str | None, typer.Option(metavar="PATH", help=_("The ledger."))] = None,
    lang: Annotated[
        str | None, typer.Option(metavar="en|zh", help=_("Language of the interface."))
    ] = None,
    no_pager: Annotated[
        bool, typer.Option("--no-pager", help=_("Show a long list without PAGER."))
    ] = False,
    debug: Annotated[  # noqa: ARG001  # what failed asks for it, see ``_parse_failed_app_call``
        bool, typer.Option("--debug", help=_("Show where a bug is."))
    ] = False,
    version: Annotated[  # noqa: ARG001  # its callback does the work
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help=_("Show the version.")
        ),
    ] = False,
) -> None:
    from tracker.cli.context import CommandContext
    from tracker.cli.options import DayOptions, FilterOptions, ListOptions

    ctx.obj = CommandContext({"db": db, "lang": lang}, datetime.now().astimezone())
    ctx.obj.no_pager = no_pager
    if ctx.invoked_subcommand is None:
        _import_app_command("status").print_status(
            ctx.obj, FilterOptions(), DayOptions(), ListOptions()
        )


@cache
def build_app() -> Any:  # noqa: ANN401  # typer's own
    """Build the root command once: a call that fails asks for it again."""
    return get_command(root)


def run_app(arguments: Sequence[str]) -> int:
    """Run the program and return its exit code. Every failure is one sentence on stderr."""
    try:
        code = build_app()(list(arguments), prog_name="tracker", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except TrackerError as error:
        # Kept here under a name, it would keep open what the call has opened.
        return _end_failed_app_call(error, arguments)
    except typer.TyperException as error:
        failure: TrackerError = InvalidInput(help_with_usage_error(error))
    except OSError as error:
        # Typer writes its help itself, without ``write_stdout``.
        sentence = _("The output could not be written: {reason}.").format(
            reason=describe_error_reason(error)
        )
        failure = DeliveryFailed(sentence)
    except MemoryError:
        sentence = _(
            "There is not enough memory for this; ask for less at once, such as one --place."
        )
        failure = LedgerError(sentence)
    except Exception as error:
        if config.is_completing():
            # Whoever completes a word reads no sentence, and a shell must not be disturbed.
            return InvalidInput.exit_code
        if _parse_failed_app_call(arguments).get("debug"):
            raise
        sentence = _("This is a bug in tracker ({kind}: {error}); see it with --debug.").format(
            kind=type(error).__name__, error=error
        )
        failure = TrackerError(sentence)
    return _end_failed_app_call(failure, arguments)


def _end_failed_app_call(failure: TrackerError, arguments: Sequence[str]) -> int:
    """Write what failed to stderr, in the form of the output, and return the exit code."""
    from tracker.cli.messages import HELD_BACK, write_message_to_stderr

    output = _parse_failed_app_call(arguments).get("output")
    if output in HELD_BACK:
        from tracker.model.codec import encode

        error = {
            "kind": failure.kind,
            "exit_code": failure.exit_code,
            "sentence": failure.sentence,
            "candidates": _list_candidates_of_app_failure(failure),
            "problems": failure.problems,
        }
        write_message_to_stderr(encode({"schema": 1, "error": error}).decode())
    else:
        candidates = (f"  {candidate}" for candidate in failure.candidates)
        write_message_to_stderr("\n".join([failure.sentence, *candidates]))
    return failure.exit_code


def _list_candidates_of_app_failure(failure: TrackerError) -> list[dict[str, str | None]]:
    """Return what may have been meant as objects; a line that is no record has no id."""
    return [
        {"id": getattr(line, "id", None), "name": getattr(line, "name", line)}
        for line in failure.candidates
    ]


def _parse_failed_app_call(arguments: Sequence[str]) -> dict[str, Any]:
    """Return the flags that a failed call has set, by parameter, whatever else is wrong with it.

    The parser of the command reads them, so that "-o json" in a note is a note. Where no
    command is known by its name, the one that is run without a name stands in.
    """
    options, words = _parse_app_words(build_app(), arguments)
    name = next((word for word in words if word in COMMANDS), "status")
    if name in words:
        words.remove(name)
    # A module that cannot be imported must not hide the failure that is being reported.
    with suppress(Exception):
        command = _AppCommands().get_command(None, name)
        options |= _parse_app_words(command, words)[0]
    return options


def _parse_app_words(command: Any, words: Sequence[str]) -> tuple[dict[str, Any], list[str]]:  # noqa: ANN401  # typer's own
    """Parse words as far as they can be; return the flags and the words that are left."""
    ctx = typer.Context(
        command,
        help_option_names=list(HELP_FLAGS),
        resilient_parsing=True,
        ignore_unknown_options=True,
        allow_interspersed_args=command.allow_interspersed_args,
    )
    options, rest, _order = command.make_parser(ctx).parse_args(list(words))
    return options, rest

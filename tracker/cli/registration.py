"""Register a command with its name, summary, flags and examples."""

import inspect
from collections.abc import Callable
from copy import copy
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, TypeAlias

import typer
from msgspec import Struct
from typer.main import get_command_from_info

from tracker.cli import help as help_pages
from tracker.cli.command_index import COMMANDS
from tracker.cli.options import AnswerOptions, LedgerOptions
from tracker.cli.output import check_answer_output, check_command_output
from tracker.locale.translation import _

if TYPE_CHECKING:
    from tracker.cli.context import CommandContext


Function: TypeAlias = Callable[..., None]


def command(app: typer.Typer, name: str, *examples: str) -> Callable[[Function], Function]:
    """Register a function as a command, with its summary and its examples in the help.

    Its first parameter is the context; a parameter that is a flag group becomes flags.
    """

    def register(function: Function) -> Function:
        summary = COMMANDS[name].summary
        more = inspect.getdoc(function)
        app.command(
            name,
            cls=help_pages.CommandWithHelp,
            help="\n\n".join([summary, _(more)] if more else [summary]),
            short_help=summary,
            epilog="\n".join(examples),
            # What looks like a flag and is none may be a negative number; the rules judge it.
            context_settings={"ignore_unknown_options": name == "update"},
        )(function)
        return function

    return register


@cache
def build_registered_command(app: typer.Typer, name: str) -> Any:  # noqa: ANN401  # typer's own
    """Build a command once; to build the others of its module takes start-up time."""
    info = copy(next(info for info in app.registered_commands if info.name == name))
    assert info.callback is not None  # noqa: S101  # for mypy; it is registered with its function
    info.callback = _register_flag_groups(info.callback)
    return get_command_from_info(info, pretty_exceptions_short=True, rich_markup_mode=None)


def _register_flag_groups(function: Function) -> Function:
    """Return a function for Typer, with a parameter for each field of the flag groups."""
    hints = inspect.get_annotations(function)
    _context, *parameters = inspect.signature(function).parameters.values()
    groups: dict[str, Any] = {
        p.name: hints[p.name] for p in parameters if _is_registered_group(hints[p.name])
    }
    flags = [inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)]
    for parameter in parameters:
        name, kind = parameter.name, inspect.Parameter.KEYWORD_ONLY
        if name in groups:
            flags += _list_registered_flags(groups[name])
        else:
            flags.append(parameter.replace(annotation=hints[name], kind=kind))
    flags += _list_registered_flags(LedgerOptions)

    @wraps(function)
    def run(**values: Any) -> None:  # noqa: ANN401  # the flags of any command
        root: CommandContext = values.pop("ctx").obj
        context = root.with_flags(db=values.pop("db"), lang=values.pop("lang"))
        context.no_pager = values.pop("no_pager") or root.no_pager
        context.clock_was_wrong = values.pop("clock_was_wrong")
        output = values.get("output")
        if output is not None:
            # Checked before the command runs: a change that is stored must not look refused.
            if AnswerOptions in groups.values():
                check_answer_output(output)
            check_command_output(output, to_file="file" in values)
        for name, group in groups.items():
            values[name] = group(**{field: values.pop(field) for field in group.__struct_fields__})
        with context.messages.held_back(output):
            function(context, **values)

    run.__signature__ = inspect.Signature(flags)  # type: ignore[attr-defined]
    run.__annotations__ = {flag.name: flag.annotation for flag in flags}
    return run


def _is_registered_group(hint: object) -> bool:
    return isinstance(hint, type) and issubclass(hint, Struct)


def _list_registered_flags(group: Any) -> list[inspect.Parameter]:  # noqa: ANN401  # any flag group
    hints, fields = inspect.get_annotations(group), group.__struct_fields__
    # The last fields are those that have a default.
    defaults = dict(zip(reversed(fields), reversed(group.__struct_defaults__), strict=False))
    return [
        inspect.Parameter(
            field,
            inspect.Parameter.KEYWORD_ONLY,
            default=defaults.get(field, inspect.Parameter.empty),
            annotation=hints[field],
        )
        for field in fields
    ]

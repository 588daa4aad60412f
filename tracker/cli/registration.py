"""Register a command with its name, summary, flags and examples."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeAlias

import typer

from tracker.cli import help as help_pages
from tracker.cli.command_index import COMMANDS
from tracker.cli.messages import held_back
from tracker.cli.options import Format, Ledger
from tracker.cli.output import check_answer, check_output
from tracker.errors import InvalidInput
from tracker.locale.translation import _

if TYPE_CHECKING:
    from tracker.cli.context import Call

Function: TypeAlias = Callable[..., None]


def command(app: typer.Typer, name: str, *examples: str) -> Callable[[Function], Function]:
    """Register a command under its name, with its summary and its examples in the help."""

    def register(function: Function) -> Function:
        summary = COMMANDS[name].summary
        more = inspect.getdoc(function)
        app.command(
            name,
            cls=help_pages.Command,
            help="\n\n".join([summary, _(more)] if more else [summary]),
            short_help=summary,
            epilog="\n".join(examples),
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
        with held_back(output):
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

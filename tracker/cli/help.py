"""Help pages and the errors of a call, in the language in use, laid out in terminal cells.

Typer parses; what it would say in English is said here.
"""

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import typer
from typer.core import TyperCommand

from tracker.errors import InvalidInput
from tracker.locale.translation import _, later
from tracker.system.text import fold_text_to_width, measure_text_width

HELP_FLAGS = ("-h", "--help")

_WIDEST, _NARROWEST = 78, 50
_WIDEST_NAME = 30
_LEAST_REPEATED = 2
_INDENT = "  "
# What is typed is folded between its words only.
_TYPED = r"\S+|\s"
_CHOICES = r"[^|\s]*\||[^|\s]+|\s"

# What is to be replaced in a call, as help writes it.
_PLACEHOLDERS = frozenset(
    (
        later("ADDRESS"),
        later("ARGS"),
        later("COMMAND"),
        later("CONFIDENCE"),
        later("DAY"),
        later("DOCUMENT"),
        later("FIELD"),
        later("FILE"),
        later("ID"),
        later("INTEGER"),
        later("LOGIN"),
        later("NAME"),
        later("NO"),
        later("OPTIONS"),
        later("PATH"),
        later("PERCENT"),
        later("PERIOD"),
        later("PLACE"),
        later("RANGE"),
        later("RULE"),
        later("TEXT"),
        later("UPDATE"),
        later("VALUE"),
    )
)
# What Typer says of its own flags.
_TYPER_SENTENCES = (
    later("Show this message and exit."),
    later("Install completion for the current shell."),
    later("Show completion for the current shell, to copy it or customize the installation."),
)
_RANGE = r"(.*) is not in the range (.*)\."
_NO_NUMBER = r"'(.*)' is not a valid int(eger)?( range)?\."


class CommandWithHelp(TyperCommand):
    """A command whose help is in the language in use, and which finds misspelt flags."""

    def get_help_option_names(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002  # as in typer
        """Return the names, which are the same whoever asks first: the option is made once."""
        return list(HELP_FLAGS)

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401  # typer's context
        """Return the whole page."""
        return format_help_page(self, ctx)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # typer's context
        """Return what was typed, by parameter.

        Raises:
            InvalidInput: there is no such flag, where what looks like one may be a number, or
                a flag that takes one value is given twice.
        """
        typed = list(args)
        try:
            rest = super().parse_args(ctx, args)
            refuse_repeated_options_with_help(self, ctx, typed)
            return rest
        finally:
            arguments = (param.name for param in self.params if param.param_type_name == "argument")
            words = [str(ctx.params.get(name)) for name in arguments if ctx.ignore_unknown_options]
            if sentence := _help_with_misspelt_flag(words, ctx):
                raise InvalidInput(sentence)


def refuse_repeated_options_with_help(command: Any, ctx: Any, typed: Sequence[str]) -> None:  # noqa: ANN401  # typer's own
    """Refuse a flag that takes one value and is given twice: one of them would be lost.

    Raises:
        InvalidInput: there is one; the sentence names it.
    """
    # To ask the parser again takes time, and what is given twice is two words.
    if ctx.resilient_parsing or sum(word.startswith("-") for word in typed) < _LEAST_REPEATED:
        return
    _options, _rest, order = command.make_parser(ctx).parse_args(list(typed))
    given: set[str] = set()
    for param in order:
        takes_one = param.param_type_name == "option" and not (
            param.multiple or param.is_flag or param.count
        )
        if takes_one and param.name in given:
            name = max(param.opts, key=len)
            sentence = _("{name} is given twice; it takes one value, so give it once.")
            raise InvalidInput(sentence.format(name=name))
        given.add(param.name)


def format_help_page(
    command: Any,  # noqa: ANN401  # typer's own
    ctx: Any,  # noqa: ANN401  # typer's context
    groups: Mapping[str, Mapping[str, Any]] | None = None,
) -> str:
    """Return the help of a command, without a newline at its end.

    Args:
        command: the command; its epilog holds its examples, one a line.
        ctx: the context of the call.
        groups: for the root the commands under each heading.
    """
    width = max(_NARROWEST, min(shutil.get_terminal_size().columns - 2, _WIDEST))
    usage = _("Usage: {call}").format(call=ctx.command_path)
    start = measure_text_width(usage) + 1
    parameters = list_help_parameters(command, ctx)
    sections = (
        (_("Arguments:"), "argument"),
        (_("Options:"), "option"),
    )
    parts = [
        _indent_help_lines(
            fold_text_to_width(write_help_usage(command, ctx), width - start, _TYPED),
            f"{usage} ",
            " " * start,
        )
    ]
    parts += _lay_out_help_paragraphs(command.help, width)
    for title, kind in sections:
        rows = [(each.name, each.text) for each in parameters if each.kind == kind]
        parts += _lay_out_help_section(title, rows, width)
    parts += _lay_out_help_groups(groups or {}, width)
    # An example is copied and run: a line that is folded would be two commands.
    examples = [_INDENT + line for line in (command.epilog or "").splitlines()]
    parts += ["\n".join([_("Examples:"), *examples])] if examples else []
    return "\n\n".join(parts)


class Parameter:
    """An argument or option as help shows it.

    Attributes:
        kind: "argument" or "option".
        name: what is typed, e.g. ``--within INTEGER``.
        text: what it does, with its default.
    """

    def __init__(self, kind: str, name: str, text: str) -> None:
        self.kind, self.name, self.text = kind, name, text


def list_help_parameters(command: Any, ctx: Any) -> list[Parameter]:  # noqa: ANN401  # typer's own
    """Return the arguments and options of a command, in the language in use."""
    records = ((param, param.get_help_record(ctx)) for param in command.get_params(ctx))
    return [
        Parameter(
            param.param_type_name,
            _translate_help_placeholders(record[0]),
            _describe_flag_in_help(param.help or "", record[1]),
        )
        for param, record in records
        if record is not None
    ]


def write_help_usage(command: Any, ctx: Any) -> str:  # noqa: ANN401  # typer's own
    """Return what follows the name of a command in its usage line."""
    return _translate_help_placeholders(" ".join(command.collect_usage_pieces(ctx)))


def _translate_help_placeholders(text: str) -> str:
    """Translate words that stand for something, such as DAY."""
    text = text.replace("<str>", "TEXT").replace("<int range>", "INTEGER")
    # Braces around one word could be taken for something to type.
    text = re.sub(r"\{([^|{}]*)\}", r"\1", text)
    return re.sub(
        "[A-Z]{2,}", lambda found: _(found[0]) if found[0] in _PLACEHOLDERS else found[0], text
    )


def _describe_flag_in_help(meaning: str, text: str) -> str:
    """Return the meaning of a flag, its default, and whether it must be given."""
    extra = text.removeprefix(meaning).strip().removeprefix("[").removesuffix("]")
    if not extra:
        return _(meaning)
    details = _("; ").join(map(_translate_help_default, extra.split("; ")))
    return f"{_(meaning)}{_INDENT}[{details}]".lstrip()


def _translate_help_default(extra: str) -> str:
    if extra == "required":
        return _("required")
    default = extra.removeprefix("default: ")
    return extra if default == extra else _("default: {default}").format(default=default)


def _lay_out_help_paragraphs(text: str | None, width: int) -> Iterator[str]:
    for paragraph in filter(None, (text or "").split("\n\n")):
        lines = fold_text_to_width(paragraph.replace("\n", " "), width - len(_INDENT))
        yield _indent_help_lines(lines, _INDENT, _INDENT)


def _lay_out_help_section(title: str, rows: Sequence[tuple[str, str]], width: int) -> Iterator[str]:
    if rows:
        names = min(max(measure_text_width(name) for name, _text in rows), _WIDEST_NAME)
        yield "\n".join([title, *_lay_out_help_rows(rows, names + len(_INDENT), width)])


def _lay_out_help_groups(groups: Mapping[str, Mapping[str, Any]], width: int) -> Iterator[str]:
    """Yield the commands under each heading, all summaries under one another."""
    widest = max((len(name) for commands in groups.values() for name in commands), default=0)
    for heading, commands in groups.items():
        rows = [(f"{name:<{widest}}", command.summary) for name, command in commands.items()]
        yield from _lay_out_help_section(_("{heading}:").format(heading=heading), rows, width)


def _lay_out_help_rows(rows: Iterable[tuple[str, str]], names: int, width: int) -> Iterator[str]:
    """Yield names with their texts beside or, where the name is too long, below."""
    below = _INDENT + " " * names
    for name, text in rows:
        room = names - measure_text_width(name)
        first = f"{_INDENT}{name}{' ' * room}"
        if room < len(_INDENT):
            yield _indent_help_lines(
                fold_text_to_width(name, width - 3 * len(_INDENT), _CHOICES), _INDENT, 3 * _INDENT
            )
            first = below
        yield _indent_help_lines(fold_text_to_width(text, width - len(below)), first, below)


def _indent_help_lines(lines: Iterable[str], first: str, others: str) -> str:
    return (first + f"\n{others}".join(map(str.rstrip, lines))).rstrip()


def help_with_usage_error(error: typer.TyperException) -> str:
    """Describe what is wrong with a call, and what to do."""
    ctx, option = getattr(error, "ctx", None), getattr(error, "option_name", None)
    call = getattr(ctx, "command_path", "tracker")
    if option is not None and hasattr(error, "possibilities"):
        return help_with_misspelt_name(
            _("No such option: {name}"), option, error.possibilities or (), call
        )
    if option is not None:
        needed = "requires" in error.message
        sentence = _("{option} needs a value.") if needed else _("{option} takes no value.")
        return sentence.format(option=option)
    param = getattr(error, "param", None)
    if param is not None:
        return _help_with_wrong_value(error.message, param, ctx, call)
    words = re.fullmatch(r"Got unexpected extra argument\(s\) \((.*)\)", error.message)
    if words is not None:
        sentence = _("This is more than {call} takes: {words}; see: {call} --help")
        return _help_with_misspelt_flag(words[1].split(), ctx) or sentence.format(
            words=words[1], call=call
        )
    return error.format_message()


def _help_with_misspelt_flag(words: Iterable[str], ctx: Any) -> str | None:  # noqa: ANN401  # typer's context
    """Describe the first word that can only be a flag, and was taken for something else."""
    flag = next((each for each in words if re.match("--[a-z]", each)), None)
    if flag is None:
        return None
    from difflib import get_close_matches

    near = get_close_matches(flag, [each for param in ctx.command.params for each in param.opts])
    return help_with_misspelt_name(_("No such option: {name}"), flag, near, ctx.command_path)


def help_with_misspelt_name(sentence: str, name: str, near: Sequence[str], call: str) -> str:
    """Describe a name that does not exist, with the one that is most like it.

    Args:
        sentence: the sentence, with ``{name}`` in it.
        name: what was typed.
        near: what could have been meant, best first.
        call: the command that was called.
    """
    described = sentence.format(name=name)
    if near:
        return _("{sentence}; did you mean {near}?").format(sentence=described, near=near[0])
    return _("{sentence}; see: {call} --help").format(sentence=described, call=call)


def _help_with_wrong_value(message: str, param: Any, ctx: Any, call: str) -> str:  # noqa: ANN401  # typer's own
    name = _translate_help_placeholders(param.get_error_hint(ctx).replace("'", ""))
    if found := re.match(_RANGE, message):
        allowed = _("a whole number, {range}").format(range=found[2])
    elif found := re.match(_NO_NUMBER, message):
        allowed = _("a whole number")
    elif message:
        return f"{name}: {message}"
    elif param.param_type_name == "argument":
        return _("Missing argument {name}; see: {call} --help").format(name=name, call=call)
    else:
        return _("Missing option {name}; see: {call} --help").format(name=name, call=call)
    return _('{name} is "{found}"; allowed: {allowed}.').format(
        name=name, found=found[1], allowed=allowed
    )

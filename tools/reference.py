"""Make the reference pages and the man page out of the program.

Each page is a function without arguments that returns its text. Commands come from the
command table and the parser, settings from their table, JSON fields from the records and
their docstrings, checks and exit codes from where they are defined.
"""

import inspect
import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from string import Template
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec
import typer

from tracker import config, errors
from tracker.assessment import checks
from tracker.cli.app import root
from tracker.cli.command_index import GROUPS
from tracker.cli.help import Parameter, list_help_parameters, write_help_usage
from tracker.cli.options import DayOptions, FilterOptions, LedgerOptions
from tracker.model import assessment, records
from tracker.version import __version__

_NOTE = "<!-- Made by tools/docs.py out of the program; change it there. -->"

_COMMANDS = """\
# Commands

`tracker COMMAND --help` shows the same in the terminal, in English or Chinese. Without a command,
`tracker` shows what `tracker status` shows.

$contents

## Options that many commands take

$sections
"""

_SETTINGS = """\
# Settings

A flag wins over the environment variable `TRACKER_<NAME>`, that over the file
`~/.config/tracker/tracker.toml`, that over the default. `TRACKER_CONFIG` names another file.
`tracker config` shows what is in force and where it comes from. Two settings have a flag: `--db`
and `--lang`.

$table

In the file every setting is one line; `addresses` and the words and colours of the lights are
tables:

```toml
author = "李娜"
warn_days = 45
remind_before = [30, 7, 1]
days_off = [2026-10-08]

[light_names]
yellow = "蓝灯"

[addresses."区住建局"]
to = ["mailto:zjj@example.gov.cn", "wecom:zjj"]
lang = "zh"
```

Secrets are no settings: see [Reminders](../guide/reminders.md#secrets).
"""

_JSON = """\
# JSON

With `-o json` a command writes one document to stdout, with `-o jsonl` one item a line. The
document is a contract: fields are added, never removed or given another meaning.

```json
{"schema": 1, "as_of": "2026-06-30", "items": [], "errors": []}
```

- `schema`: the version of the shape; 1
- `as_of`: the day that the answer is about
- `items`: the list; a command that answers about one thing has one item
- `errors`: what was passed over; empty where nothing was
- `documents`: only in `tracker export`: the source documents
- `counts`: only in `tracker status`: how many indicators there are of each kind

Days are ISO days, moments carry their time zone, numbers are numbers in the unit that stands
beside them, and every field is present: null or empty where there is nothing. Words such as `red`
or `closed` are the same in every language; only sentences (`why`, `sentence`, `what`) follow the
language of the interface. An error is one JSON object on stderr: see [Exit codes](exit-codes.md).

The lists of indicators (`list`, `overdue`, `due`, `behind`) hold [Assessment](#assessment),
`export` and `import` hold [Item](#item), `receipts` holds [Receipt](#receipt), `check` holds
[Finding](#finding).

$sections
"""

_CHECKS = """\
# Checks

`tracker check` first verifies the files of the ledger, every checksum of them, and then asks what
a careful reader would ask. Nothing is changed; each line is a question to whoever keeps the record.
`--only NAME` makes one check, `--exit-code` ends with 1 where something was found, and the filters
choose the indicators.

$table

Names of checks are never changed.
"""

_EXIT_CODES = """\
# Exit codes

$codes

Every failure is one sentence on stderr that says what to do. With `-o json` it is one JSON object
there instead:

```json
{"schema": 1, "error": {"kind": "not_found", "exit_code": 3, "sentence": "…", "candidates": []}}
```

`sentence` is in the language of the interface, `kind` never changes, `candidates` holds what could
have been meant, the best first, as objects with `id` and `name`. A value or a sentence, which is no
record, has the id null.

## Kinds

$kinds
"""

_MAN_HEAD = rf""".\" Made by tools/docs.py out of the program; change it there.
.TH TRACKER 1 "" "tracker {__version__}" "User Commands"
.nh
.ad l
.SH NAME
tracker \- a ledger of public programmes for the command line
.SH SYNOPSIS
.B tracker
[\fB\-\-db\fR \fIPATH\fR] [\fB\-\-lang\fR \fIen|zh\fR] [\fICOMMAND\fR] [\fIARGS\fR...]
.SH DESCRIPTION
tracker keeps a ledger of public programmes: what was promised, by whom, by when; how far it is
against the schedule; what is overdue and by how much; and how anyone knows.
Without a command it shows what
.B tracker status
shows."""

SHARED: Mapping[str, tuple[str, Any]] = {
    "Filters": (
        "Which records a list holds. Filters that are given together must all fit.",
        FilterOptions,
    ),
    "Days": ("Which day is looked at, and by whose knowledge.", DayOptions),
    "Ledger and language": ("Every command takes these.", LedgerOptions),
}
"""Options that many commands take: heading, explanation, the group that defines them."""

RECORDS: tuple[type[msgspec.Struct], ...] = (
    assessment.Assessment,
    records.Item,
    records.IndicatorItem,
    records.Update,
    records.Revision,
    records.Decision,
    records.Judgement,
    records.Verdict,
    records.Deadline,
    records.Interim,
    records.Source,
    records.Document,
    records.Receipt,
    records.Reminder,
    records.PaperNumber,
    records.Acknowledgement,
    checks.Finding,
)
"""The structures that stand in JSON, in the order of the page."""

_TYPES: Mapping[Any, str] = {
    str: "text",
    int: "whole number",
    bool: "true or false",
    Decimal: "number",
    date: "day",
    datetime: "moment",
    type(None): "null",
}

EXITS: Mapping[int, str] = {
    0: "Done; an empty list too.",
    1: "Only with `--exit-code`: something was found.",
    2: "The call, a setting or a file is not understood.",
    3: "There is no such record, or more than one.",
    4: "Refused by a rule, or in conflict with what the ledger holds.",
    5: "The ledger is missing, busy, damaged or too new.",
    6: "Something could not be written or delivered.",
    70: "A bug in the program; `--debug` shows where.",
    130: "Stopped with Ctrl-C; nothing is half done.",
    141: "Whoever read the output has gone; a change is stored all the same.",
    143: "Stopped by a TERM signal; nothing is half done.",
}
"""The exit codes and their meaning."""


class Documented(NamedTuple):
    """A command as the reference shows it.

    Attributes:
        name: its name.
        usage: what is typed after it.
        paragraphs: its help, the summary first.
        arguments: its arguments.
        options: the options that only some commands have.
        shared: the headings of ``SHARED`` whose options it takes.
        examples: command lines that run.
    """

    name: str
    usage: str
    paragraphs: list[str]
    arguments: list[Parameter]
    options: list[Parameter]
    shared: list[str]
    examples: list[str]


def commands() -> Iterator[tuple[str, list[Documented]]]:
    """Yield each heading of the help with its commands."""
    program: Any = typer.main.get_command(root)
    with typer.Context(program, info_name="tracker") as ctx:
        for heading, group in GROUPS.items():
            yield heading, [_documented(program.get_command(ctx, name), ctx) for name in group]


def _documented(command: Any, ctx: Any) -> Documented:  # noqa: ANN401  # typer's own
    with typer.Context(command, info_name=command.name, parent=ctx) as own:
        parameters = list_help_parameters(command, own)
        usage = write_help_usage(command, own)
    flags = {_flag(parameter) for parameter in parameters}
    shared = [heading for heading, (_text, group) in SHARED.items() if flags_of(group) <= flags]
    taken = {flag for heading in shared for flag in flags_of(SHARED[heading][1])} | {"--help"}
    return Documented(
        command.name,
        usage,
        [" ".join(paragraph.split()) for paragraph in command.help.split("\n\n")],
        [each for each in parameters if each.kind == "argument"],
        [each for each in parameters if each.kind == "option" and _flag(each) not in taken],
        shared,
        command.epilog.splitlines(),
    )


def flags_of(group: Any) -> set[str]:  # noqa: ANN401  # any group of options
    """Return the long options that a group defines."""
    hints = inspect.get_annotations(group)
    return {
        f"--{field.replace('_', '-')}"
        for field in group.__struct_fields__
        if not hints[field].__metadata__[0].hidden
    }


def _flag(parameter: Parameter) -> str:
    """Return the long option of a parameter, without what is typed behind it."""
    names = re.findall(r"--[a-z-]+", parameter.name)
    return names[-1] if names else parameter.name


def _shared(heading: str) -> list[Parameter]:
    """Return the options of a shared group, as the first command that takes it shows them."""
    flags = flags_of(SHARED[heading][1])
    program: Any = typer.main.get_command(root)
    with typer.Context(program, info_name="tracker") as ctx:
        status = program.get_command(ctx, "status")
        with typer.Context(status, info_name="status", parent=ctx) as own:
            return [each for each in list_help_parameters(status, own) if _flag(each) in flags]


def commands_page() -> str:
    """Return the page of all commands."""
    parts = []
    for heading, (text, _group) in SHARED.items():
        parts += [f"### {heading}", text, _bullets(_shared(heading))]
    for heading, documented in commands():
        parts.append(f"## {heading}")
        for command in documented:
            parts += _command_section(command)
    return _filled(_COMMANDS, contents=_contents(), sections="\n\n".join(parts))


def _contents() -> str:
    lines = []
    for heading, documented in commands():
        links = " · ".join(f"[{each.name}](#tracker-{each.name})" for each in documented)
        lines.append(f"- **{heading}**: {links}")
    return "\n".join(lines)


def _command_section(command: Documented) -> Iterator[str]:
    yield f"### tracker {command.name}"
    yield from command.paragraphs
    yield f"```text\ntracker {command.name} {command.usage}\n```"
    if own := [*command.arguments, *command.options]:
        yield _bullets(own)
    links = [f"[{heading.lower()}](#{anchor(heading)})" for heading in command.shared]
    yield f"Also takes: {', '.join(links)}."
    yield "```sh\n" + "\n".join(command.examples) + "\n```"


def _bullets(parameters: Iterable[Parameter]) -> str:
    return "\n".join(f"- `{each.name}`: {' '.join(each.text.split())}" for each in parameters)


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def settings_page() -> str:
    """Return the page of all settings."""
    rows = [
        (f"`{setting.key}`", _sentence(setting.meaning), _default(setting), _allowed(setting))
        for setting in config.SETTINGS
    ]
    return _filled(_SETTINGS, table=_table(("setting", "meaning", "default", "allowed"), rows))


def _default(setting: config.Setting) -> str:
    computed = {
        "db": "`~/.local/share/tracker/ledger`",
        "lang": "as the locale says",
        "author": "the login",
    }
    value = setting.default
    if value is None:
        return computed.get(setting.key, "none")
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        value = ", ".join(map(str, value))
    return f"`{value}`" if value or value == 0 else "none"


def _allowed(setting: config.Setting) -> str:
    """Return what a setting may hold, as the refusal of a wrong value says it."""
    try:
        setting.read(object())
    except ValueError as error:
        return str(error)
    msg = f"{setting.key} takes anything"
    raise AssertionError(msg)


def json_page() -> str:
    """Return the page of all JSON fields."""
    parts = []
    for kind in RECORDS:
        summary = inspect.cleandoc(kind.__doc__ or "").partition("\n\n")[0]
        parts += [f"## {kind.__name__}", " ".join(summary.split()), _fields_table(kind)]
    return _filled(_JSON, sections="\n\n".join(parts))


def _fields_table(kind: type[msgspec.Struct]) -> str:
    meanings, hints = meanings_of(kind), get_type_hints(kind, include_extras=True)
    rows = [
        (f"`{name}`", type_of(hints[name]), _sentence(meanings[name]))
        for name in kind.__struct_fields__
    ]
    return _table(("field", "type", "meaning"), rows)


def meanings_of(kind: type[msgspec.Struct]) -> dict[str, str]:
    """Return what the docstrings of a structure and of its bases say of each field."""
    meanings: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        doc = inspect.cleandoc(base.__dict__.get("__doc__") or "")
        lines = doc.partition("Attributes:\n")[2].partition("\n\n")[0]
        for line in re.sub(r"\n {8,}", " ", lines).splitlines():
            names, _colon, meaning = line.strip().partition(": ")
            meanings |= dict.fromkeys(names.split(", "), meaning)
    return meanings


def type_of(hint: Any) -> str:  # noqa: ANN401  # any type of a field
    """Return the type of a field in words."""
    if hint in _TYPES:
        return _TYPES[hint]
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Literal:
        return ", ".join(f"`{word}`" for word in inside)
    if origin is list:
        return f"list of {type_of(inside[0])}"
    if origin in {Union, types.UnionType}:
        return ", or ".join(type_of(each) for each in inside)
    if hasattr(hint, "__metadata__"):
        return type_of(inside[0])
    return f"[{hint.__name__}](#{hint.__name__.lower()})"


def checks_page() -> str:
    """Return the page of all checks."""
    rows = [
        (
            f"`{check.name}`",
            _sentence(check.meaning),
            "one indicator" if check.compare is None else "an indicator and all others",
        )
        for check in checks.CHECKS
    ]
    return _filled(_CHECKS, table=_table(("check", "finds", "looks at"), rows))


def exit_codes_page() -> str:
    """Return the page of all exit codes."""
    codes = [
        (f"{code}", meaning, ", ".join(f"`{kind}`" for kind in kinds_of(code)))
        for code, meaning in EXITS.items()
    ]
    kinds = [(f"`{error.kind}`", f"{error.exit_code}", _summary(error)) for error in all_errors()]
    return _filled(
        _EXIT_CODES,
        codes=_table(("exit", "meaning", "`kind` in JSON"), codes),
        kinds=_table(("kind", "exit", "meaning"), kinds),
    )


def all_errors() -> list[type[errors.TrackerError]]:
    """Return every kind of failure, by exit code."""
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.TrackerError)
    ]
    return sorted(kinds, key=lambda kind: kind.exit_code)


def kinds_of(code: int) -> list[str]:
    """Return the kinds of failure that end with a code."""
    return [error.kind for error in all_errors() if error.exit_code == code]


def _summary(error: type[errors.TrackerError]) -> str:
    if error is errors.TrackerError:
        return EXITS[error.exit_code]
    return inspect.cleandoc(error.__doc__ or "").partition("\n\n")[0]


def man_page() -> str:
    """Return the man page, in groff."""
    lines = [_MAN_HEAD]
    for heading, (text, _group) in SHARED.items():
        lines += [f".SH {_roff(heading).upper()}", _roff(text), *_tagged(_shared(heading))]
    for heading, documented in commands():
        lines.append(f".SH COMMANDS: {_roff(heading).upper()}")
        for command in documented:
            lines += _man_command(command)
    lines.append(".SH EXIT STATUS")
    for code, meaning in EXITS.items():
        lines += [".TP", rf"\fB{code}\fR", _roff(meaning)]
    lines += [".SH ENVIRONMENT", "Every setting can be given as TRACKER_<NAME>:"]
    for setting in config.SETTINGS:
        lines += [".TP", rf"\fBTRACKER_{setting.key.upper()}\fR", _roff(_sentence(setting.meaning))]
    lines.append(".SH FILES")
    for name, text in _FILES.items():
        lines += [".TP", rf"\fI{_roff(name)}\fR", _roff(text)]
    return "\n".join(lines) + "\n"


_FILES = {
    "~/.config/tracker/tracker.toml": "The settings; TRACKER_CONFIG names another file.",
    "~/.config/tracker/secrets.toml": "Secrets of the channels, mode 0600.",
    "~/.config/tracker/hooks/": "Programs that are given every change as JSON.",
    "~/.local/share/tracker/ledger/": "The ledger, unless --db or TRACKER_DB names another.",
}


def _man_command(command: Documented) -> Iterator[str]:
    yield f".SS tracker {command.name} {_roff(command.usage)}"
    for at, paragraph in enumerate(command.paragraphs):
        yield from ([".PP"] if at else [])
        yield _roff(paragraph)
    yield from _tagged([*command.arguments, *command.options])
    yield ".PP"
    yield f"Also takes: {_roff(', '.join(heading.lower() for heading in command.shared))}."
    yield ".PP"
    yield "Examples:"
    yield ".nf"
    yield from map(_roff, command.examples)
    yield ".fi"


def _tagged(parameters: Iterable[Parameter]) -> Iterator[str]:
    for each in parameters:
        yield from (".TP", rf"\fB{_roff(each.name)}\fR", _roff(" ".join(each.text.split())))


def _roff(text: str) -> str:
    """Return a text as groff shows it as it is; it may be broken behind ``|``."""
    text = text.replace("\\", r"\e").replace("-", r"\-").replace("`", "").replace("|", r"|\:")
    return rf"\&{text}" if text.startswith((".", "'")) else text


def _sentence(meaning: str) -> str:
    end = "" if meaning.endswith((".", "…")) else "."
    return f"{meaning[:1].upper()}{meaning[1:]}{end}"


def _filled(page: str, **parts: str) -> str:
    """Return a page with its parts in the place of ``$name``."""
    return _NOTE + "\n\n" + Template(page).substitute(parts)


def _table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(titles)
    lines = [titles, ["---"] * len(titles), *rows]
    cells = ([cell.replace("|", r"\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


REFERENCE: Mapping[str, Callable[[], str]] = {
    "docs/reference/commands.md": commands_page,
    "docs/reference/settings.md": settings_page,
    "docs/reference/json.md": json_page,
    "docs/reference/checks.md": checks_page,
    "docs/reference/exit-codes.md": exit_codes_page,
    "man/tracker.1": man_page,
}
"""Every file that is made out of the program alone, and what makes it."""

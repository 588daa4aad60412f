"""Load the settings: flag, else TRACKER_*, else tracker.toml, else default.

No other module reads the environment. Each setting is one row of ``SETTINGS``, which the
``config`` command and the reference list.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

from tracker.errors import InvalidInput, describe_error_reason
from tracker.locale.translation import _, later
from tracker.model.addresses import (
    LANGUAGES,
    SecretInText,
    parse_address_book,
    parse_address_secret_name,
    parse_addresses,
)

LIGHTS = ("red", "yellow", "green", "none")
"""Lights in the order of every screen, the worst first."""
DEFAULT_ORIGIN = later("default")
SECRET_PREFIX = "TRACKER_SECRET_"  # noqa: S105  # a prefix, not a secret
"""Prefix of the environment variables that hold secrets."""
COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


class Setting:
    """Setting with its name, the parser of its values, its default and its meaning."""

    def __init__(
        self,
        key: str,
        read: Callable[[Any], Any],
        default: Any,  # noqa: ANN401  # each has a type of its own
        meaning: str,
    ) -> None:
        self.key, self.read, self.default, self.meaning = key, read, default, meaning


class SettingValue(NamedTuple):
    """Value of a setting, and the flag, variable or file that it came from."""

    value: Any
    origin: str


def _parse_config_text(raw: Any) -> str:  # noqa: ANN401  # a file may hold anything
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError(_("a text"))
    return raw


def _build_config_choice_parser(words: tuple[str, ...]) -> Callable[[Any], str]:
    def parse(raw: Any) -> str:  # noqa: ANN401  # a file may hold anything
        if raw not in words:
            raise ValueError(", ".join(words))
        return str(raw)

    return parse


def _parse_config_cycle(raw: Any) -> str:  # noqa: ANN401  # a file may hold anything
    # Imported here, because the setting is rare and the import costs every command time.
    from tracker.model.dates import CYCLES

    return _build_config_choice_parser(CYCLES)(raw)


def _parse_config_gap(raw: Any) -> Decimal:  # noqa: ANN401  # a file may hold anything
    try:
        points = Decimal(str(raw))
    except InvalidOperation:
        raise ValueError(_("a number of percentage points")) from None
    if not points.is_finite() or isinstance(raw, bool) or abs(points) > _MOST_GAP:
        raise ValueError(_("a number of percentage points"))
    return points


def _build_config_number_parser(most: int) -> Callable[[Any], int]:
    def parse(raw: Any) -> int:  # noqa: ANN401  # a file may hold anything
        if isinstance(raw, str) and raw.isascii() and raw.isdigit():
            raw = int(raw[:_LONGEST_NUMBER])
        if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= most:
            raise ValueError(_("a whole number from 0 to {most}").format(most=most))
        return raw

    return parse


def _parse_config_dates(raw: Any) -> tuple[date, ...]:  # noqa: ANN401  # a file may hold anything
    parts = raw.replace(",", " ").split() if isinstance(raw, str) else raw
    texts = [str(day) for day in parts] if isinstance(parts, list) else [""]
    try:
        days = tuple(map(date.fromisoformat, texts))
    except ValueError:
        days = ()
    # Refuse other ways to write a day: a moment, 20261008 and 2026-W41-4.
    if [day.isoformat() for day in days] != texts:
        raise ValueError(_("days like 2026-10-08"))
    return days


def _parse_config_month_day(raw: Any) -> tuple[int, int]:  # noqa: ANN401  # a file may hold anything
    try:
        # A year in which no such day is missing but 29 February.
        day = date.fromisoformat(f"2001-{raw}")
    except ValueError:
        day = None
    if day is None or f"{day:%m-%d}" != raw:
        raise ValueError(_("a month and a day, like 06-01"))
    return day.month, day.day


def _build_config_lights_parser(
    allowed: tuple[str, ...] = (),
) -> Callable[[Any], Mapping[str, str]]:
    """Build a parser of words for lights: a table in a file, or ``red=红灯, yellow=蓝灯``."""

    def parse(raw: Any) -> Mapping[str, str]:  # noqa: ANN401  # a file may hold anything
        if isinstance(raw, str):
            pairs = [part.partition("=") for part in raw.replace("，", ",").split(",")]
            raw = {light.strip(): word.strip() for light, _equals, word in pairs}
        if not isinstance(raw, dict) or not raw:
            raise ValueError(_("pairs like red=…, yellow=…"))
        for light, word in raw.items():
            if light not in LIGHTS or not isinstance(word, str) or not word.strip():
                raise ValueError(_("pairs like red=…, yellow=…"))
            if allowed and word not in allowed:
                raise ValueError(", ".join(allowed))
        return raw

    return parse


def _parse_config_heads(raw: Any) -> Mapping[str, str]:  # noqa: ANN401  # a file may hold anything
    """Parse fields by heads of columns: a table, or ``认领科室=lead, 兜底时间=deadline``."""
    if isinstance(raw, str):
        pairs = [part.rpartition("=") for part in raw.replace("，", ",").split(",")]
        raw = {head.strip(): field.strip() for head, _equals, field in pairs}
    if not isinstance(raw, dict) or not all(
        head and isinstance(field, str) and field for head, field in raw.items()
    ):
        raise ValueError(_("pairs like 责任单位=lead, 完成时限=deadline"))
    return raw


def _parse_config_days(raw: Any) -> tuple[int, ...]:  # noqa: ANN401  # a file may hold anything
    parts = raw.replace(",", " ").split() if isinstance(raw, str) else raw
    if not isinstance(parts, list):
        raise ValueError(_("whole numbers like 30, 7, 1"))  # noqa: TRY004  # of a setting
    return tuple(sorted({_parse_int(part) for part in parts}, reverse=True))


def _parse_config_working_set(raw: Any) -> Mapping[str, tuple[str, ...]]:  # noqa: ANN401  # a file may hold anything
    """Parse a table in a file, or ``tag=…, document=…, document=…, since=2026-01-01``."""
    if isinstance(raw, str):
        pairs = [part.partition("=") for part in raw.replace("，", ",").split(",")]
    elif isinstance(raw, dict):
        listed = ((key, each if isinstance(each, list) else [each]) for key, each in raw.items())
        pairs = [(key, "=", value) for key, values in listed for value in values]
    else:
        pairs = [("", "", "")]
    chosen: dict[str, tuple[str, ...]] = {}
    for key, _equals, value in pairs:
        name, text = key.strip(), str(value).strip()
        if name not in {"tag", "document", "since"} or not text:
            raise ValueError(_WORKING_SET)
        chosen[name] = (*chosen.get(name, ()), text)
    for day in chosen.get("since", ()):
        try:
            date.fromisoformat(day)
        except ValueError:
            raise ValueError(_WORKING_SET) from None
    if len(chosen.get("since", ())) > 1:
        raise ValueError(_WORKING_SET)
    return chosen


_WORKING_SET = "tag=…, document=…, since=2026-01-01"


def _parse_config_seconds(raw: Any) -> float:  # noqa: ANN401  # a file may hold anything
    try:
        seconds = float(raw)
    except (TypeError, ValueError):
        seconds = -1.0
    if isinstance(raw, bool) or not 0 <= seconds <= _MOST_SECONDS:
        raise ValueError(_("seconds from 0 to {most}").format(most=_MOST_SECONDS))
    return seconds


def _parse_config_flag(raw: Any) -> bool:  # noqa: ANN401  # a file may hold anything
    if not isinstance(raw, str | bool) or raw not in _FLAGS:
        raise ValueError(_("true or false"))
    return _FLAGS[raw]


_FLAGS: Mapping[Any, bool] = {"true": True, "false": False, True: True, False: False}
_MOST_SECONDS = 3_600
_MOST_GAP = 1_000
_LONGEST_NUMBER = 10
_PASSWORD_IN_WORDS = r"\s*\b(ssl)?password\s*=\s*('(\\.|[^'])*'?|(\\.|\S)*)"  # noqa: S105  # a pattern
"""A password where libpq takes words like host=… instead of a URL."""
_ZONES = ("/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo")
_ZONE_RULE = r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]+>)[+-]?\d{1,3}(?::?\d\d){0,2}[A-Za-z0-9<>+,./:-]*"
"""A zone that says itself how far it is from UTC, such as CST-8."""
_SERVER = r"(?:\[[^]]*\]|[^:]*)(?::[0-9]*)?"
_parse_int, _parse_weight = _build_config_number_parser(36_500), _build_config_number_parser(1_000)

SETTINGS: tuple[Setting, ...] = (
    Setting("db", _parse_config_text, None, "the ledger: a folder, or postgresql://…"),
    Setting(
        "lang", _build_config_choice_parser(LANGUAGES), None, "language of the interface: en or zh"
    ),
    Setting("author", _parse_config_text, None, "who is named as the author of a change"),
    Setting(
        "yellow_below",
        _parse_config_gap,
        Decimal(-10),
        "gap in points below which the light is yellow",
    ),
    Setting(
        "red_below", _parse_config_gap, Decimal(-30), "gap in points below which the light is red"
    ),
    Setting(
        "warn_days", _parse_int, 30, "days before its deadline from which a milestone is yellow"
    ),
    Setting("due_within", _parse_int, 30, "days that the list of what is due looks ahead"),
    Setting("cycle", _parse_config_cycle, "monthly", "how often a report is owed"),
    Setting(
        "working_set",
        _parse_config_working_set,
        {},
        "what screens and papers are about without --all: tag=…, document=…, since=DAY",
    ),
    Setting("days_off", _parse_config_dates, (), "extra days off, beside the Chinese calendar"),
    Setting("days_on", _parse_config_dates, (), "extra working days, beside the Chinese calendar"),
    Setting(
        "table_heads",
        _parse_config_heads,
        {},
        "fields of the columns of tables that are imported, e.g. 认领科室=lead",
    ),
    Setting(
        "light_names",
        _build_config_lights_parser(),
        {},
        "words for the lights here, e.g. yellow=蓝灯",
    ),
    Setting(
        "light_colours",
        _build_config_lights_parser(COLOURS),
        {},
        "colours of the lights, e.g. yellow=blue",
    ),
    Setting(
        "wide_signs",
        _parse_config_flag,
        _FLAGS["false"],
        "whether the terminal draws signs such as “ and ━ two cells wide",
    ),
    Setting(
        "flood_season", _parse_config_month_day, None, "first day of the flood season, e.g. 06-01"
    ),
    Setting("issuer", _parse_config_text, "", "who issues papers, as it is printed at their head"),
    Setting(
        "number_word",
        _parse_config_text,
        "",
        "word of the office in the numbers of papers, e.g. 济督查; without it they have none",
    ),
    Setting("signer", _parse_config_text, "", "who approves papers, as it is printed"),
    Setting("copies", _parse_config_text, "", "who gets copies of papers, as it is printed"),
    Setting("contact", _parse_config_text, "", "whom a notice asks to answer, as it is printed"),
    Setting("answer_within", _parse_int, 5, "working days within which a notice is to be answered"),
    Setting(
        "report_within", _parse_int, 10, "days after a cycle within which its report is in time"
    ),
    Setting("score_met", _parse_weight, 60, "weight of what was met in time, in the scoreboard"),
    Setting("score_on_time", _parse_weight, 40, "weight of the reports in time, in the scoreboard"),
    Setting("score_overdue", _parse_weight, 2, "points taken off for each overdue indicator"),
    Setting("patience", _parse_int, 10, "seconds to wait for another writer, a lock or a server"),
    Setting(
        "query_timeout", _parse_int, 300, "seconds a question to a database may take; 0: any time"
    ),
    Setting("addresses", parse_address_book, {}, "where the reminders of each lead go"),
    Setting("escalation", parse_addresses, (), "where what is red goes too, unless the lead says"),
    Setting("remind_before", _parse_config_days, (30, 7, 1), "days before a deadline to remind on"),
    Setting(
        "remind_every", _parse_int, 7, "days between reminders of what is overdue; 0: only one"
    ),
    Setting("smtp", _parse_config_text, "localhost:25", "the mail server, host:port"),
    Setting(
        "smtp_security",
        _build_config_choice_parser(("starttls", "tls", "none")),
        "starttls",
        "mail encryption",
    ),
    Setting("smtp_from", _parse_config_text, None, "the sender of mails"),
    Setting("smtp_user", _parse_config_text, None, "who logs in to the mail server"),
    Setting(
        "smtp_secret", parse_address_secret_name, None, "the name of the secret to log in with"
    ),
    Setting(
        "allow_http", _parse_config_flag, _FLAGS["false"], "whether messages may go over plain http"
    ),
    Setting("send_timeout", _parse_config_seconds, 10.0, "seconds to wait for a server or program"),
    Setting("send_attempts", _parse_int, 3, "attempts to reach a server, at most"),
    Setting(
        "send_pause",
        _parse_config_seconds,
        2.0,
        "seconds before the second attempt; then twice that",
    ),
    Setting(
        "claim_minutes", _parse_int, 15, "minutes after which an unfinished message is repeated"
    ),
    Setting("hook_timeout", _parse_config_seconds, 10.0, "seconds that a hook may take"),
)


class Settings:
    """Values of all settings with their origin, and the file that was or would be read."""

    def __init__(self, chosen: Mapping[str, SettingValue], file: Path) -> None:
        self.chosen = chosen
        self.file = file

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401  # each has a type of its own
        return self.chosen[key].value


def load_settings(flags: Mapping[str, str | None]) -> Settings:
    """Load the settings in force.

    Args:
        flags: the values of the command line, by key; None where it gives none.

    Raises:
        InvalidInput: a value is not understood; the sentence names its origin.
    """
    file = _find_config_file()
    table = _read_config_file(file)
    chosen = {
        setting.key: _choose_config_value(setting, flags, table, file) for setting in SETTINGS
    }
    defaults = {
        "db": find_configured_default_ledger,
        "lang": _find_config_locale,
        "author": _find_config_login,
    }
    for key, default in defaults.items():
        if chosen[key].value is None:
            chosen[key] = SettingValue(default(), DEFAULT_ORIGIN)
    red, yellow = chosen["red_below"], chosen["yellow_below"]
    if red.value > yellow.value:
        raise InvalidInput(
            _(
                "red_below from {origin} is {red}; allowed: at most yellow_below,"
                " which is {yellow} from {other}."
            ).format(
                origin=_(red.origin), red=red.value, yellow=yellow.value, other=_(yellow.origin)
            )
        )
    return Settings(chosen, file)


def find_config_language(arguments: Sequence[str]) -> str:
    """Return the language to speak; what is wrong with it is said when it is parsed.

    It is needed before Typer can be asked: help texts are translated when the module of a
    command is imported, and only the command knows which words are values of its flags. So
    the last ``--lang`` before "--" counts, wherever it stands, but no part of another word.
    """
    flag: str | None = None
    words = takewhile(lambda word: word != "--", arguments)
    for word in words:
        if word == "--lang":
            flag = next(words, None)
        elif word.startswith("--lang="):
            flag = word.removeprefix("--lang=")
    try:
        return str(load_settings({"lang": flag})["lang"])
    except InvalidInput:
        return _find_config_locale()


def read_config_variable(name: str) -> str | None:
    """Return the value of an environment variable; None if it is empty or missing."""
    return os.environ.get(name) or None


def is_completing() -> bool:
    """Return whether a shell asks for words that complete what is typed."""
    return "_TRACKER_COMPLETE" in os.environ


def find_unknown_zone() -> str | None:
    """Return the time zone of the environment if the system does not know it, and takes UTC."""
    name = os.environ.get("TZ", "").removeprefix(":")
    if not name or name in {"UTC", "GMT"} or re.fullmatch(_ZONE_RULE, name):
        return None
    places = [Path(folder, name) for folder in _ZONES]
    return None if any(place.is_file() for place in places) else name


def find_configured_editor() -> str:
    """Return the command line of the person's editor."""
    return os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"


def find_configured_pager() -> str:
    """Return the command line of the person's pager; an empty text where none is wanted."""
    pager = os.environ.get("PAGER", "less")
    return "" if os.environ.get("TERM", "dumb") == "dumb" else pager.strip()


def read_config_environment_of_pager() -> dict[str, str]:
    """Return the environment for a pager: less shows colours, and ends where all is seen."""
    return {"LESS": "FRX"} | read_config_environment_without_secrets()


def read_config_environment_without_secrets() -> dict[str, str]:
    """Return the environment for programs of the user: without the secrets."""
    return {name: text for name, text in os.environ.items() if not name.startswith(SECRET_PREFIX)}


def is_colour_configured() -> bool:
    """Return whether to use colours: not if NO_COLOR is set, nor on a dumb terminal."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _choose_config_value(
    setting: Setting, flags: Mapping[str, str | None], table: Mapping[str, Any], file: Path
) -> SettingValue:
    name = f"TRACKER_{setting.key.upper()}"
    raw: Any = None
    if flags.get(setting.key) is not None:
        raw, origin = flags[setting.key], f"--{setting.key}"
    elif os.environ.get(name):
        raw, origin = os.environ[name], name
    elif setting.key in table:
        raw, origin = table[setting.key], str(file)
    else:
        return SettingValue(setting.default, DEFAULT_ORIGIN)
    try:
        return SettingValue(setting.read(raw), origin)
    except SecretInText as error:
        raise InvalidInput(
            _("{key} from {origin} is not understood; allowed: {allowed}.").format(
                key=setting.key, origin=origin, allowed=error
            )
        ) from None
    except ValueError as error:
        raise InvalidInput(
            _('{key} from {origin} is "{found}"; allowed: {allowed}.').format(
                key=setting.key, origin=origin, found=raw, allowed=error
            )
        ) from None


def _find_config_file() -> Path:
    if os.environ.get("TRACKER_CONFIG"):
        return Path(os.environ["TRACKER_CONFIG"])
    return _find_config_folder("XDG_CONFIG_HOME", ".config") / "tracker" / "tracker.toml"


def _read_config_file(file: Path) -> Mapping[str, Any]:
    try:
        _refuse_exposed_config_file(file)
        text = file.read_text("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        reason = describe_error_reason(error) if isinstance(error, OSError) else error
        raise InvalidInput(
            _("The settings in {file} cannot be read: {reason}.").format(file=file, reason=reason)
        ) from None
    from tracker.system.toml import parse_toml

    try:
        table = parse_toml(text)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise InvalidInput(
            _("The settings in {file} are not TOML: {reason}.").format(file=file, reason=error)
        ) from None
    known = [setting.key for setting in SETTINGS]
    if unknown := sorted(set(table).difference(known)):
        raise InvalidInput(
            _("{file} sets {found}, which is no setting; there are: {known}.").format(
                file=file, found=", ".join(unknown), known=", ".join(known)
            )
        )
    return table


def _refuse_exposed_config_file(file: Path) -> None:
    """Refuse settings that another user could have written: they say where secrets go.

    Raises:
        InvalidInput: they, or the folder they are in, belong to another user or to all.
    """
    # A device, such as /dev/null, holds nothing that anybody has written.
    if not file.is_file():
        return
    from tracker.system.ownership import find_file_ownership_fault

    exposed = find_file_ownership_fault(file, trusts_own_group=True)
    if exposed is None:
        return
    place, exposure = exposed
    sentence = _("{place} belongs to somebody else, so the settings in {file} are not used.")
    if exposure == "writable":
        sentence = _(
            "Others may write to {place}, so the settings in {file} are not used; run:"
            " chmod go-w {place}"
        )
    raise InvalidInput(sentence.format(place=place, file=file))


def redact_config_password(place: str) -> str:
    """Return the place of a ledger without the password that a URL may hold."""
    scheme, mark, rest = place.partition("://")
    server = re.split("[/?]", rest, maxsplit=1)[0]
    # Anything else than a login or servers is part of a password that was not quoted.
    is_plain = "@" in server or all(re.fullmatch(_SERVER, name) for name in server.split(","))
    end = len(server) if is_plain else len(rest)
    login, at, address = rest[:end].rpartition("@")
    safe = f"{scheme}{mark}{login.partition(':')[0]}{at}{address}{rest[end:]}"
    if not mark and re.match("postgres(ql)?:", place):
        return place.partition(":")[0] + ":" + place.rpartition("@")[2].rpartition(":")[2]
    if not mark:
        return re.sub(_PASSWORD_IN_WORDS, "", place, flags=re.IGNORECASE)
    return re.sub(r"\b(ssl)?password=[^&]*&?", "", safe, flags=re.IGNORECASE).rstrip("?&")


def find_configured_default_ledger() -> str:
    """Return the place of the ledger if no setting names one."""
    return str(_find_config_folder("XDG_DATA_HOME", ".local/share") / "tracker" / "ledger")


def find_configured_state_folder() -> Path:
    """Return the folder for what the program keeps between its runs, beside any ledger."""
    return _find_config_folder("XDG_STATE_HOME", ".local/state") / "tracker"


def _find_config_folder(name: str, below_home: str) -> Path:
    """Return a base directory of the XDG specification, which ignores relative paths."""
    folder = Path(os.environ.get(name, ""))
    if folder.is_absolute():
        return folder
    # Without HOME this reads the user database, and leaves "~" if the user is not in it.
    return Path(os.path.expanduser("~")) / below_home  # noqa: PTH111


def _find_config_locale() -> str:
    """Return the language of the locale; LANGUAGE goes before it, as in gettext."""
    locales = filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG")))
    locale = next(locales, "C")
    preferred = "" if locale in {"C", "POSIX"} else os.environ.get("LANGUAGE", "")
    languages = (name[:2] for name in (*preferred.split(":"), locale))
    return next((name for name in languages if name in LANGUAGES), "en")


def _find_config_login() -> str:
    for name in ("LOGNAME", "USER"):
        if os.environ.get(name):
            return os.environ[name]
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())

"""Where things are and how a place counts: flag, else TRACKER_*, else tracker.toml, else default.

The only reader of the environment. Each setting is one row of ``SETTINGS``; the
``config`` command and the reference print the same rows.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from tracker.errors import InvalidInput, reason_of
from tracker.locale.translation import _, later
from tracker.model.addresses import LANGUAGES, Unspeakable, addresses, book, secret_name

LIGHTS = ("red", "yellow", "green", "none")
"""The worst first, as every screen counts them."""
DEFAULT = later("default")
SECRET = "TRACKER_SECRET_"  # noqa: S105  # how the names of variables begin
"""What the name of a variable that holds a secret begins with."""
COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


class Setting(NamedTuple):
    """One setting: its name, how a text becomes its value, its default and its meaning."""

    key: str
    read: Callable[[Any], Any]
    default: Any
    meaning: str


class Chosen(NamedTuple):
    """The value of a setting and where it came from."""

    value: Any
    origin: str


def _text(found: Any) -> str:  # noqa: ANN401  # a file may hold anything
    if not isinstance(found, str) or not found.strip():
        raise ValueError(_("a text"))
    return found


def _one_of(words: tuple[str, ...]) -> Callable[[Any], str]:
    def read(found: Any) -> str:  # noqa: ANN401  # a file may hold anything
        if found not in words:
            raise ValueError(", ".join(words))
        return str(found)

    return read


def _cycle(found: Any) -> str:  # noqa: ANN401  # a file may hold anything
    # Asked for here, because hardly anybody sets it and everybody would wait for the import.
    from tracker.model.dates import CYCLES

    return _one_of(CYCLES)(found)


def _points(found: Any) -> Decimal:  # noqa: ANN401  # a file may hold anything
    try:
        points = Decimal(str(found))
    except InvalidOperation:
        raise ValueError(_("a number of percentage points")) from None
    if not points.is_finite() or isinstance(found, bool) or abs(points) > _MOST_POINTS:
        raise ValueError(_("a number of percentage points"))
    return points


def _whole(most: int) -> Callable[[Any], int]:
    def read(found: Any) -> int:  # noqa: ANN401  # a file may hold anything
        if isinstance(found, str) and found.isascii() and found.isdigit():
            found = int(found[:_LONGEST_NUMBER])
        if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= most:
            raise ValueError(_("a whole number from 0 to {most}").format(most=most))
        return found

    return read


def _dates(found: Any) -> tuple[date, ...]:  # noqa: ANN401  # a file may hold anything
    each = found.replace(",", " ").split() if isinstance(found, str) else found
    texts = [str(day) for day in each] if isinstance(each, list) else [""]
    try:
        days = tuple(map(date.fromisoformat, texts))
    except ValueError:
        days = ()
    # A moment, 20261008 and 2026-W41-4 are other ways to write a day; here there is one.
    if [day.isoformat() for day in days] != texts:
        raise ValueError(_("days like 2026-10-08"))
    return days


def _lights(allowed: tuple[str, ...] = ()) -> Callable[[Any], Mapping[str, str]]:
    """Words for lights: a table in a file, or ``red=红灯, yellow=蓝灯``."""

    def read(found: Any) -> Mapping[str, str]:  # noqa: ANN401  # a file may hold anything
        if isinstance(found, str):
            pairs = [each.partition("=") for each in found.replace("，", ",").split(",")]
            found = {light.strip(): word.strip() for light, _equals, word in pairs}
        if not isinstance(found, dict) or not found:
            raise ValueError(_("pairs like red=…, yellow=…"))
        for light, word in found.items():
            if light not in LIGHTS or not isinstance(word, str) or not word.strip():
                raise ValueError(_("pairs like red=…, yellow=…"))
            if allowed and word not in allowed:
                raise ValueError(", ".join(allowed))
        return found

    return read


def _numbers(found: Any) -> tuple[int, ...]:  # noqa: ANN401  # a file may hold anything
    each = found.replace(",", " ").split() if isinstance(found, str) else found
    if not isinstance(each, list):
        raise ValueError(_("whole numbers like 30, 7, 1"))  # noqa: TRY004  # of a setting
    return tuple(sorted({_days(number) for number in each}, reverse=True))


def _seconds(found: Any) -> float:  # noqa: ANN401  # a file may hold anything
    try:
        seconds = float(found)
    except (TypeError, ValueError):
        seconds = -1.0
    if isinstance(found, bool) or not 0 <= seconds <= _MOST_SECONDS:
        raise ValueError(_("seconds from 0 to {most}").format(most=_MOST_SECONDS))
    return seconds


def _flag(found: Any) -> bool:  # noqa: ANN401  # a file may hold anything
    if not isinstance(found, str | bool) or found not in _FLAGS:
        raise ValueError(_("true or false"))
    return _FLAGS[found]


_FLAGS: Mapping[Any, bool] = {"true": True, "false": False, True: True, False: False}
_MOST_SECONDS = 3_600
_MOST_POINTS = 1_000
_LONGEST_NUMBER = 10
_SERVER = r"(?:\[[^]]*\]|[^:]*)(?::[0-9]*)?"
_days, _weight = _whole(36_500), _whole(1_000)

SETTINGS: tuple[Setting, ...] = (
    Setting("db", _text, None, "the ledger: a folder, or postgresql://…"),
    Setting(
        "lang",
        _one_of(LANGUAGES),
        None,
        "language of the interface: en or zh",
    ),
    Setting("author", _text, None, "who is named as the author of a change"),
    Setting("yellow_below", _points, Decimal(-10), "gap in points below which the light is yellow"),
    Setting("red_below", _points, Decimal(-30), "gap in points below which the light is red"),
    Setting("warn_days", _days, 30, "days before its deadline from which a milestone is yellow"),
    Setting("due_within", _days, 30, "days that the list of what is due looks ahead"),
    Setting("cycle", _cycle, "monthly", "how often a report is owed"),
    Setting("days_off", _dates, (), "extra days off, beside the Chinese calendar"),
    Setting("days_on", _dates, (), "extra working days, beside the Chinese calendar"),
    Setting("light_names", _lights(), {}, "words for the lights here, e.g. yellow=蓝灯"),
    Setting("light_colours", _lights(COLOURS), {}, "colours of the lights, e.g. yellow=blue"),
    Setting("contact", _text, "", "whom a notice asks to answer, as it is printed"),
    Setting("answer_within", _days, 5, "working days within which a notice is to be answered"),
    Setting("report_within", _days, 10, "days after a cycle within which its report is in time"),
    Setting("score_met", _weight, 60, "weight of what was met in time, in the scoreboard"),
    Setting("score_on_time", _weight, 40, "weight of the reports in time, in the scoreboard"),
    Setting("score_overdue", _weight, 2, "points taken off for each overdue indicator"),
    Setting("patience", _days, 10, "seconds to wait for another writer"),
    Setting("addresses", book, {}, "where the reminders of each lead go"),
    Setting("escalation", addresses, (), "where what is red goes too, unless the lead says"),
    Setting("remind_before", _numbers, (30, 7, 1), "days before a deadline to remind on"),
    Setting("remind_every", _days, 7, "days between reminders of what is overdue; 0: only one"),
    Setting("smtp", _text, "localhost:25", "the mail server, host:port"),
    Setting("smtp_security", _one_of(("starttls", "tls", "none")), "starttls", "mail encryption"),
    Setting("smtp_from", _text, None, "the sender of mails"),
    Setting("smtp_user", _text, None, "who logs in to the mail server"),
    Setting("smtp_secret", secret_name, None, "the name of the secret to log in with"),
    Setting("allow_http", _flag, _FLAGS["false"], "whether messages may go over plain http"),
    Setting("send_timeout", _seconds, 10.0, "seconds to wait for a server or program"),
    Setting("send_attempts", _days, 3, "attempts to reach a server, at most"),
    Setting("send_pause", _seconds, 2.0, "seconds before the second attempt; then twice that"),
    Setting("claim_minutes", _days, 15, "minutes after which an unfinished message is repeated"),
    Setting("hook_timeout", _seconds, 10.0, "seconds that a hook may take"),
)


class Settings:
    """All settings with their origin, and the file that was or would be read."""

    def __init__(self, chosen: Mapping[str, Chosen], file: Path) -> None:
        self.chosen = chosen
        self.file = file

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401  # each has a type of its own
        return self.chosen[key].value


def load(flags: Mapping[str, str | None]) -> Settings:
    """The settings in force.

    Args:
        flags: what the command line says, by key; None where it says nothing.

    Raises:
        InvalidInput: a value is not understood; the sentence names where it stands.
    """
    file = _file()
    written = _written(file)
    chosen = {each.key: _choose(each, flags, written, file) for each in SETTINGS}
    for key, fall_back in (("db", _default_db), ("lang", _locale), ("author", _login)):
        if chosen[key].value is None:
            chosen[key] = Chosen(fall_back(), DEFAULT)
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


def language(arguments: Sequence[str]) -> str:
    """The language to speak, known before anything is said; what is wrong is said later."""
    split = [part for each in arguments for part in each.split("=", 1)]
    try:
        return str(load({"lang": dict(pairwise(split)).get("--lang")})["lang"])
    except InvalidInput:
        return _locale()


def variable(name: str) -> str | None:
    """What the environment says under this name; None where it says nothing."""
    return os.environ.get(name) or None


def environment() -> dict[str, str]:
    """The environment that a program of somebody else is handed: without the secrets."""
    return {name: text for name, text in os.environ.items() if not name.startswith(SECRET)}


def colour_wanted() -> bool:
    """Whether colours are welcome: not where NO_COLOR is set, nor on a dumb terminal."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _choose(
    setting: Setting, flags: Mapping[str, str | None], written: Mapping[str, Any], file: Path
) -> Chosen:
    variable = f"TRACKER_{setting.key.upper()}"
    found: Any = None
    if flags.get(setting.key) is not None:
        found, origin = flags[setting.key], f"--{setting.key}"
    elif os.environ.get(variable):
        found, origin = os.environ[variable], variable
    elif setting.key in written:
        found, origin = written[setting.key], str(file)
    else:
        return Chosen(setting.default, DEFAULT)
    try:
        return Chosen(setting.read(found), origin)
    except Unspeakable as error:
        raise InvalidInput(
            _("{key} from {origin} is not understood; allowed: {allowed}.").format(
                key=setting.key, origin=origin, allowed=error
            )
        ) from None
    except ValueError as error:
        raise InvalidInput(
            _('{key} from {origin} is "{found}"; allowed: {allowed}.').format(
                key=setting.key, origin=origin, found=found, allowed=error
            )
        ) from None


def _file() -> Path:
    if os.environ.get("TRACKER_CONFIG"):
        return Path(os.environ["TRACKER_CONFIG"])
    return _base("XDG_CONFIG_HOME", ".config") / "tracker" / "tracker.toml"


def _written(file: Path) -> Mapping[str, Any]:
    try:
        text = file.read_text("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else error
        raise InvalidInput(
            _("The settings in {file} cannot be read: {reason}.").format(file=file, reason=reason)
        ) from None
    import tomllib

    try:
        written = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise InvalidInput(
            _("The settings in {file} are not TOML: {reason}.").format(file=file, reason=error)
        ) from None
    unknown = sorted(set(written) - {each.key for each in SETTINGS})
    if unknown:
        raise InvalidInput(
            _("{file} sets {found}, which is no setting; there are: {known}.").format(
                file=file,
                found=", ".join(unknown),
                known=", ".join(each.key for each in SETTINGS),
            )
        )
    return written


def redacted(place: str) -> str:
    """The place of a ledger without the password that a URL may hold."""
    scheme, mark, rest = place.partition("://")
    server = re.split("[/?]", rest, maxsplit=1)[0]
    # What is neither a login nor servers is a part of a password that was not quoted.
    is_plain = "@" in server or all(re.fullmatch(_SERVER, each) for each in server.split(","))
    end = len(server) if is_plain else len(rest)
    login, at, address = rest[:end].rpartition("@")
    shown = f"{scheme}{mark}{login.partition(':')[0]}{at}{address}{rest[end:]}"
    return re.sub(r"\b(ssl)?password=[^&]*&?", "", shown).rstrip("?&") if mark else place


def _default_db() -> str:
    return str(_base("XDG_DATA_HOME", ".local/share") / "tracker" / "ledger")


def _base(variable: str, below_home: str) -> Path:
    """A base directory as the XDG specification has it; a relative one is passed over."""
    named = Path(os.environ.get(variable, ""))
    if named.is_absolute():
        return named
    # Without HOME this asks the user database, and leaves "~" where that knows nothing.
    return Path(os.path.expanduser("~")) / below_home  # noqa: PTH111


def _locale() -> str:
    """The language of the locale; as gettext has it, LANGUAGE names what is liked better."""
    named = filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG")))
    locale = next(named, "C")
    liked = "" if locale in {"C", "POSIX"} else os.environ.get("LANGUAGE", "")
    languages = (each[:2] for each in (*liked.split(":"), locale))
    return next((each for each in languages if each in LANGUAGES), "en")


def _login() -> str:
    for variable in ("LOGNAME", "USER"):
        if os.environ.get(variable):
            return os.environ[variable]
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())

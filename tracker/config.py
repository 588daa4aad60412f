"""Where things are and how a place counts: flag, else TRACKER_*, else tracker.toml, else default.

The only reader of the environment. Each setting is one row of ``SETTINGS``; the
``config`` command and the README print the same rows.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from tracker.errors import InvalidInput
from tracker.locale import _

LANGUAGES = ("en", "zh")
CYCLES = ("weekly", "monthly", "quarterly", "half-yearly", "yearly")


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


def _points(found: Any) -> Decimal:  # noqa: ANN401  # a file may hold anything
    try:
        points = Decimal(str(found))
    except InvalidOperation:
        raise ValueError(_("a number of percentage points")) from None
    if not points.is_finite() or isinstance(found, bool):
        raise ValueError(_("a number of percentage points"))
    return points


def _days(found: Any) -> int:  # noqa: ANN401  # a file may hold anything
    if isinstance(found, str) and found.isascii() and found.isdigit():
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= _MOST_DAYS:
        raise ValueError(_("a whole number from 0 to {most}").format(most=_MOST_DAYS))
    return found


def _dates(found: Any) -> tuple[date, ...]:  # noqa: ANN401  # a file may hold anything
    each = found.replace(",", " ").split() if isinstance(found, str) else found
    try:
        return tuple(day if isinstance(day, date) else date.fromisoformat(day) for day in each)
    except (TypeError, ValueError):
        raise ValueError(_("days like 2026-10-08")) from None


_MOST_DAYS = 36_500

SETTINGS: tuple[Setting, ...] = (
    Setting("db", _text, None, "the ledger: a folder"),
    Setting("lang", _one_of(LANGUAGES), None, "language of the interface: en or zh"),
    Setting("author", _text, None, "who is named as the author of a change"),
    Setting("yellow_below", _points, Decimal(-10), "gap in points below which the light is yellow"),
    Setting("red_below", _points, Decimal(-30), "gap in points below which the light is red"),
    Setting("warn_days", _days, 30, "days before its deadline from which a milestone is yellow"),
    Setting("due_within", _days, 30, "days that the list of what is due looks ahead"),
    Setting("cycle", _one_of(CYCLES), "monthly", "how often a report is owed"),
    Setting("days_off", _dates, (), "extra days off, beside the Chinese calendar"),
    Setting("days_on", _dates, (), "extra working days, beside the Chinese calendar"),
    Setting("patience", _days, 10, "seconds to wait for another writer"),
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
            chosen[key] = Chosen(fall_back(), _("default"))
    return Settings(chosen, file)


def language(arguments: Sequence[str]) -> str:
    """The language to speak, known before anything is said; what is wrong is said later."""
    flags = dict(pairwise(arguments))
    try:
        return str(load({"lang": flags.get("--lang")})["lang"])
    except InvalidInput:
        return _locale()


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
        return Chosen(setting.default, _("default"))
    try:
        return Chosen(setting.read(found), origin)
    except ValueError as error:
        raise InvalidInput(
            _('{key} from {origin} is "{found}"; allowed: {allowed}.').format(
                key=setting.key, origin=origin, found=found, allowed=error
            )
        ) from None


def _file() -> Path:
    if os.environ.get("TRACKER_CONFIG"):
        return Path(os.environ["TRACKER_CONFIG"])
    from platformdirs import user_config_path

    return user_config_path("tracker", appauthor=False) / "tracker.toml"


def _written(file: Path) -> Mapping[str, Any]:
    try:
        text = file.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            _("The settings in {file} cannot be read: {reason}.").format(file=file, reason=error)
        ) from None
    import tomllib

    try:
        written = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
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


def _default_db() -> str:
    from platformdirs import user_data_path

    return str(user_data_path("tracker", appauthor=False) / "ledger")


def _locale() -> str:
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(variable):
            return "zh" if os.environ[variable].startswith("zh") else "en"
    return "en"


def _login() -> str:
    for variable in ("LOGNAME", "USER"):
        if os.environ.get(variable):
            return os.environ[variable]
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())

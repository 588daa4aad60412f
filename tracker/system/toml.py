"""Parse TOML with limits; no other module imports the parser."""

import re
from decimal import Decimal
from typing import Any

_MOST_PARTS = 100
_PART = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_LONG_KEY = rf"(?<![\w.'\"-]){_PART}(?:[ \t]*\.[ \t]*{_PART}){{{_MOST_PARTS}}}"
_MOST_DIGITS = 4300
"""Digits up to which Python reads a whole number."""


def parse_toml(text: str, parse_float: Any = Decimal) -> dict[str, Any]:  # noqa: ANN401  # a function
    """Return the tables of a text.

    Args:
        text: the text.
        parse_float: makes a number of its digits.

    Raises:
        ValueError: it is no TOML, or holds a key or a number that would take very long to read.
        RecursionError: it is nested too deeply.
    """
    import tomllib

    from tracker.locale.translation import _

    # For each part of a key the parser goes through all those before: 20,000 take 20 seconds.
    if re.search(_LONG_KEY, text):
        raise ValueError(_("a key in it has more than {count} parts").format(count=_MOST_PARTS))
    try:
        return tomllib.loads(text, parse_float=parse_float)
    except ValueError as error:
        if "int_max_str_digits" not in str(error):
            raise
        sentence = _("a number in it has more than {count} digits").format(count=_MOST_DIGITS)
        raise ValueError(sentence) from None

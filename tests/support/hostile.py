"""Hostile texts that an office may be sent, each of which must stay a text."""

import re

RAW = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Characters that act on a terminal without being seen; no output holds any of them."""

FAMILY = "👨\u200d👩\u200d👧"

TEXTS = {
    "colour": "\x1b[31mred\x1b[0m",
    "link": "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;cm0gLXJmIH4=\x07",
    "title": "\x1b]0;title\x07",
    "tag": "[red]x[/red]",
    "closing tag": "[/x]",
    "emoji name": ":100:",
    "formula": "=cmd|' /C calc'!A0",
    "formula behind spaces": " \u3000=1+1",
    "full-width formula": "＝1+1",
    "guard": "'=1+1",
    "newlines": "one\ntwo\r\nthree\tfour",
    "nul": "a\x00b",
    "override": "txt.\u202eexe",
    "isolate": "\u2066x\u2069\u061c\u200e",
    "zero width": "a\u200bb\ufeffc\u2060d",
    "tags": "a\U000e0041b",
    "c1": "a\x85b\x9b31mc\x7f",
    "separators": "a\u2028b\u2029c",
    "shell": "$(touch pwned); `touch pwned` && touch pwned #",
    "quotes": "';touch pwned;'\"\\",
    "way out": "../../etc/passwd",
    "image": "<img src=x onerror=alert(1)>\"'",
    "address of a script": "javascript:alert(1)",
    "script": "<script>alert(1)</script>&copy;",
    "pipes": "| a | b |\\| c `d` **e** _f_ ~~g~~ # h ![i](j) $k$",
    "list": "1. x",
    "address": "see https://example.org/a_b or www.a_b.example",
    "family": f"{FAMILY} ❤\ufe0f 👍🏽",
    "accents": "e\u0301" * 30,
    "surrogate": "a\ud800b市",
    "long": "水" * 20_000,
    "very long": "供水 pipes " * 100_000,
}
"""Hostile texts, by what each tries to do."""

"""Compare names as people type them: whatever their width, case, quotes, dots and spaces."""

import re
from functools import lru_cache
from unicodedata import normalize

_IGNORED = (
    "["
    r"\s\u00ad\u200b-\u200d\u2060\ufeff"  # spaces, seen or not
    "\"'`‘’‚‛“”„‟′‵«»‹›「」『』《》〈〉〝〞〟"  # quotes and title marks
    "·‧•∙⋅・"  # middle dots
    r"\-‐‑‒–—―−⁃"  # hyphens and dashes
    "]+"
)


@lru_cache(maxsize=4096)
def fold_name(text: str) -> str:
    """Return a text as names are compared: 直播+十大行动 finds 品质市中“直播+”十大行动.

    What consists of nothing but the signs that are left out stays as it is.
    """
    folded = fold_case_of_name(text)
    return re.sub(_IGNORED, "", folded) or folded


def fold_case_of_name(text: str) -> str:
    """Return a text as ids are compared: whatever its width and case."""
    if text.isascii():
        return text.casefold()
    # The case of some letters is only there after the first, and the width after the second.
    return normalize("NFKC", normalize("NFKC", text).casefold())


def compose_text(text: str) -> str:
    """Return a text with each letter and its marks as one sign, where there is one: é is one."""
    return text if text.isascii() else normalize("NFC", text)

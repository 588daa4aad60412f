"""Translate the sentences for people.

Message ids are the English sentences. A catalogue is a compiled gettext file
``<language>/LC_MESSAGES/tracker.mo`` beside this module; without one the English
sentences are used. ``tools/translations.py`` finds the sentences and compiles the catalogue.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gettext import GNUTranslations

_catalogue: "GNUTranslations | None" = None
"""The catalogue of the language in use; None: the sentences are used as they are."""
_names: Mapping[str, str] = {}


def use_language(language: str, catalogues: Path = Path(__file__).parent) -> None:
    """Translate into ``language`` ("en", "zh") from now on; English if it has no catalogue."""
    global _catalogue, _names  # noqa: PLW0603  # a process has one language
    _catalogue, _names = None, {}
    path = catalogues / language / "LC_MESSAGES" / "tracker.mo"
    if path.is_file():
        from gettext import GNUTranslations

        with path.open("rb") as stream:
            _catalogue = GNUTranslations(stream)


@contextmanager
def using_language(language: str) -> Iterator[None]:
    """Translate into another language while the block runs; words of the user's own stay."""
    global _catalogue, _names  # a process has one language
    before = _catalogue, _names
    use_language(language)
    use_own_words(before[1])
    try:
        yield
    finally:
        _catalogue, _names = before


def use_own_words(names: Mapping[str, str]) -> None:
    """Use words of the user's own for these words, whatever the language."""
    global _names  # noqa: PLW0603  # a process has one set of words
    _names = {**_names, **names}


def _(sentence: str) -> str:
    """Translate a sentence into the language in use."""
    # A catalogue translates the empty text into its own header.
    if _catalogue is None or not sentence:
        return _names.get(sentence) or sentence
    return _names.get(sentence) or _catalogue.gettext(sentence)


def _n(one: str, many: str, count: int) -> str:
    """Translate a sentence for a count into the language in use."""
    if _catalogue is None:
        return one if count == 1 else many
    return _catalogue.ngettext(one, many, count)


def _p(context: str, sentence: str) -> str:
    """Translate a sentence whose words alone are ambiguous into the language in use.

    Args:
        context: distinguishes it from the same English words elsewhere; never shown.
        sentence: the English words.
    """
    return sentence if _catalogue is None else _catalogue.pgettext(context, sentence)


def translate_word(field: str, word: str) -> str:
    """Translate a word of a vocabulary as it is meant in a field, e.g. ``level`` of a sum."""
    meant = _p(field, word)
    return meant if meant != word else _(word)


def translate_status(status: str) -> str:
    """Translate how firm a report is; scripts write in_progress, people in progress."""
    return translate_word("status", status).replace("_", " ")


def join_words(words: Iterable[str]) -> str:
    """Join words to a list as the language in use writes one."""
    return _(", ").join(words)


def later(sentence: str) -> str:
    """Mark an English sentence for the catalogue; pass it through ``_`` when it is shown."""
    return sentence

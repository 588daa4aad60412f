"""The functions that every sentence for a person passes through.

Message ids are the English sentences. A catalogue is a compiled gettext file
``<language>/LC_MESSAGES/tracker.mo`` beside this module; without one the English
sentences are used. ``tools/translations.py`` finds the sentences and compiles the catalogue.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

_catalogue = NullTranslations()
_names: Mapping[str, str] = {}


def use(language: str, catalogues: Path = Path(__file__).parent) -> None:
    """Speak ``language`` ("en", "zh") from now on; English where there is no catalogue."""
    global _catalogue, _names  # noqa: PLW0603  # the language of a process is one thing
    _catalogue, _names = NullTranslations(), {}
    path = catalogues / language / "LC_MESSAGES" / "tracker.mo"
    if path.is_file():
        with path.open("rb") as stream:
            _catalogue = GNUTranslations(stream)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak another language for as long as the block runs; the words of the place stay."""
    global _catalogue, _names  # the language of a process is one thing
    before = _catalogue, _names
    use(language)
    call(before[1])
    try:
        yield
    finally:
        _catalogue, _names = before


def call(names: Mapping[str, str]) -> None:
    """Use the words of a place for these words, whatever the language."""
    global _names  # noqa: PLW0603  # the words of a process are one thing
    _names = {**_names, **names}


def _(sentence: str) -> str:
    """The sentence in the language in use."""
    # What a catalogue says of nothing is its own head.
    return _names.get(sentence) or (_catalogue.gettext(sentence) if sentence else "")


def _n(one: str, many: str, count: int) -> str:
    """The sentence for a count, in the language in use."""
    return _catalogue.ngettext(one, many, count)


def _p(context: str, sentence: str) -> str:
    """The sentence in the language in use, where its words alone say too little.

    Args:
        context: what tells it from the same English words elsewhere; never shown.
        sentence: the English words.
    """
    return _catalogue.pgettext(context, sentence)


def later(sentence: str) -> str:
    """The English sentence, to be found now and passed through ``_`` when it is shown."""
    return sentence

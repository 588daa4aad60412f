"""The one function that every sentence for a person passes through.

Message ids are the English sentences. A catalogue is a compiled gettext file
``<language>/LC_MESSAGES/tracker.mo`` beside this module; without one the English
sentence is used, and the gettext module is not even imported.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_translate: Callable[[str], str] = str
_names: Mapping[str, str] = {}


def use(language: str, catalogues: Path = Path(__file__).parent) -> None:
    """Speak ``language`` ("en", "zh") from now on; English where there is no catalogue."""
    global _translate  # noqa: PLW0603  # the language of a process is one thing
    _translate = str
    path = catalogues / language / "LC_MESSAGES" / "tracker.mo"
    if path.is_file():
        from gettext import GNUTranslations

        with path.open("rb") as stream:
            _translate = GNUTranslations(stream).gettext


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak another language for as long as the block runs; the words of the place stay."""
    global _translate  # noqa: PLW0603  # the language of a process is one thing
    before = _translate
    use(language)
    call(_names)
    try:
        yield
    finally:
        _translate = before


def call(names: Mapping[str, str]) -> None:
    """Use the words of a place for these words, whatever the language."""
    global _translate, _names  # noqa: PLW0603  # the words of a process are one thing
    _names = names
    if names:
        translate = _translate
        _translate = lambda sentence: names.get(sentence) or translate(sentence)  # noqa: E731


def _(sentence: str) -> str:
    """The sentence in the language in use."""
    return _translate(sentence)

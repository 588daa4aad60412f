"""The one function that every sentence for a person passes through.

Message ids are the English sentences. A catalogue is a compiled gettext file
``<language>/LC_MESSAGES/tracker.mo`` beside this module; without one the
English sentence is used, and the gettext module is not even imported.
"""

from pathlib import Path

_catalogue: dict[str, str] = {}


def use(language: str) -> None:
    """Speak ``language`` ("en", "zh", "zh_CN") from now on; English if unknown."""
    _catalogue.clear()
    for name in (language, language.partition("_")[0]):
        path = Path(__file__).parent / name / "LC_MESSAGES" / "tracker.mo"
        if name and path.is_file():
            from gettext import GNUTranslations

            with path.open("rb") as stream:
                translations = GNUTranslations(stream)
            _catalogue.update({str(k): str(v) for k, v in translations._catalog.items()})  # type: ignore[attr-defined]  # noqa: SLF001
            return


def _(sentence: str) -> str:
    """The sentence in the language in use."""
    return _catalogue.get(sentence, sentence)

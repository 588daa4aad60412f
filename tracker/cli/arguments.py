"""Parse a word of a closed vocabulary, or a source, as a person types it."""

from collections.abc import Sequence

from tracker.errors import InvalidInput, shorten_text
from tracker.locale.translation import _, join_words, translate_word
from tracker.model.records import Source
from tracker.model.vocabulary import VOCABULARY


def parse_choice(
    field: str, typed: str, flag: str = "", allowed: Sequence[str] | None = None
) -> str:
    """Return the stored word for one that is typed, in English or as it is shown.

    Args:
        field: the name of the vocabulary.
        typed: what was typed.
        flag: how the error calls it; "" is the flag with the name of the field.
        allowed: the words that may be typed; None: those of the vocabulary.

    Raises:
        InvalidInput: it is no word of the vocabulary.
    """
    words = VOCABULARY[field] if allowed is None else allowed
    shown = {_(word): word for word in words}
    shown |= {translate_word(field, word): word for word in words}
    word = typed if typed in words else shown.get(typed)
    if word is None:
        raise InvalidInput(
            _('{name} is "{found}"; allowed: {allowed}.').format(
                name=flag or f"--{field}",
                found=shorten_text(typed),
                allowed=join_words(_format_choice(field, word) for word in words),
            )
        )
    return word


def parse_source_argument(text: str | None) -> Source | None:
    """Parse ``DOCUMENT`` or ``DOCUMENT: place in it``; None stays None.

    Raises:
        InvalidInput: no document is named.
    """
    if text is None:
        return None
    from tracker.exchange.fields import parse_source_field

    source = parse_source_field(text)
    if source is None:
        raise InvalidInput(_("--source names no document; write DOCUMENT or DOCUMENT:PLACE."))
    return source


def _format_choice(field: str, word: str) -> str:
    """Format a stored word with its translation behind it, if it has another one."""
    shown = translate_word(field, word)
    return word if shown == word else _("{word} ({shown})").format(word=word, shown=shown)

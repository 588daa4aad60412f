"""What people type for a word of a closed vocabulary or a source, and what is stored for it."""

from tracker.errors import InvalidInput, shortened
from tracker.locale.translation import _
from tracker.model.records import Source
from tracker.model.vocabulary import VOCABULARY


def stored(field: str, typed: str, flag: str = "") -> str:
    """The word that is stored for one that was typed, in English or as it is shown.

    Args:
        field: the name of the vocabulary.
        typed: what was typed.
        flag: what the call names it; "" for the flag of that name.

    Raises:
        InvalidInput: it is neither.
    """
    words = VOCABULARY[field]
    shown = {_(each): each for each in words}
    found = typed if typed in words else shown.get(typed)
    if found is None:
        raise InvalidInput(
            _('{name} is "{found}"; allowed: {allowed}.').format(
                name=flag or f"--{field}",
                found=shortened(typed),
                allowed=", ".join(map(_listed, words)),
            )
        )
    return found


def cited(text: str | None) -> Source | None:
    """The source that ``DOCUMENT`` or ``DOCUMENT: place in it`` names.

    Raises:
        InvalidInput: no document is named.
    """
    if text is None:
        return None
    document, _colon, locator = text.partition(":")
    if not document.strip():
        raise InvalidInput(_("--source names no document; write DOCUMENT or DOCUMENT:PLACE."))
    return Source(document=document.strip(), locator=locator.strip() or None)


def _listed(word: str) -> str:
    """A word beside the one that is shown for it, where that is another one."""
    shown = _(word)
    return word if shown == word else _("{word} ({shown})").format(word=word, shown=shown)

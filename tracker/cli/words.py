"""The words of the closed vocabularies as people type them: as they are stored, or as shown."""

from tracker.errors import InvalidInput, shortened
from tracker.locale import _
from tracker.vocabulary import VOCABULARY


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


def _listed(word: str) -> str:
    """A word beside the one that is shown for it, where that is another one."""
    shown = _(word)
    return word if shown == word else _("{word} ({shown})").format(word=word, shown=shown)

"""Many changes are held as JSON and are the list that they were added to."""

from decimal import Decimal

import msgspec
import pytest

from tracker.errors import InvalidInput
from tracker.model.codec import encode
from tracker.model.commits import Change, build_append, build_creation
from tracker.model.records import Indicator, Update
from tracker.storage.changes import ChangeList


def creation(number: int) -> Change:
    return build_creation(Indicator(id=f"a.n{number}", name="长度", target=Decimal("1.50")))


@pytest.mark.parametrize("most_unpacked", [0, 2, 9])
def test_they_are_a_list(monkeypatch: pytest.MonkeyPatch, most_unpacked: int) -> None:
    monkeypatch.setattr(ChangeList, "most_unpacked", most_unpacked)
    changes, wanted = ChangeList(), [creation(number) for number in range(4)]
    assert not changes
    for change in wanted:
        changes.append(change)
    assert [*changes] == wanted
    assert (len(changes), changes[0], changes[-1]) == (4, wanted[0], wanted[-1])
    assert changes[1:3] == wanted[1:3]
    assert list(reversed(changes)) == wanted[::-1]
    with pytest.raises(IndexError):
        changes[4]


def test_they_can_be_lines() -> None:
    changes, wanted = ChangeList(), [creation(number) for number in range(3)]
    for change in wanted:
        changes.append_line(encode(change))
    assert [*changes] == wanted
    with pytest.raises(msgspec.ValidationError):
        changes.append_line(b"{}")
    assert len(changes) == 3


def test_what_could_not_be_read_again_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ChangeList, "most_unpacked", 0)
    changes = ChangeList()
    wrong = Update(id="u", on="2026-01-31", value=Decimal("NaN"))  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="no number"):
        changes.append(build_append("a.n", wrong))

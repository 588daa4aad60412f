"""The records of a large merge are held as JSON and come out as they were."""

from decimal import Decimal

import pytest

from tracker.ledger.merged_records import MergedKind, MergedRecords
from tracker.model.records import Indicator, Initiative


def indicator(number: int, name: str = "长度") -> Indicator:
    return Indicator(id=f"a.n{number}", name=name, target=Decimal("1.50"))


def test_records_come_out_as_they_were_set_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MergedRecords, "most_unpacked", 1)
    records = MergedRecords()
    owner, odd = Initiative(id="a", name="供水"), indicator(2, "\ud800")
    endless = Indicator(id="a.n3", name="NaN", target=Decimal("NaN"))
    kept: list[Initiative | Indicator] = [owner, indicator(1), odd, endless, indicator(4)]
    for record in kept:
        records[type(record), record.id] = record
    assert [each.id for each in records.values()] == [each.id for each in kept]
    assert records[Indicator, "a.n1"] == indicator(1)
    assert records[Initiative, "a"] == owner
    of_kind = MergedKind(records, Initiative)
    assert (dict(of_kind), len(of_kind), "b" in of_kind) == ({"a": owner}, 1, False)
    # What cannot be written as JSON is held as it is.
    assert records[Indicator, "a.n2"] is odd
    assert records[Indicator, "a.n3"] is endless
    assert (len(records), (Indicator, "a.n5") in records) == (len(kept), False)
    taken = records.pop((Indicator, "a.n4"))
    assert taken == indicator(4)
    assert (Indicator, "a.n4") not in records


def test_what_is_done_to_a_packed_record_stays_only_if_it_is_set_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(MergedRecords, "most_unpacked", 0)
    records = MergedRecords()
    key = Indicator, "a.n1"
    records[key] = indicator(1)
    records[Indicator, "a.n2"] = indicator(2)
    changed = records[key]
    assert isinstance(changed, Indicator)
    changed.name = "深度"
    assert records[key] == indicator(1)
    records[key] = changed
    assert records[key] == changed


def test_a_record_of_many_rows_is_packed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MergedRecords, "most_unpacked", 0)
    records = MergedRecords()
    for number in (1, 2):
        for name in ("甲", "乙", "丙"):
            records[Indicator, f"a.n{number}"] = indicator(number, name)
    assert records[Indicator, "a.n1"] == indicator(1, "丙")
    assert records[Indicator, "a.n2"] == indicator(2, "丙")
    assert len(records._spool) == 1  # noqa: SLF001  # what nobody asks for would fill the disk

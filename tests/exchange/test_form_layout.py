"""Heads, keys and locked cells of forms, apart from any file."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import InvalidInput
from tracker.exchange.form_layout import (
    HEADS,
    LOCKED,
    FormKey,
    find_column_of_form_head,
    format_form_key,
    format_locked_form_cells,
    is_same_locked_form_cell,
    parse_form_key,
    parse_locked_form_cells,
)
from tracker.exchange.reported_rows import read_reported_file
from tracker.ledger.identity import identify_ledger
from tracker.model.periods import Period
from tracker.storage.memory import MemoryStore

JUNE = Period(date(2025, 6, 1), date(2025, 6, 30))


def test_every_head_is_known_in_both_languages_however_it_is_typed() -> None:
    for key, heads in HEADS.items():
        for head in (key, *heads):
            for typed in (head, f" {head.upper()} ", f"{head}（%）", f"{head}：", f"*{head}"):
                assert find_column_of_form_head(typed) == key
    assert find_column_of_form_head("别的") is None


@given(st.dictionaries(st.sampled_from(LOCKED), st.text(max_size=300)))
def test_locked_cells_and_keys_come_back(cells: dict[str, str]) -> None:
    locked = format_locked_form_cells(cells)
    sent = parse_locked_form_cells(locked)
    assert all(is_same_locked_form_cell(key, sent[key], text) for key, text in cells.items())
    key = FormKey("1a2b3c4d", "ljxq.dt", JUNE)
    assert parse_form_key(format_form_key(key, locked), locked) == key


@pytest.mark.parametrize("text", ["", "x", "[]", '{"unit": 3}'])
def test_what_are_no_locked_cells_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="hidden key"):
        parse_locked_form_cells(text)


@pytest.mark.parametrize(
    ("column", "sent", "cell", "is_same"),
    [
        ("before", "0.5", "0.50", True),
        ("before", "1200", "1,200", True),
        ("expected", "49.5%", "49.50%", True),
        ("name", "A  B", "Ａ B", True),
        ("name", "=A", "'=A", True),
        ("light", "red", "红灯", True),
        ("light", "red", "绿灯", False),
        ("name", "加装电梯", "加装扶梯", False),
        ("before", "5", "6", False),
        ("before", "5", "", False),
    ],
)
def test_a_locked_cell_is_the_same_however_it_is_saved(
    column: str, sent: str, cell: str, *, is_same: bool
) -> None:
    assert is_same_locked_form_cell(column, sent, cell) is is_same


def test_a_head_far_down_is_none() -> None:
    table = "x,y\n" * 40 + "指标,本期值\n"
    with pytest.raises(InvalidInput, match="row of heads"):
        read_reported_file(table.encode(), "t.csv", "", may_be_lines=False)


def test_an_empty_ledger_has_no_mark() -> None:
    store = MemoryStore()
    store.create()
    with store.view() as view:
        assert identify_ledger(view) == ""

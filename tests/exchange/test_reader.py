"""Files and words that come in: what is understood, and what is said where it is not."""

import contextlib
import json
import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import hypothesis
import pytest
from hypothesis import settings
from hypothesis import strategies as st

from tracker.errors import InvalidInput
from tracker.exchange.batches import FILE_FORMS, FILE_LIMIT, Batch, read_batch
from tracker.exchange.entries import identify_exchange_entry
from tracker.exchange.fields import (
    FieldReader,
    build_deadline_field,
    build_record_from_fields,
    build_worded_deadline_field,
    parse_revised_target_fields,
    parse_target_fields,
)
from tracker.exchange.wordings import find_day_by_wording_in_batch
from tracker.ledger.merge import find_conflicting_fields, list_set_merge_fields
from tracker.model.records import (
    Deadline,
    Decision,
    Document,
    Indicator,
    Initiative,
    Interim,
    Item,
    Revision,
    Source,
    Update,
)
from tracker.model.validation import Problem

DAY = date(2023, 6, 30)
PLAIN: dict[str, Any] = {
    "schema": 1,
    "documents": [{"id": "d", "title": "报告", "published": "2023-01-10"}],
    "items": [
        {
            "id": "pipes",
            "name": "农村供水管网改造",
            "indicators": [
                {
                    "id": "share",
                    "name": "改造率",
                    "target": 62.10,
                    "source": {"document": "d"},
                    "updates": [{"on": "2023-06-30", "value": 60}],
                }
            ],
        }
    ],
}


def of_json(value: object) -> Batch:
    return read_batch(json.dumps(value, ensure_ascii=False).encode(), "json")


def refused(data: bytes, form: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_batch(data, form)
    return caught.value.sentence


def sentences(**fields: Any) -> list[str]:  # noqa: ANN401  # of any kind
    """What is wrong with an item of these fields."""
    return [each.sentence for each in of_json([{"id": "pipes", "name": "x", **fields}]).problems]


def of_indicator(**fields: Any) -> list[str]:  # noqa: ANN401  # of any kind
    return sentences(indicators=[{"id": "share", "name": "x", **fields}])


def test_json_becomes_records() -> None:
    documents, items, problems, _papers = of_json(PLAIN)
    assert problems == []
    assert documents == [Document(id="d", title="报告", published=date(2023, 1, 10))]
    (indicator,) = items[0].indicators
    assert indicator.id == "pipes.share"
    assert (indicator.target, indicator.source) == (Decimal("62.1"), Source(document="d"))
    assert indicator.updates[0].value == Decimal(60)
    assert len(indicator.updates[0].id) == 12


def test_a_list_at_the_top_holds_items() -> None:
    assert of_json(PLAIN["items"]).items == of_json(PLAIN).items
    assert of_json([]) == Batch([], [], [])


def test_the_three_forms_say_the_same() -> None:
    lines = [*PLAIN["documents"], *PLAIN["items"]]
    jsonl = "\n\n".join(json.dumps(each, ensure_ascii=False) for each in lines) + "\n"
    toml = """
        [[documents]]
        id = "d"
        title = "报告"
        published = 2023-01-10
        [[items]]
        id = "pipes"
        name = "农村供水管网改造"
        [[items.indicators]]
        id = "share"
        name = "改造率"
        target = 62.10
        source = { document = "d" }
        updates = [{ on = 2023-06-30, value = 60 }]
    """
    assert read_batch(jsonl.encode(), "jsonl") == of_json(PLAIN)
    assert read_batch(toml.encode(), "toml") == of_json(PLAIN)
    assert read_batch(b"", "jsonl") == Batch([], [], [])


def test_a_byte_order_mark_is_passed_over() -> None:
    data = json.dumps(PLAIN).encode("utf-8-sig")
    assert read_batch(data, "json") == of_json(PLAIN)


def test_a_line_may_hold_other_line_separators() -> None:
    item = {"id": "a", "name": "x", "notes": "一\u2028二\x85三"}
    line = json.dumps(item, ensure_ascii=False).encode()
    assert read_batch(line, "jsonl").items[0].notes == item["notes"]


def test_numbers_keep_every_digit() -> None:
    digits = "123456789012345678901234567890"
    data = f'[{{"id": "a", "indicators": [{{"id": "n", "target": {digits}, "baseline": 62.10}}]}}]'
    (item,) = read_batch(data.encode(), "json").items
    assert str(item.indicators[0].target) == digits
    assert str(item.indicators[0].baseline) == "62.10"


@pytest.mark.parametrize("form", ["json", "toml"])
def test_numbers_too_long_are_left_to_the_judge(form: str) -> None:
    """Five thousand digits are one wrong field, and not the end of the file."""
    digits = "1" * 5000
    data = {
        "json": f'[{{"id": "a", "indicators": [{{"id": "n", "target": {digits}}}]}}]',
        "toml": f'[[items]]\nid = "a"\nindicators = [{{ id = "n", target = {digits}.0 }}]',
    }[form]
    assert read_batch(data.encode(), form).items[0].indicators[0].target == Decimal(digits)
    huge = read_batch(data.replace(digits, "1e400").replace("e400.0", "e400").encode(), form)
    assert huge.items[0].indicators[0].target == Decimal("1e400")


@pytest.mark.parametrize(
    ("data", "form", "reason"),
    [
        (b"", "json", "The file is not JSON: Expecting value"),
        (b"{", "json", "The file is not JSON: Expecting property name"),
        (b'{"items": [NaN]}', "json", "The file is not JSON: NaN is no number."),
        (b'[{"target": -Infinity}]', "json", "The file is not JSON: -Infinity is no number."),
        (b"[1e99999999999999999999]", "json", "The file is not JSON: 1e99999999999999999999 is no"),
        (b"[" * 100_000, "json", "The file is not JSON: it is nested too deeply."),
        (b"x = " + b"[" * 100_000, "toml", "The file is not TOML: it is nested too deeply."),
        (b"x = " + b"1" * 5000, "toml", "The file is not TOML: a number in it has"),
        (b"items = ", "toml", "The file is not TOML: Invalid value"),
        (b"x = 1\nx = 2", "toml", "The file is not TOML: Cannot overwrite a value"),
        (b'{"id": "a"}\n{"id"\n', "jsonl", "The file is not JSONL: line 2: Expecting ':'"),
        (b"\xff\xfe", "json", "The file is not UTF-8: byte 1 is 0xff; save it as UTF-8."),
        ("农村".encode("gbk"), "toml", "The file is not UTF-8: byte 3 is 0xb4; save it as UTF-8."),
        (b"5", "json", "The file holds 5; allowed: an object with items, or a list of items."),
        (b"{}", "json", "The file has no items at its top; allowed: schema, as_of, documents"),
        (b"", "toml", "The file has no items at its top;"),
        (b'{"item": []}', "json", 'The file has "item" at its top; allowed: schema,'),
        (b'{"items": {}}', "json", "items is {}; allowed: a list."),
        (b'{"documents": 5}', "json", "documents is 5; allowed: a list."),
        (b'{"schema": 2, "items": []}', "json", "The file has schema 2, this program reads 1."),
        (b'{"schema": true, "items": []}', "json", "The file has schema True, this program reads"),
        (b'{"schema": "1", "items": []}', "json", 'The file has schema "1", this program reads 1.'),
        (b'[{"id": "a", "name": "x", "name": "y"}]', "json", 'a has the field "name" twice'),
        (b'[{"on": 1, "on": 2}]', "json", 'an object has the field "on" twice; remove one.'),
    ],
)
def test_a_file_that_is_none(data: bytes, form: str, reason: str) -> None:
    assert reason in refused(data, form)


def test_a_file_has_a_limit() -> None:
    assert FILE_LIMIT == 100_000_000
    sentence = "The file has more than 100000000 bytes; split it."
    assert refused(b" " * (FILE_LIMIT + 1), "json") == sentence


def test_what_is_wrong_is_said_of_every_record() -> None:
    batch = of_json(
        {
            "documents": [{"id": "d"}, {"title": "x"}],
            "items": [{"id": "a", "name": "x", "kind": "x"}, {"id": "b", "name": "x"}, {"name": 5}],
        }
    )
    assert [each.id for each in batch.items] == ["b"]
    assert batch.documents == []
    assert [(each.record, each.sentence) for each in batch.problems] == [
        ("d", 'd: "title" is missing in the record'),
        ("", 'a record without id: "published" is missing in the record'),
        (
            "a",
            (
                'a: kind is "x"; allowed: strategy, plan, programme, project, action, platform,'
                " campaign, mechanism, policy, brand, initiative"
            ),
        ),
        ("5", "5: name is 5; allowed: a text"),
    ]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"leader": "x"},
            '"leader" is no field of the record; allowed: id, name, aliases, kind, category, level',
        ),
        ({"leads": "x"}, 'leads is "x"; allowed: a list'),
        (
            {"lead": "住建局、城管局", "leads": ["住建局"]},
            'lead is "住建局、城管局", but leads are "住建局"; leave one out, or correct it',
        ),
        ({"name": 5}, "name is 5; allowed: a text"),
        ({"tags": "x"}, 'tags is "x"; allowed: a list'),
        ({"tags": [1]}, "tags[0] is 1; allowed: a text"),
        ({"kind": 3}, "kind is 3; allowed: strategy, plan"),
        ({"state": "done"}, 'state is "done"; allowed: active, suspended, cancelled, closed'),
        ({"recorded_at": "2023-06-30"}, "a moment like 2026-06-30T08:00:00+08:00"),
        ({"recorded_at": "2023-06-30T08:00:00"}, "a moment like 2026-06-30T08:00:00+08:00"),
        ({"indicators": [5]}, "indicators[0] is 5; allowed: an object with fields"),
        ({"sources": [{"locator": "x"}]}, '"document" is missing in sources[0]'),
        (
            {"sources": [{"document": "d", "page": 3}]},
            '"page" is no field of sources[0]; allowed: ',
        ),
    ],
)
def test_a_wrong_field_of_an_initiative(fields: dict[str, Any], sentence: str) -> None:
    (said,) = sentences(**fields)
    assert said.startswith("pipes: ")
    assert sentence in said


def test_everything_wrong_with_a_record_is_said_at_once() -> None:
    said = sentences(
        name=5,
        tags="x",
        colour="red",
        sources=[{"locator": "x"}],
        indicators=[
            {"id": "a", "name": 7, "target": "85", "size": 1, "deadline": {"on": "x"}},
            {"id": "b", "name": "x", "unit": 3, "updates": [{"on": "2026-01-01", "value": "5"}]},
        ],
        lead=8,
    )
    for sentence in (
        "pipes: name is 5;",
        'pipes: tags is "x";',
        'pipes: "colour" is no field of the record;',
        'pipes: "document" is missing in sources[0]',
        "pipes: indicators[0].name is 7;",
        'pipes: indicators[0].target is "85";',
        'pipes: "size" is no field of indicators[0];',
        'pipes: indicators[0].deadline.on is "x";',
        "pipes: lead is 8;",
    ):
        assert len([each for each in said if each.startswith(sentence)]) == 1, sentence
    assert len(said) == len(set(said))


def test_a_field_that_is_left_out_is_not_called_missing() -> None:
    assert [each.partition(";")[0] for each in sentences(id=5)] == ["5: id is 5"]


def test_what_is_wrong_with_one_record_has_an_end() -> None:
    assert len(sentences(**{f"field{n}": n for n in range(100)})) == 20


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"target": "85"}, 'target is "85"; allowed: a number'),
        ({"target": "NaN"}, 'target is "NaN"; allowed: a number'),
        ({"target": True}, "target is True; allowed: a number"),
        ({"target": [1]}, "target is [Decimal('1')]; allowed: a number"),
        ({"approximate": 1}, "approximate is 1; allowed: true or false"),
        ({"start": "2023-13-01"}, 'start is "2023-13-01"; allowed: a day like 2026-06-30'),
        ({"start": 2023}, "start is 2023; allowed: a day like 2026-06-30"),
        ({"measure": "percent"}, 'measure is "percent"; allowed: number, milestone'),
        ({"deadline": "2023-06-30"}, 'deadline is "2023-06-30"; allowed: an object with fields'),
        ({"deadline": {"on": "x"}}, 'deadline.on is "x"; allowed: a day like 2026-06-30'),
        ({"deadline": {"day": "x"}}, '"day" is no field of indicators[0].deadline; allowed: on,'),
        (
            {"deadline": {"basis": "x"}},
            'deadline.basis is "x"; allowed: stated, derived, assumed',
        ),
        ({"updates": [{"value": 5}]}, '"on" is missing in indicators[0].updates[0]'),
        (
            {"updates": [{"on": "2023-06-30", "value": "x"}]},
            '].updates[0].value is "x"; allowed: a',
        ),
        (
            {"updates": [{"on": "2023-06-30", "done": 1}]},
            "].updates[0].done is 1; allowed: true or",
        ),
        ({"interim": [{"on": "2023-06-30"}]}, '"value" is missing in indicators[0].interim[0]'),
    ],
)
def test_a_wrong_field_of_an_indicator(fields: dict[str, Any], sentence: str) -> None:
    (said,) = of_indicator(**fields)
    assert said.startswith("pipes: ")
    assert sentence in said


def test_wrong_in_toml_too() -> None:
    batch = read_batch(
        b"items = [5, { id = 'a', indicators = [{ id = 'n', target = true }] }]", "toml"
    )
    assert [each.sentence for each in batch.problems] == [
        "a record without id: the record is 5; allowed: an object with fields",
        "a: indicators[0].target is True; allowed: a number",
    ]
    moment = b"items = [{ id = 'a', indicators = [{ id = 'n', start = 2023-06-30T08:00:00 }] }]"
    (problem,) = read_batch(moment, "toml").problems
    assert problem.sentence.endswith("allowed: a day like 2026-06-30")


def test_deep_values_and_odd_ids_are_shown_short() -> None:
    deep: Any = []
    for _each in range(300):
        deep = [deep]
    (said,) = sentences(lead=deep)
    assert len(said) < 200
    (problem,) = of_json([{"id": "../x\x1b", "kind": "x"}]).problems
    assert problem.sentence.startswith('"../x\x1b": kind')
    (problem,) = of_json([{"id": 5}]).problems
    assert problem.sentence == "5: id is 5; allowed: a text"


def test_an_indicator_stands_under_its_initiative() -> None:
    items = [{"id": "a", "indicators": [{"id": "a.x"}, {"id": "b.x"}, {"id": 5}, 7]}]
    batch = of_json(items)
    assert [each.sentence for each in batch.problems] == [
        'a: an indicator of it has the id "b.x"; allowed: a.…',
        "a: indicators[2].id is 5; allowed: a text",
    ]
    assert of_json([{"id": "a", "indicators": 5}]).problems == [
        Problem(record="a", sentence="a: indicators is 5; allowed: a list")
    ]


def test_a_part_needs_no_name() -> None:
    (item,) = of_json([{"id": "a", "indicators": [{"id": "n"}]}]).items
    assert (item.name, item.indicators[0].name) == ("", "")


def test_an_entry_without_id_gets_that_of_what_it_says() -> None:
    update = Update(on=DAY, value=Decimal(5), source=Source(document="d", locator="第1页"))
    one = identify_exchange_entry(update)
    assert identify_exchange_entry(one) is one
    recorded = datetime(2023, 7, 1, tzinfo=UTC)
    again = Update(
        on=DAY,
        value=Decimal(5),
        source=Source(document="d"),
        note="改写",
        evidence=["x"],
        recorded_at=recorded,
        by="甲",
    )
    assert identify_exchange_entry(again).id == one.id
    others = [
        Update(on=DAY, value=Decimal(6), source=Source(document="d")),
        Update(on=DAY, value=Decimal(5), source=Source(document="e")),
        Update(on=DAY, value=Decimal(5)),
        Update(on=date(2023, 7, 1), value=Decimal(5), source=Source(document="d")),
    ]
    assert len({identify_exchange_entry(each).id for each in (update, *others)}) == 5
    assert len(identify_exchange_entry(Decision(on=DAY, state="closed", reason="\ud800")).id) == 12


@pytest.mark.parametrize(
    ("fields", "lead"),
    [
        ({"leads": ["住建局", "城管局"]}, "住建局、城管局"),
        ({"leads": ["住建局；城管局", " 住建局"]}, "住建局、城管局"),
        ({"lead": "住建局，城管局", "leads": ["城管局", "住建局"]}, "住建局，城管局"),
        ({"lead": "住建局", "leads": []}, "住建局"),
        ({"lead": None, "leads": []}, None),
        ({}, None),
    ],
)
def test_leads_may_be_a_list(fields: dict[str, Any], lead: str | None) -> None:
    batch = of_json({"items": [{"id": "a", "name": "x", **fields}]})
    assert batch.problems == []
    assert batch.items[0].lead == lead


def test_made_names_the_record_and_the_field() -> None:
    assert build_record_from_fields(
        Indicator, {"id": "a.n", "name": "x", "target": 5}
    ).target == Decimal(5)
    point = Interim(on=DAY, value=Decimal("0.10"))
    (kept,) = build_record_from_fields(
        Indicator, {"id": "a.n", "name": "x", "interim": [point]}
    ).interim
    assert str(kept.value) == "0.10"
    with pytest.raises(InvalidInput) as caught:
        build_record_from_fields(Indicator, {"id": "a.n", "name": "x", "op": "!"})
    assert caught.value.sentence == 'a.n: op is "!"; allowed: >=, >, <=, <, =, range.'
    with pytest.raises(InvalidInput) as caught:
        build_record_from_fields(Update, {"on": DAY, "state": "x"})
    assert caught.value.sentence.startswith(
        '"state" is no field of the record; allowed: id, on, source'
    )
    with pytest.raises(InvalidInput) as caught:
        build_record_from_fields(Initiative, {"id": "a", "name": None})
    assert caught.value.sentence == "a: name is null; allowed: a text."


TODAY = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("text", "deadline"),
    [
        ("2026-06", Deadline(on=date(2026, 6, 30))),
        ("+30d", Deadline(on=date(2026, 4, 14))),
        ("2025年底", Deadline(on=date(2025, 12, 31), wording="2025年底", basis="stated")),
        ("年底前", Deadline(on=date(2023, 12, 31), wording="年底前", basis="derived")),
        ("每年", Deadline(on=None, wording="每年", basis="stated")),
        ("每月底", Deadline(on=None, wording="每月底", basis="stated")),
        ("长期坚持", Deadline(on=None, wording="长期坚持", basis="stated")),
        ("尽快", Deadline(on=None, wording="尽快", basis="stated")),
        (
            "2024年前",
            Deadline(
                on=date(2023, 12, 31), wording="2024年前", basis="stated", loose=date(2024, 12, 31)
            ),
        ),
        (
            "三年内",
            Deadline(
                on=date(2026, 6, 30), wording="三年内", basis="derived", loose=date(2026, 12, 31)
            ),
        ),
    ],
)
def test_a_deadline_as_typed(text: str, deadline: Deadline) -> None:
    assert build_deadline_field(text, TODAY, DAY) == deadline


def test_a_deadline_of_no_document_is_of_this_year() -> None:
    assert build_deadline_field("年底前", TODAY, None).on == date(2026, 12, 31)


@pytest.mark.parametrize("text", ["soon", "胡言", "", "2026-02-30"])
def test_a_deadline_is_not_guessed(text: str) -> None:
    with pytest.raises(InvalidInput):
        build_deadline_field(text, TODAY, None)


def test_a_wording_keeps_its_other_reading() -> None:
    strict, loose = date(2023, 12, 31), date(2024, 12, 31)
    assert build_worded_deadline_field(strict, "2024年前", "stated", None).loose == loose
    assert build_worded_deadline_field(loose, "2024年前", "stated", None).loose == strict
    assert build_worded_deadline_field(strict, "2023年底", "stated", None).loose is None
    assert build_worded_deadline_field(strict, "条件成熟时", "assumed", None).loose is None
    assert build_worded_deadline_field(strict, None, "stated", None) == Deadline(on=strict)


@pytest.mark.parametrize(
    ("text", "unit", "fields"),
    [
        ("85%", None, {"target": "85", "unit": "%"}),
        ("85", None, {"target": "85", "unit": None}),
        ("85", "", {"target": "85", "unit": None}),
        ("85", "%", {"target": "85", "unit": "%"}),
        ("100余家", None, {"target": "100", "unit": "家", "op": ">="}),
        ("近100家", None, {"target": "100", "unit": "家", "approximate": True}),
        ("2万户", "户", {"target": "20000", "unit": "户"}),
        ("5000户", "万户", {"target": "0.5", "unit": "万户"}),
        ("200个以上", None, {"target": "200", "unit": "个", "op": ">="}),
        ("1—2万户", "户", {"target": "10000", "target_high": "20000", "unit": "户", "op": "range"}),
        ("-5—0", "℃", {"target": "-5", "target_high": "0", "unit": "℃", "op": "range"}),
        ("约40家", "家", {"target": "40", "unit": "家", "approximate": True}),
    ],
)
def test_a_target_as_printed(text: str, unit: str | None, fields: dict[str, Any]) -> None:
    found = parse_target_fields(text, unit)
    plain = {"target_high": None, "approximate": False, **fields}
    shown = {
        key: str(value) if isinstance(value, Decimal) else value for key, value in found.items()
    }
    assert shown == plain


def test_a_target_in_another_unit_is_refused() -> None:
    with pytest.raises(InvalidInput, match="cannot be converted"):
        parse_target_fields("5公里", "户")


def test_a_revised_target_changes_the_number_only() -> None:
    def indicator(**fields: Any) -> Indicator:  # noqa: ANN401  # of any kind
        return build_record_from_fields(
            Indicator, {"id": "a.n", "name": "x", "unit": "户", **fields}
        )

    both = {"target": Decimal(20000), "target_high": None}
    assert parse_revised_target_fields("2万户", indicator()) == both
    assert parse_revised_target_fields("2万户以上", indicator()) == both
    assert parse_revised_target_fields("2万户以上", indicator(op=">=")) == both
    assert parse_revised_target_fields("不超过2万户", indicator(direction="down")) == both
    assert parse_revised_target_fields("约2万户", indicator(approximate=True)) == both
    # A range becomes a number and back.
    ends = {"target": Decimal(1), "target_high": Decimal(2)}
    assert parse_revised_target_fields("1—2户", indicator(op=">=")) == ends
    number = {"target": Decimal(6), "target_high": None}
    wide = indicator(op="range", target=Decimal(3), target_high=Decimal(5))
    for text in ("6户以上", "6户", "不低于6户"):
        assert parse_revised_target_fields(text, wide) == number
    with pytest.raises(InvalidInput):
        parse_revised_target_fields("不超过6户", wide)
    for text, fields in (
        ("不超过5户", {}),
        ("5户以上", {"direction": "down"}),
        ("约5户", {}),
    ):
        with pytest.raises(InvalidInput) as caught:
            parse_revised_target_fields(text, indicator(**fields))
        assert caught.value.sentence == (
            "A revision changes the number of a.n and not how it is compared;"
            f' "{text}" says more; give the number alone.'
        )
    with pytest.raises(InvalidInput, match=r"a\.n has no unit; give the number alone"):
        parse_revised_target_fields("5户", indicator(unit=None))


def test_where_two_records_disagree() -> None:
    old = Initiative(id="a", name="甲", lead="水务局", tags=["x"], place="济南市")
    new = Initiative(id="a", name="", lead="水利局", tags=["y"], level="city")
    assert sorted(list_set_merge_fields(new)) == ["id", "lead", "level", "tags"]
    assert find_conflicting_fields(old, new) == {"lead": ("水务局", "水利局")}
    assert find_conflicting_fields(old, new, skip=("lead",)) == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "name", "indicators", "updates", "deadline", "items", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@hypothesis.given(plain=JSON, form=st.sampled_from(["json", "jsonl"]))
@settings(max_examples=200)
def test_any_json_is_read_or_refused(plain: object, form: str) -> None:
    data = json.dumps(plain, ensure_ascii=False).encode("utf-8", "surrogatepass")
    with contextlib.suppress(InvalidInput):
        assert isinstance(read_batch(data, form), Batch)


@hypothesis.given(data=st.binary(max_size=60), form=st.sampled_from(FILE_FORMS))
@settings(max_examples=200)
def test_any_bytes_are_read_or_refused(data: bytes, form: str) -> None:
    with contextlib.suppress(InvalidInput):
        assert isinstance(read_batch(data, form), Batch)


def test_toml_and_json_agree_on_whole_numbers() -> None:
    """What TOML reads as int is a Decimal as everywhere."""
    assert tomllib.loads("x = 60")["x"] == 60
    (item,) = read_batch(b"[[items]]\nid='a'\nindicators=[{id='n',target=60}]", "toml").items
    assert isinstance(item, Item)
    assert isinstance(item.indicators[0].target, Decimal)


def test_revisions_and_decisions_are_named_too() -> None:
    entry = {"on": "2023-06-30", "reason": "汛期停工"}
    item = {
        "id": "a",
        "decisions": [{**entry, "state": "suspended"}],
        "indicators": [
            {
                "id": "n",
                "revisions": [{**entry, "target": 5}],
                "decisions": [{**entry, "state": "closed"}],
            }
        ],
    }
    (read_item,) = of_json([item]).items
    (indicator,) = read_item.indicators
    ids = [each.id for each in (*read_item.decisions, *indicator.revisions, *indicator.decisions)]
    assert all(len(each) == 12 for each in ids)
    assert len(set(ids)) == 3
    assert isinstance(indicator.revisions[0], Revision)


def test_words_that_mean_a_day_which_is_past_are_remarked_on() -> None:
    remarks: list[str] = []
    reader = FieldReader(date(2026, 7, 1), lambda _source: None, remarks.append)
    past = date(2026, 3, 31)
    reader.remark_on_past("3月底", past, date(2026, 1, 1))
    reader.remark_on_past("2026年3月底", past, None)
    assert remarks == []
    reader.remark_on_past("3月底", past, None)
    sentence = (
        "'3月底' was read as 2026-03-31, which is past; if another year is meant, name the"
        " document with --source, or write the day."
    )
    assert remarks == [sentence]


@pytest.mark.parametrize(
    ("published", "day"), [("2026-01-08", date(2026, 1, 8)), ("2026", None), (None, None)]
)
def test_the_day_of_a_document_of_the_same_file(published: str | None, day: date | None) -> None:
    documents = ["words", {"id": "other"}, {"id": "plan", "title": "计划", "published": published}]
    for words in ("plan", "计划"):
        assert find_day_by_wording_in_batch(documents, Source(document=words)) == day
    assert find_day_by_wording_in_batch(documents, None) is None

"""What a record must be to be let in, and the sentence for each thing that is wrong."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tracker.exchange.fields import build_record_from_fields
from tracker.model.records import (
    Deadline,
    Decision,
    Document,
    Indicator,
    Initiative,
    Interim,
    Judgement,
    Revision,
    Source,
    Update,
)
from tracker.model.validation import (
    ID_LIMIT,
    NAME_LIMIT,
    NOTE_LIMIT,
    find_entry_problems,
    find_record_problems,
    list_documents_to_validate,
    quote_validated_id,
    quote_validated_value,
)

DAY = date(2023, 6, 30)


def wrong(record: Document | Initiative | Indicator) -> list[str]:
    return [each.sentence for each in find_record_problems(record)]


def initiative(**fields: Any) -> Initiative:  # noqa: ANN401  # of any kind
    return build_record_from_fields(
        Initiative, {"id": "pipes", "name": "农村供水管网改造", **fields}
    )


def number(**fields: Any) -> Indicator:  # noqa: ANN401  # of any kind
    return build_record_from_fields(Indicator, {"id": "pipes.share", "name": "改造率", **fields})


def milestone(**fields: Any) -> Indicator:  # noqa: ANN401  # of any kind
    return number(measure="milestone", **fields)


def test_records_as_they_should_be_have_no_problem() -> None:
    assert wrong(Document(id="2023-report", title="政府工作报告", published=DAY)) == []
    assert wrong(initiative(notes="两行\n\t文字", tags=["供水"])) == []
    updates = [
        Update(id="u1", on=DAY, value=Decimal("62.1")),
        Update(id="u2", on=DAY, voids="u1"),
        Update(id="u3", on=DAY, value=Decimal(60), period_start=DAY),
    ]
    assert wrong(number(direction="up", baseline=12, target=30, updates=updates)) == []
    assert wrong(number(direction="down", baseline=30, target=12)) == []
    assert wrong(number(direction="hold", baseline=12, target=12)) == []
    assert wrong(number(op="range", target=1, target_high=2)) == []
    assert wrong(milestone(updates=[Update(id="u", on=DAY, done=False)])) == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../x",
        "A",
        "Pipes",
        "١",
        "管网",
        "a b",
        "a--b",
        "-a",
        "a-",
        "a.b",
        "a\n",
        'a"b',
        "a" * 81,
    ],
)
def test_an_id_that_is_none(name: str) -> None:
    sentence = (
        f"id is {quote_validated_value(name)}; allowed: up to {ID_LIMIT} lower-case letters a-z,"
        " digits and single hyphens between them"
    )
    record = initiative(id=name)
    assert wrong(record)[0] == sentence
    assert len(wrong(Document(id=name, title="x", published=DAY))) >= 1


@pytest.mark.parametrize("name", ["pipes", "pipes.", ".share", "pipes.share.x", "pipes.Share"])
def test_an_id_of_an_indicator_that_is_none(name: str) -> None:
    (sentence,) = wrong(number(id=name))
    assert f'id is "{name}"; allowed: initiative.indicator' in sentence


def test_a_name_is_needed() -> None:
    assert wrong(initiative(name=" ")) == ["pipes: name is missing; a new record needs one"]
    assert wrong(Document(id="d", title="", published=DAY)) == [
        "d: title is missing; a new record needs one"
    ]


def test_limits_on_texts() -> None:
    assert wrong(initiative(name="长" * NAME_LIMIT)) == []
    assert wrong(initiative(name="长" * (NAME_LIMIT + 1))) == [
        "pipes: name has 10001 characters; allowed: 10000"
    ]
    assert wrong(initiative(notes="长" * NOTE_LIMIT)) == []
    assert wrong(initiative(notes="长" * (NOTE_LIMIT + 1))) == [
        "pipes: notes has 1000001 characters; allowed: 1000000"
    ]
    assert wrong(initiative(aliases=["甲", "长" * (NAME_LIMIT + 1)])) == [
        "pipes: aliases[1] has 10001 characters; allowed: 10000"
    ]


@pytest.mark.parametrize("bad", ["\x00", "\x1b[31m", "\r", "\x7f", "\x9b", "\ud800"])
def test_control_characters_are_in_no_text(bad: str) -> None:
    found = ascii(bad[0])
    assert wrong(initiative(lead=f"水务局{bad}", notes=bad)) == [
        f"pipes: lead holds the control character {found}; allowed: printable text",
        f"pipes: notes holds the control character {found}; allowed: printable text",
    ]


def test_a_name_is_one_line_and_a_note_many() -> None:
    assert wrong(initiative(name="a\nb", notes="a\nb\tc")) == [
        "pipes: name holds the control character '\\n'; allowed: printable text"
    ]
    update = Update(id="u", on=DAY, value=Decimal(1), note="a\nb", evidence=["a\tb"])
    assert wrong(number(updates=[update])) == [
        (
            "pipes.share: updates[0].evidence[0] holds the control character '\\t';"
            " allowed: printable text"
        )
    ]


@pytest.mark.parametrize("found", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+400", "1" * 5000])
def test_a_number_is_finite_and_not_too_long(found: str) -> None:
    value = Decimal(found)
    record = number(target=value, target_high=Decimal(1), baseline=Decimal(2), direction="up")
    assert any(each.startswith("pipes.share: target: '") for each in wrong(record))
    (sentence,) = wrong(number(interim=[Interim(on=DAY, value=value)]))
    assert sentence.startswith("pipes.share: interim[0].value: '")
    (sentence,) = find_entry_problems(number(), Update(on=DAY, value=value))
    assert sentence.startswith("value: '")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("unit", "户"),
        ("op", ">="),
        ("direction", "up"),
        ("target", Decimal(0)),
        ("target_high", Decimal(1)),
        ("baseline", Decimal(0)),
    ],
)
def test_a_milestone_has_no_number(field: str, value: str | Decimal) -> None:
    assert wrong(milestone(**{field: value})) == [
        (
            f"pipes.share: {field} is {quote_validated_value(value)};"
            " a milestone is done or not and has none"
        )
    ]


def test_a_milestone_has_no_interim_points() -> None:
    interim = [Interim(on=DAY, value=Decimal(1))]
    assert wrong(milestone(revisions=[Revision(id="r", on=DAY, interim=interim)])) == [
        "pipes.share: revisions[0].interim is set; a milestone is done or not and has none"
    ]
    (sentence,) = wrong(milestone(interim=interim))
    assert sentence.startswith("pipes.share: interim is [Interim(")


def test_the_ends_of_a_range() -> None:
    both = "op is range; target and target_high are its two ends and both needed"
    assert wrong(number(op="range", target=1)) == [f"pipes.share: {both}"]
    assert wrong(number(op="range")) == [f"pipes.share: {both}"]
    assert wrong(number(target=5, target_high=2)) == [
        "pipes.share: target_high is 2; allowed: not below target, which is 5"
    ]
    assert wrong(number(target_high=2)) == [
        "pipes.share: target_high is 2; allowed: not below target, which is missing"
    ]


@pytest.mark.parametrize(
    ("direction", "baseline", "target", "actual"),
    [("up", 30, 12, "down"), ("down", 12, 30, "up"), ("hold", 12, 30, "up"), ("up", 5, 5, "hold")],
)
def test_the_numbers_agree_with_the_direction(
    direction: str, baseline: int, target: int, actual: str
) -> None:
    assert wrong(number(direction=direction, baseline=baseline, target=target)) == [
        (
            f"pipes.share: direction is {direction}, but target leads from {baseline} to {target},"
            f" which is {actual}; correct one of them"
        )
    ]


def test_entries_have_ids_of_their_own() -> None:
    twice = [Update(id="u", on=DAY, value=Decimal(1)), Update(id="u", on=DAY, value=Decimal(2))]
    assert wrong(number(updates=twice)) == [
        (
            'pipes.share: updates[1] has the id "u" of an earlier one; remove one of the two,'
            " or give each an id of its own"
        )
    ]
    nameless = [Update(on=DAY, value=Decimal(1)), Update(on=DAY, value=Decimal(2))]
    assert wrong(number(updates=nameless)) == []


def test_an_entry_voids_an_earlier_one_of_its_list() -> None:
    sentence = 'voids is "{}"; allowed: the id of an earlier entry of the same list'
    itself = [Update(id="u", on=DAY, voids="u")]
    assert wrong(number(updates=itself)) == [f"pipes.share: updates[0].{sentence.format('u')}"]
    later = [Update(id="u", on=DAY, voids="v"), Update(id="v", on=DAY, value=Decimal(1))]
    assert wrong(number(updates=later)) == [f"pipes.share: updates[0].{sentence.format('v')}"]
    known = number(updates=[Update(id="u", on=DAY, value=Decimal(1))])
    assert list(find_entry_problems(known, Update(on=DAY, voids="u"))) == []
    revision = Revision(on=DAY, target=Decimal(1), voids="u", reason="x")
    assert list(find_entry_problems(known, revision)) == [sentence.format("u")]
    suspended = initiative(decisions=[Decision(id="d", on=DAY, state="suspended", reason="x")])
    taken_back = Decision(on=DAY, state="active", voids="d", reason="x")
    assert list(find_entry_problems(suspended, taken_back)) == []
    other = Decision(on=DAY, state="active", voids="", reason="x")
    assert list(find_entry_problems(suspended, other)) == [sentence.format("")]
    assert wrong(initiative(decisions=[other])) == [f"pipes: decisions[0].{sentence.format('')}"]


def test_a_judgement_says_how_confident_it_is_or_takes_one_back() -> None:
    judged = number(judgements=[Judgement(id="j", on=DAY, confidence="red", reason="x")])
    assert wrong(judged) == []
    assert list(find_entry_problems(judged, Judgement(on=DAY, voids="j"))) == []
    assert wrong(number(judgements=[Judgement(id="k", on=DAY, reason="x")])) == [
        "pipes.share: judgements[0].confidence is missing in the judgement of 2023-06-30"
    ]


@pytest.mark.parametrize(
    ("record", "update", "sentence"),
    [
        (milestone(), {"value": 1}, "value is 1; a milestone is reported as done"),
        (milestone(), {}, "done is missing in the update of 2023-06-30"),
        (number(), {"done": True}, "done is True; a number is reported as a value"),
        (number(), {}, "value is missing in the update of 2023-06-30"),
        (
            number(),
            {"value": 1, "period_start": "2023-07-01"},
            "period_start is 2023-07-01; allowed: not after 2023-06-30, the day it leads to",
        ),
    ],
)
def test_an_update_says_what_its_indicator_measures(
    record: Indicator, update: dict[str, Any], sentence: str
) -> None:
    entry = build_record_from_fields(Update, {"id": "u", "on": DAY, **update})
    assert list(find_entry_problems(record, entry)) == [sentence]
    record.updates = [entry]
    assert wrong(record) == [f"pipes.share: updates[0].{sentence}"]
    record.updates = []


def test_a_revision_fits_its_indicator() -> None:
    def said(record: Indicator, **fields: Any) -> list[str]:  # noqa: ANN401  # of any kind
        revision = build_record_from_fields(Revision, {"on": DAY, "reason": "x", **fields})
        return list(find_entry_problems(record, revision))

    rising = number(direction="up", baseline=12, target=30)
    assert said(rising, target=20) == []
    assert said(rising, deadline=Deadline(on=DAY)) == []
    assert said(rising, target=8) == [
        "direction is up, but target leads from 12 to 8, which is down; correct one of them"
    ]
    assert said(rising, target=20, target_high=15) == [
        "target_high is 15; allowed: not below target, which is 20"
    ]
    between = number(op="range", target=1, target_high=2)
    # A range may become one number.
    assert said(between, target=2) == []
    assert said(between, target=2, target_high=3) == []
    none = ["target is set; a milestone is done or not and has none"]
    assert said(milestone(), target=0) == none
    assert said(milestone(), target_high=0) == none
    assert said(milestone(), deadline=Deadline(on=DAY)) == []


def test_the_documents_that_a_record_cites() -> None:
    sources = [Source(document="a"), Source(document="b", locator="第3页")]
    decision = Decision(on=DAY, state="closed", reason="x", source=Source(document="c"))
    assert list_documents_to_validate(initiative(sources=sources, decisions=[decision])) == {
        "a",
        "b",
        "c",
    }
    update = Update(on=DAY, value=Decimal(1), source=Source(document="e"))
    assert list_documents_to_validate(number(source=Source(document="d"), updates=[update])) == {
        "d",
        "e",
    }
    assert list_documents_to_validate(Document(id="d", title="x", published=DAY)) == set()


def test_a_value_in_a_sentence_is_short() -> None:
    assert quote_validated_value("x") == '"x"'
    assert quote_validated_value("x" * 100) == f'"{"x" * 59}…"'
    assert quote_validated_value(["x"]) == "['x']"
    assert quote_validated_value(None) == "null"
    assert quote_validated_value(Decimal("1.50")) == "1.50"
    deep: list[Any] = []
    for _each in range(100_000):
        deep = [deep]
    assert quote_validated_value(deep) == "list"
    while deep:
        deep = deep[0]


def test_an_id_begins_a_sentence_as_it_is() -> None:
    assert (quote_validated_id("pipes"), quote_validated_id("pipes.share")) == (
        "pipes",
        "pipes.share",
    )
    assert (quote_validated_id("../x"), quote_validated_id(5), quote_validated_id("a" * 81)) == (
        '"../x"',
        "5",
        f'"{"a" * 59}…"',
    )


def test_a_decision_leads_to_a_state_or_voids() -> None:
    suspended = initiative(decisions=[Decision(id="d", on=DAY, state="suspended", reason="x")])
    assert list(find_entry_problems(suspended, Decision(on=DAY, reason="x"))) == [
        "state is missing in the decision of 2023-06-30"
    ]
    assert list(find_entry_problems(suspended, Decision(on=DAY, voids="d"))) == []

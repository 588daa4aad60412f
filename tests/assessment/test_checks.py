"""Each honesty check: what it finds, and what it lets pass."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from factories import PLAN, day, milestone, number, up_to

from tracker.assessment.assess import assess
from tracker.assessment.case import Case
from tracker.assessment.checks import (
    CHECKS,
    Finding,
    build_duplicate_check_key,
    check_deadline_faults,
    check_times_beyond_target,
    extract_check_trace,
    prepare_checked_case,
    run_checks,
)
from tracker.assessment.rules import Rules
from tracker.errors import InvalidInput
from tracker.model.dates import NOWHERE
from tracker.model.effective import Promise
from tracker.model.horizon import Horizon
from tracker.model.records import (
    Deadline,
    Indicator,
    Initiative,
    Interim,
    Revision,
    Source,
)
from tracker.model.vocabulary import State

DOCUMENTS = {"plan": day("2025-12-20"), "report": day("2026-07-05")}
CITED = Source(document="plan")


def case(
    indicator: Indicator,
    on: str = "2026-06-30",
    initiative: Initiative = PLAN,
    state: State = "active",
    known_on: str | None = None,
) -> Case:
    known = None if known_on is None else day(known_on)
    horizon = Horizon(as_of=day(on), known_on=known, published=DOCUMENTS)
    seen = assess(initiative, indicator, state, horizon, Rules())
    return Case(initiative, indicator, seen, horizon, Rules())


def found_in(check: str, *cases: Case) -> list[str]:
    return [each.sentence for each in run_checks(cases, only=[check])]


def asked(check: str, indicator: Indicator, *arguments: Any) -> list[str]:  # noqa: ANN401
    return found_in(check, case(indicator, *arguments))


def test_a_good_record_raises_no_question() -> None:
    good = number(
        up_to("2026-05-31", 40, source=Source(document="report")),
        source=CITED,
    )
    assert run_checks([case(good)]) == []


@pytest.mark.parametrize(
    ("indicator", "sentences"),
    [
        (number(), []),
        (milestone(), []),
        (number(target=None, deadline=None), []),
        (number(deadline=Deadline(on=None, wording="每年")), []),
        (number(target=None), ["it has a deadline, but no target number"]),
        (number(unit=None), ["its target has no unit"]),
        (number(deadline=None), ["what is promised has no deadline"]),
        (milestone(deadline=None), []),
        (milestone(deadline=None, commitment="effort"), ["what is promised has no deadline"]),
        (number(target=None, commitment="vision"), []),
        (number(commitment="projection", unit=None), []),
        (
            number(target=None, deadline=None, commitment="outcome"),
            ["what is promised has neither number nor deadline"],
        ),
    ],
)
def test_unmeasurable(indicator: Indicator, sentences: list[str]) -> None:
    assert asked("unmeasurable", indicator) == sentences


def test_no_baseline() -> None:
    assert asked("no-baseline", number(baseline=None)) == [
        "without a baseline nobody can say what share is done"
    ]
    assert asked("no-baseline", number()) == []
    assert asked("no-baseline", number(baseline=None, target=None)) == []
    assert asked("no-baseline", milestone()) == []
    assert asked("no-baseline", number(baseline=None, commitment="projection")) == []


def test_what_is_to_be_kept_needs_neither_baseline_nor_deadline() -> None:
    line = {"baseline": None, "deadline": None, "accumulation": "level"}
    kept = number(up_to("2026-03-31", 0), target=Decimal(0), op="<=", direction="down", **line)
    reached = number(up_to("2026-03-31", 0), target=Decimal(9), op=">=", direction="up", **line)
    for check in ("no-baseline", "unmeasurable"):
        assert asked(check, kept) == []
        assert asked(check, reached) != []


def test_no_source() -> None:
    assert asked("no-source", number()) == ["no document says that it was promised"]
    assert asked("no-source", number(source=CITED)) == []
    cited = msgspec.structs.replace(PLAN, sources=[CITED])
    assert asked("no-source", number(), "2026-06-30", cited) == []
    bare = number(
        up_to("2026-03-31", 10),
        up_to("2026-04-30", 20, evidence=["照片.jpg"]),
        up_to("2026-05-31", 30, source=CITED),
        up_to("2026-05-31", 60, status="estimate"),
        source=CITED,
    )
    assert asked("no-source", bare) == ["the report of 2026-03-31 has neither source nor evidence"]


def test_falling() -> None:
    falling = number(up_to("2026-03-31", 30), up_to("2026-04-30", 20), up_to("2026-05-31", 25))
    assert asked("falling", falling) == ["a sum cannot fall: 30, then 20 on 2026-04-30"]
    for fine in (
        number(up_to("2026-03-31", 30), up_to("2026-04-30", 30)),
        number(up_to("2026-03-31", 30), up_to("2026-04-30", 20), accumulation="level"),
        number(up_to("2026-03-31", 30), up_to("2026-04-30", 20), accumulation="increment"),
        number(up_to("2026-03-31", 30), up_to("2026-04-30", 20), unit="%"),
        number(up_to("2026-03-31", 90), up_to("2026-04-30", 80), target=Decimal(-1)),
        number(up_to("2026-03-31", 30), up_to("2026-04-30", 20, status="estimate")),
        milestone(up_to("2026-03-31", done=True), up_to("2026-04-30", done=False)),
    ):
        assert asked("falling", fine) == []


def test_a_level_that_has_fallen_back() -> None:
    back = number(up_to("2026-03-31", 100), up_to("2026-04-30", 95), accumulation="level")
    assert asked("falling", back) == [
        "it met its target on 2026-03-31 and is behind it again: 95 on 2026-04-30"
    ]
    for fine in (
        number(accumulation="level"),
        number(up_to("2026-03-31", 100), accumulation="level", target=None),
        number(up_to("2026-03-31", 90), up_to("2026-04-30", 80), accumulation="level"),
        number(
            up_to("2026-03-31", 100),
            up_to("2026-04-30", 95),
            up_to("2026-05-31", 100),
            accumulation="level",
        ),
    ):
        assert asked("falling", fine) == []


def test_what_was_to_be_kept_and_fell_back_after_its_deadline() -> None:
    ceiling: dict[str, Any] = {"baseline": Decimal(5), "target": Decimal(6), "op": "<="}
    kept = number(up_to("2026-03-31", 6), up_to("2027-01-31", 9), **ceiling)
    assert asked("falling", kept, "2026-12-31") == []
    assert asked("falling", kept, "2027-02-01") == [
        "it met its target on 2026-03-31 and is behind it again: 9 on 2027-01-31"
    ]
    # What a bound leaves open is no finding.
    unclear = number(up_to("2026-03-31", 6), up_to("2027-01-31", 9, qualifier="<="), **ceiling)
    assert asked("falling", unclear, "2027-02-01") == []
    sums = number(
        up_to("2026-03-31", 4), up_to("2026-05-31", 5), accumulation="increment", **ceiling
    )
    assert asked("falling", msgspec.structs.replace(sums, baseline=Decimal(0))) == [
        "it met its target on 2026-03-31 and is behind it again: 9 on 2026-05-31"
    ]


def test_over_100() -> None:
    share = number(up_to("2026-03-31", 101), up_to("2026-04-30", 100), unit="%")
    assert asked("over-100", share) == ["101% was reported for 2026-03-31"]
    assert asked("over-100", number(unit="％", target=Decimal(120))) == ["the target is 120%"]
    assert asked("over-100", number(unit="%", target=None)) == []
    assert asked("over-100", number(up_to("2026-03-31", 101))) == []
    assert asked("over-100", milestone()) == []


def test_far_beyond() -> None:
    slip = up_to("2026-03-31", 5000)
    assert asked("far-beyond", number(slip, unit="万户", target=Decimal(2))) == [
        "it is at 5000 万户, 2,500 times its target; is the unit right?"
    ]
    grown = number(up_to("2026-02-28", 200), up_to("2026-03-31", 101), accumulation="increment")
    assert asked("far-beyond", grown) == [
        "it is at 301 公里, 3 times its target; is the unit right?"
    ]
    for fine in (
        number(up_to("2026-03-31", 300)),
        number(slip, target_high=Decimal(2000), op="range"),
        number(slip, unit="%"),
        number(slip, target=None),
        number(slip, target=Decimal(0)),
        number(slip, baseline=Decimal(9000)),
        number(),
    ):
        assert asked("far-beyond", fine) == []


@pytest.mark.parametrize(
    ("change", "is_softer"),
    [
        ({"target": Decimal(60)}, True),
        ({"target": Decimal(120)}, False),
        ({"target": Decimal(100), "deadline": Deadline(on=day("2026-11-30"))}, False),
        ({"deadline": Deadline(on=day("2027-06-30"))}, True),
        ({"deadline": Deadline(on=None, wording="每年")}, True),
        ({"deadline": Deadline(on=day("2026-10-31"))}, False),
    ],
)
def test_softened(change: dict[str, Any], is_softer: bool) -> None:  # noqa: FBT001
    revision = Revision(id="r", on=day("2026-07-02"), reason="资金未到位", **change)
    yellow = number(up_to("2026-06-30", 30), revisions=[revision])
    sentence = "revised on 2026-07-02, when it was yellow: 资金未到位"
    assert asked("softened", yellow, "2026-12-01") == ([sentence] if is_softer else [])
    assert asked("softened", yellow, "2026-07-01") == []
    green = number(up_to("2026-06-30", 50), revisions=[revision])
    assert asked("softened", green, "2026-12-01") == []


def test_softened_judges_each_revision_by_what_was_promised_before_it() -> None:
    first = Revision(id="a", on=day("2026-07-02"), target=Decimal(60), reason="一")
    second = Revision(id="b", on=day("2026-07-03"), target=Decimal(50), reason="二")
    twice = number(up_to("2026-06-30", 30), revisions=[first, second])
    # 30 of 100 is yellow; 30 of 60 is green again.
    assert asked("softened", twice, "2026-12-01") == [
        "revised on 2026-07-02, when it was yellow: 一"
    ]
    down = number(
        up_to("2026-06-30", 95),
        baseline=Decimal(100),
        target=Decimal(60),
        revisions=[Revision(id="a", on=day("2026-07-02"), target=Decimal(80), reason="三")],
    )
    assert asked("softened", down, "2026-12-01") == ["revised on 2026-07-02, when it was red: 三"]
    late = milestone(
        revisions=[Revision(id="a", on=day("2027-01-05"), deadline=Deadline(on=day("2027-06-30")))]
    )
    assert asked("softened", late, "2027-02-01") == ["revised on 2027-01-05, when it was red: "]


@pytest.mark.parametrize(
    ("way", "softer"),
    [
        ("down", [False, False, True, False, True]),
        ("up", [False, True, False, False, False]),
        ("hold", [False, True, True, False, True]),
    ],
)
def test_a_range_is_softer_at_the_end_that_counts(way: Any, softer: list[bool]) -> None:  # noqa: ANN401
    value = 100 if way != "up" else 10
    for (low, high), is_softer in zip(
        ((50, 60), (49, 60), (50, 61), (51, 59), (61, None)), softer, strict=True
    ):
        revision = Revision(
            id="r",
            on=day("2026-07-02"),
            target=Decimal(low),
            target_high=None if high is None else Decimal(high),
            reason="调整",
        )
        indicator = number(
            up_to("2026-06-30", value),
            op="range",
            direction=way,
            baseline=Decimal(101 if way != "up" else 0),
            target=Decimal(50),
            target_high=Decimal(60),
            revisions=[revision],
        )
        assert bool(asked("softened", indicator, "2026-12-01")) is is_softer


def test_the_same_promise_again_is_not_softer() -> None:
    earlier = Deadline(on=day("2026-11-30"))
    for target, baseline, value in ((100, 0, 30), (60, 100, 95)):
        same = Revision(id="a", on=day("2026-07-02"), target=Decimal(target), deadline=earlier)
        late = number(
            up_to("2026-06-30", value),
            baseline=Decimal(baseline),
            target=Decimal(target),
            revisions=[same],
        )
        assert asked("softened", late, "2026-10-01") == []
    sooner = milestone(revisions=[Revision(id="a", on=day("2026-07-02"), deadline=earlier)])
    assert asked("softened", sooner, "2026-10-01") == []


def test_a_day_beside_a_wording_that_names_none_is_a_fault() -> None:
    deadline = Deadline(on=day("2026-12-31"), wording="长期坚持")
    assert list(check_deadline_faults(deadline, day("2025-12-20"), NOWHERE)) == [
        'the deadline 2026-12-31 contradicts its own wording "长期坚持", which has no day'
    ]


def test_softened_compares_two_revisions_of_one_day_one_by_one() -> None:
    one, two = (
        Revision(id=name, on=day("2026-07-02"), target=Decimal(target), reason=name)
        for name, target in (("a", 60), ("b", 100))
    )
    twice = number(up_to("2026-06-30", 30), revisions=[one, two])
    assert asked("softened", twice, "2026-12-01") == [
        "revised on 2026-07-02, when it was yellow: a"
    ]


def test_the_first_report_says_if_a_ceiling_without_a_baseline_was_kept() -> None:
    ceiling: dict[str, Any] = {"baseline": None, "target": Decimal(6), "op": "<="}
    broken = number(up_to("2026-03-31", 5), up_to("2026-05-31", 7), **ceiling)
    assert asked("falling", broken) == [
        "it met its target on 2026-03-31 and is behind it again: 7 on 2026-05-31"
    ]


@pytest.mark.parametrize(
    ("target", "value", "times"),
    [("-1", "5", None), ("0", "5", None), ("0.5", "1.6", "3.2"), ("1", "3", None), ("1", "4", "4")],
)
def test_times_beyond_a_target(target: str, value: str, times: str | None) -> None:
    promised = Promise(target=Decimal(target), target_high=None, deadline=None)
    found = check_times_beyond_target(number(), promised, Decimal(value))
    assert found == (None if times is None else Decimal(times))


def test_parts_may_add_up_to_their_whole_and_not_to_more() -> None:
    for one, other, count in (("30", "69", 0), ("30", "70", 0), ("30", "71", 1)):
        parts = [
            number(up_to("2026-05-31", value), id=f"pipes.{name}", part_of="pipes.km")
            for name, value in (("a", one), ("b", other))
        ]
        whole = number(up_to("2026-05-31", 100))
        found = found_in("parts", *map(case, (whole, *parts)))
        assert len(found) == count
        assert "".join(found) == (
            "100 was reported, but its 2 parts add up to 101" if count else ""
        )
    assert found_in("parts", case(number(up_to("2026-05-31", 0)))) == []


@pytest.mark.parametrize(
    ("first", "then", "sentences"),
    [
        ("2026-05-30", "2026-05-31", []),
        ("2026-05-31", "2026-05-31", []),
        ("2026-06-01", "2026-05-31", ["done"]),
        (None, "2026-05-31", ["done"]),
        ("2026-06-01", None, []),
    ],
)
def test_a_step_is_done_with_the_one_before_it_or_after(
    first: str | None, then: str | None, sentences: list[str]
) -> None:
    steps = [
        milestone(*([up_to(on, done=True)] if on else []), id=f"pipes.{name}", after=after)
        for name, on, after in (("a", first, None), ("b", then, "pipes.a"))
    ]
    found = found_in("order", *map(case, steps))
    assert [sentence.split()[2].rstrip(",") for sentence in found] == sentences


@pytest.mark.parametrize(
    ("first", "then", "count"),
    [
        ("2026-06-29", "2026-06-30", 0),
        ("2026-06-30", "2026-06-30", 0),
        ("2026-07-01", "2026-06-30", 1),
        ("2026-07-01", None, 0),
        (None, "2026-06-30", 0),
    ],
)
def test_a_step_is_due_with_the_one_before_it_or_after(
    first: str | None, then: str | None, count: int
) -> None:
    steps = [
        milestone(id=f"pipes.{name}", after=after, deadline=Deadline(on=day(on)) if on else None)
        for name, on, after in (("a", first, None), ("b", then, "pipes.a"))
    ]
    found = found_in("order", *map(case, steps))
    assert found == ["it is due on 2026-06-30, before pipes.a, which it comes after"] * count


UP: dict[str, Any] = {"baseline": Decimal(10), "target": Decimal(100)}
DOWN: dict[str, Any] = {"baseline": Decimal(100), "target": Decimal(10)}


@pytest.mark.parametrize(
    ("fields", "points", "fault"),
    [
        (UP, [("2025-12-31", 10)], "before the start"),
        (UP, [("2026-01-01", 10)], ""),
        (UP, [("2026-01-01", 11)], "against"),
        (UP, [("2026-01-02", 10)], ""),
        (UP, [("2026-01-02", 9)], "against"),
        (UP, [("2026-12-30", 100)], ""),
        (UP, [("2026-12-30", 101)], "against"),
        (UP, [("2026-12-31", 100)], ""),
        (UP, [("2026-12-31", 99)], "against"),
        (UP, [("2027-01-01", 100)], "after the deadline"),
        (UP, [("2026-03-31", 50), ("2026-06-30", 50)], ""),
        (UP, [("2026-03-31", 50), ("2026-06-30", 49)], "against"),
        (UP | {"accumulation": "level"}, [("2026-03-31", 50), ("2026-06-30", 49)], ""),
        (UP | {"baseline": None}, [("2026-03-31", 0)], ""),
        (UP | {"baseline": None}, [("2026-01-01", 5), ("2026-03-31", 101)], "against"),
        (UP, [("2026-03-31", 50), ("2026-03-31", 60)], "two interim values"),
        (DOWN, [("2026-01-02", 100)], ""),
        (DOWN, [("2026-01-02", 101)], "against"),
        (DOWN, [("2026-12-30", 10)], ""),
        (DOWN, [("2026-12-30", 9)], "against"),
        (DOWN, [("2026-03-31", 50), ("2026-06-30", 50)], ""),
        (DOWN, [("2026-03-31", 50), ("2026-06-30", 51)], "against"),
        (DOWN | {"direction": "hold"}, [("2026-03-31", 50), ("2026-06-30", 200)], ""),
        (DOWN | {"direction": "hold"}, [("2026-01-01", 99)], "against"),
        (UP | {"baseline": None}, [("2026-01-01", 5), ("2026-03-31", 4)], "against"),
        (UP | {"deadline": None}, [("2027-03-31", 100)], ""),
        (UP | {"deadline": None}, [("2027-03-31", 101)], "against"),
        (UP | {"start": None}, [("2025-03-31", 11)], ""),
    ],
)
def test_interim_points_at_the_borders_of_the_line(
    fields: dict[str, Any], points: list[tuple[str, int]], fault: str
) -> None:
    line = number(interim=[Interim(on=day(on), value=Decimal(v)) for on, v in points], **fields)
    found = asked("interim", line)
    assert [fault in sentence for sentence in found] == ([True] if fault else [])


def test_only_at_deadline() -> None:
    sentence = "the first report is of the deadline day, 2026-12-31, and says 100%"
    assert asked("only-at-deadline", number(up_to("2026-12-31", 100)), "2027-01-10") == [sentence]
    done = milestone(up_to("2026-12-31", done=True))
    assert asked("only-at-deadline", done, "2027-01-10") == [sentence]
    for fine in (
        number(),
        number(up_to("2026-12-31", 99)),
        number(up_to("2026-12-31", 103)),
        number(up_to("2026-12-30", 100)),
        number(up_to("2026-06-30", 50), up_to("2026-12-31", 100)),
        number(up_to("2026-12-31", 100, status="estimate")),
        number(up_to("2026-12-31", 100), target=None),
        milestone(up_to("2026-12-31", done=False)),
    ):
        assert asked("only-at-deadline", fine, "2027-01-10") == []


def test_old_evidence() -> None:
    claim = number(
        up_to("2026-03-31", 10, source=CITED), up_to("2026-05-31", 20, evidence=["plan"])
    )
    assert asked("old-evidence", claim) == [
        "the report of 2026-03-31 rests on plan, which is of 2025-12-20",
        "the report of 2026-05-31 rests on plan, which is of 2025-12-20",
    ]
    for fine in (
        number(up_to("2026-05-31", 10, source=Source(document="report"))),
        number(up_to("2026-05-31", 10, source=Source(document="?"), evidence=["照片"])),
        number(up_to("2026-05-31", 10, source=CITED, status="estimate")),
        number(up_to("2025-12-20", 10, source=CITED)),
    ):
        assert asked("old-evidence", fine) == []


def test_shared_evidence() -> None:
    one = number(up_to("2026-03-31", 10, evidence=["照片", "验收单"]))
    other = milestone(up_to("2026-03-31", done=True, evidence=["照片"]))
    assert found_in("shared-evidence", case(one), case(other)) == [
        "its evidence 照片 is also that of pipes.done",
    ]
    # Each piece is named once, with the first that it is given for.
    both = milestone(up_to("2026-03-31", done=True, evidence=["照片", "验收单"]))
    assert found_in("shared-evidence", case(both), case(one)) == [
        "its evidence 照片 is also that of pipes.km",
        "its evidence 验收单 is also that of pipes.km",
    ]
    twice = number(up_to("2026-03-31", 10, evidence=["a"]), up_to("2026-04-30", 20, evidence=["a"]))
    assert found_in("shared-evidence", case(twice), case(milestone())) == []


def test_what_very_many_have_in_common_is_not_spelt_out() -> None:
    """What a thousand share is named in one short sentence."""
    report = up_to("2026-03-31", 10, evidence=["月报"])
    cases = [case(number(report, id=f"pipes.n{at}")) for at in range(1000)]
    shared = found_in("shared-evidence", *cases)
    first = "its evidence 月报 is also that of"
    assert shared == [f"{first} pipes.n1, pipes.n2, pipes.n3 and 996 more"]
    alike = found_in("duplicate", *cases[:5])
    assert alike[4] == "it says the same as pipes.n0, pipes.n1, pipes.n2 and 1 more"
    assert found_in("duplicate", *cases[:4])[0] == (
        "it says the same as pipes.n1, pipes.n2, pipes.n3"
    )


def test_duplicate() -> None:
    one = number()
    again = number(id="pipes.length", name=" 改造 长度。")
    assert found_in("duplicate", case(one), case(again)) == [
        "it says the same as pipes.length",
        "it says the same as pipes.km",
    ]
    for other in (
        number(id="pipes.b", name="改造里程"),
        number(id="pipes.b", target=Decimal(90)),
        number(id="pipes.b", deadline=None),
        number(id="pipes.b", unit="米"),
    ):
        assert found_in("duplicate", case(one), case(other)) == []
    for name, count in ((" 供水 管网，改造", 2), ("道路", 0)):
        owner = Initiative(id="roads", name=name, place=PLAN.place)
        pair = case(one), case(again, "2026-06-30", owner)
        assert len(found_in("duplicate", *pair)) == count
    elsewhere = Initiative(id="roads", name=PLAN.name, place="青岛市")
    assert found_in("duplicate", case(one), case(again, "2026-06-30", elsewhere)) == []


def test_future() -> None:
    early = datetime(2026, 6, 1, tzinfo=UTC)
    hasty = number(up_to("2026-07-31", 90, recorded_at=early))
    assert asked("future", hasty) == [
        "the report of 2026-07-31 was known on 2026-06-01, before it could be true"
    ]
    assert asked("future", hasty, "2026-07-31") == []
    assert asked("future", hasty, "2026-05-31") == []
    assert found_in("future", case(hasty, "2026-06-30", known_on="2026-05-31")) == []
    planned = number(up_to("2026-07-31", 90, recorded_at=early, status="estimate"))
    assert asked("future", planned) == []
    void = up_to("2026-06-02", voids=hasty.updates[0].id, recorded_at=early)
    taken_back = msgspec.structs.replace(hasty, updates=[*hasty.updates, void])
    assert asked("future", taken_back) == []


def test_deadline_before_start() -> None:
    backwards = number(deadline=Deadline(on=day("2025-12-31")))
    assert asked("deadline-before-start", backwards) == [
        "the deadline 2025-12-31 is before the start 2026-01-01"
    ]
    entered = datetime(2027, 2, 1, tzinfo=UTC)
    late = number(start=None, recorded_at=entered), milestone(start=None, recorded_at=entered)
    for fine in (number(), number(start=None), number(deadline=None), *late):
        assert asked("deadline-before-start", fine) == []


def test_stale() -> None:
    old = number(up_to("2026-03-31", 10))
    assert asked("stale", old) == ["the last report is of 2026-03-31, older than its cycle"]
    assert asked("stale", old, "2026-04-30") == []
    assert asked("stale", number()) == []
    assert asked("stale", number(up_to("2026-03-31", 100))) == []
    assert asked("stale", number(up_to("2026-03-31", 10), target=None, deadline=None)) == []
    assert asked("stale", number(up_to("2026-03-31", 10), commitment="vision")) == []
    assert asked("stale", old, "2026-06-30", PLAN, "suspended") == []


@pytest.mark.parametrize(("lead", "count"), [(None, 1), ("  ", 1), ("水务局", 0)])
def test_unknown_lead(lead: str | None, count: int) -> None:
    initiative = msgspec.structs.replace(PLAN, lead=lead)
    assert len(asked("unknown-lead", number(), "2026-06-30", initiative)) == count


def test_findings_come_check_by_check_and_only_of_what_is_asked_about() -> None:
    cases = [case(number(deadline=None)), case(milestone(deadline=None, commitment="outcome"))]
    found = run_checks(cases, only=["no-source", "unmeasurable"])
    assert [(each.check, each.id) for each in found] == [
        ("unmeasurable", "pipes.km"),
        ("unmeasurable", "pipes.done"),
        ("no-source", "pipes.km"),
        ("no-source", "pipes.done"),
    ]
    assert found[0] == Finding(
        check="unmeasurable",
        id="pipes.km",
        initiative_id="pipes",
        name="改造长度",
        lead="水务局",
        sentence="what is promised has no deadline",
    )
    of_one = run_checks(cases[1:], lambda _traces: cases, ["unmeasurable"])
    assert [each.id for each in of_one] == ["pipes.done"]


def test_what_is_asked_about_is_compared_with_all_there_is() -> None:
    report = up_to("2026-05-31", 40, evidence=["验收单"])
    other = milestone(up_to("2026-05-31", done=True, evidence=["照片"]))
    cases = [case(number(report)), case(number(report, id="pipes.twin")), case(other)]
    found = run_checks(cases[1:2], lambda _traces: cases, ["duplicate", "shared-evidence"])
    assert [(each.id, each.sentence) for each in found] == [
        ("pipes.twin", "its evidence 验收单 is also that of pipes.km"),
        ("pipes.twin", "it says the same as pipes.km"),
    ]
    assert run_checks(cases[1:2], only=["duplicate", "shared-evidence"]) == []


def test_an_unknown_check_is_refused_with_the_known_ones() -> None:
    with pytest.raises(
        InvalidInput, match=r"no check softenend; there are: unmeasurable, "
    ) as error:
        run_checks([], only=["softenend"])
    assert all(each.name in error.value.sentence for each in CHECKS)
    with pytest.raises(InvalidInput, match=r"no check a, b, c, d, e;"):
        run_checks([], only="edcba")


def test_the_names_of_the_checks_never_change() -> None:
    assert [each.name for each in CHECKS] == [
        "unmeasurable",
        "no-baseline",
        "no-source",
        "falling",
        "over-100",
        "far-beyond",
        "softened",
        "only-at-deadline",
        "old-evidence",
        "shared-evidence",
        "overlapping",
        "duplicate",
        "parts",
        "order",
        "future",
        "deadline-before-start",
        "wording",
        "interim",
        "stale",
        "unknown-lead",
    ]


def test_no_finding_writes_a_number_with_an_exponent() -> None:
    falls = (up_to("2026-03-31", "2E+2"), up_to("2026-04-30", "1E+1"))
    twice = [Interim(on=day("2026-03-31"), value=Decimal(text)) for text in ("1E+1", "2E+1")]
    findings = [
        *asked("falling", number(*falls)),
        *asked("falling", number(*falls, accumulation="level")),
        *asked("over-100", number(falls[0], unit="%", target=Decimal("3E+2"))),
        *asked("far-beyond", number(falls[0], target=Decimal("1E+1"))),
        *asked("interim", number(interim=twice)),
        *asked("interim", number(interim=[Interim(on=day("2026-03-31"), value=Decimal("2E+2"))])),
    ]
    assert len(findings) == 7
    assert [sentence for sentence in findings if "E+" in sentence] == []


def test_a_promise_that_is_no_number_any_more_is_not_called_softer() -> None:
    for wording, baseline in (("翻一番", None), ("明显改善", Decimal(0))):
        revision = Revision(id="r", on=day("2026-07-02"), target_wording=wording, reason="调整")
        rate = number(
            up_to("2026-06-30", 5),
            name="产值增长",
            unit="%",
            accumulation="level",
            baseline=baseline,
            target=Decimal(6),
            revisions=[revision],
        )
        assert asked("softened", rate, "2026-12-01") == []


def test_checks_of_both_kinds_run_together() -> None:
    twins = [case(number()), case(number(id="pipes.twin"))]
    both = run_checks(twins, only=["no-source", "duplicate"])
    assert [each.check for each in both] == ["no-source", "no-source", "duplicate", "duplicate"]


def test_evidence_is_traced_once_for_each_piece_in_its_order() -> None:
    pieces = ["丙", "甲", "乙"]
    reports = [up_to("2026-05-31", 40, evidence=pieces), up_to("2026-06-30", 50, evidence=pieces)]
    assert extract_check_trace(prepare_checked_case(case(number(*reports)))).evidence == sorted(
        pieces
    )


def test_a_relative_target_is_softened_as_the_number_that_it_is() -> None:
    for target, count in ((99, 1), (100, 0)):
        relative = number(
            up_to("2026-06-30", 55),
            target=None,
            target_wording="翻一番",
            baseline=Decimal(50),
            revisions=[Revision(id="r", on=day("2026-07-02"), target=Decimal(target))],
        )
        assert len(asked("softened", relative, "2026-12-01")) == count


@pytest.mark.parametrize(
    ("own", "is_fault"),
    [(None, False), (Source(document="plan"), True), (Source(document="lost"), False)],
)
def test_the_document_of_a_promise_or_of_its_revision_says_what_a_wording_means(
    own: Source | None, *, is_fault: bool
) -> None:
    said = Deadline(on=day("2026-12-31"), wording="年底", basis="derived")
    assert bool(asked("wording", number(deadline=said, source=own))) is is_fault
    revised = number(revisions=[Revision(id="r", on=day("2026-03-01"), deadline=said, source=own)])
    assert bool(asked("wording", revised)) is is_fault


def test_what_is_recorded_twice_differs_in_what_a_reader_sees() -> None:
    quoted = case(number(name="“改造”长度"), "2026-06-30", Initiative(id="b", name="供水 管网改造"))
    assert build_duplicate_check_key(quoted.assessment)[:2] == ("供水管网改造", "改造长度")
    loud = case(number(name="GDP", id="b.gdp"))
    assert build_duplicate_check_key(loud.assessment)[1] == "gdp"


@pytest.mark.parametrize(
    ("of_whole", "of_part", "sentence"),
    [
        ("1E+1", "1E+1", "10 was reported, but its 2 parts add up to 20"),
        ("0", "1E-7", "0 was reported, but its 2 parts add up to 0.0000002"),
    ],
)
def test_what_parts_add_up_to_is_written_in_plain_digits(
    of_whole: str, of_part: str, sentence: str
) -> None:
    whole = case(number(up_to("2026-05-31", of_whole), accumulation="level"))
    parts = [
        case(number(up_to("2026-05-31", of_part), id=name, part_of="pipes.km")) for name in "ab"
    ]
    assert found_in("parts", whole, *parts) == [sentence]


def test_overlapping() -> None:
    twice = [up_to("2026-05-31", 4, id="a"), up_to("2026-05-31", 4, id="b")]
    added = number(*twice, accumulation="increment")
    assert asked("overlapping", added) == [
        "the increments of 2026-05-31 and 2026-05-31 count the same days"
    ]
    assert asked("overlapping", number(*twice)) == []
    once = msgspec.structs.replace(twice[1], status="estimate")
    assert asked("overlapping", number(twice[0], once, accumulation="increment")) == []


def test_a_target_of_nothing_is_passed_by_no_number_of_times() -> None:
    promised = Promise(target=Decimal(0), target_high=None, deadline=None)
    floor = number(op=">=", baseline=Decimal(-5))
    assert check_times_beyond_target(floor, promised, Decimal(5)) is None


@pytest.mark.parametrize(
    ("count", "named"), [(3, "b, c"), (4, "b, c, d"), (5, "b, c, d and 1 more")]
)
def test_of_those_that_say_the_same_three_are_named(count: int, named: str) -> None:
    twins = [case(number(id=name)) for name in "abcde"[:count]]
    assert found_in("duplicate", *twins)[0] == f"it says the same as {named}"


def test_what_only_takes_a_report_back_is_not_the_first_report() -> None:
    void, full = up_to("2026-12-30", voids="lost"), up_to("2026-12-31", 100)
    assert len(asked("only-at-deadline", number(void, full), "2026-12-31")) == 1
    assert len(asked("only-at-deadline", number(up_to("2026-12-30", 9), full), "2026-12-31")) == 0


def test_a_target_that_a_point_goes_against_is_written_in_plain_digits() -> None:
    points = [Interim(on=day("2026-06-30"), value=Decimal("2E+2"))]
    assert asked("interim", number(target=Decimal("1E+2"), interim=points)) == [
        "the interim value 200 of 2026-06-30 goes against the target of 100"
    ]

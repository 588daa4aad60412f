"""What eight times as much costs: about eight times as many calls, whatever a file is made of."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from calls import count_calls
from factories import Plain, figure, file_of, initiative, step

from tracker.errors import TrackerError
from tracker.exchange.batches import read_batch
from tracker.ledger.ledger import Tracker
from tracker.ledger.merge import MergeCounts
from tracker.model.records import Decision
from tracker.storage.memory import MemoryStore

NOW = datetime(2026, 6, 30, 9, tzinfo=UTC)
FIRST = date(1950, 1, 1)
SMALL, TIMES, MOST = 100, 8, 12
"""With eight times as much, what is compared each with each takes 64 times as many calls."""


def on(number: int) -> str:
    return str(FIRST + timedelta(days=number))


def reports(count: int, **more: Any) -> list[Plain]:  # noqa: ANN401
    return [{"on": on(number), "value": number % 90 + 1, **more} for number in range(count)]


def km(*updates: Plain, **more: Any) -> Plain:  # noqa: ANN401
    return initiative("pipes", "管网", figure("km", "长度", "公里", *updates, **more))


def nested(count: int, *, upwards: bool = False) -> list[Plain]:
    step = 1 if upwards else -1
    return [
        initiative(
            f"c{number}",
            f"层{number}",
            figure("km", "长度", "公里", {"on": "2026-03-01", "value": 3}),
            parent=f"c{number + step}" if 0 <= number + step < count else None,
        )
        for number in range(count)
    ]


SHAPES: dict[str, Callable[[int], list[Plain]]] = {
    "reports": lambda count: [km(*reports(count), accumulation="level")],
    "reports, the newest first": lambda count: [km(*reports(count)[::-1], accumulation="level")],
    "increments": lambda count: [
        km(
            *({"on": on(n), "period_start": on(n), "value": n + 1} for n in range(count)),
            accumulation="increment",
        )
    ],
    "increments without days": lambda count: [km(*reports(count), accumulation="increment")],
    "reports above and below the target": lambda count: [
        km(
            *({"on": on(n), "value": 95 + n % 2 * 10} for n in range(count)),
            accumulation="level",
            deadline={"on": on(9)},
        )
    ],
    "corrections": lambda count: [
        km(
            *(
                {"id": f"u{n}", "on": on(n), "value": n + 1}
                | ({"voids": f"u{n - 1}"} if n % 2 else {})
                for n in range(count)
            )
        )
    ],
    "parts of one record": lambda count: [km(report) for report in reports(count)],
    "reports on a promise that comes again": lambda count: [
        km(
            *({"on": on(n * 30), "value": n + 1} for n in range(count)),
            recurs="month",
            deadline={"wording": "每月"},
            start=on(0),
        )
    ],
    "steps, each after the one before": lambda count: [
        initiative(
            "pipes",
            "管网",
            *(
                step(f"s{n}", f"步{n}", None, after=f"pipes.s{n - 1}" if n else None)
                for n in range(count)
            ),
        )
    ],
    "points of a plan": lambda count: [
        km(interim=[{"on": on(n), "value": n / count} for n in range(count)])
    ],
    "names": lambda count: [km() | {"aliases": [f"名{n}" for n in range(count)]}],
    "revisions": lambda count: [
        km(revisions=[{"on": on(n), "target": 100 + n, "reason": "调"} for n in range(count)])
    ],
    "parents, the lowest last": nested,
    "parents, the lowest first": lambda count: nested(count, upwards=True),
    "parents that lead back": lambda count: [
        initiative(f"c{n}", "层", parent=f"c{(n + 1) % count}") for n in range(count)
    ],
    "parents that are not there": lambda count: [
        initiative(f"c{n}", "层", parent=f"c{n + 1}") for n in range(count)
    ],
    "records of one name in letters, and without ids": lambda count: [
        {"name": f"Plan {'!' * (n % 9)}{chr(0x21 + n % 15)} {'?' * n}"[:200]} for n in range(count)
    ],
    "records without ids": lambda count: [{"name": f"层{n}"} for n in range(count)],
    "records": lambda count: [
        initiative(f"c{n}", f"层{n}", figure("km", "长度", "公里", *reports(1)))
        for n in range(count)
    ],
}


def bring(tracker: Tracker, records: list[Plain]) -> MergeCounts | None:
    try:
        return tracker.merge([read_batch(file_of(*records), "json")], "refuse", "import")
    except TrackerError:
        return None


@pytest.mark.parametrize("shape", SHAPES)
def test_an_import_grows_with_its_file(shape: str) -> None:
    def measure(count: int) -> tuple[int, int]:
        """Return the calls of a first and of a second import."""
        records = SHAPES[shape](count)
        tracker = Tracker(MemoryStore(), now=NOW)
        return count_calls(bring, tracker, records), count_calls(bring, tracker, records)

    measure(SMALL)  # what is done only once in a process
    first, second = measure(SMALL)
    first_of_more, second_of_more = measure(SMALL * TIMES)
    assert first_of_more < first * MOST
    assert second_of_more < second * MOST


def test_more_of_what_is_there_grows_with_what_is_added() -> None:
    def measure(count: int) -> int:
        halves = reports(2 * count)
        tracker = Tracker(MemoryStore(), now=NOW)
        bring(tracker, [km(*halves[::2], accumulation="increment")])
        more = [{"id": "pipes", "indicators": [{"id": "km", "updates": halves}]}]
        counts: list[MergeCounts | None] = []
        calls = count_calls(lambda: counts.append(bring(tracker, more)))
        assert [each and each.entries for each in counts] == [count]
        return calls

    measure(SMALL)
    assert measure(SMALL * TIMES) < measure(SMALL) * MOST


def test_however_many_stand_above_each_question_has_its_answer() -> None:
    depth = 3000
    tracker = Tracker(MemoryStore(), now=NOW, author="督查室")
    bring(tracker, nested(depth, upwards=True))
    assert tracker.show(f"c{depth - 1}").parent is None
    assert tracker.show("c0").indicators[0].state == "active"
    branches = tracker.tree().items
    assert [branch.depth for branch in branches] == list(range(depth))
    assert branches[0].rollup.indicators == depth
    top = f"c{depth - 1}"
    closed = Decision(on=NOW.date(), state="closed", reason="止")

    def close_and_take_back() -> None:
        tracker.decide(top, closed, "close", force=True)
        assert tracker.show("c0").indicators[0].state == "closed"
        assert tracker.undo().taken_back.command == "close"

    # At one pass over all records for each of them it would be millions.
    assert count_calls(close_and_take_back) < depth * 100

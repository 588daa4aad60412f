"""Who is reminded of what, once, whatever happens on the way: on every store."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import pytest
from stores import STORES, Opened

from tracker.config import SETTINGS, Settings, SettingValue
from tracker.errors import NotFound, Refused
from tracker.exchange.fields import build_record_from_fields
from tracker.ledger.ledger import Tracker
from tracker.model.addresses import Recipient
from tracker.model.commits import Stamp
from tracker.model.filters import ALL, Filter
from tracker.model.horizon import NOW, When
from tracker.model.records import (
    Deadline,
    Decision,
    Document,
    Indicator,
    Initiative,
    Receipt,
    Revision,
    Update,
)
from tracker.reminders import service
from tracker.reminders.delivery import NotDelivered
from tracker.reminders.messages import Digest
from tracker.reminders.plan import PlanAddressBook, PlanSettings, ReminderPlan
from tracker.reminders.receipts import SendingResult
from tracker.reminders.settings import read_reminder_settings
from tracker.reminders.steps import StepSettings

MONDAY = datetime(2026, 6, 15, 8, 47, tzinfo=UTC)
HOUSING, ROADS, BOSS = "wecom:zjj", "mailto:jtj@example.org", "stdout:"
BOOK = PlanAddressBook(
    leads={
        "区住建局": Recipient((HOUSING,)),
        "区交通局": Recipient((ROADS,), escalation=(ROADS, "exec:/bin/boss")),
    },
    escalation=(BOSS,),
)
POST = PlanSettings(book=BOOK)
Act: TypeAlias = Callable[[], object]


class Desk:
    """A ledger, its clock, and what was delivered."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.store = opened()
        self.now = MONDAY
        self.delivered: list[Digest] = []
        self.closed: set[str] = set()
        self.meanwhile: Act | None = None

    def tracker(self) -> Tracker:
        return Tracker(self.store, now=self.now, author="督查室")

    def add(self, *records: Document | Initiative | Indicator) -> None:
        for each in records:
            self.tracker().add(each)

    def milestone(self, own_id: str, deadline: date, **fields: Any) -> None:  # noqa: ANN401
        plain: dict[str, Any] = {"id": own_id, "name": own_id, "measure": "milestone", "notes": "x"}
        plain |= {"deadline": Deadline(on=deadline), "commitment": "outcome"}
        self.add(build_record_from_fields(Indicator, plain | fields))

    def plan(
        self, post: PlanSettings = POST, when: When = NOW, where: Filter = ALL
    ) -> ReminderPlan:
        return service.plan_service_reminders(self.tracker(), where, when, post)

    def deliver(self, digest: Digest) -> None:
        if self.meanwhile is not None:
            self.meanwhile()
        if digest.address in self.closed:
            reason = "it is closed"
            raise NotDelivered(reason)
        self.delivered.append(digest)

    def send(self, plan: ReminderPlan, post: PlanSettings = POST) -> SendingResult:
        return service.send_reminders(
            self.tracker(), plan, self.deliver, lambda: self.now, post.patience
        )

    def remind(self, post: PlanSettings = POST) -> SendingResult:
        return self.send(self.plan(post), post)

    def told(self) -> list[tuple[str, list[str]]]:
        """What was delivered since the last time: addresses, and indicators with steps."""
        said = [(d.address, [f"{e.id} {e.step}" for e in d.lines]) for d in self.delivered]
        self.delivered = []
        return said

    def receipts(self) -> list[Receipt]:
        return service.list_service_receipts(self.tracker())


@pytest.fixture
def empty(opened: Opened) -> Desk:
    return Desk(opened)


@pytest.fixture
def desk(opened: Opened) -> Desk:
    desk = Desk(opened)
    desk.add(
        Initiative(id="homes", name="老旧小区", lead="区住建局", cycle="yearly"),
        Initiative(id="roads", name="道路", lead="区交通局", cycle="yearly"),
        Initiative(id="nobody", name="无主", cycle="yearly"),
        Initiative(id="unknown", name="不明", lead="区水务局", cycle="yearly"),
    )
    desk.milestone("homes.soon", date(2026, 6, 22))
    desk.milestone("homes.late", date(2026, 6, 1))
    desk.milestone("roads.late", date(2026, 6, 12))
    desk.milestone("nobody.late", date(2026, 6, 12))
    desk.milestone("unknown.soon", date(2026, 6, 16))
    return desk


def test_each_address_gets_one_digest_and_red_goes_to_the_escalation_too(desk: Desk) -> None:
    plan = desk.plan()
    assert plan.is_workday
    assert not plan.provisional
    assert plan.without_address == {None: 1, "区水务局": 1}
    done = desk.send(plan)
    assert desk.told() == [
        (HOUSING, ["homes.late weekly", "homes.soon before-7"]),
        (BOSS, ["homes.late weekly", "nobody.late after"]),
        (ROADS, ["roads.late after"]),
        ("exec:/bin/boss", ["roads.late after"]),
    ]
    assert [(each.address, len(each.items)) for each in done.sent] == [
        *((HOUSING, 2), (BOSS, 2), (ROADS, 1), ("exec:/bin/boss", 1)),
    ]
    assert done.failed == []
    first = done.sent[0]
    assert (first.as_of, first.part, first.parts, first.by) == (MONDAY.date(), 1, 1, "督查室")
    assert [each.step for each in first.items] == ["weekly", "before-7"]
    assert first.items[0].on == date(2026, 6, 9)
    assert desk.receipts() == done.sent[::-1]


def test_a_second_run_sends_nothing(desk: Desk) -> None:
    desk.remind()
    desk.told()
    assert desk.plan().digests == []
    assert desk.remind() == SendingResult([], [])
    desk.now += timedelta(days=1)
    assert desk.remind().sent[0].items[0].step == "weekly"
    # The deadline of 1 June has its next week on the 16th; 22 June has nothing new.
    assert desk.told()[0] == (HOUSING, ["homes.late weekly"])


def test_everything_may_go_to_one_address(desk: Desk) -> None:
    post = PlanSettings(book=PlanAddressBook(only=("stdout:",), leads=BOOK.leads))
    plan = desk.plan(post)
    assert plan.without_address == {}
    (digest,) = plan.digests
    assert {each.id for each in digest.lines} == {
        *("homes.late", "homes.soon", "roads.late", "nobody.late", "unknown.soon"),
    }
    assert desk.plan(post, where=Filter(lead="交通")).digests[0].lines[0].id == "roads.late"


JOINT = Initiative(id="joint", name="背街小巷", lead="区住建局、区水务局；区交通局")


def test_each_of_several_leads_is_reminded(empty: Desk) -> None:
    empty.add(JOINT)
    empty.milestone("joint.soon", date(2026, 6, 22))
    plan = empty.plan()
    assert plan.without_address == {"区水务局": 1}
    assert plan.unaddressed == ()
    empty.send(plan)
    assert empty.told() == [(HOUSING, ["joint.soon before-7"]), (ROADS, ["joint.soon before-7"])]
    assert [each.digests for each in (empty.plan(), empty.plan())] == [[], []]


def test_leads_with_one_address_get_one_digest(empty: Desk) -> None:
    empty.add(JOINT)
    empty.milestone("joint.late", date(2026, 6, 1))
    shared = {lead: Recipient((HOUSING,), lang="zh") for lead in ("区住建局", "区交通局")}
    post = PlanSettings(book=PlanAddressBook(leads=shared, escalation=(BOSS,), lang="en"))
    plan = empty.plan(post)
    assert [(each.address, each.lang) for each in plan.digests] == [(HOUSING, "zh"), (BOSS, "zh")]
    assert [len(each.lines) for each in plan.digests] == [1, 1]


def test_a_filter_by_lead_reminds_that_lead_alone(empty: Desk) -> None:
    empty.add(JOINT)
    empty.milestone("joint.soon", date(2026, 6, 22))
    assert _said(empty.plan(where=Filter(lead="交通"))) == [(ROADS, 1)]
    forecast = service.forecast_service_reminders(
        empty.tracker(), date(2026, 6, 22), Filter(lead="交通"), NOW, POST
    )
    assert {each.address for each in forecast} == {ROADS}


def test_a_text_that_has_addresses_as_a_whole_is_one_lead(empty: Desk) -> None:
    empty.add(msgspec.structs.replace(JOINT, lead="区住建局、区水务局"))
    empty.milestone("joint.soon", date(2026, 6, 22))
    leads = {"区住建局、区水务局": Recipient((ROADS,)), "区住建局": Recipient((HOUSING,))}
    plan = empty.plan(PlanSettings(book=PlanAddressBook(leads=leads)))
    assert _said(plan) == [(ROADS, 1)]
    assert plan.without_address == {}


def test_what_rests_is_left_alone(desk: Desk) -> None:
    ended = Decision(on=MONDAY.date(), state="suspended", reason="审计")
    desk.tracker().decide("homes", ended, "suspend", force=False)
    assert {address for address, _lines in _said(desk.plan())} == {BOSS, ROADS, "exec:/bin/boss"}
    assert desk.plan(where=Filter(light="green")).digests == []
    found = service.forecast_service_reminders(
        desk.tracker(), date(2026, 7, 1), Filter(lead="住建"), NOW, POST
    )
    assert found == []


def _said(plan: ReminderPlan) -> list[tuple[str, int]]:
    return [(each.address, len(each.lines)) for each in plan.digests]


def test_only_some_rules(desk: Desk) -> None:
    def found(*only: str) -> set[str]:
        post = PlanSettings(book=PlanAddressBook(only=("stdout:",)), only=only)
        return {line.step for each in desk.plan(post).digests for line in each.lines}

    assert found("weekly") == {"weekly"}
    assert found("before") == {"before-7", "before-1"}
    assert found("before-7", "after") == {"before-7", "after"}
    assert found("unreported") == set()


def test_a_failed_address_does_not_stop_the_others_and_is_tried_again(desk: Desk) -> None:
    desk.closed = {HOUSING}
    done = desk.remind()
    assert done.failed == [(HOUSING, "it is closed")]
    assert [address for address, _lines in desk.told()] == [BOSS, ROADS, "exec:/bin/boss"]
    assert all(each.sent_at is not None for each in desk.receipts())
    desk.closed = set()
    assert desk.remind().failed == []
    assert desk.told() == [(HOUSING, ["homes.late weekly", "homes.soon before-7"])]


def test_of_a_divided_digest_only_what_failed_is_repeated(empty: Desk) -> None:
    empty.add(Initiative(id="homes", name="老旧小区", lead="区住建局"))
    for number in range(40):
        empty.milestone(f"homes.x{number:02}", date(2026, 6, 22), name="名" * 100)
    times: list[int] = []

    def once() -> None:
        times.append(1)
        empty.closed = {HOUSING} if len(times) == 3 else set()

    empty.meanwhile = once
    done = empty.remind()
    assert len(done.failed) == 1
    sent = [line for _address, lines in empty.told() for line in lines]
    assert [(each.part, each.parts > 3) for each in done.sent] == [(1, True), (2, True)]
    empty.remind()
    rest = [line for _address, lines in empty.told() for line in lines]
    assert sorted(sent + rest) == [f"homes.x{number:02} before-7" for number in range(40)]
    assert set(sent) & set(rest) == set()


def test_two_runs_at_once_send_once(desk: Desk) -> None:
    first, second = desk.plan(), desk.plan()
    other = Desk(desk.opened)

    def both() -> None:
        # The other run starts, and ends, while this one is on the line.
        other.send(second)

    desk.meanwhile = both
    desk.send(first)
    told = [*desk.told(), *other.told()]
    assert sorted(told) == sorted(
        (each.address, [f"{line.id} {line.step}" for line in each.lines]) for each in first.digests
    )
    assert other.send(second) == SendingResult([], [])


def test_what_another_run_claims_meanwhile_is_left_to_it(desk: Desk) -> None:
    """The other run has a part of what this one planned; the rest is sent."""
    plan = desk.plan()
    other = Desk(desk.opened)
    other.send(other.plan(PlanSettings(book=BOOK, only=("weekly",))))
    desk.send(plan)
    assert desk.told()[0] == (HOUSING, ["homes.soon before-7"])
    assert other.told()[0] == (HOUSING, ["homes.late weekly"])


class Killed(BaseException):
    """As far as the ledger is concerned, the process is gone."""


def test_a_claim_of_a_dead_process_is_held_and_then_repeated(desk: Desk) -> None:
    """What kill -9 leaves is claimed and not released; here the store refuses the release."""
    plan = desk.plan()
    tracker = desk.tracker()
    transact = tracker.store.transact

    def die(work: Any, stamp: Stamp) -> Any:  # noqa: ANN401
        if desk.delivered:
            raise Killed
        return transact(work, stamp)

    tracker.store.transact = die  # type: ignore[method-assign]
    with pytest.raises(Killed):
        service.send_reminders(tracker, plan, desk.deliver, lambda: desk.now, POST.patience)
    tracker.store.transact = transact  # type: ignore[method-assign]
    assert desk.told() == [(HOUSING, ["homes.late weekly", "homes.soon before-7"])]
    assert [each.sent_at for each in desk.receipts()] == [None]
    desk.now += timedelta(minutes=1)
    again = desk.plan()
    assert again.held == [HOUSING]
    desk.send(again)
    assert [address for address, _lines in desk.told()] == [BOSS, ROADS, "exec:/bin/boss"]
    desk.now += timedelta(minutes=15)
    assert desk.plan().held == []
    desk.remind()
    assert desk.told() == [(HOUSING, ["homes.late weekly", "homes.soon before-7"])]
    assert len(desk.receipts()) == 4
    assert desk.remind() == SendingResult([], [])


def test_a_message_that_took_too_long_is_confirmed_all_the_same(desk: Desk) -> None:
    """Meanwhile another run has given the claim up and sent it too."""
    plan = desk.plan(PlanSettings(book=PlanAddressBook(only=("stdout:",))))
    other = Desk(desk.opened)

    def late() -> None:
        desk.meanwhile = None
        desk.now += timedelta(hours=1)
        other.now = desk.now
        other.remind(PlanSettings(book=PlanAddressBook(only=("stdout:",))))

    desk.meanwhile = late
    desk.send(plan)
    assert len(desk.delivered) == len(other.delivered) == 1
    assert [each.sent_at is not None for each in desk.receipts()] == [True, True]
    assert desk.plan(PlanSettings(book=PlanAddressBook(only=("stdout:",)))).digests == []


def test_a_failure_after_the_claim_was_given_up_is_only_told(desk: Desk) -> None:
    plan = desk.plan(PlanSettings(book=PlanAddressBook(only=("stdout:",))))
    other = Desk(desk.opened)

    def late() -> None:
        desk.now += timedelta(hours=1)
        other.now = desk.now
        other.remind(PlanSettings(book=PlanAddressBook(only=("stdout:",))))
        desk.closed = {"stdout:"}

    desk.meanwhile = late
    assert desk.send(plan).failed == [("stdout:", "it is closed")]
    (kept,) = desk.receipts()
    assert kept.sent_at is not None


def test_on_days_off_nothing_is_due_and_it_is_caught_up(empty: Desk) -> None:
    empty.add(Initiative(id="homes", name="老旧小区", lead="区住建局"))
    # 19 to 21 June 2026 is the Dragon Boat Festival.
    empty.milestone("homes.a", date(2026, 6, 19))
    empty.milestone("homes.b", date(2026, 6, 18))
    empty.milestone("homes.c", date(2026, 6, 21))
    sent = {}
    for day in range(16, 27):
        empty.now = datetime(2026, 6, day, 9, tzinfo=UTC)
        plan = empty.plan()
        if plan.is_workday:
            empty.send(plan)
            said = dict(empty.told())
            sent[day] = said.get(HOUSING, [])
    assert sent == {
        16: ["homes.b before-7", "homes.a before-7", "homes.c before-7"],
        17: ["homes.b before-1"],
        18: ["homes.a before-1"],
        22: ["homes.b after", "homes.a after", "homes.c after"],
        23: [],
        24: [],
        25: [],
        26: ["homes.b weekly"],
    }


def test_beyond_the_national_calendar_days_are_provisional(empty: Desk) -> None:
    empty.add(Initiative(id="homes", name="老旧小区", lead="区住建局"))
    # The national calendar of a year appears at the end of the year before.
    empty.milestone("homes.a", date(2094, 6, 21))
    empty.now = datetime(2094, 6, 14, 9, tzinfo=UTC)
    plan = empty.plan()
    assert (plan.is_workday, plan.provisional) == (True, True)
    (digest,) = plan.digests
    assert digest.provisional
    assert digest.lines[0].step == "before-7"
    empty.now = datetime(2094, 6, 19, 9, tzinfo=UTC)
    assert not empty.plan().is_workday


def test_the_ends_of_the_calendar(empty: Desk) -> None:
    empty.add(Initiative(id="homes", name="老旧小区", lead="区住建局"))
    empty.milestone("homes.a", date.max)
    assert empty.plan(when=When(as_of=date.min)).digests == []
    plan = empty.plan(when=When(as_of=date.max))
    assert [each.step for each in plan.digests[0].lines] == ["before-1", "unreported"]
    found = service.forecast_service_reminders(
        empty.tracker(), date.max, ALL, When(as_of=date.max), POST
    )
    assert [(each.step, each.day) for each in found] == [
        ("before-1", date.max),
        ("unreported", date.max),
    ]


def test_a_new_deadline_is_a_new_ladder(desk: Desk) -> None:
    desk.remind()
    desk.told()
    moved = Revision(on=MONDAY.date(), deadline=Deadline(on=date(2026, 6, 22)), reason="批准")
    desk.tracker().revise("homes.late", moved)
    desk.remind()
    assert desk.told() == [(HOUSING, ["homes.late before-7"])]
    desk.tracker().report(
        "homes.soon",
        build_record_from_fields(Update, {"on": MONDAY.date(), "done": True}),
        None,
        None,
    )
    desk.now += timedelta(days=8)
    desk.remind()
    assert desk.told()[0] == (HOUSING, ["homes.late after"])


def test_an_owed_report_is_asked_for_once_a_cycle(empty: Desk) -> None:
    empty.add(
        Initiative(id="homes", name="老旧小区", lead="区住建局"),
        Indicator(
            id="homes.km",
            name="改造",
            unit="户",
            target=Decimal(10),
            baseline=Decimal(0),
            start=date(2026, 4, 10),
        ),
    )
    empty.remind()
    assert empty.told() == [(HOUSING, ["homes.km unreported"])]
    (first,) = empty.receipts()
    assert (first.items[0].on, first.items[0].deadline) == (date(2026, 6, 1), None)
    empty.now += timedelta(days=10)
    assert empty.remind().sent == []
    empty.now = datetime(2026, 7, 1, 9, tzinfo=UTC)
    (digest,) = empty.plan().digests
    assert (digest.lines[0].owed, digest.lines[0].first_owed) == (3, date(2026, 4, 30))
    assert digest.lines[0].command == "tracker update homes.km VALUE"
    draft = build_record_from_fields(Update, {"on": date(2026, 6, 30)})
    empty.tracker().report("homes.km", draft, "5", None)
    assert empty.plan().digests == []
    found = service.forecast_service_reminders(empty.tracker(), date(2026, 8, 31), ALL, NOW, POST)
    assert [(each.day, each.step, each.address) for each in found] == [
        (date(2026, 8, 3), "unreported", HOUSING),
    ]


def test_a_forecast_is_what_will_be_sent(desk: Desk) -> None:
    desk.remind()
    desk.told()
    desk.milestone("homes.new", date(2026, 6, 21))
    desk.milestone("unknown.new", date(2026, 6, 24))
    until = date(2026, 6, 30)
    foreseen = service.forecast_service_reminders(desk.tracker(), until, ALL, NOW, POST)
    assert [each.day for each in foreseen] == sorted(each.day for each in foreseen)
    assert {each.address for each in foreseen if each.id == "unknown.new"} == {None, BOSS}
    assert not any(each.provisional for each in foreseen)
    sent = set()
    for _day in range(16):
        plan = desk.plan()
        if plan.is_workday:
            desk.send(plan)
            sent |= {
                (desk.now.date(), address, line) for address, lines in desk.told() for line in lines
            }
        desk.now += timedelta(days=1)
    assert sent == {
        (each.day, each.address, f"{each.id} {each.step}")
        for each in foreseen
        if each.address is not None
    }
    only = PlanSettings(book=BOOK, only=("before",))
    assert {
        each.stage
        for each in service.forecast_service_reminders(desk.tracker(), until, ALL, NOW, only)
    } <= {
        *("blue", "yellow"),
    }


def test_a_forecast_knows_the_cycles_that_are_still_to_come(empty: Desk) -> None:
    empty.add(Initiative(id="homes", name="老旧小区", lead="区住建局", cycle="yearly"))
    start = date(2026, 1, 1)
    empty.milestone("homes.walk", date(2027, 12, 31), recurs="month", start=start)
    done = build_record_from_fields(Update, {"on": date(2026, 6, 15), "done": True})
    empty.tracker().report("homes.walk", done, None, None)
    until = date(2026, 8, 10)
    foreseen = service.forecast_service_reminders(empty.tracker(), until, ALL, NOW, POST)
    steps = dict.fromkeys((each.step, each.deadline) for each in foreseen)
    assert list(steps) == [
        (step, date(2026, 7, 31)) for step in ("before-30", "before-7", "before-1", "after")
    ] + [("weekly", date(2026, 7, 31))]
    sent = set()
    while empty.now.date() <= until:
        plan = empty.plan()
        if plan.is_workday:
            empty.send(plan)
            lines = [line for _address, lines in empty.told() for line in lines]
            sent |= {(empty.now.date(), line) for line in lines}
        empty.now += timedelta(days=1)
    assert sent == {(each.day, f"{each.id} {each.step}") for each in foreseen}


def test_the_numbers_are_those_of_the_place(desk: Desk) -> None:
    post = PlanSettings(book=BOOK, step_settings=StepSettings(before=(8,), every=0))
    desk.remind(post)
    assert desk.told()[0] == (HOUSING, ["homes.late after", "homes.soon before-8"])


def test_what_was_sent_is_acknowledged(desk: Desk) -> None:
    with pytest.raises(Refused, match=r"Nothing was sent about homes\."):
        service.acknowledge_service_receipts(desk.tracker(), "homes", None)
    desk.remind()
    changed = service.acknowledge_service_receipts(desk.tracker(), "homes.soon", "已安排")
    (receipt,) = changed
    (noted,) = receipt.acknowledged
    assert (noted.indicator, noted.by, noted.note) == ("homes.soon", "督查室", "已安排")
    assert noted.at == MONDAY
    assert len(service.acknowledge_service_receipts(desk.tracker(), "homes", None)) == 2
    with pytest.raises(Refused, match="All that was sent about homes is acknowledged already"):
        service.acknowledge_service_receipts(desk.tracker(), "homes", None)
    with pytest.raises(NotFound):
        service.acknowledge_service_receipts(desk.tracker(), "nowhere", None)
    about = service.list_service_receipts(desk.tracker(), "homes")
    assert {each.address for each in about} == {HOUSING, BOSS}
    assert sorted(one.indicator for each in about for one in each.acknowledged) == [
        *("homes.late", "homes.late", "homes.soon"),
    ]
    assert desk.tracker().undo().taken_back.command == "ack"
    assert desk.remind() == SendingResult([], [])


@pytest.mark.parametrize("name", STORES)
def test_a_clock_that_is_behind_does_not_make_anything_twice(name: str, tmp_path: Path) -> None:
    opened = STORES[name](tmp_path)
    opened().create()
    ahead = Desk(opened)
    ahead.add(Initiative(id="homes", name="老旧小区", lead="区住建局"))
    ahead.milestone("homes.a", date(2026, 6, 22))
    behind = Desk(opened)
    behind.now -= timedelta(hours=1)
    plan = behind.plan()
    ahead.remind()
    behind.send(plan)
    assert behind.told() == []


def test_lines_carry_how_an_indicator_stands(desk: Desk) -> None:
    (digest,) = desk.plan(
        PlanSettings(book=PlanAddressBook(only=("stdout:",))), where=Filter(text="homes.soon")
    ).digests
    (found,) = digest.lines
    (seen,) = [e for e in desk.tracker().indicators().items if e.id == "homes.soon"]
    shared = set(msgspec.structs.asdict(found)) & set(msgspec.structs.asdict(seen))
    assert len(shared) > 15
    assert all(getattr(found, name) == getattr(seen, name) for name in shared)
    assert found.command == "tracker update homes.soon --done"


def test_a_book_is_empty_where_nobody_can_be_reached() -> None:
    assert PlanAddressBook().is_empty is True
    lead = {"水务局": Recipient(to=("stdout:",))}
    for more in ({"leads": lead}, {"escalation": ("stdout:",)}, {"only": ("stdout:",)}):
        assert PlanAddressBook(**more).is_empty is False


def test_what_nobody_has_set_is_as_the_settings_say() -> None:
    values = {each.key: SettingValue(each.default, "default") for each in SETTINGS}
    settings = read_reminder_settings(Settings(values, Path("none")), (), ())
    assert settings.step_settings == StepSettings()
    assert settings.patience == PlanSettings(book=settings.book).patience
    assert StepSettings(before=(30, 7, 1), every=7) == StepSettings()

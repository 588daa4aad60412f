"""The table of an office is merged into every store in the same way."""

from datetime import UTC, date, datetime

from stores import Opened

from tracker.exchange.reported_rows import read_reported_lines
from tracker.exchange.tables.reading import TableOptions, TableReading, read_table_file
from tracker.ledger.bulk_updates import RowsToStore
from tracker.ledger.ledger import Tracker
from tracker.model.dates import NOWHERE

NOW = datetime(2026, 7, 5, 9, tzinfo=UTC)
MAY = (
    "事项,指标,目标值,牵头单位,进展情况\n"
    "绿道,新建,25公里,市园林局,已建成9公里\n绿道,维修,3处,市城管局,\n"
)


def read(text: str, published: date) -> TableReading:
    options = TableOptions(None, None, {}, published, None)
    return read_table_file(text.encode(), "表.csv", options, NOW.date(), NOWHERE)


def test_a_table_is_merged_once_in_every_store(opened: Opened) -> None:
    tracker = Tracker(opened(), now=NOW, author="甲")
    may = read(MAY, date(2026, 5, 31))
    plan, counts = tracker.rehearse_table(may)
    assert (len(plan.batch.items), counts[:4], plan.edits) == (1, (1, 1, 2, 1), [])
    assert tracker.export().items == []
    assert tracker.merge_table(may)[:4] == (1, 1, 2, 1)
    assert tracker.merge_table(may)[:5] == (0, 0, 0, 0, 0)
    june = read(MAY.replace("9公里", "12公里").replace("3处", "5处"), date(2026, 6, 30))
    plan, _counts = tracker.rehearse_table(june)
    assert plan.edits == ["row 3, 维修: target: 3 → 5"]
    merged = tracker.merge_table(june)
    assert (merged.entries, merged.changed) == (1, 1)
    [item] = tracker.export().items
    assert [each.lead for each in item.indicators] == ["市园林局", "市城管局"]
    assert [str(each.on) for each in item.indicators[0].updates] == ["2026-05-31", "2026-06-30"]
    tracker.undo(2)
    assert [each.target for each in tracker.export().items[0].indicators] == [25, 3]


def test_rows_are_tried_and_stored_alike_in_every_store(opened: Opened) -> None:
    tracker = Tracker(opened(), now=NOW, author="甲")
    tracker.merge_table(read(MAY, date(2026, 5, 31)))
    lines = read_reported_lines("绿道新建 12公里 又一段\n维修 2", "-")
    rows = RowsToStore(lines.rows, on=date(2026, 6, 30))
    tried = tracker.report_rows(rows, is_rehearsal=True)
    assert [each.stored.update.value for each in tried.stored] == [12, 2]
    assert [len(each.updates) for each in tracker.export().items[0].indicators] == [1, 0]
    stored = tracker.report_rows(rows)
    assert (len(stored.stored), stored.doubts) == (2, [])
    built, mended = tracker.export().items[0].indicators
    assert [(str(each.value), each.note) for each in built.updates] == [
        ("9", "已建成9公里"),
        ("12", "又一段"),
    ]
    assert [each.value for each in mended.updates] == [2]
    assert tracker.report_rows(rows).skipped == 2
    assert len(tracker.undo().events) == 2


def test_what_a_table_prints_as_revised_is_a_revision(opened: Opened) -> None:
    tracker = Tracker(opened(), now=NOW, author="甲")
    head = "指标,目标值,调整后目标,完成时限,调整后完成时限,责任单位\n"
    row = "绿道,25公里,{target},2026年底,{deadline},市园林局\n"
    first = read(head + row.format(target="", deadline=""), date(2026, 5, 31))
    assert tracker.merge_table(first).indicators == 1
    revised = head + row.format(target="20公里", deadline="2027年6月底")
    june = read(revised, date(2026, 6, 30))
    plan, _counts = tracker.rehearse_table(june)
    assert plan.edits == [
        "row 2, 绿道: target: 25 → 20",
        "row 2, 绿道: deadline: 2026-12-31 → 2027-06-30",
    ]
    tracker.merge_table(june)
    [indicator] = tracker.export().items[0].indicators
    [revision] = indicator.revisions
    assert (str(revision.on), str(indicator.target)) == ("2026-06-30", "25")
    assert revision.reason == "调整后目标、调整后完成时限"
    [assessment] = tracker.indicators().items
    assert (str(assessment.target), str(assessment.deadline)) == ("20", "2027-06-30")
    # The same table adds nothing, the next one what is new in it.
    assert tracker.merge_table(read(revised, date(2026, 7, 1)))[:5] == (0, 0, 0, 0, 0)
    again = head + row.format(target="18—22公里", deadline="2027年6月底")
    tracker.merge_table(read(again, date(2026, 7, 1)))
    newest = tracker.export().items[0].indicators[0].revisions[-1]
    assert (str(newest.target), str(newest.target_high), newest.deadline) == ("18", "22", None)
    tracker.undo(3)
    assert tracker.indicators().items[0].target == 20


def test_a_share_of_the_plan_is_merged_once(opened: Opened) -> None:
    tracker = Tracker(opened(), now=NOW, author="甲")
    shares = MAY.replace("已建成9公里", "形象进度60%")
    assert tracker.merge_table(read(shares, date(2026, 5, 31))).entries == 1
    [update] = tracker.export().items[0].indicators[0].updates
    assert update.value is None
    assert update.share_of_plan == 60
    assert tracker.merge_table(read(shares, date(2026, 5, 31)))[:5] == (0, 0, 0, 0, 0)
    assert tracker.merge_table(read(shares.replace("60%", "70%"), date(2026, 6, 30))).entries == 1

"""The first day of a ledger, found by what its lines print, is that of its records."""

from datetime import date

import pytest

from tracker.model.commits import TABLES
from tracker.model.filters import ALL
from tracker.storage.base import View
from tracker.storage.folder.rebuilding import rebuild_commit
from tracker.storage.folder.snapshot import encode_snapshot_tables
from tracker.storage.folder.view import FolderView, build_history_readers

OWNER = '{"id":"a","name":"供水","recorded_at":"%sT08:00:00Z"}'
FIRST = '{"id":"a.n1","name":"改造","recorded_at":"2026-03-02T08:00:00Z"}'
REPORTED = (
    '{"id":"a.n2","name":"新建","updates":[{"id":"u","on":"2026-01-01",'
    '"recorded_at":"2026-02-02T23:30:00+08:00"}],"recorded_at":"2026-03-01T08:00:00Z"}'
)
REVISED = (
    '{"id":"a.n3","name":"验收","revisions":[{"id":"r","on":"2026-01-01","reason":"会议",'
    '"recorded_at":"2026-01-02T08:00:00Z"}]}'
)
UNDATED = '{"id":"a.n4","name":"\\"recorded_at\\":\\"2020-01-01"}'
ODD = '{"id":"a.n5","name":"巡查","recorded_at":"2026-01-03T08:00:00Z","updates":[5]}'
LONE = '{"id":"none.n","name":"无主","recorded_at":"2025-01-01T08:00:00Z"}'


def view_of(owner: str | None, *indicators: str) -> FolderView:
    """Open a snapshot of these lines."""
    tables: dict[str, list[bytes]] = {name: [] for name in TABLES}
    tables["initiatives"] = [] if owner is None else [owner.encode()]
    tables["indicators"] = [line.encode() for line in indicators]
    return FolderView(encode_snapshot_tables(tables), [], build_history_readers(rebuild_commit, ()))


@pytest.mark.parametrize(
    ("owner", "indicators", "first"),
    [
        (OWNER % "2026-04-01", [FIRST, REPORTED], date(2026, 2, 2)),
        (OWNER % "2026-04-01", [REVISED, UNDATED, FIRST, FIRST], date(2026, 3, 2)),
        (OWNER % "2026-01-05", [UNDATED, REPORTED], date(2026, 1, 5)),
        (OWNER % "2026-04-01", [LONE, FIRST, ODD], date(2026, 1, 3)),
        ('{"id":"a","name":"供水"}', [UNDATED, REVISED], None),
        (OWNER % "2026-04-01", [LONE], None),
        (None, [], None),
    ],
)
def test_the_first_day_is_that_of_the_records(
    owner: str | None, indicators: list[str], first: date | None
) -> None:
    view = view_of(owner, *indicators)
    assert min(view.recorded_days(ALL), default=None) == first
    assert min(View.recorded_days(view, ALL), default=None) == first

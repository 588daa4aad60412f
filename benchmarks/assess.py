"""What judging indicators costs, beside reading them.

Run: python benchmarks/assess.py

Reading is what a command does before it can judge: the folder is loaded, the snapshot is
compared with its checksum and split into lines, and the lines become records. Decoding
alone, to dictionaries and to records, is beside it. The records are assessed in memory;
once with the garbage collector as Python has it, which walks all records again and again
while they become more, and once without it, as the program runs.
"""

import gc
import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

import _ledger
import msgspec
from _timing import Ratio, Timing, print_ratios, print_table, summary

from tracker.assessment.assess import assess
from tracker.assessment.rules import Rules
from tracker.exchange import entries
from tracker.model.codec import build_decoder, encode
from tracker.model.filters import Filter
from tracker.model.horizon import Horizon
from tracker.model.records import Indicator, Initiative
from tracker.storage.base import Store
from tracker.storage.open_store import open_store

if TYPE_CHECKING:
    from tracker.model.assessment import Assessment

INDICATORS = 100_000
RUNS = 3
_RECORDED_AT = datetime(2024, 1, 8, 9, 30, 15, 123456, tzinfo=UTC)

Answer = TypeVar("Answer")


def main() -> None:
    """Measure and print."""
    initiatives, lines = _generated()
    folder = TemporaryDirectory()
    store = _stored(Path(folder.name))
    today = date.today()  # noqa: DTZ011  # as tracker does
    horizon = Horizon(as_of=today, published={"2024-01-08-plan": date(2022, 1, 8)})
    rules = Rules()
    read = build_decoder(Indicator)
    plain = msgspec.json.Decoder().decode
    took: dict[str, list[float]] = {}
    found: list[Assessment] = []
    late = 0
    for _ in range(RUNS):
        for collects in (True, False):
            suffix = "" if collects else ", no collector"
            _timed(
                lambda: list(map(plain, lines)), took, f"decode to dict{suffix}", collects=collects
            )
            _timed(lambda: _read(store), took, f"read{suffix}", collects=collects)
            records = _timed(
                lambda: list(map(read, lines)), took, f"decode typed{suffix}", collects=collects
            )
            found = _timed(
                lambda records=records: [  # type: ignore[misc]
                    assess(initiatives[each.initiative_id], each, "active", horizon, rules)
                    for each in records
                ],
                took,
                f"assess{suffix}",
                collects=collects,
            )
            late = sum(each.light == "red" and each.days_late is not None for each in found)
            # What is left of one round would be walked by the collector in the next.
            records, found = [], []
    timings = {name: summary(each) for name, each in took.items()}
    size = sum(map(len, lines))
    print(f"{INDICATORS:,} indicators, {size // INDICATORS:,} bytes each, {late:,} overdue\n")
    print_table(
        ("", "median ms", "middle half", "a second"),
        [(name, *_shown(each)) for name, each in timings.items()],
    )
    print_ratios(
        timings,
        (
            Ratio("assess", "read", 1.0),
            Ratio("assess, no collector", "read, no collector", 1.0),
            Ratio("assess, no collector", "decode typed, no collector", 1.0),
        ),
    )


def _stored(folder: Path) -> Store:
    env = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    _ledger.make(folder / "ledger", INDICATORS, env)
    return open_store(str(folder / "ledger"))


def _read(store: Store) -> list[tuple[Initiative, Indicator]]:
    with store.view() as view:
        return list(view.candidates(Filter()))


def _generated() -> tuple[dict[str, Initiative], list[bytes]]:
    exchanged = _ledger.exchange(INDICATORS)
    initiatives, lines = {}, []
    for item in exchanged["items"]:
        indicators = item.pop("indicators")
        initiatives[item["id"]] = msgspec.convert(item, Initiative)
        for each in indicators:
            indicator = msgspec.convert(each, Indicator, strict=False)
            entries.add_ids_to_exchange_entries(indicator)
            indicator.recorded_at, indicator.by = _RECORDED_AT, "benchmark"
            for update in indicator.updates:
                update.recorded_at, update.by = _RECORDED_AT, "benchmark"
            lines.append(encode(indicator))
    return initiatives, lines


def _timed(
    work: Callable[[], Answer], took: dict[str, list[float]], name: str, *, collects: bool
) -> Answer:
    gc.collect()
    if not collects:
        gc.disable()
    # The time of the processor: what others do with it meanwhile is left out.
    start = time.process_time()
    answer = work()
    took.setdefault(name, []).append((time.process_time() - start) * 1000)
    gc.enable()
    return answer


def _shown(timing: Timing) -> tuple[str, str, str]:
    rate = INDICATORS / timing.median * 1000
    return f"{timing.median:.1f}", f"{timing.low:.1f}–{timing.high:.1f}", f"{rate:,.0f}"


if __name__ == "__main__":
    main()

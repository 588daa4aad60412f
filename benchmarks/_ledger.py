"""Large ledgers to measure with: made-up programmes, all alike, with days around today.

Run: python benchmarks/_ledger.py FILE INDICATORS [reports]: write the file that one is imported
from, or a file with one report more on each of its indicators.

Of ten indicators three are overdue, one was met before its deadline passed, and six
have time left. With five updates an indicator is stored in about 1.2 KB.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

PER_INITIATIVE = 10
UPDATES = 5
_TARGET = 90
_DOCUMENT = "2024-01-08-plan"
_PLACES = ("市中区", "历下区", "槐荫区", "天桥区", "历城区", "长清区", "章丘区", "莱芜区")
_BODIES = ("水务局", "住建局", "交通运输局", "教育局", "卫生健康委", "数据局", "农业农村局")
_THINGS = ("农村生活污水治理", "老旧小区改造", "充电设施建设", "公办幼儿园新增学位", "绿道贯通")


def indicator_id(number: int) -> str:
    """The id of an indicator, counted from 0."""
    return f"programme-{number // PER_INITIATIVE}.indicator-{number % PER_INITIATIVE}"


def today() -> date:
    """The day of the machine, as the program has it."""
    return date.today()  # noqa: DTZ011


def deadline_of(number: int) -> date:
    """Its deadline: for four of ten a day of the last year, else one of the next two."""
    days = number * 7 % 360 + 1
    is_past = number % 10 < 4  # noqa: PLR2004  # three overdue, one met
    return today() + timedelta(days=-days if is_past else 2 * days)


def updates_of(number: int) -> Iterator[tuple[date, int, str]]:
    """What was reported: the day, the value, and a note."""
    body = _BODIES[number % len(_BODIES)]
    first = today() - timedelta(days=7 * UPDATES)
    start = min(deadline_of(number) - timedelta(days=400), first)
    step = 12 if number % 10 == 3 else 5  # noqa: PLR2004  # the one that is met
    for nth in range(1, UPDATES + 1):
        value = 31 + step * nth
        on = start + timedelta(days=nth * 7)
        yield on, value, f"{body}第{nth}次调度通报，完成{value}%"


def list_items(indicators: int) -> Iterator[dict[str, Any]]:
    """The initiatives of so many indicators, as a file to import has them."""
    for first in range(0, indicators, PER_INITIATIVE):
        yield _item(first, min(first + PER_INITIATIVE, indicators))


def exchange(indicators: int) -> dict[str, Any]:
    """The file that a ledger of so many indicators is imported from."""
    return {
        "schema": 1,
        "documents": [{"id": _DOCUMENT, "title": "市政府工作报告", "published": "2022-01-08"}],
        "items": list(list_items(indicators)),
    }


def exchange_reports(indicators: int) -> dict[str, Any]:
    """A file with one report of today on each indicator."""
    return {
        "items": [
            {
                "id": f"programme-{first // PER_INITIATIVE}",
                "indicators": [
                    {"id": indicator_id(number), "updates": [_report(number)]}
                    for number in range(first, min(first + PER_INITIATIVE, indicators))
                ],
            }
            for first in range(0, indicators, PER_INITIATIVE)
        ]
    }


def _report(number: int) -> dict[str, Any]:
    value = 60 + number % 9
    return {"on": str(today()), "value": value, "note": f"今日调度通报，完成{value}%"}


def make(place: Path, indicators: int, env: Mapping[str, str]) -> None:
    """Make a ledger of so many indicators, as ``tracker init`` does it, beside its file.

    In processes of their own: what this one takes would count as memory of what it starts.
    """
    source = place.with_suffix(".json")
    subprocess.run([sys.executable, __file__, source, str(indicators)], check=True)
    init = [sys.executable, "-m", "tracker", "init", "--from", str(source), "--db", str(place)]
    subprocess.run(init, env=env, cwd=place.parent, check=True, stdout=subprocess.DEVNULL)


def _item(first: int, end: int) -> dict[str, Any]:
    number = first // PER_INITIATIVE
    place = _PLACES[number % len(_PLACES)]
    return {
        "id": f"programme-{number}",
        "name": f"{place}{_THINGS[number % len(_THINGS)]}三年行动计划（第{number}批）",
        "kind": "programme",
        "level": "district",
        "category": "民生",
        "place": f"济南市{place}",
        "lead": _BODIES[number % len(_BODIES)],
        "sources": [{"document": _DOCUMENT, "locator": f"第{number % 9 + 1}部分"}],
        "indicators": [_indicator(each) for each in range(first, end)],
    }


def _indicator(number: int) -> dict[str, Any]:
    deadline = deadline_of(number)
    thing = _THINGS[number % len(_THINGS)]
    return {
        "id": indicator_id(number),
        "name": f"{thing}完成比例（第{number}项）",
        "unit": "%",
        "op": ">=",
        "target": _TARGET,
        "baseline": 31,
        "baseline_on": str(deadline - timedelta(days=700)),
        "deadline": {"on": str(deadline), "wording": f"{deadline:%Y年%m月%d日}前"},
        "accumulation": "level",
        "commitment": "outcome",
        "source": {"document": _DOCUMENT, "locator": f"第{number % 9 + 1}部分"},
        "updates": [
            {"on": str(on), "value": value, "note": note} for on, value, note in updates_of(number)
        ],
    }


if __name__ == "__main__":
    content = exchange_reports if "reports" in sys.argv else exchange
    Path(sys.argv[1]).write_text(json.dumps(content(int(sys.argv[2])), ensure_ascii=False), "utf-8")

"""The columns of a form that is sent out, filled in and read back, and the key of its rows.

A row is known by its hidden key, wherever it stands. Beside the key stand, hidden too, the
locked cells as they were sent: whoever changes one finds both values in the refusal.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple
from unicodedata import normalize

from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.model.periods import Period
from tracker.system.text import escape_hidden_text

EXAMPLE_KEY = "example"
"""Key of the row that shows how to fill in."""
_LONGEST_LOCKED = 200
_CHECKSUM_DIGITS = 12

HEADS: Mapping[str, tuple[str, ...]] = {
    "row": ("no.", "序号"),
    "lead": ("lead", "牵头单位", "责任单位", "牵头责任单位"),
    "initiative": ("initiative", "事项", "任务", "项目", "事项名称", "项目名称", "工作任务"),
    "name": ("indicator", "指标", "指标名称", "name", "名称"),
    "id": ("id", "编号", "编码"),
    "accumulation": ("counted", "填报口径", "口径"),
    "target": ("target", "目标", "目标值"),
    "unit": ("unit", "单位", "计量单位"),
    "deadline": ("deadline", "时限", "完成时限"),
    "before": ("value before", "上期值"),
    "expected": ("expected by then", "序时应达"),
    "light": ("light", "灯"),
    "value": (
        *(
            "value or done",
            "本期值或完成",
            "value",
            "本期值",
            "本期",
            "本期数",
            "本期完成",
            "完成值",
        ),
        *("完成数", "累计完成", "累计完成值", "累计值", "当前值", "现值", "实际值", "actual"),
    ),
    "done": ("done", "完成", "是否完成"),
    "on": ("as of", "截至日", "截至日期", "截止日期", "数据日期", "on", "date"),
    "period_start": ("period start", "起始日", "本期起始日", "本期起始日期", "统计起始日"),
    "share_of_plan": ("share of plan", "形象进度", "完成比例"),
    "status": ("status", "状态", "数据性质"),
    "note": ("progress", "进展说明", "进展情况", "进展", "说明", "备注", "note", "notes"),
    "evidence": ("evidence", "佐证", "佐证材料", "依据"),
    "problems": ("problems", "存在问题", "问题"),
    "next_steps": ("next steps", "下步措施", "下一步措施", "下一步打算", "下一步工作"),
    "expected_on": (
        "expected completion",
        "预计完成日",
        "预计完成时间",
        "预计完成",
        "预计完成日期",
    ),
    "key": ("form key", "填报码"),
    "locked": ("as sent", "原表内容"),
}
"""What the head of each column may say: first the words of our own forms, English and Chinese."""

LOCKED = (
    *("lead", "initiative", "name", "accumulation", "target"),
    *("unit", "deadline", "before", "expected", "light"),
)
"""Columns that nobody is to change. The number of a row is locked too, but may be made anew."""

ENTRY_COLUMNS = (
    *("value", "on", "share_of_plan", "status", "note"),
    *("evidence", "problems", "next_steps", "expected_on"),
)
"""Columns that are filled in."""

STATUS_WORDS: Mapping[str, tuple[str, ...]] = {
    "final": ("final", "确定", "确定数", "实际数", "已核实"),
    "in_progress": ("in_progress", "in progress", "在建", "进行中", "推进中"),
    "estimate": ("estimate", "预计", "预计数", "估计"),
}
_LIGHT_WORDS: Mapping[str, tuple[str, ...]] = {
    "red": ("red", "红灯", "红"),
    "yellow": ("yellow", "黄灯", "黄"),
    "green": ("green", "绿灯", "绿"),
    "none": ("none", "无灯", "无"),
}
DONE_WORDS = frozenset(
    (
        "是",
        "完成",
        "已完成",
        "全部完成",
        "达成",
        "已达成",
        "yes",
        "y",
        "done",
        "true",
        "√",
        "✓",
        "☑",
    )
)
NOT_DONE_WORDS = frozenset(("否", "未完成", "没有完成", "no", "n", "not done", "false", "×", "✗"))
_HEAD_OF = {key: key for key in HEADS} | {
    words: key for key, heads in HEADS.items() for words in heads
}


class FormKey(NamedTuple):
    """What a row is about: the ledger it came from, the indicator and the days it asks for."""

    ledger: str
    indicator: str
    period: Period


def find_column_of_form_head(text: str) -> str | None:
    """Return the key of the column whose head says so, in either language; None: no such one."""
    words = normalize("NFKC", text).casefold()
    words = re.sub(r"[(\[][^)\]]*[)\]]|[*%:：]", " ", words)
    words = " ".join(words.split())
    return _HEAD_OF.get(words) or _HEAD_OF.get(words.replace(" ", ""))


def format_locked_form_cells(cells: Mapping[str, str]) -> str:
    """Return the locked cells of a row, by column, as they are kept beside its key."""
    shown = {key: _shorten_locked_form_cell(cells.get(key, "")) for key in LOCKED}
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def parse_locked_form_cells(text: str) -> dict[str, str]:
    """Return the locked cells of a row as they were sent.

    Raises:
        InvalidInput: the text was changed.
    """
    try:
        cells = json.loads(text)
    except ValueError:
        cells = None
    if not isinstance(cells, dict) or not all(isinstance(cell, str) for cell in cells.values()):
        raise _refuse_form_key()
    return cells


def format_form_key(key: FormKey, locked: str) -> str:
    """Return the key of a row as it is written, with a checksum over it and the locked cells."""
    written = f"{key.ledger}/{key.indicator}/{key.period.first}/{key.period.last}"
    return f"{written}/{_compute_checksum_of_form_row(written, locked)}"


def parse_form_key(text: str, locked: str) -> FormKey:
    """Return what a key says.

    Raises:
        InvalidInput: it, or the cells beside it, are not as they were sent.
    """
    written, _slash, checksum = text.strip().rpartition("/")
    parts = written.split("/")
    if checksum != _compute_checksum_of_form_row(written, locked) or len(parts) != len(
        ("l", "i", "f", "t")
    ):
        raise _refuse_form_key()
    ledger, indicator, first, last = parts
    return FormKey(ledger, indicator, Period(date.fromisoformat(first), date.fromisoformat(last)))


def is_same_locked_form_cell(column: str, sent: str, cell: str) -> bool:
    """Return whether a locked cell says what was sent, however a program has saved it.

    A light is kept as its word for programs, and shown in the language of the form.
    """
    if column == "light" and cell in {*_LIGHT_WORDS.get(sent, ()), _(sent)}:
        return True
    if _fold_locked_form_cell(sent) == _fold_locked_form_cell(_shorten_locked_form_cell(cell)):
        return True
    try:
        return Decimal(_fold_locked_form_cell(sent).rstrip("%")) == Decimal(
            _fold_locked_form_cell(cell).rstrip("%")
        )
    except InvalidOperation:
        return False


def _shorten_locked_form_cell(text: str) -> str:
    return escape_hidden_text(text)[:_LONGEST_LOCKED]


def _fold_locked_form_cell(text: str) -> str:
    """Return a text without spaces, the guard of a formula and the width of its letters."""
    return "".join(normalize("NFKC", text).replace(",", "").split()).removeprefix("'")


def _compute_checksum_of_form_row(written: str, locked: str) -> str:
    from hashlib import sha256

    content = f"{written}\n{''.join(locked.split())}"
    return sha256(content.encode("utf-8", "backslashreplace")).hexdigest()[:_CHECKSUM_DIGITS]


def _refuse_form_key() -> InvalidInput:
    return InvalidInput(
        _("the hidden key of the row was changed; take the row from the form as it was sent")
    )

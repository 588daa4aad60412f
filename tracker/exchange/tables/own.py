"""Know the tables of this program again: the ledger as a workbook, and its lists as CSV."""

from collections.abc import Mapping, Sequence

from tracker.exchange.tables.heads import NOT_READ, Head, fold_table_head

# Heads in English and in Chinese, and as the keys of a list, with the fields that are read.
# All else is computed, or is said by other columns too.
_FIELDS: Mapping[str, str] = {
    "id": "id",
    "编号": "id",
    "initiative": "name",
    "事项": "name",
    "indicator": "indicator",
    "指标": "indicator",
    "name": "indicator",
    "place": "place",
    "地区": "place",
    "category": "category",
    "类别": "category",
    "target": "target",
    "目标值": "target",
    "op": "op",
    "比较": "op",
    "target_high": "target_high",
    "upto": "target_high",
    "上限": "target_high",
    "share_of_plan": "share_of_plan",
    "shareofplan": "share_of_plan",
    "原文完成比例": "share_of_plan",
    "unit": "unit",
    "单位": "unit",
    "value": "value",
    "现值": "value",
    "value_on": "value_on",
    "reportedfor": "value_on",
    "数值截至": "value_on",
    "deadline": "deadline",
    "时限": "deadline",
    "deadline*assumed": "deadline",
    "时限推定": "deadline",
    "lead": "lead",
    "牵头单位": "lead",
    "support": "support",
    "配合单位": "support",
    "person": "person",
    "personincharge": "person",
    "责任人": "person",
    "notes": "notes",
    "备注": "notes",
}
_PROOFS = frozenset({"initiative_id", "initiativeid", "事项编号"})
_STATES = frozenset({"light", "灯"})


def is_own_head(texts: Sequence[str]) -> bool:
    """Return whether a row is the head of a table that this program wrote."""
    folded = {fold_table_head(text) for text in texts}
    return bool(folded & _PROOFS) and bool(folded & _STATES) and bool(folded & {"id", "编号"})


def read_own_head(column: int, text: str) -> Head:
    """Return the head of a column of such a table."""
    field = _FIELDS.get(fold_table_head(text).replace(" ", ""), NOT_READ)
    return Head(column, (text,), field, None, is_growth=False)

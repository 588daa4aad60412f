"""Read the head of a table: which column holds which field, by the words offices use."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

FIELDS = (
    "number",
    "category",
    "name",
    "indicator",
    "target",
    "unit",
    "baseline",
    "value",
    "value_on",
    "share_of_plan",
    "done",
    "lead",
    "support",
    "person",
    "deadline",
    "direction",
    "revised_target",
    "revised_deadline",
    "notes",
)
"""Fields of a record that a column may hold, as ``--map`` calls them."""
NOT_READ = "-"
"""Field of a column that is left out."""
_ALIASES = {"initiative": "name", "leads": "lead", "note": "notes", "share": "share_of_plan"}

# The first pattern that fits decides; they are compared with the head from its top to its
# last row, without spaces and the words in brackets. Bodies are those of 责任单位: the first
# leads, the others support.
_WORDS: tuple[tuple[str, str], ...] = (
    ("id", r"^(?:id|事项编号|指标编号|tracker_?id)$"),
    ("number", r"(?:^|/)(?:序号|编号|项次|次序|号|no\.?|ref\.?|reference|#)$"),
    ("value_on", r"截至(?:时间|日期|日)$|统计(?:时间|日期|时点)$|数据(?:截至|日期)|^asat$|^asof$"),
    (
        NOT_READ,
        (
            r"上年|去年|上期|同期|前值|outturn|previous|lastyear|阶段性?(?:目标|任务)|上半年目标|总投资"
            r"|建设年限|建设性质|开工(?:时间|日期)|联系|电话|手机|邮箱|^rag|^trend|^status|亮灯|^灯|light"
            r"|进度评价|评价|排名|位次|建设内容|建设规模|规模|概况|expected|序时|days?late|值班|带班"
            r"|填报|审核|日期$|序号|基本情况|交办时间|立项|(?:进度|时间|工作|季度|节点|计划)安排|计划进度|推进计划|分季度|分月"
        ),
    ),
    (
        "share_of_plan",
        (
            r"完成率|完成比例|完成进度|(?:占|完成)[^/]*(?:年度|全年|计划|目标|任务)[^/]*(?:%|比)?$"
            r"|占(?:年度|全年)?(?:计划|目标|任务)|执行率|(?:支出|执行|资金|投资)进度|percentcomplete|%complete|^done$|shareofplan"
        ),
    ),
    ("month", r"当月|本月|单月|月度完成|thismonth|inmonth"),
    ("done", r"是否(?:已?完成|已?办结|销号)|办结情况|completed\?"),
    ("completion", r"竣工|投产(?:时间|日期)|建成(?:时间|日期)"),
    (
        "deadline",
        (
            r"时限|期限|完成时间|完成日期|截止|时间要求|时间节点|完成节点|计划完成时间|完成时点|due|deadline"
            r"|completiondate|targetdate|enddate|bywhen|^when$|办结时间|延期(?:至|到|后)"
        ),
    ),
    ("baseline", r"基数|基期|基准值|baseline"),
    ("unit", r"计量单位|数量单位|^unit|unitof|(?<![头任合办报织责施主])单位$"),
    (
        "bodies",
        (
            r"牵头[^/]*(?:配合|协办)|责任分工|责任[^/]{0,2}(?:单位|部门|处室|科室|主体)|承办|主责|实施单位"
            r"|建设单位|业主|责任制|落实单位|完成单位"
        ),
    ),
    ("support", r"配合|协办|协同|参与|参加单位|support"),
    (
        "person",
        (
            r"责任人|负责人|分管|责任领导|包[保联抓]领导|联系领导|市领导|领导|owner|officer|responsibleperson"
            r"|accountable|person"
        ),
    ),
    ("lead", r"牵头|主办|单位$|部门$|科室$|处室$|lead|responsible|department|directorate|service$"),
    ("direction", r"goodis|polarity|direction|aim$"),
    (
        "target",
        (
            r"目标值|指标值|目标任务|年度目标|年度任务|全年任务|目标|任务[数量]|计划[数量]|计划投资|预算(?:安排|数|额|$)|年度计划|工作要求"
            r"|目标要求|要求$|target|plan$"
        ),
    ),
    ("indicator", r"indicator|kpi"),
    ("notes", r"备注|说明|存在问题|困难|下一步|措施|comment|notes?$|remark|narrative|来源|依据"),
    (
        "value",
        (
            r"累计|完成数|完成值|完成量|完成情况|完成投资|已完成|实际|现值|当前值|进展|进度|办理|推进|情况$|actual"
            r"|progress|result|ytd|^performance$|value|latest"
            r"|^(?:1[-—–~至到]\d{1,2}月份?|\d{1,2}月[底末]?|截至?[^/]*|本?年)?完成$"
            r"|^1月?[-—–~至到]\d{1,2}月份?(?:完成|实际)?"
        ),
    ),
    ("value", r"(?:^|/)(?:q[1-4]|[一二三四1-4]季度|上半年|前?[一二三1-3]{1,3}季度|half-?year|h1)"),
    ("name", r"(?:项目|事项|任务|工程)[^/]*/?名称"),
    ("category", r"类别|分类|领域|板块|行业|大类|专项|priority|theme|category|objective|outcome"),
    ("indicator", r"指标|具体内容|工作内容|内容|measure|indicator|kpi"),
    (
        "name",
        r"事项|任务|项目|工作|举措|名称|实事|课题|工程|title|initiative|project|action|task|name",
    ),
)
_REVISED = r"(?:调整|修订|变更|修改)(?:后|为)|延期(?:至|到|后)|revised|amended|rebased"
_GROWTH = r"增速|增幅|增长|同比"
_UNIT_IN_HEAD = r"[（(【\[]([^（）()【】\[\]]{1,8})[)）】\]]"
_NO_UNITS = r"月|季|年|必填|选填|是|否|累计|截至|apr|jul|oct|jan|quarter|填"
# What the last row of a head says of these needs nothing from the rows above it.
_CLEAR = frozenset(
    (
        "number",
        NOT_READ,
        "month",
        "done",
        "deadline",
        "bodies",
        "support",
        "person",
        "lead",
        "notes",
    )
) | {"unit", "share_of_plan"}
_CERTAIN = frozenset({"name", "indicator"})


class Head(NamedTuple):
    """Head of a column.

    Attributes:
        column: from 1.
        path: its words as printed, from the top row to the last.
        field: the field that the column holds; empty where the words are not known.
        unit: the unit that stands in brackets.
        is_growth: whether it holds a rate of growth of what the row names.
    """

    column: int
    path: tuple[str, ...]
    field: str
    unit: str | None
    is_growth: bool

    @property
    def text(self) -> str:
        """Return the head as one text, its rows parted by slashes."""
        return "/".join(self.path)


def read_table_head(column: int, path: Sequence[str], mapped: Mapping[str, str]) -> Head:
    """Return the head of a column by its words.

    Args:
        column: its number.
        path: its words, from the top row to the last, each as printed.
        mapped: fields by words of a head, as a person says them; they win.
    """
    words = tuple(dict.fromkeys("".join(part.split()) for part in path if part.strip()))
    text = "/".join(words)
    folded = fold_table_head(text)
    unit = next(
        (
            found
            for found in re.findall(_UNIT_IN_HEAD, unicodedata.normalize("NFKC", text))
            if not re.search(_NO_UNITS, found.casefold())
        ),
        None,
    )
    given = next(
        (
            field
            for head, field in mapped.items()
            if fold_table_head(head) in {folded, fold_table_head(words[-1]) if words else ""}
        ),
        None,
    )
    leaf = find_field_of_table_head(fold_table_head(words[-1])) if words else ""
    field = given or (leaf if leaf in _CLEAR else find_field_of_table_head(folded))
    if not given and field in {"target", "deadline"} and re.search(_REVISED, folded):
        field = f"revised_{field}"
    is_growth = field in {"target", "value"} and bool(re.search(_GROWTH, words[-1]))
    return Head(column, words, _ALIASES.get(field, field), unit, is_growth)


def find_field_of_table_head(folded: str) -> str:
    """Return the field that a folded head names; empty where its words are not known."""
    return next((field for field, words in _WORDS if re.search(words, folded)), "")


def fold_table_head(text: str) -> str:
    """Return a head as its words are compared: of one width and case, without brackets."""
    folded = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return re.sub(r"[(\[【][^()\[\]【】]*[)\]】]|[:*]", "", folded)


def count_known_table_heads(texts: Sequence[str], mapped: Mapping[str, str]) -> int:
    """Return how many different fields the cells of a row may be the heads of; 0 without a name."""
    given = {fold_table_head(head) for head in mapped}
    fields = set()
    for text in texts:
        folded = fold_table_head(text)
        longest = 24
        if folded in given:
            fields.add(folded)
        elif len(folded) <= longest:
            fields.add(find_field_of_table_head(folded))
    fields -= {"", NOT_READ}
    has_name = bool(fields & _CERTAIN) or bool(given & fields)
    return len(fields) if has_name else 0

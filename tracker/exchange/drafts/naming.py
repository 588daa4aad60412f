"""Name what a number measures, what it belongs to, and who leads it."""

import re
from collections import Counter
from typing import NamedTuple

from tracker.exchange.drafts import words
from tracker.exchange.drafts.amounts import Amount
from tracker.exchange.drafts.sentences import Span
from tracker.exchange.drafts.times import Time, is_time_an_attribute

_LONGEST_NAME = 40
# What stands further before a number is not part of its name.
_LONGEST_CLAUSE = 80
_LONGEST_REACH = 400
_LONGEST_LEAD = 30
_LONGEST_NOUN = 12
_LONGEST_TIME = 8
_SHORTEST_ITEM = 4
_FEWEST_MENTIONS = 2
_RUN_IN_LENGTHS = range(5, 17)
_ACTION_LENGTHS = range(5, 21)
_VERB_END = re.compile(
    rf"(?:{'|'.join(sorted(words.VERBS, key=len, reverse=True))}|给予|组织|推动|[抓搞办]好|办成)$"
)
_REACH_END = re.compile(
    r"(?:(?:(?:力争|争取|要|将|可|能够?|均|都|分别|已|总数|保持|稳定|控制|超额|有望|计划|预计|累计)*"
    r"(?:达到|突破|超过|提高|提升|增长|增加|下降|降低|降|升|增|扩|减|缩短|压缩|减少|压减|扩大|上升|稳定|保持|控制|维持)?"
    r"(?:到|至|在|为|于|达|有|是|破|超|过|约|近|逾|仅|共|各|达到了?|突破|迈上|跃上|站上|超过|不低于|不少于|不超过))|分别|的|共|仅|各|均|总计|合计|为|"
    r"(?<![许认])可|再|还|将|(?<=[率积量])保持)+$"
)
_GROWTH_END = re.compile(rf"{words.GROWTH}$")
_LEADING = re.compile(words.ADVERBS)
_PARENTHESES = re.compile(r"（[^（）]*）|\([^()]*\)|（[^（）]*$|^[^（）]*）")
_NUMBERING = re.compile(
    r"^(?:[-—–·●■◆▪\s#*]+|\[[ xX√]\]|第[一二三四五六七八九十百]+[章节条][ 　、]?"
    r"|[一二三四五六七八九十]{1,3}[、是要]|[（(][一二三四五六七八九十\d]{1,3}[)）]"
    r"|\d{1,2}[.．、](?!\d)|[①-⑳]|第[一二三四五六七八九十]+[，,、])+"
)
_SUFFIX = re.compile(
    r"(?:居民)?(?:人均(?:可支配|纯)?收入|(?:总)?(?:产值|收入|支出|投资|面积|产量|人数|参保率|覆盖率|保险|增加值|标准|补贴)"
    r"|占[^，]+(?:比重|比例)?|成交额|建成区面积|比重|"
    r"(?:城镇化|计量|达标|覆盖|合格|优良|普及|死亡|入园|毛?入学|巩固|利用|处理|绿化|自给|出栏)?率)$"
)
_GENERIC_HEADING = re.compile(
    rf"{words.PAST_SECTION}|主要(?:目标|任务|工作|预期)|总体(?:要求|情况)|工作(?:安排|部署|重点|任务)|重点(?:任务|工作)|"
    r"^(?:20|19)\d\d年|进展情况|下一步|目标任务|附件|要求$|情况$|^目标|达到或|滞后于|指标"
)


_PLACE = re.compile(
    r"(?<![\u4e00-\u9fff])(?:记者从|记者在|走进)?(?P<place>[\u4e00-\u9fff]{2,3}"
    r"(?:[省市县州旗]|(?<![小园景社库校灌辖街片城新发范验厂林牧矿港地])区))"
)


class Subject(NamedTuple):
    """What a clause is about, for a clause after it that does not say so."""

    name: str
    parts: tuple[str, ...] = ()


def strip_numbering_of_name(text: str) -> str:
    """Return the text without the number, dash or sign that it begins with."""
    return _NUMBERING.sub("", text).strip("*# 　")


def split_unit_from_name(text: str) -> tuple[str, str]:
    """Return the name and the unit in its brackets: （1）森林覆盖率（%） is 森林覆盖率 and %."""
    name = strip_numbering_of_name(text.strip())
    match = re.search(r"[（(](?P<unit>[^（）()]{1,12})[)）]$", name)
    if match is None:
        return name, ""
    return name[: match.start()].strip(), match["unit"].replace("％", "%")


def clean_subject_of_name(text: str) -> str:
    """Return words before a number without adverbs, words of reaching and joiners."""
    name = strip_numbering_of_name(_strip_name(_PARENTHESES.sub("", text[-_LONGEST_CLAUSE:])))
    name = re.sub(
        r"^(?:本报[^，]{0,8}?讯[ 　]*|[^，]{2,4}讯[ 　]+)|^多月|^(?:台阶|大关|关口)(?:、|以及|和)?|"
        r"连续[\d一二三四五六七八九十两]+年|^[\d三四五两]+年(?:累计|间|来)?",
        "",
        name,
    )
    name = re.sub(rf"^(?:请|由)?{words.BODY}(?:要|须|应)(?:于|在)?", "", name)
    while True:
        shorter = _strip_name(_LEADING.sub("", name))
        if not _GROWTH_END.search(shorter):
            shorter = _strip_name(_REACH_END.sub("", shorter))
        if shorter == name:
            break
        name = shorter
    name = re.sub(
        r"(?<=[^，])(?:全部|一定|全面|预计|力争|至少)(?=\w)|(?:力争|争取|确保)$", "", name
    )
    name = re.sub(
        r"^([^，]{1,6}[省市县区州])(?:还|也|已)?(?:将|计划|拟|累计|共)(?=\w\w)", r"\1", name
    )
    name = re.sub("在的?基础上(?=\\w)", "", name)
    name = re.sub(rf"(?:上一?年)?同期(?:相比)?(?=(?:分别)?{words.GROWTH}了?$)", "", name)
    # 主城区应完成涉及3万户的改造.
    name = re.sub(r"(?<=完成)涉及$", "", re.sub(r"^[^，]{0,6}应(?=完成|建设|新增|新建)", "", name))
    name = re.sub(rf"已经?(?={words.STATES}(?:投资)?$)|(?<=\w{{3}}){words.PER_MONTH}$", "", name)
    if name.count("“") != name.count("”"):
        name = name.replace("“", "").replace("”", "")
    return re.sub(r"^(?:比|较|的)+", "", name)[-_LONGEST_NAME:]


def find_own_place_for_names(text: str) -> str | None:
    """Return the place that a text is about: the one that its clauses open with most often."""
    places = Counter(match["place"] for match in _PLACE.finditer(text))
    place, count = next(iter(places.most_common(1)), ("", 0))
    return place if count >= _FEWEST_MENTIONS else None


def strip_own_place_from_name(name: str, place: str | None) -> str:
    """Return a name without the place of the document before its verb: 云山市已开办."""
    verbs = "|".join(words.VERBS)
    places = f"|{re.escape(place)}" if place else ""
    own = rf"(?:全[市县区省州国]|我[国省市县区州]|[县市区]{{1,2}}|乡镇|街道{places})"
    done = r"(?:要|还|也|已|将|计划|拟|共|全部|今年)*"
    return re.sub(rf"^{own}{done}(?=(?:{verbs}|开办|设立|兑现)(?!总值))", "", name)


def _strip_name(text: str) -> str:
    """Return the text without joiners; the 及 of 惠及 and 涉及 stays."""
    text = text.lstrip("、和及与以，；： 　").rstrip("、，；： 　")
    return re.sub(r"(?:(?<![惠涉普以])及|和|与)$", "", text)


def remove_times_from_name(text: str, start: int, end: int, times: list[Time]) -> str:
    """Return a part of a text without its words of time."""
    kept, at = [], start
    for time in times:
        if (
            time.start < end
            and time.end > at
            # 年度计划投资 is a name of its own.
            and not (time.words == "年度" and re.match("计划总?投资", text[time.end :]))
            and not is_time_an_attribute(text, time.start, time.end)
        ):
            if time.start > at:
                joiner = "比|较" if time.role == "compared" else "[已将]于|将在|于|在"
                kept.append(re.sub(rf"(?<=\w)(?:{joiner})$", "", text[at : time.start]))
            at = max(at, time.end)
    kept.append(text[at:end] if at < end else "")
    joined = "".join(kept)
    if joined == text[start:end]:
        return re.sub(r"^(?:，|,)+", "", joined.strip())
    return re.sub(
        r"^(?:截至|截止)$|^(?:截至|截止|到|至|在(?!建)|于|从|自|比|较|，|,)+(?=\S)",
        "",
        joined.strip(),
    )


def name_following(text: str, start: int, end: int, times: list[Time]) -> str:
    """Return the thing counted where it stands behind the number: 20所 普通高中."""
    behind = text[start:end]
    if re.match(r"[和及与、以左右（]", behind):
        return ""
    noun = re.split(r"[，；。：]|（(?![^）]{0,8}）)", behind, maxsplit=1)[0]
    is_for = re.search(r"[为向对][^，为向对]{0,10}$", text[max(0, start - 14) : start])
    served = re.match(rf"(?P<whom>[^，、]{{0,12}}?{words.PEOPLE}){words.SERVES}", noun)
    if is_for and served and "、" in noun:
        # 为64万名孕妇提供甲病、乙病的筛查 names whom and what, not each illness.
        is_open = re.search("、.*等", noun)
        noun = served["whom"] + ("" if is_open else noun[served.end() :].rpartition("的")[2])
        noun = noun.replace("、", "和")
    if listed := re.match(
        r"[^，；。：]{0,60}?、[^，；。：]{0,60}?等(?P<thing>[^，；。：、等]{2,24})", noun
    ):
        noun = listed["thing"]
    elif "、" in noun and len(noun) > _LONGEST_NOUN and not re.match(words.KINDS_OF_PEOPLE, noun):
        noun = noun.split("、", 1)[0]
    for time in times:
        if start <= time.start < end:
            noun = re.sub(rf"(?:[已将]?于|已在)?{re.escape(time.words)}", "", noun)
    # 8项省重点项目总投资198亿元: the investment is the next number's.
    noun = re.sub(rf"(?<=\w{{3}})(?:{words.INVESTMENTS})[约达为]?(?:\d.*)?$", "", noun)
    noun = _join_state_to_noun(noun.removesuffix("的基础上"))
    noun = re.sub(r"(?<=\w\w)[均都也]?(?:将(?!军)|已|确保)+在?(?=\w\w)|全部|一定|全面", "", noun)
    # 75家企业年销售收入18亿元: the income is the next number's.
    noun = re.sub(
        r"(?<=\w{3})(?:年|全年)?(?:主营业务|销售|营业)?(?:收入|产值|销售额|利润)$", "", noun
    )
    noun = re.sub(r"(?:[和及与、]|以及)$", "", noun.strip())
    noun = re.sub(r"(?:[和及与、]|以及)(?:为|对|建设|新建|改造|建成|完成)?(?:超|近|约)?$", "", noun)
    if re.match(
        r"大关|台阶|关口|”?的?(?:年度|全年|预期)?目标|”列入|左右|以上", noun
    ) or not re.search(r"\w\w", noun):
        return ""
    return noun[:_LONGEST_LEAD].strip("、，；： ")


def _join_state_to_noun(noun: str) -> str:
    """Return 事项跨域通办 of 事项实现跨域通办; what is long, or has a number, is left out."""
    if used := re.fullmatch(words.IN_USE, noun):
        return used["thing"] + used["state"]
    thing, verb, state = re.match(  # type: ignore[union-attr]  # it matches all
        r"(.*?)(?:((?:共|累计|年度|总共)?(?:完成|实现|达到|投入|带动))(.*))?$",
        noun,
        re.DOTALL,
    ).groups()
    is_state = verb in {"完成", "实现"} and re.fullmatch(r"了?[^\d，]{2,12}", state or "")
    if is_state and thing and state.endswith("任务"):
        return thing + verb + state
    if verb == "完成" and thing.endswith("已"):
        return thing.removesuffix("已") + verb
    if is_state and not thing:
        return f"{verb}{state}".replace("了", "")
    return thing + state if is_state else thing


def find_verb_before_name(name: str) -> str:
    """Return the verb that the words before a number end in; empty if there is none."""
    match = _VERB_END.search(name)
    return match.group() if match else ""


def find_opening_verb_of_name(name: str) -> str:
    """Return the verb that the words before a number begin with; empty if there is none."""
    verbs = sorted(
        {*words.VERBS, "建成通车", "建成投产", "建成投用", "加快推进", "提速"},
        key=len,
        reverse=True,
    )
    return next((verb for verb in verbs if name.startswith(verb)), "")


def drop_examples_of_name(name: str) -> str:
    """Return 新建公园 of 新建甲山、乙湖等公园, which stands before its number."""
    listed = re.search("、.*等(?P<thing>[^级待、，]{2,14})$", name)
    verb = find_opening_verb_of_name(re.sub("^[^、]{0,6}?陆续", "", name))
    return verb + listed["thing"] if listed and verb else name


def needs_following_name(before: str) -> bool:
    """Return whether the words before a number end in a verb whose object comes after it."""
    bare = re.sub(r"(?:了|超过|超|近|约|不少于|各|共|等|一批|好)+$", "", before)
    return not bare or bool(_VERB_END.search(bare)) or bare.endswith(("对", "为", "向", "给"))


def split_named_subjects(name: str, count: int = 0) -> tuple[str, ...]:
    """Return the parts of 城镇、农村居民人均可支配收入, each with the words they share.

    Args:
        name: the words before numbers.
        count: how many numbers there are; 城镇和工业用水、农业用水 are two where it is 2.
    """
    if sectors := re.match(words.THREE_SECTORS, name):
        return tuple(f"第{each}产业{name[sectors.end() :]}" for each in "一二三")
    if name.startswith("城乡"):
        return "城镇" + name[2:], "农村" + name[2:]
    joiners = r"(?:、|和(?![美谐平])|(?<![普涉惠])及(?!时)|与)(?!其他)"
    parts = [part for part in re.split(joiners, name) if part]
    if len(parts) > count > 1 and name.count("、") + 1 == count:
        parts = [part for part in name.split("、") if part]
    if len(parts) <= 1:
        return (name,)
    suffix = _SUFFIX.search(parts[-1])
    if suffix is not None and suffix.start() > 0:
        shared = suffix.group()
        parts = [part if _SUFFIX.search(part) else part + shared for part in parts]
    last = parts[-1]
    # 内、外贸进出口额 share all but their first character.
    parts = [part[0] + last[1:] if len(re.sub(_SUFFIX, "", part)) == 1 else part for part in parts]
    # 长江、珠江流域优良比例: what is of one kind ends in the same character.
    parts = [
        part + last[len(part) :]
        if len(part) < len(last) and last[len(part) - 1] == part[-1] and "分别" not in last
        else part
        for part in parts
    ]
    return (parts[0], *(_complete_named_part(parts[0], part) for part in parts[1:]))


def _complete_named_part(first: str, part: str) -> str:
    """Return 村组公路通畅率 for the 通畅率 of 村组公路通达率和通畅率."""
    is_short = part.endswith("率") and len(part) <= _SHORTEST_ITEM < len(first)
    return first[: -len(part)] + part if is_short and first.endswith("率") else part


def find_named_lead(sentence: str, times: list[Time]) -> str | None:
    """Return the name that a paragraph gives itself in its first sentence.

    That is a short sentence without a number (推动城镇高质量发展。), also behind words of
    time (这五年，…), the subject of 主要目标是, or the first clause where it is an action
    (加强基础设施建设，力争…).
    """
    text = _PARENTHESES.sub("", strip_numbering_of_name(sentence))
    if re.match(words.LEAD_LABEL, text):
        return None
    first, comma, rest = text.partition("，")
    if comma and times and len(first) <= _LONGEST_TIME and times[0].words in first:
        text, (first, comma, rest) = rest, rest.partition("，")
    if period := re.match(words.PERIOD_OF, text):
        return period["name"]
    text = re.sub(r"^(?:这|过去的?)[一二三四五]年(?:来)?，?", "", text)
    first, comma, _rest = text.partition("，")
    name = re.sub(rf"{words.GOES_ON}|{words.FRUITS}", "", text.strip("。！：:；; 　"))
    named = _find_named_field_of_work(text) or _find_named_aim(text)
    if named is not None:
        return named
    if (
        name
        and len(name) <= _LONGEST_LEAD
        and not text.endswith("？")
        and find_named_plan(sentence) is None
        and not re.search(words.SAYING, name)
        and not re.search(r"\d", re.sub(r"[GSXPM]+\d+", "", name))
    ):
        return name
    if (
        comma
        and len(first) in _ACTION_LENGTHS
        and re.match(words.ACTION, first)
        and not re.search(r"\d", first)
    ):
        return first
    return None


def _find_named_field_of_work(text: str) -> str | None:
    """Return the field that a sentence of a page begins with: 围绕提升竞争力，."""
    match = re.match(
        r"(?:围绕|聚焦)(?P<field>[^，]{4,24})，|在(?P<other>[^，]{4,24})方面(?:提出)?，", text
    )
    return None if match is None else match["field"] or match["other"]


def _find_named_aim(text: str) -> str | None:
    """Return the subject of 高质量发展主要目标是：, unless it only says that aims follow."""
    match = re.match(r"(?P<name>[^，。：]{3,16}?(?:主要)?目标)(?:是|为)：", text)
    if match is None or is_generic_name(match["name"].replace("主要目标", "")):
        return None
    is_open = re.match(r"(?:主要|今年|全[省市县区]|经济|社会|我[省市县区]|预期|\d)", match["name"])
    return None if is_open else match["name"]


def find_name_of_run_in_heading(sentence: str) -> str | None:
    """Return a heading that stands inside a paragraph: 提升园区开发水平。 before its sentences."""
    text = strip_numbering_of_name(sentence)
    name = re.sub(r"^同时，", "", text).rstrip("。 　")
    is_whole = text.endswith("。") and len(name) in _RUN_IN_LENGTHS and "，" not in name
    return name if is_whole and is_name_of_field_of_work(name) else None


def is_judgement_of_work(sentence: str) -> bool:
    """Return whether a short sentence judges a field and heads nothing: 支撑作用日益明显。."""
    return re.fullmatch(words.JUDGED, sentence.strip()) is not None


def is_name_of_field_of_work(line: str) -> bool:
    """Return whether a line without a number names a field of work, by its verb."""
    if re.search(r"[\d、：；。！？“]|启动|开工|谋划|申报", line):
        return False
    is_action = re.match(rf"(?:{words.FURTHER})?(?:不断)?(?:{words.ACTION}|{words.BUILDING})", line)
    return bool(is_action) or bool(re.search(words.STATE_OF_WORK, line))


def find_named_item(sentence: str) -> str | None:
    """Return the name of an item of a list in one paragraph: 一是提升…水平，…."""
    mark = re.match(
        r"\s*(?:[一二三四五六七八九十]{1,3}[是要、]|第[一二三四五六七八九十]+[，,、]|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.．、](?!\d)|[①-⑳])",
        sentence,
    )
    if mark is None:
        return None
    first, comma, _rest = sentence[mark.end() :].partition("，")
    first = re.split("[：。；]", first)[0]
    if (
        comma
        and _SHORTEST_ITEM <= len(first) <= _LONGEST_LEAD
        and not re.search(r"\d|达到|增长", first)
    ):
        return first
    return None


def find_title_of_item(text: str, clause: Span) -> str | None:
    """Return the name of an item before a colon: 1.公交线路：….; None if there is none."""
    words_of_clause = text[clause.start : clause.end].strip()
    name = strip_numbering_of_name(words_of_clause)
    is_item = name != words_of_clause and text.startswith("：", clause.end)
    return name if is_item and _SHORTEST_ITEM <= len(name) <= _LONGEST_LEAD else None


def find_named_plan(sentence: str) -> str | None:
    """Return the plan that a sentence names: 《云山市养老服务实施方案》; None if none."""
    plans = list(re.finditer(words.NAMED_PLANS, sentence))
    return plans[-1]["name"] if plans else None


def is_generic_name(heading: str) -> bool:
    """Return whether a heading only says what part of the document follows."""
    return bool(_GENERIC_HEADING.search(heading))


def find_named_action(
    text: str, sentence: Span, clause: tuple[int, int], indicator: str, lead: str | None
) -> str | None:
    """Return the 工程, 行动 or 项目 that a sentence names before a clause.

    Several clauses before, it still counts where the paragraph has no name of its own or
    the indicator shares its words.
    """
    start = max(sentence.start, clause[0] - _LONGEST_REACH)
    start = max(start, *(text.rfind(sign, start, clause[0]) + 1 for sign in "；;"))
    name, end = None, 0
    for pattern in (words.NAMED_ACTION, words.NAMED_QUOTED):
        for match in re.finditer(pattern, text[start : clause[1]]):
            followed = text[start + match.end() : start + match.end() + 2]
            if not re.match(r"\d|前期", followed) and not re.match(
                r"一批|重点|重大|在建|这|该|各|前期", match["name"]
            ):
                name, end = match["name"], start + match.end()
        if name is not None:
            break
    if name is None or len(name) < _SHORTEST_ITEM:
        plan = re.search(
            r"(?:按照|根据|印发|实施)《(?P<name>[^》]{4,40}?)(?:方案|规划)?(?:（[^）]*）)?》",
            text[start : clause[0]],
        )
        return plan["name"] if plan else None
    # 实施“双百”工程，…，…，… is all about that action.
    opens = re.match(words.NAMED_ACTION, text[sentence.start : sentence.end])
    is_whole = opens is not None and opens["name"] == name and "“" in name
    far = text.count("，", end, clause[0]) > 1 and not is_whole
    if far and lead is not None and not share_name_of_pair(name, indicator):
        return None
    return re.sub(r"^(?:好|了|新一轮)", "", name)


def find_named_project(name: str, around: str | None) -> str | None:
    """Return the 核电项目 that the name of an indicator begins or ends with; None if none.

    What is only counted (实施…工程40个) belongs to the heading around it, unless that one is
    a list of such works.
    """
    is_list = around is None or "实事" in around
    counted = is_list and re.search(
        r"(?P<verb>建设|实施|新建|开展|推进)(?P<project>[^，、]{4,20}(?:工程|行动))$", name
    )
    if counted and not counted["project"].startswith(("重点", "重大")):
        return counted["project"]
    match = re.match(
        r"(?P<project>[^，、和]{2,14}?(?:项目|工程))(?=[一二三四]期|完成|累计|建设)", name
    )
    if match and re.match(words.PARTS_OF_WORKS, match["project"]):
        return None
    if (
        match
        and not match["project"].startswith(("完成", "实施", "推进"))
        and not re.search(
            r"(?:重点|建设|民生|产业|个|投资|基础设施)(?:项目|工程)$", match["project"]
        )
    ):
        return match["project"]
    return None


def share_name_of_pair(one: str, other: str) -> bool:
    """Return whether two names share two characters that stand side by side."""
    common = {
        "建设",
        "工程",
        "行动",
        "项目",
        "提升",
        "完成",
        "实施",
        "计划",
        "质量",
        "发展",
        "新增",
    }
    pairs = {one[at : at + 2] for at in range(len(one) - 1)} - common
    return any(other[at : at + 2] in pairs for at in range(len(other) - 1))


def pair_drafted_characters(name: str) -> set[str]:
    """Return the pairs of characters of a name; one character stands for itself."""
    return {name[at : at + 2] for at in range(max(1, len(name) - 1))} - {""}


def compare_drafted_naming(one: str, other: str) -> float:
    """Return how alike two names are, 0 to 1: the share of their character pairs."""
    first, second = pair_drafted_characters(one), pair_drafted_characters(other)
    return 2 * len(first & second) / ((len(first) + len(second)) or 1)


def find_named_body(text: str) -> str | None:
    """Return the lead body that a passage states: 责任单位：县交通运输局."""
    labels = re.finditer(words.LEAD_LABEL + r"(?P<body>[^。；;）)\n]{2,60})", text)
    match = min(labels, key=lambda label: "牵头" not in label.group()[:2], default=None)
    if match:
        others = r"(?:配合|协办|参与|完成时限|时限)(?:单位|部门)?[：:]|[ 　]\w{2,8}[：:]"
        return re.split(others, match["body"])[0].strip("，, 、")
    match = re.search(
        rf"[（(](?P<body>[^（）()]{{2,40}})(?:{words.LEADING_ROLES})(?:[^（）()]*)[)）]", text
    )
    if match:
        return match["body"].strip("由，")
    return None


def find_named_acting_body(text: str, span: Span) -> str | None:
    """Return the body that is told to act or that speaks: 县住建局要于…, 记者从…了解到."""
    sentence = text[span.start : span.end]
    match = re.match(rf"\s*(?:请|由)?(?P<body>{words.BODY})(?:要|须|应|负责|牵头)", sentence)
    match = match or re.search(
        rf"(?:从|据)(?P<body>{words.BODY})(?:了解到|获悉|处获悉|介绍|消息)", sentence
    )
    match = match or re.search(
        rf"[”，](?P<body>{words.BODY})(?:有关|相关)?(?:局长|主任|副主任|副局长|负责人|书记|厅长|副厅长|党组书记|处长)",
        sentence,
    )
    return match["body"].lstrip("，”") if match else None


def shorten_name(name: str) -> str:
    """Return a name that fits into a list; 加装了电梯 says no more than 加装电梯."""
    name = re.sub(r"(?<=[\u4e00-\u9fff]{2})(?<![为除])了的?(?=[\u4e00-\u9fff]{2})(?!解)", "", name)
    return "".join(char for char in name if char.isprintable())[:_LONGEST_NAME]


def is_name_of_growth_only(name: str) -> bool:
    """Return whether nothing but a word of growth is left: the subject stands before."""
    return bool(
        re.fullmatch(
            rf"(?:年均|同比|[与同]?(?:去年|上年)?同期(?:相比)?|同口径|按?(?:可比|不变|现)价格?(?:计算)?|分别|累计|比上年|可比|名义|实际|{words.GROWTH})+",
            name,
        )
    )


def join_run_of_names(amounts: list[Amount], text: str) -> list[list[int]]:
    """Return the positions of amounts that only 、 or 和 stand between, as runs."""
    runs: list[list[int]] = []
    for at, amount in enumerate(amounts):
        if runs:
            before = amounts[runs[-1][-1]]
            between = text[before.end : amount.lead]
            if re.fullmatch(r"\s*(?:、|和|及|与|以及)\s*", between):
                runs[-1].append(at)
                continue
        runs.append([at])
    return runs

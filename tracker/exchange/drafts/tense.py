"""Judge whether words promise or report: by section, cue, time and document."""

import re
from datetime import date
from typing import Literal

from tracker.exchange.drafts import words
from tracker.exchange.drafts.amounts import find_amounts
from tracker.exchange.drafts.evidence import weigh_evidence_of_sentences
from tracker.exchange.drafts.times import REVIEW_MONTHS, Time

Tense = Literal["past", "plan", "other"]

_PLAN_SENTENCE = re.compile(
    r"(?:主要|预期|奋斗|发展|总体|工作|具体|总的)[^，。]{0,8}目标[^，。]{0,6}(?:是|为|建议|：|:)|"
    r"(?:今后|未来)[一二三四五六七八九十\d]+年[^。]{0,24}(?:要|目标|任务|重点|将)|"
    r"(?:今年|新的一年|\d{4}年)[^。]{0,20}(?:工作(?:的)?(?:总体)?(?:要求|思路|安排|重点)|(?:要|将)?(?:重点|着力)(?:抓好|做好|推进))|"
    r"(?:实现|完成|达到)[^，。]{0,4}(?:以下|如下|下列)[^，。]{0,6}目标|任务(?:是|为)：|(?:今年|明年|下半年|新的一年)的?(?:工作)?(?:任务|重点)(?:工作)?(?:是|为)|围绕[^。]{0,10}目标|(?:做好|抓好)[^，。]{0,8}(?:工作|方面)[：:]?$|下一步|"
    r"(?:今年|新的一年|20\d\d年|接下来)[^，。]{0,4}(?:怎么干|怎么办|如何干|干什么|路线图)|展望(?:今年|新的一年|20\d\d年)|"
    r"(?:办好|实施|(?<!超额)(?<!提前)(?<!圆满)(?<!如期)完成)[^，。]{0,6}(?:民生|为民)?实事|实事[^。]{0,24}(?:票决|表决|审议)|(?:票决|表决)(?:结果|确定|通过|产生)|"
    r"(?:今年|20\d\d年)是[^。]{0,30}(?:之年|年)"
)
# “2020十件民生实事”取得显著进展 looks back on that year.
_REVIEW_OF_YEAR = re.compile(
    r"(?P<year>20\d\d)(?!年?(?:[-—~至到]))[^，。；]{0,24}取得(?:了)?[^，。；]{0,8}(?:进展|成效|成绩|成果)"
)
# 今年…达到5个，提前超额完成任务 reports all of it.
_MET_BEFORE_TIME = re.compile(r"(?:提前|超额)+完成[^，。；]{0,24}(?:任务|目标|计划)")
# Within a paragraph as well: 任务目标：…。 进展情况：….
_REPORT_LABEL = (
    r"\s*(?:进展|完成|落实|推进|实施)(?:情况)?[：:]|"
    r"[^，。：]{0,8}(?:进展|完成|落实|推进|实施)情况(?:具体)?(?:如下|[是为])[：:]"
)
# “2020十件民生实事”取得显著进展 looks back, wherever it stands.
_EARLIER_TASKS = re.compile(
    r"(?<!\d)(?P<year>20\d\d)年?[^，。；\d]{0,8}(?:实事|任务|工程|项目)[^，。；\d]{0,6}"
    r"(?:取得|进展|(?:全部|全面|圆满|均已|已)[^，。；\d]{0,4}完成)"
)
# With such a sentence a review is over.
_TURN = re.compile(r"(?:到了?|在)?(?:今年|明年|新的一年|20\d\d年)，[^，。]{0,10}将(?!军|近)")
_PAST_SENTENCE = re.compile(
    r"(?:回顾|过去(?:的)?(?:[一二两三四五\d]+|几)?年|(?:一|[两三四五]|几)年来|这[一二三四五几]年|刚刚过去|去年以来|"
    r"初步(?:预计|核算|统计))"
)
_PAST_OPENING = re.compile(
    r"取得(?:了)?[^，。]{0,8}成(?:效|绩|就)|(?:圆满|全面|较好|超额)完成[^，。]{0,12}(?:目标|任务)|再创|再上"
)
_CERTAIN_PAST = re.compile(
    r"已(?!知|经?成为|有[^，。]{0,6}基础上)|同比|比上年|较上年|比去年|较去年|上年同期|超额完成|荣获|截至|截止|(?:[超达]|高于|低于|快于|滞后)序时进度|以来|共完成|"
    r"位居|(?<!安)居全|排名|(?<!安)排全|跃居|名列|稳居|又有|连续[\d一二三四五六七八九十两]+年(?!前)|(?<![为除])(?<!安排)了(?=[^解])|净增|获批|高于全|建成并|得到|跃升|实现了|"
    r"(?:此次|本次|当天)[^，；]{0,6}(?:开工|复工|签约|竣工)|(?<!拟)(?<!将)集中(?:开工|复工|开复工|签约|竣工)(?:仪式)?$|"
    r"正式(?:出台|印发)|实际(?:完成|新增|建成|达到)|完成率(?=\d)|至此|(?:目标|任务)(?:任务)?(?:全部|均|如期)(?:实现|完成)"
)
# 目标调整为20个 changes what is promised, also in a report of progress.
_ADJUSTED = (
    r"(?:目标|任务|计划)[数值量]?(?:由[^，。；]{1,12})?"
    r"(?:调整?|调[增减高低]|核[增减]|修订|[上下]调)(?:到|至|为|成)(?=[\d约不])"
)
_CERTAIN_PLAN = re.compile(
    rf"{_ADJUSTED}|"
    r"(?:(?<!完成)(?<!完成[省市县区州])下达|承担|核定)[^，。]{0,24}(?:任务|目标|指标)(?:任务)?(?:为|是|共|约)*(?=\d(?![\d.]*(?:个百分点|%)))|"
    r"(?:任务|目标)[数量](?=[是为：])|(?<=\d年)的?任务为(?=\d)|(?:底线|奋斗|预期|考核)目标(?=\d)|(?:指标|任务)就?[是为](?=“)|"
    r"力争|(?<![共已])(?<!累计)争取(?!到[^\d“十年本今明]|国家|省级|上级|中央|到位|资金|各类|专项|政策)|承诺(?![^，]{0,6}的)|务必|一定(?!程度|规模|的)|拟|预计到(?!年[底末])|目标(?:任务)?(?=是|为|：|:)|有望|可望|即将(?!\w{2}的?(?:项目|企业))|下一步|接下来|力促|届时|初步考虑|打算|剩下|"
    r"(?<!完成)(?<!占)(?:年度|季度|半年|月份|今年)计划总?投资(?!额?的|比例)|(?<![完达]成)(?<![占超为的])(?:本年度|年度|今年|全年)(?:投资|建设|改造|开工)?计划(?:新?开工|完工|竣工)?(?:项目)?(?:约|为)?(?=\d)|(?:建设|改造)计划(?:约|为)?(?=\d)|(?<!年度)(?<!全年)(?<![超占为])"
    r"计划(?!总|投资|单列|的|生育|[、》”，。；：）]|和|与|及|等|项目|任务|书|外|内|类|$|\d|(?!今年|明年|年内)[^，]{1,6}的\d)"
)
# In a report of progress: what was reached of a plan.
_SHARES_OF_PLAN = re.compile(
    r"累计完成|完成率|序时进度|占年度?(?:计划|目标|任务)|完成(?:年度|全年|年)(?:投资)?计划"
)
# A promise says these as well: 到2027年，污染得到遏制.
_RESULTS = re.compile("得到|跃升|位居|(?<!安)居全|排名|(?<!安)排全|跃居|名列|稳居|净增|建成并")
_COMPARES = re.compile("高于全|同比|比上年|较上年|比去年|较去年|上年同期")
_WILL = "将(?=[^军近来])"
# Words of will that no report uses: 将 before a noun only marks the object of a verb behind it.
_CERTAIN_WILL = (
    "(?<!即)(?<!每年)将(?![军近来]|[^，。；]{1,24}?(?:纳入|列[入为]|作为|放[在到]|摆在|当作|视为|落[到实]|送[到至]|融入|"
    "打造成|改造成|转[化变]|转为|变[成为]|分[成为]|提[高升][到至]|[降增缩减][到至]|"
    "(?:降低|增加|扩大|缩短|压缩|减少|控制)(?:[到至在]|了)|结合|挂钩|统筹))|"
    "继续(?=增加|新[增建改])|预计(?=将|可|铺设|新[增建]|建成|改造|完工|竣工|投[用产]|通车|开工)"
)
# A meeting or a plan that is named says what is to be done, and so does a question about it.
_FRAME = re.compile(
    r"(?:会议|大会|方案|规划|报告|意见|清单|》)[^，。]{0,6}(?:提出|明确|要求|部署|确定)|"
    r"(?:根据|按照|依照)[^，。]{0,20}(?:规划|方案|计划|安排|部署|》)|要(?:更)?“[^”]{1,6}”|"
    r"(?:(?<!完成)(?<!完成[省市县区州])下达|承担|核定)[^，。]{0,24}(?:任务|目标|指标)(?:任务)?(?:为|是|共|约)*\d(?![\d.]*(?:个百分点|%))|"
    r"部署了?[^，。；]{0,12}工作目标|目标(?:主要)?(?:包括|分为)|列入20\d\d年[^，。；]{0,20}实事|今冬明春，[^。]{0,8}(?:计划|将|拟)|"
    r"(?:打算|计划|安排|目标|举措|承诺|部署)[^。，]{0,6}[？?]"
)
# 2026年全市民政工作会议召开: what it sets for its year has no verb of will.
_MEETING = re.compile(
    r"(?P<year>20\d\d)年(?:度)?(?!以来|来)[^，。；]{0,20}(?:工作|推进|部署|动员)(?:视频|电视电话)?会议?"
    r"[^，。；]{0,14}(?:召开|举行)"
)
# A paper of this name is issued: 下发2024年抽检计划的通知, 印发《“十四五”规划》.
_ISSUES = re.compile(
    r"(?:下发|印发|出台|发布|公布|通过|实施)[^。；]{0,40}(?:计划|方案|规划|行动|清单|意见)"
)
# 确立了2020年主要目标： reports that aims were set; what follows are the aims.
_SETS_AIMS = re.compile(
    r"(?:提出|明确|确定|确立|制定|设定|定下|下达|列出|部署|公布|谋划)了?(?!的)[^，。；]{0,20}"
    r"(?:目标|任务|计划|安排|蓝图)(?:是|为|如下)?$"
)
_MUST = (
    "要(?=达到|完成|完建|开工|建|新增|新建|实现|提高|控制|增长|再|全部|于|改造|实施|引进|培育|打造|"
    "确保)"
)
LAST_MONTH = 12
# A period of which less is over lies ahead.
_BEGUN = 1 / 3
_LAST_WEEKS = 21
# What nobody says of a number that is already known.
_AIMED = "^预计|以上|左右|以内|不低于|不少于|不超过|再(?:新|完|建|改|增|扩|引)"
_TURNS_AHEAD = "目标|任务[是为]|下一步|今后|未来|今年|新的一年|之年"
_PROBLEMS = r"(?:面临|存在|看到|认识)[^。]{0,20}(?:困难|问题|不足|挑战)"


def find_heading_tense(heading: str, published: date, times: list[Time]) -> Tense | None:
    """Return the tense that a heading sets for what stands below it; None if it sets none."""
    if re.search(words.OTHER_SECTION, heading) and not re.search("解决|破解|整改", heading):
        return "other"
    past = re.search(words.PAST_SECTION, heading)
    plan = re.search(words.PLAN_SECTION, heading)
    if re.search(words.REPORTS_ENDING, heading) or (past and not plan):
        return "past"
    if plan and not past:
        return "plan"
    years = [time for time in times if time.role != "compared"]
    if years and not past and not plan and re.search("工作|任务|安排|部署|建议", heading):
        return "past" if years[-1].last < published else "plan"
    if past and plan:
        looks_back = re.search(r"情况|成[效就绩][）)。]?$", heading) is not None
        return "past" if past.start() < plan.start() and looks_back else "plan"
    return None


def find_sentence_tense(
    sentence: str, published: date, times: list[Time], section: Tense | None = None
) -> Tense | None:
    """Return the tense that a sentence sets for itself and what follows; None if none."""
    plan = _PLAN_SENTENCE.search(sentence)
    past = _PAST_SENTENCE.search(sentence)
    if re.match(_REPORT_LABEL, sentence):
        return "past"
    if _looks_back_on_tasks(sentence, published):
        return "past"
    if plan and section == "past" and not re.search(_TURNS_AHEAD, plan.group()):
        plan = None
    if plan and re.search("(?:总结|回顾|通报)[^。]*$", sentence[: plan.start()]):
        # 通报2012年情况及2013年安排 looks back first.
        return "past"
    if plan and (not past or re.search("目标|今年|下一步", plan.group())):
        return _judge_tense_of_plan_sentence(sentence, plan, published, times)
    looks_back = past and not re.search(r"(?:总结|回顾)[^，。]{0,4}经验", sentence)
    if looks_back or (section is None and _PAST_OPENING.search(sentence)):
        return "past"
    is_solved = re.search("解决|化解|破解|整改|排查|举措|措施|应对|迎接|克服", sentence)
    return "other" if re.search(_PROBLEMS, sentence) and not is_solved else None


def _looks_back_on_tasks(sentence: str, published: date) -> bool:
    """Return whether a sentence says how far the tasks of an earlier year have come."""
    earlier = _EARLIER_TASKS.search(sentence)
    return earlier is not None and int(earlier["year"]) < published.year


def _judge_tense_of_plan_sentence(
    sentence: str, plan: re.Match[str], published: date, times: list[Time]
) -> Tense | None:
    """Return the tense of a sentence that speaks of aims or of a year's work."""
    opening = [time for time in times if time.start <= plan.end()]
    ended = [time for time in opening if time.last < published]
    ahead = [time for time in times if time.last >= published]
    if published.month == LAST_MONTH and opening and "之年" in plan.group():
        # 2018年是…之年 in December of that year looks back on it.
        ended = [time for time in opening if time.first.year <= published.year]
        ahead = [time for time in times if time.first.year > published.year]
    if ended and not ahead and "目标" not in plan.group():
        return "past"
    is_met = re.search(r"(?:完成|实现)(?:了)?(?![^，。]{0,4}[以如]下)[^，。]{0,12}目标", sentence)
    return None if is_met and not ahead else "plan"


def find_clause_tense(clause: str, section: Tense | None) -> Tense | None:
    """Return the tense that the words of a clause show by themselves; None if they do not."""
    plan = list(_CERTAIN_PLAN.finditer(clause))
    past = [] if _SETS_AIMS.search(clause) else list(_CERTAIN_PAST.finditer(clause))
    only_compares = all(_COMPARES.fullmatch(cue.group()) for cue in past)
    if only_compares and (plan or section == "plan"):
        # 力争…同比增长15% compares, but it aims.
        past = []
    if section == "plan" and all(_RESULTS.fullmatch(cue.group()) for cue in past):
        past = []
    if plan and past:
        return "plan" if plan[-1].start() > past[-1].start() else "past"
    if plan and (section != "past" or re.search(f"力争|下一步|剩下|一定|{_ADJUSTED}", clause)):
        return "plan"
    if _SETS_AIMS.search(clause) or re.match(words.PLANNED_THING, clause):
        return "plan"
    if past:
        return "past"
    if section is None and re.search(
        rf"确保|必须|(?<![不主重需纲首只摘])要(?=[^求素点闻道领])|{_WILL}", clause
    ):
        return "plan"
    return None


def opens_review_of_year(sentence: str, published: date) -> bool:
    """Return whether a sentence says what a named year that is over has brought."""
    review = _REVIEW_OF_YEAR.search(sentence)
    return review is not None and int(review["year"]) < published.year


def is_met_before_time(sentence: str) -> bool:
    """Return whether a sentence says that what it counts is done before its time."""
    if _CERTAIN_PLAN.search(sentence) or re.search("确保|必须", sentence):
        return False
    return _MET_BEFORE_TIME.search(sentence) is not None and not is_in_future_tense(sentence)


def turns_to_plan_tense(sentence: str, published: date, times: list[Time]) -> bool:
    """Return whether a sentence ends a review: 2026年，全市将…."""
    return bool(_TURN.match(sentence)) and bool(times) and times[0].last > published


def is_framed_as_plan(sentence: str) -> bool:
    """Return whether a sentence opens what a meeting, a plan or a question sets."""
    return _FRAME.search(sentence) is not None


def is_meeting_on_plan(sentence: str, published: date) -> bool:
    """Return whether a sentence tells of the meeting on the work of a year that has begun."""
    meeting = _MEETING.search(sentence)
    year = int(meeting["year"]) if meeting else 0
    is_early = published.month <= REVIEW_MONTHS or year > published.year
    return is_early and year >= published.year and not is_reported(sentence)


def find_planned_time(sentence: str, published: date, times: list[Time]) -> Time | None:
    """Return the period of a plan that a sentence says is issued; None if that is over."""
    issued = _ISSUES.search(sentence)
    named = [
        time
        for time in times
        if issued and issued.start() < time.start < issued.end() and time.last >= published
    ]
    return named[-1] if named else None


def is_reported(sentence: str) -> bool:
    """Return whether a sentence has a word that only a report uses."""
    return _CERTAIN_PAST.search(sentence) is not None and not _SETS_AIMS.search(sentence)


def is_compared_in_tense(words: str) -> bool:
    """Return whether only 比上年 makes words look like a report; a plan says it as well."""
    cues = [cue.group() for cue in _CERTAIN_PAST.finditer(words)]
    return bool(cues) and all(_COMPARES.fullmatch(cue) for cue in cues)


def may_promise_result(words: str) -> bool:
    """Return whether only words of a result make words look like a report."""
    cues = [cue.group() for cue in _CERTAIN_PAST.finditer(words)]
    return bool(cues) and all(_RESULTS.fullmatch(cue) for cue in cues)


def find_time_tense(
    time: Time, published: date, section: Tense | None, clause: str, *, is_guess: bool = False
) -> Tense | None:
    """Return the tense that a time gives to the number that it governs.

    Args:
        time: the words of time.
        published: the day of the document.
        section: the tense of the section.
        clause: the words of the clause.
        is_guess: no section says that tense; then a running period is ahead where it has
            only begun, or the number is one that is aimed at.
    """
    if time.role == "since" or time.last < published or re.search(r"截至|截止", clause):
        # 目前共13个城市计划采购: what is said now is still planned.
        is_planned = time.words in {"目前", "日前"} and is_in_plan_tense(clause)
        return "plan" if is_planned else "past"
    if section == "past" and _is_tense_of_closing_year(time, published, clause, is_guess=is_guess):
        return "past"
    if time.first > published or time.role == "until" or time.words.startswith(("到", "至")):
        return "plan"
    is_running = _is_tense_of_running_year(time, published)
    may_aim = (is_running or section == "plan") and is_compared_in_tense(clause)
    if is_reported(clause) and not may_aim and not re.search(_CERTAIN_PLAN, clause):
        return "past"
    if time.last.year > published.year or section != "past" or is_in_future_tense(clause):
        return "plan"
    days = (time.last - time.first).days
    is_early = published.month <= REVIEW_MONTHS or (published - time.first).days < days * _BEGUN
    # 全年新增5000人以上 of the last weeks counts.
    is_open = (time.last - published).days > _LAST_WEEKS
    is_ahead = is_guess and (is_early or (is_open and re.search(_AIMED, clause) is not None))
    is_ahead |= time.words.endswith("年内") or is_running
    return "plan" if is_ahead else None


def _is_tense_of_running_year(time: Time, published: date) -> bool:
    """Return whether a document that looks back names the year that has only begun.

    全年 alone may be the year that has ended, 今年 may not.
    """
    names_year = re.search(rf"今年|本年|{published.year}", time.words) is not None
    is_whole = time.last == date(published.year, 12, 31)
    return names_year and is_whole and published.month <= REVIEW_MONTHS


def _is_tense_of_closing_year(time: Time, published: date, clause: str, *, is_guess: bool) -> bool:
    """Return whether a review of December expects what its year comes to: 预计到年末."""
    is_year = time.last == date(published.year, 12, 31) and published.month == LAST_MONTH
    return is_year and not is_guess and "预计" in clause


def is_in_plan_tense(clause: str) -> bool:
    """Return whether a clause says what is planned, and nothing that is done."""
    is_planned = _CERTAIN_PLAN.search(clause) or re.search(f"确保|必须|{_MUST}", clause)
    return bool(is_planned) and not _CERTAIN_PAST.search(clause)


def is_in_future_tense(clause: str) -> bool:
    """Return whether a clause says what will be done, in words that no report uses."""
    return re.search(_CERTAIN_WILL, clause) is not None


def judge_tense_of_title(title: str) -> Tense | None:
    """Return what the unmarked numbers of a document are by its title; None if it is open."""
    if re.search(words.PAST_TITLE, title):
        return "past"
    if re.search(words.PLAN_TITLE, title) and "报告" not in title.replace("《政府工作报告》", ""):
        return "plan"
    return None


def is_page_of_news(sentences: list[str], published: date) -> bool:
    """Return whether a text is no report or plan of the first months, but a page of news."""
    return published.month > REVIEW_MONTHS or any(
        re.search(words.BYLINE, sentence) for sentence in sentences
    )


def judge_tense_of_sentences(
    sentences: list[str], least: float = 0.0, *, is_page: bool = False, before: float = 0.0
) -> Tense | None:
    """Return what sentences without a section are; None if the evidence is below ``least``.

    Args:
        sentences: the sentences.
        least: the least evidence.
        is_page: a page of news praises all that is done in the words of a plan; there only
            sentences with an amount count.
        before: how far the paragraph before leans to a promise (above 0) or a report.
    """
    counted = [sentence for sentence in sentences if find_amounts(sentence, 0, len(sentence))]
    if is_page:
        sentences = counted or sentences
    cues = sum(
        2.0
        * (
            len(_CERTAIN_PLAN.findall(sentence))
            + is_in_future_tense(sentence)
            - len(_CERTAIN_PAST.findall(sentence))
            - len(_SHARES_OF_PLAN.findall(sentence))
        )
        for sentence in sentences
    )
    score = before + cues + weigh_evidence_of_sentences(sentences)
    if abs(score) <= least:
        return None
    return "plan" if score > 0 else "past"

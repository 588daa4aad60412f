"""Records of the ledger: everything stored or exchanged is one of these structures.

Numbers are Decimal in the unit as printed, days are ``date``, recorded times carry
their time zone.
Fields at their default are left out on disk and written out in full in exports.
"""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from tracker.model.vocabulary import (
    Accumulation,
    Basis,
    Commitment,
    Confidence,
    Cycle,
    Direction,
    Fulfilment,
    Kind,
    Level,
    Measure,
    Moment,
    Op,
    Qualifier,
    Recurrence,
    State,
    Status,
)

SCHEMA = 1

APPENDED_LISTS = frozenset({"updates", "revisions", "decisions", "judgements", "verdicts"})
"""Append-only lists of a record: they grow and are never replaced."""


class Record(Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of all stored structures; its attributes are fields that several of them have.

    Attributes:
        by: who entered it.
        name: what it is called.
        notes: remarks.
        reason: why.
        recorded_at: when it was entered.
        source: where it is written.
        unit: the unit as printed; all numbers are in it.
    """


class Document(Record, kw_only=True):
    """Source document.

    Attributes:
        id: its short lasting name.
        title: its title, as printed.
        published: the day from which its content was known.
        published_basis: how that day is known: printed, derived, or assumed for want of one.
        publisher: who published it.
        url: where it can be read.
        sha256: the checksum of its file.
    """

    id: str
    title: str
    published: date
    published_basis: Basis = "stated"
    publisher: str | None = None
    url: str | None = None
    sha256: str | None = None
    recorded_at: Moment | None = None
    by: str | None = None


class Source(Record, kw_only=True):
    """Place where a statement stands.

    Attributes:
        document: the id of the document.
        locator: the place in it, e.g. a page or paragraph.
        quote: the exact words, at most 120 characters.
    """

    document: str
    locator: str | None = None
    quote: str | None = None


class Deadline(Record, kw_only=True):
    """Deadline: a whole day with the document's own wording.

    Attributes:
        on: the last day in time; null for 每年 and the like.
        wording: the words of the document.
        basis: how the day follows from the words.
        loose: the other day that an ambiguous wording may mean: 2024-12-31 for 2024年前.
    """

    on: date | None = None
    wording: str | None = None
    basis: Basis = "stated"
    loose: date | None = None


class Interim(Record, kw_only=True):
    """Point that the planned line passes through.

    Attributes:
        on: the day of the point.
        value: the value that is planned by that day.
    """

    on: date
    value: Decimal


class Entry(Record, kw_only=True):
    """Fields of every entry that is only ever added.

    Attributes:
        id: its name, made by the program.
        on: the day from which it counts.
        voids: the id of the entry of the same list that this one takes back.
        login: the login of the database under which it was stored; null in a folder.
    """

    id: str = ""
    on: date
    source: Source | None = None
    recorded_at: Moment | None = None
    by: str | None = None
    voids: str | None = None
    login: str | None = None


class Update(Entry, kw_only=True):
    """Reported value, completion or share of the plan. With none it only voids an earlier one.

    Attributes:
        period_start: the first day that the value covers.
        value: the number that was reported, in the unit of the indicator.
        done: for a milestone, true where it was reached.
        qualifier: how the value is known: at least, at most or about; null: as it is.
        share_of_plan: the per cent of the plan, as printed.
        status: final counts; in_progress and estimate never meet a target.
        separate: it comes on top of another increment of the same days; the note says why.
        note: a remark.
        evidence: files, links or document numbers that support it.
    """

    period_start: date | None = None
    value: Decimal | None = None
    done: bool | None = None
    qualifier: Qualifier | None = None
    share_of_plan: Decimal | None = None
    status: Status = "final"
    separate: bool = False
    note: str | None = None
    evidence: list[str] = []


class Revision(Entry, kw_only=True):
    """Decided change of target or deadline; what is not changed is null.

    Attributes:
        deadline: the new deadline.
        target: the new target, or the low end of a new range.
        target_high: the high end of a new range.
        target_wording: the new target as printed, where it is relative to the baseline.
        interim: the points that the planned line passes through from then on.
    """

    deadline: Deadline | None = None
    target: Decimal | None = None
    target_high: Decimal | None = None
    target_wording: str | None = None
    interim: list[Interim] | None = None
    reason: str = ""


class Decision(Entry, kw_only=True):
    """Decided change of state. Without one it only voids an earlier decision.

    Attributes:
        state: the new state.
    """

    state: State | None = None
    reason: str = ""


class Judgement(Entry, kw_only=True):
    """Confidence of a person that an indicator will be met, whatever the figures say.

    Attributes:
        confidence: how confident; null: this entry only voids an earlier one.
    """

    confidence: Confidence | None = None
    reason: str = ""


class Verdict(Entry, kw_only=True):
    """Finding of a person what became of a promise, beside the light.

    Attributes:
        verdict: kept, partly, broken, or unclear; null: this entry only voids an earlier one.
        evidence: files, links or document numbers that support it.
    """

    verdict: Fulfilment | None = None
    reason: str = ""
    evidence: list[str] = []


class Indicator(Record, kw_only=True):
    """Indicator: a number or milestone that is measured on an initiative.

    Attributes:
        id: the id of its initiative, a dot and its own, e.g. rural-pipes.renewed.
        measure: number, or milestone (done or not).
        direction: the way that is good.
        op: how the target is compared.
        target: the value first promised, or the low end of a range; revisions change it.
        target_high: the high end of a range.
        target_wording: the target as printed, where it is relative to the baseline, e.g. 翻一番.
        stretch: what is striven for beyond the target (力争); it decides no light.
        approximate: true where the target is printed with 左右 or the like.
        baseline: the value at the start.
        baseline_on: the day of the baseline.
        start: the day from which progress is expected.
        interim: points that the planned line passes through.
        deadline: the deadline first promised; revisions change it.
        recurs: how often the promise comes again; each cycle is judged by itself.
        after: the id of the milestone that comes before this one.
        part_of: the id of the indicator of the same unit that this one is a part of (其中).
        accumulation: how values add up: the newest counts, they are summed, or it is a level.
        commitment: how firm the promise is.
        lead: the responsible body, where it is not that of the initiative.
        support: supporting bodies, where they are not those of the initiative.
        person: the person in charge at the lead, e.g. 责任人 or 分管领导; several are joined by 、.
        decisions: changes of state.
        revisions: changes of target or deadline.
        updates: reported values and completions.
        judgements: what persons expect, beside the light.
        verdicts: what persons find the promise to be at its end.
    """

    id: str
    name: str
    measure: Measure = "number"
    unit: str | None = None
    direction: Direction | None = None
    op: Op | None = None
    target: Decimal | None = None
    target_high: Decimal | None = None
    target_wording: str | None = None
    stretch: Decimal | None = None
    approximate: bool = False
    baseline: Decimal | None = None
    baseline_on: date | None = None
    start: date | None = None
    interim: list[Interim] = []
    deadline: Deadline | None = None
    recurs: Recurrence | None = None
    after: str | None = None
    part_of: str | None = None
    accumulation: Accumulation = "cumulative"
    commitment: Commitment | None = None
    lead: str | None = None
    support: list[str] = []
    person: str | None = None
    source: Source | None = None
    notes: str | None = None
    decisions: list[Decision] = []
    revisions: list[Revision] = []
    updates: list[Update] = []
    judgements: list[Judgement] = []
    verdicts: list[Verdict] = []
    recorded_at: Moment | None = None
    by: str | None = None

    @property
    def initiative_id(self) -> str:
        """Return the id of the initiative that the indicator belongs to."""
        return self.id.partition(".")[0]


class Initiative(Record, kw_only=True):
    """Initiative (事项): a named strategy, programme, project, action, platform or mechanism.

    Attributes:
        id: its short lasting name.
        aliases: its other names.
        kind: what kind of thing it is.
        category: its field of work.
        level: the level of government.
        place: where.
        parent: the id of the initiative above.
        lead: the responsible body; several are joined by 、.
        support: supporting bodies.
        person: the person in charge at the lead, e.g. 责任人 or 分管领导; several are joined by 、.
        cycle: how often a report is owed; null: as the settings say.
        tags: words to find it by.
        sources: where it is written.
        decisions: changes of state.
    """

    id: str
    name: str
    aliases: list[str] = []
    kind: Kind = "initiative"
    category: str | None = None
    level: Level | None = None
    place: str | None = None
    parent: str | None = None
    lead: str | None = None
    support: list[str] = []
    person: str | None = None
    cycle: Cycle | None = None
    tags: list[str] = []
    notes: str | None = None
    sources: list[Source] = []
    decisions: list[Decision] = []
    recorded_at: Moment | None = None
    by: str | None = None


class Reminder(Record, kw_only=True):
    """Reminder in a message: one step, for one deadline of an indicator.

    Attributes:
        indicator: the id of the indicator.
        step: the step, e.g. before-7, after or weekly.
        on: the day that the step fell on, whether or not people worked on it.
        deadline: the deadline that it is about.
    """

    indicator: str
    step: str
    on: date
    deadline: date | None = None


class Acknowledgement(Record, kw_only=True):
    """Note that somebody has seen what a message says about an indicator.

    Attributes:
        indicator: the id of the indicator.
        at: when it was noted.
        by: who noted it.
        note: a remark.
    """

    indicator: str
    at: Moment
    by: str | None = None
    note: str | None = None


class PaperNumber(Record, kw_only=True):
    """Number of a paper, which it has whenever it is made again.

    Attributes:
        kind: the kind of paper, with its step where there are several.
        since: the first day that it reports on; null: it is about one day.
        word: the word of the office in front of it.
        year: the year in which it is counted.
        number: the number, from 1 in each year.
        is_issue: whether it is counted among issues, and not among letters.
    """

    kind: str
    since: date | None = None
    word: str
    year: int
    number: int
    is_issue: bool = False


class Receipt(Record, kw_only=True):
    """Message to one address: claimed before it is sent, confirmed by its channel.

    Or a paper to one lead, of which only the number is known.

    Attributes:
        id: its name, made by the program.
        digest: the id of the digest that it is a part of.
        address: where it goes; it names a secret where there is one and never holds it.
        as_of: the day that the message is about.
        part: the number of this message; a long digest is several messages.
        parts: the number of messages of the digest.
        items: what it reminds of.
        claimed_at: when a run began to send it.
        sent_at: when its channel confirmed it; null: nobody knows that it arrived.
        by: who ran the command.
        acknowledged: who has seen it.
        paper: the number of the paper that it is; null: it is a message.
    """

    id: str
    digest: str
    address: str
    as_of: date
    part: int = 1
    parts: int = 1
    items: list[Reminder] = []
    claimed_at: Moment
    sent_at: Moment | None = None
    by: str | None = None
    acknowledged: list[Acknowledgement] = []
    paper: PaperNumber | None = None


class IndicatorItem(Indicator, kw_only=True):
    """Indicator in the shape of exports and imports.

    Attributes:
        leads: the bodies that ``lead`` names, one by one; empty: those of the initiative.
    """

    leads: list[str] = []


class Item(Initiative, kw_only=True):
    """Initiative with its indicators: the shape of exports and imports.

    Attributes:
        state: what the decisions amount to.
        leads: the bodies that ``lead`` names, one by one.
        indicators: the indicators that belong to it.
    """

    state: State = "active"
    leads: list[str] = []
    indicators: list[IndicatorItem] = []

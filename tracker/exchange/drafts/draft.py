"""The drafts that are made of a document, and the numbers that are none."""

from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from tracker.exchange.drafts.amounts import Op
from tracker.model.vocabulary import Recurrence

Kind = Literal["target", "result", "milestone"]


class Draft(Struct, kw_only=True):
    """A record proposed from a document, with its place in it.

    Attributes:
        kind: a promise with a number, a reported number or completion, or a promise
            without a number.
        indicator: what is measured or reached.
        initiative: the heading, list item or named action that it belongs to.
        org: the lead body.
        value: the number in ``unit``; the low end of a range.
        value_hi: the high end of a range.
        unit: as printed, with 万 and 亿.
        op: how a value compares with the number.
        deadline: the last day that is in time.
        deadline_text: the document's own words for it.
        deadline_basis: where the day comes from.
        deadline_loose: the later reading of an ambiguous wording.
        promised_from: the first day of the time that is promised for.
        baseline: the value that the promise starts from.
        baseline_on: the day of the baseline.
        as_of: the day that a reported value holds.
        as_of_text: the document's own words for it.
        period_start: the first day of the period that is reported; None for a level.
        share_of_plan: the number is per cent of the plan.
        estimate: the report calls its number expected.
        done: a completion that is reported without a number.
        stretch: what is striven for beyond the number (力争), in the same unit.
        target_wording: the words of a number that is relative to the baseline: 翻一番.
        recurs: how often the promise comes again.
        person: the person in charge at the lead body.
        part_of: the ``start`` of the draft that this one is a part of (其中).
        after: the ``start`` of the draft whose state comes before this one.
        quote: the exact words, at most 120 characters.
        span: the place of the number (or of the words) in the file; None for docx and pdf.
        start: the place of the words in the extracted text.
        locator: the place for people.
        doubt: why a person should look twice; None if there is no doubt.
    """

    kind: Kind
    indicator: str
    initiative: str | None = None
    org: str | None = None
    value: Decimal | None = None
    value_hi: Decimal | None = None
    unit: str | None = None
    op: Op | None = None
    deadline: date | None = None
    deadline_text: str | None = None
    deadline_basis: Literal["stated", "derived", "assumed"] | None = None
    deadline_loose: date | None = None
    promised_from: date | None = None
    baseline: Decimal | None = None
    baseline_on: date | None = None
    as_of: date | None = None
    as_of_text: str | None = None
    period_start: date | None = None
    share_of_plan: bool = False
    estimate: bool = False
    done: bool = False
    stretch: Decimal | None = None
    target_wording: str | None = None
    recurs: Recurrence | None = None
    person: str | None = None
    part_of: int | None = None
    after: int | None = None
    quote: str
    span: tuple[int, int] | None = None
    start: int = 0
    locator: str = ""
    doubt: str | None = None


class Neither(Struct, kw_only=True):
    """A number that was judged to be neither a promise nor a report.

    Attributes:
        draft: the promise that it would be.
        reason: why it is none.
    """

    draft: Draft
    reason: str

    @property
    def quote(self) -> str:
        """Return the exact words."""
        return self.draft.quote


class Drafts(Struct, kw_only=True):
    """What a document yields.

    Attributes:
        drafts: the drafts in the order of the document.
        neither: numbers that were seen and judged neither.
        published: the day of the document that the drafts rest on.
        title: the title of the document.
    """

    drafts: list[Draft]
    neither: list[Neither]
    published: date
    title: str

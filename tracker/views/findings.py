"""Sentences that a page begins with: how things stand, and what changed of late."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from tracker.assessment.promises import is_promise_overdue
from tracker.assessment.rollup import Rollup, roll_up
from tracker.locale.translation import _, _n, join_words
from tracker.model.assessment import Assessment
from tracker.output.cells import format_cell
from tracker.views.wording import word_assessment, word_name, word_reason

LATE_DAYS = 30
"""Days that "of late" means."""


def describe_finding_of_standing(items: Sequence[Assessment], as_of: date) -> list[str]:
    """Return the sentences of what is listed, also where that is nothing."""
    if not items:
        return [_("Nothing to show.")]
    if len(items) == 1:
        return [describe_finding_of_indicator(items[0])]
    counts = roll_up(items, as_of)
    sentences = [_describe_counts(counts)]
    overdue = [item for item in items if item.state == "active" and is_promise_overdue(item, as_of)]
    if overdue:
        sentences.append(_describe_longest_overdue(overdue))
    sentences += _describe_changes(items, as_of)
    return sentences


def describe_finding_of_indicator(item: Assessment) -> str:
    """Return how one indicator stands: what it has reached, of what, and its light with why."""
    printed = word_assessment(item)
    value, target = (printed[key].text if key in printed else "" for key in ("value", "target"))
    name = word_name(item)
    if value and target:
        head = _("{name}: {value}, of a target of {target}").format(
            name=name, value=value, target=target
        )
    elif target:
        head = _("{name}: target {target}").format(name=name, target=target)
    else:
        head = _("{label}: {n}").format(label=name, n=value) if value else name
    light = format_cell(item.light, "light")
    return _("{head}. {light}: {why}.").format(head=head, light=light, why=word_reason(item.why))


def _describe_counts(counts: Rollup) -> str:
    """Return how many promises there are, and how they stand."""
    parts = [
        (counts.met, _n("{count} met", "{count} met", counts.met)),
        (counts.overdue, _n("{count} overdue", "{count} overdue", counts.overdue)),
        (counts.red, _n("{count} red", "{count} red", counts.red)),
        (counts.yellow, _n("{count} yellow", "{count} yellow", counts.yellow)),
        (counts.green, _n("{count} green", "{count} green", counts.green)),
    ]
    words = join_words([text.format(count=count) for count, text in parts if count])
    if not counts.promises:
        sentence = _n(
            "{count} indicator, no promise.", "{count} indicators, no promise.", counts.indicators
        )
        return sentence.format(count=counts.indicators)
    if not words:
        sentence = _n("{count} promise.", "{count} promises.", counts.promises)
        return sentence.format(count=counts.promises)
    sentence = _n("{count} promise: {parts}.", "{count} promises: {parts}.", counts.promises)
    return sentence.format(count=counts.promises, parts=words)


def _describe_longest_overdue(overdue: Sequence[Assessment]) -> str:
    """Return what is overdue for longest, and who leads it."""
    worst = max(overdue, key=lambda item: (item.days_late or 0, item.id))
    days = worst.days_late or 0
    if worst.lead is None:
        sentence = _n(
            "Longest overdue: {name}, {days} day, with no lead named.",
            "Longest overdue: {name}, {days} days, with no lead named.",
            days,
        )
    else:
        sentence = _n(
            "Longest overdue: {name} ({lead}), {days} day.",
            "Longest overdue: {name} ({lead}), {days} days.",
            days,
        )
    return sentence.format(name=word_name(worst), lead=worst.lead, days=days)


def _describe_changes(items: Sequence[Assessment], as_of: date) -> Iterator[str]:
    """Yield what was met, fell overdue and was reported in the days before."""
    first = as_of - timedelta(days=LATE_DAYS - 1)
    met = [item for item in items if item.met_on is not None and first <= item.met_on <= as_of]
    fallen = [
        item
        for item in items
        if item.state == "active"
        and is_promise_overdue(item, as_of)
        and (item.days_late or 0) <= LATE_DAYS
    ]
    reported = [
        item
        for item in items
        if item.last_report is not None and first <= item.last_report <= as_of
    ]
    parts = [
        (len(met), _n("{count} was met", "{count} were met", len(met))),
        (len(fallen), _n("{count} became overdue", "{count} became overdue", len(fallen))),
        (len(reported), _n("{count} was reported on", "{count} were reported on", len(reported))),
    ]
    words = join_words([text.format(count=count) for count, text in parts if count])
    if words:
        yield _("In the last {days} days {parts}.").format(days=LATE_DAYS, parts=words)
    else:
        yield _("In the last {days} days nothing was met, overdue or reported anew.").format(
            days=LATE_DAYS
        )

"""Write notices as official papers: what stands behind, what is asked by when, a form to reply."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from tracker.assessment.case import Case
from tracker.assessment.promises import UrgencyStep, find_urgency_step
from tracker.locale.translation import _, _n, join_words
from tracker.output.papers import Annex, Paper, PaperKey, Paragraph, ReplyForm
from tracker.output.prose import write_day
from tracker.reports.build import ReportInput
from tracker.reports.matter_lists import list_matters
from tracker.reports.sentences import write_case_standing, write_head, write_items
from tracker.views.wording import word_name

STEPS: tuple[UrgencyStep, ...] = ("red", "yellow", "blue")
"""Steps of urging, the hardest first."""

_MOST_IN_PROSE, _SHOWN_OF_MANY = 8, 3


class NoticeLetter(NamedTuple):
    """Matters of one lead that a notice is about, and the day by which it is to answer."""

    lead: str
    cases: Sequence[Case]
    answer_by: date


def find_notice_step(case: Case) -> UrgencyStep | None:
    """Return by which step an indicator is urged on the day of a report; None: it is not."""
    day = case.horizon.as_of
    return find_urgency_step(case.assessment, day, case.rules.warn_days)


def word_notice_step(step: UrgencyStep) -> str:
    """Return what an office calls a step."""
    words = {"red": _("supervision (red)"), "yellow": _("urging (yellow)")}
    return words.get(step, _("reminder (blue)"))


def get_notice_key(lead: str, cases: Sequence[Case]) -> PaperKey:
    """Return what the notice of a lead is known by: its hardest step, and its day."""
    step = next(step for step in STEPS if any(find_notice_step(case) == step for case in cases))
    return PaperKey(kind=f"notice-{step}", lead=lead, since=None, as_of=cases[0].horizon.as_of)


def write_notice_paper(letter: NoticeLetter, report: ReportInput) -> Paper:
    """Write the notice of one lead."""
    now, settings = report.now, report.settings
    by_step = {
        step: [case for case in letter.cases if find_notice_step(case) == step] for step in STEPS
    }
    key = get_notice_key(letter.lead, letter.cases)
    step = next(step for step in STEPS if by_step[step])
    is_long = len(letter.cases) > _MOST_IN_PROSE
    annexes = [_build_notice_reply(letter.cases)]
    if is_long:
        annexes.insert(
            0,
            Annex(
                title=_("List of matters"),
                content=list_matters(
                    (case.assessment for case in letter.cases), now.as_of, leads=False
                ),
            ),
        )
    return Paper(
        key=key,
        title=_title_notice(step, len(letter.cases)),
        on=now.as_of,
        issuer=settings.issuer,
        urgency=word_notice_step(step).capitalize(),
        signer=settings.signer,
        to=letter.lead,
        body=[
            Paragraph(text=_open_notice(by_step, now.as_of)),
            *_write_notice_parts(by_step, is_long=is_long),
            *_write_notice_request(letter, len([1 for cases in by_step.values() if cases])),
        ],
        contact=settings.contact,
        annexes=annexes,
        copies=settings.copies,
    )


def write_empty_notice(report: ReportInput, unnamed: int) -> Paper:
    """Write that there is no notice, where one was asked for; ``unnamed`` matters have no lead."""
    day = report.now.as_of
    if unnamed:
        text = _n(
            "As of {day} {count} matter has to be urged, and no lead is named for it.",
            "As of {day} {count} matters have to be urged, and no lead is named for them.",
            unnamed,
        )
    else:
        text = _("As of {day} nothing is overdue, behind schedule or close to its deadline.")
    return Paper(
        key=PaperKey(kind="", lead=None, since=None, as_of=day),
        title=_("Nothing to urge") if not unnamed else _("Matters without a lead"),
        on=day,
        issuer=report.settings.issuer,
        body=[Paragraph(text=text.format(day=write_day(day), count=unnamed))],
    )


def _title_notice(step: UrgencyStep, count: int) -> str:
    if step == "red":
        title = _n(
            "Supervision notice on {count} matter", "Supervision notice on {count} matters", count
        )
    elif step == "yellow":
        title = _n("Notice to speed up {count} matter", "Notice to speed up {count} matters", count)
    else:
        title = _n("Reminder of {count} matter", "Reminder of {count} matters", count)
    return title.format(count=count)


def _open_notice(by_step: dict[UrgencyStep, list[Case]], day: date) -> str:
    """Say how many matters are overdue, behind and close to their deadline."""
    red, yellow, blue = (len(by_step[step]) for step in STEPS)
    counts = []
    if red:
        counts.append(_n("{count} is overdue", "{count} are overdue", red).format(count=red))
    if yellow:
        sentence = _n("{count} is behind schedule", "{count} are behind schedule", yellow)
        counts.append(sentence.format(count=yellow))
    if blue:
        sentence = _n(
            "{count} is close to its deadline", "{count} are close to their deadline", blue
        )
        counts.append(sentence.format(count=blue))
    return _("As of {day}, of the matters that you lead, {counts}. They stand as follows.").format(
        day=write_day(day), counts=join_words(counts)
    )


def _write_notice_parts(
    by_step: dict[UrgencyStep, list[Case]], *, is_long: bool
) -> Iterator[Paragraph]:
    filled = [step for step in STEPS if by_step[step]]
    for number, step in enumerate(filled, start=1):
        cases = by_step[step]
        if len(filled) > 1:
            yield write_head(number, _title_notice_part(step))
        shown = cases
        if is_long and len(cases) > _SHOWN_OF_MANY:
            shown = cases[:_SHOWN_OF_MANY]
            sentence = _n(
                "There is {count} of them; annex 1 lists it.",
                "There are {count} of them; annex 1 lists all, and the first are:",
                len(cases),
            )
            yield Paragraph(text=sentence.format(count=len(cases)))
        yield from write_items(
            [(word_name(case.assessment), write_case_standing(case)) for case in shown]
        )


def _title_notice_part(step: UrgencyStep) -> str:
    if step == "red":
        return _("Overdue")
    return _("Behind schedule") if step == "yellow" else _("Close to the deadline")


def _write_notice_request(letter: NoticeLetter, parts: int) -> Iterator[Paragraph]:
    if parts > 1:
        yield write_head(parts + 1, _("What is asked"))
    yield Paragraph(
        text=_(
            "Please answer in writing by {day}: what has been done, what stands in the way, the"
            " next steps, and when it will be completed, with the seal of your office. Where a"
            " target or deadline really has to be changed, give the reasons and ask for it by the"
            " procedure."
        ).format(day=write_day(letter.answer_by))
    )
    if any(case.assessment.workdays_provisional for case in letter.cases):
        yield Paragraph(
            text=_(
                "Working days are counted as Monday to Friday where the holidays of a year are"
                " not published yet."
            )
        )


def _build_notice_reply(cases: Sequence[Case]) -> Annex:
    form = ReplyForm(
        subjects=[word_name(case.assessment) for case in cases],
        questions=[_("Done so far"), _("Problems"), _("Next steps"), _("Expected by")],
        signature=[
            _("Office (seal):"),
            _("Filled in by:                Telephone:                Date:"),
        ],
    )
    return Annex(title=_("Reply form"), content=form)

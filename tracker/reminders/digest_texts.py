"""Write a digest as plain text, as Markdown for bots, as HTML for mail and as JSON.

Text that a person wrote is data: it cannot link, mention or mark anything up.
"""

import html
import re
from collections.abc import Callable, Iterator, Sequence

from tracker.locale.translation import _, _n, _p, join_words, translate_status
from tracker.model.codec import encode, to_plain_data
from tracker.model.dates import describe_deadline_date
from tracker.model.quantities import (
    format_quantity_number,
    format_quantity_value,
    format_target_quantity,
)
from tracker.reminders.messages import Digest, ReminderLine
from tracker.system.text import make_text_visible

_FULL_WIDTH = str.maketrans("<>[]()*_`#@~|\\!", "＜＞［］（）＊＿｀＃＠～｜＼！")
_MARKS = r"[<>\[\]()*_`#@~|\\!&]"
_URL_MARK = r"://"
_OF_THE_OFFICE = ("judged", "judged_by", "judged_on", "judged_why")
_LONGEST_TEXT = 120
"""Characters of one text in a message of a bot, which has room for so many bytes."""


def write_digest_subject(digest: Digest) -> str:
    """Summarise a digest in one line without anything that a person wrote."""
    counts = join_words(
        f"{title} {len(lines)}" for title, lines in _group_digest_by_section(digest)
    )
    text = _("Reminder of {day}: {counts}").format(day=digest.as_of, counts=counts)
    if digest.parts > 1:
        text = _("{word} ({shown})").format(word=text, shown=f"{digest.part}/{digest.parts}")
    return text


def _group_digest_by_section(digest: Digest) -> list[tuple[str, list[ReminderLine]]]:
    """Return the titles and lines of what is overdue, due and not reported, none empty."""
    kinds = [
        (_("overdue"), ("after", "weekly")),
        (_p("title", "due"), ("before",)),
        (_("unreported"), ("unreported",)),
    ]
    groups = [
        (title, [line for line in digest.lines if line.rule in rules]) for title, rules in kinds
    ]
    return [(title, lines) for title, lines in groups if lines]


def _list_digest_line_facts(line: ReminderLine) -> Iterator[tuple[str, str]]:
    """Yield label and text of each fact about an indicator, not yet escaped."""
    if line.target is not None:
        target = format_target_quantity(
            line.op, line.target, line.target_high, approximate=line.approximate, unit=line.unit
        )
        yield _("target"), target
    if line.value is not None:
        value = format_quantity_value(line.value, line.value_bound, line.unit)
        yield _("value"), f"{value} ({_p('value', 'provisional')})" if line.provisional else value
    yield from _list_digest_progress_facts(line)
    if line.expected is not None:
        yield _("expected"), f"{line.expected}%"
    yield _("light"), _("{light}: {why}").format(light=_(line.light), why=line.why)
    if line.deadline is not None:
        yield _("deadline"), _format_digest_line_deadline(line)
    if line.first_owed is not None:
        yield (
            _("reports"),
            _("{count} owed, the first since {day}").format(count=line.owed, day=line.first_owed),
        )
    if line.lead:
        yield _("lead"), line.lead
    if line.person:
        yield _("person in charge"), line.person
    if line.notes:
        yield _("notes"), line.notes


def _list_digest_progress_facts(line: ReminderLine) -> Iterator[tuple[str, str]]:
    """Yield what is reported and not final, the share done, and that of the plan as printed."""
    if line.latest_status not in {None, "final"}:
        value, status = line.latest_value, translate_status(str(line.latest_status))
        amount = "" if value is None else format_quantity_value(value, line.latest_bound, line.unit)
        yield _("newest report"), _("; ").join(filter(None, [amount, status]))
    if line.done is not None and line.measure == "number":
        yield _("done"), f"{line.done}%"
    if line.share_of_plan is not None:
        yield _("share of plan"), f"{format_quantity_number(line.share_of_plan)}%"


def _format_digest_line_deadline(line: ReminderLine) -> str:
    text = describe_deadline_date(
        line.deadline, line.deadline_wording, line.deadline_basis, line.deadline_loose
    )
    if line.days_left is not None:
        sentence = _n("{deadline}, {days} day left", "{deadline}, {days} days left", line.days_left)
        return sentence.format(deadline=text, days=line.days_left)
    if line.days_late is None:
        return text
    late = _n("{days} day late", "{days} days late", line.days_late).format(days=line.days_late)
    workdays = line.workdays_late or 0
    worked = _n("{days} working day", "{days} working days", workdays).format(days=workdays)
    provisional = _(", provisional") if line.workdays_provisional else ""
    return _("{deadline}, {late} ({worked}{provisional})").format(
        deadline=text, late=late, worked=worked, provisional=provisional
    )


def _format_digest_line_name(line: ReminderLine) -> str:
    if line.name == line.initiative:
        return line.name
    return _join_digest_label(line.initiative, line.name)


def _write_digest_command(line: ReminderLine) -> str:
    """Write the command that enters a report, with what is to be replaced in words."""
    return line.command.replace(" VALUE", " " + _("VALUE"))


def _write_digest_heading(title: str, lines: Sequence[ReminderLine]) -> str:
    return _("{word} ({shown})").format(word=title, shown=len(lines))


def _write_digest_footer(digest: Digest) -> str:
    text = _("As of {day}.").format(day=digest.as_of)
    if digest.provisional:
        text += " " + _("Working days of this year are provisional: Monday to Friday.")
    return text


def write_digest_text(digest: Digest) -> str:
    """Write a digest as plain text."""
    out = [write_digest_subject(digest), ""]
    for title, lines in _group_digest_by_section(digest):
        out += [_write_digest_heading(title, lines), ""]
        for line in lines:
            out.append(f"  {make_text_visible(_format_digest_line_name(line))} [{line.id}]")
            for label, text in _list_digest_line_facts(line):
                out.append(f"    {_join_digest_label(label, make_text_visible(text))}")
            out += [f"    {_join_digest_label(_('report'), _write_digest_command(line))}", ""]
    return "\n".join([*out, _write_digest_footer(digest), ""])


def write_digest_markdown(digest: Digest, escape: Callable[[str], str]) -> str:
    """Write a digest as the Markdown of bots, with long texts shortened.

    Args:
        digest: what to write.
        escape: makes a text harmless in the Markdown of the bot.
    """

    def clean(text: str) -> str:
        return escape(make_text_visible(_shorten_digest_text(text)))

    out = [f"**{escape(write_digest_subject(digest))}**"]
    for title, lines in _group_digest_by_section(digest):
        out += ["", f"**{_write_digest_heading(title, lines)}**"]
        for line in lines:
            out += ["", f"**{clean(_format_digest_line_name(line))}** {line.id}"]
            for label, text in _list_digest_line_facts(line):
                out.append(f"> {_join_digest_label(label, clean(text))}")
            out.append(f"> {_join_digest_label(_('report'), f'`{_write_digest_command(line)}`')}")
    return "\n\n".join(["\n".join(out), _write_digest_footer(digest)])


def _join_digest_label(label: str, text: str) -> str:
    return _("{label}: {n}").format(label=label, n=text)


def write_digest_html(digest: Digest) -> str:
    """Write a digest as HTML for mail, without links, pictures or scripts."""
    subject = _escape_digest_html(write_digest_subject(digest))
    out = [f'<html lang="{html.escape(digest.lang)}"><body><p>{subject}</p>']
    for title, lines in _group_digest_by_section(digest):
        out.append(f"<h3>{_escape_digest_html(_write_digest_heading(title, lines))}</h3>")
        for line in lines:
            rows = "".join(
                f"<tr><td>{_escape_digest_html(label)}</td><td>{_escape_digest_html(text)}</td></tr>"
                for label, text in _list_digest_line_facts(line)
            )
            out.append(
                f"<p><b>{_escape_digest_html(_format_digest_line_name(line))}</b>"
                f" <code>{_escape_digest_html(line.id)}</code></p>"
                f"<table>{rows}<tr><td>{_escape_digest_html(_('report'))}</td>"
                f"<td><code>{_escape_digest_html(_write_digest_command(line))}</code></td></tr></table>"
            )
    return "\n".join(
        [*out, f"<p>{_escape_digest_html(_write_digest_footer(digest))}</p></body></html>", ""]
    )


def write_digest_json(digest: Digest) -> str:
    """Write a digest as one JSON object; its id and part tell a repeated message from a new one.

    What a person of the office expects is not for those who are reminded.
    """
    plain = to_plain_data(digest)
    for line in plain["lines"]:
        for field in _OF_THE_OFFICE:
            del line[field]
    return encode({"schema": 1, "digest": plain}).decode()


def widen_digest_marks(text: str) -> str:
    """Replace every mark of Markdown by its full-width form, which marks nothing up."""
    return re.sub(_URL_MARK, "：//", text.translate(_FULL_WIDTH))


def escape_digest_marks(text: str) -> str:
    """Replace every mark of Markdown by its HTML entity."""
    escaped = re.sub(_MARKS, lambda mark: f"&#{ord(mark[0])};", text)
    return re.sub(_URL_MARK, "&#58;//", escaped)


def _shorten_digest_text(text: str) -> str:
    """Return a text, or its beginning with an ellipsis if it is too long for a bot."""
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def _escape_digest_html(text: str) -> str:
    return html.escape(make_text_visible(text))

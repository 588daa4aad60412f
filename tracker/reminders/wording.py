"""The words of a digest: plain, as Markdown for bots, as HTML for mail.

Whatever somebody wrote is data: it cannot link, mention, or mark anything up.
"""

import html
import re
from collections.abc import Callable, Iterator

from tracker.locale.translation import _, _n
from tracker.model.quantities import show_number
from tracker.reminders.messages import Digest, Line
from tracker.system.text import visible

_WIDE = str.maketrans("<>[]()*_`#@~|\\!", "＜＞［］（）＊＿｀＃＠～｜＼！")
_MARKS = r"[<>\[\]()*_`#@~|\\!&]"
_LONGEST = 120
_UNRULY = r"://"


def subject(digest: Digest) -> str:
    """What it is about, in one line without anything that somebody wrote."""
    counts = [len(lines) for _title, lines in sections(digest)]
    said = [f"{title} {count}" for (title, _l), count in zip(sections(digest), counts, strict=True)]
    text = _("Reminder of {day}: {counts}").format(day=digest.as_of, counts=", ".join(said))
    if digest.parts > 1:
        text += f" ({digest.part}/{digest.parts})"
    return text


def sections(digest: Digest) -> list[tuple[str, list[Line]]]:
    """What is overdue, due and not reported, each with its title."""
    kinds = [
        (_("overdue"), ("after", "weekly")),
        (_("due"), ("before",)),
        (_("unreported"), ("unreported",)),
    ]
    found = [(title, [e for e in digest.lines if e.rule in rules]) for title, rules in kinds]
    return [(title, lines) for title, lines in found if lines]


def facts(line: Line) -> Iterator[tuple[str, str]]:
    """What is said of one indicator: label and text, not yet escaped."""
    unit = line.unit or ""
    if line.target is not None:
        high = "" if line.target_high is None else f"–{show_number(line.target_high)}"
        op = "" if line.op in {None, "range"} else f"{line.op} "
        yield _("target"), f"{op}{show_number(line.target)}{high} {unit}".strip()
    if line.value is not None:
        yield _("value"), f"{show_number(line.value)} {unit}".strip()
    if line.done is not None and line.measure == "number":
        yield _("done"), f"{line.done}%"
    if line.expected is not None:
        yield _("expected"), f"{line.expected}%"
    yield _("light"), _("{light}: {why}").format(light=_(line.light), why=line.why)
    if line.deadline is not None:
        yield _("deadline"), _deadline(line)
    if line.first_owed is not None:
        yield (
            _("reports"),
            _("{count} owed, the first since {day}").format(count=line.owed, day=line.first_owed),
        )
    if line.lead:
        yield _("lead"), line.lead


def _deadline(line: Line) -> str:
    wording = f" ({line.deadline_wording})" if line.deadline_wording else ""
    text = f"{line.deadline}{wording}"
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


def _name(line: Line) -> str:
    return line.name if line.name == line.initiative else f"{line.initiative}: {line.name}"


def _foot(digest: Digest) -> str:
    text = _("As of {day}.").format(day=digest.as_of)
    if digest.provisional:
        text += " " + _("Working days of this year are provisional: Monday to Friday.")
    return text


def plain(digest: Digest) -> str:
    """The whole digest as text."""
    out = [subject(digest), ""]
    for title, lines in sections(digest):
        out += [f"{title} ({len(lines)})", ""]
        for line in lines:
            out.append(f"  {visible(_name(line))} [{line.id}]")
            out += [f"    {_labelled(label, visible(text))}" for label, text in facts(line)]
            out += [f"    {_labelled(_('report'), line.command)}", ""]
    return "\n".join([*out, _foot(digest), ""])


def markdown(digest: Digest, quiet: Callable[[str], str]) -> str:
    """The digest as the Markdown of bots; ``quiet`` makes a text harmless there.

    Very long texts are shortened, because a message has room for so many bytes.
    """

    def said(text: str) -> str:
        return quiet(visible(shortened_to(text, _LONGEST)))

    out = [f"**{quiet(subject(digest))}**"]
    for title, lines in sections(digest):
        out += ["", f"**{title} ({len(lines)})**"]
        for line in lines:
            out += ["", f"**{said(_name(line))}** {line.id}"]
            out += [f"> {_labelled(label, said(text))}" for label, text in facts(line)]
            out.append(f"> {_labelled(_('report'), f'`{line.command}`')}")
    return "\n\n".join(["\n".join(out), _foot(digest)])


def _labelled(label: str, what: str) -> str:
    return _("{label}: {n}").format(label=label, n=what)


def page(digest: Digest) -> str:
    """The digest as HTML for mail: no links, no pictures, no scripts."""
    out = [f'<html lang="{html.escape(digest.lang)}"><body><p>{_safe(subject(digest))}</p>']
    for title, lines in sections(digest):
        out.append(f"<h3>{_safe(title)} ({len(lines)})</h3>")
        for line in lines:
            rows = "".join(
                f"<tr><td>{_safe(label)}</td><td>{_safe(text)}</td></tr>"
                for label, text in facts(line)
            )
            out.append(
                f"<p><b>{_safe(_name(line))}</b> <code>{_safe(line.id)}</code></p>"
                f"<table>{rows}<tr><td>{_safe(_('report'))}</td>"
                f"<td><code>{_safe(line.command)}</code></td></tr></table>"
            )
    return "\n".join([*out, f"<p>{_safe(_foot(digest))}</p></body></html>", ""])


def wide(text: str) -> str:
    """The text with every mark of Markdown in its full width, which marks nothing up."""
    return re.sub(_UNRULY, "：//", text.translate(_WIDE))


def entities(text: str) -> str:
    """The text with every mark of Markdown as an entity."""
    spelt = re.sub(_MARKS, lambda mark: f"&#{ord(mark[0])};", text)
    return re.sub(_UNRULY, "&#58;//", spelt)


def shortened_to(text: str, longest: int) -> str:
    """The text, or its beginning with an ellipsis."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _safe(text: str) -> str:
    return html.escape(visible(text))

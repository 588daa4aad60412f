"""When a change was made, and what to do where two clocks contradict each other."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from tracker.errors import Refused
from tracker.locale.translation import _
from tracker.model.commits import Commit

_TOLERANCE = timedelta(minutes=5)
"""By so much clocks differ, and who began earlier may be stored later."""


def refuse_earlier_clock(now: datetime, newest: datetime | None) -> None:
    """Refuse a change that would be stored behind one that was made later.

    Raises:
        Refused: the newest change was made later than now.
    """
    if newest is not None and newest - now > _TOLERANCE:
        raise Refused(
            _(
                "The last change was stored at {newest}, which is later than now, {now}; nothing"
                " was stored. If the clock here is wrong, set it. If the clock of the last change"
                " was wrong, repeat this with --clock-was-wrong"
            ).format(newest=_format_moment(newest), now=_format_moment(now))
        )


def choose_known_moment(now: datetime, commits: Iterable[Commit]) -> datetime:
    """Return since when a change counts as known that is stored in spite of a later one.

    Where something was stored before now, what is later than now was stored by a clock that
    was wrong. Where nothing was, it is this clock: the change counts as known since the last
    one, so that no answer about an earlier day ever changes.
    """
    moments = [commit.at for commit in commits]
    if not moments or min(moments) <= now:
        return now
    return max(moments)


def list_clock_doubts(commits: Iterable[Commit]) -> Iterator[str]:
    """Yield a sentence for each commit whose clock contradicts that of another.

    Args:
        commits: all there are, oldest first.
    """
    previous: Commit | None = None
    for commit in commits:
        if commit.clock is not None:
            sentence = _("Change no. {seq} counts as stored at {at}; the clock said {clock}.")
            yield sentence.format(
                seq=commit.seq, at=_format_moment(commit.at), clock=_format_moment(commit.clock)
            )
        if previous is not None and previous.at - commit.at > _TOLERANCE:
            sentence = _(
                "Change no. {seq} was stored at {at} by its clock, later than no. {next} after it,"
                " {then}: one of the clocks was wrong."
            )
            yield sentence.format(
                seq=previous.seq,
                at=_format_moment(previous.at),
                next=commit.seq,
                then=_format_moment(commit.at),
            )
        previous = commit


def _format_moment(moment: datetime) -> str:
    return moment.astimezone().isoformat(" ", "minutes")

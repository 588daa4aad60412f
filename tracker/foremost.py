"""The few that come first, of a store that can begin with them, without judging the rest."""

from datetime import date
from heapq import heappop, heappush
from operator import itemgetter

from tracker.asking import Look
from tracker.filters import check_words, fits_day, fits_record
from tracker.knowledge import exists
from tracker.models import Assessment, Filter
from tracker.progress import is_overdue
from tracker.store import InOrder


def longest_overdue(
    look: Look, view: InOrder, where: Filter, due_by: date, limit: int
) -> tuple[list[Assessment], bool]:
    """So many of the longest overdue, and whether there are more; no more are judged.

    A deadline in force is never before the first one there was, so what comes later by
    its first deadline cannot come before what is known to be overdue since earlier.
    """
    check_words(where)
    waiting: list[tuple[date, str, Assessment]] = []
    found: list[Assessment] = []
    for due, initiative, indicator in view.soonest(where, due_by, look.settled):
        while waiting and waiting[0][0] < due and len(found) <= limit:
            found.append(heappop(waiting)[2])
        if len(found) > limit:
            break
        if fits_record(where, initiative, indicator) and exists(
            initiative, indicator, look.horizon
        ):
            seen = look.assess(initiative, indicator)
            if fits_day(where, seen) and is_overdue(seen, look.horizon.as_of):
                heappush(waiting, (seen.deadline or due, seen.id, seen))
    found += [each for _due, _id, each in sorted(waiting, key=itemgetter(0, 1))]
    return found[:limit], len(found) > limit

"""The command line: parse, one call to the service, show.

Here stands only which commands there are, so that help costs no more than it must.
What the commands share is in ``call``; the program itself is ``app``.
"""

from collections.abc import Mapping
from typing import NamedTuple

from tracker.locale import _


class Command(NamedTuple):
    """Where a command is defined, and what it does, in one line."""

    module: str
    summary: str


COMMANDS: Mapping[str, Command] = {
    "init": Command("exchange", _("Make the ledger, or add what is new in the seeds.")),
    "status": Command("judging", _("One screen: counts, the most urgent, what is due soon.")),
    "overdue": Command("lists", _("What is past its deadline and not met.")),
    "due": Command("lists", _("What has its deadline soon.")),
    "behind": Command("lists", _("What is red or yellow, the worst first.")),
    "unreported": Command("judging", _("Who owes a report, and since when.")),
    "list": Command("looking", _("All indicators that fit the filters.")),
    "show": Command("looking", _("All about one initiative.")),
    "why": Command("judging", _("The working of a light, and when it gets worse.")),
    "tree": Command("looking", _("Initiatives under their parents, rolled up.")),
    "timeline": Command("pictures", _("Start, deadline and progress of each, drawn over time.")),
    "trend": Command("pictures", _("The values of one indicator against what is expected.")),
    "search": Command("looking", _("Initiatives in which a text occurs.")),
    "documents": Command("looking", _("The source documents, and how much stands on each.")),
    "add": Command("keeping", _("Add an initiative, an indicator or a source document.")),
    "edit": Command("keeping", _("Correct a record: set or clear its fields.")),
    "update": Command("keeping", _("Report progress.")),
    "revise": Command("deciding", _("Change a target or deadline by a decision.")),
    "judge": Command("deciding", _("Say how confident you are, beside the light.")),
    "suspend": Command("deciding", _("Suspend an initiative or indicator.")),
    "resume": Command("deciding", _("Take a suspended one up again.")),
    "cancel": Command("deciding", _("Give one up.")),
    "close": Command("deciding", _("Close a finished one; it leaves the working lists.")),
    "reopen": Command("deciding", _("Take a closed or cancelled one up again.")),
    "history": Command("past", _("Who changed what, and when.")),
    "undo": Command("past", _("Take the last change back.")),
    "report": Command("papers", _("A brief, the ledger, notices or a scoreboard, as a file.")),
    "export": Command("exchange", _("Write everything as JSON, JSON Lines or a table.")),
    "import": Command("exchange", _("Add what a JSON, JSON Lines or TOML file holds.")),
    "remind": Command("reminding", _("Send each lead what is due, overdue and unreported.")),
    "receipts": Command("reminding", _("What was sent, to whom, and who has seen it.")),
    "ack": Command("reminding", _("Note that somebody has seen what was sent.")),
    "schedule": Command("reminding", _("Print what makes cron or systemd remind every day.")),
    "recover": Command("safety", _("Repair a damaged ledger.")),
    "backup": Command("safety", _("Save the whole ledger in one file.")),
    "restore": Command("safety", _("Put a backup in the place of the ledger.")),
    "move": Command("moving", _("Copy the ledger to another place, e.g. into a database.")),
    "db": Command("moving", _("Upgrade the tables of a database, and say who may do what.")),
    "check": Command("judging", _("What a careful reader would ask: the honesty checks.")),
    "config": Command("settings", _("Show the settings and where they come from.")),
}

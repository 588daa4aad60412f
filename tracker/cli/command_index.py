"""Every command: where it is defined and what it does, in one line.

Help reads this table only, so that it imports no command.
"""

from collections.abc import Mapping
from typing import NamedTuple

from tracker.locale.translation import _


class Command(NamedTuple):
    """Where a command is defined, and what it does, in one line."""

    module: str
    summary: str


GROUPS: Mapping[str, Mapping[str, Command]] = {
    _("Look"): {
        "status": Command("status", _("One screen: counts, the most urgent, what is due soon.")),
        "overdue": Command("lists", _("What is past its deadline and not met.")),
        "due": Command("lists", _("What has its deadline soon.")),
        "behind": Command("lists", _("What is red or yellow, the worst first.")),
        "unreported": Command("lists", _("Who owes a report, and since when.")),
        "list": Command("lists", _("All indicators that fit the filters.")),
        "show": Command("show", _("All about one initiative.")),
        "why": Command("show", _("The working of a light, and when it gets worse.")),
        "tree": Command("show", _("Initiatives under their parents, rolled up.")),
        "timeline": Command("charts", _("Start, deadline and progress of each, drawn over time.")),
        "trend": Command("charts", _("The values of one indicator against what is expected.")),
        "search": Command("show", _("Initiatives in which a text occurs.")),
        "documents": Command("show", _("The source documents, and how much stands on each.")),
    },
    _("Record and report progress"): {
        "init": Command("init", _("Make the ledger, or add what is new in the seeds.")),
        "add": Command("records", _("Add an initiative, an indicator or a source document.")),
        "edit": Command("records", _("Correct a record: set or clear its fields.")),
        "update": Command("update", _("Report progress.")),
    },
    _("Decide"): {
        "revise": Command("decisions", _("Change a target or deadline by a decision.")),
        "judge": Command("decisions", _("Say how confident you are, beside the light.")),
        "suspend": Command("decisions", _("Suspend an initiative or indicator.")),
        "resume": Command("decisions", _("Take a suspended one up again.")),
        "cancel": Command("decisions", _("Give one up.")),
        "close": Command("decisions", _("Close a finished one; it leaves the working lists.")),
        "reopen": Command("decisions", _("Take a closed or cancelled one up again.")),
    },
    _("Papers"): {
        "report": Command("report", _("A brief, the ledger, notices or a scoreboard, as a file.")),
    },
    _("Remind"): {
        "remind": Command("reminders", _("Send each lead what is due, overdue and unreported.")),
        "receipts": Command("reminders", _("What was sent, to whom, and who has seen it.")),
        "ack": Command("reminders", _("Note that somebody has seen what was sent.")),
        "schedule": Command("reminders", _("Print what makes cron or systemd remind every day.")),
    },
    _("Keep safe"): {
        "check": Command("check", _("What a careful reader would ask: the honesty checks.")),
        "history": Command("history", _("Who changed what, and when.")),
        "undo": Command("history", _("Take the last change back.")),
        "backup": Command("backup", _("Save the whole ledger in one file.")),
        "restore": Command("backup", _("Put a backup in the place of the ledger.")),
        "recover": Command("backup", _("Repair a damaged ledger.")),
    },
    _("Exchange and set up"): {
        "export": Command("exchange", _("Write everything as JSON, JSON Lines or a table.")),
        "import": Command("exchange", _("Add what a JSON, JSON Lines or TOML file holds.")),
        "move": Command("database", _("Copy the ledger to another place, e.g. into a database.")),
        "db": Command("database", _("Upgrade the tables of a database, and say who may do what.")),
        "config": Command("config", _("Show the settings and where they come from.")),
    },
}
"""The headings of the help, the commands under each, and what each does."""

COMMANDS: Mapping[str, Command] = {
    name: command for commands in GROUPS.values() for name, command in commands.items()
}
"""All commands, in the order of the help."""

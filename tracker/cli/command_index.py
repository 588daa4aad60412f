"""Every command: where it is defined and what it does, in one line.

Help reads this table only, so that it imports no command.
"""

from collections.abc import Mapping

from tracker.locale.translation import _


class CommandInfo:
    """Where a command is defined, and what it does, in one line."""

    # Every start makes this class, and a named tuple takes eight times as long to make.
    def __init__(self, module: str, summary: str) -> None:
        self.module, self.summary = module, summary


GROUPS: Mapping[str, Mapping[str, CommandInfo]] = {
    _("Look"): {
        "status": CommandInfo(
            "status", _("One screen: counts, the most urgent, what is due soon.")
        ),
        "overdue": CommandInfo("lists", _("What is past its deadline and not met.")),
        "due": CommandInfo("lists", _("What has its deadline soon.")),
        "behind": CommandInfo("lists", _("What is red or yellow, the worst first.")),
        "unreported": CommandInfo("lists", _("Who owes a report, and since when.")),
        "list": CommandInfo("lists", _("All indicators that fit the filters.")),
        "show": CommandInfo("show", _("All about one initiative.")),
        "why": CommandInfo("show", _("The working of a light, and when it gets worse.")),
        "tree": CommandInfo("show", _("Initiatives under their parents, rolled up.")),
        "timeline": CommandInfo(
            "charts", _("Start, deadline and progress of each, drawn over time.")
        ),
        "trend": CommandInfo("charts", _("The values of one indicator against what is expected.")),
        "search": CommandInfo("show", _("Initiatives in which a text occurs.")),
        "documents": CommandInfo("show", _("The source documents, and how much stands on each.")),
    },
    _("Record and report progress"): {
        "init": CommandInfo("init", _("Make the ledger, or add what is new in the seeds.")),
        "add": CommandInfo("records", _("Add an initiative, an indicator or a source document.")),
        "edit": CommandInfo("records", _("Correct a record: set or clear its fields.")),
        "update": CommandInfo("update", _("Report progress.")),
        "enter": CommandInfo("enter", _("Walk through what is owed, and enter it.")),
    },
    _("Decide"): {
        "revise": CommandInfo("decisions", _("Change a target or deadline by a decision.")),
        "judge": CommandInfo("decisions", _("Say how confident you are, beside the light.")),
        "verdict": CommandInfo("decisions", _("Say what became of a promise, at its end.")),
        "suspend": CommandInfo("decisions", _("Suspend an initiative or indicator.")),
        "resume": CommandInfo("decisions", _("Take a suspended one up again.")),
        "cancel": CommandInfo("decisions", _("Give one up.")),
        "close": CommandInfo("decisions", _("Close a finished one; it leaves the working lists.")),
        "reopen": CommandInfo("decisions", _("Take a closed or cancelled one up again.")),
    },
    _("Papers"): {
        "report": CommandInfo(
            "report", _("A brief, the ledger, notices, a form or a scoreboard, as a file.")
        ),
    },
    _("Remind"): {
        "remind": CommandInfo(
            "reminders", _("Send each lead what is due, overdue and unreported.")
        ),
        "receipts": CommandInfo("reminders", _("What was sent, to whom, and who has seen it.")),
        "ack": CommandInfo("reminders", _("Note that somebody has seen what was sent.")),
        "schedule": CommandInfo(
            "reminders", _("Print what makes cron or systemd remind every day.")
        ),
    },
    _("Keep safe"): {
        "check": CommandInfo("check", _("What a careful reader would ask: the honesty checks.")),
        "history": CommandInfo("history", _("Who changed what, and when.")),
        "undo": CommandInfo("history", _("Take the last change back.")),
        "backup": CommandInfo("backup", _("Save the whole ledger in one file.")),
        "restore": CommandInfo("backup", _("Put a backup in the place of the ledger.")),
        "recover": CommandInfo("backup", _("Repair a damaged ledger.")),
    },
    _("Exchange and set up"): {
        "export": CommandInfo("exchange", _("Write everything as JSON, JSON Lines or a table.")),
        "draft": CommandInfo("draft", _("Draft records from a report, plan, list or press page.")),
        "import": CommandInfo("exchange", _("Add what a JSON, JSON Lines or TOML file holds.")),
        "move": CommandInfo(
            "database", _("Copy the ledger to another place, e.g. into a database.")
        ),
        "db": CommandInfo(
            "database", _("Upgrade the tables of a database, and say who may do what.")
        ),
        "config": CommandInfo("config", _("Show the settings and where they come from.")),
    },
}
"""The headings of the help, the commands under each, and what each does."""

COMMANDS: Mapping[str, CommandInfo] = {
    name: command for commands in GROUPS.values() for name, command in commands.items()
}
"""All commands, in the order of the help."""

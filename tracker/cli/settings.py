"""The settings."""

import typer

from tracker import registers
from tracker.cli.call import Call, Form, command, say
from tracker.locale import _

app = typer.Typer(rich_markup_mode=None)


@command(app, "config", "tracker config", "TRACKER_DUE_WITHIN=60 tracker config -o json")
def config(call: Call, form: Form) -> None:
    """A flag wins over TRACKER_<NAME>, that over the file, that over the default."""
    say(_("Settings file: {file}").format(file=call.settings.file))
    call.write(registers.settings(call.settings, call.today), form.output)

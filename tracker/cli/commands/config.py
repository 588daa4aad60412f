"""Show the settings: config."""

import typer

from tracker.cli.context import Call
from tracker.cli.options import Form
from tracker.cli.registration import command
from tracker.locale.translation import _
from tracker.views import listings

app = typer.Typer(rich_markup_mode=None)


@command(app, "config", "tracker config", "TRACKER_DUE_WITHIN=60 tracker config -o json")
def config(call: Call, form: Form) -> None:
    """A flag wins over TRACKER_<NAME>, that over the file, that over the default."""
    call.warn(_("Settings file: {file}").format(file=call.settings.file))
    call.print_content(listings.settings(call.settings, call.today), form.output)

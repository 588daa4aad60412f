"""Show the settings: config."""

import typer

from tracker.cli.context import CommandContext
from tracker.cli.options import OutputOptions
from tracker.cli.registration import command
from tracker.locale.translation import _
from tracker.views import listings

app = typer.Typer(rich_markup_mode=None)


@command(app, "config", "tracker config", "TRACKER_DUE_WITHIN=60 tracker config -o json")
def config(context: CommandContext, form: OutputOptions) -> None:
    """A flag wins over TRACKER_<NAME>, that over the file, that over the default."""
    context.warn(_("Settings file: {file}").format(file=context.settings.file))
    context.print_content(
        listings.tabulate_settings_listing(context.settings, context.today), form.output
    )

"""Write a site into a folder: files that did not change are left alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.cli.context import CommandContext
from tracker.cli.options import FilterOptions
from tracker.cli.output import write_stdout
from tracker.cli.progress import announce_wait
from tracker.cli.report_files import prepare_folder_of_report_files
from tracker.errors import Conflict, DeliveryFailed, InvalidInput, describe_error_reason
from tracker.locale.translation import _
from tracker.model.horizon import When
from tracker.output import cells, rendering
from tracker.reports.site.places import CSV, FEED, INDEX, JSON
from tracker.system import files
from tracker.system.text import make_text_visible

if TYPE_CHECKING:
    from tracker.reports.site.content import SiteContent

_OWN = ".tracker-site"
"""File that names the files of the site, so that those of others are never touched."""


def write_site_files(
    context: CommandContext,
    folder_name: str | None,
    filters: FilterOptions,
    when: When,
    title: str | None,
    publisher: str | None,
) -> None:
    """Write a site into a folder, and print where it begins.

    Raises:
        InvalidInput: no folder is named.
        Conflict: there are files in the folder that are not of a site.
        DeliveryFailed: a file could not be written.
    """
    from tracker.reports.site.content import read_site_content

    if folder_name in {None, "-"}:
        raise InvalidInput(_("Name the folder for the site with -O DIR."))
    folder = prepare_folder_of_report_files(str(folder_name))
    before = _read_own_site_files(folder)
    with announce_wait(_("The site is being made …")):
        where = context.build_filter(filters, when)
        content = read_site_content(
            context.tracker,
            where,
            when,
            title or _("Public programmes"),
            publisher or context.settings["issuer"],
        )
        written, places = _replace_site_files(folder, before, _render_site(context, content))
    context.warn_of_left_out(content.now.left_out, content.now.as_of)
    sentence = _("{written} of {all} files are new or changed, {gone} are gone.")
    gone = len(before - places)
    context.warn(sentence.format(written=written, all=len(places), gone=gone))
    write_stdout(make_text_visible(str(folder / INDEX)) + "\n")


def _replace_site_files(
    folder: Path, before: set[str], files: Iterator[tuple[str, bytes]]
) -> tuple[int, set[str]]:
    """Write what is new or changed and remove what is gone; return how many, and all files.

    Raises:
        DeliveryFailed: a file could not be written.
    """
    try:
        written, places = _write_changed_site_files(folder, files)
        for place in before - places:
            (folder / place).unlink(missing_ok=True)
        _write_site_file(folder / _OWN, "".join(f"{each}\n" for each in sorted(places)).encode())
    except OSError as error:
        sentence = _("{file} could not be written: {reason}.")
        reason = describe_error_reason(error)
        raise DeliveryFailed(sentence.format(file=folder, reason=reason)) from error
    return written, places


def _read_own_site_files(folder: Path) -> set[str]:
    """Return the files that an earlier run wrote into a folder.

    Raises:
        Conflict: there are files, and no earlier run has written here.
    """
    try:
        lines = (folder / _OWN).read_text("utf-8").splitlines()
    except FileNotFoundError:
        if any(folder.iterdir()):
            sentence = _("{folder} holds other files; name an empty folder, or one with a site.")
            raise Conflict(sentence.format(folder=make_text_visible(str(folder)))) from None
        return set()
    # A list that somebody wrote must not reach outside of the folder.
    return {line for line in lines if line and ".." not in Path(line).parts and line[0] != "/"}


def _render_site(context: CommandContext, content: "SiteContent") -> Iterator[tuple[str, bytes]]:
    """Yield each file of a site: its place and its bytes."""
    from tracker.output.atom import render_atom_feed
    from tracker.reports.site.changes import build_site_feed, list_site_changes
    from tracker.reports.site.pages import build_site_data, build_site_pages

    canvas = cells.Canvas(
        width=None,
        colour=False,
        lights=context.settings["light_colours"],
        language=context.settings["lang"],
    )
    for page in build_site_pages(content):
        if page.place == INDEX:
            context.note_head(page.sheet, "html")
        yield page.place, rendering.render_content_for_file(page.sheet, "html", canvas)
    data = build_site_data(content)
    yield CSV, rendering.render_content_for_file(data, "csv", canvas)
    yield JSON, rendering.render_content_for_file(data, "json", canvas)
    yield FEED, render_atom_feed(build_site_feed(content, list_site_changes(content)))


def _write_changed_site_files(
    folder: Path, rendered: Iterator[tuple[str, bytes]]
) -> tuple[int, set[str]]:
    """Write the files that are new or changed; return how many, and the places of all."""
    written, places = 0, set()
    for place, data in rendered:
        places.add(place)
        file = folder / place
        if file.is_file() and file.read_bytes() == data:
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        _write_site_file(file, data)
        written += 1
    return written, places


def _write_site_file(file: Path, data: bytes) -> None:
    files.write_file_whole(file, data, mode=files.SHARED_MODE, durable=False)

"""Write a report to stdout, or as a whole into a file."""

from pathlib import Path
from typing import NamedTuple

from tracker.cli.context import CommandContext
from tracker.errors import Conflict, DeliveryFailed, InvalidInput, describe_error_reason
from tracker.locale.translation import _
from tracker.output import cells, rendering
from tracker.output.model import Sheet, Table
from tracker.system import files


class OutputTarget(NamedTuple):
    """File that a report goes to, None for stdout; ``force`` replaces one that is there."""

    file: Path | None
    force: bool


def check_file_output(file: str | None, *, force: bool) -> OutputTarget:
    """Check where a report is to go, before any work is done for it.

    Raises:
        InvalidInput: the file's folder is not there, or it is a folder or device itself.
        Conflict: the file is there already.
    """
    if file is None or file == "-":
        return OutputTarget(None, force)
    path = Path(file)
    if not path.parent.is_dir():
        sentence = _("There is no folder {folder}; make it, or name another file.")
        raise InvalidInput(sentence.format(folder=path.parent))
    if path.is_dir():
        raise InvalidInput(_("{file} is a folder; name a file in it.").format(file=path))
    if path.exists() and not path.is_file():
        # To replace /dev/stdout or a named pipe would take it away from everybody.
        sentence = _("{file} is no file to be replaced; write to it with: > {file}")
        raise InvalidInput(sentence.format(file=path))
    if files.is_file_path_taken(path) and not force:
        raise _refuse_existing_output_file(path)
    return OutputTarget(path, force)


def write_file_output(
    context: CommandContext, sheet: Table | Sheet, output: str, target: OutputTarget
) -> None:
    """Write a report to its file, whole or not at all; without a file to stdout.

    Raises:
        Conflict: the file is there by now.
        DeliveryFailed: it could not be written.
    """
    if target.file is None:
        context.print_content(sheet, output)
        return
    canvas = cells.Canvas(
        width=None,
        colour=False,
        lights=context.settings["light_colours"],
        language=context.settings["lang"],
    )
    context.note_head(sheet, output)
    data = rendering.render_file_in_pieces(sheet, output, canvas)
    context.warn_of_left_out(sheet.beside.get("left_out", 0), sheet.as_of)
    try:
        files.write_file_whole(target.file, data, new=not target.force, mode=files.SHARED_MODE)
    except FileExistsError:
        raise _refuse_existing_output_file(target.file) from None
    except OSError as error:
        raise DeliveryFailed(
            _("{file} could not be written: {reason}.").format(
                file=target.file, reason=describe_error_reason(error)
            )
        ) from error


def _refuse_existing_output_file(path: Path) -> Conflict:
    sentence = _("{file} is there already; name another file, or replace it with --force.")
    return Conflict(sentence.format(file=path))

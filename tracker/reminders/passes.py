"""One pass of reminders at a time: a second one would only wait behind the first."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from zlib import crc32

from tracker.system import files


@contextmanager
def hold_reminder_pass(folder: Path, place: str) -> Iterator[bool]:
    """Tell whether this is the only pass for a ledger on this machine while the block runs.

    Where no lock file can be made it counts as the only one: nothing is sent twice anyway.

    Args:
        folder: where lock files are; it is made.
        place: the ledger, as it is shown.
    """
    is_alone = True
    with ExitStack() as stack:
        try:
            files.make_system_folder(folder)
            lock = folder / f"remind-{crc32(place.encode()):08x}.lock"
            stack.enter_context(files.hold_file_lock(lock, 0))
        except TimeoutError:
            is_alone = False
        except OSError:
            pass
        yield is_alone

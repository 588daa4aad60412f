"""Start the program; what must be in place before anything slow is imported."""

import gc
import os
import signal
import sys
from types import FrameType


def _stop_at_once(number: int, _frame: FrameType | None) -> None:
    # A kill at any moment leaves the ledger whole, so there is nothing to tidy up.
    os._exit(128 + number)


def main() -> int:
    """Run the program on the arguments of the process; return its exit code."""
    signal.signal(signal.SIGINT, _stop_at_once)
    from tracker.system.postponing import postpone_unused_modules

    postpone_unused_modules()
    from tracker import config
    from tracker.locale import translation

    translation.use_language(config.find_config_language(sys.argv[1:]))
    from tracker.cli.app import run_app

    return run_app(sys.argv[1:])


def start() -> None:
    """Run the program and end the process.

    A run is short, so that no garbage is collected, and the interpreter is not taken down
    piece by piece, which takes longer than most commands; all output is flushed by then.
    """
    gc.disable()
    os._exit(main())


if __name__ == "__main__":
    start()

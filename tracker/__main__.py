"""The program's entry: what must be in place before anything slow is imported."""

import os
import signal
import sys
from types import FrameType


def _stop(number: int, _frame: FrameType | None) -> None:
    # A kill at any moment leaves the ledger whole, so there is nothing to tidy up.
    os._exit(128 + number)


def main() -> None:
    """Run the program and end the process with its exit code."""
    signal.signal(signal.SIGINT, _stop)
    from tracker import config, locale

    locale.use(config.language(sys.argv[1:]))
    from tracker.cli.app import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

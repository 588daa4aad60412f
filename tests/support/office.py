"""Convert files with LibreOffice."""

import atexit
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path


@cache
def _make_profile() -> Path:
    """Make the folder of its settings; writing them takes longer than most conversions."""
    folder = Path(tempfile.mkdtemp(prefix="tracker-office-"))
    atexit.register(shutil.rmtree, folder)
    return folder


def convert_file(source: Path, to: str, folder: Path) -> Path:
    """Save a file anew in a folder; ``to`` is an ending, with a filter where it needs one."""
    profile = f"-env:UserInstallation={_make_profile().as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", to, "--outdir", folder, source],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder / f"{source.stem}.{to.partition(':')[0]}"

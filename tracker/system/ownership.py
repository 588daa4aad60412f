"""Whether another user of the machine may change, or read, what steers the program.

The one place that looks at owners and modes: of settings, secrets, hooks and ledger folders.
"""

import os
import stat
from pathlib import Path
from typing import Literal, TypeAlias

Exposure: TypeAlias = Literal["foreign", "writable", "readable"]
"""Another user owns it, may write to it, or may read it."""


def find_ownership_fault(
    path: Path, *, is_secret: bool = False, trusts_own_group: bool = False
) -> Exposure | None:
    """Return what another user may do with a file or folder; None: nothing that counts.

    Args:
        path: a link is followed.
        is_secret: whether nobody else may read it either.
        trusts_own_group: whether a group that holds nobody but the owner may write to it.

    Raises:
        OSError: it is not there, or may not be looked at.
    """
    status = path.stat()
    if status.st_uid not in {0, os.geteuid()}:
        return "foreign"
    is_own_group = trusts_own_group and _is_own_group(status)
    others = stat.S_IWOTH | (0 if is_own_group else stat.S_IWGRP)
    # In a folder with the sticky bit nobody else may replace a file.
    is_sticky = stat.S_ISDIR(status.st_mode) and bool(status.st_mode & stat.S_ISVTX)
    if status.st_mode & others and not is_sticky:
        return "writable"
    if is_secret and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return "readable"
    return None


def find_file_ownership_fault(
    path: Path, *, trusts_own_group: bool = False
) -> tuple[Path, Exposure] | None:
    """Return how another user may change a file: the file itself or its folder, and what of it.

    Raises:
        OSError: it is not there, or may not be looked at.
    """
    for place in (path, Path(os.path.realpath(path)).parent):
        exposure = find_ownership_fault(place, trusts_own_group=trusts_own_group)
        if exposure is not None:
            return place, exposure
    return None


def find_folder_ownership_fault(folder: Path) -> Exposure | None:
    """Return how others may change a shared folder: all of them, or an owner it is not shared by.

    Whoever lets a group write that we are in shares the folder with us.

    Raises:
        OSError: it is not there, or may not be looked at.
    """
    status = folder.stat()
    if status.st_mode & stat.S_IWOTH:
        return "writable"
    is_shared = status.st_mode & stat.S_IWGRP and status.st_gid in {os.getegid(), *os.getgroups()}
    return "foreign" if status.st_uid not in {0, os.geteuid()} and not is_shared else None


def _is_own_group(status: os.stat_result) -> bool:
    """Return whether a group is called as the owner is and holds nobody else."""
    import grp
    import pwd

    try:
        owner = pwd.getpwuid(status.st_uid).pw_name
        group = grp.getgrgid(status.st_gid)
    except KeyError:
        return False
    return group.gr_name == owner and {*group.gr_mem} <= {owner}

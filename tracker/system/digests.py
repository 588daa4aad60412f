"""Choose a SHA-256 by how much there is to digest.

That of OpenSSL is five times as fast, and takes 5 ms to load, which is a tenth of a short change.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Any

_SMALL = 1 << 20
"""Bytes up to which the SHA-256 within Python is done before the other one is loaded."""


def choose_sha256(size: int) -> Callable[[bytes], Any]:
    """Return the constructor of the SHA-256 that is the quicker one for so many bytes in all."""
    return _find_sha256_within_python() if size <= _SMALL else _get_sha256("hashlib")


@cache
def _find_sha256_within_python() -> Callable[[bytes], Any]:
    """Return the SHA-256 that comes with Python itself, as ``random`` uses it; else the other."""
    # _sha2 since Python 3.12; a Python may be built without either.
    for name in ("_sha2", "_sha256"):
        with suppress(ImportError):
            return _get_sha256(name)
    return _get_sha256("hashlib")


def _get_sha256(name: str) -> Callable[[bytes], Any]:
    constructor: Callable[[bytes], Any] = import_module(name).sha256
    return constructor

"""Postpone modules of the standard library that others import and a short command never uses."""

import sys
from importlib.util import find_spec, module_from_spec
from threading import RLock

UNUSED_AT_START = (
    "bz2",
    "ipaddress",
    "linecache",
    "lzma",
    "ntpath",
    "subprocess",
    "textwrap",
    "tokenize",
)
"""Modules that Typer, pathlib, shutil and inspect import, and use only when they are called.

Executing them takes a tenth of a start.
"""


def postpone_unused_modules() -> None:
    """Put modules in place that are executed when something in them is first asked for.

    A ``LazyLoader`` would not do: it executes a module as soon as it is imported twice. Those
    that are imported already stay as they are.
    """
    for name in UNUSED_AT_START:
        if name not in sys.modules:
            _postpone_module(name)


def _postpone_module(name: str) -> None:
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        return
    loader, module, lock = spec.loader, module_from_spec(spec), RLock()
    was_begun = False

    def execute_and_get(attribute: str) -> object:
        nonlocal was_begun
        # Another thread waits; the module may ask itself for what it has not defined yet.
        with lock:
            if not was_begun:
                was_begun = True
                loader.exec_module(module)
                del module.__getattr__
        try:
            return module.__dict__[attribute]
        except KeyError:
            sentence = f"module {name!r} has no attribute {attribute!r}"
            raise AttributeError(sentence) from None

    module.__getattr__ = execute_and_get  # type: ignore[method-assign]
    sys.modules[name] = module

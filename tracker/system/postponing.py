"""Postpone modules of the standard library that others import and a short command never uses."""

import sys
from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec, module_from_spec
from threading import RLock
from typing import Any

UNUSED_AT_START: Mapping[str, Collection[str]] = {
    "bz2": (),
    "calendar": ("monthrange",),
    "difflib": ("get_close_matches",),
    "fnmatch": (),
    "gettext": ("gettext",),
    "ipaddress": (),
    "linecache": (),
    "locale": (),
    "lzma": (),
    "ntpath": (),
    "shutil": ("get_terminal_size",),
    "subprocess": (),
    "textwrap": (),
    "tokenize": (),
    "traceback": ("FrameSummary", "StackSummary"),
    "urllib.parse": ("quote_from_bytes",),
}
"""Modules that Typer, pathlib, inspect and the program import, and use only when they are called,
each with what these take out of it and do nothing with but call it.

Executing them takes a tenth of a start.
"""


def postpone_unused_modules() -> None:
    """Put modules in place that are executed when something in them is first asked for.

    A ``LazyLoader`` would not do: it executes a module as soon as it is imported twice. Those
    that are imported already stay as they are.
    """
    for name, functions in UNUSED_AT_START.items():
        if name not in sys.modules:
            postpone_module(name, functions)


def postpone_module(name: str, functions: Collection[str] = ()) -> None:
    """Put a module in place that is executed when something in it is first asked for.

    Args:
        name: its name, also within a package, which need not be imported yet.
        functions: those that others take out of it before they call them.
    """
    spec = _find_module_spec(name)
    if spec is None or spec.loader is None:
        return
    loader, module, lock = spec.loader, module_from_spec(spec), RLock()
    was_begun = False

    def execute_and_get(attribute: str) -> Any:  # noqa: ANN401  # whatever the module holds
        nonlocal was_begun
        # Another thread waits; the module may ask itself for what it has not defined yet.
        with lock:
            if not was_begun:
                was_begun = True
                loader.exec_module(module)
                if vars(module)["__getattr__"] is get:  # else the module has one of its own
                    del module.__getattr__
        if attribute not in vars(module) and vars(module).get("__getattr__") is get:
            sentence = f"module {name!r} has no attribute {attribute!r}"
            raise AttributeError(sentence)
        return getattr(module, attribute)

    def get(attribute: str) -> Any:  # noqa: ANN401  # whatever the module holds
        if attribute == "__path__":
            # Whoever takes something out of a module asks first whether it is a package.
            raise AttributeError(attribute)
        if attribute in functions and not was_begun:
            return _postpone_function(execute_and_get, attribute)
        return execute_and_get(attribute)

    module.__getattr__ = get  # type: ignore[method-assign]
    sys.modules[name] = module
    package, _dot, own = name.rpartition(".")
    if package in sys.stdlib_module_names:
        # Who imports a module of it expects to find that there, too.
        setattr(import_module(package), own, module)


def _find_module_spec(name: str) -> ModuleSpec | None:
    """Find a module without importing the package that it is in."""
    package = name.rpartition(".")[0]
    if not package:
        return find_spec(name)
    spec = find_spec(package)
    return None if spec is None else PathFinder.find_spec(name, spec.submodule_search_locations)


def _postpone_function(execute_and_get: Callable[[str], Any], name: str) -> Callable[..., Any]:
    """Return a function that executes its module when it is called."""

    def call(*arguments: Any, **keywords: Any) -> Any:  # noqa: ANN401  # those of the function
        return execute_and_get(name)(*arguments, **keywords)

    return call

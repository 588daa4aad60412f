"""Postponed modules are executed when they are used, and otherwise never."""

import os
import subprocess
import sys

import pytest

PROBE = """
import sys
from tracker.system.postponing import UNUSED_AT_START, postpone_unused_modules

before = {name: sys.modules[name] for name in UNUSED_AT_START if name in sys.modules}
postpone_unused_modules()
assert all(sys.modules[name] is module for name, module in before.items())


def is_waiting(name):
    get = vars(sys.modules[name]).get("__getattr__")
    return getattr(get, "__module__", None) == postpone_unused_modules.__module__


assert set(filter(is_waiting, UNUSED_AT_START)) == set(UNUSED_AT_START) - set(before)
"""

IN_THREADS = """
import subprocess
from concurrent.futures import ThreadPoolExecutor
found = ThreadPoolExecutor(9).map(lambda _each: subprocess.Popen.__name__, range(90))
print(set(found))
"""


def run(code: str, *options: str, before: str = "") -> str:
    """Run code behind the probe in an interpreter of its own; return what it prints."""
    command = [sys.executable, "-P", *options, "-c", before + PROBE + code]
    # What measures the lines that are run imports some of these modules before.
    env = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE")}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("import bz2, lzma; print(bz2.decompress(bz2.compress(b'1')), lzma.is_check_supported(1))"
         , "b'1' True"),
        ("from ipaddress import ip_address; print(ip_address('::1'))", "::1"),
        ("import linecache; print(linecache.getline('/there/is/none', 1) == '')", "True"),
        ("import ntpath; print(ntpath.basename(chr(92) + 'a'))", "a"),
        ("import subprocess; print(subprocess.run(['true']).returncode)", "0"),
        ("from textwrap import *; print(dedent(' a'))", "a"),
        ("from calendar import monthrange; print(monthrange(2024, 2)[1])", "29"),
        ("from difflib import get_close_matches; print(get_close_matches('ab', ['abc', 'x']))",
         "['abc']"),
        ("import urllib.parse; print(urllib.parse.quote_from_bytes(b' '))", "%20"),
        ("import urllib.request; print(urllib.parse.urlsplit('a://b').netloc)", "b"),
        ("import fnmatch, locale; print(fnmatch.fnmatch('a', '?'), locale.normalize('C'))",
         "True C"),
        ("from urllib.parse import splithost; print(splithost('//b/c'))", "('b', '/c')"),
        ("import tokenize; print(tokenize.NAME)", "1"),
        ("from gettext import gettext; print(gettext('a'))", "a"),
        ("from shutil import get_terminal_size; print(get_terminal_size().columns > 0)", "True"),
        ("import traceback; print(traceback.format_exception_only(ValueError(1)))",
         "['ValueError: 1\\n']"),
        ("import textwrap; print(hasattr(textwrap, 'none'), textwrap.dedent(' a'))", "False a"),
        (IN_THREADS, "{'Popen'}"),
        ("import textwrap; print(hasattr(textwrap, 'none'), hasattr(textwrap, '__getattr__'))",
         "False False"),
    ],
)  # fmt: skip
def test_a_postponed_module_is_executed_when_it_is_used(code: str, printed: str) -> None:
    assert run(code) == printed


def test_a_function_that_is_taken_out_of_a_module_waits_with_it() -> None:
    code = """
from urllib.parse import quote_from_bytes
print(is_waiting("urllib.parse"), quote_from_bytes(b"/ "))
from urllib.parse import quote_from_bytes as function
print(is_waiting("urllib.parse"), function.__name__)
"""
    assert run(code) == "True /%20\nFalse quote_from_bytes"


def test_a_module_of_a_package_waits_though_the_package_does_not() -> None:
    code = """
from tracker.system.postponing import postpone_module
postpone_module("msgspec.inspect")
import msgspec
print(is_waiting("msgspec.inspect"), msgspec.inspect.type_info(int))
print(is_waiting("msgspec.inspect"))
"""
    assert run(code).startswith("True IntType(")
    assert run(code).endswith("False")


def test_a_module_that_is_imported_already_stays() -> None:
    assert run('print(is_waiting("textwrap"))', before="import textwrap\n") == "False"


def test_a_module_that_is_not_there_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    from tracker.system import postponing

    missing = ("no_module_of_this_name", "no_package.of_this_name")
    monkeypatch.setattr(postponing, "UNUSED_AT_START", dict.fromkeys(missing, ()))
    postponing.postpone_unused_modules()
    assert not {*missing} & {*sys.modules}

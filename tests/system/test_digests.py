"""Whichever SHA-256 is chosen, the digest is the same."""

import subprocess
import sys
from hashlib import sha256
from importlib import reload

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.system import digests


@given(st.binary(max_size=300), st.sampled_from([0, 1 << 20, 1 << 21]))
def test_every_digest_is_the_same(data: bytes, size: int) -> None:
    assert digests.choose_sha256(size)(data).hexdigest() == sha256(data).hexdigest()


def test_a_python_without_its_own_takes_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_sha2", "_sha256"):
        monkeypatch.setitem(sys.modules, name, None)
    try:
        assert reload(digests).choose_sha256(1) is sha256
    finally:
        monkeypatch.undo()
        reload(digests)


def test_a_small_digest_loads_no_openssl() -> None:
    code = (
        "import sys\n"
        "from tracker.system.digests import choose_sha256\n"
        "choose_sha256(1)(b'1')\n"
        "assert 'hashlib' not in sys.modules"
    )
    # Without the environment, in which a measurement of coverage may begin, which loads it.
    subprocess.run([sys.executable, "-P", "-c", code], check=True, env={})

"""Secrets: where they are kept, who may read them, and that they are never shown."""

import sys
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from tracker.errors import InvalidInput
from tracker.reminders.secrets import Secrets

SECRET = "693a91f6-7aaa-4bc4-97a0-0ec2a0f7d2e1"  # noqa: S105  # it opens nothing


class Memory(KeyringBackend):
    """A keyring that lives as long as its test."""

    priority = 1
    kept: dict[tuple[str, str], str]

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture(autouse=True)
def own_keyring() -> Memory:
    made = Memory()
    keyring.set_keyring(made)
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "secrets.toml"


def written(file: Path, text: str, mode: int = 0o600) -> Secrets:
    file.write_text(text, "utf-8")
    file.chmod(mode)
    return Secrets(file)


def test_the_environment_wins_over_the_file_and_that_over_the_keyring(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.set_password("tracker", "zjj", "from the keyring")
    assert Secrets(file).get("zjj") == "from the keyring"
    written(file, 'zjj = "from the file"\n')
    assert Secrets(file).get("zjj") == "from the file"
    monkeypatch.setenv("TRACKER_SECRET_ZJJ", " from the environment ")
    keys = Secrets(file)
    assert keys.get("zjj") == "from the environment"
    monkeypatch.delenv("TRACKER_SECRET_ZJJ")
    assert keys.get("zjj") == "from the environment"


def test_what_is_nowhere_is_named(file: Path, own_keyring: Memory) -> None:
    with pytest.raises(InvalidInput) as caught:
        Secrets(file).get("zjj")
    assert caught.value.sentence == (
        f"There is no secret zjj; set TRACKER_SECRET_ZJJ, or write it into {file}."
    )
    own_keyring.locked = True
    with pytest.raises(InvalidInput, match="There is no secret zjj"):
        written(file, "other = 'x'\nzjj = ''").get("zjj")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o700 | 0o001])
def test_a_file_that_others_can_read_is_refused(file: Path, mode: int) -> None:
    keys = written(file, f'zjj = "{SECRET}"', mode)
    with pytest.raises(InvalidInput) as caught:
        keys.get("zjj")
    assert caught.value.sentence == (
        f"Others can read {file}; keep it to yourself: chmod 600 {file}"
    )


def test_a_file_that_is_of_no_use_says_nothing_of_its_content(file: Path) -> None:
    for text in (f"zjj = {SECRET}", f'zjj = ["{SECRET}"]', "zjj = " + "[" * 10_000):
        with pytest.raises(InvalidInput, match="cannot be read: ") as caught:
            written(file, text).get("zjj")
        assert SECRET not in caught.value.sentence
    file.unlink()
    file.mkdir(0o700)
    with pytest.raises(InvalidInput, match="cannot be read: it is no file"):
        Secrets(file).get("zjj")
    with pytest.raises(InvalidInput, match="cannot be read: Not a directory"):
        Secrets(Path("/etc/hostname/secrets.toml")).get("zjj")


def test_without_the_extra_there_is_no_keyring(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(InvalidInput, match="There is no secret zjj"):
        Secrets(file).get("zjj")


def test_no_sentence_keeps_a_secret(file: Path) -> None:
    keys = written(file, f'zjj = "https://x.org/{SECRET} SEC0123"\nshort = "https://x.org"')
    keys.get("zjj")
    keys.get("short")
    said = keys.scrub(f"at https://x.org/{SECRET} with SEC0123, {SECRET}; https: failed")
    assert said == "at •••/••• with •••, •••; https: failed"

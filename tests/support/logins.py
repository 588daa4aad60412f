"""Compare records of stores that keep logins with those of stores that keep none."""

from typing import Any


def without_logins(plain: Any) -> Any:  # noqa: ANN401  # any plain data
    """Return plain data without the logins under which a database has stored entries."""
    if isinstance(plain, dict):
        return {key: without_logins(value) for key, value in plain.items() if key != "login"}
    if isinstance(plain, list):
        return [without_logins(value) for value in plain]
    return plain

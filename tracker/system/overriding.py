"""Mark a method that overrides one: typing has the mark from Python 3.12 on."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from typing_extensions import override as override  # noqa: PLC0414  # for who imports it here
else:
    MethodT = TypeVar("MethodT", bound=Callable[..., object])

    def override(method: MethodT) -> MethodT:
        """Return the method as it is; a module for this mark would slow every start."""
        return method

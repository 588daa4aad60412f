"""Share one server of the program, and one ledger with the seeds, with all tests of documents."""

from collections.abc import Iterator

import pytest

from docs import Place, prepared_seeds


@pytest.fixture(scope="session")
def seeds() -> Iterator[Place]:
    """Start the server and make the ledger, once."""
    with prepared_seeds() as place:
        yield place

"""Where the files lie that tests read."""

from pathlib import Path

TESTS = Path(__file__).parent.parent
CHECKOUT = TESTS.parent
FIXTURES = TESTS / "fixtures"
GOLDEN = TESTS / "golden"
SUPPORT = TESTS / "support"
FAULTS = TESTS / "faults"
SEEDS = CHECKOUT / "seeds"

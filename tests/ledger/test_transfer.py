"""A ledger that moves is compared before it counts."""

from uuid import uuid4

from cluster import Cluster
from program import Program

SPOILS = """
CREATE FUNCTION spoil_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.line := replace(NEW.line, '厕所', '厨房');
NEW.whole := replace(NEW.whole, '厕所', '厨房'); RETURN NEW; END $$;
CREATE TRIGGER spoil_{name} BEFORE INSERT ON tracker.initiatives
FOR EACH ROW WHEN (NEW.ledger = '{name}') EXECUTE FUNCTION spoil_{name}();
"""


def test_a_copy_that_says_something_else_is_not_kept(small: Program, database: Cluster) -> None:
    assert small("move --to", database.url(uuid4().hex)).code == 0
    name = uuid4().hex
    database.sql(SPOILS.format(name=name))
    try:
        done = small("move --to", database.url(name))
    finally:
        database.sql(f"DROP FUNCTION spoil_{name} CASCADE")
    assert done.code == 5
    assert "was not the same; nothing was stored there" in done.err
    assert "There is no ledger" in small(f"list --db {database.url(name)}").err
    assert small("move --to", database.url(name)).code == 0

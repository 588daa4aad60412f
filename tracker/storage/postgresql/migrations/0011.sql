-- Every list asks which indicators are parts of others. Few are, and this index finds these without
-- reading the lines of all.

CREATE INDEX parts ON tracker.indicators (ledger, turn, number)
WHERE position('"part_of":' IN line) > 0;

-- A ledger is named by the first column of every key, so that it may be spread by it.
-- Records and entries are the JSON lines that every store keeps; the columns beside a
-- line only narrow questions, and each may hold more than it must, never less.

CREATE SCHEMA IF NOT EXISTS tracker;

CREATE TABLE tracker.migrations (
    version integer PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE tracker.ledgers (
    ledger text COLLATE "C" PRIMARY KEY,
    format integer NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);

-- Who may do what; kept by: tracker db grant.
CREATE TABLE tracker.rights (
    ledger text COLLATE "C" NOT NULL,
    login text COLLATE "C" NOT NULL,
    role text NOT NULL CHECK (role IN ('reader', 'reporter', 'keeper')),
    lead text NOT NULL DEFAULT '',
    PRIMARY KEY (ledger, login, role, lead)
);

-- "turn" orders commits: a UUID of version 7 made by the client, later than all it knew of.
CREATE TABLE tracker.commits (
    ledger text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    turn uuid NOT NULL,
    step integer NOT NULL DEFAULT 1,
    undoes uuid,
    login text COLLATE "C" NOT NULL DEFAULT current_user,
    line text NOT NULL,
    PRIMARY KEY (ledger, id),
    UNIQUE (ledger, turn)
);

CREATE TABLE tracker.changes (
    ledger text COLLATE "C" NOT NULL,
    turn uuid NOT NULL,
    number integer NOT NULL,
    op text NOT NULL,
    kind text NOT NULL,
    record text COLLATE "C" NOT NULL,
    old text,
    new text,
    PRIMARY KEY (ledger, turn, number)
);

-- Entries are only ever added, also when their record goes: it is they who are its history.
CREATE TABLE tracker.entries (
    ledger text COLLATE "C" NOT NULL,
    record text COLLATE "C" NOT NULL,
    turn uuid NOT NULL,
    number integer NOT NULL,
    position integer NOT NULL DEFAULT 0,
    list text NOT NULL,
    line text NOT NULL CHECK (line::json IS NOT NULL),
    PRIMARY KEY (ledger, record, turn, number, position)
);

CREATE TABLE tracker.documents (
    ledger text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    turn uuid NOT NULL,
    number integer NOT NULL,
    line text NOT NULL,
    PRIMARY KEY (ledger, id)
);

CREATE TABLE tracker.initiatives (
    ledger text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    turn uuid NOT NULL,
    number integer NOT NULL,
    line text NOT NULL,
    folded text NOT NULL,
    lead text,
    parent text,
    ended date NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (ledger, id)
);
CREATE INDEX initiatives_in_order ON tracker.initiatives (ledger, turn, number);

CREATE TABLE tracker.indicators (
    ledger text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    turn uuid NOT NULL,
    number integer NOT NULL,
    line text NOT NULL,
    folded text NOT NULL,
    owner text COLLATE "C" NOT NULL,
    first_due date,
    ended date NOT NULL DEFAULT 'infinity',
    owner_ended date NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (ledger, id)
);
CREATE INDEX indicators_in_order ON tracker.indicators (ledger, turn, number);
CREATE INDEX indicators_of_owner ON tracker.indicators (ledger, owner);
CREATE INDEX indicators_by_deadline
    ON tracker.indicators (ledger, first_due, ended, owner_ended);

CREATE TABLE tracker.receipts (
    ledger text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    turn uuid NOT NULL,
    number integer NOT NULL,
    line text NOT NULL,
    claimed_at timestamptz NOT NULL,
    PRIMARY KEY (ledger, id)
);
CREATE INDEX receipts_by_time ON tracker.receipts (ledger, claimed_at);

-- The folded words that occur in a field, and the initiatives that they occur on.
CREATE TABLE tracker.words (
    ledger text COLLATE "C" NOT NULL,
    field text NOT NULL,
    word text COLLATE "C" NOT NULL,
    PRIMARY KEY (ledger, field, word)
);
CREATE TABLE tracker.marks (
    ledger text COLLATE "C" NOT NULL,
    field text NOT NULL,
    word text COLLATE "C" NOT NULL,
    owner text COLLATE "C" NOT NULL,
    PRIMARY KEY (ledger, field, word, owner)
);

-- Rights by row: the owner of the tables may do everything, others what is written in "rights".
DO $$
DECLARE each text;
BEGIN
    FOREACH each IN ARRAY ARRAY['ledgers', 'commits', 'changes', 'entries', 'documents',
                                'initiatives', 'indicators', 'receipts', 'words', 'marks']
    LOOP
        EXECUTE format('ALTER TABLE tracker.%I ENABLE ROW LEVEL SECURITY', each);
        EXECUTE format(
            'CREATE POLICY reading ON tracker.%I FOR SELECT USING (ledger IN (
                SELECT r.ledger FROM tracker.rights r WHERE r.login = current_user))', each);
        EXECUTE format(
            'CREATE POLICY keeping ON tracker.%I USING (ledger IN (
                SELECT r.ledger FROM tracker.rights r
                WHERE r.login = current_user AND r.role = ''keeper''))', each);
    END LOOP;
END
$$;

CREATE POLICY reporting ON tracker.entries FOR INSERT WITH CHECK (
    list = 'updates' AND EXISTS (
        SELECT 1
        FROM tracker.indicators x
        JOIN tracker.initiatives i ON i.ledger = x.ledger AND i.id = x.owner
        JOIN tracker.rights r ON r.ledger = x.ledger AND r.lead = i.lead
        WHERE x.ledger = entries.ledger AND x.id = entries.record
            AND r.login = current_user AND r.role = 'reporter'
    )
);

-- A reporter takes back only what was stored under the same login. A policy cannot ask its
-- own table, so a function of the owner does.
CREATE FUNCTION tracker.is_commit_of(who text, which_ledger text, which uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS 'SELECT EXISTS (SELECT FROM tracker.commits c
        WHERE c.ledger = which_ledger AND c.id = which AND c.login = who)';

CREATE POLICY reporting ON tracker.commits FOR INSERT WITH CHECK (
    login = current_user
    AND ledger IN (
        SELECT r.ledger FROM tracker.rights r
        WHERE r.login = current_user AND r.role = 'reporter'
    )
    AND (undoes IS NULL OR tracker.is_commit_of(current_user, ledger, undoes))
);

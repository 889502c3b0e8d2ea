-- Tables of schema 2. Their names begin with an underscore: start with the views, they are the contract and these are not.
--
-- Facts are intervals: a row holds from snapshot valid_from until before valid_until (NULL = still so). The row with key 0
-- of _scope and _resource stands for "none", so that every join of the views is an inner join, which SQLite can start from
-- either end.

CREATE TABLE _account (
  -- The one Harness account this file belongs to.
  key        INTEGER PRIMARY KEY CHECK (key = 1),
  account_id TEXT NOT NULL CHECK (typeof(account_id) = 'text'),
  base_url   TEXT NOT NULL CHECK (typeof(base_url) = 'text')
);

CREATE TABLE _snapshot (
  -- One observation of the account. Deleted ones stay as a stub, so that 'since' keeps its answer.
  id               INTEGER PRIMARY KEY,
  label            TEXT UNIQUE CHECK (label IS NULL OR typeof(label) = 'text'),
  state            TEXT NOT NULL CHECK (state IN ('complete', 'partial', 'pruned')),
  started_at       TEXT NOT NULL CHECK (started_at GLOB '????-??-??T??:??:??.???Z'),
  finished_at      TEXT NOT NULL CHECK (finished_at GLOB '????-??-??T??:??:??.???Z'),
  scopes           TEXT NOT NULL,
  caller           TEXT,
  tool_version     TEXT NOT NULL,
  requests         INTEGER NOT NULL CHECK (typeof(requests) = 'integer'),
  users            INTEGER NOT NULL CHECK (typeof(users) = 'integer'),
  service_accounts INTEGER NOT NULL CHECK (typeof(service_accounts) = 'integer'),
  user_groups      INTEGER NOT NULL CHECK (typeof(user_groups) = 'integer'),
  roles            INTEGER NOT NULL CHECK (typeof(roles) = 'integer'),
  resource_groups  INTEGER NOT NULL CHECK (typeof(resource_groups) = 'integer'),
  grants           INTEGER NOT NULL CHECK (typeof(grants) = 'integer'),
  disabled_role_assignments INTEGER NOT NULL CHECK (typeof(disabled_role_assignments) = 'integer'),
  requested        TEXT CHECK (requested IS NULL OR typeof(requested) = 'text'), -- JSON, from the sync's flags
  notes            TEXT CHECK (notes IS NULL OR typeof(notes) = 'text'),         -- JSON list of texts, from the sync
  digest           TEXT CHECK (digest IS NULL OR typeof(digest) = 'text')        -- see _seal
);

CREATE TABLE _seal (
  -- What was stored, so that damage is noticed (`snapshots verify`): for each kind of fact of a snapshot, and as snapshot 0
  -- for each table that holds no intervals, the number of rows and the sum of their SHA-256 modulo 2^256, in hexadecimal.
  snapshot INTEGER NOT NULL,
  name     TEXT NOT NULL,
  rows     INTEGER NOT NULL CHECK (typeof(rows) = 'integer'),
  sum      TEXT NOT NULL CHECK (length(sum) = 64),
  PRIMARY KEY (snapshot, name)
) WITHOUT ROWID;

CREATE TABLE _scope (
  -- 'account', 'org/<org>', 'org/<org>/project/<project>', or 'harness' for what Harness itself supplies.
  key  INTEGER PRIMARY KEY,
  path TEXT UNIQUE CHECK (key = 0 OR typeof(path) = 'text')
);

CREATE TABLE _listing (
  -- A list that a sync reads: one kind in one scope. A fact can be missed only as far as its listing is complete.
  -- 'harness/<level>' stands for what Harness supplies at that level, shown by every list of the level.
  key   INTEGER PRIMARY KEY,
  kind  TEXT NOT NULL CHECK (typeof(kind) = 'text'),
  scope INTEGER NOT NULL REFERENCES _scope (key),
  UNIQUE (scope, kind)
);

CREATE TABLE _coverage (
  -- How complete a listing was: an interval.
  key            INTEGER PRIMARY KEY,
  listing        INTEGER NOT NULL REFERENCES _listing (key),
  state          TEXT NOT NULL CHECK (state IN ('complete', 'partial', 'not_permitted')),
  reason         TEXT,
  whole_for      TEXT, -- principal types of which a partial list of role assignments is complete, as ',a,b,'; or NULL
  accepted       TEXT CHECK (accepted IS NULL OR typeof(accepted) = 'text'), -- why the gap is accepted, from --gaps
  endpoint       TEXT NOT NULL,
  reported_total INTEGER,
  rows           INTEGER NOT NULL CHECK (typeof(rows) = 'integer'),
  pages          INTEGER NOT NULL CHECK (typeof(pages) = 'integer'),
  valid_from     INTEGER NOT NULL REFERENCES _snapshot (id),
  valid_until    INTEGER REFERENCES _snapshot (id)
);
CREATE INDEX _coverage_of_listing ON _coverage (listing, valid_from);

CREATE TABLE _known (
  -- The first snapshot in which a listing was complete. What shows up in the same snapshot was not added by anybody.
  -- A listing of a new scope was known before: there was nothing in it.
  listing        INTEGER NOT NULL REFERENCES _listing (key),
  principal_type TEXT NOT NULL, -- '' = all of the listing, else its role assignments of that principal type
  since          INTEGER NOT NULL REFERENCES _snapshot (id),
  PRIMARY KEY (listing, principal_type)
) WITHOUT ROWID;

CREATE TABLE _effort (
  -- What each listing cost. Kept for the newest snapshot, and where a listing began to be incomplete in some way.
  snapshot    INTEGER NOT NULL REFERENCES _snapshot (id),
  listing     INTEGER NOT NULL REFERENCES _listing (key),
  requests    INTEGER NOT NULL CHECK (typeof(requests) = 'integer'),
  retries     INTEGER NOT NULL CHECK (typeof(retries) = 'integer'),
  started_at  TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  PRIMARY KEY (snapshot, listing)
) WITHOUT ROWID;

CREATE TABLE _resource (
  -- The identity of a thing, and beside it what questions ask for most: a copy of its version that still holds. One that
  -- is named by a grant but was never in a list has no version.
  key         INTEGER PRIMARY KEY,
  id          TEXT UNIQUE CHECK (key = 0 OR typeof(id) = 'text'),
  type        TEXT NOT NULL,
  scope       INTEGER NOT NULL REFERENCES _scope (key),
  identifier  TEXT NOT NULL CHECK (typeof(identifier) = 'text'),
  listing     INTEGER REFERENCES _listing (key),
  version     INTEGER REFERENCES _resource_version (key), -- NULL = no list shows it now
  name        TEXT,
  email       TEXT COLLATE NOCASE, -- of a user or service account
  disabled    INTEGER,             -- of a user
  locked      INTEGER,             -- of a user
  sso_linked  INTEGER,             -- of a user group
  known_name  TEXT,                -- the last known one, kept when the thing is gone
  known_email TEXT COLLATE NOCASE,
  first_seen  INTEGER REFERENCES _snapshot (id)
);

CREATE TABLE _resource_version (
  -- What was known of a resource: an interval.
  key         INTEGER PRIMARY KEY,
  resource    INTEGER NOT NULL REFERENCES _resource (key),
  name        TEXT CHECK (name IS NULL OR typeof(name) = 'text'),
  attributes  TEXT NOT NULL CHECK (typeof(attributes) = 'text'), -- JSON, keys sorted
  since       INTEGER NOT NULL REFERENCES _snapshot (id), -- first seen like this, even if that snapshot was deleted
  valid_from  INTEGER NOT NULL REFERENCES _snapshot (id),
  valid_until INTEGER REFERENCES _snapshot (id)
);

CREATE TABLE _grant (
  -- One principal holding a membership or a role: an interval. Its identity is principal, target, scope and resource
  -- group; the rest are attributes.
  key             INTEGER PRIMARY KEY,
  target          INTEGER NOT NULL REFERENCES _resource (key), -- the user group or role
  principal       INTEGER NOT NULL REFERENCES _resource (key),
  scope           INTEGER NOT NULL CHECK (typeof(scope) = 'integer'),          -- _scope.key; 0 = a membership
  resource_group  INTEGER NOT NULL CHECK (typeof(resource_group) = 'integer'), -- _resource.key; 0 = a membership
  listing         INTEGER NOT NULL REFERENCES _listing (key),
  role_assignment TEXT,    -- Harness's identifier; another one after the same access was created again
  created_at      INTEGER, -- epoch milliseconds, said by Harness
  harness_managed INTEGER NOT NULL CHECK (harness_managed IN (0, 1)),
  since           INTEGER NOT NULL REFERENCES _snapshot (id), -- held without a break since
  first_seen      INTEGER NOT NULL REFERENCES _snapshot (id), -- held for the first time, before any break
  valid_from      INTEGER NOT NULL REFERENCES _snapshot (id),
  valid_until     INTEGER REFERENCES _snapshot (id)
);

CREATE TABLE _acts (
  -- Who acts with whose role grants: an interval. Each member acts with those of the user group; each other holder, and a
  -- user group without members, with its own. Derived from _grant.
  key         INTEGER PRIMARY KEY,
  actor       INTEGER NOT NULL REFERENCES _resource (key),
  holder      INTEGER NOT NULL REFERENCES _resource (key),
  via         INTEGER NOT NULL REFERENCES _resource (key), -- the user group; 0 = its own grants
  since       INTEGER NOT NULL REFERENCES _snapshot (id),
  first_seen  INTEGER NOT NULL REFERENCES _snapshot (id),
  valid_from  INTEGER NOT NULL REFERENCES _snapshot (id),
  valid_until INTEGER REFERENCES _snapshot (id)
);

CREATE TABLE _above (
  -- Each scope there is now, with itself and the scopes that it lies in. Derived.
  scope INTEGER NOT NULL REFERENCES _scope (key),
  above INTEGER NOT NULL REFERENCES _scope (key),
  PRIMARY KEY (scope, above)
) WITHOUT ROWID;
CREATE INDEX _above_of ON _above (above);

CREATE TABLE _covers (
  -- Where a role counts that is held now at a scope over a resource group: in the base, and below it if children. Derived.
  scope          INTEGER NOT NULL REFERENCES _scope (key),
  resource_group INTEGER NOT NULL REFERENCES _resource (key),
  base           INTEGER NOT NULL REFERENCES _scope (key),
  children       INTEGER NOT NULL CHECK (children IN (0, 1)),
  everything     INTEGER NOT NULL CHECK (everything IN (0, 1)), -- 1: every resource there; 0: those that it selects
  PRIMARY KEY (scope, resource_group, base)
) WITHOUT ROWID;
CREATE INDEX _covers_in ON _covers (base);

CREATE TABLE _holders (
  -- How many rows of effective_access each principal has now: counting over a whole account takes seconds. Derived.
  actor INTEGER PRIMARY KEY REFERENCES _resource (key),
  roles INTEGER NOT NULL CHECK (typeof(roles) = 'integer')
);
CREATE INDEX _holders_most ON _holders (roles);

CREATE TABLE _holders_in (
  -- How many people and service accounts have a row of effective_access with a scope now. Derived.
  scope            INTEGER PRIMARY KEY REFERENCES _scope (key),
  people           INTEGER NOT NULL CHECK (typeof(people) = 'integer'),
  service_accounts INTEGER NOT NULL CHECK (typeof(service_accounts) = 'integer')
);

CREATE TABLE _grants_over (
  -- How many grants over a resource group hold now. Derived.
  resource_group INTEGER PRIMARY KEY REFERENCES _resource (key),
  grants         INTEGER NOT NULL CHECK (typeof(grants) = 'integer')
);

CREATE TABLE _audit_party (
  -- Who acts and what is acted on, as Harness named it at the time; '' = it does not say.
  key        INTEGER PRIMARY KEY,
  type       TEXT NOT NULL, -- who acts: 'user', 'service_account', 'api_key', 'system'; a thing: Harness's type; open
  identifier TEXT NOT NULL, -- Harness's identifier: of a user the e-mail
  user_id    TEXT NOT NULL, -- uuid of a user
  name       TEXT NOT NULL,
  UNIQUE (type, identifier, user_id, name)
);

CREATE TABLE _audit_word (
  -- Actions, sources and scope paths of events, and how sure it is who made a change.
  key  INTEGER PRIMARY KEY,
  word TEXT NOT NULL UNIQUE
);

CREATE TABLE _audit_event (
  -- Who did something about access, from Harness's audit trail; filled by `sync --with audit`. Not an interval: events
  -- are only added, and deleted when they are older than every snapshot that is kept.
  key      INTEGER PRIMARY KEY,
  audit_id NOT NULL UNIQUE CHECK (typeof(audit_id) IN ('blob', 'text')), -- Harness's auditId; 24 hex digits as 12 bytes
  at       INTEGER NOT NULL CHECK (typeof(at) = 'integer'),              -- epoch milliseconds
  action   INTEGER NOT NULL REFERENCES _audit_word (key),
  actor    INTEGER NOT NULL REFERENCES _audit_party (key),
  other    INTEGER REFERENCES _audit_party (key),                  -- the second person of an impersonation
  thing    INTEGER NOT NULL REFERENCES _audit_party (key),         -- what was acted on
  scope    INTEGER NOT NULL REFERENCES _audit_word (key),          -- its path
  source   INTEGER REFERENCES _audit_word (key),                   -- how somebody came to be in the account
  detail   TEXT                                                    -- JSON: members, or role and resource group
);
CREATE INDEX _audit_event_at ON _audit_event (at);

CREATE TABLE _audit_window (
  -- A stretch of time of which the audit trail was read; filled by `sync --with audit`. "No event" may only be said of a
  -- complete one.
  key      INTEGER PRIMARY KEY,
  starts   INTEGER NOT NULL CHECK (typeof(starts) = 'integer'), -- epoch milliseconds, inclusive
  ends     INTEGER NOT NULL CHECK (typeof(ends) = 'integer'),
  state    TEXT NOT NULL CHECK (state IN ('complete', 'partial', 'not_permitted')),
  reason   TEXT,
  snapshot INTEGER NOT NULL REFERENCES _snapshot (id),
  attempts INTEGER NOT NULL CHECK (typeof(attempts) = 'integer') -- how many syncs asked in vain; after some it is given up
);

CREATE TABLE _moved (
  -- What came along with a project that moved to another organization: no change, or one of what it was before. Derived.
  snapshot INTEGER NOT NULL REFERENCES _snapshot (id), -- the one that shows the move
  is_grant INTEGER NOT NULL CHECK (is_grant IN (0, 1)),
  new      INTEGER NOT NULL,                           -- key of _resource or _grant; of the project itself too
  old      INTEGER NOT NULL,
  PRIMARY KEY (snapshot, is_grant, new),
  UNIQUE (snapshot, is_grant, old)
) WITHOUT ROWID;

CREATE TABLE _made_by (
  -- Who made a change, joined from the audit trail once it was read; filled by `sync --with audit`.
  snapshot  INTEGER NOT NULL REFERENCES _snapshot (id),          -- the one that shows the change
  is_grant  INTEGER NOT NULL CHECK (is_grant IN (0, 1)),
  fact      INTEGER NOT NULL,                                    -- key of _resource or _grant
  certainty INTEGER NOT NULL REFERENCES _audit_word (key),       -- as in `diff --format json`
  event     INTEGER REFERENCES _audit_event (key),               -- the latest that fits; NULL = nobody is recorded
  told      TEXT,                                                -- JSON: what it went along with, what stands behind it
  PRIMARY KEY (snapshot, is_grant, fact)
) WITHOUT ROWID;

CREATE TABLE _unseen (
  -- Events between two snapshots that no change shows; filled by `sync --with audit`.
  event    INTEGER PRIMARY KEY REFERENCES _audit_event (key),
  snapshot INTEGER NOT NULL REFERENCES _snapshot (id) -- the later of the two
);

CREATE TABLE _login (
  -- When a person signed in last, from the audit trail; filled by `sync --with logins`.
  resource       INTEGER PRIMARY KEY REFERENCES _resource (key),
  last_login     INTEGER,          -- epoch milliseconds; NULL = not between the two times
  observed_from  INTEGER NOT NULL, -- epoch milliseconds: before it nobody knows
  observed_until INTEGER NOT NULL
);

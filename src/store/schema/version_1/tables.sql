CREATE TABLE account (
  -- The one Harness account this file belongs to. Start with the views: they are the contract, tables are not.
  key        INTEGER PRIMARY KEY CHECK (key = 1),
  account_id TEXT NOT NULL CHECK (typeof(account_id) = 'text'),
  base_url   TEXT NOT NULL CHECK (typeof(base_url) = 'text')
);

CREATE TABLE snapshot (
  -- One observation of the account. Pruned ones stay as a stub, so that 'since' keeps its answer.
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
  disabled_role_assignments INTEGER NOT NULL CHECK (typeof(disabled_role_assignments) = 'integer')
);

CREATE TABLE scope (
  -- 'account', 'org/<org>', 'org/<org>/project/<project>', or 'harness' for what Harness itself supplies.
  key  INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE CHECK (typeof(path) = 'text')
);

CREATE TABLE listing (
  -- A list that a sync walks: one kind in one scope. A fact can be missed only as far as its listing is complete.
  -- 'harness/<level>' stands for what Harness supplies at that level, shown by every list of the level.
  key   INTEGER PRIMARY KEY,
  kind  TEXT NOT NULL CHECK (typeof(kind) = 'text'),
  scope INTEGER NOT NULL REFERENCES scope (key),
  UNIQUE (kind, scope)
);

CREATE TABLE coverage (
  -- How complete a listing was, from snapshot valid_from until before valid_until (NULL = still so).
  key            INTEGER PRIMARY KEY,
  listing        INTEGER NOT NULL REFERENCES listing (key),
  state          TEXT NOT NULL CHECK (state IN ('complete', 'partial', 'not_permitted')),
  reason         TEXT,
  whole_for      TEXT, -- principal types of which a partial list of role assignments is whole, as ',a,b,'; or NULL
  endpoint       TEXT NOT NULL,
  reported_total INTEGER,
  rows           INTEGER NOT NULL CHECK (typeof(rows) = 'integer'),
  pages          INTEGER NOT NULL CHECK (typeof(pages) = 'integer'),
  valid_from     INTEGER NOT NULL REFERENCES snapshot (id),
  valid_until    INTEGER REFERENCES snapshot (id)
);
CREATE INDEX coverage_of_listing ON coverage (listing, valid_from);

CREATE TABLE known (
  -- The first snapshot in which a listing was seen whole. What shows up in the same snapshot was not added by anybody.
  -- A listing of a new scope was known before: there was nothing in it.
  listing        INTEGER NOT NULL REFERENCES listing (key),
  principal_type TEXT NOT NULL, -- '' = all of the listing, else its role assignments of that principal type
  since          INTEGER NOT NULL REFERENCES snapshot (id),
  PRIMARY KEY (listing, principal_type)
) WITHOUT ROWID;

CREATE TABLE effort (
  -- What each listing cost. Kept for the newest snapshot, and where a listing began to be incomplete in some way.
  snapshot    INTEGER NOT NULL REFERENCES snapshot (id),
  listing     INTEGER NOT NULL REFERENCES listing (key),
  requests    INTEGER NOT NULL CHECK (typeof(requests) = 'integer'),
  retries     INTEGER NOT NULL CHECK (typeof(retries) = 'integer'),
  started_at  TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  PRIMARY KEY (snapshot, listing)
) WITHOUT ROWID;

CREATE TABLE resource (
  -- The identity of a thing. One that is named by a grant but was never in a list has no version.
  key        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE CHECK (typeof(id) = 'text'),
  type       TEXT NOT NULL,
  scope      INTEGER NOT NULL REFERENCES scope (key),
  identifier TEXT NOT NULL CHECK (typeof(identifier) = 'text'),
  listing    INTEGER REFERENCES listing (key)
);

CREATE TABLE resource_version (
  -- What was known of a resource from snapshot valid_from until before valid_until (NULL = still so).
  key         INTEGER PRIMARY KEY,
  resource    INTEGER NOT NULL REFERENCES resource (key),
  name        TEXT CHECK (name IS NULL OR typeof(name) = 'text'),
  attributes  TEXT NOT NULL CHECK (typeof(attributes) = 'text'), -- JSON, keys sorted
  since       INTEGER NOT NULL REFERENCES snapshot (id), -- first seen like this, even if that snapshot was pruned
  valid_from  INTEGER NOT NULL REFERENCES snapshot (id),
  valid_until INTEGER REFERENCES snapshot (id)
);

CREATE TABLE grant_version (
  -- One principal holding a membership or a role, from snapshot valid_from until before valid_until (NULL = still so).
  -- Its identity is principal, target, scope and resource group; the rest are attributes.
  key             INTEGER PRIMARY KEY,
  target          INTEGER NOT NULL REFERENCES resource (key), -- the user group or role
  principal       INTEGER NOT NULL REFERENCES resource (key),
  scope           INTEGER NOT NULL CHECK (typeof(scope) = 'integer'),          -- scope.key; 0 = a membership
  resource_group  INTEGER NOT NULL CHECK (typeof(resource_group) = 'integer'), -- resource.key; 0 = a membership
  listing         INTEGER NOT NULL REFERENCES listing (key),
  role_assignment TEXT,    -- Harness's identifier; another one after the same access was made anew
  created_at      INTEGER, -- epoch milliseconds, said by Harness
  harness_managed INTEGER NOT NULL CHECK (harness_managed IN (0, 1)),
  since           INTEGER NOT NULL REFERENCES snapshot (id), -- held without a break since
  valid_from      INTEGER NOT NULL REFERENCES snapshot (id),
  valid_until     INTEGER REFERENCES snapshot (id)
);

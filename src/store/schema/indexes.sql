-- Indexes of the facts. The first sync of a file makes them after its rows: of a million grants that takes a second
-- less than keeping them up row by row.
CREATE INDEX _resource_email ON _resource (email) WHERE email IS NOT NULL;
CREATE INDEX _resource_known_email ON _resource (known_email) WHERE known_email IS NOT NULL;
CREATE INDEX _resource_name ON _resource (name) WHERE name IS NOT NULL;
-- What no list shows now, which is little.
CREATE INDEX _resource_unlisted ON _resource (known_name COLLATE NOCASE) WHERE version IS NULL;
CREATE INDEX _resource_identifier ON _resource (identifier);
CREATE INDEX _resource_version_of ON _resource_version (resource, valid_from);
CREATE INDEX _resource_version_from ON _resource_version (valid_from);
CREATE INDEX _resource_version_until ON _resource_version (valid_until) WHERE valid_until IS NOT NULL;
-- Whose address it was before: an event of the audit trail may name people by nothing else. The last one is known_email.
CREATE INDEX _resource_version_email ON _resource_version (json_extract(attributes, '$.email') COLLATE NOCASE)
  WHERE valid_until IS NOT NULL AND json_extract(attributes, '$.email') IS NOT NULL;
-- Who holds a role or is in a group, what a principal holds, what is held over a resource group, what is held at a scope:
-- at any time.
CREATE INDEX _grant_of ON _grant (target, principal, scope, resource_group);
CREATE INDEX _grant_by ON _grant (principal);
CREATE INDEX _grant_over ON _grant (resource_group, scope);
CREATE INDEX _grant_at ON _grant (scope);
-- What a snapshot began and ended. Nothing is before the first snapshot to be compared with it, and its grants are nearly
-- all there are: whoever asks for what began says `valid_from > 1`.
CREATE INDEX _grant_from ON _grant (valid_from) WHERE valid_from > 1;
CREATE INDEX _grant_until ON _grant (valid_until) WHERE valid_until IS NOT NULL;
-- A scope, a role and a resource group have many grants, a person few. SQLite takes any key of an index for as good as
-- another, and answers what one person holds in one scope, or of one role, from all that is held there. ANALYZE by whoever
-- wants it replaces the rows.
ANALYZE sqlite_master;
INSERT INTO sqlite_stat1 VALUES ('_grant', '_grant_at', '1000000 100000'),
  ('_grant', '_grant_of', '1000000 1000 2 2 1'), ('_grant', '_grant_over', '1000000 10000 10');

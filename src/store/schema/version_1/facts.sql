-- The rows of each table of this schema, from the tables of schema 1.

-- table: _account
SELECT key, account_id, base_url FROM account;

-- table: _snapshot
SELECT id, label, state, started_at, finished_at, scopes, caller, tool_version, requests, users, service_accounts,
  user_groups, roles, resource_groups, grants, disabled_role_assignments, NULL, NULL, NULL
FROM snapshot;

-- table: _scope
SELECT 0 AS key, NULL AS path UNION ALL SELECT key, path FROM scope;

-- table: _listing
SELECT key, kind, scope FROM listing;

-- table: _coverage
SELECT key, listing, state, reason, whole_for, NULL, endpoint, reported_total, rows, pages, valid_from, valid_until
FROM coverage;

-- table: _known
SELECT listing, principal_type, since FROM known;

-- table: _effort
SELECT snapshot, listing, requests, retries, started_at, finished_at FROM effort;

-- table: _resource_version
SELECT key, resource, name, attributes, since, valid_from, valid_until FROM resource_version;

-- table: _grant
SELECT key, target, principal, scope, resource_group, listing, role_assignment, created_at, harness_managed, since,
  (SELECT min(o.since) FROM grant_version o WHERE o.target = g.target AND o.principal = g.principal
    AND o.scope = g.scope AND o.resource_group = g.resource_group) AS first_seen,
  valid_from, valid_until
FROM grant_version g;

-- table: _resource
SELECT 0, NULL, '', 0, '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
UNION ALL
SELECT r.key, r.id, r.type, r.scope, r.identifier, r.listing, v.key, v.name,
  CASE WHEN r.type IN ('user', 'service_account') THEN json_extract(v.attributes, '$.email') END,
  CASE r.type WHEN 'user' THEN json_extract(v.attributes, '$.disabled') END,
  CASE r.type WHEN 'user' THEN json_extract(v.attributes, '$.locked') END,
  CASE r.type WHEN 'user_group' THEN json_extract(v.attributes, '$.sso_linked') END,
  l.name,
  CASE WHEN r.type IN ('user', 'service_account') THEN json_extract(l.attributes, '$.email') END,
  (SELECT min(f.since) FROM resource_version f WHERE f.resource = r.key)
FROM resource r
LEFT JOIN resource_version v ON v.resource = r.key AND v.valid_until IS NULL
LEFT JOIN resource_version l ON l.key = (SELECT n.key FROM resource_version n WHERE n.resource = r.key
  ORDER BY n.valid_from DESC LIMIT 1);

CREATE VIEW snapshots (
  -- Every snapshot this file holds, oldest first. state: 'complete', or 'partial' when something could not be seen.
  id, label, state,
  started_at, finished_at, -- UTC
  account_id, base_url,
  scopes,                  -- what was asked for
  caller,                  -- whose key it was; NULL = Harness did not say
  tool_version, requests,
  users, service_accounts, user_groups, roles, resource_groups, grants,
  disabled_role_assignments -- these grant nothing and are not among the grants
) AS SELECT s.id, s.label, s.state, s.started_at, s.finished_at, a.account_id, a.base_url, s.scopes, s.caller,
  s.tool_version, s.requests, s.users, s.service_accounts, s.user_groups, s.roles, s.resource_groups, s.grants,
  s.disabled_role_assignments
FROM snapshot s CROSS JOIN account a
WHERE s.state <> 'pruned';

CREATE VIEW listings (
  -- What each snapshot walked and how complete it was. Requests, retries and times are kept for the newest snapshot,
  -- and where a listing began to be incomplete in some way.
  snapshot_id, kind, scope, endpoint,
  state,          -- 'complete', 'partial', 'not_permitted'
  reason,         -- why it is not complete
  reported_total, -- rows Harness said exist; NULL = it does not say
  rows, pages, requests, retries, started_at, finished_at
) AS SELECT s.id, l.kind, p.path, c.endpoint, c.state, c.reason, c.reported_total, c.rows, c.pages, e.requests,
  e.retries, e.started_at, e.finished_at
FROM snapshot s
JOIN coverage c ON c.valid_from <= s.id AND (c.valid_until IS NULL OR c.valid_until > s.id)
JOIN listing l ON l.key = c.listing
JOIN scope p ON p.key = l.scope
LEFT JOIN effort e ON e.snapshot = s.id AND e.listing = c.listing
WHERE s.state <> 'pruned' AND p.path NOT LIKE 'harness/%';

CREATE VIEW resources (
  -- Everything with an identity, as of the latest snapshot.
  id, type, scope, identifier, name,
  attributes,            -- JSON, keys sorted
  since_snapshot, since, -- first seen like this
  unverified             -- 1: its listing was not complete, so nobody knows whether it is still so
) AS SELECT r.id, r.type, p.path, r.identifier, v.name, v.attributes, v.since, s.finished_at,
  c.state IS NOT 'complete'
FROM resource_version v
JOIN resource r ON r.key = v.resource
JOIN scope p ON p.key = r.scope
JOIN snapshot s ON s.id = v.since
LEFT JOIN coverage c ON c.listing = r.listing AND {live c}
WHERE {live v};

CREATE VIEW users (
  -- People. The account's list is the whole list.
  id, uuid, email, name,
  locked,             -- 1: after failed sign-ins
  disabled,           -- 1: cannot sign in; grants stay
  externally_managed, -- 1: kept by an identity provider
  two_factor_enabled,
  since
) AS SELECT r.id, r.identifier, json_extract(r.attributes, '$.email'), r.name,
  json_extract(r.attributes, '$.locked'), json_extract(r.attributes, '$.disabled'),
  json_extract(r.attributes, '$.externally_managed'), json_extract(r.attributes, '$.two_factor_enabled'), r.since
FROM resources r WHERE r.type = 'user';

CREATE VIEW service_accounts (
  -- Accounts for programs.
  id, scope, identifier, name, email, description,
  api_keys, -- number of API keys
  since
) AS SELECT r.id, r.scope, r.identifier, r.name, json_extract(r.attributes, '$.email'),
  json_extract(r.attributes, '$.description'), json_extract(r.attributes, '$.api_keys'), r.since
FROM resources r WHERE r.type = 'service_account';

CREATE VIEW user_groups (
  -- Groups of people. Groups do not nest.
  id, scope, identifier, name, description,
  members,            -- number of members; NULL = none are known, and their list was not seen whole
  sso_linked, sso_type, sso_group,
  externally_managed, -- 1: kept by an identity provider
  harness_managed,    -- 1: supplied and kept by Harness
  since
) AS SELECT r.id, r.scope, r.identifier, r.name, json_extract(r.attributes, '$.description'),
  (SELECT CASE WHEN count(*) > 0 OR NOT r.unverified THEN count(*) END FROM grant_version g
    WHERE g.target = (SELECT key FROM resource WHERE id = r.id) AND {live g}),
  json_extract(r.attributes, '$.sso_linked'), json_extract(r.attributes, '$.sso_type'),
  json_extract(r.attributes, '$.sso_group'), json_extract(r.attributes, '$.externally_managed'),
  json_extract(r.attributes, '$.harness_managed'), r.since
FROM resources r WHERE r.type = 'user_group';

CREATE VIEW group_members (
  -- Who is in which user group. email is NULL when the account's list of users does not hold the person.
  group_id, group_name, user_id, email, since
) AS SELECT t.id, tv.name, p.id, json_extract(pv.attributes, '$.email'), s.finished_at
FROM grant_version g
JOIN resource t ON t.key = g.target
JOIN resource p ON p.key = g.principal
JOIN snapshot s ON s.id = g.since
LEFT JOIN resource_version tv ON tv.resource = g.target AND {live tv}
LEFT JOIN resource_version pv ON pv.resource = g.principal AND {live pv}
WHERE {live g} AND g.scope = 0 AND t.type = 'user_group';

CREATE VIEW tokens (
  -- Tokens of API keys, when a sync asked for them (--with tokens). An expired or revoked one is in no list.
  id, scope, identifier, name,
  kind,       -- 'service_account_token', 'personal_token'
  owner_id,   -- the service account or user it acts as
  api_key,    -- identifier of its API key
  valid_from,
  expires_at, -- NULL = never
  valid,      -- 1: Harness accepts it
  since
) AS SELECT r.id, r.scope, r.identifier, r.name, r.type, json_extract(r.attributes, '$.owner'),
  json_extract(r.attributes, '$.api_key'),
  strftime('%Y-%m-%dT%H:%M:%fZ', json_extract(r.attributes, '$.valid_from') / 1000.0, 'unixepoch'),
  strftime('%Y-%m-%dT%H:%M:%fZ', json_extract(r.attributes, '$.expires_at') / 1000.0, 'unixepoch'),
  json_extract(r.attributes, '$.valid'), r.since
FROM resources r WHERE r.type IN ('service_account_token', 'personal_token');

CREATE VIEW auth_settings (
  -- How people sign in, when a sync asked for it (--with auth-settings).
  id,
  mechanism, two_factor_enabled, session_timeout_minutes, public_access_enabled, oauth_enabled,
  settings,        -- JSON: kinds of sign-in that are set up
  allowed_domains, -- JSON: domains of addresses that may sign in; [] = any
  since
) AS SELECT r.id, json_extract(r.attributes, '$.mechanism'), json_extract(r.attributes, '$.two_factor_enabled'),
  json_extract(r.attributes, '$.session_timeout_minutes'), json_extract(r.attributes, '$.public_access_enabled'),
  json_extract(r.attributes, '$.oauth_enabled'), json_extract(r.attributes, '$.settings'),
  json_extract(r.attributes, '$.allowed_domains'), r.since
FROM resources r WHERE r.type = 'auth_setting';

CREATE VIEW roles (
  -- Sets of permissions.
  id, scope, identifier, name, description,
  harness_managed, -- 1: supplied by Harness; changes with its releases
  permissions,     -- number of permissions
  since
) AS SELECT r.id, r.scope, r.identifier, r.name, json_extract(r.attributes, '$.description'),
  json_extract(r.attributes, '$.harness_managed'), json_array_length(r.attributes, '$.permissions'), r.since
FROM resources r WHERE r.type = 'role';

CREATE VIEW role_permissions (
  -- One row for each permission of each role.
  role_id, role_name, permission
) AS SELECT r.id, r.name, p.value
FROM resources r, json_each(r.attributes, '$.permissions') p WHERE r.type = 'role';

CREATE VIEW resource_groups (
  -- Sets of resources that a role can be held over.
  id, scope, identifier, name, description,
  harness_managed, -- 1: supplied by Harness
  all_resources,   -- 1: every resource of its scopes
  child_scopes,    -- 1: reaches into the scopes below one of its scopes
  used_by_grants,  -- number of grants over it
  since
) AS SELECT r.id, r.scope, r.identifier, r.name, json_extract(r.attributes, '$.description'),
  json_extract(r.attributes, '$.harness_managed'), json_extract(r.attributes, '$.all_resources'),
  EXISTS (SELECT 1 FROM json_each(r.attributes, '$.included_scopes') i WHERE json_extract(i.value, '$.child_scopes')),
  ifnull(u.used, 0), r.since
FROM resources r
LEFT JOIN (SELECT rg.id, count(*) AS used FROM grant_version g JOIN resource rg ON rg.key = g.resource_group
  WHERE {live g} GROUP BY g.resource_group) u ON u.id = r.id
WHERE r.type = 'resource_group';

CREATE VIEW resource_group_selectors (
  -- What a resource group covers when it does not cover everything.
  resource_group_id, resource_type,
  identifier,      -- NULL = every one of the type
  attribute_filter -- 'name=value,value': only resources whose attribute has one of the values
) AS SELECT r.id, json_extract(s.value, '$.resource_type'), i.value,
  json_extract(s.value, '$.attribute') || '=' || (SELECT group_concat(a.value, ',')
    FROM json_each(s.value, '$.attribute_values') a)
FROM resources r, json_each(r.attributes, '$.selectors') s
LEFT JOIN json_each(s.value, '$.identifiers') i
WHERE r.type = 'resource_group';

CREATE VIEW entitlements (
  -- What can be held: membership of each user group, assignment of each role, and membership of each organization and
  -- project when a sync asked for it (--with project-users).
  id, resource_id, resource_type, slug, name, grantable_to
) AS SELECT r.id || CASE r.type WHEN 'role' THEN ':assigned' ELSE ':member' END, r.id, r.type,
  CASE r.type WHEN 'role' THEN 'assigned' ELSE 'member' END,
  ifnull(r.name, r.identifier) || CASE r.type WHEN 'role' THEN ' assigned' ELSE ' member' END,
  CASE r.type WHEN 'role' THEN 'user,user_group,service_account' ELSE 'user' END
FROM resources r WHERE r.type IN ('role', 'user_group')
  OR r.type IN ('organization', 'project') AND EXISTS (SELECT 1 FROM grant_version g WHERE {live g}
    AND g.target = (SELECT key FROM resource WHERE id = r.id));

CREATE VIEW grants (
  -- Who holds what: memberships of user groups ('member') and roles ('assigned').
  entitlement_id, slug, principal_id, principal_type, principal_name,
  resource_id, resource_name, -- the user group or role
  scope, resource_group_id,   -- where a role applies and what it covers; NULL for memberships
  role_assignment,            -- Harness's identifier of the role assignment
  harness_managed,            -- 1: made by Harness
  created_at,                 -- when, says Harness
  since_snapshot, since,      -- held without a break since
  unverified,                 -- 1: its listing was not complete, so nobody knows whether it is still so
  unresolved                  -- which of 'principal', 'resource', 'resource_group' a complete list does not show; NULL = none
) AS SELECT t.id || CASE g.scope WHEN 0 THEN ':member' ELSE ':assigned' END,
  CASE g.scope WHEN 0 THEN 'member' ELSE 'assigned' END, p.id, p.type, pv.name, t.id, tv.name, sc.path, rg.id,
  g.role_assignment, g.harness_managed, strftime('%Y-%m-%dT%H:%M:%fZ', g.created_at / 1000.0, 'unixepoch'),
  g.since, s.finished_at,
  NOT ifnull(c.state = 'complete' OR c.whole_for LIKE '%,' || p.type || ',%', 0),
  -- No list is ever to show a principal of an unknown type. What Harness supplies shows in the list of where it is used.
  nullif(substr(CASE WHEN pv.key IS NULL AND (p.listing IS NULL OR EXISTS (SELECT 1 FROM coverage k
      WHERE k.listing = p.listing AND k.state = 'complete' AND {live k})) THEN ',principal' ELSE '' END
    || CASE WHEN tv.key IS NULL AND EXISTS (SELECT 1 FROM coverage k
      WHERE k.listing = ifnull(t.listing, (SELECT l.key FROM listing l WHERE l.kind = 'roles' AND l.scope = g.scope))
        AND k.state = 'complete' AND {live k}) THEN ',resource' ELSE '' END
    || CASE WHEN rv.key IS NULL AND g.resource_group <> 0 AND EXISTS (SELECT 1 FROM coverage k
      WHERE k.listing = ifnull(rg.listing, (SELECT l.key FROM listing l WHERE l.kind = 'resource_groups' AND l.scope = g.scope))
        AND k.state = 'complete' AND {live k}) THEN ',resource_group' ELSE '' END, 2), '')
FROM grant_version g
JOIN resource p ON p.key = g.principal
JOIN resource t ON t.key = g.target
JOIN snapshot s ON s.id = g.since
LEFT JOIN scope sc ON sc.key = g.scope
LEFT JOIN resource rg ON rg.key = g.resource_group
LEFT JOIN resource_version pv ON pv.resource = g.principal AND {live pv}
LEFT JOIN resource_version tv ON tv.resource = g.target AND {live tv}
LEFT JOIN resource_version rv ON rv.resource = g.resource_group AND {live rv}
LEFT JOIN coverage c ON c.listing = g.listing AND {live c}
WHERE {live g};

CREATE VIEW effective_access (
  -- Who holds which role, user groups expanded to their people. A group without members shows as itself.
  principal_id, principal_type, principal_name, email, role_id, role_name, scope,
  resource_group_id, resource_group_name,
  via_group_id, via_group_name, -- NULL = held directly
  role_assignment, since
) AS SELECT w.id, w.type, wv.name, json_extract(wv.attributes, '$.email'), t.id, tv.name, sc.path, rg.id, rv.name,
  via.id, vv.name, g.role_assignment, s.finished_at
FROM grant_version g
JOIN resource t ON t.key = g.target
JOIN scope sc ON sc.key = g.scope
LEFT JOIN grant_version m ON m.target = g.principal AND {live m}
LEFT JOIN resource via ON via.key = m.target
LEFT JOIN resource_version vv ON vv.resource = m.target AND {live vv}
JOIN resource w ON w.key = ifnull(m.principal, g.principal)
JOIN snapshot s ON s.id = max(g.since, ifnull(m.since, 0))
LEFT JOIN resource rg ON rg.key = g.resource_group
LEFT JOIN resource_version wv ON wv.resource = w.key AND {live wv}
LEFT JOIN resource_version tv ON tv.resource = g.target AND {live tv}
LEFT JOIN resource_version rv ON rv.resource = g.resource_group AND {live rv}
WHERE {live g} AND g.scope <> 0;

CREATE VIEW changes (
  -- What each snapshot found different from the one before it in this file; the first of them has none. What came into
  -- sight with the first complete look at its listing is no change.
  snapshot_id, at,
  change, -- 'added', 'removed', 'changed'
  kind,   -- 'resource', 'grant'
  type,   -- of the resource; for a grant 'member' or 'assigned'
  id,     -- of the resource; for a grant its entitlement
  name,
  detail  -- JSON: attributes before and after; for a grant its principal, scope and resource group
) AS
SELECT v.valid_from, s.finished_at, CASE WHEN o.key IS NULL THEN 'added' ELSE 'changed' END, 'resource', r.type, r.id,
  v.name, CASE WHEN o.key IS NOT NULL THEN json_object(
    'before', json_patch(json_object('name', o.name), o.attributes),
    'after', json_patch(json_object('name', v.name), v.attributes)) END
FROM resource_version v
JOIN resource r ON r.key = v.resource
JOIN (SELECT id, finished_at, lag(id) OVER (ORDER BY id) AS before FROM snapshot WHERE state <> 'pruned') s
  ON s.id = v.valid_from
LEFT JOIN resource_version o ON o.resource = v.resource AND o.valid_until = v.valid_from
WHERE CASE WHEN o.key IS NULL THEN EXISTS (SELECT 1 FROM known k WHERE k.listing = r.listing AND k.since <= s.before)
  ELSE o.name IS NOT v.name OR o.attributes <> v.attributes END
UNION ALL
SELECT v.valid_until, s.finished_at, 'removed', 'resource', r.type, r.id, v.name, NULL
FROM resource_version v
JOIN resource r ON r.key = v.resource
JOIN snapshot s ON s.id = v.valid_until
WHERE NOT EXISTS (SELECT 1 FROM resource_version n WHERE n.resource = v.resource AND n.valid_from = v.valid_until)
UNION ALL
SELECT e.at, s.finished_at, e.change, 'grant', CASE e.scope WHEN 0 THEN 'member' ELSE 'assigned' END,
  t.id || CASE e.scope WHEN 0 THEN ':member' ELSE ':assigned' END,
  (SELECT v.name FROM resource_version v WHERE v.resource = e.target ORDER BY v.valid_from DESC LIMIT 1),
  json_object('principal', p.id,
    'principal_name', (SELECT ifnull(v.name, json_extract(v.attributes, '$.email')) FROM resource_version v
      WHERE v.resource = e.principal ORDER BY v.valid_from DESC LIMIT 1),
    'resource_group', rg.id, 'scope', sc.path)
FROM (
  SELECT n.valid_from AS at, 'added' AS change, n.target, n.principal, n.scope, n.resource_group, n.listing
  FROM grant_version n
  WHERE n.valid_from > 1 -- says nothing new, see the index
    AND NOT EXISTS (SELECT 1 FROM grant_version o WHERE o.valid_until = n.valid_from AND o.target = n.target
    AND o.principal = n.principal AND o.scope = n.scope AND o.resource_group = n.resource_group)
  UNION ALL
  SELECT o.valid_until, 'removed', o.target, o.principal, o.scope, o.resource_group, o.listing
  FROM grant_version o
  WHERE o.valid_until IS NOT NULL AND NOT EXISTS (SELECT 1 FROM grant_version n WHERE n.valid_from = o.valid_until
    AND n.target = o.target AND n.principal = o.principal AND n.scope = o.scope
    AND n.resource_group = o.resource_group)
) e
JOIN (SELECT id, finished_at, lag(id) OVER (ORDER BY id) AS before FROM snapshot WHERE state <> 'pruned') s
  ON s.id = e.at
JOIN resource t ON t.key = e.target
JOIN resource p ON p.key = e.principal
LEFT JOIN resource rg ON rg.key = e.resource_group
LEFT JOIN scope sc ON sc.key = e.scope
WHERE e.change = 'removed'
  OR EXISTS (SELECT 1 FROM known k WHERE k.listing = e.listing AND k.principal_type IN ('', p.type) AND k.since <= s.before);

CREATE VIEW resource_history (
  -- Every version of every resource ever seen, with its end.
  id, type, scope, identifier, name, attributes, since_snapshot, since, unverified,
  until_snapshot, until -- NULL = still so
) AS SELECT r.id, r.type, p.path, r.identifier, v.name, v.attributes, v.since, s.finished_at,
  v.valid_until IS NULL AND c.state IS NOT 'complete', v.valid_until, u.finished_at
FROM resource_version v
JOIN resource r ON r.key = v.resource
JOIN scope p ON p.key = r.scope
JOIN snapshot s ON s.id = v.since
LEFT JOIN snapshot u ON u.id = v.valid_until
LEFT JOIN coverage c ON c.listing = r.listing AND c.valid_until IS NULL;

CREATE VIEW grant_history (
  -- Every grant ever seen, with its end. Access that was made anew without a break is one row.
  entitlement_id, slug, principal_id, principal_type, principal_name, resource_id, resource_name, scope,
  resource_group_id, role_assignment, harness_managed, created_at, since_snapshot, since, unverified, unresolved,
  until_snapshot, until -- NULL = still held
) AS SELECT t.id || CASE g.scope WHEN 0 THEN ':member' ELSE ':assigned' END,
  CASE g.scope WHEN 0 THEN 'member' ELSE 'assigned' END, p.id, p.type, pv.name, t.id, tv.name, sc.path, rg.id,
  g.role_assignment, g.harness_managed, strftime('%Y-%m-%dT%H:%M:%fZ', g.created_at / 1000.0, 'unixepoch'),
  g.since, s.finished_at,
  g.valid_until IS NULL AND NOT ifnull(c.state = 'complete' OR c.whole_for LIKE '%,' || p.type || ',%', 0),
  nullif(substr(CASE WHEN pv.key IS NULL AND (p.listing IS NULL OR EXISTS (SELECT 1 FROM coverage k
      WHERE k.listing = p.listing AND k.state = 'complete' AND {live k})) THEN ',principal' ELSE '' END
    || CASE WHEN tv.key IS NULL AND EXISTS (SELECT 1 FROM coverage k
      WHERE k.listing = ifnull(t.listing, (SELECT l.key FROM listing l WHERE l.kind = 'roles' AND l.scope = g.scope))
        AND k.state = 'complete' AND {live k}) THEN ',resource' ELSE '' END
    || CASE WHEN rv.key IS NULL AND g.resource_group <> 0 AND EXISTS (SELECT 1 FROM coverage k
      WHERE k.listing = ifnull(rg.listing, (SELECT l.key FROM listing l WHERE l.kind = 'resource_groups' AND l.scope = g.scope))
        AND k.state = 'complete' AND {live k}) THEN ',resource_group' ELSE '' END, 2), ''),
  g.valid_until, u.finished_at
FROM grant_version g
JOIN resource p ON p.key = g.principal
JOIN resource t ON t.key = g.target
JOIN snapshot s ON s.id = g.since
LEFT JOIN snapshot u ON u.id = g.valid_until
LEFT JOIN scope sc ON sc.key = g.scope
LEFT JOIN resource rg ON rg.key = g.resource_group
-- names and references as they were in the last snapshot that showed the grant
LEFT JOIN resource_version pv ON pv.resource = g.principal
  AND pv.valid_from < ifnull(g.valid_until, 9e18) AND ifnull(pv.valid_until, 9e18) >= ifnull(g.valid_until, 9e18)
LEFT JOIN resource_version tv ON tv.resource = g.target
  AND tv.valid_from < ifnull(g.valid_until, 9e18) AND ifnull(tv.valid_until, 9e18) >= ifnull(g.valid_until, 9e18)
LEFT JOIN resource_version rv ON rv.resource = g.resource_group
  AND rv.valid_from < ifnull(g.valid_until, 9e18) AND ifnull(rv.valid_until, 9e18) >= ifnull(g.valid_until, 9e18)
LEFT JOIN coverage c ON c.listing = g.listing AND c.valid_until IS NULL
WHERE NOT EXISTS (SELECT 1 FROM grant_version n WHERE n.valid_from = g.valid_until AND n.target = g.target
  AND n.principal = g.principal AND n.scope = g.scope AND n.resource_group = g.resource_group);

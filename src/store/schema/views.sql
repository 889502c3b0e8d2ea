CREATE VIEW snapshots (
  -- Every snapshot this file holds, oldest first. state: 'complete', or 'partial' when something could not be seen.
  id, label, state,
  started_at, finished_at, -- UTC
  account_id, base_url,
  scopes,                  -- what was asked for
  caller,                  -- whose key it was; NULL = Harness did not say
  tool_version, requests,
  users, service_accounts, user_groups, roles, resource_groups, grants,
  disabled_role_assignments, -- these grant nothing and are not among the grants
  requested,               -- JSON: the flags that chose what was read; NULL = not recorded
  notes,                   -- JSON: remarks on the whole snapshot, such as that access control is off; NULL = none
  digest                   -- SHA-256 over the facts and the digest before; NULL = not recorded
) AS SELECT s.id, s.label, s.state, s.started_at, s.finished_at, a.account_id, a.base_url, s.scopes, s.caller,
  s.tool_version, s.requests, s.users, s.service_accounts, s.user_groups, s.roles, s.resource_groups, s.grants,
  s.disabled_role_assignments, s.requested, s.notes, s.digest
FROM _snapshot s CROSS JOIN _account a
WHERE s.state <> 'pruned';

CREATE VIEW listings (
  -- What each snapshot read and how complete it was. Requests, retries and times are kept for the newest snapshot, and
  -- where a listing began to be incomplete in some way.
  snapshot_id, kind, scope, endpoint,
  state,          -- 'complete', 'partial', 'not_permitted'
  reason,         -- why it is not complete
  reported_total, -- rows Harness said exist; NULL = it does not say
  rows, pages, requests, retries, started_at, finished_at,
  accepted        -- why the gap is accepted; NULL = it is not
) AS SELECT s.id, l.kind, p.path, c.endpoint, c.state, c.reason, c.reported_total, c.rows, c.pages, e.requests,
  e.retries, e.started_at, e.finished_at, c.accepted
FROM _snapshot s
JOIN _coverage c ON c.valid_from <= s.id AND (c.valid_until IS NULL OR c.valid_until > s.id)
JOIN _listing l ON l.key = c.listing
JOIN _scope p ON p.key = l.scope
LEFT JOIN _effort e ON e.snapshot = s.id AND e.listing = c.listing
WHERE s.state <> 'pruned' AND p.path NOT LIKE 'harness/%';

CREATE VIEW scopes (
  -- The account, its organizations and projects, those that are gone included.
  path,
  level,     -- 'account', 'organization', 'project'
  name,      -- last known; NULL = no list showed it
  parent,    -- path of the scope it lies in
  snapshots, -- in how many snapshots of this file it is
  present,   -- 1: it is in this snapshot
  people,           -- number of people who hold a role granted there, their groups counted
  service_accounts  -- the same of service accounts
) AS SELECT p.path, CASE WHEN p.path = 'account' THEN 'account' WHEN p.path LIKE '%/project/%' THEN 'project'
    ELSE 'organization' END,
  (SELECT r.known_name FROM _resource r WHERE r.id = CASE
    WHEN p.path = 'account' THEN 'account/' || (SELECT account_id FROM _account)
    WHEN p.path LIKE '%/project/%' THEN 'project/' || replace(substr(p.path, 5), '/project/', '/')
    ELSE 'organization/' || substr(p.path, 5) END),
  CASE WHEN p.path LIKE '%/project/%' THEN substr(p.path, 1, instr(p.path, '/project/') - 1)
    WHEN p.path LIKE 'org/%' THEN 'account' END,
  (SELECT count(*) FROM _snapshot s WHERE s.state <> 'pruned' AND (p.path = 'account'
    OR EXISTS (SELECT 1 FROM _listing l JOIN _coverage c ON c.listing = l.key
      WHERE l.scope = p.key AND c.valid_from <= s.id AND (c.valid_until IS NULL OR c.valid_until > s.id))
    OR EXISTS (SELECT 1 FROM _resource r JOIN _resource_version v ON v.resource = r.key
      WHERE r.id = CASE WHEN p.path LIKE '%/project/%' THEN 'project/' || replace(substr(p.path, 5), '/project/', '/')
          ELSE 'organization/' || substr(p.path, 5) END
        AND v.valid_from <= s.id AND (v.valid_until IS NULL OR v.valid_until > s.id)))),
  EXISTS (SELECT 1 FROM _above u WHERE u.scope = p.key),
  ifnull((SELECT h.people FROM _holders_in h WHERE h.scope = p.key), 0),
  ifnull((SELECT h.service_accounts FROM _holders_in h WHERE h.scope = p.key), 0)
FROM _scope p WHERE p.path = 'account' OR p.path LIKE 'org/%';

CREATE VIEW resources (
  -- Everything with an identity, as of the latest snapshot.
  id, type, scope, identifier, name,
  attributes,            -- JSON, keys sorted
  since_snapshot, since, -- first seen like this
  unverified,            -- 1: its listing was not complete, so nobody knows whether it is still so
  first_seen             -- first seen at all
) AS SELECT r.id, r.type, p.path, r.identifier, r.name, v.attributes, v.since, s.finished_at,
  NOT EXISTS (SELECT 1 FROM _coverage c WHERE c.listing = r.listing AND c.state = 'complete' AND {live c}),
  f.finished_at
FROM _resource r
JOIN _resource_version v ON v.key = r.version
JOIN _scope p ON p.key = r.scope
JOIN _snapshot s ON s.id = v.since
JOIN _snapshot f ON f.id = r.first_seen;

CREATE VIEW users (
  -- People. The account's list is the whole list.
  id, uuid,
  email,              -- found in any letter case
  name,
  locked,             -- 1: after failed sign-ins; NULL, here and below: never told so that it could be read
  disabled,           -- 1: cannot sign in; grants stay
  externally_managed, -- 1: kept by an identity provider
  two_factor_enabled,
  since, first_seen,
  last_login,         -- when a sync asked for it (--with logins)
  last_login_unknown_before, -- a sign-in before this time is not known of
  last_login_unknown_after   -- nor one after this time
) AS SELECT r.id, r.identifier, r.email, r.name, r.locked, r.disabled,
  json_extract(v.attributes, '$.externally_managed'), json_extract(v.attributes, '$.two_factor_enabled'),
  s.finished_at, f.finished_at,
  (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', l.last_login / 1000.0, 'unixepoch') FROM _login l WHERE l.resource = r.key),
  (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', l.observed_from / 1000.0, 'unixepoch') FROM _login l WHERE l.resource = r.key),
  (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', l.observed_until / 1000.0, 'unixepoch') FROM _login l WHERE l.resource = r.key)
FROM _resource r
JOIN _resource_version v ON v.key = r.version
JOIN _snapshot s ON s.id = v.since
JOIN _snapshot f ON f.id = r.first_seen
WHERE r.type = 'user';

CREATE VIEW service_accounts (
  -- Accounts for programs.
  id, scope, identifier, name, email, description,
  api_keys, -- number of API keys
  since, first_seen
) AS SELECT r.id, p.path, r.identifier, r.name, r.email, json_extract(v.attributes, '$.description'),
  json_extract(v.attributes, '$.api_keys'), s.finished_at, f.finished_at
FROM _resource r
JOIN _resource_version v ON v.key = r.version
JOIN _scope p ON p.key = r.scope
JOIN _snapshot s ON s.id = v.since
JOIN _snapshot f ON f.id = r.first_seen
WHERE r.type = 'service_account';

CREATE VIEW user_groups (
  -- Groups of people. Groups do not nest.
  id, scope, identifier, name, description,
  members,            -- number of members; NULL = none are known, and their list was not complete
  sso_linked, sso_type, sso_group,
  externally_managed, -- 1: kept by an identity provider; NULL, as of a user: unknown
  harness_managed,    -- 1: supplied and kept by Harness
  since, first_seen
) AS SELECT r.id, p.path, r.identifier, r.name, json_extract(v.attributes, '$.description'),
  (SELECT CASE WHEN count(*) > 0 OR EXISTS (SELECT 1 FROM _coverage c
      WHERE c.listing = r.listing AND c.state = 'complete' AND {live c}) THEN count(*) END
    FROM _grant g WHERE g.target = r.key AND {live g}),
  r.sso_linked, json_extract(v.attributes, '$.sso_type'), json_extract(v.attributes, '$.sso_group'),
  json_extract(v.attributes, '$.externally_managed'), json_extract(v.attributes, '$.harness_managed'),
  s.finished_at, f.finished_at
FROM _resource r
JOIN _resource_version v ON v.key = r.version
JOIN _scope p ON p.key = r.scope
JOIN _snapshot s ON s.id = v.since
JOIN _snapshot f ON f.id = r.first_seen
WHERE r.type = 'user_group';

CREATE VIEW group_members (
  -- Who is in which user group. email is NULL when the account's list of users does not hold the person.
  group_id, group_name, user_id, email, since, first_seen
) AS SELECT t.id, t.name, p.id, p.email, s.finished_at, f.finished_at
FROM _grant g
JOIN _resource t ON t.key = g.target
JOIN _resource p ON p.key = g.principal
JOIN _snapshot s ON s.id = g.since
JOIN _snapshot f ON f.id = g.first_seen
WHERE {live g} AND +g.scope = 0 AND t.type = 'user_group'; -- the plus: memberships are many, start from what is asked

CREATE VIEW tokens (
  -- Tokens of API keys, when a sync asked for them (--with tokens). An expired or revoked one is in no list.
  id, scope, identifier, name,
  kind,       -- 'service_account_token', 'personal_token'
  owner_id,   -- the service account or user it acts as
  api_key,    -- identifier of its API key
  valid_from,
  expires_at, -- NULL = never
  valid,      -- 1: Harness accepts it
  since, first_seen, owner_name, owner_email
) AS SELECT r.id, p.path, r.identifier, r.name, r.type, json_extract(v.attributes, '$.owner'),
  json_extract(v.attributes, '$.api_key'),
  strftime('%Y-%m-%dT%H:%M:%fZ', json_extract(v.attributes, '$.valid_from') / 1000.0, 'unixepoch'),
  strftime('%Y-%m-%dT%H:%M:%fZ', json_extract(v.attributes, '$.expires_at') / 1000.0, 'unixepoch'),
  json_extract(v.attributes, '$.valid'), s.finished_at, f.finished_at,
  (SELECT o.name FROM _resource o WHERE o.id = json_extract(v.attributes, '$.owner')),
  (SELECT o.email FROM _resource o WHERE o.id = json_extract(v.attributes, '$.owner'))
FROM _resource r
JOIN _resource_version v ON v.key = r.version
JOIN _scope p ON p.key = r.scope
JOIN _snapshot s ON s.id = v.since
JOIN _snapshot f ON f.id = r.first_seen
WHERE r.type IN ('service_account_token', 'personal_token');

CREATE VIEW auth_settings (
  -- How people sign in, when a sync asked for it (--with auth-settings).
  id,
  mechanism, two_factor_enabled, session_timeout_minutes, public_access_enabled, oauth_enabled,
  settings,        -- JSON: kinds of sign-in that are set up
  allowed_domains, -- JSON: domains of addresses that may sign in; [] = any
  since, first_seen
) AS SELECT r.id, json_extract(r.attributes, '$.mechanism'), json_extract(r.attributes, '$.two_factor_enabled'),
  json_extract(r.attributes, '$.session_timeout_minutes'), json_extract(r.attributes, '$.public_access_enabled'),
  json_extract(r.attributes, '$.oauth_enabled'), json_extract(r.attributes, '$.settings'),
  json_extract(r.attributes, '$.allowed_domains'), r.since, r.first_seen
FROM resources r WHERE r.type = 'auth_setting';

CREATE VIEW roles (
  -- Sets of permissions.
  id, scope, identifier, name, description,
  harness_managed, -- 1: supplied by Harness; changes with its releases
  permissions,     -- number of permissions
  since, first_seen
) AS SELECT r.id, r.scope, r.identifier, r.name, json_extract(r.attributes, '$.description'),
  json_extract(r.attributes, '$.harness_managed'), json_array_length(r.attributes, '$.permissions'), r.since,
  r.first_seen
FROM resources r WHERE r.type = 'role';

CREATE VIEW role_permissions (
  -- One row for each permission of each role.
  role_id, role_name, permission
) AS SELECT r.id, r.name, p.value
FROM _resource r
JOIN _resource_version v ON v.key = r.version
JOIN json_each(v.attributes, '$.permissions') p
WHERE r.type = 'role';

CREATE VIEW permissions (
  -- The permissions that Harness itself lists, where the list could be read.
  identifier,    -- such as 'core_user_invite'
  name,
  resource_type, -- what it is about, such as 'USER'
  action,        -- such as 'invite'
  status,        -- 'ACTIVE', 'EXPERIMENTAL', 'DEPRECATED', ...; one that is not active may not be enforced
  scope_levels,  -- JSON: 'account', 'organization', 'project'
  since, first_seen
) AS SELECT r.identifier, r.name, json_extract(r.attributes, '$.resource_type'), json_extract(r.attributes, '$.action'),
  json_extract(r.attributes, '$.status'), json_extract(r.attributes, '$.scope_levels'), r.since, r.first_seen
FROM resources r WHERE r.type = 'permission';

CREATE VIEW resource_groups (
  -- Sets of resources that a role can be held over.
  id, scope, identifier, name, description,
  harness_managed, -- 1: supplied by Harness
  all_resources,   -- 1: every resource of its scopes
  child_scopes,    -- 1: reaches into the scopes below one of its scopes
  used_by_grants,  -- number of grants over it
  since, first_seen
) AS SELECT r.id, p.path, r.identifier, r.name, json_extract(v.attributes, '$.description'),
  json_extract(v.attributes, '$.harness_managed'), json_extract(v.attributes, '$.all_resources'),
  EXISTS (SELECT 1 FROM json_each(v.attributes, '$.included_scopes') i WHERE json_extract(i.value, '$.child_scopes')),
  ifnull((SELECT o.grants FROM _grants_over o WHERE o.resource_group = r.key), 0), s.finished_at, f.finished_at
FROM _resource r
JOIN _resource_version v ON v.key = r.version
JOIN _scope p ON p.key = r.scope
JOIN _snapshot s ON s.id = v.since
JOIN _snapshot f ON f.id = r.first_seen
WHERE r.type = 'resource_group';

CREATE VIEW resource_group_selectors (
  -- What a resource group covers when it does not cover everything.
  resource_group_id, resource_type,
  identifier,      -- NULL = every one of the type
  attribute_filter -- 'name=value,value': only resources whose attribute has one of the values
) AS SELECT r.id, json_extract(s.value, '$.resource_type'), i.value,
  json_extract(s.value, '$.attribute') || '=' || (SELECT group_concat(a.value, ',')
    FROM json_each(s.value, '$.attribute_values') a)
FROM _resource r
JOIN _resource_version v ON v.key = r.version
JOIN json_each(v.attributes, '$.selectors') s
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
FROM _resource r WHERE r.version IS NOT NULL AND (r.type IN ('role', 'user_group')
  OR r.type IN ('organization', 'project') AND EXISTS (SELECT 1 FROM _grant g WHERE {live g} AND g.target = r.key));

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
  unresolved,                 -- which of 'principal', 'resource', 'resource_group' a complete list does not show; NULL = none
  email,                      -- of the principal; found in any letter case
  first_seen                  -- held for the first time, before any break
) AS SELECT t.id || CASE g.scope WHEN 0 THEN ':member' ELSE ':assigned' END,
  CASE g.scope WHEN 0 THEN 'member' ELSE 'assigned' END, p.id, p.type, p.name, t.id, t.name, sc.path, rg.id,
  g.role_assignment, g.harness_managed, strftime('%Y-%m-%dT%H:%M:%fZ', g.created_at / 1000.0, 'unixepoch'),
  g.since, s.finished_at,
  NOT EXISTS (SELECT 1 FROM _coverage c WHERE c.listing = g.listing AND {live c}
    AND (c.state = 'complete' OR c.whole_for LIKE '%,' || p.type || ',%')),
  -- No list is ever to show a principal of an unknown type. What Harness supplies shows in the list of where it is used.
  nullif(substr(CASE WHEN p.version IS NULL AND (p.listing IS NULL OR EXISTS (SELECT 1 FROM _coverage k
      WHERE k.listing = p.listing AND k.state = 'complete' AND {live k})) THEN ',principal' ELSE '' END
    || CASE WHEN t.version IS NULL AND EXISTS (SELECT 1 FROM _coverage k
      WHERE k.listing = ifnull(t.listing, (SELECT l.key FROM _listing l WHERE l.kind = 'roles' AND l.scope = g.scope))
        AND k.state = 'complete' AND {live k}) THEN ',resource' ELSE '' END
    || CASE WHEN rg.version IS NULL AND g.resource_group <> 0 AND EXISTS (SELECT 1 FROM _coverage k
      WHERE k.listing = ifnull(rg.listing, (SELECT l.key FROM _listing l WHERE l.kind = 'resource_groups' AND l.scope = g.scope))
        AND k.state = 'complete' AND {live k}) THEN ',resource_group' ELSE '' END, 2), ''),
  p.email, f.finished_at
FROM _grant g
JOIN _resource p ON p.key = g.principal
JOIN _resource t ON t.key = g.target
JOIN _scope sc ON sc.key = g.scope
JOIN _resource rg ON rg.key = g.resource_group
JOIN _snapshot s ON s.id = g.since
JOIN _snapshot f ON f.id = g.first_seen
WHERE {live g};

CREATE VIEW unresolved_grants (
  -- The grants of which something is unresolved: as `grants WHERE unresolved IS NOT NULL`, but found through what is in no
  -- list, which is little, rather than through all grants.
  entitlement_id, slug, principal_id, principal_type, principal_name, resource_id, resource_name, scope,
  resource_group_id, role_assignment, harness_managed, created_at, since_snapshot, since, unverified, unresolved, email,
  first_seen
) AS WITH unlisted AS (SELECT id FROM _resource WHERE version IS NULL AND key > 0)
SELECT * FROM grants WHERE unresolved IS NOT NULL AND principal_id IN (SELECT id FROM unlisted)
UNION
SELECT * FROM grants WHERE unresolved IS NOT NULL AND resource_id IN (SELECT id FROM unlisted)
UNION
SELECT * FROM grants WHERE unresolved IS NOT NULL AND resource_group_id IN (SELECT id FROM unlisted);

CREATE VIEW effective_access (
  -- Who holds which role, user groups expanded to their people. A group without members shows as itself.
  principal_id, principal_type, principal_name,
  email,                        -- found in any letter case
  role_id, role_name, scope,
  resource_group_id, resource_group_name,
  via_group_id, via_group_name, -- NULL = held directly
  role_assignment, since,
  first_seen,                   -- when both the role and the membership had been seen for the first time
  disabled, locked,             -- 1: the person cannot sign in
  via_sso                       -- 1: the group is linked to single sign-on
) AS SELECT w.id, w.type, w.name, w.email, t.id, t.name, sc.path, rg.id, rg.name, via.id, via.name, g.role_assignment,
  s.finished_at, f.finished_at, ifnull(w.disabled, 0), ifnull(w.locked, 0), ifnull(via.sso_linked, 0)
FROM _acts a
JOIN _grant g ON g.principal = a.holder
JOIN _resource w ON w.key = a.actor
JOIN _resource t ON t.key = g.target
JOIN _scope sc ON sc.key = g.scope
JOIN _resource rg ON rg.key = g.resource_group
JOIN _resource via ON via.key = a.via
JOIN _snapshot s ON s.id = max(g.since, a.since)
JOIN _snapshot f ON f.id = max(g.first_seen, a.first_seen)
WHERE {live g} AND {live a} AND g.scope <> 0;

CREATE VIEW holders (
  -- Everybody in effective_access, once, with the number of their rows.
  principal_id, principal_type, principal_name,
  email, -- found in any letter case
  roles  -- number of rows of effective_access
) AS SELECT w.id, w.type, w.name, w.email, h.roles
FROM _holders h
JOIN _resource w ON w.key = h.actor;

CREATE VIEW access_in_scope (
  -- For every scope, who holds a role that counts there: granted there, or above over a resource group that reaches down.
  scope,         -- where it counts
  granted_at,    -- where it is granted
  all_resources, -- 1: over every resource of the scope; 0: over those that the resource group selects
  principal_id, principal_type, principal_name,
  email,         -- found in any letter case
  role_id, role_name, resource_group_id, resource_group_name,
  via_group_id, via_group_name, -- NULL = held directly
  role_assignment, since, first_seen, disabled, locked, via_sso
) AS SELECT here.path, sc.path, k.everything, w.id, w.type, w.name, w.email, t.id, t.name, rg.id, rg.name, via.id,
  via.name, g.role_assignment, s.finished_at, f.finished_at, ifnull(w.disabled, 0), ifnull(w.locked, 0),
  ifnull(via.sso_linked, 0)
FROM _above u
JOIN _scope here ON here.key = u.scope
JOIN _covers k ON k.base = u.above AND k.children >= (u.scope <> u.above)
JOIN _grant g ON g.scope = k.scope AND g.resource_group = k.resource_group
JOIN _acts a ON a.holder = g.principal
JOIN _resource w ON w.key = a.actor
JOIN _resource t ON t.key = g.target
JOIN _scope sc ON sc.key = g.scope
JOIN _resource rg ON rg.key = g.resource_group
JOIN _resource via ON via.key = a.via
JOIN _snapshot s ON s.id = max(g.since, a.since)
JOIN _snapshot f ON f.id = max(g.first_seen, a.first_seen)
WHERE {live g} AND {live a};

CREATE VIEW effective_access_history (
  -- Who held which role from when until when, user groups expanded. At any snapshot it says what effective_access said.
  principal_id, principal_type, principal_name,
  email,                        -- last known; found in any letter case
  role_id, role_name, scope, resource_group_id, resource_group_name,
  via_group_id, via_group_name, -- NULL = held directly
  role_assignment, since_snapshot, since,
  until_snapshot, until,        -- first snapshot without it; NULL = still held
  first_seen                    -- when both the role and the membership had been seen for the first time
) AS SELECT w.id, w.type, w.known_name, w.known_email, t.id, t.known_name, sc.path, rg.id, rg.known_name, via.id,
  via.known_name, g.role_assignment, s.id, s.finished_at, u.id, u.finished_at, f.finished_at
FROM _acts a
JOIN _grant g ON g.principal = a.holder AND g.valid_from < ifnull(a.valid_until, 9e18)
  AND a.valid_from < ifnull(g.valid_until, 9e18)
JOIN _resource w ON w.key = a.actor
JOIN _resource t ON t.key = g.target
JOIN _scope sc ON sc.key = g.scope
JOIN _resource rg ON rg.key = g.resource_group
JOIN _resource via ON via.key = a.via
JOIN _snapshot s ON s.id = max(g.since, a.since)
JOIN _snapshot f ON f.id = max(g.first_seen, a.first_seen)
LEFT JOIN _snapshot u ON u.id = min(ifnull(g.valid_until, 9e18), ifnull(a.valid_until, 9e18))
WHERE g.scope <> 0
  -- access that was created again without a break is one row
  AND NOT (u.id IS NOT NULL
    AND EXISTS (SELECT 1 FROM _grant n WHERE n.target = g.target AND n.principal = g.principal AND n.scope = g.scope
      AND n.resource_group = g.resource_group AND n.valid_from <= u.id AND (n.valid_until IS NULL OR n.valid_until > u.id))
    AND EXISTS (SELECT 1 FROM _acts b WHERE b.actor = a.actor AND b.holder = a.holder
      AND b.valid_from <= u.id AND (b.valid_until IS NULL OR b.valid_until > u.id)));

CREATE VIEW changes (
  -- What each snapshot found different from the one before it in this file; the first of them has none. What was listed
  -- for the first time, because its listing was never complete before, is no change. A project that moved to another
  -- organization is one change, and what came along with it is none.
  snapshot_id, at,
  change,      -- 'added', 'removed', 'changed'
  kind,        -- 'resource', 'grant'
  type,        -- of the resource; for a grant 'member' or 'assigned'
  id,          -- of the resource; for a grant its entitlement
  name,
  detail,      -- JSON: attributes before and after, the scope too where it moved; for a grant its principal, scope and resource group
  principal_id, principal_name, email, -- who holds the grant, or the user, service account or group itself
  role_id,     -- of a role grant
  scope,       -- of a role grant where it applies; of a resource where it is
  resource_group_id,
  via_group_id, -- the user group that is joined or left
  escalates,   -- 1: lets somebody do more, and not by Harness's own doing
  changed_by,  -- who did it, as Harness names them; NULL = not known, or nobody is recorded (sync --with audit)
  changed_by_certainty, -- 'exact', 'likely', 'one_of', 'never_recorded', 'unexplained', 'unknown'
  changed_at,  -- when it was recorded, in UTC
  changed_by_type, -- 'user', 'service_account', 'api_key', 'system' (Harness itself); open
  changed_as,  -- the other person when somebody acted as somebody else; NULL = nobody
  changed_told -- JSON: through (what it went along with), behind ('invitation', 'identity_provider'), invited_by, actors
) AS
SELECT v.valid_from, s.finished_at, CASE WHEN o.key IS NULL THEN 'added' ELSE 'changed' END, 'resource', r.type, r.id,
  v.name, CASE WHEN o.key IS NOT NULL THEN json_object(
    'before', json_patch(json_patch(json_object('name', o.name), o.attributes),
      CASE WHEN ro.key = r.key THEN '{}' ELSE json_object('scope', po.path) END),
    'after', json_patch(json_patch(json_object('name', v.name), v.attributes),
      CASE WHEN ro.key = r.key THEN '{}' ELSE json_object('scope', p.path) END)) END,
  CASE WHEN r.type IN ('user', 'service_account', 'user_group') THEN r.id END,
  CASE WHEN r.type IN ('user', 'service_account', 'user_group') THEN v.name END, r.known_email,
  NULL, p.path, NULL, NULL,
  CASE
    -- Harness changes what it supplies with its releases
    WHEN r.type = 'permission' OR p.path = 'harness' OR r.type IN ('role', 'resource_group')
      AND ifnull(json_extract(v.attributes, '$.harness_managed'), 0) THEN 0
    -- what is new lets nobody do more, unless grants of an earlier thing of its id were left
    WHEN o.key IS NULL THEN r.type IN ('role', 'resource_group') AND EXISTS (SELECT 1 FROM _grant g
      WHERE (g.target = r.key OR g.resource_group = r.key) AND g.valid_from < v.valid_from
        AND (g.valid_until IS NULL OR g.valid_until > v.valid_from))
    WHEN r.type = 'role' THEN EXISTS (SELECT value FROM json_each(v.attributes, '$.permissions')
      EXCEPT SELECT value FROM json_each(o.attributes, '$.permissions'))
    WHEN r.type = 'resource_group' THEN
      json_extract(v.attributes, '$.all_resources') > json_extract(o.attributes, '$.all_resources')
      OR EXISTS (SELECT value FROM json_each(v.attributes, '$.included_scopes')
        EXCEPT SELECT value FROM json_each(o.attributes, '$.included_scopes'))
      OR NOT json_extract(o.attributes, '$.all_resources') AND EXISTS (
        SELECT value FROM json_each(v.attributes, '$.selectors')
        EXCEPT SELECT value FROM json_each(o.attributes, '$.selectors'))
    WHEN r.type = 'user' THEN ifnull(json_extract(o.attributes, '$.disabled') > json_extract(v.attributes, '$.disabled')
      OR json_extract(o.attributes, '$.locked') > json_extract(v.attributes, '$.locked'), 0)
    WHEN r.type = 'service_account' THEN
      ifnull(json_extract(v.attributes, '$.api_keys') > json_extract(o.attributes, '$.api_keys'), 0)
    WHEN r.type = 'user_group' THEN ifnull(json_extract(v.attributes, '$.sso_linked'), 0)
      AND json_extract(o.attributes, '$.sso_linked') IS NOT NULL AND
      ifnull(json_extract(v.attributes, '$.sso_linked') <> json_extract(o.attributes, '$.sso_linked')
        OR json_extract(v.attributes, '$.sso_group') <> json_extract(o.attributes, '$.sso_group'), 0)
    WHEN r.type = 'account' THEN ifnull(json_extract(v.attributes, '$.public_access_enabled')
      > json_extract(o.attributes, '$.public_access_enabled'), 0)
    ELSE 0 END,
  (SELECT a.identifier FROM _made_by m JOIN _audit_event e ON e.key = m.event JOIN _audit_party a ON a.key = e.actor WHERE m.snapshot = v.valid_from AND m.is_grant = 0 AND m.fact = r.key),
  (SELECT w.word FROM _made_by m JOIN _audit_word w ON w.key = m.certainty WHERE m.snapshot = v.valid_from AND m.is_grant = 0 AND m.fact = r.key),
  (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', e.at / 1000.0, 'unixepoch') FROM _made_by m
    JOIN _audit_event e ON e.key = m.event WHERE m.snapshot = v.valid_from AND m.is_grant = 0 AND m.fact = r.key),
  (SELECT a.type FROM _made_by m JOIN _audit_event e ON e.key = m.event JOIN _audit_party a ON a.key = e.actor WHERE m.snapshot = v.valid_from AND m.is_grant = 0 AND m.fact = r.key),
  (SELECT a.identifier FROM _made_by m JOIN _audit_event e ON e.key = m.event JOIN _audit_party a ON a.key = e.other WHERE m.snapshot = v.valid_from AND m.is_grant = 0 AND m.fact = r.key),
  (SELECT m.told FROM _made_by m WHERE m.snapshot = v.valid_from AND m.is_grant = 0 AND m.fact = r.key)
FROM _resource_version v
JOIN _resource r ON r.key = v.resource
JOIN _scope p ON p.key = r.scope
JOIN _snapshot s ON s.id = v.valid_from
LEFT JOIN _resource_version o ON o.resource = ifnull((SELECT m.old FROM _moved m
  WHERE m.snapshot = v.valid_from AND m.is_grant = 0 AND m.new = v.resource), v.resource) AND +o.valid_until = v.valid_from
LEFT JOIN _resource ro ON ro.key = o.resource
LEFT JOIN _scope po ON po.key = ro.scope
WHERE CASE WHEN o.key IS NULL
  THEN EXISTS (SELECT 1 FROM _known k WHERE k.listing = r.listing
    AND k.since <= (SELECT max(b.id) FROM _snapshot b WHERE b.id < s.id AND b.state <> 'pruned'))
  -- what only one of them knows is no change, except for what a thing may have none of
  WHEN ro.key = r.key THEN o.name IS NOT v.name OR o.attributes <> v.attributes AND EXISTS (
    SELECT 1 FROM json_each(json_patch(o.attributes, v.attributes)) k
    LEFT JOIN json_each(o.attributes) b ON b.key = k.key LEFT JOIN json_each(v.attributes) a ON a.key = k.key
    WHERE a.value IS NOT b.value AND (k.key IN ('description', 'expires_at', 'sso_group', 'sso_type')
      OR a.key IS NOT NULL AND b.key IS NOT NULL))
  WHEN r.type = 'project' THEN 1
  -- attributes name the scope as a value of its own, and inside text ids
  ELSE o.name IS NOT v.name OR replace(replace(o.attributes, '"' || po.path || '"', '"' || p.path || '"'),
    '/' || po.path || '/', '/' || p.path || '/') <> v.attributes END
  AND s.state <> 'pruned'
UNION ALL
SELECT v.valid_until, s.finished_at, 'removed', 'resource', r.type, r.id, v.name, NULL,
  CASE WHEN r.type IN ('user', 'service_account', 'user_group') THEN r.id END,
  CASE WHEN r.type IN ('user', 'service_account', 'user_group') THEN v.name END, r.known_email,
  NULL, p.path, NULL, NULL, 0,
  (SELECT a.identifier FROM _made_by m JOIN _audit_event e ON e.key = m.event JOIN _audit_party a ON a.key = e.actor WHERE m.snapshot = v.valid_until AND m.is_grant = 0 AND m.fact = r.key),
  (SELECT w.word FROM _made_by m JOIN _audit_word w ON w.key = m.certainty WHERE m.snapshot = v.valid_until AND m.is_grant = 0 AND m.fact = r.key),
  (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', e.at / 1000.0, 'unixepoch') FROM _made_by m
    JOIN _audit_event e ON e.key = m.event WHERE m.snapshot = v.valid_until AND m.is_grant = 0 AND m.fact = r.key),
  (SELECT a.type FROM _made_by m JOIN _audit_event e ON e.key = m.event JOIN _audit_party a ON a.key = e.actor WHERE m.snapshot = v.valid_until AND m.is_grant = 0 AND m.fact = r.key),
  (SELECT a.identifier FROM _made_by m JOIN _audit_event e ON e.key = m.event JOIN _audit_party a ON a.key = e.other WHERE m.snapshot = v.valid_until AND m.is_grant = 0 AND m.fact = r.key),
  (SELECT m.told FROM _made_by m WHERE m.snapshot = v.valid_until AND m.is_grant = 0 AND m.fact = r.key)
FROM _resource_version v
JOIN _resource r ON r.key = v.resource
JOIN _scope p ON p.key = r.scope
JOIN _snapshot s ON s.id = v.valid_until
WHERE NOT EXISTS (SELECT 1 FROM _resource_version n WHERE n.resource = v.resource AND n.valid_from = v.valid_until)
  AND NOT EXISTS (SELECT 1 FROM _moved m WHERE m.snapshot = v.valid_until AND m.is_grant = 0 AND m.old = v.resource)
UNION ALL
SELECT n.valid_from, s.finished_at, 'added', 'grant', CASE n.scope WHEN 0 THEN 'member' ELSE 'assigned' END,
  t.id || CASE n.scope WHEN 0 THEN ':member' ELSE ':assigned' END, t.known_name,
  json_object('principal', p.id, 'principal_name', ifnull(p.known_name, p.known_email), 'resource_group', rg.id,
    'scope', sc.path),
  p.id, p.known_name, p.known_email, CASE WHEN n.scope <> 0 THEN t.id END, sc.path, rg.id,
  CASE WHEN n.scope = 0 THEN t.id END,
  -- Harness makes an account's group or service account that is used in a project a viewer of the organization
  NOT (t.id = 'role/harness/_organization_viewer'
    AND rg.id IS 'resource_group/harness/_all_organization_level_resources'
    AND sc.path GLOB 'org/*' AND sc.path NOT GLOB 'org/*/*'
    AND (p.id GLOB 'user_group/account/*' OR p.id GLOB 'service_account/account/*')),
  (SELECT a.identifier FROM _made_by m JOIN _audit_event e ON e.key = m.event JOIN _audit_party a ON a.key = e.actor WHERE m.snapshot = n.valid_from AND m.is_grant = 1 AND m.fact = n.key),
  (SELECT w.word FROM _made_by m JOIN _audit_word w ON w.key = m.certainty WHERE m.snapshot = n.valid_from AND m.is_grant = 1 AND m.fact = n.key),
  (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', e.at / 1000.0, 'unixepoch') FROM _made_by m
    JOIN _audit_event e ON e.key = m.event WHERE m.snapshot = n.valid_from AND m.is_grant = 1 AND m.fact = n.key),
  (SELECT a.type FROM _made_by m JOIN _audit_event e ON e.key = m.event JOIN _audit_party a ON a.key = e.actor WHERE m.snapshot = n.valid_from AND m.is_grant = 1 AND m.fact = n.key),
  (SELECT a.identifier FROM _made_by m JOIN _audit_event e ON e.key = m.event JOIN _audit_party a ON a.key = e.other WHERE m.snapshot = n.valid_from AND m.is_grant = 1 AND m.fact = n.key),
  (SELECT m.told FROM _made_by m WHERE m.snapshot = n.valid_from AND m.is_grant = 1 AND m.fact = n.key)
FROM _grant n
JOIN _snapshot s ON s.id = n.valid_from
JOIN _resource t ON t.key = n.target
JOIN _resource p ON p.key = n.principal
JOIN _resource rg ON rg.key = n.resource_group
JOIN _scope sc ON sc.key = n.scope
WHERE n.valid_from > 1 -- says nothing new, see the index
  AND NOT EXISTS (SELECT 1 FROM _grant o WHERE o.valid_until = n.valid_from AND o.target = n.target
    AND o.principal = n.principal AND o.scope = n.scope AND o.resource_group = n.resource_group)
  AND NOT EXISTS (SELECT 1 FROM _moved m WHERE m.snapshot = n.valid_from AND m.is_grant = 1 AND m.new = n.key)
  AND EXISTS (SELECT 1 FROM _known k WHERE k.listing = n.listing AND k.principal_type IN ('', p.type)
    AND k.since <= (SELECT max(b.id) FROM _snapshot b WHERE b.id < s.id AND b.state <> 'pruned'))
  AND s.state <> 'pruned'
UNION ALL
SELECT o.valid_until, s.finished_at, 'removed', 'grant', CASE o.scope WHEN 0 THEN 'member' ELSE 'assigned' END,
  t.id || CASE o.scope WHEN 0 THEN ':member' ELSE ':assigned' END, t.known_name,
  json_object('principal', p.id, 'principal_name', ifnull(p.known_name, p.known_email), 'resource_group', rg.id,
    'scope', sc.path),
  p.id, p.known_name, p.known_email, CASE WHEN o.scope <> 0 THEN t.id END, sc.path, rg.id,
  CASE WHEN o.scope = 0 THEN t.id END, 0,
  (SELECT a.identifier FROM _made_by m JOIN _audit_event e ON e.key = m.event JOIN _audit_party a ON a.key = e.actor WHERE m.snapshot = o.valid_until AND m.is_grant = 1 AND m.fact = o.key),
  (SELECT w.word FROM _made_by m JOIN _audit_word w ON w.key = m.certainty WHERE m.snapshot = o.valid_until AND m.is_grant = 1 AND m.fact = o.key),
  (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', e.at / 1000.0, 'unixepoch') FROM _made_by m
    JOIN _audit_event e ON e.key = m.event WHERE m.snapshot = o.valid_until AND m.is_grant = 1 AND m.fact = o.key),
  (SELECT a.type FROM _made_by m JOIN _audit_event e ON e.key = m.event JOIN _audit_party a ON a.key = e.actor WHERE m.snapshot = o.valid_until AND m.is_grant = 1 AND m.fact = o.key),
  (SELECT a.identifier FROM _made_by m JOIN _audit_event e ON e.key = m.event JOIN _audit_party a ON a.key = e.other WHERE m.snapshot = o.valid_until AND m.is_grant = 1 AND m.fact = o.key),
  (SELECT m.told FROM _made_by m WHERE m.snapshot = o.valid_until AND m.is_grant = 1 AND m.fact = o.key)
FROM _grant o
JOIN _snapshot s ON s.id = o.valid_until
JOIN _resource t ON t.key = o.target
JOIN _resource p ON p.key = o.principal
JOIN _resource rg ON rg.key = o.resource_group
JOIN _scope sc ON sc.key = o.scope
WHERE o.valid_until IS NOT NULL AND NOT EXISTS (SELECT 1 FROM _grant n WHERE n.valid_from = o.valid_until
  AND n.target = o.target AND n.principal = o.principal AND n.scope = o.scope AND n.resource_group = o.resource_group)
  AND NOT EXISTS (SELECT 1 FROM _moved m WHERE m.snapshot = o.valid_until AND m.is_grant = 1 AND m.old = o.key);

CREATE VIEW resource_history (
  -- Every version of every resource ever seen, with its end.
  id, type, scope, identifier, name, attributes, since_snapshot, since, unverified,
  until_snapshot, until, -- NULL = still so
  first_seen
) AS SELECT r.id, r.type, p.path, r.identifier, v.name, v.attributes, v.since, s.finished_at,
  v.valid_until IS NULL AND NOT EXISTS (SELECT 1 FROM _coverage c
    WHERE c.listing = r.listing AND c.valid_until IS NULL AND c.state = 'complete'),
  v.valid_until, u.finished_at, f.finished_at
FROM _resource_version v
JOIN _resource r ON r.key = v.resource
JOIN _scope p ON p.key = r.scope
JOIN _snapshot s ON s.id = v.since
JOIN _snapshot f ON f.id = r.first_seen
LEFT JOIN _snapshot u ON u.id = v.valid_until;

CREATE VIEW grant_history (
  -- Every grant ever seen, with its end. Access that was created again without a break is one row.
  entitlement_id, slug, principal_id, principal_type, principal_name, resource_id, resource_name, scope,
  resource_group_id, role_assignment, harness_managed, created_at, since_snapshot, since, unverified, unresolved,
  until_snapshot, until, -- NULL = still held
  email,                 -- last known; found in any letter case
  first_seen
) AS SELECT t.id || CASE g.scope WHEN 0 THEN ':member' ELSE ':assigned' END,
  CASE g.scope WHEN 0 THEN 'member' ELSE 'assigned' END, p.id, p.type,
  -- names and references as they were in the last snapshot that showed the grant
  (SELECT v.name FROM _resource_version v WHERE v.resource = g.principal AND v.valid_from < ifnull(g.valid_until, 9e18)
    AND ifnull(v.valid_until, 9e18) >= ifnull(g.valid_until, 9e18)),
  t.id,
  (SELECT v.name FROM _resource_version v WHERE v.resource = g.target AND v.valid_from < ifnull(g.valid_until, 9e18)
    AND ifnull(v.valid_until, 9e18) >= ifnull(g.valid_until, 9e18)),
  sc.path, rg.id, g.role_assignment, g.harness_managed,
  strftime('%Y-%m-%dT%H:%M:%fZ', g.created_at / 1000.0, 'unixepoch'), g.since, s.finished_at,
  g.valid_until IS NULL AND NOT EXISTS (SELECT 1 FROM _coverage c WHERE c.listing = g.listing AND c.valid_until IS NULL
    AND (c.state = 'complete' OR c.whole_for LIKE '%,' || p.type || ',%')),
  nullif(substr(CASE WHEN NOT EXISTS (SELECT 1 FROM _resource_version v WHERE v.resource = g.principal
        AND v.valid_from < ifnull(g.valid_until, 9e18) AND ifnull(v.valid_until, 9e18) >= ifnull(g.valid_until, 9e18))
      AND (p.listing IS NULL OR EXISTS (SELECT 1 FROM _coverage k
        WHERE k.listing = p.listing AND k.state = 'complete' AND {live k})) THEN ',principal' ELSE '' END
    || CASE WHEN NOT EXISTS (SELECT 1 FROM _resource_version v WHERE v.resource = g.target
        AND v.valid_from < ifnull(g.valid_until, 9e18) AND ifnull(v.valid_until, 9e18) >= ifnull(g.valid_until, 9e18))
      AND EXISTS (SELECT 1 FROM _coverage k
        WHERE k.listing = ifnull(t.listing, (SELECT l.key FROM _listing l WHERE l.kind = 'roles' AND l.scope = g.scope))
          AND k.state = 'complete' AND {live k}) THEN ',resource' ELSE '' END
    || CASE WHEN g.resource_group <> 0 AND NOT EXISTS (SELECT 1 FROM _resource_version v
        WHERE v.resource = g.resource_group
          AND v.valid_from < ifnull(g.valid_until, 9e18) AND ifnull(v.valid_until, 9e18) >= ifnull(g.valid_until, 9e18))
      AND EXISTS (SELECT 1 FROM _coverage k
        WHERE k.listing = ifnull(rg.listing,
            (SELECT l.key FROM _listing l WHERE l.kind = 'resource_groups' AND l.scope = g.scope))
          AND k.state = 'complete' AND {live k}) THEN ',resource_group' ELSE '' END, 2), ''),
  g.valid_until, u.finished_at, p.known_email, f.finished_at
FROM _grant g
JOIN _resource p ON p.key = g.principal
JOIN _resource t ON t.key = g.target
JOIN _scope sc ON sc.key = g.scope
JOIN _resource rg ON rg.key = g.resource_group
JOIN _snapshot s ON s.id = g.since
JOIN _snapshot f ON f.id = g.first_seen
LEFT JOIN _snapshot u ON u.id = g.valid_until
WHERE NOT EXISTS (SELECT 1 FROM _grant n WHERE n.valid_from = g.valid_until AND n.target = g.target
  AND n.principal = g.principal AND n.scope = g.scope AND n.resource_group = g.resource_group);

CREATE VIEW audit_events (
  -- Who did something about access, from Harness's audit trail, when a sync asked for it (--with audit).
  at, action,
  actor_id,      -- text id where it is known, by the address if one person alone ever had it; else what Harness calls the actor
  actor_type, actor_name,
  impersonation, -- the other person when somebody acted as somebody else; NULL = nobody
  resource_type, -- Harness's type
  resource_id,   -- text id where it is known, else what Harness calls it
  resource_name, scope, audit_id,
  unseen_by      -- the first snapshot after it, when no change of that shows it; else NULL
) AS SELECT strftime('%Y-%m-%dT%H:%M:%fZ', e.at / 1000.0, 'unixepoch'), w.word,
  coalesce(CASE WHEN a.type = 'user' AND a.user_id <> '' THEN 'user/' || a.user_id END,
  (SELECT CASE count(*) WHEN 1 THEN min(o.id) END FROM (
      SELECT r.id FROM _resource r WHERE r.known_email = a.identifier AND r.type = 'user'
      UNION
      SELECT r.id FROM _resource_version v JOIN _resource r ON r.key = v.resource AND r.type = 'user'
      WHERE json_extract(v.attributes, '$.email') = +a.identifier COLLATE NOCASE AND v.valid_until IS NOT NULL
        AND json_extract(v.attributes, '$.email') IS NOT NULL) o -- the plus: the index has no affinity either
    WHERE a.user_id = '' AND a.type = 'user'), a.identifier), a.type,
  ifnull((SELECT r.known_name FROM _resource r WHERE r.id = 'user/' || a.user_id), nullif(a.name, '')),
  (SELECT o.identifier FROM _audit_party o WHERE o.key = e.other), t.type,
  coalesce((SELECT r.id FROM _resource r WHERE r.id = CASE t.type WHEN 'USER' THEN 'user/' || t.user_id
    WHEN 'ORGANIZATION' THEN 'organization/' || t.identifier
    ELSE lower(t.type) || '/' || p.word || '/' || t.identifier END),
  (SELECT CASE count(*) WHEN 1 THEN min(o.id) END FROM (
      SELECT r.id FROM _resource r WHERE r.known_email = t.identifier AND r.type = 'user'
      UNION
      SELECT r.id FROM _resource_version v JOIN _resource r ON r.key = v.resource AND r.type = 'user'
      WHERE json_extract(v.attributes, '$.email') = +t.identifier COLLATE NOCASE AND v.valid_until IS NOT NULL
        AND json_extract(v.attributes, '$.email') IS NOT NULL) o
    WHERE t.user_id = '' AND t.type = 'USER'), t.identifier),
  nullif(t.name, ''), p.word, CASE typeof(e.audit_id) WHEN 'blob' THEN lower(hex(e.audit_id)) ELSE e.audit_id END,
  u.snapshot
FROM _audit_event e
JOIN _audit_word w ON w.key = e.action
JOIN _audit_party a ON a.key = e.actor
JOIN _audit_party t ON t.key = e.thing
JOIN _audit_word p ON p.key = e.scope
LEFT JOIN _unseen u ON u.event = e.key;

CREATE VIEW unseen_events (
  -- What is recorded between two snapshots and no change shows: access that came and went, or what snapshots do not hold
  -- (such as tokens that no sync asked for). Columns as in audit_events.
  snapshot_id, -- the later of the two
  at, action, actor_id, actor_type, actor_name, impersonation, resource_type, resource_id, resource_name, scope, audit_id
) AS SELECT unseen_by, at, action, actor_id, actor_type, actor_name, impersonation, resource_type, resource_id,
  resource_name, scope, audit_id
FROM audit_events WHERE unseen_by IS NOT NULL;

CREATE VIEW audit_windows (
  -- Stretches of time of which the audit trail was read. That nothing is recorded can be said only of a complete one.
  begins, ends, -- UTC, both included
  state,        -- 'complete', 'partial', 'not_permitted'
  reason,       -- why it is not complete
  attempts      -- how many syncs asked for it in vain; after five it is given up
) AS SELECT strftime('%Y-%m-%dT%H:%M:%fZ', w.starts / 1000.0, 'unixepoch'),
  strftime('%Y-%m-%dT%H:%M:%fZ', w.ends / 1000.0, 'unixepoch'), w.state, w.reason, w.attempts
FROM _audit_window w;

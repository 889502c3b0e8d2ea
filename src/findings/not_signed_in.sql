-- code: HA020
-- severity: warning
-- title: Nobody signed in as this person for 90 days, and access is held
-- remedy: Ask whether the person still needs the account; otherwise disable or remove it.
-- needs: logins
--
-- Takes `sync --with logins`. Only people whose sign-ins were read for the 90 days before the snapshot count, all but the
-- last day; tokens and long sessions leave no sign-in. Who joined within those 90 days does not count: first seen by a
-- snapshot that is not the first one, or invited or created by the audit trail. Administrators are HA021.
SELECT u.id AS subject, u.name AS name, u.email AS email, 'account' AS scope,
  ifnull('last sign-in ' || u.last_login, 'no sign-in since ' || u.last_login_unknown_before) AS detail
FROM users u CROSS JOIN (SELECT max(finished_at) AS at, min(finished_at) AS first FROM snapshots) s
-- CASE: what people hold is only looked up where it matters
WHERE u.disabled IS NOT 1 AND CASE WHEN u.last_login_unknown_before <= strftime('%Y-%m-%dT%H:%M:%fZ', s.at, '-90 days')
    AND u.last_login_unknown_after >= strftime('%Y-%m-%dT%H:%M:%fZ', s.at, '-1 day')
    AND ifnull(u.last_login, '') < strftime('%Y-%m-%dT%H:%M:%fZ', s.at, '-90 days')
    AND NOT (u.first_seen > s.first AND u.first_seen > strftime('%Y-%m-%dT%H:%M:%fZ', s.at, '-90 days'))
  THEN NOT EXISTS (SELECT 1 FROM (SELECT lower(a.resource_id) AS joined FROM audit_events a
      WHERE a.resource_type = 'USER' AND a.scope = 'account' AND a.action IN ('INVITE', 'CREATE')
        AND a.at >= (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', max(finished_at), '-90 days') FROM snapshots))
      WHERE joined IN (lower(u.id), lower(u.email)))
    AND u.id NOT IN (SELECT e.principal_id FROM effective_access e WHERE e.role_id IN
      ('role/harness/_account_admin', 'role/harness/_organization_admin', 'role/harness/_project_admin'))
    AND EXISTS (SELECT 1 FROM effective_access e WHERE e.principal_id = u.id) END

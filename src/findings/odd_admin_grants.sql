-- code: HA023
-- severity: warning
-- title: Administrator role given while impersonating, or by somebody who left
-- remedy: Let an administrator of today confirm the role, or take it away.
-- needs: audit
--
-- Takes `sync --with audit`: an administrator role that is held now, and the record of its assignment, made at the same time.
-- Of whom the record tells no more than an address that several people had, or nobody, nothing is said.
SELECT g.principal_id AS subject, g.principal_name AS name, g.email AS email, g.scope AS scope,
  g.resource_id || ' over ' || g.resource_group_id || ' given by ' || e.actor_id
    || ifnull(' (impersonation: ' || e.impersonation || ')', ', who is no longer in the account')
    || ' at ' || e.at AS detail
FROM audit_events e
JOIN grants g ON g.principal_id = e.resource_id AND g.scope = e.scope AND g.resource_id IN
    ('role/harness/_account_admin', 'role/harness/_organization_admin', 'role/harness/_project_admin')
  AND abs(julianday(g.created_at) - julianday(e.at)) * 86400 <= 5
WHERE e.action = 'ROLE_ASSIGNMENT_CREATED' AND (e.impersonation IS NOT NULL
  OR e.actor_type = 'user' AND e.actor_id GLOB 'user/*' AND e.actor_id NOT IN (SELECT id FROM users))

-- code: HA022
-- severity: warning
-- title: Somebody gave themselves access
-- remedy: Let somebody else confirm that the access is needed, or take it away.
-- needs: audit
--
-- Takes `sync --with audit`: a role assignment that its own holder made, as the audit trail records it. It counts as long as
-- the person holds a role at that scope.
SELECT e.resource_id AS subject, ifnull(e.resource_name, e.actor_name) AS name,
  (SELECT u.email FROM users u WHERE u.id = e.resource_id) AS email, e.scope AS scope,
  'role assigned to themselves at ' || e.at AS detail
FROM audit_events e
WHERE e.action = 'ROLE_ASSIGNMENT_CREATED' AND e.actor_type = 'user' AND e.actor_id = e.resource_id
  AND e.impersonation IS NULL
  AND EXISTS (SELECT 1 FROM grants g WHERE g.principal_id = e.resource_id AND g.scope = e.scope)

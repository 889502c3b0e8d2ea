-- code: HA004
-- severity: warning
-- title: Disabled user still holds access
-- remedy: Remove the role assignments and memberships; enabling the user again would bring all of it back.
--
-- Harness keeps the grants of a user who cannot sign in. Nobody leaves the groups that Harness manages, such as all users,
-- so these do not count.
SELECT g.principal_id AS subject, g.principal_name AS name, g.email AS email, 'account' AS scope,
  'roles held directly: ' || sum(g.slug = 'assigned') || ', user groups: ' || sum(g.slug = 'member') AS detail
FROM grants g
WHERE g.principal_id IN (SELECT id FROM users WHERE disabled)
  AND NOT (g.slug = 'member' AND g.resource_id IN (SELECT id FROM user_groups WHERE harness_managed))
GROUP BY g.principal_id, g.principal_name, g.email

-- code: HA004
-- severity: warning
-- title: Disabled user still holds access
-- remedy: Remove the role assignments and memberships; enabling the user again would bring all of it back.
--
-- Harness keeps the grants of a user who cannot sign in.
SELECT g.principal_id AS subject, g.principal_name AS name, 'account' AS scope,
  'roles held directly: ' || sum(g.slug = 'assigned') || ', user groups: ' || sum(g.slug = 'member') AS detail
FROM grants g
WHERE +g.principal_id IN (SELECT id FROM users WHERE disabled) -- the plus: once through the grants is faster
GROUP BY g.principal_id, g.principal_name

-- code: HA007
-- severity: note
-- title: User group without members holds roles
-- remedy: Remove the role assignments, or the group; anyone added later inherits them unnoticed.
--
-- Groups do not nest, so nobody holds these roles today.
SELECT g.principal_id AS subject, g.principal_name AS name, min(g.scope) AS scope, 'roles held: ' || count(*) AS detail
FROM grants g
WHERE g.slug = 'assigned' AND g.principal_id IN (SELECT id FROM user_groups WHERE members = 0)
GROUP BY g.principal_id, g.principal_name

-- code: HA006
-- severity: note
-- title: Role assignment names something that no list shows
-- remedy: Remove the role assignment; creating the same identifier again would silently restore this access.
--
-- Deleted roles, resource groups, groups, users and service accounts. What Harness may only hide is HA009.
SELECT g.principal_id AS subject, g.principal_name AS name, g.email AS email, g.scope AS scope,
  g.resource_id || ' over ' || g.resource_group_id || ': no list shows the '
    || replace(trim(replace(replace(',' || g.unresolved || ',', ',resource,', ',role,'), '_', ' '), ','), ',', ', ')
    AS detail
FROM unresolved_grants g
WHERE g.slug = 'assigned'
  AND NOT (g.unresolved IN ('resource', 'resource_group', 'resource,resource_group')
    -- what follows the last slash is the identifier
    AND (g.unresolved NOT IN ('resource', 'resource,resource_group')
      OR substr(g.resource_id, 1 + length(rtrim(g.resource_id, replace(g.resource_id, '/', ''))), 1) = '_')
    AND (g.unresolved NOT IN ('resource_group', 'resource,resource_group')
      OR substr(g.resource_group_id, 1 + length(rtrim(g.resource_group_id, replace(g.resource_group_id, '/', ''))), 1)
        = '_'))

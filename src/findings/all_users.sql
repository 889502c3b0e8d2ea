-- code: HA003
-- severity: error
-- title: Everybody may do more than view
-- remedy: Take the role from the all-users group and grant it to the user group that needs it.
--
-- A role with any permission that does not end in view or list, held by one of Harness's all-users groups.
SELECT g.principal_id AS subject, g.principal_name AS name, g.scope AS scope,
  g.resource_id || ': '
    || (SELECT group_concat(permission, ', ') FROM (SELECT permission FROM role_permissions p
        WHERE p.role_id = g.resource_id AND p.permission NOT LIKE '%view'
          AND p.permission NOT LIKE '%list' ORDER BY permission LIMIT 5)) AS detail
FROM grants g
WHERE g.slug = 'assigned'
  AND g.principal_id IN (SELECT id FROM user_groups WHERE harness_managed
    AND identifier IN ('_account_all_users', '_organization_all_users', '_project_all_users'))
  AND g.resource_id IN (SELECT role_id FROM role_permissions
    WHERE permission NOT LIKE '%view' AND permission NOT LIKE '%list')

-- code: HA008
-- severity: warning
-- title: Custom role whose holders can give themselves more access
-- remedy: Keep these permissions to administrators: whoever edits roles, resource groups, members or keys of others can take what they hold.
--
-- Roles of the account's own, in use, with a permission to change roles, resource groups, role assignments of users,
-- groups or service accounts, or to make keys for service accounts.
SELECT r.id AS subject, r.name AS name, r.scope AS scope,
  (SELECT group_concat(permission, ', ') FROM (SELECT permission FROM role_permissions p WHERE p.role_id = r.id
    AND p.permission IN ('core_role_edit', 'core_resourcegroup_edit', 'core_usergroup_manage', 'core_user_manage',
      'core_user_invite', 'core_serviceaccount_edit', 'core_serviceaccount_manageapikey') ORDER BY permission))
    AS detail
FROM roles r
WHERE NOT r.harness_managed
  AND r.id IN (SELECT role_id FROM role_permissions
    WHERE permission IN ('core_role_edit', 'core_resourcegroup_edit', 'core_usergroup_manage', 'core_user_manage',
      'core_user_invite', 'core_serviceaccount_edit', 'core_serviceaccount_manageapikey'))
  AND EXISTS (SELECT 1 FROM grants g WHERE g.resource_id = r.id AND g.slug = 'assigned')

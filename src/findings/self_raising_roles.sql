-- code: HA008
-- severity: warning
-- title: Custom role whose holders can give themselves more access
-- remedy: Keep these permissions to administrators: whoever acts as others, edits roles, resource groups, members, keys or sign-in can take what others hold.
--
-- Roles of the account's own, in use, with a permission to act as somebody else, to change roles, resource groups,
-- members or role assignments of users, groups or service accounts, to make keys for service accounts, or to change how
-- people sign in. core_usergroup_manage is split into parts; all of them count but for notifications.
WITH raising AS (
  SELECT role_id, permission FROM role_permissions
  WHERE permission IN ('core_user_impersonate', 'core_user_manage', 'core_user_invite', 'core_usergroup_create',
      'core_role_edit', 'core_resourcegroup_edit', 'core_serviceaccount_edit', 'core_serviceaccount_manageapikey',
      'core_authsetting_edit', 'core_setting_edit')
    OR permission GLOB 'core_usergroup_manage*' AND permission <> 'core_usergroup_manageNotifications'
)
SELECT r.id AS subject, r.name AS name, r.scope AS scope,
  (SELECT group_concat(permission, ', ') FROM (SELECT permission FROM raising p WHERE p.role_id = r.id
    ORDER BY permission)) AS detail
FROM roles r
WHERE NOT r.harness_managed
  AND r.id IN (SELECT role_id FROM raising)
  AND EXISTS (SELECT 1 FROM grants g WHERE g.resource_id = r.id AND g.slug = 'assigned')

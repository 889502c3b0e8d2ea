-- code: HA001
-- severity: note
-- title: Account administrator
-- remedy: Review the list; keep it short and reached through one user group.
--
-- Who holds Harness's role Account Admin at the account over a resource group of all resources.
SELECT DISTINCT e.principal_id AS subject, e.principal_name AS name, e.email AS email,
  e.scope AS scope, e.role_id || ' over ' || e.resource_group_id || ifnull(' through ' || e.via_group_id, ' directly') AS detail
FROM effective_access e
WHERE e.role_id = 'role/harness/_account_admin' AND +e.scope = 'account' -- the plus: start from the role
  AND e.principal_type <> 'user_group'
  AND e.resource_group_id IN (SELECT id FROM resource_groups WHERE all_resources)

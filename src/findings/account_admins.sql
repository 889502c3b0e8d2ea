-- code: HA001
-- severity: note
-- title: Account administrator
-- remedy: Review the list; keep it short and reached through one user group.
--
-- Who holds Harness's role Account Admin at the account over a resource group of all resources.
SELECT DISTINCT e.principal_id AS subject, ifnull(e.email, e.principal_name) AS name, e.scope AS scope,
  'Account Admin over ' || ifnull(e.resource_group_name, e.resource_group_id)
    || ifnull(' through ' || ifnull(e.via_group_name, e.via_group_id), ' directly') AS detail
FROM effective_access e
WHERE e.role_id = 'role/harness/_account_admin' AND +e.scope = 'account' -- the plus: start from the role
  AND e.principal_type <> 'user_group'
  AND e.resource_group_id IN (SELECT id FROM resource_groups WHERE all_resources)

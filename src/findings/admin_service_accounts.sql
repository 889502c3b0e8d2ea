-- code: HA005
-- severity: error
-- title: Service account with an administrator role
-- remedy: Give the service account a role with the permissions it uses, over the resources it uses.
--
-- Harness's administrator roles, held by a service account: whoever has one of its tokens is administrator.
SELECT g.principal_id AS subject, g.principal_name AS name, g.email AS email, g.scope AS scope,
  g.resource_id || ' over ' || g.resource_group_id AS detail
FROM grants g
WHERE g.resource_id IN ('role/harness/_account_admin', 'role/harness/_organization_admin', 'role/harness/_project_admin')
  AND g.principal_type = 'service_account'

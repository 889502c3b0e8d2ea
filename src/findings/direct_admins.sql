-- code: HA002
-- severity: warning
-- title: Administrator role granted to a person directly
-- remedy: Grant the role to a user group and make the person a member, so that joining and leaving is one change.
--
-- Harness's administrator roles of account, organization and project, held by a user without a group.
SELECT g.principal_id AS subject, g.principal_name AS name, g.email AS email, g.scope AS scope,
  g.resource_id || ' over ' || g.resource_group_id AS detail
FROM grants g
WHERE g.resource_id IN ('role/harness/_account_admin', 'role/harness/_organization_admin', 'role/harness/_project_admin')
  AND g.principal_type = 'user'

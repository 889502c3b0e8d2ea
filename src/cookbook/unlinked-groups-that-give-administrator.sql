-- question: Which groups give an administrator role and are not kept by single sign-on?
SELECT g.id, g.name, g.members, r.resource_name AS role, r.scope, r.resource_id AS role_id
FROM grants r JOIN user_groups g ON g.id = r.principal_id
WHERE r.resource_id IN ('role/harness/_account_admin', 'role/harness/_organization_admin', 'role/harness/_project_admin')
  AND g.sso_linked IS NOT 1 AND g.externally_managed IS NOT 1
ORDER BY g.id, r.scope, role

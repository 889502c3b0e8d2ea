-- question: Which administrators sign in without a second factor?
SELECT DISTINCT u.id, u.email, u.name
FROM effective_access e JOIN users u ON u.id = e.principal_id
WHERE e.role_id IN ('role/harness/_account_admin', 'role/harness/_organization_admin', 'role/harness/_project_admin')
  AND u.two_factor_enabled IS NOT 1 AND NOT u.disabled
ORDER BY u.email

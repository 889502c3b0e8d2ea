-- question: Which administrators sign in without a second factor?
SELECT u.id, u.email, u.name
FROM users u
WHERE u.two_factor_enabled IS NOT 1 AND u.disabled IS NOT 1
  AND u.id IN (SELECT principal_id FROM effective_access WHERE role_id IN
    ('role/harness/_account_admin', 'role/harness/_organization_admin', 'role/harness/_project_admin'))
ORDER BY u.email

-- question: Which administrators did not sign in for 90 days before their sign-ins were read last?
SELECT u.email, u.name, u.last_login, u.last_login_unknown_before AS nothing_known_before,
  u.last_login_unknown_after AS nothing_known_after
FROM users u
WHERE u.last_login_unknown_before <= strftime('%Y-%m-%dT%H:%M:%fZ', u.last_login_unknown_after, '-90 days')
  AND ifnull(u.last_login, '') < strftime('%Y-%m-%dT%H:%M:%fZ', u.last_login_unknown_after, '-90 days')
  AND u.id IN (SELECT e.principal_id FROM effective_access e WHERE e.role_id IN
    ('role/harness/_account_admin', 'role/harness/_organization_admin', 'role/harness/_project_admin'))
ORDER BY u.email

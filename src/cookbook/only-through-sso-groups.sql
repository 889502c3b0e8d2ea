-- question: Who holds roles only through groups that single sign-on keeps?
SELECT u.email, u.name, count(*) AS roles
FROM users u JOIN effective_access e ON e.principal_id = u.id
GROUP BY u.id HAVING min(e.via_sso) = 1
ORDER BY u.email

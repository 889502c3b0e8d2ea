-- question: Who holds the most roles?
SELECT u.id, u.email, u.name, (SELECT count(*) FROM effective_access e WHERE e.principal_id = u.id) AS roles
FROM users u
ORDER BY roles DESC, u.id LIMIT 20

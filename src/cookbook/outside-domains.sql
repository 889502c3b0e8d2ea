-- question: Which people have an address of another domain, and hold a role?
-- parameter: domain = example.test
SELECT u.email, u.name, (SELECT count(*) FROM effective_access e WHERE e.principal_id = u.id) AS roles, u.id
FROM users u
WHERE lower(u.email) NOT LIKE '%@' || lower(:domain)
  AND EXISTS (SELECT 1 FROM effective_access e WHERE e.principal_id = u.id)
ORDER BY u.email

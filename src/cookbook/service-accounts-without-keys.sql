-- question: Which service accounts hold roles and have no API key?
SELECT s.id, s.name, s.scope, (SELECT count(*) FROM effective_access e WHERE e.principal_id = s.id) AS roles
FROM service_accounts s
WHERE ifnull(s.api_keys, 0) = 0 AND EXISTS (SELECT 1 FROM effective_access e WHERE e.principal_id = s.id)
ORDER BY s.id

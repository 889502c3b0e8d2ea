-- question: Which service accounts hold roles and have no API key?
SELECT s.id, s.name, s.scope, h.roles
FROM service_accounts s JOIN holders h ON h.principal_id = s.id
WHERE ifnull(s.api_keys, 0) = 0
ORDER BY s.id

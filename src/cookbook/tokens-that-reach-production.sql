-- question: Which service accounts reach a project with a token that never expires?
-- parameter: scope = org/payments/project/shop
SELECT DISTINCT a.principal_id, a.principal_name, a.role_name, t.name AS token, a.role_id
FROM access_in_scope a
JOIN (SELECT DISTINCT owner_id, name FROM tokens WHERE expires_at IS NULL AND valid IS NOT 0) t ON t.owner_id = a.principal_id
WHERE a.scope = :scope AND a.principal_type = 'service_account' AND a.principal_id IN (SELECT owner_id FROM tokens)
ORDER BY a.principal_id, a.role_name, token

-- question: Which service accounts reach a project with a token that never expires?
-- parameter: scope = org/payments/project/shop
SELECT DISTINCT a.principal_id, a.principal_name, a.role_name, t.name AS token
FROM access_in_scope a JOIN tokens t ON t.owner_id = a.principal_id
WHERE a.scope = :scope AND a.principal_type = 'service_account' AND t.expires_at IS NULL AND t.valid IS NOT 0
ORDER BY a.principal_id, a.role_name, token

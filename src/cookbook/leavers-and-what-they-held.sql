-- question: Who left the account, and what did they hold?
SELECT h.principal_name, h.email, h.role_name, h.scope, h.resource_group_name, h.via_group_name, h.until
FROM effective_access_history h
WHERE h.principal_type = 'user' AND h.until IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = h.principal_id)
ORDER BY h.until, h.principal_id, h.scope, h.role_name, h.via_group_name

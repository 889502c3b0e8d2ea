-- question: Who left the account, and what did they hold?
SELECT h.principal_name, h.email, h.role_name, h.scope, h.resource_group_name, h.via_group_name, h.until, h.principal_id, h.role_id, h.resource_group_id, h.via_group_id
FROM effective_access_history h
WHERE h.principal_id IN (SELECT r.id FROM resource_history r WHERE r.type = 'user' AND r.until_snapshot IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = r.id))
  AND h.until IS NOT NULL
ORDER BY h.until, h.principal_id, h.scope, h.role_name, h.via_group_name

-- question: Who could use secrets on one day, and cannot now?
-- parameter: day = 2026-11-01
SELECT DISTINCT h.principal_id, h.principal_name, h.email
FROM role_permissions p JOIN effective_access_history h ON h.role_id = p.role_id
WHERE p.permission = 'core_secret_access' AND h.since <= :day || 'T23:59:59.999Z'
  AND h.until > :day || 'T23:59:59.999Z'
  AND NOT EXISTS (SELECT 1 FROM effective_access e JOIN role_permissions q ON q.role_id = e.role_id
    WHERE e.principal_id = h.principal_id AND q.permission = 'core_secret_access')
ORDER BY h.principal_id

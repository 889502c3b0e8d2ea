-- question: Who could use secrets on one day, and cannot now?
-- parameter: day = 2026-11-01
SELECT DISTINCT h.principal_id, h.principal_name, h.email
FROM effective_access_history h
WHERE h.role_id IN (SELECT role_id FROM role_permissions WHERE permission = 'core_secret_access')
  AND h.since <= :day || 'T23:59:59.999Z' AND h.until > :day || 'T23:59:59.999Z'
  AND h.principal_id NOT IN (SELECT e.principal_id FROM effective_access e
    WHERE e.role_id IN (SELECT role_id FROM role_permissions WHERE permission = 'core_secret_access'))
ORDER BY h.principal_id

-- question: Who held what on one day?
-- parameter: day = 2026-11-01
SELECT principal_id, principal_name, email, role_name, scope, resource_group_name, via_group_name, role_id, resource_group_id, via_group_id
FROM effective_access_history
WHERE since <= :day || 'T23:59:59.999Z' AND (until IS NULL OR until > :day || 'T23:59:59.999Z')
ORDER BY principal_id, scope, role_name, resource_group_name, via_group_name

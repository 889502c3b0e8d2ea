-- question: Who holds a permission, by which role, and where?
-- parameter: permission = core_secret_access
-- command: who-can core_secret_access
SELECT DISTINCT e.principal_id, e.principal_name, e.email, e.role_name, e.scope, e.resource_group_name, e.via_group_name, e.role_id, e.resource_group_id, e.via_group_id
FROM effective_access e
WHERE e.role_id IN (SELECT role_id FROM role_permissions WHERE permission = :permission)
ORDER BY e.scope, e.principal_id, e.role_name, e.via_group_name

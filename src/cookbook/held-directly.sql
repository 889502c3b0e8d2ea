-- question: What do people hold directly rather than through a group?
SELECT principal_id, principal_name, email, role_name, scope, resource_group_name, role_id, resource_group_id
FROM effective_access WHERE principal_type = 'user' AND via_group_id IS NULL
ORDER BY principal_id, scope, role_name, resource_group_name

-- question: Who holds one custom role?
-- parameter: role = role/account/release_manager
-- command: who-can role/account/release_manager
SELECT principal_id, principal_name, email, scope, resource_group_name, via_group_name, resource_group_id, via_group_id
FROM effective_access WHERE role_id = :role
ORDER BY scope, principal_id, resource_group_name, via_group_name

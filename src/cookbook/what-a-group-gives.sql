-- question: What does one user group give its members?
-- parameter: group = user_group/account/developers
-- command: what-can user_group/account/developers
SELECT resource_name AS role, scope, resource_group_id, since, resource_id AS role_id
FROM grants WHERE principal_id = :group AND slug = 'assigned'
ORDER BY scope, role, resource_group_id

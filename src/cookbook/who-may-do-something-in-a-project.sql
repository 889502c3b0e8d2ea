-- question: Who may do something in one project, granted there or above?
-- parameter: scope = org/default/project/shop
SELECT principal_id, principal_name, email, role_name, granted_at, resource_group_name, via_group_name, role_id, resource_group_id, via_group_id
FROM access_in_scope WHERE scope = :scope
ORDER BY principal_id, role_name, granted_at, via_group_name

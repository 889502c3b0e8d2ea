-- question: Who holds a role over one resource group?
-- parameter: resource_group = resource_group/account/prod_resources
SELECT principal_id, principal_name, email, role_name, scope, via_group_name, role_id, via_group_id
FROM effective_access WHERE resource_group_id = :resource_group
ORDER BY principal_id, scope, role_name, via_group_name

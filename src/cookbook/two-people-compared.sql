-- question: What may one person do that another may not?
-- parameter: person = ada@example.test
-- parameter: other = bob@example.test
SELECT role_name, scope, resource_group_name, role_id, resource_group_id FROM effective_access WHERE email = :person
EXCEPT
SELECT role_name, scope, resource_group_name, role_id, resource_group_id FROM effective_access WHERE email = :other
ORDER BY scope, role_name, resource_group_name

-- question: What can one person do, over what, and through which group?
-- parameter: person = ada@example.test
-- command: what-can ada@example.test
SELECT role_name, scope, resource_group_name, via_group_name, since, role_id, resource_group_id, via_group_id
FROM effective_access WHERE email = :person
ORDER BY scope, role_name, resource_group_name, via_group_name

-- question: What changed for one person, and when?
-- parameter: person = ada@example.test
-- command: history ada@example.test
SELECT at, snapshot_id, change, id, name, scope, resource_group_id
FROM changes WHERE email = :person
ORDER BY snapshot_id, id, scope, resource_group_id

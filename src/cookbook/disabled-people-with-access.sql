-- question: Who is disabled in Harness and still holds something?
SELECT u.email, u.name, g.entitlement_id, g.scope, g.since, u.id, g.resource_group_id
FROM users u CROSS JOIN grants g ON g.principal_id = u.id -- CROSS: from the few people, not from all grants
WHERE u.disabled
ORDER BY u.email, g.entitlement_id, g.scope

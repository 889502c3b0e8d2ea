-- question: Which grants name something that no list shows?
SELECT principal_id, entitlement_id, scope, resource_group_id, unresolved
FROM unresolved_grants
ORDER BY principal_id, entitlement_id, scope, resource_group_id

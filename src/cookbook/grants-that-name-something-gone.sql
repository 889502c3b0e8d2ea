-- question: Which grants name something that no list shows?
SELECT principal_id, entitlement_id, scope, resource_group_id, unresolved
FROM grants WHERE unresolved IS NOT NULL
ORDER BY principal_id, entitlement_id, scope, resource_group_id

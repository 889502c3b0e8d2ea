-- question: Which changes is nobody recorded for, although the audit trail was read whole?
SELECT c.at, c.change, c.kind, c.id, c.principal_id, c.scope, c.resource_group_id
FROM changes c
WHERE c.changed_by_certainty = 'unexplained'
ORDER BY c.at, c.id, c.principal_id, c.scope, c.resource_group_id

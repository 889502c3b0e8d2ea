-- question: What came and went between two snapshots?
SELECT e.snapshot_id, e.at, e.action, e.resource_type, e.resource_id, e.scope, e.actor_id
FROM unseen_events e
ORDER BY e.at, e.audit_id

-- question: What was changed while somebody acted as somebody else?
SELECT a.at, a.actor_id, a.impersonation, a.action, a.resource_type, a.resource_id, a.scope
FROM audit_events a
WHERE a.impersonation IS NOT NULL
ORDER BY a.at, a.audit_id

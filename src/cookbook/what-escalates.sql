-- question: Which changes let somebody do more, newest first?
-- command: diff --fail-on escalation
SELECT at, snapshot_id, change, kind, id, name, principal_name, email, scope
FROM changes WHERE escalates
ORDER BY snapshot_id DESC, id, principal_id, scope

-- question: Which changes let somebody do more, newest first?
-- command: diff --fail-on escalation
SELECT at, snapshot_id, change, kind, id, name, principal_name, email, scope, principal_id, resource_group_id
FROM changes WHERE escalates AND snapshot_id > 1 -- the first snapshot has no changes, but much to look through
ORDER BY snapshot_id DESC, id, principal_id, scope, resource_group_id

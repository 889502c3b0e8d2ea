-- question: Who gained access in the seven days before the latest snapshot?
SELECT c.at, c.principal_id, c.principal_name, c.email, c.id, c.scope, c.resource_group_id
FROM changes c
WHERE c.kind = 'grant' AND c.change = 'added'
  AND c.at >= (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', max(finished_at), '-7 days') FROM snapshots)
ORDER BY c.at, c.id, c.principal_id, c.scope, c.resource_group_id

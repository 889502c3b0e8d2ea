-- question: Which tokens expire within 30 days of the latest snapshot?
SELECT t.name, t.kind, t.owner_id, t.owner_name, t.expires_at, t.id
FROM tokens t
WHERE t.expires_at BETWEEN (SELECT max(finished_at) FROM snapshots)
  AND (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', max(finished_at), '+30 days') FROM snapshots)
ORDER BY t.expires_at, t.id

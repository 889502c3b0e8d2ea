-- question: Who changed access most in the 30 days before the latest snapshot?
SELECT a.actor_id, max(a.actor_name) AS actor_name, a.actor_type, count(*) AS events, max(a.at) AS last
FROM audit_events a
WHERE a.at >= (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', max(finished_at), '-30 days') FROM snapshots)
GROUP BY a.actor_type, a.actor_id
ORDER BY events DESC, a.actor_id

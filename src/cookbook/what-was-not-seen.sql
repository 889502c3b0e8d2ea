-- question: What did the latest snapshot not see, and why?
-- command: snapshots
SELECT kind, scope, state, reason, accepted FROM listings
WHERE snapshot_id = (SELECT id FROM snapshots ORDER BY finished_at DESC, id DESC LIMIT 1) AND state <> 'complete'
ORDER BY scope, kind

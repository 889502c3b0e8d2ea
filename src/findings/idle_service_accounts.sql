-- code: HA024
-- severity: note
-- title: Service account that changed nothing in 90 days
-- remedy: Ask its owner whether it is still used; reads leave no trace.
-- needs: audit
--
-- Takes `sync --with audit`, once 90 days before the snapshot were read without a gap. Only what changes access is looked at:
-- a service account that starts pipelines all day shows here as well. The trail names service accounts without their scope,
-- so one that shares its identifier with a busy one does not.
SELECT s.id AS subject, s.name AS name, s.scope AS scope, 'reads leave no trace' AS detail
FROM service_accounts s CROSS JOIN (SELECT max(finished_at) AS at FROM snapshots) l
-- CASE: what service accounts hold is only looked up where it matters
WHERE CASE WHEN EXISTS (SELECT 1 FROM audit_windows w WHERE w.state = 'complete'
    AND w.begins <= strftime('%Y-%m-%dT%H:%M:%fZ', l.at, '-90 days')
    AND w.ends >= strftime('%Y-%m-%dT%H:%M:%fZ', l.at, '-1 day'))
  AND s.identifier NOT IN (SELECT a.actor_id FROM audit_events a WHERE a.actor_type = 'service_account'
    AND a.at >= (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', max(finished_at), '-90 days') FROM snapshots))
  THEN EXISTS (SELECT 1 FROM effective_access e WHERE e.principal_id = s.id) END

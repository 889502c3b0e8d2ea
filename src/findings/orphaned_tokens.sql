-- code: HA012
-- severity: error
-- title: Token whose owner is disabled or gone
-- remedy: Revoke the token.
-- needs: tokens
--
-- Takes `sync --with tokens`. An owner counts as gone only if the list where it should be is complete.
SELECT t.id AS subject, t.name AS name, t.owner_email AS email, t.scope AS scope,
  'acts as ' || t.owner_id || CASE WHEN u.disabled THEN ', who is disabled' ELSE ', which no list shows' END AS detail
FROM tokens t
LEFT JOIN users u ON u.id = t.owner_id
LEFT JOIN service_accounts a ON a.id = t.owner_id
WHERE u.disabled OR u.id IS NULL AND a.id IS NULL AND EXISTS (
  SELECT 1 FROM listings l WHERE l.snapshot_id = (SELECT id FROM snapshots ORDER BY finished_at DESC LIMIT 1)
    AND l.state = 'complete'
    AND (t.kind = 'personal_token' AND l.kind = 'users'
      OR t.kind = 'service_account_token' AND l.kind = 'service_accounts' AND l.scope = t.scope))

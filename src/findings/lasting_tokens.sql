-- code: HA011
-- severity: note
-- title: Token that is valid for more than a year
-- remedy: Rotate it at least once a year, so that a copy that nobody knows of stops working.
-- needs: tokens
--
-- Takes `sync --with tokens`. The year is counted from the snapshot.
SELECT t.id AS subject, t.name AS name, t.owner_email AS email, t.scope AS scope,
  'acts as ' || t.owner_id || ' until ' || t.expires_at AS detail
FROM tokens t CROSS JOIN (SELECT max(finished_at) AS at FROM snapshots) s
WHERE t.expires_at > strftime('%Y-%m-%dT%H:%M:%fZ', s.at, '+1 year')

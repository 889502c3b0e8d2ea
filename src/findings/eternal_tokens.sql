-- code: HA010
-- severity: warning
-- title: Token that never expires
-- remedy: Rotate it, and give the new one a last day.
-- needs: tokens
--
-- Takes `sync --with tokens`.
SELECT t.id AS subject, t.name AS name, t.owner_email AS email, t.scope AS scope, 'acts as ' || t.owner_id AS detail
FROM tokens t
WHERE t.expires_at IS NULL

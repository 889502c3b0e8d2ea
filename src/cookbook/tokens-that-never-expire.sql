-- question: Which tokens never expire, and what does their owner hold?
SELECT t.owner_id, t.owner_name, t.name, t.kind,
  ifnull((SELECT h.roles FROM holders h WHERE h.principal_id = t.owner_id), 0) AS roles, t.id
FROM tokens t WHERE t.expires_at IS NULL AND t.valid IS NOT 0
ORDER BY t.owner_id, t.name, t.id

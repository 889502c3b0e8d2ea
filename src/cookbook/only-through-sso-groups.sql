-- question: Who holds roles only through groups that single sign-on keeps?
SELECT h.email, h.principal_name AS name, h.roles, h.principal_id AS id
FROM holders h
WHERE h.principal_id IN (SELECT m.user_id FROM user_groups g CROSS JOIN group_members m ON m.group_id = g.id WHERE g.sso_linked)
  AND (SELECT min(e.via_sso) FROM effective_access e WHERE e.principal_id = h.principal_id) = 1
ORDER BY h.email

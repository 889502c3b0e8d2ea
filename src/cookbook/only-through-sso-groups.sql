-- question: Who holds roles only through groups that single sign-on keeps?
SELECT u.email, u.name, (SELECT count(*) FROM effective_access e WHERE e.principal_id = u.id) AS roles, u.id
FROM users u
WHERE u.id IN (SELECT m.user_id FROM user_groups g JOIN group_members m ON m.group_id = g.id WHERE g.sso_linked)
  AND (SELECT min(e.via_sso) FROM effective_access e WHERE e.principal_id = u.id) = 1
ORDER BY u.email

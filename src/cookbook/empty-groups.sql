-- question: Which groups have nobody in them, and hold a role?
SELECT g.id, g.name, (SELECT count(*) FROM grants r WHERE r.principal_id = g.id) AS roles
FROM user_groups g WHERE g.members = 0
ORDER BY roles DESC, g.id

-- question: Who holds the most roles?
SELECT u.id, u.email, u.name, sum(h.roles) AS roles
FROM (SELECT principal_id AS id, count(*) AS roles FROM grants WHERE slug = 'assigned' GROUP BY principal_id) h
JOIN (SELECT id AS holder, id AS person FROM users UNION ALL SELECT group_id, user_id FROM group_members) m ON m.holder = h.id
JOIN users u ON u.id = m.person
GROUP BY u.id
ORDER BY roles DESC, u.id LIMIT 20

-- question: Who holds the most roles?
SELECT principal_id, email, principal_name, roles
FROM holders WHERE principal_type = 'user'
ORDER BY roles DESC, principal_id LIMIT 20

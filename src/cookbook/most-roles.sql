-- question: Who holds the most roles?
SELECT principal_id AS id, email, principal_name AS name, roles
FROM holders WHERE principal_type = 'user' AND roles > 0 -- says nothing new, but begins with those who hold the most
ORDER BY roles DESC, principal_id LIMIT 20

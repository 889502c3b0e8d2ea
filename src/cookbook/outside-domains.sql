-- question: Which people have an address of another domain, and hold a role?
-- parameter: domain = example.test
SELECT email, principal_name AS name, roles, principal_id AS id
FROM holders WHERE principal_type = 'user' AND lower(email) NOT LIKE '%@' || lower(:domain)
ORDER BY email

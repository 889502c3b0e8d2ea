-- question: How many people and service accounts hold something, by scope?
SELECT scope, sum(id LIKE 'user/%') AS people, sum(id LIKE 'service_account/%') AS service_accounts
FROM (SELECT scope, principal_id AS id FROM grants WHERE slug = 'assigned' AND principal_type <> 'user_group'
  UNION SELECT h.scope, m.user_id
  FROM (SELECT DISTINCT scope, principal_id FROM grants WHERE slug = 'assigned' AND principal_type = 'user_group') h
  JOIN group_members m ON m.group_id = h.principal_id)
GROUP BY scope
ORDER BY scope

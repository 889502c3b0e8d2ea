-- question: How many people and service accounts hold something, by scope?
SELECT scope, count(DISTINCT CASE principal_type WHEN 'user' THEN principal_id END) AS people,
  count(DISTINCT CASE principal_type WHEN 'service_account' THEN principal_id END) AS service_accounts
FROM effective_access GROUP BY scope
ORDER BY scope

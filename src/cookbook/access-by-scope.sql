-- question: How many people and service accounts hold something, by scope?
SELECT path AS scope, people, service_accounts FROM scopes
WHERE people + service_accounts > 0
ORDER BY path

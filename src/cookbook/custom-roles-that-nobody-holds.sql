-- question: Which custom roles does nobody hold?
SELECT r.id, r.name, r.permissions FROM roles r
WHERE NOT r.harness_managed AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.resource_id = r.id)
ORDER BY r.id

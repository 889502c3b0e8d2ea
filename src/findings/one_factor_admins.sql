-- code: HA013
-- severity: warning
-- title: Administrator without a second factor
-- remedy: Enforce two-factor authentication for the account, or sign in through an identity provider that asks for it.
-- needs: sign-in
--
-- Holders of Harness's administrator roles in an account where people sign in with a password of Harness. With single
-- sign-on the identity provider asks for the second factor; what is left then is HA014.
SELECT u.id AS subject, u.name AS name, u.email AS email, 'account' AS scope, 'signs in with a password alone' AS detail
FROM users u
WHERE NOT u.two_factor_enabled AND u.disabled IS NOT 1
  AND EXISTS (SELECT 1 FROM resources r WHERE r.type IN ('account', 'auth_setting') AND 'USER_PASSWORD' IN
    (json_extract(r.attributes, '$.mechanism'), json_extract(r.attributes, '$.authentication_mechanism')))
  AND NOT EXISTS (SELECT 1 FROM resources r WHERE r.type IN ('account', 'auth_setting') AND 1 IN
    (json_extract(r.attributes, '$.two_factor_enabled'), json_extract(r.attributes, '$.two_factor_enforced')))
  AND u.id IN (SELECT e.principal_id FROM effective_access e WHERE e.role_id IN
    ('role/harness/_account_admin', 'role/harness/_organization_admin', 'role/harness/_project_admin'))

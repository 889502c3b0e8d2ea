-- code: HA014
-- severity: note
-- title: Administrator who can sign in past single sign-on with a password alone
-- remedy: Turn on two-factor authentication for the person; Harness keeps local sign-in open to account administrators.
-- needs: sign-in
--
-- Harness lets account administrators sign in with a password even where everybody else uses single sign-on, so that nobody
-- is locked out: https://developer.harness.io/docs/platform/authentication/single-sign-on-sso-with-oauth
SELECT u.id AS subject, u.name AS name, u.email AS email, 'account' AS scope,
  'local sign-in beside ' || m.mechanism AS detail
FROM users u CROSS JOIN (SELECT max(ifnull(json_extract(r.attributes, '$.mechanism'),
    json_extract(r.attributes, '$.authentication_mechanism'))) AS mechanism
  FROM resources r WHERE r.type IN ('account', 'auth_setting')) m
WHERE NOT u.two_factor_enabled AND u.disabled IS NOT 1 AND m.mechanism <> 'USER_PASSWORD'
  AND u.id IN (SELECT e.principal_id FROM effective_access e
    WHERE e.role_id = 'role/harness/_account_admin' AND +e.scope = 'account') -- the plus: start from the role

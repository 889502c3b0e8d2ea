-- code: HA015
-- severity: warning
-- title: Passwords beside single sign-on
-- remedy: Make single sign-on the only way to sign in, once everybody can; until then, leaving the identity provider does not end access.
-- needs: auth-settings
--
-- Takes `sync --with auth-settings`: single sign-on is set up, and people may sign in with a password or a public account too.
SELECT a.id AS subject, NULL AS name, 'account' AS scope, 'mechanism ' || ifnull(a.mechanism, 'unknown')
    || ', set up: ' || (SELECT group_concat(value, ', ') FROM (SELECT value FROM json_each(a.settings) ORDER BY value))
    || CASE WHEN a.oauth_enabled THEN ', public accounts allowed' ELSE '' END AS detail
FROM auth_settings a
WHERE (a.mechanism IN ('SAML', 'LDAP', 'OIDC', 'OAUTH')
    OR EXISTS (SELECT 1 FROM json_each(a.settings) WHERE value IN ('SAML', 'LDAP', 'OIDC', 'OAUTH')))
  AND (a.mechanism = 'USER_PASSWORD' OR a.oauth_enabled AND a.mechanism <> 'OAUTH'
    OR EXISTS (SELECT 1 FROM json_each(a.settings) WHERE value = 'USER_PASSWORD'))

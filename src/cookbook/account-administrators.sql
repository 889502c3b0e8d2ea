-- question: Who is an account administrator, and through which group?
-- command: who-can _account_admin
SELECT principal_id, principal_name, email, via_group_name, via_group_id
FROM effective_access WHERE role_id = 'role/harness/_account_admin'
ORDER BY principal_id, via_group_name

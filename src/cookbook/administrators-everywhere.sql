-- question: Who holds an administrator role of Harness, at which level?
SELECT principal_id, principal_name, email, role_name, scope, via_group_name, role_id, via_group_id
FROM effective_access WHERE role_id IN
  ('role/harness/_account_admin', 'role/harness/_organization_admin', 'role/harness/_project_admin')
ORDER BY scope, role_name, principal_id, via_group_name

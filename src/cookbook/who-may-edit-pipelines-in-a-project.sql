-- question: Who may edit pipelines in one project?
-- parameter: scope = org/default/project/shop
-- command: who-can core_pipeline_edit --in org/default/project/shop
SELECT DISTINCT a.principal_id, a.principal_name, a.email, a.role_name, a.granted_at, a.resource_group_name, a.via_group_name,
  a.role_id, a.resource_group_id, a.via_group_id
FROM access_in_scope a
WHERE a.scope = :scope AND a.role_id IN (SELECT role_id FROM role_permissions WHERE permission = 'core_pipeline_edit')
  AND (a.all_resources -- or a resource group that selects pipelines, all of them or some
    OR a.resource_group_id IN (SELECT resource_group_id FROM resource_group_selectors WHERE resource_type = 'PIPELINE'))
ORDER BY a.principal_id, a.role_name, a.granted_at, a.resource_group_name, a.via_group_name

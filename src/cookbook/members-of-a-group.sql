-- question: Who is in one user group, and since when?
-- parameter: group = user_group/account/platform_admins
SELECT m.user_id, m.email, m.since FROM group_members m WHERE m.group_id = :group
ORDER BY m.user_id

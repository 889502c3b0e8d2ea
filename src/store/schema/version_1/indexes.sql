-- Indexes of the facts. The first sync of a file makes them after its rows: of a million grants that takes a second
-- less than keeping them up row by row.
CREATE INDEX resource_version_of ON resource_version (resource, valid_from);
CREATE INDEX resource_version_from ON resource_version (valid_from);
CREATE INDEX resource_version_until ON resource_version (valid_until) WHERE valid_until IS NOT NULL;
-- Who holds a role or is in a group, what a principal holds, what is held over a resource group: at any time.
CREATE INDEX grant_version_of
  ON grant_version (target, principal, scope, resource_group, valid_from, valid_until);
CREATE INDEX grant_version_by ON grant_version (principal, target, valid_from, valid_until);
CREATE INDEX grant_version_over ON grant_version (resource_group) WHERE resource_group <> 0;
-- What a snapshot began and ended, for diff; target and principal tell a grant made anew from one that is gone. Nothing
-- is before the first snapshot to be compared with it, and its grants are nearly all there are: whoever asks for what
-- began says `valid_from > 1`.
CREATE INDEX grant_version_from ON grant_version (valid_from, target, principal) WHERE valid_from > 1;
CREATE INDEX grant_version_until ON grant_version (valid_until, target, principal) WHERE valid_until IS NOT NULL;

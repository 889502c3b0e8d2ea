-- What the tables `_holders`, `_holders_in` and `_grants_over` hold, of any snapshot: they are made for the latest alone. Counted when asked.
CREATE VIEW _holders (actor, roles) AS SELECT r.key,
  (SELECT count(*) FROM _acts a JOIN _grant g ON g.principal = a.holder
   WHERE a.actor = r.key AND {live a} AND {live g} AND g.scope <> 0)
FROM _resource r
WHERE r.key > 0 AND EXISTS (SELECT 1 FROM _acts a JOIN _grant g ON g.principal = a.holder
  WHERE a.actor = r.key AND {live a} AND {live g} AND g.scope <> 0);

CREATE VIEW _holders_in (scope, people, service_accounts) AS SELECT p.key,
  (SELECT count(DISTINCT a.actor) FROM _grant g JOIN _acts a ON a.holder = g.principal JOIN _resource w ON w.key = a.actor
   WHERE g.scope = p.key AND {live g} AND {live a} AND w.type = 'user'),
  (SELECT count(DISTINCT a.actor) FROM _grant g JOIN _acts a ON a.holder = g.principal JOIN _resource w ON w.key = a.actor
   WHERE g.scope = p.key AND {live g} AND {live a} AND w.type = 'service_account')
FROM _scope p WHERE p.key > 0;

CREATE VIEW _grants_over (resource_group, grants) AS SELECT r.key,
  (SELECT count(*) FROM _grant g WHERE g.resource_group = r.key AND {live g})
FROM _resource r WHERE r.key > 0 AND r.type = 'resource_group';

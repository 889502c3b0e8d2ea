CREATE TABLE v1_resource_types (id integer primary key, external_id text not null, data blob not null,
  sync_id text not null, discovered_at datetime not null);
CREATE TABLE v1_resources (id integer primary key, resource_type_id text not null, external_id text not null,
  parent_resource_type_id text, parent_resource_id text, data blob not null, sync_id text not null,
  discovered_at datetime not null);
CREATE TABLE v1_entitlements (id integer primary key, resource_type_id text not null, resource_id text not null,
  external_id text not null, data blob not null, sync_id text not null, discovered_at datetime not null);
CREATE TABLE v1_grants (id integer primary key, resource_type_id text not null, resource_id text not null,
  entitlement_id text not null, principal_resource_type_id text not null, principal_resource_id text not null,
  external_id text not null, expansion blob, needs_expansion integer not null default 0, data blob not null,
  sync_id text not null, discovered_at datetime not null);
CREATE TABLE v1_sync_runs (id integer primary key, sync_id text not null, started_at datetime not null,
  ended_at datetime, sync_token text not null, sync_type text not null default 'full',
  parent_sync_id text not null default '', linked_sync_id text not null default '',
  supports_diff integer not null default 0, grants_backfilled integer not null default 0);
CREATE TABLE v1_assets (id integer primary key, external_id text not null, content_type text not null,
  data blob not null, sync_id text not null, discovered_at datetime not null);
CREATE TABLE v1_connector_sessions (id integer primary key, sync_id text not null, key text not null,
  value blob not null);

-- Indexes of what is derived from the facts.
-- By actor alone: asked for one person and one role, SQLite then starts from the person, who has few grants.
CREATE INDEX _acts_of ON _acts (actor);
CREATE INDEX _acts_for ON _acts (holder);
CREATE INDEX _acts_via ON _acts (via);

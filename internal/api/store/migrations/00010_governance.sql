-- +goose Up

-- People. Whoever was there before could do everything, and stays an administrator.
ALTER TABLE users ADD COLUMN administrator BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE users SET administrator = TRUE;
-- A user without a password was invited, or signs in elsewhere: issuer and subject are
-- those of the OpenID provider, empty for local users.
ALTER TABLE users ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN full_name TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN disabled_at BIGINT NOT NULL DEFAULT 0;
-- The second factor: a sealed key, the last time step that was used, digests of the
-- recovery codes that are left (JSON). A key that was not confirmed yet is in pending.
ALTER TABLE users ADD COLUMN factor TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN factor_pending TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN factor_step BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN recovery TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX users_subject ON users (issuer, subject) WHERE issuer <> '';

-- One-time links by which somebody sets a password: invited, or reset.
CREATE TABLE password_links (
    hash       TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose    TEXT NOT NULL, -- invite, reset
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX password_links_user ON password_links (user_id);

CREATE TABLE user_groups (
    id            TEXT PRIMARY KEY,
    account_id    TEXT NOT NULL REFERENCES accounts (id),
    name          TEXT NOT NULL,
    description   TEXT NOT NULL DEFAULT '',
    -- the value of the provider's group claim that makes somebody a member at sign-in
    claim         TEXT NOT NULL DEFAULT '',
    administrator BOOLEAN NOT NULL DEFAULT FALSE,
    created_at    BIGINT NOT NULL,
    UNIQUE (account_id, name)
);
CREATE TABLE group_members (
    group_id TEXT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
    user_id  TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    claimed  BOOLEAN NOT NULL DEFAULT FALSE, -- by the provider, which also takes it away
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_user ON group_members (user_id);

-- Who may do what in a project: a user or a group. role is api.Role.
CREATE TABLE project_roles (
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    user_id    TEXT NOT NULL DEFAULT '',
    group_id   TEXT NOT NULL DEFAULT '',
    role       BIGINT NOT NULL CHECK (role BETWEEN 1 AND 4),
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (project_id, user_id, group_id),
    CHECK ((user_id = '') <> (group_id = ''))
);
CREATE INDEX project_roles_user ON project_roles (user_id, project_id) WHERE user_id <> '';
CREATE INDEX project_roles_group ON project_roles (group_id, project_id) WHERE group_id <> '';

ALTER TABLE projects ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE projects ADD COLUMN archived_at BIGINT NOT NULL DEFAULT 0;
-- JSON of the changes that have to be approved; empty: the default.
ALTER TABLE projects ADD COLUMN approval TEXT NOT NULL DEFAULT '';

-- Sessions: whether a second factor is still awaited.
ALTER TABLE sessions ADD COLUMN pending BOOLEAN NOT NULL DEFAULT FALSE;

-- Tokens that people make for programs have a name; those of sign-ins have none.
ALTER TABLE tokens ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX tokens_user ON tokens (user_id, id) WHERE name <> '';
ALTER TABLE access_keys ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE access_keys ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;

-- Changes that have to be approved.
CREATE TABLE requests (
    id           TEXT PRIMARY KEY,
    project_id   TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind         TEXT NOT NULL,
    action       TEXT NOT NULL,
    object_id    TEXT NOT NULL,
    object_name  TEXT NOT NULL,
    deed         TEXT NOT NULL, -- which call, and with what (JSON)
    sealed       TEXT NOT NULL DEFAULT '', -- the secrets that go with it
    secrets      TEXT NOT NULL DEFAULT '', -- their paths (JSON)
    before       TEXT NOT NULL DEFAULT '',
    after        TEXT NOT NULL DEFAULT '',
    base         TEXT NOT NULL, -- the state of the object that it was asked against
    digest       TEXT NOT NULL,
    reason       TEXT NOT NULL,
    state        TEXT NOT NULL,
    requester_id TEXT NOT NULL,
    requester    TEXT NOT NULL, -- the actor (JSON)
    approver_id  TEXT NOT NULL DEFAULT '',
    approver     TEXT NOT NULL DEFAULT '', -- name
    signature    TEXT NOT NULL DEFAULT '', -- of the digest, by the approver
    fault        TEXT NOT NULL DEFAULT '',
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    decided_at   BIGINT NOT NULL DEFAULT 0,
    ended_at     BIGINT NOT NULL DEFAULT 0,
    -- when it is to be applied, or tried again; 0 if not
    due_at       BIGINT NOT NULL DEFAULT 0,
    tries        BIGINT NOT NULL DEFAULT 0,
    try          TEXT NOT NULL DEFAULT '' -- the attempt that applied it
);
CREATE INDEX requests_of_project ON requests (project_id, id);
CREATE INDEX requests_by_state ON requests (project_id, state, id);
CREATE INDEX requests_of_requester ON requests (project_id, requester_id, id);
CREATE INDEX requests_of_object ON requests (project_id, kind, object_id, id);
CREATE INDEX requests_due ON requests (due_at) WHERE due_at > 0;
CREATE INDEX requests_expiry ON requests (expires_at) WHERE ended_at = 0;

CREATE TABLE request_comments (
    id         TEXT PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
    at         BIGINT NOT NULL,
    user_name  TEXT NOT NULL,
    event      TEXT NOT NULL DEFAULT '',
    text       TEXT NOT NULL DEFAULT ''
);
CREATE INDEX request_comments_of ON request_comments (request_id, id);

-- The chain: each sealed entry has a number and a seal over itself and the seal before.
ALTER TABLE audit ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE audit ADD COLUMN seal TEXT NOT NULL DEFAULT '';
CREATE INDEX audit_unsealed ON audit (id) WHERE seq = 0;
CREATE UNIQUE INDEX audit_seq ON audit (seq) WHERE seq > 0;
-- Where the chain begins and ends: one row. first and base are the number and the seal
-- of the last entry that retention removed.
CREATE TABLE audit_chain (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    first  BIGINT NOT NULL DEFAULT 0,
    base   TEXT NOT NULL DEFAULT '',
    last   BIGINT NOT NULL DEFAULT 0,
    head   TEXT NOT NULL DEFAULT '',
    proof  TEXT NOT NULL DEFAULT '', -- of this row
    sealed TEXT NOT NULL DEFAULT ''  -- the key of the seals
);
INSERT INTO audit_chain (id) VALUES (1);

-- What people see of lists, by the name that they gave it.
CREATE TABLE views (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    section    TEXT NOT NULL,
    name       TEXT NOT NULL,
    query      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (user_id, project_id, section, name)
);

-- What the overview of a project shows, without a look at what it does not show.
CREATE INDEX links_failing ON links (project_id, state_since, id) WHERE check_status = 'failed' AND enabled;
CREATE INDEX connections_failing ON connections (project_id, state_since, id) WHERE check_status = 'failed' AND state <> 'DELETED';
CREATE INDEX ramps_open ON ramps (project_id, next_at, id) WHERE ended_at = 0;
CREATE INDEX replication_runs_open ON replication_runs (project_id, id) WHERE ended_at = 0;
CREATE INDEX checkpoints_open ON checkpoints (project_id, id) WHERE ended_at = 0;

-- Settings of the whole console, by name (JSON).
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

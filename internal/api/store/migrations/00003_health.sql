-- +goose Up
-- What a list says about a link's checks stands in its row. recent has one
-- letter for each of the latest checks, newest last.
ALTER TABLE links ADD COLUMN every_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE links ADD COLUMN next_check_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE links ADD COLUMN last_good_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE links ADD COLUMN state_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE links ADD COLUMN recent TEXT NOT NULL DEFAULT '';
-- Only links with a schedule are in it.
CREATE INDEX links_due ON links (next_check_at, project_id) WHERE next_check_at > 0;

CREATE TABLE link_checks (
    id         TEXT PRIMARY KEY,
    link_id    TEXT NOT NULL REFERENCES links (id) ON DELETE CASCADE,
    at         BIGINT NOT NULL,
    status     TEXT NOT NULL,
    took       BIGINT NOT NULL,
    check_json TEXT NOT NULL,
    checked_by TEXT NOT NULL,
    way        TEXT NOT NULL,
    changed    BOOLEAN NOT NULL
);
CREATE INDEX link_checks_link ON link_checks (link_id, id);

-- ended_at is 0 while it lasts; reason is the place in reasons, a JSON list, of
-- the latest failure's.
CREATE TABLE link_episodes (
    id       TEXT PRIMARY KEY,
    link_id  TEXT NOT NULL REFERENCES links (id) ON DELETE CASCADE,
    began_at BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    reasons  TEXT NOT NULL,
    reason   BIGINT NOT NULL
);
CREATE INDEX link_episodes_link ON link_episodes (link_id, id);

CREATE TABLE link_runs (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    started_at BIGINT NOT NULL,
    started_by TEXT NOT NULL,
    way        TEXT NOT NULL,
    ended_at   BIGINT NOT NULL,
    stopped    BOOLEAN NOT NULL
);
CREATE INDEX link_runs_project ON link_runs (project_id, id);

-- A row outlives its link: what a run found stays readable.
CREATE TABLE link_run_rows (
    run_id     TEXT NOT NULL REFERENCES link_runs (id) ON DELETE CASCADE,
    link_id    TEXT NOT NULL,
    project_id TEXT NOT NULL,
    link_name  TEXT NOT NULL,
    endpoint   TEXT NOT NULL,
    state      TEXT NOT NULL,
    at         BIGINT NOT NULL,
    check_json TEXT NOT NULL,
    gone       BOOLEAN NOT NULL,
    PRIMARY KEY (run_id, link_id)
);
CREATE INDEX link_run_rows_open ON link_run_rows (at, project_id) WHERE state IN ('waiting', 'running');

-- sealed has the whole address, which may hold a token, and the signing secret.
-- next_at is when the next event is to be told, 0 if there is none, and tries
-- how often that one was not taken.
CREATE TABLE hooks (
    project_id  TEXT PRIMARY KEY REFERENCES projects (id),
    destination TEXT NOT NULL,
    enabled     BOOLEAN NOT NULL,
    sealed      TEXT NOT NULL,
    version     BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    updated_by  TEXT NOT NULL,
    last_at     BIGINT NOT NULL,
    last_status BIGINT NOT NULL,
    last_error  TEXT NOT NULL,
    next_at     BIGINT NOT NULL,
    tries       BIGINT NOT NULL
);
CREATE INDEX hooks_due ON hooks (next_at) WHERE next_at > 0;

-- What is still to be told; what was taken, or given up, is gone.
CREATE TABLE hook_events (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    at         BIGINT NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX hook_events_project ON hook_events (project_id, id);

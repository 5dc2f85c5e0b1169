-- +goose Up
-- Links are not all that is checked any more. What was about a link is about an
-- object of a kind: its id refers to no table, so whoever deletes an object
-- deletes its checks and episodes with it.

CREATE TABLE checks (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    object_id  TEXT NOT NULL,
    at         BIGINT NOT NULL,
    status     TEXT NOT NULL,
    took       BIGINT NOT NULL,
    check_json TEXT NOT NULL,
    checked_by TEXT NOT NULL,
    way        TEXT NOT NULL,
    changed    BOOLEAN NOT NULL
);
INSERT INTO checks (id, kind, object_id, at, status, took, check_json, checked_by, way, changed)
    SELECT id, 'link', link_id, at, status, took, check_json, checked_by, way, changed FROM link_checks;
DROP TABLE link_checks;
CREATE INDEX checks_object ON checks (object_id, id);

-- ended_at is 0 while it lasts; reason is the place in reasons, a JSON list, of
-- the latest failure's.
CREATE TABLE episodes (
    id        TEXT PRIMARY KEY,
    kind      TEXT NOT NULL,
    object_id TEXT NOT NULL,
    began_at  BIGINT NOT NULL,
    last_at   BIGINT NOT NULL,
    ended_at  BIGINT NOT NULL,
    failures  BIGINT NOT NULL,
    reasons   TEXT NOT NULL,
    reason    BIGINT NOT NULL
);
INSERT INTO episodes (id, kind, object_id, began_at, last_at, ended_at, failures, reasons, reason)
    SELECT id, 'link', link_id, began_at, last_at, ended_at, failures, reasons, reason FROM link_episodes;
DROP TABLE link_episodes;
CREATE INDEX episodes_object ON episodes (object_id, id);

CREATE TABLE runs (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    kind       TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    started_by TEXT NOT NULL,
    way        TEXT NOT NULL,
    ended_at   BIGINT NOT NULL,
    stopped    BOOLEAN NOT NULL
);
INSERT INTO runs (id, project_id, kind, started_at, started_by, way, ended_at, stopped)
    SELECT id, project_id, 'link', started_at, started_by, way, ended_at, stopped FROM link_runs;

-- A row outlives its object: what a run found stays readable.
CREATE TABLE run_rows (
    run_id      TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    object_id   TEXT NOT NULL,
    project_id  TEXT NOT NULL,
    object_name TEXT NOT NULL,
    endpoint    TEXT NOT NULL,
    state       TEXT NOT NULL,
    at          BIGINT NOT NULL,
    check_json  TEXT NOT NULL,
    gone        BOOLEAN NOT NULL,
    PRIMARY KEY (run_id, object_id)
);
INSERT INTO run_rows (run_id, object_id, project_id, object_name, endpoint, state, at, check_json, gone)
    SELECT run_id, link_id, project_id, link_name, endpoint, state, at, check_json, gone FROM link_run_rows;
DROP TABLE link_run_rows;
DROP TABLE link_runs;
CREATE INDEX runs_project ON runs (project_id, id);
CREATE INDEX run_rows_open ON run_rows (at, project_id) WHERE state IN ('waiting', 'running');

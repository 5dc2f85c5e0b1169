-- +goose Up
CREATE TABLE links (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    cluster    TEXT NOT NULL,
    name       TEXT NOT NULL,
    connector  TEXT NOT NULL,
    endpoint   TEXT NOT NULL,
    enabled    BOOLEAN NOT NULL,
    inputs     TEXT NOT NULL,
    -- The secrets by path, as one sealed text bound to this row; secrets lists
    -- the paths alone, so that a page can say what is there without opening it.
    sealed     TEXT NOT NULL,
    secrets    TEXT NOT NULL,
    extended   TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    version    BIGINT NOT NULL,
    -- The last check: how it ended, when, and all of it as JSON.
    check_status TEXT NOT NULL,
    checked_at   BIGINT NOT NULL,
    check_json   TEXT NOT NULL,
    UNIQUE (project_id, cluster, name)
);
-- One index for each way a list is sorted: a page costs the same however many
-- links there are.
CREATE INDEX links_by_name ON links (project_id, name, id, endpoint);
CREATE INDEX links_by_update ON links (project_id, updated_at, id);
CREATE INDEX links_by_connector ON links (project_id, connector, name, id);

-- +goose Up
CREATE TABLE queues (
    id          TEXT PRIMARY KEY,
    project_id  TEXT NOT NULL REFERENCES projects (id),
    name        TEXT NOT NULL, -- lower case
    description TEXT NOT NULL,
    type        TEXT NOT NULL,
    cus         BIGINT NOT NULL,
    cidr        TEXT NOT NULL,
    tags        TEXT NOT NULL, -- JSON
    created_at  BIGINT NOT NULL,
    created_by  TEXT NOT NULL,
    version     BIGINT NOT NULL,
    UNIQUE (project_id, name)
);

-- A deleted connection stays as a row with the state DELETED.
CREATE TABLE connections (
    id                TEXT PRIMARY KEY,
    project_id        TEXT NOT NULL REFERENCES projects (id),
    name              TEXT NOT NULL,
    service           TEXT NOT NULL,
    url               TEXT NOT NULL,
    security_group_id TEXT NOT NULL,
    network_id        TEXT NOT NULL,
    cluster           TEXT NOT NULL,
    tags              TEXT NOT NULL, -- JSON; connection_tags is to find by them
    state             TEXT NOT NULL,
    -- Of how many parts its creation consists, and how many are done.
    parts             BIGINT NOT NULL,
    parts_done        BIGINT NOT NULL,
    message           TEXT NOT NULL, -- JSON, why it failed
    address           TEXT NOT NULL,
    -- While it is CREATING: when somebody may go on with that. Who does moves it
    -- ahead for as long as that may take.
    activate_at       BIGINT NOT NULL,
    created_at        BIGINT NOT NULL,
    created_by        TEXT NOT NULL,
    updated_at        BIGINT NOT NULL,
    updated_by        TEXT NOT NULL,
    version           BIGINT NOT NULL,
    -- The last check and the schedule, as with links.
    check_status      TEXT NOT NULL DEFAULT '',
    checked_at        BIGINT NOT NULL DEFAULT 0,
    check_json        TEXT NOT NULL DEFAULT '',
    every_us          BIGINT NOT NULL DEFAULT 0,
    next_check_at     BIGINT NOT NULL DEFAULT 0,
    last_good_at      BIGINT NOT NULL DEFAULT 0,
    state_since       BIGINT NOT NULL DEFAULT 0,
    recent            TEXT NOT NULL DEFAULT ''
);
-- Deleted ones may become many more than live ones, so there is an index of the
-- live ones alone for each way a list is sorted. Lists that have the deleted
-- ones, too, are by name or creation. Those indexes come first: of two that suit,
-- SQLite takes the later one.
CREATE INDEX connections_by_name ON connections (project_id, name, id, url, state);
CREATE INDEX connections_by_creation ON connections (project_id, created_at, id);
CREATE INDEX connections_live_by_name ON connections (project_id, name, id, url, state) WHERE state <> 'DELETED';
CREATE INDEX connections_live_by_service ON connections (project_id, service, name, id) WHERE state <> 'DELETED';
CREATE INDEX connections_live_by_state ON connections (project_id, state, name, id) WHERE state <> 'DELETED';
CREATE INDEX connections_live_by_creation ON connections (project_id, created_at, id) WHERE state <> 'DELETED';
-- The name of a deleted one is free.
CREATE UNIQUE INDEX connections_live ON connections (project_id, name) WHERE state <> 'DELETED';
CREATE INDEX connections_due ON connections (next_check_at, project_id) WHERE next_check_at > 0;
CREATE INDEX connections_to_activate ON connections (activate_at, project_id) WHERE activate_at > 0;

CREATE TABLE connection_tags (
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    project_id    TEXT NOT NULL,
    tag_key       TEXT NOT NULL,
    tag_value     TEXT NOT NULL,
    PRIMARY KEY (connection_id, tag_key)
);
CREATE INDEX connection_tags_value ON connection_tags (project_id, tag_key, tag_value, connection_id);

CREATE TABLE connection_queues (
    id            TEXT PRIMARY KEY,
    project_id    TEXT NOT NULL,
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    queue_id      TEXT NOT NULL REFERENCES queues (id),
    updated_at    BIGINT NOT NULL,
    updated_by    TEXT NOT NULL,
    UNIQUE (connection_id, queue_id)
);
CREATE INDEX connection_queues_queue ON connection_queues (queue_id, connection_id);

-- Results of reachability tests, for an hour.
CREATE TABLE address_tests (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    queue      TEXT NOT NULL,
    address    TEXT NOT NULL,
    at         BIGINT NOT NULL,
    check_json TEXT NOT NULL
);
CREATE INDEX address_tests_project ON address_tests (project_id, id);
CREATE INDEX address_tests_age ON address_tests (at);

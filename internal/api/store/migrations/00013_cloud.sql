-- +goose Up
-- A project that lives in a region of a cloud; one without a row lives here.
CREATE TABLE project_backends (
    project_id   TEXT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    kind         TEXT NOT NULL CHECK (kind = 'cloud'),
    cloud        TEXT NOT NULL,
    region       TEXT NOT NULL,
    remote       TEXT NOT NULL, -- the id of the project in the region
    base         TEXT NOT NULL,
    endpoints    TEXT NOT NULL, -- by service (JSON)
    access       TEXT NOT NULL, -- access key; or
    domain       TEXT NOT NULL, -- account, and
    user_name    TEXT NOT NULL, -- who signs in
    sealed       TEXT NOT NULL, -- the secret, bound to this row
    check_status TEXT NOT NULL, -- the last test: how it ended, when, and all of it (JSON)
    checked_at   BIGINT NOT NULL,
    check_json   TEXT NOT NULL,
    updated_at   BIGINT NOT NULL,
    updated_by   TEXT NOT NULL,
    version      BIGINT NOT NULL
);
-- Where the services of these projects are: two projects never live in the same place,
-- however differently it is described.
CREATE TABLE backend_places (
    service    TEXT NOT NULL,
    endpoint   TEXT NOT NULL,
    remote     TEXT NOT NULL,
    project_id TEXT NOT NULL REFERENCES project_backends (project_id) ON DELETE CASCADE,
    PRIMARY KEY (service, endpoint, remote)
);
CREATE INDEX backend_places_of ON backend_places (project_id);

-- Regions call their checkpoints as they like: ids do not say which is the newest.
CREATE INDEX checkpoints_by_creation ON checkpoints (project_id, policy_id, created_at, id);

-- When a kind of a project in a region, or what an object has of it ('' for all), was
-- read from there, and last asked for; trouble is why that failed (JSON), '' if it did
-- not.
CREATE TABLE mirror_kinds (
    project_id TEXT NOT NULL REFERENCES project_backends (project_id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    object_id  TEXT NOT NULL,
    read_at    BIGINT NOT NULL DEFAULT 0,
    tried_at   BIGINT NOT NULL DEFAULT 0,
    trouble    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (project_id, kind, object_id)
);
-- What a region did not keep of the last change of an object (JSON).
CREATE TABLE mirror_notes (
    project_id TEXT NOT NULL REFERENCES project_backends (project_id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    object_id  TEXT NOT NULL,
    at         BIGINT NOT NULL,
    kept_not   TEXT NOT NULL,
    PRIMARY KEY (project_id, kind, object_id)
);

-- What lives in a region has the names that are given there; here they are unique.
ALTER TABLE endpoint_services ADD COLUMN away BOOLEAN NOT NULL DEFAULT FALSE;
DROP INDEX endpoint_services_name;
CREATE UNIQUE INDEX endpoint_services_name ON endpoint_services (name) WHERE NOT away;
-- Entries on their way to a region, which knows neither when they end nor why: what comes
-- back after its answer was lost is what somebody wished for.
CREATE TABLE permission_wishes (
    service_id TEXT NOT NULL REFERENCES endpoint_services (id) ON DELETE CASCADE,
    permission TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    reason     TEXT NOT NULL,
    asked_at   BIGINT NOT NULL,
    asked_by   TEXT NOT NULL,
    PRIMARY KEY (service_id, permission)
);
-- Until when one process adds a batch in a region.
ALTER TABLE permission_additions ADD COLUMN held_until BIGINT NOT NULL DEFAULT 0;

-- An endpoint that lives here is one row, its project's. One that lives in a region is
-- seen from there: side says from which of its two sides, and the service of the other
-- one is nobody's that is known here.
CREATE TABLE endpoints_seen (
    id           TEXT NOT NULL,
    marker       BIGINT NOT NULL,
    project_id   TEXT NOT NULL REFERENCES projects (id),
    side         TEXT NOT NULL,
    account_id   TEXT NOT NULL,
    service_id   TEXT NOT NULL,
    service_name TEXT NOT NULL,
    vpc_id       TEXT NOT NULL,
    subnet_id    TEXT NOT NULL,
    description  TEXT NOT NULL,
    tags         TEXT NOT NULL,
    state        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    created_by   TEXT NOT NULL,
    updated_at   BIGINT NOT NULL,
    updated_by   TEXT NOT NULL,
    PRIMARY KEY (id, project_id, side)
);
INSERT INTO endpoints_seen
    SELECT id, marker, project_id, '', account_id, service_id, service_name, vpc_id, subnet_id, description, tags, state,
        created_at, created_by, updated_at, updated_by
    FROM endpoints;
DROP TABLE endpoints;
ALTER TABLE endpoints_seen RENAME TO endpoints;
CREATE INDEX endpoints_by_creation ON endpoints (project_id, created_at, id);
CREATE INDEX endpoints_by_update ON endpoints (project_id, updated_at, id);
CREATE INDEX endpoints_service_creation ON endpoints (service_id, created_at, id);
CREATE INDEX endpoints_service_update ON endpoints (service_id, updated_at, id);
CREATE INDEX endpoints_service_state ON endpoints (service_id, state);

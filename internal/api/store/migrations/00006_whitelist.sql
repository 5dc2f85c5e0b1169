-- +goose Up
-- entries counts the rows of the whitelist, so that nobody has to.
CREATE TABLE endpoint_services (
    id           TEXT PRIMARY KEY,
    project_id   TEXT NOT NULL REFERENCES projects (id),
    account_id   TEXT NOT NULL,
    region       TEXT NOT NULL,
    name         TEXT NOT NULL,
    short_name   TEXT NOT NULL,
    vpc_id       TEXT NOT NULL,
    port_id      TEXT NOT NULL,
    vip_port_id  TEXT NOT NULL,
    server_type  TEXT NOT NULL,
    ports        TEXT NOT NULL,
    approval     BOOLEAN NOT NULL,
    service_type TEXT NOT NULL,
    tcp_proxy    TEXT NOT NULL,
    description  TEXT NOT NULL,
    tags         TEXT NOT NULL,
    state        TEXT NOT NULL,
    entries      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    created_by   TEXT NOT NULL,
    updated_at   BIGINT NOT NULL,
    updated_by   TEXT NOT NULL,
    version      BIGINT NOT NULL
);
CREATE UNIQUE INDEX endpoint_services_name ON endpoint_services (name);
CREATE INDEX endpoint_services_by_name ON endpoint_services (project_id, name, id);
CREATE INDEX endpoint_services_by_creation ON endpoint_services (project_id, created_at, id);
CREATE INDEX endpoint_services_by_update ON endpoint_services (project_id, updated_at, id);
-- What was deleted stays until the last entry of its whitelist is taken away.
CREATE INDEX endpoint_services_deleted ON endpoint_services (id) WHERE state = 'deleting';

-- expires_at is the largest BIGINT for an entry that does not expire: then it
-- needs no exception, neither in conditions nor in sorting. search is what is
-- searched, in lower case.
CREATE TABLE permissions (
    id          TEXT PRIMARY KEY,
    service_id  TEXT NOT NULL REFERENCES endpoint_services (id) ON DELETE CASCADE,
    permission  TEXT NOT NULL,
    description TEXT NOT NULL,
    search      TEXT NOT NULL,
    reason      TEXT NOT NULL,
    expires_at  BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    created_by  TEXT NOT NULL,
    updated_at  BIGINT NOT NULL,
    updated_by  TEXT NOT NULL,
    UNIQUE (service_id, permission)
);
CREATE INDEX permissions_by_creation ON permissions (service_id, created_at, id);
CREATE INDEX permissions_by_update ON permissions (service_id, updated_at, id);
CREATE INDEX permissions_by_expiry ON permissions (service_id, expires_at, id);
-- Only entries that expire are in it.
CREATE INDEX permissions_due ON permissions (expires_at, service_id) WHERE expires_at < 9223372036854775807;

-- drafts are what is to be added, as packed JSON, and refused what was not, as
-- JSON; the first done of them have been looked at. ended_at is 0 while it goes
-- on.
CREATE TABLE permission_additions (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    service_id TEXT NOT NULL REFERENCES endpoint_services (id) ON DELETE CASCADE,
    actor      TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL,
    stopped    BOOLEAN NOT NULL,
    total      BIGINT NOT NULL,
    done       BIGINT NOT NULL,
    added      BIGINT NOT NULL,
    drafts     TEXT NOT NULL,
    refused    TEXT NOT NULL
);
CREATE INDEX permission_additions_service ON permission_additions (service_id, id);
CREATE INDEX permission_additions_open ON permission_additions (started_at, project_id) WHERE ended_at = 0;

-- An endpoint is its project's, and a connection for whose service it is.
CREATE TABLE endpoints (
    id           TEXT PRIMARY KEY,
    marker       BIGINT NOT NULL,
    project_id   TEXT NOT NULL REFERENCES projects (id),
    account_id   TEXT NOT NULL,
    service_id   TEXT NOT NULL REFERENCES endpoint_services (id),
    service_name TEXT NOT NULL,
    vpc_id       TEXT NOT NULL,
    subnet_id    TEXT NOT NULL,
    description  TEXT NOT NULL,
    tags         TEXT NOT NULL,
    state        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    created_by   TEXT NOT NULL,
    updated_at   BIGINT NOT NULL,
    updated_by   TEXT NOT NULL
);
CREATE INDEX endpoints_by_creation ON endpoints (project_id, created_at, id);
CREATE INDEX endpoints_by_update ON endpoints (project_id, updated_at, id);
CREATE INDEX endpoints_service_creation ON endpoints (service_id, created_at, id);
CREATE INDEX endpoints_service_update ON endpoints (service_id, updated_at, id);
CREATE INDEX endpoints_service_state ON endpoints (service_id, state);

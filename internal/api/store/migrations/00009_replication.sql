-- +goose Up
-- A project is in a region; '' is the one that the console itself is in.
ALTER TABLE projects ADD COLUMN region TEXT NOT NULL DEFAULT '';

-- A region is where objects are kept. settings is JSON without secrets, sealed what
-- signs in; bandwidth is in bytes per second, 0 for no bound.
CREATE TABLE regions (
    name       TEXT PRIMARY KEY,
    settings   TEXT NOT NULL,
    sealed     TEXT NOT NULL,
    bandwidth  BIGINT NOT NULL CHECK (bandwidth >= 0),
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    version    BIGINT NOT NULL
);

CREATE TABLE policies (
    id          TEXT PRIMARY KEY,
    project_id  TEXT NOT NULL REFERENCES projects (id),
    name        TEXT NOT NULL,
    search      TEXT NOT NULL,
    description TEXT NOT NULL,
    parameters  TEXT NOT NULL,
    tags        TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    created_by  TEXT NOT NULL,
    updated_at  BIGINT NOT NULL,
    updated_by  TEXT NOT NULL,
    version     BIGINT NOT NULL,
    UNIQUE (project_id, name)
);
CREATE INDEX policies_by_name ON policies (project_id, name, id, search);
CREATE INDEX policies_by_creation ON policies (project_id, created_at, id);
CREATE INDEX policies_by_update ON policies (project_id, updated_at, id);

-- A resource belongs to one policy of its project. Its id is what the dialect calls
-- the id of a server; path is a folder, or an object, of the project's region.
CREATE TABLE policy_resources (
    project_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    policy_id  TEXT NOT NULL REFERENCES policies (id) ON DELETE CASCADE,
    position   BIGINT NOT NULL,
    type       TEXT NOT NULL,
    name       TEXT NOT NULL,
    path       TEXT NOT NULL,
    adopt      BOOLEAN NOT NULL,
    extra      TEXT NOT NULL,
    PRIMARY KEY (project_id, id)
);
CREATE INDEX policy_resources_of ON policy_resources (policy_id, position);

-- next_at is when an operation is due, 0 if it is not on a schedule.
CREATE TABLE policy_operations (
    id          TEXT PRIMARY KEY,
    project_id  TEXT NOT NULL,
    policy_id   TEXT NOT NULL REFERENCES policies (id) ON DELETE CASCADE,
    position    BIGINT NOT NULL,
    trigger_id  TEXT NOT NULL,
    type        TEXT NOT NULL CHECK (type IN ('backup', 'replication')),
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    enabled     BOOLEAN NOT NULL,
    pattern     TEXT NOT NULL,
    definition  TEXT NOT NULL,
    start_at    BIGINT NOT NULL,
    next_at     BIGINT NOT NULL
);
CREATE INDEX policy_operations_of ON policy_operations (policy_id, position);
CREATE INDEX policy_operations_due ON policy_operations (next_at, project_id) WHERE next_at > 0;

-- A checkpoint is one run of a policy's backup; policy_id stays when the policy is
-- gone, and is '' for one resource alone. driver is which process works it, until
-- driven_until.
CREATE TABLE checkpoints (
    id           TEXT PRIMARY KEY,
    project_id   TEXT NOT NULL REFERENCES projects (id),
    region       TEXT NOT NULL,
    policy_id    TEXT NOT NULL,
    policy_name  TEXT NOT NULL,
    name         TEXT NOT NULL,
    description  TEXT NOT NULL,
    resources    TEXT NOT NULL,
    auto         BOOLEAN NOT NULL,
    actor        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL,
    message      TEXT NOT NULL,
    driver       TEXT NOT NULL,
    driven_until BIGINT NOT NULL
);
CREATE INDEX checkpoints_of_policy ON checkpoints (project_id, policy_id, id);
CREATE UNIQUE INDEX checkpoints_under_way ON checkpoints (policy_id) WHERE ended_at = 0 AND policy_id <> '';
CREATE INDEX checkpoints_due ON checkpoints (driven_until, project_id) WHERE ended_at = 0;

-- A backup is one object; archive says that it is a tar of a folder. kind is 'backup'
-- or 'replication'; adopted ones lie where
-- somebody else put them, and tag is what they were like then. sum is the SHA-256 of
-- the content in hex, '' until it was read. created_at is when what it holds was
-- backed up: a replica has that of its source.
CREATE TABLE backups (
    id            TEXT PRIMARY KEY,
    project_id    TEXT NOT NULL REFERENCES projects (id),
    region        TEXT NOT NULL,
    checkpoint_id TEXT NOT NULL,
    policy_id     TEXT NOT NULL,
    resource_id   TEXT NOT NULL,
    resource_name TEXT NOT NULL,
    path          TEXT NOT NULL,
    name          TEXT NOT NULL,
    search        TEXT NOT NULL,
    description   TEXT NOT NULL,
    status        TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('backup', 'replication')),
    adopted       BOOLEAN NOT NULL,
    archive       BOOLEAN NOT NULL,
    auto          BOOLEAN NOT NULL,
    object_key    TEXT NOT NULL,
    tag           TEXT NOT NULL,
    size          BIGINT NOT NULL CHECK (size >= 0),
    sum           TEXT NOT NULL,
    bytes         BIGINT NOT NULL,
    fault         TEXT NOT NULL,
    tags          TEXT NOT NULL,
    copy_from     TEXT NOT NULL,
    source_id     TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    finished_at   BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    version       BIGINT NOT NULL,
    CHECK (kind = 'backup' OR source_id <> '')
);
CREATE INDEX backups_by_creation ON backups (project_id, created_at, id, search);
CREATE INDEX backups_by_name ON backups (project_id, name, id, search);
CREATE INDEX backups_by_update ON backups (project_id, updated_at, id, search);
CREATE INDEX backups_by_size ON backups (project_id, size, id, search);
CREATE INDEX backups_by_status ON backups (project_id, status, created_at, id);
CREATE INDEX backups_of_policy ON backups (policy_id, created_at, id);
CREATE INDEX backups_of_checkpoint ON backups (checkpoint_id, status, size);
CREATE INDEX backups_expiring ON backups (expires_at, project_id) WHERE expires_at > 0;
CREATE INDEX backups_to_delete ON backups (project_id, id) WHERE status = 'deleting';
CREATE UNIQUE INDEX backups_adopted ON backups (project_id, region, object_key, tag) WHERE adopted;

-- A run replicates the backups of a policy, or one of them (policy_id ''), to a
-- destination. Its figures are those of its records: a record that ends moves them in
-- the same transaction. At most one by hand, and one on a schedule, of a policy is
-- under way.
CREATE TABLE replication_runs (
    id             TEXT PRIMARY KEY,
    project_id     TEXT NOT NULL REFERENCES projects (id),
    policy_id      TEXT NOT NULL,
    policy_name    TEXT NOT NULL,
    source_region  TEXT NOT NULL,
    region         TEXT NOT NULL,
    destination_id TEXT NOT NULL,
    accelerate     BOOLEAN NOT NULL,
    auto           BOOLEAN NOT NULL,
    retry_of       TEXT NOT NULL,
    actor          TEXT NOT NULL,
    started_at     BIGINT NOT NULL,
    ended_at       BIGINT NOT NULL,
    stopped_by     TEXT NOT NULL,
    total          BIGINT NOT NULL,
    succeeded      BIGINT NOT NULL,
    failed         BIGINT NOT NULL,
    skipped        BIGINT NOT NULL,
    total_bytes    BIGINT NOT NULL,
    bytes          BIGINT NOT NULL,
    rate           BIGINT NOT NULL,
    seen_at        BIGINT NOT NULL,
    driver         TEXT NOT NULL,
    driven_until   BIGINT NOT NULL,
    CHECK (succeeded + failed + skipped <= total)
);
CREATE INDEX replication_runs_of_project ON replication_runs (project_id, id);
CREATE INDEX replication_runs_of_policy ON replication_runs (project_id, policy_id, id);
CREATE UNIQUE INDEX replication_runs_under_way ON replication_runs (policy_id, auto) WHERE ended_at = 0 AND policy_id <> '';
CREATE INDEX replication_runs_due ON replication_runs (driven_until, project_id) WHERE ended_at = 0;

-- One backup on its way. present is true while a replica is expected or there, so
-- that there is one for each backup and region; it is false when the copy failed, was
-- skipped, or was deleted later. resume is what a copy that was cut off goes on from.
-- retry_at is when it is tried again or, of one that failed or was skipped, when what
-- it left at the destination is removed.
CREATE TABLE replication_records (
    id                     TEXT PRIMARY KEY,
    run_id                 TEXT NOT NULL REFERENCES replication_runs (id) ON DELETE CASCADE,
    project_id             TEXT NOT NULL,
    policy_id              TEXT NOT NULL,
    status                 TEXT NOT NULL CHECK (status IN ('waiting_replicate', 'replicating', 'success', 'fail', 'skip')),
    present                BOOLEAN NOT NULL,
    backup_id              TEXT NOT NULL,
    backup_name            TEXT NOT NULL,
    resource_name          TEXT NOT NULL,
    checkpoint_id          TEXT NOT NULL,
    backup_at              BIGINT NOT NULL,
    source_region          TEXT NOT NULL,
    region                 TEXT NOT NULL,
    destination_id         TEXT NOT NULL,
    replica_checkpoint_id  TEXT NOT NULL,
    replica_id             TEXT NOT NULL,
    replica_name           TEXT NOT NULL,
    replica_description    TEXT NOT NULL,
    auto                   BOOLEAN NOT NULL,
    size                   BIGINT NOT NULL,
    bytes                  BIGINT NOT NULL,
    attempts               BIGINT NOT NULL,
    created_at             BIGINT NOT NULL,
    began_at               BIGINT NOT NULL,
    ended_at               BIGINT NOT NULL,
    updated_at             BIGINT NOT NULL,
    retry_at               BIGINT NOT NULL,
    fault                  TEXT NOT NULL,
    log                    TEXT NOT NULL,
    resume                 TEXT NOT NULL,
    CHECK (present = (status IN ('waiting_replicate', 'replicating')) OR status = 'success'),
    CHECK ((ended_at > 0) = (status IN ('success', 'fail', 'skip'))),
    CHECK (status <> 'success' OR bytes = size)
);
CREATE UNIQUE INDEX replication_records_once ON replication_records (backup_id, region) WHERE present;
CREATE INDEX replication_records_of_run ON replication_records (project_id, run_id, id);
CREATE INDEX replication_records_by_status ON replication_records (run_id, status, id);
CREATE INDEX replication_records_of_project ON replication_records (project_id, id);
CREATE INDEX replication_records_of_policy ON replication_records (project_id, policy_id, id);
CREATE INDEX replication_records_of_backup ON replication_records (project_id, backup_id, region, status);
CREATE INDEX replication_records_of_replica ON replication_records (replica_id);
CREATE INDEX replication_records_left ON replication_records (retry_at, project_id, run_id) WHERE retry_at > 0 AND ended_at > 0;

-- How far a policy and a destination are in step: all backups of the policy until
-- synced_at have a replica there. Written when a run ends.
CREATE TABLE replication_syncs (
    project_id     TEXT NOT NULL,
    policy_id      TEXT NOT NULL REFERENCES policies (id) ON DELETE CASCADE,
    region         TEXT NOT NULL,
    destination_id TEXT NOT NULL,
    synced_at      BIGINT NOT NULL,
    run_id         TEXT NOT NULL,
    updated_at     BIGINT NOT NULL,
    PRIMARY KEY (policy_id, region)
);
CREATE INDEX replication_syncs_of_project ON replication_syncs (project_id, policy_id);

-- +goose Up
CREATE TABLE functions (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    package    TEXT NOT NULL,
    name       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    version    BIGINT NOT NULL,
    UNIQUE (project_id, package, name)
);
CREATE INDEX functions_by_name ON functions (project_id, name, id);
CREATE INDEX functions_by_creation ON functions (project_id, created_at, id);
CREATE INDEX functions_by_update ON functions (project_id, updated_at, id);

-- The version "latest" is a row like any other; of the others only upstream changes,
-- and published_upstream is what that was when they were published.
CREATE TABLE function_versions (
    function_id        TEXT NOT NULL REFERENCES functions (id) ON DELETE CASCADE,
    name               TEXT NOT NULL,
    description        TEXT NOT NULL,
    config             TEXT NOT NULL,
    code               TEXT NOT NULL,
    upstream           TEXT NOT NULL,
    published_upstream TEXT NOT NULL DEFAULT '',
    created_at         BIGINT NOT NULL,
    created_by         TEXT NOT NULL,
    updated_at         BIGINT NOT NULL,
    updated_by         TEXT NOT NULL,
    PRIMARY KEY (function_id, name)
);

-- The rules of an alias hold here, too, whatever writes. slot numbers the aliases
-- of a function, so that there cannot be more than ten. Its function's names never
-- change, and stand here to be sorted by. additional is null without a gray
-- release; else either weight or rules are set, rules as a JSON list of one to
-- twenty: each has a rule_type. SQLite needs to be told which numbers are whole.
CREATE TABLE aliases (
    id            TEXT PRIMARY KEY,
    project_id    TEXT NOT NULL REFERENCES projects (id),
    function_id   TEXT NOT NULL REFERENCES functions (id),
    package       TEXT NOT NULL,
    function_name TEXT NOT NULL,
    slot          BIGINT NOT NULL CHECK (slot BETWEEN 1 AND 10 AND slot = CAST(slot AS BIGINT)),
    name          TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    search        TEXT NOT NULL,
    description   TEXT NOT NULL CHECK (length(description) <= 512),
    main          TEXT NOT NULL,
    additional    TEXT,
    weight        BIGINT,
    rules         TEXT,
    combine       TEXT NOT NULL CHECK (combine IN ('', 'and', 'or')),
    sticky        TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    created_by    TEXT NOT NULL,
    updated_at    BIGINT NOT NULL,
    updated_by    TEXT NOT NULL,
    version       BIGINT NOT NULL,
    UNIQUE (function_id, slot),
    UNIQUE (function_id, name),
    UNIQUE (function_id, main),
    FOREIGN KEY (function_id, main) REFERENCES function_versions (function_id, name),
    FOREIGN KEY (function_id, additional) REFERENCES function_versions (function_id, name),
    CHECK (additional <> main AND additional <> 'latest'),
    CHECK ((additional IS NULL) = (weight IS NULL AND rules IS NULL)),
    CHECK (weight IS NULL OR rules IS NULL),
    CHECK (weight BETWEEN 0 AND 100 AND weight = CAST(weight AS BIGINT)),
    CHECK (rules LIKE '[{%}]'),
    CHECK (length(rules) - length(replace(rules, '"rule_type":', '')) BETWEEN 12 AND 20 * 12)
);
CREATE INDEX aliases_by_name ON aliases (project_id, name, id, search);
CREATE INDEX aliases_by_function ON aliases (project_id, function_name, name, id, search);
CREATE INDEX aliases_by_update ON aliases (project_id, updated_at, id, search);
CREATE INDEX aliases_gray_by_name ON aliases (project_id, name, id, search) WHERE additional IS NOT NULL;
CREATE INDEX aliases_gray_by_function ON aliases (project_id, function_name, name, id, search) WHERE additional IS NOT NULL;
CREATE INDEX aliases_gray_by_update ON aliases (project_id, updated_at, id, search) WHERE additional IS NOT NULL;
CREATE INDEX aliases_additional ON aliases (function_id, additional);

-- At most one ramp of an alias is under way. next_at is 0 while a ramp waits for
-- somebody; actor is who started it, as JSON, on whose behalf steps are taken.
CREATE TABLE ramps (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    alias_id   TEXT NOT NULL REFERENCES aliases (id) ON DELETE CASCADE,
    main       TEXT NOT NULL,
    additional TEXT NOT NULL,
    steps      TEXT NOT NULL,
    promote    BOOLEAN NOT NULL,
    state      TEXT NOT NULL,
    step       BIGINT NOT NULL,
    since      BIGINT NOT NULL,
    next_at    BIGINT NOT NULL,
    actor      TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    started_by TEXT NOT NULL,
    ended_at   BIGINT NOT NULL,
    ended_by   TEXT NOT NULL,
    message    TEXT NOT NULL,
    CHECK ((ended_at = 0) = (state IN ('running', 'paused'))),
    CHECK (next_at = 0 OR state = 'running')
);
CREATE UNIQUE INDEX ramps_under_way ON ramps (alias_id) WHERE ended_at = 0;
CREATE INDEX ramps_of_alias ON ramps (alias_id, id);
CREATE INDEX ramps_due ON ramps (next_at, project_id) WHERE next_at > 0;

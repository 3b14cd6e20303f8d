-- One table. `body` is the truth, the other columns are read from it and serve queries only.
CREATE TABLE IF NOT EXISTS record (
    seq   INTEGER PRIMARY KEY,
    hash  BLOB NOT NULL CHECK (length(hash) = 32),
    mac   BLOB NOT NULL CHECK (length(mac) = 32),
    body  TEXT NOT NULL,
    kind  TEXT GENERATED ALWAYS AS (json_extract(body, '$.kind')) VIRTUAL,
    act   TEXT GENERATED ALWAYS AS (json_extract(body, '$.act')) VIRTUAL,
    actor TEXT GENERATED ALWAYS AS (json_extract(body, '$.actor')) VIRTUAL,
    obj   TEXT GENERATED ALWAYS AS (json_extract(body, '$.obj')) VIRTUAL,
    cmd   TEXT GENERATED ALWAYS AS (json_extract(body, '$.cmd')) VIRTUAL,
    wall  TEXT GENERATED ALWAYS AS (json_extract(body, '$.wall')) VIRTUAL
);
CREATE INDEX IF NOT EXISTS record_actor ON record (actor);
CREATE INDEX IF NOT EXISTS record_obj ON record (obj);
CREATE INDEX IF NOT EXISTS record_open ON record (cmd) WHERE kind IN ('asked', 'ended');

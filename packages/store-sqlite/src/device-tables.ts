/** The step that makes the device tables of `state/claw.db`. */
export const deviceTables = `
  CREATE TABLE devices (
    id TEXT PRIMARY KEY NOT NULL,
    tenant TEXT NOT NULL,
    owner TEXT NOT NULL,
    owner_kind TEXT NOT NULL,
    profile TEXT NOT NULL,
    label TEXT,
    via TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX devices_of_tenant ON devices (tenant, last_seen_at);

  CREATE TABLE device_grants (
    device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    scopes TEXT NOT NULL,
    approved_at INTEGER NOT NULL,
    offered TEXT,
    PRIMARY KEY (device, role)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE device_tokens (
    hash TEXT PRIMARY KEY NOT NULL,
    device TEXT NOT NULL,
    role TEXT NOT NULL,
    scopes TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    FOREIGN KEY (device, role) REFERENCES device_grants (device, role) ON DELETE CASCADE
  ) STRICT;
  CREATE INDEX device_tokens_of_grant ON device_tokens (device, role);

  CREATE TABLE device_requests (
    id TEXT PRIMARY KEY NOT NULL,
    tenant TEXT NOT NULL,
    owner TEXT,
    device TEXT NOT NULL UNIQUE,
    profile TEXT NOT NULL,
    role TEXT NOT NULL,
    scopes TEXT NOT NULL,
    reason TEXT NOT NULL,
    network TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `;

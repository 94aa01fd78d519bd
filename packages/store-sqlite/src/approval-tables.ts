/** The step that makes the table of approvals of `state/claw.db`. Of one call and digest there is one. */
export const approvalTables = `
  CREATE TABLE approvals (
    id TEXT PRIMARY KEY NOT NULL,
    tenant TEXT NOT NULL,
    owner TEXT NOT NULL,
    run TEXT,
    call TEXT,
    agent TEXT NOT NULL,
    session TEXT NOT NULL,
    action TEXT NOT NULL,
    input TEXT NOT NULL,
    digest TEXT NOT NULL,
    rule TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    decision TEXT,
    answered_by TEXT,
    answered_at INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX approvals_of_call ON approvals (run, call, digest) WHERE run IS NOT NULL;
  CREATE INDEX approvals_in_order ON approvals (tenant, created_at);
  CREATE INDEX approvals_waiting ON approvals (created_at) WHERE answered_at IS NULL;
  CREATE INDEX approvals_granted ON approvals (session, digest) WHERE decision = 'allow-always';
`;

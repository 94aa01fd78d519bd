/**
 * The step that makes of the table of approvals of `state/claw.db` one of all that waits for people. Of one call and
 * digest there is one of each kind. An `allow-always` counts for as long as it is there.
 */
export const askTables = `
  DROP INDEX approvals_of_call;
  DROP INDEX approvals_in_order;
  DROP INDEX approvals_waiting;
  DROP INDEX approvals_granted;
  ALTER TABLE approvals RENAME TO asks;
  ALTER TABLE asks RENAME COLUMN decision TO answer;
  ALTER TABLE asks ADD COLUMN kind TEXT NOT NULL DEFAULT 'approval';
  ALTER TABLE asks ADD COLUMN subject TEXT NOT NULL DEFAULT '{}';
  UPDATE asks SET
    subject = json_object('action', action, 'input', json(input), 'rule', rule, 'reason', reason),
    answer = iif(answer IS NULL, NULL, json_quote(answer));
  ALTER TABLE asks DROP COLUMN action;
  ALTER TABLE asks DROP COLUMN input;
  ALTER TABLE asks DROP COLUMN rule;
  ALTER TABLE asks DROP COLUMN reason;
  CREATE UNIQUE INDEX asks_of_call ON asks (kind, run, call, digest) WHERE run IS NOT NULL;
  CREATE INDEX asks_in_order ON asks (kind, tenant, created_at);
  CREATE INDEX asks_waiting ON asks (kind, created_at) WHERE answered_at IS NULL;
  CREATE INDEX asks_answered ON asks (kind, answered_at) WHERE answered_at IS NOT NULL;
  CREATE INDEX asks_granted ON asks (session, digest) WHERE answer = '"allow-always"';
`;

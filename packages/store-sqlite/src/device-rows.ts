import type { Device, DeviceGrant, DeviceRequest } from "@claw/core";
import type { DeviceStatements } from "./device-statements.ts";

export type DeviceRow = NonNullable<ReturnType<DeviceStatements["device"]["get"]>>;
export type RequestRow = NonNullable<ReturnType<DeviceStatements["requestOf"]["get"]>>;

export function deviceFrom(row: DeviceRow, statements: DeviceStatements): Device {
  const { tenant: _, ownerKind: __, profile, label, ...rest } = row;
  const grants = statements.grants.all({ id: row.id }).map((grant): DeviceGrant => {
    const { role, scopes, approvedAt, offered } = grant;
    const token = statements.tokens.all({ id: row.id, role }).at(-1);
    const held = token && { scopes: token.scopes, issuedAt: token.issuedAt };
    return { role, scopes, approvedAt, ...(held && { token: held }), ...(offered && { offered }) };
  });
  return { ...profile, ...rest, ...(label === null ? {} : { label }), grants };
}

export function requestFrom({ tenant: _, owner, profile, ...rest }: RequestRow): DeviceRequest {
  return { ...profile, ...rest, ...(owner === null ? {} : { owner }) };
}

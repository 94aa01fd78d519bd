import type { SessionRow } from "@claw/protocol";
import { useGateway } from "../gateway/context.tsx";

/** Id of the user whose chat it is, when that is somebody else. */
export function otherOwner(
  row: Pick<SessionRow, "ownerId"> | undefined,
  userId: string | undefined,
): string | undefined {
  return userId === undefined || row?.ownerId === userId ? undefined : row?.ownerId;
}

/** See {@link otherOwner}, for whoever is signed in. */
export function useOtherOwner(row: Pick<SessionRow, "ownerId"> | undefined): string | undefined {
  const { connection } = useGateway();
  return otherOwner(row, connection.hello?.auth.userId);
}

import type { ReactElement } from "react";
import { useGateway } from "../gateway/context.tsx";
import { forgetSignedIn } from "../gateway/kept-device.ts";
import { Button } from "../ui/button.tsx";

/** Who is in front of the page, as the gateway knows them, and the way out. */
export function SignedInAs(): ReactElement | null {
  const { connection } = useGateway();
  const userId = connection.hello?.auth.userId;
  if (userId === undefined) return null;
  return (
    <div className="flex items-center justify-between gap-3 border-t pt-2.5">
      <p className="min-w-0 truncate">
        <span className="text-soft">Signed in as</span> {userId}
      </p>
      <Button onClick={() => void signOut()}>Sign out</Button>
    </div>
  );
}

/** A fresh page knows nothing of who was here. */
async function signOut(): Promise<void> {
  await forgetSignedIn(localStorage);
  sessionStorage.clear();
  location.replace(location.pathname);
}

import type { ReactElement } from "react";
import { useRequest } from "../gateway/queries.ts";
import { useChange } from "../gateway/use-change.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { AccessSelect } from "./access-select.tsx";
import { AddMember } from "./add-member.tsx";

/** The people of one chat: whose it is, who was let in and for what, and the way to change that. */
export function Members({ sessionKey }: { readonly sessionKey: string }): ReactElement {
  const { data, error } = useRequest("session.members.list", { sessionKey });
  const add = useChange("session.members.add", "session.members.list");
  const remove = useChange("session.members.remove", "session.members.list");
  const failure = add.error ?? remove.error ?? error;
  return (
    <>
      <ul aria-label="People of this chat" className="space-y-1">
        {data !== undefined && (
          <li className="flex h-9 items-center justify-between gap-2">
            <span className="min-w-0 truncate font-medium">{data.ownerId}</span>
            <span className="text-soft">owns it</span>
          </li>
        )}
        {data?.members.map(({ memberId, access }) => (
          <li key={memberId} className="flex h-9 items-center gap-1.5">
            <span className="min-w-0 flex-1 truncate font-medium">{memberId}</span>
            <AccessSelect
              label={`What ${memberId} may do`}
              value={access}
              onValue={(value) => add.mutate({ sessionKey, memberId, access: value })}
            />
            <Button
              kind="icon"
              aria-label={`Remove ${memberId}`}
              onClick={() => remove.mutate({ sessionKey, memberId })}
            >
              <Icon name="cross" />
            </Button>
          </li>
        ))}
      </ul>
      <AddMember
        busy={add.isPending}
        onAdd={(memberId, access, done) => add.mutate({ sessionKey, memberId, access }, { onSuccess: done })}
      />
      <p role="status" className="text-[13px] text-bad [overflow-wrap:anywhere] empty:hidden">
        {failure?.message}
      </p>
      <p className="text-[13px] text-soft">
        Whoever may read sees all of it, what was said before as well. Whoever may write also talks to its agent.
      </p>
    </>
  );
}

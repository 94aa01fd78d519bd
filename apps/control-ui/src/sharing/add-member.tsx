import { type ReactElement, useId, useState } from "react";
import { useGateway } from "../gateway/context.tsx";
import { useRequest } from "../gateway/queries.ts";
import { Button } from "../ui/button.tsx";
import { AccessSelect, type MemberAccess } from "./access-select.tsx";

interface AddMemberProps {
  readonly busy: boolean;
  readonly onAdd: (memberId: string, access: MemberAccess, done: () => void) => void;
}

/** Lets one more person in, by their user id; only admins are told which there are. */
export function AddMember({ busy, onAdd }: AddMemberProps): ReactElement {
  const { connection } = useGateway();
  const isAdmin = connection.hello?.auth.scopes.includes("operator.admin") ?? false;
  const { data } = useRequest("users.list", {}, { enabled: isAdmin });
  const [memberId, setMemberId] = useState("");
  const [access, setAccess] = useState<MemberAccess>("read");
  const listId = useId();
  return (
    <form
      className="flex gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (memberId.trim() !== "") onAdd(memberId.trim(), access, () => setMemberId(""));
      }}
    >
      <input
        aria-label="User to let in"
        placeholder="User"
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        list={listId}
        value={memberId}
        onChange={(event) => setMemberId(event.target.value)}
        className="h-9 w-0 min-w-0 flex-1 rounded-lg border border-edge bg-paper px-2.5 text-sm"
      />
      <datalist id={listId}>
        {data?.users.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </datalist>
      <AccessSelect label="What they may do" value={access} onValue={setAccess} />
      <Button type="submit" disabled={busy || memberId.trim() === ""}>
        Add
      </Button>
    </form>
  );
}

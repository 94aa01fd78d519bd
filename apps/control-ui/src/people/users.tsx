import type { ReactElement } from "react";
import { useRequest } from "../gateway/queries.ts";
import { formatCount } from "../ui/format.ts";

/** Everybody who shares the gateway, with what each may do. */
export function Users(): ReactElement {
  const { data, error } = useRequest("users.list", {});
  return (
    <section aria-labelledby="users" className="mt-8">
      <h2 id="users" className="mb-2 font-semibold">
        People
      </h2>
      {error !== null && <p className="text-sm text-bad">{error.message}</p>}
      <ul className="space-y-2 text-sm">
        {data?.users.map(({ id, name, role, scopes, sessions }) => (
          <li key={id} className="rounded-xl border bg-raised px-3.5 py-2.5">
            <p className="flex items-baseline justify-between gap-3">
              <span className="min-w-0 truncate font-medium">
                {name ?? id} {name !== undefined && <span className="font-normal text-soft">{id}</span>}
              </span>
              <span className="shrink-0 text-soft">{role}</span>
            </p>
            <p className="text-[13px] text-soft">
              {scopes.length === 0 ? "may do nothing" : scopes.join(", ")} · {formatCount(sessions, "chat")}
            </p>
          </li>
        ))}
      </ul>
      <p className="mt-3 text-[13px] text-soft">
        People are added in the configuration; <code>claw users password</code> gives one of them a password.
      </p>
    </section>
  );
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useGateway } from "../gateway/context.tsx";
import { useHealth } from "../gateway/queries.ts";
import { Button } from "../ui/button.tsx";

/** Says why the gateway is in safe mode and what waits, and offers the way out. */
export function SafeModeBanner(): ReactElement | null {
  const { connection } = useGateway();
  const queries = useQueryClient();
  const { data } = useHealth();
  const leave = useMutation({
    mutationFn: () => connection.request("safe-mode.off", {}),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["health"] }),
  });
  if (data?.safeMode === undefined) return null;
  const { reason, parkedCount } = data.safeMode;
  return (
    <div role="alert" className="rise flex shrink-0 items-center gap-3 border-b bg-tint px-4 py-1.5 text-sm">
      <p className="min-w-0 flex-1">
        <strong className="font-medium">Safe mode.</strong> {reason}{" "}
        <span className="text-soft">
          Channels are off. Unfinished turns that wait: {parkedCount}.
          {leave.error !== null && ` It could not be left: ${leave.error.message}`}
        </span>
      </p>
      <Button disabled={leave.isPending} onClick={() => leave.mutate()}>
        Leave safe mode
      </Button>
    </div>
  );
}

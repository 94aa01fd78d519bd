import type { MethodName, Params, Result } from "@claw/protocol";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useGateway } from "./context.tsx";

/** Changes something, after which the `affected` methods are asked again. */
export function useChange<Method extends MethodName>(
  method: Method,
  ...affected: readonly MethodName[]
): UseMutationResult<Result<Method>, Error, Params<Method>> {
  const { connection } = useGateway();
  const queries = useQueryClient();
  return useMutation<Result<Method>, Error, Params<Method>>({
    mutationFn: (params) => connection.request(method, params),
    onSettled: () => Promise.all(affected.map((name) => queries.invalidateQueries({ queryKey: [name] }))),
  });
}

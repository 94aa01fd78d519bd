import { z } from "zod";
import type { InvokeRequest } from "../invoke-tool.ts";
import { readBody } from "./read-body.ts";

const name = z.string().min(1).max(200);

export const invokeRequest = z
  .strictObject({
    tool: name.optional(),
    /** Another word for `tool`. */
    name: name.optional(),
    /** Put into `args` as its `action`. */
    action: z.string().max(200).optional(),
    args: z.record(z.string(), z.unknown()).default({}),
    sessionKey: z.string().min(1).max(4_096).optional(),
    agentId: z.string().min(1).max(200).optional(),
    idempotencyKey: z.string().min(1).max(256).optional(),
  })
  .refine(({ tool, name }) => (tool === undefined) !== (name === undefined), {
    path: ["tool"],
    message: "expected the name of one tool, in tool or in name",
  });

/** Reads a request's body; a string is what is wrong with it. */
export async function readInvokeRequest(request: Pick<Request, "json">): Promise<InvokeRequest | string> {
  const body = await readBody(request, invokeRequest);
  if (typeof body === "string") return body;
  const { tool = body.name ?? "", action, args, sessionKey, agentId, idempotencyKey } = body;
  return {
    tool,
    args: action === undefined ? args : { ...args, action },
    sessionKey,
    agentId,
    idempotencyKey,
  };
}

import type { z } from "zod";

/** A request's body; a string is what is wrong with it. */
export async function readBody<Body extends object>(
  request: Pick<Request, "json">,
  schema: z.ZodType<Body>,
): Promise<Body | string> {
  const body: unknown = await request.json().catch(() => undefined);
  if (body === undefined) return "body: expected JSON";
  const parsed = schema.safeParse(body);
  return parsed.success ? parsed.data : describe(parsed.error.issues);
}

function describe(issues: readonly z.core.$ZodIssue[]): string {
  return issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.map(String).join(".") || "body"}: ${message}`)
    .join("; ");
}

/** An error body as OpenAI's clients read it. */
export function apiError(
  status: number,
  message: string,
  type: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json({ error: { message, type, code: type } }, { status, headers });
}

export interface ApiErrorOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** The run that failed, to look it up in the journal. */
  readonly runId?: string;
}

/** The body of an error as OpenAI's clients read it. */
export function errorBody(message: string, type: string, runId?: string): object {
  return { error: { message, type, code: type, param: null, ...(runId === undefined ? {} : { run_id: runId }) } };
}

export function apiError(status: number, message: string, type: string, options: ApiErrorOptions = {}): Response {
  const { headers = {}, runId } = options;
  const all = runId === undefined ? headers : { ...headers, "x-run-id": runId };
  return Response.json(errorBody(message, type, runId), { status, headers: all });
}

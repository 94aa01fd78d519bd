import { argv, directory, environment, user } from "./create-body.ts";
import { malformed } from "./refusal.ts";
import { boolean, integer, list, never, nullable, object } from "./slots.ts";
import type { Json } from "./strict-json.ts";

const consoleSize = nullable(list(integer(0, 10_000), 2));

const created = object({
  Cmd: argv,
  Env: nullable(environment),
  WorkingDir: directory,
  User: user,
  Tty: boolean,
  AttachStdin: boolean,
  AttachStdout: boolean,
  AttachStderr: boolean,
  Detach: boolean,
  ConsoleSize: consoleSize,
  Privileged: never,
  DetachKeys: never,
});

/** A command in a container, as its user or another that is not root, and never with more powers. */
export async function execBody(body: Json): Promise<Json> {
  const asked = created(body, "");
  if (asked.Cmd === undefined || asked.Cmd.length === 0) throw malformed("Cmd", "there is no Cmd");
  return {
    Cmd: asked.Cmd,
    Env: asked.Env ?? [],
    ...(asked.WorkingDir === undefined ? {} : { WorkingDir: asked.WorkingDir }),
    ...(asked.User === undefined ? {} : { User: asked.User }),
    Tty: asked.Tty ?? false,
    AttachStdin: asked.AttachStdin ?? false,
    AttachStdout: asked.AttachStdout ?? false,
    AttachStderr: asked.AttachStderr ?? false,
    Privileged: false,
  };
}

/** The last two are what dockerode tells itself. */
const started = object({ Detach: boolean, Tty: boolean, ConsoleSize: consoleSize, hijack: boolean, stdin: boolean });

export async function execStartBody(body: Json): Promise<Json> {
  const { Detach = false, Tty = false } = started(body, "");
  return { Detach, Tty };
}

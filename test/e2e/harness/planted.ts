import { execFile } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Forms in which a value may stand somewhere. */
function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  return [
    value,
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("hex"),
    JSON.stringify(value).slice(1, -1),
  ];
}

/** Files below these directories that hold one of the values in any form. What can't be read by a process stops it. */
export async function filesWith(values: readonly string[], directories: readonly string[]): Promise<readonly string[]> {
  const patterns = values.flatMap(formsOf).flatMap((form) => ["-e", form]);
  // Overlays of running containers are there once more, as they are put together; devices and sockets are no files.
  const where = ["-rlaF", "--devices=skip", "--exclude-dir=merged", ...patterns, "--", ...directories];
  const { stdout } = await run("grep", where, { maxBuffer: 2 ** 24 }).catch(
    (error: { code?: number; stdout: string }) => {
      // 1: nothing was found. 2: something went away meanwhile, or can't be read.
      if (error.code === 1 || error.code === 2) return error;
      throw error;
    },
  );
  return stdout.split("\n").filter((line) => line !== "");
}

/** Processes of this machine with one of the values in their environment or command line. */
export async function processesWith(values: readonly string[]): Promise<readonly string[]> {
  const forms = values.flatMap(formsOf);
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    for (const name of ["environ", "cmdline"]) {
      // It may have ended.
      const content = await readFile(`/proc/${pid}/${name}`, "latin1").catch(() => "");
      if (forms.some((form) => content.includes(form))) found.push(`${pid}/${name}`);
    }
  }
  return found;
}

/** What the engine answers to a GET. */
export async function engineSays(path: string): Promise<string> {
  const asking = request({ socketPath: "/var/run/docker.sock", path, agent: false }).end();
  const [response] = await once(asking, "response");
  return text(response);
}

/** Whether a text holds one of the values in any form. */
export const holds = (content: string, values: readonly string[]): boolean =>
  values.flatMap(formsOf).some((form) => content.includes(form));

import { setTimeout as delay } from "node:timers/promises";
import type { Tool, ToolResult } from "@claw/core";
import { z } from "zod";
import { keyBytes } from "./keys.ts";
import { type Processes, type StartedProcess, stateOf } from "./processes.ts";
import { failure } from "./results.ts";

const ACTIONS = ["list", "poll", "log", "write", "submit", "paste", "send-keys", "kill", "clear", "remove"] as const;

const input = z.strictObject({
  action: z.enum(ACTIONS),
  sessionId: z.string().max(20).optional().describe("the process, as p1; for all but list"),
  data: z.string().max(100_000).optional().describe("for write, submit (adds Enter), paste"),
  eof: z.boolean().optional().describe("write: then end the input"),
  keys: z.array(z.string().max(20)).max(100).optional().describe("send-keys: Enter, Up, C-c, M-x or a character"),
  offset: z.int().min(0).optional().describe("log: first line; default: the last lines"),
  limit: z.int().min(1).max(2_000).optional().describe("log: lines, default 200"),
  timeout: z.int().min(0).max(60_000).optional().describe("poll: ms to wait for news"),
});
type Input = z.infer<typeof input>;

const DEFAULT_LINES = 200;

/** Looks after the commands that `exec` left in the background. */
export function processTool(processes: Processes, maxOutputChars: number): Tool<Input> {
  type Act = (process: StartedProcess, input: Input, signal: AbortSignal) => ToolResult | Promise<ToolResult>;

  const poll: Act = async (process, { timeout = 0 }, signal) => {
    if (timeout > 0 && process.ending === undefined && process.log.length === process.read) {
      const timer = new AbortController();
      const waited = delay(timeout, undefined, { signal: AbortSignal.any([timer.signal, signal]) }).catch(() => {});
      await Promise.race([process.ended, process.log.next(), waited]);
      timer.abort();
    }
    const { text, from, next } = process.log.read(process.read, maxOutputChars);
    const gap = from > process.read ? `[… ${from - process.read} characters dropped …]\n` : "";
    const more = next < process.log.length ? "\n[there is more; poll again]" : "";
    process.read = next;
    return said(process, `${gap}${text}${more}`);
  };

  const send = async (process: StartedProcess, data: string): Promise<ToolResult> => {
    // It resolves when the program reads; one that doesn't is not waited for.
    await Promise.race([process.write(data), delay(1_000, undefined, { ref: false })]);
    return said(process, "sent");
  };

  const acts: Readonly<Record<Exclude<Input["action"], "list">, Act>> = {
    poll,
    log(process, { offset, limit = DEFAULT_LINES }) {
      const { text, from } = process.log.read(0, Number.POSITIVE_INFINITY);
      const lines = text.split("\n");
      if (lines.at(-1) === "") lines.pop();
      const first = Math.min(offset ?? Math.max(lines.length - limit, 0), lines.length);
      const page = lines.slice(first, first + limit);
      const dropped = from > 0 ? `, ${from} older characters dropped` : "";
      const body = page.join("\n");
      const cut = body.length > maxOutputChars ? `${body.slice(0, maxOutputChars)}\n[cut: ask for fewer lines]` : body;
      return said(process, `[lines ${first} to ${first + page.length} of ${lines.length}${dropped}]\n${cut}`);
    },
    async write(process, { data, eof }) {
      if (data === undefined && !eof) return failure("write needs data or eof");
      const sent = await send(process, data ?? "");
      if (eof) process.endInput();
      return sent;
    },
    submit: (process, { data = "" }) => send(process, `${data}\r`),
    paste: (process, { data }) =>
      data === undefined ? failure("paste needs data") : send(process, `\x1b[200~${data}\x1b[201~`),
    "send-keys"(process, { keys = [] }) {
      const bytes = keys.map(keyBytes);
      const unknown = keys.filter((_, index) => bytes[index] === undefined);
      if (unknown.length > 0 || keys.length === 0) {
        return failure(`Unknown keys: ${unknown.join(", ") || "none given"}. There are Enter, Tab, Up, C-c, M-x, F1 …`);
      }
      return send(process, bytes.join(""));
    },
    async kill(process) {
      process.told = true;
      process.signal("SIGKILL");
      await process.ended;
      return said(process, "");
    },
    clear: (process, _, __) => forget(process),
    async remove(process, given, signal) {
      await acts.kill(process, given, signal);
      return forget(process);
    },
  };

  const forget = (process: StartedProcess): ToolResult => {
    if (process.ending === undefined) return failure(`${process.id} is ${stateOf(process)}; kill or remove it`);
    return said(process, "forgotten");
  };

  return {
    name: "process",
    description: "Look after commands that exec left in the background.",
    input,
    async run(given, { session, signal }) {
      const known = processes.of(session);
      if (given.action === "list") {
        const lines = known.map((one) => `${one.id} ${stateOf(one)}: ${one.command.slice(0, 200)}`);
        return { output: lines.join("\n") || "No processes.", failed: false };
      }
      const process = known.find(({ id }) => id === given.sessionId);
      if (process === undefined) {
        const ids = known.map(({ id }) => id).join(", ") || "none";
        return failure(`There is no process "${given.sessionId ?? ""}". There are: ${ids}.`);
      }
      const result = await acts[given.action](process, given, signal);
      if (process.ending !== undefined) process.told = true;
      if (given.action === "clear" || given.action === "remove") processes.forget(session, process.id);
      return result;
    },
  };
}

function said(process: StartedProcess, text: string): ToolResult {
  const state = `[${process.id} ${stateOf(process)}]`;
  return {
    output: text === "" ? state : `${text.trimEnd()}\n${state}`,
    failed: false,
    details: { process: process.id, running: process.ending === undefined },
  };
}

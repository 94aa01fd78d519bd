import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OutputChunk, type SandboxLease, type ToolContext, type ToolResult, toolSpec } from "@claw/core";
import { virtualSandbox } from "@claw/sandbox-virtual";
import { afterEach, beforeEach, expect, test } from "vitest";
import { builtinTools } from "./index.ts";

let stateDir: string;
let lease: SandboxLease;
let progress: OutputChunk[];
let signal: AbortSignal;

beforeEach(async () => {
  progress = [];
  signal = new AbortController().signal;
  stateDir = await mkdtemp(join(tmpdir(), "claw-tools-"));
  lease = await virtualSandbox({ stateDir }).acquire({ key: "tools", workspace: { access: "none" }, network: "none" });
});

afterEach(async () => {
  await lease[Symbol.asyncDispose]();
  await rm(stateDir, { recursive: true, force: true });
});

/** As an agent calls it: the input is validated first. */
async function call(name: string, input: unknown, maxOutputChars = 16_000): Promise<ToolResult> {
  const tool = builtinTools({ maxOutputChars }).find((one) => one.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  const parsed = await tool.input["~standard"].validate(input);
  if (parsed.issues !== undefined) throw new Error(parsed.issues.map((issue) => issue.message).join("; "));
  const context: ToolContext = {
    run: "run",
    session: "session",
    agent: "main",
    principal: { id: "p", kind: "user", tenant: "local", scopes: ["write"], credential: "test" },
    sandbox: async () => lease.sandbox,
    ask: async () => undefined,
    goesOn() {},
    progress: (chunk) => progress.push(chunk),
    signal,
  };
  return tool.run(parsed.value, context);
}

const write = (path: string, content: string | Uint8Array) => lease.sandbox.writeFile(path, content);
const content = async (path: string) => Buffer.from((await lease.sandbox.readFile(path)) ?? []).toString();

test("the specs of all tools together are lean and closed", () => {
  const specs = builtinTools().map(toolSpec);
  expect(specs.map(({ name }) => name)).toEqual(["exec", "process", "read", "write", "edit", "ls", "ask_user"]);
  for (const { inputSchema } of specs) expect(inputSchema).toMatchObject({ additionalProperties: false });
  expect(JSON.stringify(specs).length).toBeLessThan(4_600);
});

test("unknown and missing inputs are refused", async () => {
  await expect(call("read", { path: "a", lines: 3 })).rejects.toThrow("lines");
  await expect(call("exec", {})).rejects.toThrow("string");
  await expect(call("exec", { command: "env", env: { "A=B": "c" } })).rejects.toThrow();
});

test("exec yields output, streams it and reports its details", async () => {
  const result = await call("exec", { command: 'echo "$GREETING"; pwd', cwd: "/tmp", env: { GREETING: "hi" } });
  expect(result).toMatchObject({
    output: "hi\n/tmp",
    failed: false,
    details: { exitCode: 0, timedOut: false, truncated: false, durationMs: expect.any(Number) },
  });
  expect(progress).toEqual([{ stream: "stdout", text: "hi\n/tmp\n" }]);
});

test("exec tells stderr and a failed exit code from output", async () => {
  const result = await call("exec", { command: "echo out; echo err >&2; exit 3" });
  expect([result.output, result.failed]).toEqual(["out\n[stderr]\nerr\n[exit code 3]", true]);
  expect((await call("exec", { command: "true" })).output).toBe("(no output)");
});

test("exec reports a timeout as a result and an abort as a rejection", async () => {
  const result = await call("exec", { command: "sleep 30", timeoutMs: 50 });
  expect(result).toMatchObject({ failed: true, details: { exitCode: 124, timedOut: true } });
  expect(result.output).toMatch(/\[timed out\]\n\[exit code 124\]$/);
  signal = AbortSignal.abort();
  await expect(call("exec", { command: "true" })).rejects.toMatchObject({ code: "SANDBOX_ABORTED" });
});

test("exec cuts long output of both streams to the limit", async () => {
  const result = await call("exec", { command: "seq 1 9000; seq 1 9000 >&2" }, 1_000);
  expect(result.output.length).toBeLessThan(1_200);
  expect(result.output).toMatch(/^1\n2\n[\s\S]*bytes dropped[\s\S]*\[stderr\][\s\S]*dropped[\s\S]*\n9000$/);
  expect(result.details).toMatchObject({ truncated: true });
});

test("read yields a file, or the lines asked for and how to go on", async () => {
  await write("notes.txt", "one\ntwo\nthree\n");
  expect(await call("read", { path: "notes.txt" })).toMatchObject({
    output: "one\ntwo\nthree",
    failed: false,
    provenance: { origins: ["file"], trust: "trusted", because: ["notes.txt"] },
  });
  const part = await call("read", { path: "/workspace/notes.txt", offset: 2, limit: 1 });
  expect(part.output).toBe("two\n[lines 2–2 of 3; go on with offset 3]");
  expect((await call("read", { path: "notes.txt", offset: 9 })).output).toContain("has 3 lines");
});

test("read goes through a long file in steps without losing a line", async () => {
  const lines = Array.from({ length: 500 }, (_, index) => `line ${index}`);
  await write("long.txt", lines.join("\n"));
  const seen: string[] = [];
  for (let offset = 1; offset <= lines.length; ) {
    const { output, details } = await call("read", { path: "long.txt", offset }, 1_000);
    expect(output.length).toBeLessThan(1_100);
    seen.push(...output.split("\n").filter((line) => line.startsWith("line")));
    offset = (details as { readonly lastLine: number }).lastLine + 1;
  }
  expect(seen).toEqual(lines);
});

test("read cuts a line that is longer than the limit", async () => {
  await write("wide.txt", `${"x".repeat(5_000)}\nnext`);
  const { output } = await call("read", { path: "wide.txt" }, 1_000);
  expect(output).toMatch(
    /^x{1000}\n\[… 4000 characters of this line dropped …\]\n\[lines 1–1 of 2; go on with offset 2\]$/,
  );
});

test("read names what it can't show", async () => {
  await write("image.png", Uint8Array.of(0x89, 0x50, 0, 1));
  await write("latin1.txt", Uint8Array.of(0x67, 0xfc));
  await write("big.txt", "x".repeat(5 * 1024 * 1024));
  await write("dir/empty", "");
  const outputs = [];
  for (const path of ["image.png", "latin1.txt", "big.txt", "dir", "missing", "../etc/passwd"]) {
    const { output, failed } = await call("read", { path });
    expect(failed).toBe(true);
    outputs.push(output);
  }
  expect(outputs).toEqual([
    expect.stringContaining("is binary (4 bytes)"),
    expect.stringContaining("is binary"),
    expect.stringContaining("5242880 bytes"),
    expect.stringContaining("no regular file"),
    expect.stringContaining("does not exist"),
    expect.stringContaining("leaves the workspace"),
  ]);
  expect(await call("read", { path: "dir/empty" })).toMatchObject({ output: "(empty file)", failed: false });
});

test("write creates a file with its directories and replaces it", async () => {
  expect(await call("write", { path: "a/b.txt", content: "é" })).toMatchObject({
    output: "wrote 2 bytes to a/b.txt",
    failed: false,
  });
  await call("write", { path: "a/b.txt", content: "" });
  expect(await content("a/b.txt")).toBe("");
  expect((await call("write", { path: "/etc/passwd", content: "" })).failed).toBe(true);
  expect((await call("write", { path: "a", content: "" })).output).toContain("no regular file");
});

test("edit replaces exactly one occurrence and takes the text literally", async () => {
  await write("code.ts", "\uFEFFconst a = 1;\nconst b = a.*;\n");
  expect((await call("edit", { path: "code.ts", oldText: "a.*", newText: "$& $1 a" })).output).toBe(
    "replaced once in code.ts",
  );
  expect(await content("code.ts")).toBe("\uFEFFconst a = 1;\nconst b = $& $1 a;\n");
});

test("edit refuses what is not there or not unique and changes nothing", async () => {
  await write("code.txt", "if (a) {\n\tb();\n}\nb();\r\n");
  const outputs = [];
  for (const oldText of ["absent", "if (a) { b();", "b();\n}\nb();\n", "b();"]) {
    const { output, failed } = await call("edit", { path: "code.txt", oldText, newText: "x" });
    expect(failed).toBe(true);
    outputs.push(output);
  }
  expect(outputs).toEqual([
    expect.stringContaining("copy the text exactly"),
    expect.stringContaining("other white space"),
    expect.stringContaining("\\r\\n"),
    expect.stringContaining("2 times"),
  ]);
  expect((await call("edit", { path: "code.txt", oldText: "a", newText: "a" })).output).toContain("same");
  expect((await call("edit", { path: "gone", oldText: "a", newText: "b" })).output).toContain("does not exist");
  expect(await content("code.txt")).toBe("if (a) {\n\tb();\n}\nb();\r\n");
});

test("edit replaces every occurrence when asked to", async () => {
  await write("list.txt", "a a a");
  expect(await call("edit", { path: "list.txt", oldText: "a", newText: "", replaceAll: true })).toMatchObject({
    output: "replaced 3 times in list.txt",
    details: { replacements: 3 },
  });
  expect(await content("list.txt")).toBe("  ");
});

test("ls tells directories, sizes and odd names apart", async () => {
  await write("b.txt", "12345");
  await write("a/inner", "");
  await write("new\nline", "");
  expect((await call("ls", {})).output).toBe('a/\nb.txt 5\n"new\\nline" 0');
  expect((await call("ls", { path: "a/inner" })).failed).toBe(true);
  expect((await call("ls", { path: ".." })).output).toContain("leaves the workspace");
  await lease.sandbox.run("mkdir empty");
  expect((await call("ls", { path: "empty" })).output).toBe("(empty directory)");
});

test("ls says how many entries it left out", async () => {
  await lease.sandbox.run("for i in $(seq 100 299); do touch file$i; done");
  const { output, details } = await call("ls", {}, 500);
  expect(output.length).toBeLessThan(600);
  expect(output).toMatch(/\[… 1\d\d more; list a part with exec …\]$/);
  expect(details).toEqual({ entries: 200 });
});

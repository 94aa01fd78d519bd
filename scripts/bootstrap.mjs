#!/usr/bin/env node
// The door of a checkout: makes sure of Node 24, pnpm, dependencies and a current build, then hands over to the program
// asked for. Plain JavaScript without dependencies, in the syntax of Node 18, because it runs before anything is installed.
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "./bootstrap/failure.mjs";
import { handOver } from "./bootstrap/hand-over.mjs";
import { withLock } from "./bootstrap/lock.mjs";
import { createProgress } from "./bootstrap/progress.mjs";
import { createToolchain } from "./bootstrap/toolchain.mjs";
import { createWorkspace } from "./bootstrap/workspace.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
/** Where the user stood: npm and pnpm run scripts from the root, and a relative path on the command line means this folder. */
const callerFolder = process.env.INIT_CWD ?? process.cwd();

const commands = {
  start: { builds: "apps", cwd: callerFolder, argv: [join(root, "apps/gateway/dist/main.js")] },
  claw: { builds: "apps", cwd: callerFolder, argv: [join(root, "apps/cli/dist/main.js")] },
  test: { builds: "all", cwd: root, argv: ["node_modules/vitest/vitest.mjs", "run"] },
  // The benchmark drives the built programs; only its own helpers are loaded from source.
  bench: { builds: "apps", cwd: root, argv: ["--conditions=@claw/source", "bench/src/main.ts"] },
  soak: { builds: "apps", cwd: root, argv: ["--conditions=@claw/source", "bench/src/soak.ts"] },
  // Any program, with the checkout's Node, pnpm and tools first on PATH and no build before it.
  exec: { builds: undefined, cwd: root, argv: undefined },
};

async function prepare(builds) {
  const toolchain = createToolchain(root);
  const workspace = createWorkspace(root);
  const isReady = () => toolchain.isReady() && workspace.isInstalled() && workspace.isBuilt(builds);
  if (isReady()) return toolchain;
  await withLock(join(root, ".toolchain/lock"), createProgress(), async (progress) => {
    await toolchain.prepare(progress);
    await workspace.install(progress, toolchain);
    await workspace.build(builds, progress, toolchain);
  });
  return toolchain;
}

async function main([name, ...rest]) {
  const command = Object.hasOwn(commands, name ?? "") ? commands[name] : undefined;
  if (command === undefined) {
    throw new Failure(`Usage: node scripts/bootstrap.mjs ${Object.keys(commands).join("|")} [arguments]`);
  }
  if (process.platform === "win32") {
    throw new Failure("Claw runs on Linux and macOS. On Windows, clone and start it inside WSL 2.");
  }
  // pnpm passes the separating `--` on, npm does not.
  const args = rest[0] === "--" ? rest.slice(1) : rest;
  const toolchain = await prepare(command.builds);
  const argv = command.argv === undefined ? args : [toolchain.node, ...command.argv, ...args];
  process.exitCode = await handOver(argv, { cwd: command.cwd, env: toolchain.environment() });
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error instanceof Failure ? error.message : error.stack}\n`);
  process.exitCode = 1;
});

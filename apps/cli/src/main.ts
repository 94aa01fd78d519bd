#!/usr/bin/env node
import { version } from "./version.ts";

const [first] = process.argv.slice(2);

if (first === "--version" || first === "-V") {
  process.stdout.write(`${version}\n`);
} else {
  const { cacheCompiledCode } = await import("./compile-cache.ts");
  cacheCompiledCode();
  const { runCommand } = await import("./run-command.ts");
  process.exitCode = await runCommand(process.argv);
}

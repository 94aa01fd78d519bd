import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT_INPUTS = [
  "package.json",
  "pnpm-lock.yaml",
  "pnpm-workspace.yaml",
  ".npmrc",
  "turbo.json",
  "tsconfig.base.json",
  "tsconfig.build.json",
  "tsup.app.ts",
];
const NOT_SOURCE = /^(?:node_modules|bin|dist|\..*|README\.md|.*\.test\.tsx?)$/;

/**
 * The dependencies and builds of the checkout. A stamp over path, time and size of the inputs tells whether anything may
 * have changed; only then are pnpm and turbo asked, which look at contents.
 */
export function createWorkspace(root) {
  const members = memberFolders(root);
  const manifests = members.map((folder) => join(folder, "package.json"));
  const rootInputs = ROOT_INPUTS.map((name) => join(root, name));

  const installStamp = join(root, "node_modules/.claw-installed");
  const installState = () => stateOf(root, [...rootInputs, ...manifests]);

  const buildStamp = (builds) => join(root, `.toolchain/built-${builds}`);
  const buildState = () => stateOf(root, [...rootInputs, ...members.flatMap(sourceFiles)]);
  const hasOutputs = (builds) =>
    members
      .filter((folder) => builds === "all" || dirname(folder) === join(root, "apps"))
      .every((folder) => !hasBuildScript(folder) || existsSync(join(folder, "dist")));

  const isInstalled = () => readStamp(installStamp) === installState();
  // A build of everything includes the apps.
  const isBuilt = (builds) => {
    if (builds === undefined) return true;
    const state = buildState();
    return [builds, "all"].some((name) => readStamp(buildStamp(name)) === state) && hasOutputs(builds);
  };

  return {
    isInstalled,
    isBuilt,
    async install(progress, toolchain) {
      if (isInstalled()) return;
      const options = { cwd: root, env: { ...toolchain.environment(), CI: "true" } };
      await progress.run(
        "Installing dependencies",
        "pnpm",
        ["install", "--frozen-lockfile", "--prefer-offline"],
        options,
      );
      writeStamp(installStamp, installState());
    },
    async build(builds, progress, toolchain) {
      if (isBuilt(builds)) return;
      // Taken before the build: a file saved while it runs is built next time.
      const state = buildState();
      const filter = builds === "all" ? [] : ["--filter=./apps/*"];
      const args = ["run", "build", ...filter, "--output-logs=errors-only", "--no-update-notifier"];
      const env = { ...toolchain.environment(), TURBO_TELEMETRY_DISABLED: "1" };
      await progress.run("Building", join(root, "node_modules/.bin/turbo"), args, { cwd: root, env });
      writeStamp(buildStamp(builds), state);
    },
  };
}

/** The folders named in pnpm-workspace.yaml: `packages/*` or a plain name. */
function memberFolders(root) {
  const [, list] = /^packages:\n((?: {2}- .+\n)+)/m.exec(readFileSync(join(root, "pnpm-workspace.yaml"), "utf8")) ?? [];
  const patterns = (list ?? "").match(/(?<=- ).+/g) ?? [];
  return patterns
    .flatMap((pattern) =>
      pattern.endsWith("/*") ? childFolders(join(root, pattern.slice(0, -2))) : [join(root, pattern)],
    )
    .filter((folder) => existsSync(join(folder, "package.json")));
}

function childFolders(folder) {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

function hasBuildScript(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).scripts?.build !== undefined;
}

function sourceFiles(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !NOT_SOURCE.test(entry.name))
    .flatMap((entry) => (entry.isDirectory() ? sourceFiles(join(folder, entry.name)) : [join(folder, entry.name)]));
}

function stateOf(root, files) {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}\n`);
  for (const file of files) {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found !== undefined) hash.update(`${file.slice(root.length)} ${found.mtimeMs} ${found.size}\n`);
  }
  return hash.digest("hex");
}

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

function writeStamp(file, state) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, state);
}

import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What programs download: a git repository, a package of npm and a wheel of Python, each with one file. */
export interface PackageServer extends AsyncDisposable {
  /** Serves them as `https://<name>/hello.git`, `https://<name>/` as a registry, and `https://<name>/simple`. */
  readonly listener: RequestListener;
}

const AUTHOR = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];

const WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("a_wheel.py", "hello = 'hello from pip'\\n")
    wheel.writestr("a_wheel-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: a-wheel\\nVersion: 1.0\\n")
    wheel.writestr("a_wheel-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("a_wheel-1.0.dist-info/RECORD", "")
`;
const WHEEL_NAME = "a_wheel-1.0-py3-none-any.whl";

export async function servePackages(name: string): Promise<PackageServer> {
  const folder = await mkdtemp(join(tmpdir(), "egress-packages-"));
  const git = (...args: readonly string[]) => run("git", [...AUTHOR, ...args], { cwd: folder });
  await git("init", "--quiet", "source");
  await writeFile(join(folder, "source/hello.txt"), "hello from git\n");
  await git("-C", "source", "add", ".");
  await git("-C", "source", "commit", "--quiet", "-m", "first");
  await git("clone", "--quiet", "--bare", "source", "hello.git");
  await git("-C", "hello.git", "update-server-info");

  await mkdir(join(folder, "package"));
  await writeFile(join(folder, "package/package.json"), '{ "name": "a-package", "version": "1.2.3" }');
  await writeFile(join(folder, "package/index.js"), 'module.exports = "hello from npm";\n');
  await run("tar", ["-czf", "a.tgz", "package"], { cwd: folder });
  await run("python3", ["-c", WHEEL, WHEEL_NAME], { cwd: folder });

  const dist = { tarball: `https://${name}/a.tgz` };
  const versions = { "1.2.3": { name: "a-package", version: "1.2.3", dist } };
  const pages: Readonly<Record<string, readonly [type: string, body: string]>> = {
    "/a-package": [
      "application/json",
      JSON.stringify({ name: "a-package", "dist-tags": { latest: "1.2.3" }, versions }),
    ],
    "/simple/a-wheel/": ["text/html", `<a href="/${WHEEL_NAME}">${WHEEL_NAME}</a>`],
  };
  return {
    async listener(request, response) {
      const path = new URL(request.url ?? "/", "http://x").pathname;
      const page = pages[path];
      if (page !== undefined) return response.writeHead(200, { "content-type": page[0] }).end(page[1]);
      if (path === "/") return response.end(`${request.method} ${await text(request)}`);
      const file = await readFile(join(folder, path)).catch(() => undefined);
      return response.writeHead(file === undefined ? 404 : 200).end(file);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Puts npm and pip of this machine into a folder, for an image that has none: `npm/bin/npm-cli.js`, `python/pip`. */
export async function copyInstallers(folder: string): Promise<void> {
  const { stdout: npm } = await run("sh", ["-c", "command -v npm"]);
  await cp(dirname(dirname(await realpath(npm.trim()))), join(folder, "npm"), { recursive: true });
  const { stdout: pip } = await run("python3", ["-c", "import pip; print(pip.__path__[0])"]);
  await cp(pip.trim(), join(folder, "python/pip"), { recursive: true });
}

import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxLease, SandboxProvider } from "@claw/core";
import { dockerSandbox, probeDocker } from "@claw/sandbox-docker";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closedWays } from "./closed.fixture.ts";
import { copyInstallers, type PackageServer, servePackages } from "./packages.fixture.ts";
import { createAuthority, createWorld, type RecordedProxy, recordedProxy } from "./world.fixture.ts";

// In a checkout the program that carries connections is made when it is needed.
execFileSync(new URL("../../sandbox-supervisor/native/build-all.sh", import.meta.url).pathname);
const { reachable, reason } = await probeDocker();
if (!reachable && process.env["CI"] === "true") throw new Error(reason);

describe.skipIf(!reachable)(
  `from inside of a container without a network${reachable ? "" : `, skipped: ${reason}`}`,
  () => {
    const authority = createAuthority();
    const world = createWorld();
    const large = randomBytes(30_000_000);
    let packages: PackageServer;
    let proxy: RecordedProxy;
    let folder: string;
    let provider: SandboxProvider;
    let lease: SandboxLease;

    beforeAll(async () => {
      packages = await servePackages("secure.test");
      const credentials = authority.credentials("secure.test");
      await world.website("secure.test", packages.listener, credentials);
      await world.website(
        "plain.test",
        ({ url }, response) => void response.end(url === "/large" ? large : `plain ${url}`),
      );
      world.name("metadata.test", "169.254.169.254");
      proxy = recordedProxy({ rules: { allow: ["secure.test", "plain.test", "metadata.test"] }, ...world });
      folder = await mkdtemp(join(tmpdir(), "egress-container-"));
      await chmod(folder, 0o755);
      await copyInstallers(folder);
      await writeFile(join(folder, "ca.pem"), authority.ca);
      provider = dockerSandbox({ stateDir: join(folder, "state") });
      lease = await acquire("egress", proxy);
    });

    afterAll(async () => {
      await lease?.[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
      await packages[Symbol.asyncDispose]();
      authority[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
    });

    const acquire = (key: string, { accept }: RecordedProxy) =>
      provider.acquire({ key, workspace: { access: "ro", path: folder }, network: { connect: accept } });

    const CA = "/workspace/ca.pem";
    const env = {
      CURL_CA_BUNDLE: CA,
      GIT_SSL_CAINFO: CA,
      SSL_CERT_FILE: CA,
      NODE_EXTRA_CA_CERTS: CA,
      PIP_CERT: CA,
      PYTHONPATH: "/workspace/python",
    };
    const run = async (command: string) => {
      const { stdout, stderr } = await lease.sandbox.run(command, { env, cwd: "/tmp", timeoutMs: 60_000 });
      return `${stdout}${stderr}`;
    };

    const NODE = "fetch(process.argv[1]).then((answer) => answer.text()).then(console.log)";
    const NPM = "node /workspace/npm/bin/npm-cli.js --no-audit --no-fund --registry https://secure.test/";
    const PIP = "python3 -m pip --disable-pip-version-check --quiet --no-cache-dir";

    test.each([
      ["curl gets out", "curl -sS -d x=1 https://secure.test/", "POST x=1"],
      ["curl gets out without TLS", "curl -sS http://plain.test/a", "plain /a"],
      ["git clones over https", "git clone -q https://secure.test/hello.git && cat hello/hello.txt", "hello from git"],
      [
        "pip downloads and installs a wheel",
        `${PIP} download --no-deps --index-url https://secure.test/simple a-wheel && ${PIP} install --target lib ./*.whl && PYTHONPATH=lib python3 -c 'import a_wheel; print(a_wheel.hello)'`,
        "hello from pip",
      ],
      [
        "npm installs a package",
        `mkdir -p app && cd app && ${NPM} install a-package >&2 && node -p 'require("a-package")'`,
        "hello from npm",
      ],
      ["node's fetch gets out", `node -e '${NODE}' https://secure.test/`, "GET"],
      ["node's fetch gets out without TLS", `node -e '${NODE}' http://plain.test/c`, "plain /c"],
    ])("%s", async (_name, command, expected) => {
      expect(await run(command)).toContain(expected);
    });

    test.each(closedWays)("closed: %s", async (_what, command, expected) => {
      const output = await run(command);
      if (typeof expected === "string") expect(output).toContain(expected);
      else expect(output).toMatch(expected);
    });

    test("forty connections at once and a large download arrive whole", async () => {
      const many = await run("for n in $(seq 40); do curl -sS http://plain.test/$n & done; wait");
      expect(many.match(/plain \/\d+/g)?.length).toBe(40);
      const sum = createHash("sha256").update(large).digest("hex");
      expect(await run("curl -sS http://plain.test/large | sha256sum")).toContain(sum);
    });

    test("a program of the sandbox's own is reached without the proxy", async () => {
      const server = "python3 -m http.server 8000 >/dev/null 2>&1 & ";
      const ask = "curl -sS --retry 20 --retry-connrefused --retry-delay 1 http://127.0.0.1:8000/mine; kill %1";
      expect(await run(`set -m; echo mine > mine; ${server} ${ask}`)).toContain("mine");
    });

    test("a sandbox that is given back ends its connections", async () => {
      await world.rawServer("endless.test", 80, (socket) => {
        socket.on("data", () => socket.write("HTTP/1.1 200 OK\r\n\r\nbegun")).on("error", () => {});
      });
      const endless = recordedProxy({ rules: { allow: ["endless.test"] }, ...world });
      const own = await acquire("own", endless);
      const begun = Promise.withResolvers<void>();
      const running = own.sandbox.run("curl -sSN http://endless.test/", { onOutput: () => begun.resolve() });
      const lost = expect(running).rejects.toMatchObject({ code: "SANDBOX_LOST" });
      await begun.promise;
      await own[Symbol.asyncDispose]();
      await lost;
      expect((await endless.ended(() => true)).end).toMatchObject({ verdict: "failed", reason: "the client left" });
      await endless[Symbol.asyncDispose]();
    });
  },
);

import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ask } from "./harness/chat.ts";
import { temporaryDirectory } from "./harness/directory.ts";
import { containersWith } from "./harness/docker.ts";
import { noEngine } from "./harness/engine.ts";
import { fakeInternet } from "./harness/fake-internet.ts";
import { callTool, say, startFakeModel } from "./harness/fake-model.ts";
import { startGateway } from "./harness/gateway.ts";
import { engineSays, filesWith, holds, processesWith } from "./harness/planted.ts";

const unavailable = await noEngine();

/** A certificate that is its own authority. */
function certificateFor(name: string, directory: string) {
  const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem"];
  const out = ["-out", "cert.pem", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...newKey, ...out, ...subject], { cwd: directory, stdio: "ignore" });
  const path = join(directory, "cert.pem");
  return { path, tls: { key: readFileSync(join(directory, "key.pem"), "utf8"), cert: readFileSync(path, "utf8") } };
}

test.skipIf(unavailable !== undefined)(
  `a sandbox uses a credential that it never has, and a secret file is nowhere but in its memory${unavailable ? ` (${unavailable})` : ""}`,
  async () => {
    // Not of random bytes alone, so that no form of it is found by chance.
    const [bound, inside] = ["bound", "inside"].map((name) => `planted-${name}-${randomBytes(12).toString("hex")}`);
    if (bound === undefined || inside === undefined) throw new TypeError("two names give two values");
    const planted = [bound, inside];
    await using outside = await temporaryDirectory();
    const keys = join(outside.path, "keys.json");
    await writeFile(keys, JSON.stringify({ bound, inside }), { mode: 0o600 });
    const secret = (name: string) => ({ source: "file", provider: "keys", id: `/${name}` });

    const heard: (string | undefined)[] = [];
    const { path: authority, tls } = certificateFor("hub.test", outside.path);
    await using internet = await fakeInternet({
      "hub.test": {
        tls,
        listener({ method, url, headers: { authorization } }, response) {
          heard.push(`${method} ${url} ${authorization}`);
          response.end(`hub heard ${authorization}`);
        },
      },
    });
    const call = "curl -sS 'http://hub.broker/repos/acme/site?q=hidden'; echo; curl -sS http://hub.broker/user";
    const use = "sha256sum < /run/secrets/key; stat -f -c %T /run/secrets; stat -c %a /run/secrets/key";
    await using model = await startFakeModel(callTool("exec", { command: `${call}; ${use}` }), say("done"));
    await using gateway = await startGateway({
      env: { ...internet.env, NODE_EXTRA_CA_CERTS: authority },
      config: {
        ...model.config,
        logging: { level: "debug" },
        secrets: { providers: { keys: { source: "file", path: keys } } },
        sandbox: {
          backend: "docker",
          secretFiles: { key: secret("inside") },
          network: { bindings: { hub: { host: "hub.test", secret: secret("bound"), paths: ["/repos/acme/*"] } } },
        },
      },
    });
    const client = await gateway.connect();
    const begun = Math.floor(Date.now() / 1000);
    await ask(client, "go");

    expect(heard).toEqual([`GET /repos/acme/site?q=hidden Bearer ${bound}`]);
    const read = JSON.stringify(model.requests.at(-1)?.body.messages.findLast(({ role }) => role === "tool")?.content);
    expect(read).toMatch(/hub heard Bearer \*+/);
    expect(read).toContain("GET http://hub.broker/user was refused by the network rules");
    const digest = createHash("sha256").update(inside).digest("hex");
    expect(read).toMatch(new RegExp(`${digest}  -\\\\ntmpfs\\\\n600`));
    expect(holds(JSON.stringify(model.requests.map(({ body }) => body)), planted)).toBe(false);

    const [container] = await containersWith(join(gateway.stateDir, "workspace"));
    expect(container).toBeDefined();
    const inspected = await engineSays(`/containers/${container}/json`);
    expect(inspected).toContain("/run/secrets");
    const events = await engineSays(`/events?since=${begun - 60}&until=${Math.ceil(Date.now() / 1000)}`);
    expect(events).toContain(container);
    const { DockerRootDir } = JSON.parse(await engineSays("/info"));
    for (const [what, content] of Object.entries({ inspected, events, log: gateway.output() })) {
      expect(holds(content, planted), what).toBe(false);
    }
    expect(await processesWith(planted)).toEqual([]);
    const engine = [DockerRootDir, "/run/docker", "/run/containerd", "/var/lib/containerd"];
    expect(await filesWith(planted, [...engine, gateway.stateDir])).toEqual([]);

    client.close();
    await gateway.stop();
    expect(await filesWith(planted, [gateway.stateDir])).toEqual([]);
    // The record has method and path; and what looks for the values finds them where they are.
    expect(
      await filesWith(['"method":"GET","path":"/repos/acme/site","binding":"hub"'], [gateway.stateDir]),
    ).not.toEqual([]);
    expect(await filesWith(planted, [outside.path])).toEqual([keys]);
  },
);

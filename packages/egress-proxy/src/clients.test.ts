import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PackageServer, servePackages } from "./packages.fixture.ts";
import { createAuthority, createWorld, serveProxy } from "./world.fixture.ts";

const run = promisify(execFile);
const authority = createAuthority();
const world = createWorld();
let folder: string;
let packages: PackageServer;

const FOLDER_VARIABLES = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "egress-clients-"));
  packages = await servePackages("secure.test");
  await world.website("secure.test", packages.listener, authority.credentials("secure.test"));
  await world.website("plain.test", (request, response) => void response.end(`plain ${request.url}`));
});

afterAll(async () => {
  authority[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
  await packages[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const PYTHON = "import sys,urllib.request;print(urllib.request.urlopen(sys.argv[1]).read().decode())";
const NODE = "const answer = await fetch(process.argv[1]); console.log(await answer.text())";

const clients: readonly (readonly [string, string, readonly string[], RegExp])[] = [
  ["curl", "curl", ["-sS", "-d", "x=1", "https://secure.test/"], /POST x=1/],
  ["git", "git", ["clone", "--quiet", "https://secure.test/hello.git", "cloned"], /^$/],
  ["Python's urllib", "python3", ["-c", PYTHON, "https://secure.test/"], /GET/],
  ["Python's urllib without TLS", "python3", ["-c", PYTHON, "http://plain.test/a?b"], /plain \/a\?b/],
  ["npm", "npm", ["view", "a-package", "version", "--registry", "https://secure.test/"], /1\.2\.3/],
  ["node's fetch", process.execPath, ["--input-type=module", "-e", NODE, "https://secure.test/"], /GET/],
  [
    "node's fetch without TLS",
    process.execPath,
    ["--input-type=module", "-e", NODE, "http://plain.test/a"],
    /plain \/a/,
  ],
];

test.each(clients)("%s gets out by its environment alone", async (_name, program, args, expected) => {
  await using proxy = await serveProxy({ rules: { allow: ["secure.test", "plain.test"] }, ...world });
  const cwd = await mkdtemp(join(folder, "client-"));
  const env = {
    ...FOLDER_VARIABLES,
    PATH: process.env["PATH"],
    HOME: cwd,
    HTTP_PROXY: proxy.url,
    HTTPS_PROXY: proxy.url,
    http_proxy: proxy.url,
    https_proxy: proxy.url,
    NODE_USE_ENV_PROXY: "1",
    CURL_CA_BUNDLE: authority.caPath,
    GIT_SSL_CAINFO: authority.caPath,
    SSL_CERT_FILE: authority.caPath,
    NODE_EXTRA_CA_CERTS: authority.caPath,
    GIT_TERMINAL_PROMPT: "0",
  };
  const { stdout } = await run(program, [...args], { cwd, env, timeout: 80_000 });
  expect(stdout).toMatch(expected);
  if (program === "git") expect(await readFile(join(cwd, "cloned/hello.txt"), "utf8")).toBe("hello from git\n");
  expect(proxy.records.length).toBeGreaterThan(0);
  expect(proxy.records.every(({ verdict }) => verdict === "allow")).toBe(true);
});

test("a client that is refused shows why", async () => {
  await using proxy = await serveProxy({ rules: {}, ...world });
  const env = { PATH: process.env["PATH"], https_proxy: proxy.url, http_proxy: proxy.url };
  const failed = run("python3", ["-c", PYTHON, "https://secure.test/"], { env });
  await expect(failed).rejects.toThrow(/403 Forbidden: no rule allows it/);
  const { stdout } = await run("curl", ["-sS", "http://plain.test/"], { env });
  expect(stdout).toContain("refused by the network rules");
});

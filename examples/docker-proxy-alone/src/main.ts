import { chmod, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dockerProxy, listenOnSocket } from "@claw/docker-proxy";

const image = process.env["IMAGE"] ?? "claw-sandbox:bookworm";
const directory = await realpath(await mkdtemp(join(tmpdir(), "claw-example-")));
// The container's user is another one than this.
await chmod(directory, 0o755);
await writeFile(join(directory, "note.txt"), "written on the host\n", { mode: 0o644 });
const socketPath = `${directory}.sock`;

await using proxy = dockerProxy({
  tenant: "alice",
  policy: { images: [image], workspaces: [directory], limits: { memoryMb: 128, containers: 2 } },
  async audit({ verdict, action, rule }) {
    console.log(`  record: ${verdict} ${action ?? "an unknown call"}${rule === undefined ? "" : ` by ${rule}`}`);
  },
});
await using _listener = await listenOnSocket(proxy, { path: socketPath, mode: 0o600 });

/** What Docker's own client does with `docker -H unix://…`. */
function docker(method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    request({ socketPath, method, path, headers, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
    })
      .on("error", reject)
      .end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function create(what: string, options: object): Promise<void> {
  console.log(`create ${what}`);
  const { status, text } = await docker("POST", "/containers/create", { Image: image, ...options });
  console.log(`  ${status} ${JSON.parse(text).message}`);
}

console.log("a container that prints the note, with its root read-only and no network");
const workspace = { Type: "bind", Source: directory, Target: "/home", ReadOnly: true };
const { status, text } = await docker("POST", "/containers/create?name=alice-one", {
  Image: image,
  Entrypoint: [],
  Cmd: ["sh", "-c", "id -u; cat /home/note.txt; touch /x"],
  Tty: true,
  HostConfig: { Mounts: [workspace] },
});
if (status === 201) {
  await docker("POST", "/containers/alice-one/start");
  await docker("POST", "/containers/alice-one/wait");
  const logs = await docker("GET", "/containers/alice-one/logs?stdout=1");
  console.log(logs.text.trim().replaceAll("\r", "").replaceAll(/^/gm, "  | "));
  await docker("DELETE", "/containers/alice-one?force=1");
} else {
  console.error(`${JSON.parse(text).message}. "claw sandbox build" makes the image; IMAGE names another.`);
  process.exitCode = 1;
}

await create("with the host's root", { HostConfig: { Binds: ["/:/host"] } });
await create("with every power", { HostConfig: { Privileged: true } });
await create("with more memory than the policy's", { HostConfig: { Memory: 1024 ** 3 } });
console.log("what others run");
console.log(`  ${(await docker("GET", "/containers/json?all=1")).text.trim()}`);
console.log("what the engine knows of its host");
console.log(`  ${JSON.parse((await docker("GET", "/system/df")).text).message}`);

await rm(directory, { recursive: true, force: true });

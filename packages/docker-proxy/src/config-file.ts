import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import * as z from "zod";
import { optionsInvalid } from "./errors.ts";
import type { ProxyLimits } from "./limits.ts";
import type { SocketOptions } from "./listen-on-socket.ts";
import type { TlsOptions } from "./listen-on-tls.ts";
import { assertApart, compilePolicy, type DockerPolicy } from "./policy.ts";

interface TenantConfig {
  readonly name: string;
  readonly policy: DockerPolicy;
  readonly connections: ProxyLimits;
  readonly socket?: SocketOptions;
  readonly tls?: TlsOptions;
}

export interface ProxyConfig {
  readonly engine: string;
  /** Where decisions are appended, one line of JSON each. */
  readonly audit?: string;
  readonly tenants: readonly TenantConfig[];
}

const file = z.string().min(1);
const count = z.number().positive();

const tenant = z
  .strictObject({
    socket: z
      .strictObject({
        path: file,
        group: z.int().nonnegative().exactOptional(),
        mode: z
          .string()
          .regex(/^0?[0-7]{3}$/, 'a mode in octal, like "0660"')
          .exactOptional(),
      })
      .exactOptional(),
    tls: z
      .strictObject({
        host: file.exactOptional(),
        port: z.int().min(1).max(65_535),
        cert: file,
        key: file,
        clientCa: file,
      })
      .exactOptional(),
    images: z.array(z.string()).min(1),
    workspaces: z.array(z.string()).exactOptional(),
    namePrefix: z.string().exactOptional(),
    labels: z.array(z.string()).exactOptional(),
    user: z.string().exactOptional(),
    seccompFile: file.exactOptional(),
    runtime: z.string().min(1).exactOptional(),
    limits: z
      .strictObject({
        cpus: count.exactOptional(),
        memoryMb: count.int().exactOptional(),
        pids: count.int().exactOptional(),
        tmpMb: count.int().exactOptional(),
        containers: count.int().exactOptional(),
      })
      .exactOptional(),
    connections: z
      .strictObject({
        connections: count.int().exactOptional(),
        requestTimeoutMs: count.int().exactOptional(),
        engineTimeoutMs: count.int().exactOptional(),
      })
      .exactOptional(),
  })
  .refine(({ socket, tls }) => socket !== undefined || tls !== undefined, "a tenant needs a socket, or tls");

const schema = z.strictObject({
  engine: file.default("/var/run/docker.sock"),
  audit: file.exactOptional(),
  tenants: z.record(z.string(), tenant).refine((tenants) => Object.keys(tenants).length > 0, "there is no tenant"),
});

/** Reads a configuration; paths in it count from its folder. Throws `DOCKER_PROXY_OPTIONS_INVALID` with every mistake. */
export async function readConfig(path: string): Promise<ProxyConfig> {
  const parsed = schema.safeParse(parse(await read(path), path));
  if (!parsed.success) throw optionsInvalid(`${path}:\n${z.prettifyError(parsed.error)}`);
  const at = (name: string): string => resolve(dirname(path), name);
  const { engine, audit, tenants } = parsed.data;
  const named = await Promise.all(Object.entries(tenants).map(([name, one]) => tenantOf(name, one, at)));
  assertSeparate(named);
  return { engine, ...(audit === undefined ? {} : { audit: at(audit) }), tenants: named };
}

async function tenantOf(
  name: string,
  given: z.infer<typeof tenant>,
  at: (name: string) => string,
): Promise<TenantConfig> {
  const { socket, tls, connections = {}, seccompFile, ...rest } = given;
  const policy = seccompFile === undefined ? rest : { ...rest, seccomp: await profile(at(seccompFile)) };
  compilePolicy(name, policy);
  return {
    name,
    policy,
    connections,
    ...(socket === undefined ? {} : { socket: socketOf(socket, at) }),
    ...(tls === undefined ? {} : { tls: await tlsOf(tls, at) }),
  };
}

function socketOf({ mode, ...rest }: NonNullable<z.infer<typeof tenant>["socket"]>, at: (name: string) => string) {
  const permissions = mode === undefined ? {} : { mode: Number.parseInt(mode, 8) };
  return { ...rest, path: at(rest.path), ...permissions };
}

async function tlsOf(
  { cert, key, clientCa, ...rest }: NonNullable<z.infer<typeof tenant>["tls"]>,
  at: (name: string) => string,
) {
  return { ...rest, cert: await read(at(cert)), key: await read(at(key)), clientCa: await read(at(clientCa)) };
}

/** One line, as the engine and clients that repeat it know it. */
async function profile(path: string): Promise<string> {
  return JSON.stringify(parse(await read(path), path));
}

/** What one tenant may name and mount must give it no way to another's. */
function assertSeparate(tenants: readonly TenantConfig[]): void {
  const prefixes = tenants.map(({ name, policy }) => ({ name, prefix: policy.namePrefix ?? `${name}-` }));
  for (const one of prefixes) {
    const other = prefixes.find(({ name, prefix }) => name !== one.name && prefix.startsWith(one.prefix));
    if (other === undefined) continue;
    throw optionsInvalid(
      `The names of ${one.name}'s containers ("${one.prefix}…") take in ${other.name}'s ("${other.prefix}…"). Give one of them another namePrefix.`,
    );
  }
  assertApart(tenants.flatMap(({ policy }) => policy.workspaces ?? []));
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw optionsInvalid(`${path} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw optionsInvalid(`${path} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

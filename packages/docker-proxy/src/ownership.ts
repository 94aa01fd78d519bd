import type { Engine } from "./engine.ts";
import { type CompiledPolicy, TENANT_LABEL } from "./policy.ts";
import { noSuch, Refusal } from "./refusal.ts";
import type { Json } from "./strict-json.ts";

interface OwnContainer {
  readonly id: string;
  /** That wait to be started, or run. */
  readonly commands: number;
}

export interface Ownership {
  /** The full id of a container that is the tenant's by name and by label. Rejects with a 404 for every other. */
  container(reference: string, signal: AbortSignal): Promise<OwnContainer>;
  /** The container of a command, looked up at each call. */
  exec(id: string, signal: AbortSignal): Promise<OwnContainer>;
  /** Counts what a tenant has; whoever is let in must `leave` when the container is made, or is not. */
  enter(signal: AbortSignal): Promise<() => void>;
}

const FULL_ID = /^[0-9a-f]{64}$/;

export function createOwnership(engine: Engine, policy: CompiledPolicy): Ownership {
  /** Asked for, and not yet in the engine's own list. */
  let entering = 0;

  const container: Ownership["container"] = async (reference, signal) => {
    const { status, value } = await engine.ask(`/containers/${reference}/json`, signal);
    const { Id, Name, Config, ExecIDs } = fields(value);
    const { Labels } = fields(Config);
    const owned =
      status === 200 &&
      typeof Id === "string" &&
      FULL_ID.test(Id) &&
      typeof Name === "string" &&
      Name.startsWith(`/${policy.namePrefix}`) &&
      fields(Labels)[TENANT_LABEL] === policy.tenant;
    if (!owned) throw status >= 500 ? engineFailed() : noSuch("container");
    return { id: Id, commands: Array.isArray(ExecIDs) ? ExecIDs.length : 0 };
  };

  return {
    container,
    async exec(id, signal) {
      const { status, value } = await engine.ask(`/exec/${id}/json`, signal);
      const { ContainerID } = fields(value);
      if (status !== 200 || typeof ContainerID !== "string" || !FULL_ID.test(ContainerID)) {
        throw status >= 500 ? engineFailed() : noSuch("exec instance");
      }
      return container(ContainerID, signal);
    },
    async enter(signal) {
      const query = new Map([
        ["all", "1"],
        ["filters", JSON.stringify({ label: [ownLabel(policy)] })],
      ]);
      entering++;
      try {
        const { status, value } = await engine.ask("/containers/json", signal, query);
        if (status !== 200 || !Array.isArray(value)) throw engineFailed();
        if (value.length + entering > policy.limits.containers) {
          throw new Refusal("limits.containers", `there are ${policy.limits.containers} containers of yours already`, {
            advice: "Remove some, or raise the limit in the tenant's policy.",
          });
        }
      } catch (error) {
        entering--;
        throw error;
      }
      return () => void entering--;
    },
  };
}

export const ownLabel = ({ tenant }: CompiledPolicy): string => `${TENANT_LABEL}=${tenant}`;

function fields(value: Json | undefined): { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : {};
}

const engineFailed = (): Refusal => new Refusal("engine", "the engine failed", { status: 502, advice: "Try again." });

import { invalidRequest, type MethodName } from "@claw/protocol";
import { configWrites } from "./config-writes.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";

type ConfigMethod = Extract<MethodName, `config.${string}` | "secrets.reload">;

/** Methods that show and change the configuration. */
export function configMethods(deps: MethodDeps): Pick<Handlers, ConfigMethod> {
  const { config } = deps;
  const write = configWrites(deps);
  return {
    "config.get": config && (async () => config.snapshot()),
    "config.schema": config && (async () => config.schema()),
    "config.schema.lookup":
      config &&
      (async ({ path }) => {
        const found = await config.lookUp(path);
        if (found === undefined) throw new MethodError(invalidRequest("config schema path not found"));
        return found;
      }),
    "config.set":
      config &&
      (async ({ raw, baseHash }, { principal }) =>
        write("config.set", principal, (file, before) => file.replace(changeOf(raw, baseHash), before))),
    "config.apply":
      config &&
      (async ({ raw, baseHash, note }, { principal }) =>
        write("config.apply", principal, (file, before) => file.replace(changeOf(raw, baseHash), before), note)),
    "config.patch":
      config &&
      (async ({ raw, baseHash, replacePaths = [], note }, { principal }) =>
        write(
          "config.patch",
          principal,
          (file, before) => file.patch({ ...changeOf(raw, baseHash), replacePaths }, before),
          note,
        )),
    "secrets.reload":
      config &&
      (async (_params, { principal }) =>
        write("secrets.reload", principal, async (file, before) => {
          await before();
          return file.reloadSecrets();
        })),
  };
}

function changeOf(raw: string, baseHash: string | undefined) {
  return baseHash === undefined ? { raw } : { raw, baseHash };
}

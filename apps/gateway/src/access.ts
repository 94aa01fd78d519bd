import type { Config } from "@claw/config";
import type { Authenticate } from "@claw/gateway";
import { type Authentication, type AuthenticationOptions, authentication } from "./authentication.ts";

/** How clients prove themselves, followed through changes of the configuration. */
export interface Access {
  /** As it is now; another one after {@link Access.change}. */
  readonly authenticate: Authenticate;
  readonly secret: Authentication["secret"];
  /** Rejects when the configuration can't be used, and then nothing changes. */
  change(config: Config): Promise<Authenticate>;
  /** From now on a token of Claw's is rotated as this says. */
  rotateBy(config: Config): void;
  /** Rotates on schedule, and calls back with the credential of every token that no longer works. Returns the way to stop. */
  watch(onExpired: (credential: string) => void): () => void;
}

export async function openAccess({ config, ...site }: Omit<AuthenticationOptions, "rotation">): Promise<Access> {
  let { auth } = config.gateway;
  let stop = (): void => {};
  let onExpired: ((credential: string) => void) | undefined;
  const open = (wanted: Config): Promise<Authentication> =>
    authentication({ ...site, config: wanted, rotation: () => auth });
  let current = await open(config);

  function follow(): void {
    stop();
    stop = (onExpired && current.liveToken?.watch(onExpired)) ?? (() => {});
  }

  return {
    get authenticate() {
      return current.authenticate;
    },
    secret: () => current.secret(),
    async change(wanted) {
      current = await open(wanted);
      ({ auth } = wanted.gateway);
      follow();
      return current.authenticate;
    },
    rotateBy(wanted) {
      ({ auth } = wanted.gateway);
    },
    watch(callback) {
      onExpired = callback;
      follow();
      return () => {
        onExpired = undefined;
        stop();
      };
    },
  };
}

import { setTimeout as delay } from "node:timers/promises";
import { type EngineExec, startEngineExec } from "./engine-exec.ts";
import type { RunningContainer } from "./running-container.ts";

/**
 * Marks every process of a command with a limit the kernel no longer enforces (`RLIMIT_LOCKS`, since Linux 2.4.25):
 * children inherit it through `setsid`, `env -i` and `nohup`.
 */
let lastMark = 7_700_000_000_000;

export function nextMark(): string {
  return String(++lastMark);
}

/**
 * Stops every marked process before it kills any, because a stopped one cannot fork into the room a killed one left.
 * Bash builtins only: at the process limit nothing could be forked. Prints how many it killed.
 */
const KILL_MARKED = `
marked() {
  pids=()
  local directory limits stat
  for directory in /proc/[0-9]*; do
    limits= stat=
    { IFS= read -r -d '' limits <"$directory/limits"; IFS= read -r -d '' stat <"$directory/stat"; } 2>/dev/null
    [[ $limits == *" $1 "* ]] || continue
    case \${stat##*) } in
      [ZX]*) ;;
      [TtD]*) pids+=("\${directory#/proc/}") ;;
      *) pids+=("\${directory#/proc/}"); kill -STOP "\${directory#/proc/}" 2>/dev/null && moving=1 ;;
    esac
  done
}
for ((round = 0; round < 1000; round++)); do
  moving=
  marked "$1"
  [[ $moving ]] || break
done
((\${#pids[@]} == 0)) || kill -KILL "\${pids[@]}" 2>/dev/null
echo "\${#pids[@]}"
`;

const KILL_MS = 3_000;
const SETTLE_MS = 500;

/**
 * Returns once nothing of the marked command runs. A command that cannot be ended one by one (it left no room for the
 * killer, or shook off its mark and holds its output open) is ended with everything else in its container.
 */
export async function killTree(sandbox: RunningContainer, mark: string, command: EngineExec): Promise<void> {
  const exited = command.exit.then(
    () => {},
    () => {},
  );
  const giveUpAt = performance.now() + KILL_MS;
  while (performance.now() < giveUpAt) {
    const endedBefore = command.ended;
    const killed = await killMarked(sandbox, mark, giveUpAt - performance.now());
    if (killed === undefined) break;
    if (killed > 0) await Promise.race([exited, delay(SETTLE_MS)]);
    // None found and the output still open: the command was so young that it carried no mark yet.
    if (killed > 0 ? command.ended : endedBefore) return;
    await delay(20);
  }
  await sandbox.restart();
}

/** `undefined` when the killer could not do its work. */
async function killMarked(sandbox: RunningContainer, mark: string, timeoutMs: number): Promise<number | undefined> {
  let printed = "";
  const killer = await startEngineExec(sandbox.container, {
    argv: ["/bin/bash", "-c", KILL_MARKED, "bash", mark],
    onBytes: (_stream, bytes) => {
      if (printed.length < 100) printed += Buffer.from(bytes).toString();
    },
  });
  const code = await Promise.race([killer.exit, delay(timeoutMs, undefined)]);
  killer.release();
  return code === 0 ? Number.parseInt(printed, 10) : undefined;
}

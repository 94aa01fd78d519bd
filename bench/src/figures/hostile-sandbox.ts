import { probeDocker } from "@claw/sandbox-docker";
import type { Figure, Row } from "../figure.ts";
import { startMeasured } from "../harness/gateway.ts";
import { quantile } from "../harness/statistics.ts";
import { MESSAGE, sessionNames } from "../harness/turns.ts";

/** What a command does for the five seconds that it is given. */
const ATTACKS = {
  "a fork bomb": "bomb() { bomb | bomb & }; bomb 2>/dev/null; sleep 60",
  "a memory bomb": "while :; do python3 -c 'x = bytearray(1_000_000_000)'; done",
  "a disk that fills": "i=0; while :; do i=$((i % 60 + 1)); head -c 8M /dev/zero > file$i; done",
  "a flood of output": "yes flooding",
} as const;

/** A sandbox has this much of the processor, which the attack takes from everybody on the machine. */
const docker = { cpus: 0.5, memoryMb: 256, pidsLimit: 128, diskMb: 256 };

/** What others notice of an attack from inside a sandbox. The floor are the same turns between the attacks. */
export const hostileSandbox: Figure = {
  name: "hostile-sandbox",
  async measure({ model, quick, progress }) {
    const probe = await probeDocker();
    if (!probe.reachable) return [{ title: "turn during an attack from a sandbox", skipped: probe.reason }];
    const config = { sandbox: { backend: "docker", mode: "all", docker } };
    await using gateway = await startMeasured(model, { config });
    const calm = async (turns: number) => {
      const timings = await gateway.takeTurns({ sessions: sessionNames("calm", 3), turns, text: MESSAGE });
      return timings.map(({ doneMs }) => doneMs);
    };
    await gateway.takeTurns({ sessions: ["attacker"], turns: 1, text: "bench-calls:1" });
    await calm(quick ? 2 : 60);

    const rows: Row[] = [];
    for (const [title, command] of Object.entries(ATTACKS)) {
      progress(title);
      const [attacked, spared]: [number[], number[]] = [[], []];
      for (let round = 0; round < (quick ? 1 : 3); round++) {
        spared.push(...(await calm(quick ? 2 : 60)));
        const text = `bench-calls:1 bench-command:${Buffer.from(command).toString("base64url")}`;
        let under = true;
        const attack = gateway.takeTurns({ sessions: ["attacker"], turns: 1, text }).finally(() => {
          under = false;
        });
        while (under) attacked.push(...(await calm(5)));
        await attack;
      }
      rows.push({
        title: `turn during ${title} in a sandbox, p95`,
        unit: "ms",
        value: quantile(attacked, 0.95),
        floor: { title: "without it", value: quantile(spared, 0.95) },
        goal: { of: "ratio", atMost: 1.5 },
      });
    }
    return rows;
  },
};

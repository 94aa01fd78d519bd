import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Figure, Row } from "../figure.ts";
import { startBareServer } from "../harness/bare-server.ts";
import { startMeasured } from "../harness/gateway.ts";
import { startRemote } from "../harness/remote.ts";
import { quantile } from "../harness/statistics.ts";
import { MESSAGE, sessionNames } from "../harness/turns.ts";
import type { Attack, AttackerProcedures, Target } from "../processes/attacker.ts";

interface Case {
  readonly attack: Attack;
  readonly title: string;
  /** Its harmless twin on the gateway itself; absent, the floor is the same attack on another server. */
  readonly twin?: { readonly attack: Attack; readonly title: string };
  readonly needs?: string;
}

const CASES: readonly Case[] = [
  {
    attack: "slow-readers",
    title: "20 listeners that stop reading",
    twin: { attack: "readers", title: "20 listeners that read" },
  },
  { attack: "half-open", title: "200 upgrades that never end" },
  { attack: "slowloris", title: "slowhttptest with 200 connections", needs: "slowhttptest" },
  { attack: "bad-tokens", title: "200 wrong tokens a second" },
];

/**
 * What others notice when somebody attacks. The floor is the same attack on another server of the same machine, so that
 * the attacker's own CPU time counts on both sides; listeners cost what is sent to them, so theirs is listeners that read.
 */
export const hostileClients: Figure = {
  name: "hostile-clients",
  async measure({ model, quick, progress }) {
    const turns = quick ? 1 : 10;
    const rounds = quick ? 1 : 6;
    await using gateway = await startMeasured(model);
    await using bare = await startBareServer();
    await using attacker = startRemote<AttackerProcedures>("attacker.ts");
    await gateway.takeTurns({ sessions: sessionNames("warm", 5), turns: quick ? 1 : 40, text: MESSAGE });

    async function turnsDuring(attack: Attack, target: Target): Promise<readonly number[]> {
      await attacker.call("begin", { attack, target });
      const timings = await gateway.takeTurns({ sessions: sessionNames("calm", 5), turns, text: MESSAGE });
      await attacker.call("end");
      return timings.map(({ doneMs }) => doneMs);
    }

    const ours: Target = { url: gateway.webSocketUrl, token: gateway.token };
    const rows: Row[] = [];
    for (const { attack, title, twin, needs } of CASES) {
      const row = `turn during ${title}, p95`;
      if (needs !== undefined && !isInstalled(needs)) {
        rows.push({ title: row, skipped: `${needs} is not installed` });
        continue;
      }
      const attacked: number[] = [];
      const spared: number[] = [];
      for (let round = 0; round < rounds; round++) {
        progress(`${attack}, round ${round + 1}`);
        attacked.push(...(await turnsDuring(attack, ours)));
        const other =
          twin === undefined ? turnsDuring(attack, { url: bare.url, token: "" }) : turnsDuring(twin.attack, ours);
        spared.push(...(await other));
      }
      rows.push({
        title: row,
        unit: "ms",
        value: quantile(attacked, 0.95),
        floor: { title: twin?.title ?? "while another server is attacked", value: quantile(spared, 0.95) },
        goal: { of: "ratio", atMost: 1.5 },
      });
    }
    return rows;
  },
};

function isInstalled(command: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, command)));
}

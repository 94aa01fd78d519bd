import { mkdir, readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Row } from "./figure.ts";
import { figures } from "./figures/index.ts";
import { startModelServer } from "./harness/model-server.ts";
import { describeMachine } from "./machine.ts";
import { markdown, misses, type Report, table } from "./report.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const DOCUMENT = resolve(ROOT, "docs/benchmarks.md");
/** What `--record` replaces. */
const RECORDED = /(?<=<!-- results -->\n).*?(?=<!-- end of results -->)/s;

const USAGE = `Usage: npm run bench -- [options]

Measures the built gateway and prints each figure beside its floor: the same work without Claw, in the same run.

  --only NAME   this figure alone; may be given again: ${figures.map(({ name }) => name).join(", ")}
  --quick       small counts: shows that all of it runs, and nothing about speed
  --json        print the result as JSON instead of a table
  --record      put the result into docs/benchmarks.md
  --strict      exit with 1 when a goal is missed
`;

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    strict: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

function chosen(): typeof figures {
  const { only } = values;
  if (only === undefined) return figures;
  const unknown = only.filter((name) => !figures.some((figure) => figure.name === name));
  if (unknown.length > 0) throw new Error(`There is no figure ${unknown.join(", ")}.\n\n${USAGE}`);
  return figures.filter(({ name }) => only.includes(name));
}

async function measure(): Promise<Report> {
  const { quick } = values;
  const measuredAt = new Date().toISOString();
  const rows: Row[] = [];
  const wanted = chosen();
  for (const [index, figure] of wanted.entries()) {
    const progress = (text: string): void => {
      const line = `[${index + 1}/${wanted.length}] ${figure.name}: ${text}`;
      process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
    };
    progress("starting");
    // Each on a model server of its own, so that no figure inherits the heap of another.
    await using model = await startModelServer();
    try {
      rows.push(...(await figure.measure({ model, quick, progress })));
    } catch (error) {
      rows.push({ title: figure.name, skipped: `it failed: ${error instanceof Error ? error.message : error}` });
      process.exitCode = 1;
    }
  }
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  return { measuredAt, quick, machine: describeMachine(), rows };
}

async function keep(report: Report): Promise<void> {
  const folder = resolve(ROOT, "bench/results");
  await mkdir(folder, { recursive: true });
  const name = `${report.measuredAt.replace(/[:.]/g, "-")}.json`;
  await writeFile(resolve(folder, name), `${JSON.stringify(report, null, 2)}\n`);
  if (!values.record) return;
  const document = await readFile(DOCUMENT, "utf8");
  await writeFile(
    DOCUMENT,
    document.replace(RECORDED, () => `\n${markdown(report)}\n`),
  );
}

if (values.help) {
  process.stdout.write(USAGE);
} else {
  const report = await measure();
  await keep(report);
  process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : `${table(report)}\n`);
  if (values.strict && misses(report).length > 0) process.exitCode = 1;
}

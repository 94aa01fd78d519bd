import { openConfig } from "../config/open-config.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";
import type { StateFlags } from "../gateway-flags.ts";
import { facts, paint, print, printJson, type Style } from "../output.ts";
import { printable } from "../text.ts";
import { engineFindings } from "./engine-findings.ts";
import { fileFindings } from "./file-findings.ts";
import type { Finding, Severity, Site } from "./finding.ts";
import { gatewayFindings } from "./gateway-findings.ts";
import { sandboxFindings } from "./sandbox-findings.ts";

const STYLES: Readonly<Record<Severity, Style>> = { critical: ["red", "bold"], warning: "yellow", note: "dim" };
const SEVERITIES = ["critical", "warning", "note"] as const;

/** Looks at this machine and the configuration, says what is unsafe, and fails when something is critical. */
export async function auditSecurity({
  json = false,
  ...flags
}: StateFlags & { readonly json?: boolean }): Promise<void> {
  const findings = await findingsOf(await siteOf(flags));
  const count = (severity: Severity): number => findings.filter((one) => one.severity === severity).length;
  const counts = { critical: count("critical"), warning: count("warning"), note: count("note") };
  if (json) printJson({ counts, findings });
  else show(findings, counts);
  if (counts.critical > 0) throw new CommandError(EXIT_CODES.failed, "");
}

async function siteOf(flags: StateFlags): Promise<Site> {
  const { parseConfig } = await import("@claw/config");
  const { runsInContainer } = await import("@claw/sandbox-docker");
  const { source, path, stateDir } = await openConfig(flags);
  const config = await parseConfig(source, { file: path, env: process.env });
  return { config, source, configPath: path, stateDir, inContainer: runsInContainer() };
}

async function findingsOf(site: Site): Promise<readonly Finding[]> {
  const all = await Promise.all([
    gatewayFindings(site),
    fileFindings(site),
    sandboxFindings(site),
    engineFindings(site),
  ]);
  return all.flat().toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

function show(findings: readonly Finding[], counts: Readonly<Record<Severity, number>>): void {
  for (const { severity, id, finding, mend } of findings) {
    print(facts([[severity, paint(STYLES[severity], printable(finding)), `${printable(mend)} ${paint("dim", id)}`]]));
    print("");
  }
  print(`${counts.critical} critical, ${plural(counts.warning, "warning")}, ${plural(counts.note, "note")}`);
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

import type { Command } from "commander";
import { type StateFlags, withStateFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";

export function addSecurity(program: Command): void {
  const security = program.command("security").description("how safely this gateway is set up");
  const audit = security
    .command("audit", { isDefault: true })
    .description("look for what is unsafe on this machine and in the configuration; ends with 1 on critical findings")
    .option("--json", "print JSON");
  examples(withStateFlags(audit), [
    ["claw security audit", "where the gateway runs, as its user"],
    ["claw security audit --json | jq .findings", "for a program"],
  ]).action(async (flags: StateFlags & { readonly json?: true }) => {
    const { auditSecurity } = await import("../security/audit.ts");
    await auditSecurity(flags);
  });
}

import { type ArgumentCondition, SYSTEM_CALLS, type SystemCall } from "./system-calls.ts";

const EPERM = 1;
const ENOSYS = 38;

/** The filter as Docker and Podman take it: JSON, as the content of the security option `seccomp=`. */
export function dockerSeccompProfile(): string {
  const always = SYSTEM_CALLS.filter(({ answer, when }) => answer === "allow" && when === undefined);
  const absent = SYSTEM_CALLS.filter(({ answer }) => answer === "absent");
  return JSON.stringify({
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: EPERM,
    // Without the 32-bit calls that the same processors also know.
    archMap: ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"].map((architecture) => ({ architecture, subArchitectures: [] })),
    syscalls: [
      { names: namesOf(always), action: "SCMP_ACT_ALLOW" },
      ...SYSTEM_CALLS.flatMap(({ name, when = [] }) =>
        when.map((row) => ({ names: [name], action: "SCMP_ACT_ALLOW", args: row.map(argument) })),
      ),
      { names: namesOf(absent), action: "SCMP_ACT_ERRNO", errnoRet: ENOSYS },
    ],
  });
}

const namesOf = (calls: readonly SystemCall[]) => calls.map(({ name }) => name);

const argument = ({ index, mask, equals }: ArgumentCondition) => ({
  index,
  value: mask,
  valueTwo: equals,
  op: "SCMP_CMP_MASKED_EQ",
});

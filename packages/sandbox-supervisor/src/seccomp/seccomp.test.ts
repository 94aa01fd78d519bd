import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dockerSeccompProfile } from "./docker-profile.ts";
import { seccompProgram } from "./filter-program.ts";
import { type Architecture, SYSTEM_CALLS } from "./system-calls.ts";

const AUDIT = { x64: 0xc000_003e, arm64: 0xc000_00b7 };
const [ALLOW, EPERM, ENOSYS, KILL] = [0x7fff_0000, 0x0005_0001, 0x0005_0026, 0x8000_0000];

interface Call {
  readonly architecture?: number;
  readonly number: number;
  readonly values?: readonly number[];
}

/** Runs a filter as the kernel would. */
function answerTo(program: Buffer, { architecture = AUDIT.x64, number, values = [] }: Call): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(number, 0);
  data.writeUInt32LE(architecture, 4);
  for (const [index, value] of values.entries()) data.writeBigUInt64LE(BigInt(value), 16 + index * 8);
  let accumulator = 0;
  for (let at = 0; at < program.length; at += 8) {
    const value = program.readUInt32LE(at + 4);
    const jump = (holds: boolean) => {
      at += 8 * program.readUInt8(at + (holds ? 2 : 3));
    };
    switch (program.readUInt16LE(at)) {
      case 0x20:
        accumulator = data.readUInt32LE(value);
        break;
      case 0x54:
        accumulator = (accumulator & value) >>> 0;
        break;
      case 0x15:
        jump(accumulator === value);
        break;
      case 0x25:
        jump(accumulator > value);
        break;
      case 0x35:
        jump(accumulator >= value);
        break;
      case 0x06:
        return value;
      default:
        throw new Error(`no such instruction at ${at}`);
    }
  }
  throw new Error("the filter ended without an answer");
}

/** What the list says, read in the plainest way. */
function expected(architecture: Architecture, number: number, values: readonly number[]): number {
  const newest = Math.max(...SYSTEM_CALLS.map(({ numbers }) => numbers[architecture] ?? 0));
  if (number > newest) return ENOSYS;
  const call = SYSTEM_CALLS.find(({ numbers }) => numbers[architecture] === number);
  if (call === undefined) return EPERM;
  if (call.answer === "absent") return ENOSYS;
  const holds = (call.when ?? [[]]).some((row) =>
    row.every(({ index, mask, equals }) => ((values[index] ?? 0) & mask) >>> 0 === equals),
  );
  return holds ? ALLOW : EPERM;
}

describe.each(["x64", "arm64"] as const)("the filter for %s", (architecture) => {
  const program = seccompProgram(architecture);
  const ask = (call: Call) => answerTo(program, { architecture: AUDIT[architecture], ...call });

  test("answers every call as the list says, whatever its arguments", () => {
    const value = fc.oneof(
      fc.constantFrom(0, 1, 2, 10, 16, 0x0200_0000, 0x1000_0000, 0xffff_ffff),
      fc.nat(2 ** 31 - 1),
    );
    fc.assert(
      fc.property(fc.nat(600), fc.array(value, { minLength: 6, maxLength: 6 }), (number, values) => {
        expect(ask({ number, values })).toBe(expected(architecture, number, values));
      }),
      { numRuns: 5_000 },
    );
  });

  test("looks at the half of an argument that the kernel looks at", () => {
    const socket = SYSTEM_CALLS.find(({ name }) => name === "socket")?.numbers[architecture] ?? -1;
    expect(ask({ number: socket, values: [2 ** 32 + 1] })).toBe(ALLOW);
    expect(ask({ number: socket, values: [2 ** 32 + 40] })).toBe(EPERM);
  });

  test("kills what calls as another architecture would", () => {
    expect(ask({ number: 1, architecture: 0x4000_0003 })).toBe(KILL);
    expect(ask({ number: 0x4000_0001 })).toBe(KILL);
  });

  test("is as long as bubblewrap and the kernel take it", () => {
    expect(program.length % 8).toBe(0);
    expect(program.length / 8).toBeLessThan(4_096);
  });
});

test("the numbers are those of the kernel's headers", () => {
  const headers = { x64: "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", arm64: "/usr/include/asm-generic/unistd.h" };
  const found = Object.entries(headers).filter(([, path]) => existsSync(path));
  if (process.env["CI"] === "true") expect(found).not.toEqual([]);
  const wanted = "#define __ARCH_WANT_RENAMEAT\n#define __ARCH_WANT_NEW_STAT\n#define __ARCH_WANT_SET_GET_RLIMIT\n";
  for (const [architecture, path] of found) {
    const text = execFileSync("gcc", ["-E", "-dM", "-x", "c", "-"], {
      input: `${wanted}#include "${path}"\n`,
    }).toString();
    const defined = new Map(
      [...text.matchAll(/#define (__NR\w+) (\S+)/g)].map(([, name = "", value = ""]) => [name, value]),
    );
    const numberOf = (name: string): number | undefined => {
      const value = defined.get(name);
      if (value === undefined) return undefined;
      return /^\d+$/.test(value) ? Number(value) : numberOf(value);
    };
    for (const { name, numbers } of SYSTEM_CALLS) {
      const number = numberOf(`__NR_${name}`);
      // Calls from 424 on have one number everywhere, and headers that are older lack the newest.
      if (number === undefined && (numbers.x64 ?? 0) >= 424) expect(numbers.arm64, name).toBe(numbers.x64);
      else expect(numbers[architecture as Architecture], `${name} on ${architecture}`).toBe(number);
    }
  }
});

test("Docker's profile names each call once, and every argument under its mask", () => {
  const { defaultAction, syscalls } = JSON.parse(dockerSeccompProfile());
  expect(defaultAction).toBe("SCMP_ACT_ERRNO");
  const unconditional = syscalls.filter((one: { args?: unknown }) => one.args === undefined);
  const names = unconditional.flatMap((one: { names: string[] }) => one.names);
  expect(new Set(names).size).toBe(names.length);
  for (const refused of ["ptrace", "bpf", "keyctl", "unshare", "mount", "userfaultfd", "clone", "socket"]) {
    expect(names).not.toContain(refused);
  }
  const socket = syscalls.filter((one: { names: string[] }) => one.names.includes("socket"));
  expect(socket).toHaveLength(4);
  expect(socket[3].args).toEqual([
    { index: 0, value: 0xffff_ffff, valueTwo: 16, op: "SCMP_CMP_MASKED_EQ" },
    { index: 2, value: 0xffff_ffff, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" },
  ]);
});

import { type Architecture, type ArgumentCondition, SYSTEM_CALLS, type SystemCall } from "./system-calls.ts";

/** Instructions of the kernel's classic BPF, as far as they are needed here. */
const Operation = {
  loadWord: 0x20,
  and: 0x54,
  jumpIfEqual: 0x15,
  jumpIfGreater: 0x25,
  jumpIfAtLeast: 0x35,
  answer: 0x06,
} as const;

/** Offsets in what the kernel shows a filter of a call. Both architectures put an argument's lower half first. */
const NUMBER = 0;
const ARCHITECTURE = 4;
const argumentAt = (index: number) => 16 + 8 * index;

const Answer = { allow: 0x7fff_0000, refuse: 0x0005_0001, absent: 0x0005_0026, kill: 0x8000_0000 } as const;

const AUDIT_ARCHITECTURE: Readonly<Record<Architecture, number>> = { x64: 0xc000_003e, arm64: 0xc000_00b7 };

/** From here on the numbers of x64 are those of another set of calls, that with 32-bit pointers. */
const X32 = 0x4000_0000;

interface Instruction {
  readonly operation: number;
  readonly value: number;
  /** How many instructions to leave out when the comparison holds, and when it doesn't. */
  readonly ifTrue?: number;
  readonly ifFalse?: number;
}

/**
 * The filter as the kernel itself takes it, for an architecture: what bubblewrap reads from a descriptor. Calls that
 * are newer than every call it knows are answered as absent, so that programs fall back.
 */
export function seccompProgram(architecture: Architecture): Buffer {
  const calls = SYSTEM_CALLS.flatMap((call) => {
    const number = call.numbers[architecture];
    return number === undefined ? [] : [{ ...call, number }];
  }).toSorted((one, other) => one.number - other.number);
  const newest = calls.at(-1)?.number ?? 0;
  return assemble([
    { operation: Operation.loadWord, value: ARCHITECTURE },
    { operation: Operation.jumpIfEqual, value: AUDIT_ARCHITECTURE[architecture], ifTrue: 1 },
    answer("kill"),
    { operation: Operation.loadWord, value: NUMBER },
    { operation: Operation.jumpIfAtLeast, value: X32, ifFalse: 1 },
    answer("kill"),
    { operation: Operation.jumpIfGreater, value: newest, ifFalse: 1 },
    answer("absent"),
    ...rangesOf(calls.filter(({ when, answer }) => when === undefined && answer === "allow")).flatMap(allowRange),
    ...calls.filter(({ when }) => when !== undefined).flatMap(allowWhen),
    ...calls
      .filter((call) => call.answer === "absent")
      .flatMap(({ number }) => [{ operation: Operation.jumpIfEqual, value: number, ifFalse: 1 }, answer("absent")]),
    answer("refuse"),
  ]);
}

interface NumberedCall extends SystemCall {
  readonly number: number;
}

interface Range {
  readonly first: number;
  readonly last: number;
}

function rangesOf(calls: readonly NumberedCall[]): readonly Range[] {
  const ranges: Range[] = [];
  for (const { number } of calls) {
    const last = ranges.at(-1);
    if (last !== undefined && last.last === number - 1) ranges[ranges.length - 1] = { first: last.first, last: number };
    else ranges.push({ first: number, last: number });
  }
  return ranges;
}

const allowRange = ({ first, last }: Range): readonly Instruction[] => [
  { operation: Operation.jumpIfAtLeast, value: first, ifFalse: 2 },
  { operation: Operation.jumpIfGreater, value: last, ifTrue: 1 },
  answer("allow"),
];

/** Its rows one after the other; each leaves the call's number loaded no more, so that a call that fits none ends here. */
function allowWhen({ number, when = [] }: NumberedCall): readonly Instruction[] {
  const rows = when.flatMap(allowRow);
  return [{ operation: Operation.jumpIfEqual, value: number, ifFalse: rows.length + 1 }, ...rows, answer("refuse")];
}

const CONDITION_LENGTH = 3;

function allowRow(row: readonly ArgumentCondition[]): readonly Instruction[] {
  const tests = row.flatMap(({ index, mask, equals }, at): readonly Instruction[] => [
    { operation: Operation.loadWord, value: argumentAt(index) },
    { operation: Operation.and, value: mask },
    { operation: Operation.jumpIfEqual, value: equals, ifFalse: (row.length - 1 - at) * CONDITION_LENGTH + 1 },
  ]);
  return [...tests, answer("allow")];
}

function answer(kind: keyof typeof Answer): Instruction {
  return { operation: Operation.answer, value: Answer[kind] };
}

const INSTRUCTION_BYTES = 8;

function assemble(instructions: readonly Instruction[]): Buffer {
  const program = Buffer.alloc(instructions.length * INSTRUCTION_BYTES);
  for (const [index, { operation, value, ifTrue = 0, ifFalse = 0 }] of instructions.entries()) {
    const at = index * INSTRUCTION_BYTES;
    program.writeUInt16LE(operation, at);
    program.writeUInt8(ifTrue, at + 2);
    program.writeUInt8(ifFalse, at + 3);
    program.writeUInt32LE(value, at + 4);
  }
  return program;
}

import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bashRequest, type RunningSupervisor, SignalNumber, startSupervisor } from "./native.fixture.ts";

let running: RunningSupervisor;

beforeAll(async () => {
  running = await startSupervisor();
});

afterAll(() => running[Symbol.asyncDispose]());

const bash: RunningSupervisor["bash"] = (...given) => running.bash(...given);

/** What runs besides the supervisor, its reapers and the listing itself. */
async function survivors(): Promise<string[]> {
  const { stdout } = await bash("ps -eo comm= | grep -v -e claw- -e '^ps$' -e '^grep$' -e '^bash$'");
  return stdout.split("\n").filter(Boolean);
}

function program(name: string, source: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "claw-attack-")), name);
  execFileSync("gcc", ["-O1", "-x", "c", "-o", path, "-"], { input: source });
  return path;
}

test("a timeout ends what left the session, cleared its environment, or was orphaned twice over", async () => {
  const escapes = [
    "setsid sleep 601 & env -i setsid sleep 602 >/dev/null 2>&1 &",
    "(setsid nohup sleep 603 >/dev/null 2>&1 &)",
    "setsid bash -c 'setsid bash -c \"setsid sleep 604 >/dev/null 2>&1 &\" &'",
    "exec env -i sleep 605",
  ];
  expect(await bash(escapes.join("\n"), { timeoutMs: 300 })).toMatchObject({ timedOut: true, signal: 9 });
  expect(await survivors()).toEqual([]);
});

test("a kill at any moment leaves nothing behind", async () => {
  for (const delayMs of [0, 1, 2, 3, 5, 8, 13, 21]) {
    const command = running.supervisor.exec(bashRequest("setsid sleep 606 & (sleep 607 &); sleep 608"), () => {});
    setTimeout(() => command.kill(SignalNumber.SIGKILL), delayMs);
    expect(await command.exit).toMatchObject({ signal: 9, swept: false });
    expect(await survivors()).toEqual([]);
  }
});

test("ending one command leaves what another runs, and what another left, alone", async () => {
  const other = running.supervisor.exec(bashRequest("exec sleep 609"), () => {});
  await bash("setsid sleep 610 >/dev/null 2>&1 &");
  expect(await bash("sleep 611", { timeoutMs: 100 })).toMatchObject({ timedOut: true });
  expect(await survivors()).toEqual(["sleep", "sleep"]);
  other.kill(SignalNumber.SIGTERM);
  expect(await other.exit).toMatchObject({ signal: 15 });
  await bash("pkill -x sleep");
});

test("a process that forks itself away faster than it can be seen is ended", async () => {
  const comet = program("comet", "#include <unistd.h>\nint main(void){ for(;;) if (fork() > 0) _exit(0); }");
  const result = await bash(`setsid ${comet} & setsid ${comet} & sleep 1; exit 0`, { timeoutMs: 200 });
  expect(result).toMatchObject({ timedOut: true });
  expect(await survivors()).toEqual([]);
});

test("a command that stops its reaper is ended all the same", async () => {
  const script = "kill -STOP $PPID; (setsid sleep 612 &); sleep 613";
  expect(await bash(script, { timeoutMs: 200 })).toMatchObject({ timedOut: true });
  expect(await survivors()).toEqual([]);
});

test("commands that keep stopping their reaper are ended in bounded time, at worst with everything else", async () => {
  const source =
    "#include <signal.h>\n#include <unistd.h>\nint main(void){ int reaper = getppid(); fork(); fork(); for(;;) kill(reaper, SIGSTOP); }";
  expect(await bash("", { argv: [program("stopper", source)], timeoutMs: 200 })).toMatchObject({ signal: 9 });
  expect(await survivors()).toEqual([]);
  expect(await bash("echo alive")).toMatchObject({ stdout: "alive\n" });
});

test("a command that kills its reaper ends everything in the sandbox, which works on", async () => {
  const bystander = running.supervisor.exec(bashRequest("exec sleep 615"), () => {});
  expect(await bash("kill -9 $PPID; setsid sleep 616 & sleep 617")).toMatchObject({ swept: true, signal: 9 });
  expect(await bystander.exit).toMatchObject({ swept: true });
  expect(await survivors()).toEqual([]);
  expect(await bash("kill -9 -1; exit 3")).toMatchObject({ swept: true });
  expect(await bash("echo alive")).toMatchObject({ stdout: "alive\n", swept: false });
});

test("no signal from inside reaches the supervisor, and only SIGKILL and SIGSTOP a reaper", async () => {
  const signals = "for s in $(seq 1 64); do";
  expect(await bash(`${signals} kill -$s 1 2>/dev/null; done; echo alive`)).toMatchObject({ stdout: "alive\n" });
  const others = `${signals} [ $s = 9 ] || [ $s = 19 ] || kill -$s $PPID 2>/dev/null; done; echo alive`;
  expect(await bash(others)).toMatchObject({ exitCode: 0, stdout: "alive\n" });
});

test("nobody inside can write frames, read the supervisor or trace it", async () => {
  const attempts = [
    "echo forged > /proc/1/fd/1",
    "cat /proc/1/fd/0",
    "cat /proc/1/environ",
    "dd if=/proc/1/mem bs=1 count=1",
    "ls -l /proc/1/fd",
    "echo forged > /proc/$PPID/fd/1",
    "dd if=/proc/$PPID/mem bs=1 count=1",
    "ls -l /proc/$PPID/fd",
    "grep . /proc/1/maps",
  ];
  // Root reads everything; a sandbox's commands are never root.
  const script = attempts.map((attempt) => `(${attempt}) >/dev/null 2>&1 && echo '${attempt}'`).join("\n");
  const result = await bash(
    `setpriv --reuid 10001 --regid 10001 --clear-groups --bounding-set=-all --inh-caps=-all bash -c ${quoted(script)}`,
  );
  expect(result.stdout).toBe("");
  expect(await bash("echo alive")).toMatchObject({ stdout: "alive\n" });
});

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

test("limits laid on the supervisor by a command refuse commands, and crash nothing", async () => {
  await using one = await startSupervisor();
  await one.bash("prlimit --pid 1 --nofile=8:8");
  expect(await one.bash("true")).toMatchObject({
    notStarted: true,
    stderr: expect.stringMatching(/descriptors/),
  });
  await one.supervisor.ping();
});

import { execFile } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeFrame, frameDecoder } from "./codec.ts";
import { encodeExec } from "./messages.ts";
import {
  bashRequest,
  collector,
  compiled,
  type RunningSupervisor,
  SignalNumber,
  spawnSupervisor,
  startSupervisor,
} from "./native.fixture.ts";
import { Frame, OUTPUT_WINDOW } from "./protocol.ts";

let running: RunningSupervisor;

beforeAll(async () => {
  running = await startSupervisor();
});

afterAll(() => running[Symbol.asyncDispose]());

const bash: RunningSupervisor["bash"] = (...given) => running.bash(...given);

test("a command yields its exit code, its two streams apart and its duration", async () => {
  expect(await bash("echo out; echo err >&2; exit 7")).toEqual({
    exitCode: 7,
    stdout: "out\n",
    stderr: "err\n",
    notStarted: false,
    timedOut: false,
    swept: false,
    exhausted: [],
    durationUs: expect.any(Number),
  });
  expect((await bash("sleep 0.1")).durationUs).toBeGreaterThan(100_000);
  expect(await bash("kill -SEGV $$")).toMatchObject({ exitCode: 139, signal: 11 });
});

test("what can't be started is an exit with a reason", async () => {
  const missing = { exitCode: 127, stderr: "claw: /no/such/program: No such file or directory\n" };
  expect(await bash("", { argv: ["/no/such/program"] })).toMatchObject(missing);
  const forbidden = { exitCode: 126, stderr: "claw: /etc/passwd: Permission denied\n" };
  expect(await bash("", { argv: ["/etc/passwd"] })).toMatchObject(forbidden);
  const lost = { exitCode: 1, stdout: "", stderr: "claw: /no/such/place: No such file or directory\n" };
  expect(await bash("echo ran", { cwd: "/no/such/place" })).toMatchObject(lost);
});

test("a command has the given environment, an empty signal mask, a session of its own and three descriptors", async () => {
  const { stdout } = await bash("env; ls /proc/self/fd | xargs; grep -E 'SigBlk|SigIgn' /proc/self/status", {
    env: { PATH: "/usr/bin:/bin", ODD: "a'b\n$(c)" },
  });
  expect(stdout).toMatch(/^ODD=a'b\n\$\(c\)$/m);
  expect(stdout).toMatch(/\n0 1 2 3\n/);
  expect(stdout.match(/0{16}$/gm)).toHaveLength(2);
  expect((await bash("ps -o pid=,sid=,pgid= $$ | xargs | tr ' ' '\\n' | sort -u | wc -l")).stdout.trim()).toBe("1");
});

test("a request as long as many frames arrives whole, and one above the cap is not sent", async () => {
  const argv = [
    "/bin/bash",
    "-c",
    'printf %s "$@" | wc -c',
    "bash",
    ...Array.from({ length: 9 }, () => "x".repeat(100_000)),
  ];
  expect((await bash("", { argv: argv as [string, ...string[]] })).stdout.trim()).toBe("900000");
});

test("input is read whole however slowly, and a command that does not read it ends all the same", async () => {
  const stdin = "0123456789abcde\n".repeat(65_536);
  expect((await bash("sleep 0.2; wc -c", { stdin })).stdout.trim()).toBe(String(stdin.length));
  expect(await bash("exec <&-; exit 4", { stdin })).toMatchObject({ exitCode: 4 });
  expect(await bash("head -c 1; exit 5", { stdin })).toMatchObject({ exitCode: 5, stdout: "0" });
});

test("output before the end is whole although a process in the background holds the pipe", async () => {
  const result = await bash("(while :; do echo noise; sleep 0.001; done) & seq 20000; kill -9 $!; sleep 100 & exit 3");
  expect(result.exitCode).toBe(3);
  expect(result.stdout.replaceAll("noise\n", "")).toMatch(/\n20000\n$/);
});

test("what a command left behind is listed, and goes on", async () => {
  const { text, onBytes } = collector();
  const command = running.supervisor.exec(bashRequest("sleep 0.4 & echo $!"), onBytes);
  expect(await command.exit).toMatchObject({ exitCode: 0 });
  const listed = (await running.supervisor.list()).find(({ id }) => id === command.id);
  expect(listed).toMatchObject({ state: "left-behind", ageUs: expect.any(Number) });
  expect((await bash(`tail --pid=${text.stdout.trim()} -f /dev/null; echo gone`)).stdout).toBe("gone\n");
  expect((await running.supervisor.list()).map(({ id }) => id)).not.toContain(command.id);
});

test("signals reach the process group, and a deadline can be taken away", async () => {
  const { text, onBytes } = collector();
  const told = Promise.withResolvers<void>();
  const script = "trap 'echo got; exit 9' TERM; echo ready; while :; do sleep 0.02; done";
  const command = running.supervisor.exec(bashRequest(script, { timeoutMs: 3_000 }), (...given) => {
    onBytes(...given);
    told.resolve();
  });
  command.background();
  await told.promise;
  // Begun later with the same limit, it is ended by it: the first one would have been before.
  expect(await bash("tail -f /dev/null", { timeoutMs: 3_000 })).toMatchObject({ timedOut: true });
  command.kill(SignalNumber.SIGTERM);
  expect(await command.exit).toMatchObject({ exitCode: 9, timedOut: false });
  expect(text.stdout).toBe("ready\ngot\n");
});

test("a terminal has a size that can change, takes keys, and ends by key", async () => {
  const { text, onBytes } = collector();
  const seen = (wanted: string) =>
    new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (!text.stdout.includes(wanted)) return;
        clearInterval(look);
        resolve();
      }, 5);
    });
  const script = "trap 'stty size' WINCH; stty size; cat; read -r line; echo \"line $line\"; tty";
  const command = running.supervisor.exec(bashRequest(script, { terminal: { rows: 33, columns: 99 } }), onBytes);
  await seen("33 99");
  await command.write(Buffer.from("typed\r"));
  await seen("typed\r\ntyped\r\n");
  await command.write(Buffer.from("\x03"));
  expect(await command.exit).toMatchObject({ exitCode: 130 });

  const next = running.supervisor.exec(bashRequest(script, { terminal: { rows: 33, columns: 99 } }), onBytes);
  next.resize({ rows: 20, columns: 50 });
  await next.write(Buffer.from("\x04"));
  await next.write(Buffer.from("text\r"));
  next.end();
  expect(await next.exit).toMatchObject({ exitCode: 0 });
  expect(text.stdout).toMatch(/20 50[\s\S]*line text\r\n\/dev\/pts\/\d+\r\n$/);
});

test("2,000 commands in a row take neither descriptors nor memory", async () => {
  const program = compiled();
  await using one = await startSupervisor(program, { openFiles: 40 });
  const memory = async () => Number(/VmRSS:\s+(\d+)/.exec((await one.bash("cat /proc/1/status")).stdout)?.[1]);
  await one.bash("true");
  const before = await memory();
  for (let number = 0; number < 2_000; number++) {
    expect((await one.bash("", { argv: ["/bin/true"] })).exitCode).toBe(0);
  }
  expect((await memory()) - before).toBeLessThan(128);
  // The last one's processes may still be on their way out.
  await expect.poll(() => one.supervisor.list()).toEqual([]);
}, 60_000);

test("more commands than there is room for are refused with a reason, and the rest runs", async () => {
  const results = await Promise.all(Array.from({ length: 300 }, () => bash("sleep 3")));
  const refused = results.filter(({ notStarted }) => notStarted);
  expect(refused.length).toBeGreaterThanOrEqual(300 - 256);
  for (const { stderr } of refused) expect(stderr).toMatch(/can't be started/);
  expect(await bash("exit 2")).toMatchObject({ exitCode: 2 });
}, 60_000);

test("output for which there is no credit stops the command, and the supervisor goes on", async () => {
  const child = spawnSupervisor(compiled());
  const pong = Promise.withResolvers<void>();
  let bytes = 0;
  const decode = frameDecoder(({ type, payload }) => {
    if (type === Frame.pong) pong.resolve();
    if (type !== Frame.stdout) return;
    bytes += payload.length;
    if (bytes === OUTPUT_WINDOW) child.stdin.write(encodeFrame(Frame.ping, 0));
  });
  child.stdout.on("data", decode);
  child.stdin.write(encodeExec(1, bashRequest("exec yes")));
  await pong.promise;
  expect(bytes).toBe(OUTPUT_WINDOW);
  child.stdin.end();
  expect(await once(child, "close")).toEqual([0, null]);
});

test("the gateway's end is the end of everything", async () => {
  const one = await startSupervisor();
  const command = one.supervisor.exec(bashRequest("setsid sleep 600 & sleep 600"), () => {});
  await one[Symbol.asyncDispose]();
  await expect(command.exit).rejects.toThrow(/it ended \(0\)/);
});

test("it refuses to be any process but the first", async () => {
  const child = execFile(compiled());
  const [code] = await once(child, "exit");
  expect(code).toBe(64);
});

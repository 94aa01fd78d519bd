import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { linesOf, temporaryDirectory } from "../harness/directory.ts";
import type { FailingDisk } from "../harness/failing-disk.ts";
import type { Answers, CrashAt, Order, Question, Report } from "./messages.ts";

/** What agents are asked, by who asks. */
export const conversations: Readonly<Record<string, readonly string[]>> = {
  ada: ["ada-1", "ada-2"],
  bob: ["bob-1", "bob-2"],
  eve: ["eve-1", "eve-2"],
  tom: ["tom-1", "tom-2"],
  kim: ["kim-1"],
};
export const messages: readonly string[] = Object.values(conversations).flat();

/** What a client sends to somebody without any agent, and sends again when it has heard no answer. */
export const notices: Readonly<Record<string, readonly string[]>> = { zoe: ["zoe-1", "zoe-2"] };

/** Messages that are text commands: what they say, and what the gateway answers. */
export const commands: Readonly<Record<string, { readonly text: string; readonly answer: RegExp }>> = {
  "kim-2": { text: "/compact", answer: /^Compacted: about \d+ tokens are now \d+\./ },
  "lea-1": { text: "/new", answer: /^Started over\./ },
  "lea-2": { text: "/stop", answer: /^Nothing is going on\.$/ },
};
const handedOver: Readonly<Record<string, readonly string[]>> = {
  ...conversations,
  ...notices,
  kim: ["kim-1", "kim-2"],
  lea: ["lea-1", "lea-2"],
};
const { length: HANDED_OVER } = Object.values(handedOver).flat();

/** Whose messages share a turn where they come together, and then have the last one's answer. */
export const BURSTS = "tom";

/** What the platform fails to take the first time. */
const BUSY_FOR = "bob-1";
/** Of one life, which takes half a second on a machine that does nothing else. */
const LIMIT_MS = 60_000;

interface Sent {
  readonly key: string;
  readonly peer: string;
  readonly text: string;
}

/** How a gateway ended; one that could not start was on a disk that failed. */
type Ended = "killed" | "stopped" | "not started";

/** What outlives every gateway: the platform, the model, what tools did, and the state directory. */
export interface World extends AsyncDisposable {
  readonly stateDir: string;
  /** Everything the platform took, in order, repeats too: it is one that can't tell them apart. */
  readonly sent: readonly Sent[];
  /** Every transition of every gateway, as `point subject`, and every call of the model, as `model message results`. */
  readonly events: readonly string[];
  /** Keys of sends that had been taken, and not noted in the journal, when a gateway was killed. */
  readonly ambiguous: ReadonlySet<string>;
  /** One line for each time that a tool really ran. */
  effects(): Promise<readonly string[]>;
  /** Starts a gateway and resolves when it has killed itself, or, with nothing left to do, was stopped. */
  live(crashAt?: CrashAt): Promise<Ended>;
  /** The same on a disk that may fail: what it refuses is handed over again, and what is left then waits. */
  liveOn(disk: FailingDisk): Promise<Ended>;
  /** What was said of refusals. */
  readonly refusals: readonly string[];
}

export async function createWorld(program: string): Promise<World> {
  const directory = await temporaryDirectory();
  const effectsPath = join(directory.path, "effects.txt");
  const epochMs = Date.now();
  const sent: Sent[] = [];
  const events: string[] = [];
  const ambiguous = new Set<string>();
  const unnoted = new Set<string>();
  const acknowledged = new Set<string>();
  const refusals: string[] = [];
  let busy = true;

  function answer(question: Question): Answers[Question["ask"]] {
    if (question.ask === "model") {
      const { run, results } = question;
      if (!messages.includes(run)) {
        events.push("model summary");
        return { text: "a summary" };
      }
      events.push(`model ${run} ${results}`);
      return results === 0 ? { tool: "mark" } : { text: `re ${run}` };
    }
    const { key, peer, text } = question;
    if (busy && text.includes(BUSY_FOR)) {
      busy = false;
      return { failure: "the platform is busy" };
    }
    sent.push({ key, peer, text });
    unnoted.add(key);
    return { receipt: `receipt-${sent.length}` };
  }

  async function run(crashAt?: CrashAt, disk?: FailingDisk): Promise<Ended> {
    const where = { stateDir: join(directory.path, "state"), effects: effectsPath, epochMs };
    const setting = JSON.stringify({ ...where, crashAt, badDisk: disk !== undefined });
    const env = { ...process.env, ...disk?.env };
    const child = fork(program, [setting], { stdio: ["ignore", "pipe", "pipe", "ipc"], env });
    const output = outputOf(child);
    let failure: string | undefined;
    let started = false;
    let stopping = false;
    const order = (message: Order): void => {
      if (stopping && message.type !== "answer") return;
      stopping = message.type === "stop" || stopping;
      // One that has killed itself hears nothing.
      if (child.connected) child.send(message, () => {});
    };
    /** As a platform does that waits for one message to be taken before it hands over the next. */
    const deliverNext = (peer: string): void => {
      const message = handedOver[peer]?.find((one) => !acknowledged.has(one));
      if (message === undefined) order({ type: "count-remaining" });
      else order({ type: "deliver", message, peer });
    };
    child.on("message", (report: Report) => {
      switch (report.type) {
        case "question":
          return order({ type: "answer", id: report.id, answer: answer(report.question) });
        case "transition":
          events.push(`${report.point} ${report.subject}`);
          if (report.point !== "journal.delivered after") return;
          unnoted.delete(report.subject);
          return order({ type: "count-remaining" });
        case "listening":
          started = true;
          return Object.keys(handedOver).forEach(deliverNext);
        case "acknowledged": {
          const peer = report.message.split("-")[0] ?? "";
          // Every message comes once more although it was taken.
          if (!acknowledged.has(report.message)) order({ type: "deliver", message: report.message, peer });
          else deliverNext(peer);
          return void acknowledged.add(report.message);
        }
        case "remaining":
          if (report.count === 0 && acknowledged.size === HANDED_OVER) order({ type: "stop" });
          return;
        case "turn-ended":
          return order({ type: "count-remaining" });
        case "refused":
          refusals.push(report.reason);
          return order(report.order);
        case "failed":
          failure = report.reason;
          child.kill("SIGTERM");
      }
    });
    const late = setTimeout(() => child.kill("SIGTERM"), LIMIT_MS);
    const [code, signal] = await once(child, "close").finally(() => clearTimeout(late));
    for (const key of unnoted) ambiguous.add(key);
    unnoted.clear();
    if (signal === "SIGKILL") return "killed";
    if (code === 0 && failure === undefined) return "stopped";
    if (disk !== undefined && !started && code === 1) {
      refusals.push(output());
      return "not started";
    }
    throw new Error(`a gateway ended with ${code ?? signal}: ${failure ?? ""}\n${events.join("\n")}\n${output()}`);
  }

  return {
    stateDir: join(directory.path, "state"),
    sent,
    events,
    ambiguous,
    refusals,
    effects: () => linesOf(effectsPath),
    live: (crashAt) => run(crashAt),
    liveOn: (disk) => run(undefined, disk),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

function outputOf(child: ChildProcess): () => string {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += String(chunk)));
  return () => output;
}

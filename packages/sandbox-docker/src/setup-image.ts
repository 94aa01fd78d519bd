import { createHash, randomBytes } from "node:crypto";
import type { SandboxNetwork } from "@claw/core";
import { bashCommand, carryNetwork, networkEnvironment, runCommand, type Supervisor } from "@claw/sandbox-supervisor";
import type Docker from "dockerode";
import { BASE_ENVIRONMENT } from "./container-options.ts";
import { withDeadline } from "./deadline.ts";
import type { EngineAddress } from "./engine.ts";
import { sandboxError } from "./errors.ts";
import type { BuildStep } from "./image.ts";
import { removeContainer } from "./running-container.ts";
import { startSupervised } from "./supervise.ts";
import { hasImage, SUPERVISED_LABEL, SUPERVISOR_PATH, superviseImage } from "./supervised-image.ts";

/** What is done once to an image before sandboxes are made of it. */
export interface ImageSetup {
  /** A bash command line, run as root of a container that has no other network than this. */
  readonly command: string;
  /** For this command alone; the sandboxes have their own. */
  readonly network: "none" | SandboxNetwork;
  /** What the network allows, as it is written: other hosts make another layer. */
  readonly allow: readonly string[];
}

export interface SetUpStep extends BuildStep {
  readonly address: EngineAddress;
  readonly labels: Readonly<Record<string, string>>;
}

const SETUP_LABEL = "claw.setup";
const MAX_SETUP_MS = 30 * 60_000;
/** A layer of gigabytes is written to disk. */
const COMMIT_MS = 10 * 60_000;
const MAX_TOLD = 2_000;

/**
 * Runs a command in an image and keeps the result as a layer on top: once for an image's content, a command and its
 * hosts. Returns the result's name. Rejects with `SANDBOX_UNAVAILABLE` and the command's last words when it fails, and
 * then nothing is kept.
 */
export async function setUpImage(step: SetUpStep, image: string, setup: ImageSetup): Promise<string> {
  const { Id, Config } = await step.engine.getImage(image).inspect();
  const key = JSON.stringify([Id, setup.command, setup.allow]);
  const tag = createHash("sha256").update(key).digest("hex").slice(0, 16);
  const name = `claw-setup:${tag}`;
  if (await hasImage(step.engine, name)) return name;

  step.onProgress(`Setting up ${image}: ${setup.command.split("\n", 1)[0]}`);
  const container = step.engine.getContainer(`claw-setup-${randomBytes(8).toString("hex")}`);
  const body = setupContainer(await superviseImage(step, image), step.labels);
  const creation = { _query: { name: container.id }, _body: body } as Docker.ContainerCreateOptions;
  try {
    await step.engine.createContainer(creation);
    await runSetup(await startSupervised({ address: step.address, container, signal: step.signal }), setup, step);
    const deadline = { what: "keeping what was set up", timeoutMs: COMMIT_MS, signal: step.signal };
    const changes = [`USER ${Config.User || "root"}`, `LABEL ${SUPERVISED_LABEL}= ${SETUP_LABEL}=${image}`];
    await withDeadline(deadline, () => container.commit({ repo: "claw-setup", tag, changes }));
    return name;
  } finally {
    await removeContainer(container).catch(() => {});
  }
}

/** Root, so that packages can be installed, with what a package manager needs of its powers and no network. */
function setupContainer(image: string, labels: SetUpStep["labels"]): Docker.ContainerCreateOptions {
  return {
    Image: image,
    Entrypoint: [],
    Cmd: [SUPERVISOR_PATH],
    OpenStdin: true,
    StdinOnce: true,
    StopSignal: "SIGKILL",
    Healthcheck: { Test: ["NONE"] },
    Hostname: "setup",
    User: "0:0",
    WorkingDir: "/",
    Labels: { ...labels },
    HostConfig: {
      AutoRemove: true,
      NetworkMode: "none",
      CapDrop: ["ALL"],
      CapAdd: ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"],
      SecurityOpt: ["no-new-privileges"],
      IpcMode: "private",
      PidsLimit: 1_024,
      Memory: 2 ** 32,
      MemorySwap: 2 ** 32,
      Tmpfs: { "/tmp": "rw,nosuid,nodev,exec,mode=1777,size=1g" },
      LogConfig: { Type: "none", Config: {} },
      RestartPolicy: { Name: "no" },
    },
  };
}

async function runSetup(supervisor: Supervisor, { command, network }: ImageSetup, step: SetUpStep): Promise<void> {
  if (network !== "none") await carryNetwork(supervisor, network);
  const bash = bashCommand(command);
  const lines = lineWriter(step.onProgress);
  let told = "";
  const { exitCode, timedOut } = await runCommand(supervisor, {
    argv: bash.argv,
    cwd: "/",
    env: {
      ...BASE_ENVIRONMENT,
      HOME: "/root",
      DEBIAN_FRONTEND: "noninteractive",
      ...(network === "none" ? {} : networkEnvironment),
      ...bash.env,
    },
    timeoutMs: MAX_SETUP_MS,
    signal: step.signal,
    onBytes(_stream, bytes) {
      const text = Buffer.from(bytes).toString();
      told = `${told}${text}`.slice(-MAX_TOLD);
      lines.write(text);
    },
  });
  lines.end();
  if (exitCode === 0) return;
  const how = timedOut ? `took more than ${MAX_SETUP_MS / 60_000} minutes` : `ended with ${exitCode}`;
  throw sandboxError("SANDBOX_UNAVAILABLE", `The setup command ${how}: ${told.trim() || "it said nothing"}`);
}

/** Whole lines: some programs write their words letter by letter. One without an end is cut. */
function lineWriter(onLine: (line: string) => void) {
  let begun = "";
  const tell = (line: string): void => {
    if (line.trim() !== "") onLine(line.trim());
  };
  return {
    write(text: string): void {
      const [first = "", ...rest] = text.split(/[\r\n]/);
      begun = `${begun}${first}`.slice(0, MAX_TOLD);
      for (const line of rest) {
        tell(begun);
        begun = line.slice(0, MAX_TOLD);
      }
    },
    end: (): void => tell(begun),
  };
}

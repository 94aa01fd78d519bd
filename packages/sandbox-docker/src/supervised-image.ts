import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { supervisorProgram, supervisorSource } from "@claw/sandbox-supervisor";
import type Docker from "dockerode";
import { statusOf } from "./errors.ts";
import { type BuildStep, buildContext } from "./image.ts";
import type { TarEntry } from "./tar.ts";

/** Where the supervisor lies in every image that was prepared for it. */
export const SUPERVISOR_PATH = "/usr/local/bin/claw-supervisor";

/** On an image of ours: the name of the one it was made of. */
export const SUPERVISED_LABEL = "claw.supervised";

const LAYER = `ARG IMAGE
FROM \${IMAGE}
COPY claw-supervisor ${SUPERVISOR_PATH}
`;

/** For an installation that holds no program for the engine's architecture; it needs a registry. */
const COMPILED_LAYER = `ARG IMAGE
FROM debian:bookworm-slim AS supervisor
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev musl-tools
COPY native /native
RUN /native/build.sh /claw-supervisor

FROM \${IMAGE}
COPY --from=supervisor /claw-supervisor ${SUPERVISOR_PATH}
`;

/** As Node calls what the engine calls otherwise. */
const ARCHITECTURES: Readonly<Record<string, string>> = { amd64: "x64", arm64: "arm64" };

/**
 * Adds one layer with the supervisor to any Linux image, once for an image and a supervisor, and returns the result's
 * name. Nothing is pulled when this installation holds the program. Results for earlier contents of the name are removed.
 */
export async function superviseImage(step: BuildStep, image: string): Promise<string> {
  const { Id, Architecture } = await step.engine.getImage(image).inspect();
  const program = supervisorProgram(ARCHITECTURES[Architecture] ?? Architecture);
  const files = program === undefined ? await sources() : [{ path: "claw-supervisor", file: program }];
  const hash = createHash("sha256").update(Id);
  for (const { file } of files) hash.update(await readFile(file));
  const name = `claw-supervised:${hash.digest("hex").slice(0, 16)}`;
  if (await hasImage(step.engine, name)) return name;
  const dockerfile: TarEntry = { path: "Dockerfile", text: program === undefined ? COMPILED_LAYER : LAYER };
  await buildContext(step, [dockerfile, ...files], {
    t: name,
    buildargs: { IMAGE: image },
    labels: { [SUPERVISED_LABEL]: image },
    ...(program === undefined ? {} : { networkmode: "none" }),
  });
  await removeOthers(step.engine, image, name);
  return name;
}

async function sources() {
  const names = (await readdir(supervisorSource())).toSorted();
  return names.map((name) => ({ path: `native/${name}`, file: join(supervisorSource(), name) }));
}

export async function hasImage(engine: Docker, name: string): Promise<boolean> {
  try {
    await engine.getImage(name).inspect();
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

/** They would keep the layers of an image that was replaced. One whose container still runs stays until the next time. */
async function removeOthers(engine: Docker, image: string, kept: string): Promise<void> {
  const images = await engine.listImages({ filters: { label: [`${SUPERVISED_LABEL}=${image}`] } });
  const names = images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((name) => name !== kept);
  await Promise.allSettled(names.map((name) => engine.getImage(name).remove()));
}

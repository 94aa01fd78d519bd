import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import { reasonOf, sandboxError } from "./errors.ts";

const ZSTD_MAGIC = "28b52ffd";
const ELF_MAGIC = "7f454c46";

export type TarEntry = { readonly path: string } & ({ readonly text: string } | { readonly file: string });

/** A tar stream; files are read while it is consumed. */
export async function tarOf(entries: readonly TarEntry[]): Promise<Readable> {
  // It is CommonJS: as a chunk of a bundle it has its default export alone.
  const { default: tarStream } = await import("tar-stream");
  const tar = tarStream.pack();
  const fill = async () => {
    for (const entry of entries) {
      if ("text" in entry) {
        tar.entry({ name: entry.path }, entry.text);
        continue;
      }
      await using file = await open(entry.file);
      const { size } = await file.stat();
      await pipeline(file.createReadStream({ autoClose: false }), tar.entry({ name: entry.path, size, mode: 0o755 }));
    }
    tar.finalize();
  };
  fill().catch((error) => tar.destroy(error));
  return Readable.from(tar);
}

/** A tar file as the engine takes it: plain or gzip as it is, zstd unpacked, because older engines refuse that. */
export async function openTar(path: string): Promise<Readable> {
  const magic = await magicOf(path);
  const file = createReadStream(path);
  if (magic !== ZSTD_MAGIC) return file;
  const unpacked = createZstdDecompress();
  pipeline(file, unpacked).catch((error) => unpacked.destroy(error));
  return unpacked;
}

export async function assertLinuxProgram(path: string): Promise<void> {
  if ((await magicOf(path)) === ELF_MAGIC) return;
  throw sandboxError(
    "SANDBOX_UNAVAILABLE",
    `The image needs Node.js for Linux, and ${path} is no Linux program. Name one (the npm package "node" holds it).`,
  );
}

async function magicOf(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString("hex", 0, bytesRead);
  } catch (error) {
    throw sandboxError("SANDBOX_UNAVAILABLE", `${path} can't be read: ${reasonOf(error)}`, error);
  }
}

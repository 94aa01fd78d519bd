import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";

const HEARTBEAT_MS = 2_000;
const STALE_AFTER_MS = 20_000;
const POLL_MS = 200;

/**
 * Runs `work` while holding the lock file; a second caller waits. A lock whose process is gone (same host), or whose
 * heartbeat stopped (another container on the same folder), is taken over.
 */
export async function withLock(path, progress, work) {
  mkdirSync(dirname(path), { recursive: true });
  await acquire(path, progress);
  const release = () => rmSync(path, { force: true });
  const heartbeat = setInterval(() => touch(path), HEARTBEAT_MS);
  process.once("exit", release);
  try {
    return await work(progress);
  } finally {
    clearInterval(heartbeat);
    process.removeListener("exit", release);
    release();
  }
}

async function acquire(path, progress) {
  let endWaiting;
  while (!create(path)) {
    const holder = readHolder(path);
    if (holder !== undefined && isStale(holder)) takeAway(path, holder);
    else {
      endWaiting ??= progress.begin("Waiting for another start in this folder to finish");
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
  endWaiting?.("done");
}

function create(path) {
  try {
    writeFileSync(path, JSON.stringify({ host: hostname(), pid: process.pid, at: Date.now() }), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/** The lock as it is now, or undefined when it went away in between. */
function readHolder(path) {
  try {
    return { text: readFileSync(path, "utf8"), touchedAt: statSync(path).mtimeMs };
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function isStale({ text, touchedAt }) {
  if (Date.now() - touchedAt > STALE_AFTER_MS) return true;
  try {
    const { host, pid } = JSON.parse(text);
    if (host === hostname()) process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

/** Renames first: of two that find the same stale lock, one wins, and a lock renewed in between is put back. */
function takeAway(path, holder) {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw error;
  }
  if (readFileSync(aside, "utf8") === holder.text) rmSync(aside);
  else renameSync(aside, path);
}

function touch(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Someone removed the lock by hand; the work itself is still safe to finish.
  }
}

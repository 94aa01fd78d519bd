import { ClawError, type StoreErrorCode } from "@claw/core";

const unreadable = /_(READ|CORRUPTFS)$/;
const unwritable = /^(SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM)|ENOSPC$|EDQUOT$|EROFS$|EACCES$|EPERM$|EIO$)/;

/** What SQLite or the file system said about `path`, as the store's own error. */
export function storeError(error: unknown, path: string): ClawError {
  if (ClawError.is(error)) return error;
  const found = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = error instanceof Error ? error.message : String(error);
  const fail = (code: StoreErrorCode, message: string) => new ClawError(code, message, { cause: error });
  if (unwritable.test(found)) {
    return fail(
      "STORE_UNWRITABLE",
      `${path} can't be ${unreadable.test(found) ? "read" : "written"} (${found}: ${reason}); nothing was changed. Check free space, permissions and the disk itself, then try again.`,
    );
  }
  if (found.startsWith("SQLITE_BUSY")) {
    return fail("STORE_LOCKED", `${path} is in use by another process (${found}). Stop that process, then try again.`);
  }
  if (found === "SQLITE_CORRUPT" || found === "SQLITE_NOTADB") {
    // SQLite says the same of a disk that fails to read.
    return fail(
      "STORE_FAILED",
      `${path} is damaged, or can't be read from its disk (${found}: ${reason}). Restore it from a backup if the disk is sound.`,
    );
  }
  return fail("STORE_FAILED", `${path}: ${reason}`);
}

export function storeClosed(): ClawError {
  return new ClawError("STORE_FAILED", "the store has been closed; open a new one");
}

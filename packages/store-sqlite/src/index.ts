export { type SqliteStore, type SqliteStoreOptions, sqliteStore } from "./sqlite-store.ts";
export { lockStateDir } from "./state-dir-lock.ts";

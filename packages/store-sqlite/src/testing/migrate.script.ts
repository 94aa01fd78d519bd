import { sqliteStore } from "../sqlite-store.ts";
import { inbound } from "./fixtures.ts";

const [stateDir = "", id = ""] = process.argv.slice(2);
await using store = sqliteStore({ stateDir });
await store.migrate();
await store.journal.accept(inbound(id));

import { lockStateDir } from "../state-dir-lock.ts";

lockStateDir(process.argv[2] ?? "");
console.log("locked");
setInterval(() => {}, 60_000);

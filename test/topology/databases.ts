import { moduleShape } from "./modules.ts";

/*
 * Closing any descriptor of a database file drops every POSIX lock that this process has on it, and a copy of a file
 * that is written to is no backup. So one package opens them, through SQLite, in two places.
 */

const STORE = "packages/store-sqlite/src/";
const OPENERS: ReadonlySet<string> = new Set([`${STORE}database.ts`, `${STORE}state-dir-lock.ts`]);
const LIBRARY = /^(better-sqlite3|node:sqlite|sqlite3|bun:sqlite|@libsql\/.+)$/;
const NAMED = /[\w}]\.db(-wal|-shm)?["'`/ ]/;
/** Calls that open what is there. `"wx"` makes a new file or fails; `lock.pid` is no database. */
const OPENS =
  /\b(?:openSync|create(?:Read|Write)Stream|(?:readFile|copyFile|writeFile|appendFile|cp|rename)(?:Sync)?)\(/;
const HARMLESS = /openSync\(path, "wx"|(?:readFileSync|writeFileSync)\(pidPath/;

/** What one source or script does with database files that only the store may do, line by line. */
export function databaseViolations(path: string, text: string): readonly string[] {
  const lines = text.split("\n").map((line, index) => [`${path}:${index + 1}`, line] as const);
  const found = (problem: string, is: (line: string) => boolean): readonly string[] =>
    lines.filter(([, line]) => is(line)).map(([where]) => `${where} ${problem}`);

  const imports = /\.tsx?$/.test(path) ? moduleShape(path, text).imports : [];
  const opens = imports.filter((specifier) => LIBRARY.test(specifier) && !OPENERS.has(path));
  return [
    ...opens.map((specifier) => `${path} imports ${specifier}: only @claw/store-sqlite opens databases`),
    ...(path.startsWith(STORE)
      ? found("opens a file beside SQLite", (line) => OPENS.test(line) && !HARMLESS.test(line))
      : found("handles a database file", (line) => NAMED.test(line) && !line.includes("existsSync("))),
  ];
}

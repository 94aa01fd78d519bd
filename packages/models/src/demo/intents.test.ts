import fc from "fast-check";
import { expect, test } from "vitest";
import { type Intent, parseIntents } from "./intents.ts";

const csv = (path: string, rows: number, named = true): Intent => ({ kind: "csv", path, rows, named });
const run = (command: string): Intent => ({ kind: "run", command });
const read = (path: string): Intent => ({ kind: "read", path });
const list = (path: string): Intent => ({ kind: "list", path });
const write = (path: string, content: string): Intent => ({ kind: "write", path, content });

test.each<[string, readonly Intent[]]>([
  ["Read the CSV file in /workspace and summarize the top 10 rows", [csv("/workspace/data.csv", 10, false)]],
  ["Read the CSV file in /workspace and summarise the first 25 rows.", [csv("/workspace/data.csv", 25, false)]],
  ["summarize sales.csv", [csv("sales.csv", 10)]],
  ["Show the top 3 rows of reports/q1.csv", [csv("reports/q1.csv", 3)]],
  ["analyse sales.csv in /workspace/reports", [csv("/workspace/reports/sales.csv", 10)]],
  ["list the files", [list(".")]],
  ["List the files in /workspace.", [list("/workspace")]],
  ["what files are in src/?", [list("src")]],
  ["Can you show me the files in the workspace?", [list(".")]],
  ["ls", [list(".")]],
  ["ls docs", [list("docs")]],
  ["show notes.txt", [read("notes.txt")]],
  ["please show me the file notes.txt.", [read("notes.txt")]],
  ["What is in `my notes.md`?", [read("my notes.md")]],
  ["cat /etc/hostname", [read("/etc/hostname")]],
  ["read the file Makefile", [read("Makefile")]],
  ["run `uname -a`", [run("uname -a")]],
  ["Please run the command: uname -a", [run("uname -a")]],
  ['execute "ls -l && echo then"', [run("ls -l && echo then")]],
  ["write hello to notes.txt", [write("notes.txt", "hello")]],
  ["write bread and butter into the file lists/food.txt", [write("lists/food.txt", "bread and butter")]],
  ['Create a file notes.txt with the content "first, then second"', [write("notes.txt", "first, then second")]],
  ["create a new file called a.txt containing 1 and run `cat a.txt`", [write("a.txt", "1"), run("cat a.txt")]],
  [
    "list the files, then show notes.txt and run `date`; then write done to log.txt",
    [list("."), read("notes.txt"), run("date"), write("log.txt", "done")],
  ],
  ["1. write a to a.txt\n2. run `cat a.txt`\n- list files", [write("a.txt", "a"), run("cat a.txt"), list(".")]],
  ["Run `date`. Then list the files.", [run("date"), list(".")]],
  ["hello", [{ kind: "unknown", text: "hello" }]],
  ["what is the meaning of life?", [{ kind: "unknown", text: "what is the meaning of life" }]],
  ["", []],
])("reads %j", (request, intents) => {
  expect(parseIntents(request)).toEqual(intents);
});

test("no text makes the parser throw", () => {
  const word = fc.constantFrom(
    "run ",
    "`",
    '"',
    "'",
    "write ",
    " to ",
    "a.txt",
    " then ",
    " and ",
    "\n",
    "csv",
    "read ",
    "\0",
    "0",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(word, { maxLength: 60 }).map((words) => words.join("")),
  );
  fc.assert(fc.property(text, (request) => Array.isArray(parseIntents(request))));
});

test.each([" ", "and run ", "`", "a/", "then ", "write in ", "'", "\n", "run a and "])(
  "the longest request made of %j is read to its end",
  (unit) => {
    // Read with a step for every three characters of it, this would take minutes.
    const intents = parseIntents(`write ${unit.repeat(4_000 / unit.length)}`.slice(0, 4_000));
    expect(intents.length).toBeLessThan(4_000);
  },
);

test("what is to be written reaches the intent as it stands", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[^"\n\0]{1,80}$/), (content) => {
      expect(parseIntents(`write "${content}" to a.txt`)).toEqual([write("a.txt", content)]);
    }),
  );
});

import type { TimelineSpan } from "@claw/protocol";

/** What the fake agent does next. */
export type Step =
  | { readonly kind: "say"; readonly text: string }
  | {
      readonly kind: "tool";
      readonly name: string;
      readonly args: unknown;
      readonly output: readonly { readonly stream: "stdout" | "stderr"; readonly text: string }[];
      readonly exitCode: number;
      readonly takesMs: number;
      readonly stage?: TimelineSpan["stage"];
    }
  /** Nothing goes on until the test says so. */
  | { readonly kind: "gate" }
  | { readonly kind: "fail"; readonly message: string };

const CSV = `date,region,product,units,revenue
2025-01-03,North,Kettle,12,359.88
2025-01-03,South,Toaster,7,244.93
2025-01-04,North,Toaster,9,314.91
2025-01-05,West,Kettle,21,629.79
2025-01-06,East,Blender,4,219.96
2025-01-06,South,Kettle,16,479.84
2025-01-07,North,Blender,11,604.89
2025-01-08,West,Toaster,3,104.97
2025-01-09,East,Kettle,18,539.82
2025-01-10,South,Blender,6,329.94
`;

const SUMMARY = `The file \`sales.csv\` has five columns. Here is what its first ten rows say:

| Product | Units | Revenue |
|:--|--:|--:|
| Kettle | 67 | 2,009.33 |
| Toaster | 19 | 664.81 |
| Blender | 21 | 1,154.79 |

- **Kettles** bring in just over half of the revenue.
- The best single day was *5 January*, with 21 kettles sold in the West.
- Every row is complete: no value is missing.

To read more rows, run:

\`\`\`bash
head -n 101 /workspace/sales.csv
\`\`\`
`;

const READ: Step = {
  kind: "tool",
  name: "exec",
  args: { command: "ls -1 *.csv && head -n 11 sales.csv" },
  output: [{ stream: "stdout", text: `sales.csv\n${CSV}` }],
  exitCode: 0,
  takesMs: 12,
};

const LOOK: Step = { kind: "say", text: "I'll look at the file first.\n\n" };

/** What the fake agent does with a message: the first entry whose pattern fits. */
const SCRIPTS: readonly (readonly [RegExp, readonly Step[]])[] = [
  [/gate/i, [{ kind: "say", text: "One moment. " }, { kind: "gate" }, { kind: "say", text: "And here is the rest." }]],
  [
    /slow tool/i,
    [
      LOOK,
      {
        ...READ,
        output: [
          { stream: "stdout", text: "Compiling 42 files\n" },
          { stream: "stderr", text: "warning: unused variable `left`\n  --> src/scan.rs:14\n" },
          { stream: "stdout", text: "Running tests\n" },
        ],
        args: { command: "cargo test --all" },
        takesMs: 60_000,
      },
    ],
  ],
  [
    /break|fails/i,
    [
      { kind: "say", text: "Let me try.\n\n" },
      {
        ...READ,
        args: { command: "python3 report.py --year 2031" },
        output: [
          { stream: "stdout", text: "Reading sales.csv\n" },
          {
            stream: "stderr",
            text: 'Traceback (most recent call last):\n  File "report.py", line 18, in <module>\nValueError: no rows for 2031\n',
          },
        ],
        exitCode: 1,
        takesMs: 48,
      },
      {
        kind: "fail",
        message:
          "The model provider refused the request: the API key is not valid. Set a valid ANTHROPIC_API_KEY and restart the gateway.",
      },
    ],
  ],
  [
    /long output/i,
    [
      {
        ...READ,
        args: { command: "seq 1 200", timeoutMs: 5_000 },
        output: [{ stream: "stdout", text: Array.from({ length: 200 }, (_, index) => `${index + 1}\n`).join("") }],
        takesMs: 9,
      },
      { kind: "say", text: "Two hundred numbers, as you asked." },
    ],
  ],
  [
    /html/i,
    [
      {
        kind: "say",
        text: "Raw <b>HTML</b> stays text, and so does <script>alert(1)</script>.\n\n[A link](https://example.com/) and ![a picture](https://example.com/leak.png).",
      },
    ],
  ],
  [/.*/, [LOOK, READ, { kind: "say", text: SUMMARY }]],
];

export function scriptFor(message: string): readonly Step[] {
  return SCRIPTS.find(([pattern]) => pattern.test(message))?.[1] ?? [];
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compilePolicy } from "./policy.ts";
import { Refusal } from "./refusal.ts";
import { routesOf } from "./routes.ts";
import { parseStrictJson } from "./strict-json.ts";
import { parseTarget } from "./target.ts";

/** What it gives, or `undefined` when it refuses. Anything else that it throws is a defect. */
function unlessRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

describe("targets", () => {
  const pieces = fc.constantFrom(
    ..."/./../%2f/%2e/containers/create/json/v1.41/x/?/&/=/;/\\/ /\0/#/@/:/ſ/http:".split("/"),
    "/",
    "//",
  );
  const targets = fc.array(pieces, { maxLength: 8 }).map((parts) => `/${parts.join("")}`);

  test("that pass mean to a URL parser exactly what they mean here", () => {
    fc.assert(
      fc.property(fc.oneof(targets, fc.webUrl(), fc.string()), (raw) => {
        const target = unlessRefused(() => parseTarget(raw));
        if (target === undefined) return;
        const read = new URL(raw, "http://docker.invalid");
        expect(read.host).toBe("docker.invalid");
        expect(read.pathname.replace(/^\/v1\.\d{1,2}(?=\/)/, "")).toBe(target.path);
        expect([...read.searchParams]).toEqual([...target.query]);
      }),
      { numRuns: 1_000 },
    );
  });

  test("that are a call's pass with any version", () => {
    const paths = [
      "/_ping",
      "/version",
      "/containers/json",
      `/containers/${"a".repeat(64)}/start`,
      "/images/a/b:c/json",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.integer({ min: 0, max: 99 }), (path, minor) => {
        expect(parseTarget(`/v1.${minor}${path}`).path).toBe(path);
      }),
    );
  });
});

describe("bodies", () => {
  /** Reads JSON as Go does: keys fold, and the same key again is merged into what it was before. */
  const keys = fc.oneof(
    fc.constantFrom("a", "A", "ſ", "s", "S", "k", "\u212a", "__proto__", ""),
    fc.string({ maxLength: 4 }),
  );
  type Tree = { readonly text: string; readonly plain: boolean; readonly depth: number };
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      fc.jsonValue({ maxDepth: 0 }).map((value) => ({ text: JSON.stringify(value), plain: true, depth: 0 })),
      fc.array(fc.tuple(keys, fc.boolean(), tie("tree")), { maxLength: 4 }).map((members): Tree => {
        const folded = members.map(([key]) => key.normalize("NFKC").toUpperCase().toLowerCase());
        const plain =
          new Set(folded).size === folded.length &&
          members.every(
            ([key, , { plain }]) => plain && key.length > 0 && [...key].every((one) => one >= " " && one <= "~"),
          );
        const write = (key: string, escaped: boolean): string =>
          escaped
            ? `"${[...key]
                .flatMap((one) => one.split(""))
                .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
                .join("")}"`
            : JSON.stringify(key);
        const text = `{${members.map(([key, escaped, value]) => `${write(key, escaped)} : ${value.text}`).join(",")}}`;
        return { text, plain, depth: 1 + Math.max(0, ...members.map(([, , { depth }]) => depth)) };
      }),
      fc.array(tie("tree"), { maxLength: 3 }).map(
        (items): Tree => ({
          text: `[ ${items.map(({ text }) => text).join(" ,")} ]`,
          plain: items.every(({ plain }) => plain),
          depth: 1 + Math.max(0, ...items.map(({ depth }) => depth)),
        }),
      ),
    ),
  }));

  test("pass exactly when no parser could read a key in a second way", () => {
    fc.assert(
      fc.property(tree, ({ text, plain, depth }) => {
        const value = unlessRefused(() => parseStrictJson(Buffer.from(text)));
        if (plain && depth <= 16) expect(value).toEqual(JSON.parse(text));
        else expect(value).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  test("of any bytes are read or refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void unlessRefused(() => parseStrictJson(bytes))),
    );
  });

  const policy = compilePolicy("alice", { images: ["claw-sandbox:bookworm"] });
  const create = routesOf(policy).find(({ action }) => action === "container.create");
  const names = [
    "Image",
    "Cmd",
    "Env",
    "User",
    "HostConfig",
    "Privileged",
    "Binds",
    "CapAdd",
    "Memory",
    "Labels",
    "PidMode",
    "x",
  ];
  const asked = fc.dictionary(
    fc.constantFrom(...names),
    fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom("claw-sandbox:bookworm", "host", "0:0", "1:1", true, -1, 1e9, ["A=b"], ["/:/x"]),
      fc.dictionary(
        fc.constantFrom(...names),
        fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom(true, -1, "host")),
      ),
    ),
  );

  test("of containers become what the policy says, or nothing", async () => {
    await fc.assert(
      fc.asyncProperty(asked, async (body) => {
        const text = Buffer.from(JSON.stringify({ ...body, Image: "claw-sandbox:bookworm" }));
        const parsed = unlessRefused(() => parseStrictJson(text));
        if (parsed === undefined) return;
        const built = await create?.body?.(parsed).catch((error: unknown) => {
          if (!(error instanceof Refusal)) throw error;
        });
        if (built === undefined) return;
        expect(built).toMatchObject({
          Image: "claw-sandbox:bookworm",
          User: expect.stringMatching(/^[1-9]/),
          HostConfig: { Privileged: false, NetworkMode: "none", CapDrop: ["ALL"], ReadonlyRootfs: true, Mounts: [] },
        });
        expect(JSON.stringify(built)).not.toMatch(/CapAdd|PidMode|Binds/);
      }),
      { numRuns: 1_000 },
    );
  });
});

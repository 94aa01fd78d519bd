import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type OriginRules, originProblem, type RequestSource } from "@claw/gateway";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";

type Fetch = (request: Request, from: RequestSource) => Response | Promise<Response>;

/** The built page: beside this file in the published app, in its own app in a checkout. */
const FOLDERS = ["./control-ui/", "../../control-ui/dist/"];

/** Serves the Control UI in front of the gateway's own HTTP. */
export function withControlUi(gateway: Fetch, rules: () => OriginRules): Fetch {
  const root = FOLDERS.map((folder) => fileURLToPath(new URL(folder, import.meta.url))).find((path) =>
    existsSync(path),
  );
  if (root === undefined) return gateway;
  const page = new Hono<{ Bindings: RequestSource }>();
  page.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        connectSrc: ["'self'"],
        imgSrc: ["'self'", "data:"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
      // The server knows when it may promise this.
      strictTransportSecurity: false,
      xFrameOptions: "DENY",
      referrerPolicy: "no-referrer",
    }),
  );
  page.use("/assets/*", async (context, next) => {
    await next();
    // Their names hold a hash of their content.
    if (context.res.ok) context.header("cache-control", "public, max-age=31536000, immutable");
  });
  page.get("/*", (context, next) => {
    // Under a name that somebody else's DNS points here there is no page; the gateway says why.
    const host = context.req.header("host");
    const problem = originProblem(new Headers(host === undefined ? {} : { host }), rules());
    return problem === undefined ? next() : gateway(context.req.raw, context.env);
  });
  page.get("/*", serveStatic({ root }));
  page.all("*", (context) => gateway(context.req.raw, context.env));
  return (request, from) => page.fetch(request, from);
}

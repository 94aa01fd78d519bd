import { appBundle } from "../../tsup.app.ts";

export default appBundle({
  main: "src/main.ts",
  index: "src/index.ts",
  // Started as a file of its own, so it stands beside the chunk that starts it.
  worker: "../../packages/sandbox-virtual/src/worker.ts",
});

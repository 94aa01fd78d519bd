import { appBundle } from "../../tsup.app.ts";

export default appBundle({ main: "src/main.ts" });

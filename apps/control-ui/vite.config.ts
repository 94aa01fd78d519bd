import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import packageJson from "./package.json" with { type: "json" };

export default defineConfig({
  // Relative paths: the gateway may serve the page under any path.
  base: "./",
  plugins: [react(), tailwindcss()],
  resolve: { conditions: ["@claw/source", "browser", "module", "import", "default"] },
  define: { __VERSION__: JSON.stringify(packageJson.version) },
  build: {
    target: "es2022",
    // The page's policy allows no `data:` URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});

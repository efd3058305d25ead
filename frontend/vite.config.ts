import tailwindcss from "@tailwindcss/vite";
import { defineConfig, type Plugin } from "vite";

// Everything a page loads comes from this site: one folder, hashed names, and a manifest that the
// template tag {% asset %} reads. No external address may appear here or in the sources.
const withoutEval: Plugin = {
  // htmx.config.allowEval is false and the CSP forbids it; the code itself goes too, so that nobody need trust that.
  name: "without-eval",
  transform(code, id) {
    if (!id.includes("htmx.org")) return null;
    return code.replace(/\beval\(str\)/, '(() => { throw new Error("eval is not used here: " + str); })()');
  },
};

export default defineConfig({
  base: "/static/zhili/",
  publicDir: false,
  plugins: [tailwindcss(), withoutEval],
  build: {
    outDir: "../src/zhili/core/web/static/zhili",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: ["chrome109", "firefox115", "safari15.4"],
    cssTarget: ["chrome109", "firefox115", "safari15.4"],
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      input: { app: "src/app.ts", map: "src/islands/map.ts" },
    },
  },
  worker: { format: "es" },
});

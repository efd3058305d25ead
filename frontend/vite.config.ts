import tailwindcss from "@tailwindcss/vite";
import { build, defineConfig, type Plugin } from "vite";

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

const FOLDER = "../src/zhili/core/web/static/zhili";
const BROWSERS = ["chrome109", "firefox115", "safari15.4"];

// One plain script without imports, since not every browser takes a module as service worker. The server puts before it
// what to keep (portal/pages/offline.py), so it needs no hashed name.
const serviceWorker: Plugin = {
  name: "service-worker",
  apply: "build",
  async closeBundle() {
    await build({
      configFile: false,
      publicDir: false,
      logLevel: "error",
      build: {
        outDir: FOLDER,
        emptyOutDir: false,
        target: BROWSERS,
        rollupOptions: { input: { sw: "src/offline/sw.ts" }, output: { format: "iife", entryFileNames: "[name].js" } },
      },
    });
  },
};

export default defineConfig({
  base: "/static/zhili/",
  publicDir: false,
  plugins: [tailwindcss(), withoutEval, serviceWorker],
  build: {
    outDir: FOLDER,
    emptyOutDir: true,
    manifest: "manifest.json",
    target: BROWSERS,
    cssTarget: BROWSERS,
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      input: { app: "src/app.ts", map: "src/islands/map.ts", screen: "src/screen/screen.ts", scene: "src/scene/scene.ts", tv: "src/tv/tv.ts", pocket: "src/pocket/main.ts" },
    },
  },
  worker: { format: "es" },
});

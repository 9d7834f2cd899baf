/** Tests stand in ../tests/extension beside the Python ones; documents are parsed there explicitly, so no DOM environment. */

import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import type { Reporter } from "vitest/node";

/** One plain line at the end, for machines that read it. */
const tally: Reporter = {
  onTestRunEnd(modules) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length; // files that did not load
    process.stdout.write(`Tests: ${count("passed")} passed, ${count("failed") + broken} failed\n`);
  },
};

const here = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig({
  root: here,
  define: {
    __API_ORIGIN__: JSON.stringify("http://api.test"),
    __BROWSER__: JSON.stringify("chromium"),
    __OPEN_SHADOW_ROOTS__: "true",
    __LOOK_MS__: "20000",
  },
  resolve: {
    // The tests lie outside this folder, the packages inside it.
    alias: [
      {
        find: /^(fake-indexeddb|idb|linkedom|@noble\/hashes)(\/.*)?$/,
        replacement: `${here}node_modules/$1$2`,
      },
    ],
  },
  server: { fs: { allow: [fileURLToPath(new URL("..", import.meta.url))] } },
  test: {
    environment: "node",
    dir: "../tests/extension",
    include: ["**/*.test.ts"],
    passWithNoTests: false,
    reporters: ["default", tally],
  },
});

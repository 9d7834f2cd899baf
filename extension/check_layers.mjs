/**
 * Checks that imports point down: `node check_layers.mjs`. Type imports count.
 * A folder of `src` may import from its own layer's folder and from the layers below it. Folders that share a layer never import each other.
 */

import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCES = join(dirname(fileURLToPath(import.meta.url)), "src");
/** The layers from the lowest to the highest. */
const LAYERS = [
  ["generated"],
  ["model"],
  ["platform"],
  ["core"],
  ["tap"],
  ["background", "content", "pages"],
];
/** Known imports that point up. This list may only become shorter. */
const PINNED = new Set([
  "platform/api.ts -> core/snapshot/sync",
  "platform/browser.ts -> core/messages",
  "platform/database.ts -> core/ledger/account",
  "platform/database.ts -> core/ledger/faults",
  "platform/database.ts -> core/ledger/record",
  "platform/database.ts -> core/ledger/sums",
  "platform/database.ts -> core/outbox/outbox",
  "platform/database.ts -> core/outbox/overheads",
  "platform/database.ts -> core/snapshot/shape",
  "platform/database.ts -> core/timer/session",
  "platform/storage.ts -> core/alarm/rules",
  "platform/storage.ts -> core/alarm/seen",
  "platform/storage.ts -> core/claims/memory",
  "platform/storage.ts -> core/floor/floor",
  "platform/storage.ts -> core/listing_stats/counts",
  "platform/storage.ts -> core/listing_stats/keep",
  "platform/storage.ts -> core/packs/update_state",
  "platform/storage.ts -> core/snapshot/key",
  "platform/storage.ts -> core/tap/proposal",
  "platform/storage.ts -> core/teach/draft",
  "platform/storage.ts -> core/teach/pack",
  "platform/storage.ts -> core/watchlist/entry",
]);
const IMPORT = /\b(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g;

const heightOf = (folder) => LAYERS.findIndex((layer) => layer.includes(folder));

/** Every import that crosses folders of `src`, as "from -> to". */
async function crossings() {
  const files = (await readdir(SOURCES, { recursive: true })).filter((path) => path.endsWith(".ts")).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(SOURCES, file), "utf8")));
  return files.flatMap((file, place) =>
    [...texts[place].matchAll(IMPORT)].map(([, target]) => ({
      from: file.split(sep).join("/"),
      to: relative(SOURCES, resolve(SOURCES, dirname(file), target))
        .split(sep)
        .join("/"),
    })),
  );
}

/** Whether an import stays in its folder or points to a lower layer. */
function pointsDown({ from, to }) {
  const [source, target] = [from.split("/")[0], to.split("/")[0]];
  return source === target || heightOf(target) < heightOf(source);
}

const all = await crossings();
const unplaced = [...new Set(all.flatMap(({ from, to }) => [from, to]))].filter(
  (path) => heightOf(path.split("/")[0]) < 0,
);
const upward = all.filter((crossing) => !pointsDown(crossing)).map(({ from, to }) => `${from} -> ${to}`);
const offenders = upward.filter((crossing) => !PINNED.has(crossing));
const gone = [...PINNED].filter((crossing) => !upward.includes(crossing));
for (const path of unplaced) console.error(`${path} is in no folder of the layout`);
for (const crossing of offenders) console.error(`${crossing} points up or sideways`);
for (const crossing of gone) console.error(`${crossing} no longer exists: remove it from PINNED`);
if (unplaced.length + offenders.length + gone.length > 0) process.exit(1);

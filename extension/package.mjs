/**
 * Packs what the two stores take: a zip for each browser and one of the sources they are built from.
 * The same sources give the same bytes on any machine. `node package.mjs --api ORIGIN --key BASE64 [--out DIR] [--skip-lint]`
 */

import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { zipSync } from "fflate";

const HERE = dirname(fileURLToPath(import.meta.url));
/** A zip remembers when a file was made; ours were all made on the first day a zip knows. */
const MADE = new Date(1980, 0, 1);
const LEFT_OUT = new Set(["node_modules", "dist"]);
/** What the linter warns of and we mean, each with its reason. */
const MEANT = {
  KEY_FIREFOX_ANDROID_UNSUPPORTED_BY_MIN_VERSION:
    "without gecko_android the package is offered for desktops only: nobody tried it on a phone",
};

const { values: options } = parseArgs({
  options: {
    /** The server's https origin: a package for a store never points at a loopback address. */
    api: { type: "string" },
    /** The server's public signing key (its /v1/key), pinned in the package. */
    key: { type: "string" },
    out: { type: "string", default: "dist/packages" },
    "skip-lint": { type: "boolean", default: false },
  },
});

/** What is wrong with the arguments, or null. */
function refusal() {
  const url = URL.canParse(options.api ?? "") ? new URL(options.api) : null;
  if (url?.protocol !== "https:" || url.origin !== options.api)
    return `--api ${options.api ?? ""} is no https origin; give one such as https://rates.example`;
  if (!/^[A-Za-z0-9+/]{43}=$/.test(options.key ?? ""))
    return "--key is no Ed25519 public key in base64; take the one that the server's /v1/key shows";
  return null;
}

/** Every file below a folder by its path, in an order that is the same everywhere. */
async function filesOf(folder) {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !LEFT_OUT.has(path.split(sep)[0]))
    .sort();
  const contents = await Promise.all(paths.map((path) => readFile(join(folder, path))));
  return Object.fromEntries(paths.map((path, place) => [path.split(sep).join("/"), contents[place]]));
}

/** This folder and the licence beside it: what a reviewer needs to make the same packages. */
async function sources() {
  const files = Object.entries(await filesOf(HERE));
  const own = Object.fromEntries(files.map(([path, content]) => [`extension/${path}`, content]));
  return { LICENSE: await readFile(join(HERE, "../LICENSE")), ...own };
}

function zip(files) {
  return zipSync(files, { level: 9, mtime: MADE, os: 3 });
}

/** The built extension; the store gives the Chromium one an id of its own, so ours stays out. */
async function built(browser, folder) {
  execFileSync(
    "node",
    ["build.mjs", "--browser", browser, "--out", folder, "--api", options.api, "--key", options.key],
    {
      cwd: HERE,
    },
  );
  const manifest = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
  delete manifest.key;
  await writeFile(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return filesOf(folder);
}

/** Mozilla's own check: no error, and no warning that is not meant. */
function lint(folder) {
  const linter = join(HERE, "node_modules/addons-linter/bin/addons-linter");
  const told = JSON.parse(
    execFileSync("node", [linter, folder, "--output", "json", "--self-hosted=false"], { encoding: "utf8" }),
  );
  const unmeant = [...told.errors, ...told.warnings].filter(({ code }) => !(code in MEANT));
  for (const { code, message, file } of unmeant) console.error(`${code} ${file ?? ""}: ${message}`);
  return unmeant.length === 0;
}

const wrong = refusal();
if (wrong !== null) {
  console.error(`package: ${wrong}`);
  process.exit(2);
}
const out = resolve(HERE, options.out);
const work = await mkdtemp(join(tmpdir(), "taskwage-package-"));
const { version } = JSON.parse(await readFile(join(HERE, "package.json"), "utf8"));
await mkdir(out, { recursive: true });
const packages = {
  chromium: await built("chromium", join(work, "chromium")),
  firefox: await built("firefox", join(work, "firefox")),
  sources: await sources(),
};
for (const [name, files] of Object.entries(packages)) {
  const file = join(out, `taskwage-${version}-${name}.zip`);
  const bytes = zip(files);
  await writeFile(file, bytes);
  console.log(`${file} ${(bytes.length / 1000).toFixed(0)} kB`);
}
const isClean = options["skip-lint"] || lint(join(work, "firefox"));
await rm(work, { recursive: true });
if (!isClean) process.exit(1);

/**
 * Builds the extension: manifests + packs -> a folder that a browser loads.
 * `node build.mjs [--browser chromium|firefox] [--out DIR] [--api ORIGIN] [--key BASE64] [--packs FILE] [--test]`; without `--browser` and `--out`, both.
 */

import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const BROWSERS = ["chromium", "firefox"];
const ANY_SITE = "https://*/*";
const LOOK_MS = 20_000; // listings change by the minute; a look costs a millisecond for a hundred rows
const LOOPBACK = ["http://127.0.0.1/*", "http://localhost/*"]; // a pack on our own server follows the server

const { values: options } = parseArgs({
  options: {
    browser: { type: "string" },
    out: { type: "string" },
    api: { type: "string", default: "http://127.0.0.1:8321" },
    /** The server's public key (its /v1/key); without it the extension keeps the one that the server names first. */
    key: { type: "string" },
    /** Packs as JSON, in place of those that were generated: to try one before it goes among the others. */
    packs: { type: "string", default: "src/generated/packs.json" },
    /** Open shadow roots, no permission prompt, a look at a listing each second: what a browser test can work with. */
    test: { type: "boolean", default: false },
  },
});

const api = new URL(options.api);
const read = async (name) => JSON.parse(await readFile(join(HERE, name), "utf8"));
/** A match pattern holds no port: it stands for every port. */
const apiPattern = `${api.protocol}//${api.hostname}/*`;
const ours = LOOPBACK.includes(apiPattern) ? LOOPBACK : [apiPattern];
const packs = JSON.parse(await readFile(resolve(HERE, options.packs), "utf8")).map((pack) => ({
  ...pack,
  hosts: [...new Set(pack.hosts.flatMap((host) => (LOOPBACK.includes(host) ? ours : [host])))],
}));

/** A page of ours is an HTML file and the script of the same name beside it. */
async function pages() {
  const found = await readdir(join(HERE, "src"), { recursive: true });
  return found
    .filter((path) => path.endsWith(".html"))
    .map((path) => ({ name: basename(path, ".html"), path: path.slice(0, -".html".length) }))
    .sort((one, other) => one.name.localeCompare(other.name, "en"));
}

/** The worker's optional consent as Firefox names it: the categories of the fields that the contract can send. */
async function withDeclarations(settings) {
  const categories = Object.keys(await read("src/generated/declarations.json"));
  const gecko = {
    ...settings.gecko,
    data_collection_permissions: { required: ["none"], optional: categories },
  };
  return { ...settings, gecko };
}

/** Who publishes: one file says it for both stores and for the pages. */
async function published(own) {
  const { gecko_id, homepage, author } = await read("publisher.json");
  const settings = own.browser_specific_settings;
  if (settings === undefined) return { homepage_url: homepage, ...own };
  const gecko = { ...settings.gecko, id: gecko_id };
  return {
    homepage_url: homepage,
    author,
    ...own,
    browser_specific_settings: await withDeclarations({ gecko }),
  };
}

/** The manifest of one browser: which hosts may ever be asked for comes from the packs alone. */
async function manifest(browser) {
  const base = await read("manifest.base.json");
  const own = await published(await read(`manifest.${browser}.json`));
  const sites = [...new Set(packs.flatMap((pack) => (pack.pages?.length ? pack.hosts : [])))];
  const asked = sites.filter((host) => !ours.includes(host));
  const policy = base.content_security_policy.extension_pages.replace("{API}", api.origin);
  return {
    ...base,
    ...own,
    version: (await read("package.json")).version,
    permissions: [
      ...base.permissions,
      ...(own.permissions ?? []),
      ...(options.test ? base.optional_permissions : []),
    ],
    optional_permissions: [
      ...(options.test ? [] : base.optional_permissions),
      ...(own.optional_permissions ?? []),
    ],
    content_security_policy: { extension_pages: policy },
    host_permissions: options.test ? [...ours, ...asked] : ours,
    // Any other site may be taught: the worker is asked for that one, when they say so.
    optional_host_permissions: options.test ? [ANY_SITE] : [...asked, ANY_SITE],
  };
}

/** Packs as this build knows them, in place of the file on disk. */
const packsOfThisBuild = {
  name: "packs",
  setup: (run) =>
    run.onLoad({ filter: /generated[/\\]packs\.json$/ }, () => ({
      contents: JSON.stringify(packs),
      loader: "json",
    })),
};

async function scripts(browser, out) {
  const ofPages = (await pages()).map(({ name, path }) => [name, `src/${path}.ts`]);
  await build({
    absWorkingDir: HERE,
    entryPoints: {
      background: "src/background/background.ts",
      content: "src/content/content.ts",
      ...(browser === "firefox" ? {} : { tap: "src/tap/tap.ts" }), // Firefox shows replies to the background
      ear: "src/tap/isolated.ts",
      teach: "src/pages/teach/teach.ts",
      ...Object.fromEntries(ofPages),
    },
    outdir: out,
    bundle: true,
    minify: !options.test,
    format: "iife",
    target: ["chrome120", "firefox140"],
    charset: "utf8",
    legalComments: "none",
    define: {
      __API_ORIGIN__: JSON.stringify(api.origin),
      __SNAPSHOT_KEY__: JSON.stringify(options.key ?? null),
      __BROWSER__: JSON.stringify(browser),
      __OPEN_SHADOW_ROOTS__: JSON.stringify(options.test),
      __LOOK_MS__: JSON.stringify(options.test ? 1_000 : LOOK_MS),
    },
    plugins: [packsOfThisBuild],
  });
}

async function files(browser, out) {
  await cp(join(HERE, "_locales"), join(out, "_locales"), { recursive: true });
  // Firefox calls Filipino by its older name.
  if (browser === "firefox") {
    await cp(join(HERE, "_locales/fil"), join(out, "_locales/tl"), { recursive: true });
  }
  await cp(join(HERE, "icons"), join(out, "icons"), {
    recursive: true,
    filter: (path) => !path.endsWith(".svg"),
  });
  await cp(join(HERE, "src/pages/panel.css"), join(out, "panel.css"));
  for (const { name, path } of await pages()) {
    await cp(join(HERE, `src/${path}.html`), join(out, `${name}.html`));
    const own = join(HERE, `src/${path}.css`); // beside the look that all pages share
    if (existsSync(own)) await cp(own, join(out, `${name}.css`));
  }
  await writeFile(join(out, "manifest.json"), `${JSON.stringify(await manifest(browser), null, 2)}\n`);
}

async function buildFor(browser, folder) {
  const out = resolve(HERE, folder);
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await scripts(browser, out);
  await files(browser, out);
  for (const file of (await readdir(out)).filter((name) => name.endsWith(".js")).sort()) {
    const code = await readFile(join(out, file));
    const sizes = [code.length, gzipSync(code).length].map((bytes) => `${(bytes / 1000).toFixed(1)} kB`);
    console.log(`${file} ${sizes[0]} (${sizes[1]} gzipped)`);
  }
  console.log(`Built for ${browser} and ${api.origin} in ${out}`);
}

const asked = options.browser ?? (options.out === undefined ? null : "chromium");
if (asked !== null && !BROWSERS.includes(asked)) {
  console.error(`--browser is one of: ${BROWSERS.join(", ")}`);
  process.exit(2);
}
for (const browser of asked === null ? BROWSERS : [asked]) {
  await buildFor(browser, options.out ?? `dist/${browser}`);
}

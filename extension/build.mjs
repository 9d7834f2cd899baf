/** Builds the extension: base manifest + packs -> a folder that a browser loads. `node build.mjs [--out DIR] [--api ORIGIN] [--test]` */

import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const SCRIPTS = ["background", "content", "popup", "consent"];
const LOOPBACK = ["http://127.0.0.1/*", "http://localhost/*"]; // a pack on our own server follows the server

const { values: options } = parseArgs({
  options: {
    out: { type: "string", default: "dist/chromium" },
    api: { type: "string", default: "http://127.0.0.1:8321" },
    /** Open shadow roots, and no permission prompt: what a browser test can work with. */
    test: { type: "boolean", default: false },
  },
});

const api = new URL(options.api);
const out = resolve(HERE, options.out);
const read = async (name) => JSON.parse(await readFile(join(HERE, name), "utf8"));
/** A match pattern holds no port: it stands for every port. */
const apiPattern = `${api.protocol}//${api.hostname}/*`;
const ours = LOOPBACK.includes(apiPattern) ? LOOPBACK : [apiPattern];
const packs = (await read("src/generated/packs.json")).map((pack) => ({
  ...pack,
  hosts: [...new Set(pack.hosts.flatMap((host) => (LOOPBACK.includes(host) ? ours : [host])))],
}));

/** The manifest: which hosts may ever be asked for comes from the packs alone. */
function manifest(base, version) {
  const sites = [...new Set(packs.flatMap((pack) => (pack.pages?.length ? pack.hosts : [])))];
  const asked = sites.filter((host) => !ours.includes(host));
  const policy = base.content_security_policy.extension_pages.replace("{API}", api.origin);
  return {
    ...base,
    version,
    content_security_policy: { extension_pages: policy },
    host_permissions: options.test ? [...ours, ...asked] : ours,
    optional_host_permissions: options.test ? [] : asked,
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

async function scripts() {
  await build({
    absWorkingDir: HERE,
    entryPoints: {
      background: "src/background.ts",
      content: "src/content.ts",
      popup: "src/popup/popup.ts",
      consent: "src/consent/consent.ts",
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
      __OPEN_SHADOW_ROOTS__: JSON.stringify(options.test),
    },
    plugins: [packsOfThisBuild],
  });
}

async function files() {
  await cp(join(HERE, "_locales"), join(out, "_locales"), { recursive: true });
  await cp(join(HERE, "icons"), join(out, "icons"), {
    recursive: true,
    filter: (path) => !path.endsWith(".svg"),
  });
  await cp(join(HERE, "src/panel.css"), join(out, "panel.css"));
  for (const page of ["popup", "consent"]) {
    await cp(join(HERE, `src/${page}/${page}.html`), join(out, `${page}.html`));
  }
  const made = manifest(await read("manifest.base.json"), (await read("package.json")).version);
  await writeFile(join(out, "manifest.json"), `${JSON.stringify(made, null, 2)}\n`);
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await scripts();
await files();
for (const name of SCRIPTS) {
  const code = await readFile(join(out, `${name}.js`));
  const sizes = [code.length, gzipSync(code).length].map((bytes) => `${(bytes / 1000).toFixed(1)} kB`);
  console.log(`${name}.js ${sizes[0]} (${sizes[1]} gzipped)`);
}
console.log(`Built for ${api.origin} in ${out}`);

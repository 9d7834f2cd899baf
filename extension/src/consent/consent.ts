/** The page that opens once after the install: what is read, what never is, what is sent; two switches and the sites. */

import { direction, isGranted, language, requestOrigins, send, text } from "../browser";
import type { Pack } from "../generated/contract";
import { packs } from "../packs";
import { h } from "../panel/element";
import { type Consent, settings } from "../storage";
import { example } from "./example";

function list(title: string, ...keys: string[]): HTMLElement {
  const lines = keys.map((key) => h("li", {}, text(key)));
  return h("section", { class: "card" }, h("h2", {}, text(title)), h("ul", {}, ...lines));
}

/** A check box with its name and a plain sentence. */
function choice(id: string, isOn: boolean, name: string, note: string | null): HTMLLabelElement {
  const box = h("input", { type: "checkbox", id });
  box.checked = isOn;
  return h(
    "label",
    { class: "switch", for: id },
    box,
    h("strong", { dir: "auto" }, name),
    note === null ? null : h("span", { class: "soft" }, note),
  );
}

function switches(consent: Consent, say: (words: string) => void): HTMLElement {
  const ledger = choice("ledger", consent.ledger, text("consent_ledger"), text("consent_ledger_note"));
  const sharing = choice("sharing", consent.sharing, text("consent_sharing"), text("consent_sharing_note"));
  const section = h("section", { class: "card" }, h("h2", {}, text("consent_switches")), ledger, sharing);
  section.addEventListener("change", async () => {
    const isOn = (label: HTMLElement): boolean => label.querySelector("input")?.checked ?? false;
    await send({ kind: "consent", ledger: isOn(ledger), sharing: isOn(sharing) });
    say(text("consent_saved"));
  });
  return section;
}

function sent(): HTMLElement {
  return h(
    "section",
    { class: "card" },
    h("h2", {}, text("consent_example")),
    h("pre", { tabindex: "0", dir: "ltr" }, written(example())),
    h("p", { class: "soft small" }, text("consent_example_note")),
  );
}

/** JSON with one line a field, so that it is read at a glance. */
function written(value: object | null): string {
  const lines = Object.entries(value ?? {}).map(([name, field]) => {
    return `  "${name}": ${JSON.stringify(field, null, 1).replace(/\n */g, " ")}`;
  });
  return `{\n${lines.join(",\n")}\n}`;
}

async function sites(say: (words: string) => void): Promise<HTMLElement> {
  const on = await settings.platforms.get();
  const labels: HTMLElement[] = [];
  for (const pack of packs) {
    const isOn = on[pack.slug] === true && (await isGranted(pack.hosts));
    const note = pack.status === "experimental" ? text("consent_site_experimental") : null;
    const label = choice(`site-${pack.slug}`, isOn, pack.name, note);
    label.addEventListener("change", (event) => switchSite(pack, event.target as HTMLInputElement, say));
    labels.push(label);
  }
  return h(
    "section",
    { class: "card" },
    h("h2", {}, text("consent_sites")),
    h("p", { class: "soft small" }, text("consent_sites_note")),
    h("div", { class: "sites" }, ...labels),
  );
}

/** The browser may only be asked straight from the click. */
async function switchSite(pack: Pack, box: HTMLInputElement, say: (words: string) => void): Promise<void> {
  const isAllowed = box.checked ? await requestOrigins(pack.hosts) : true;
  if (!isAllowed) box.checked = false;
  const on = await settings.platforms.get();
  await settings.platforms.set({ ...on, [pack.slug]: box.checked });
  say(isAllowed ? text("consent_saved") : text("consent_site_denied", pack.name));
}

async function main(root: HTMLElement): Promise<void> {
  document.documentElement.lang = language();
  document.documentElement.dir = direction();
  document.title = text("extension_name");
  const said = h("p", { role: "status", class: "soft small", id: "said" });
  const say = (words: string): void => {
    said.textContent = words;
  };
  root.append(
    h("header", { class: "brand" }, h("img", { src: "icons/48.png", alt: "" }), text("extension_name")),
    h("h1", {}, text("consent_title")),
    h("p", {}, text("consent_lead")),
    list("consent_reads", "consent_reads_1", "consent_reads_2", "consent_reads_3"),
    list("consent_never", "consent_never_1", "consent_never_2", "consent_never_3", "consent_never_4"),
    sent(),
    switches(await settings.consent.get(), say),
    await sites(say),
    said,
    h("p", { class: "soft small" }, text("consent_footer")),
  );
}

const root = document.getElementById("consent");
if (root) main(root);

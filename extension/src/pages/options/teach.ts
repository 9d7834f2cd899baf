/** The taught sites in the settings: what each reads, as a file to hand in, to teach again, to forget. */

import { nameOf, slugOf } from "../../core/teach/address";
import { begun } from "../../core/teach/draft";
import { packOfTaught, type Taught } from "../../core/teach/pack";
import { onStoredChange, openAddress, requestOrigins, send, text } from "../../platform/browser";
import { settings } from "../../platform/settings";
import { download } from "../panel/download";
import { h } from "../panel/element";
import { tomlOf } from "./toml";

export async function taughtSection(): Promise<HTMLElement> {
  const items = h("ul", { class: "items", id: "taught-list" });
  const said = h("p", { role: "status", class: "soft small", id: "taught-said" });
  const show = async (): Promise<void> => {
    const known = await settings.taught.get();
    const none = h("li", {}, h("span", { class: "soft" }, text("taught_none")));
    items.replaceChildren(...(known.length === 0 ? [none] : known.map((one) => item(one, said))));
  };
  onStoredChange((keys) => keys.includes(settings.taught.key) && void show());
  await show();
  return h(
    "section",
    { class: "card", id: "taught" },
    h("h2", {}, text("taught_heading")),
    h("p", { class: "soft small" }, text("taught_note")),
    items,
    said,
  );
}

function item(one: Taught, said: HTMLElement): HTMLElement {
  const { draft, seen_on, slug } = one;
  const name = nameOf(draft.host);
  const named = (key: string): string => `${text(key)}: ${name}`;
  const out = button("taught_export", named("taught_export"));
  out.addEventListener("click", () =>
    download(`${slugOf(slug)}.toml`, tomlOf(packOfTaught(one)), "application/toml"),
  );
  const again = button("taught_again", named("taught_again"));
  again.addEventListener("click", async () => {
    if (!(await requestOrigins([draft.host]))) return said.replaceChildren(text("consent_site_denied", name));
    await settings.teaching.set(begun(draft.host));
    await send({ kind: "teach", host: draft.host, tab: null });
    await openAddress(`${draft.host.slice(0, -2)}${openPath(draft.list?.path ?? "/")}`);
  });
  const gone = button("taught_forget", named("taught_forget"));
  gone.addEventListener("click", async () => {
    await send({ kind: "forget_taught", slug });
    said.replaceChildren(text("taught_forgotten", name));
  });
  const reads = text(draft.work === null ? "taught_reads_rows" : "taught_reads_work", seen_on);
  return h(
    "li",
    { class: "wide" },
    h("div", {}, h("strong", { dir: "ltr" }, name), h("p", { class: "soft small" }, reads)),
    h("div", { class: "buttons" }, out, again, gone),
  );
}

/** A path with parts left open cannot be gone to: as far as it is known. */
function openPath(path: string): string {
  const open = path.indexOf("/*");
  return open === -1 ? path : path.slice(0, open) || "/";
}

function button(key: string, name: string): HTMLButtonElement {
  return h("button", { type: "button", class: key, "aria-label": name }, text(key));
}

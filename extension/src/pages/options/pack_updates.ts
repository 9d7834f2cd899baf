/** Pack updates in the settings: the switch, what each one changes in plain words, the way back, and what was refused. */

import { valueAt } from "../../core/packs/apply_update";
import { bundled, packOf } from "../../core/packs/packs";
import type { KeptUpdates, Refusal } from "../../core/packs/update_state";
import type { Pack, PackUpdate } from "../../generated/contract";
import { language, text } from "../../platform/browser";
import { settings } from "../../platform/settings";
import { choice } from "../panel/choice";
import { h } from "../panel/element";
import { pageOfPath, whatIn, whyOf } from "./pack_update_words";

export async function updatesSection(): Promise<HTMLElement> {
  const take = choice("updates", await settings.takes_updates.get(), text("updates_take"));
  const said = h("p", { role: "status", class: "soft small", id: "updates-said" });
  const saved = (): void => void said.replaceChildren(text("consent_saved"));
  take.box.addEventListener("change", async () => {
    await settings.takes_updates.set(take.box.checked);
    saved();
  });
  const kept = await settings.pack_updates.get();
  const items = kept.updates.flatMap((update) => {
    const pack = bundled.find(({ slug }) => slug === update.slug);
    return pack === undefined ? [] : [item(update, pack, kept, saved)];
  });
  return h(
    "section",
    { class: "card", id: "pack-updates" },
    h("h2", {}, text("updates_heading")),
    h("p", { class: "soft small" }, text("updates_note")),
    take.label,
    items.length > 0
      ? h("ul", { class: "plain" }, ...items)
      : h("p", { class: "soft small" }, text("updates_none")),
    ...kept.refusals.map(refused),
    said,
  );
}

function item(update: PackUpdate, pack: Pack, { declined }: KeptUpdates, saved: () => void): HTMLElement {
  const { slug, version, published_on, why, values, is_off } = update;
  const day = new Date(`${published_on}T12:00:00`).toLocaleDateString(language());
  const name = text("updates_item", pack.name, version.toLocaleString(language()), day);
  const use = choice(`update-${slug}`, !declined.includes(slug), name, text("updates_use"));
  use.box.addEventListener("change", async () => {
    const now = await settings.pack_updates.get();
    const others = now.declined.filter((one) => one !== slug);
    await settings.pack_updates.set({ ...now, declined: use.box.checked ? others : [...others, slug] });
    saved();
  });
  const changes = Object.entries(values).map(([path, value]) => change(pack, path, value));
  return h(
    "li",
    {},
    use.label,
    why === "" ? null : h("p", { dir: "auto", class: "small" }, why),
    is_off ? h("p", { class: "warn small" }, text("updates_off")) : null,
    h("ul", { class: "small changes" }, ...changes),
  );
}

/** What it was, and what it is with the update. The words of a selector are no language. */
function change(pack: Pack, path: string, value: unknown): HTMLElement {
  const what = text(`updates_what_${whatIn(path)}`);
  const page = pageOfPath(path);
  return h(
    "li",
    {},
    page === null ? what : text("updates_change", what, page),
    ": ",
    h("code", { dir: "ltr" }, written(valueAt(pack, path))),
    " → ",
    h("code", { dir: "ltr" }, written(value)),
  );
}

function written(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

function refused({ reason, slug, path }: Refusal): HTMLElement {
  const site = slug === null ? text("updates_whole") : (packOf(slug)?.name ?? slug);
  const words = h(
    "p",
    { class: "warn small" },
    text("updates_refused", site, text(`updates_why_${whyOf(reason)}`)),
  );
  if (path !== null) words.append(" ", h("code", { dir: "ltr" }, path));
  return words;
}

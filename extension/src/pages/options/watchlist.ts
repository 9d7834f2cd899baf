/** The watch list in the settings: who is on it and why, a note to write, a file to give to a group and one to take in. */

import { bundled, packOf } from "../../core/packs/packs";
import { dayOf } from "../../core/timer/hour";
import { type Entry, keyOf, MAX_NOTE_LENGTH, type Stance, type WatchList } from "../../core/watchlist/entry";
import { MAX_FILE_BYTES, read, written } from "../../core/watchlist/file";
import { changeList } from "../../core/watchlist/keep";
import { type Merged, merged, noted, without } from "../../core/watchlist/list";
import type { Client } from "../../generated/contract";
import { onStoredChange, text } from "../../platform/browser";
import { settings } from "../../platform/settings";
import { download } from "../panel/download";
import { h } from "../panel/element";

export async function watchSection(): Promise<HTMLElement> {
  const rows = h("ul", { class: "items", id: "watch-list" });
  const said = h("p", { role: "status", class: "soft small", id: "watch-said" });
  const say = (words: string): void => said.replaceChildren(words);
  const show = async (): Promise<void> => rows.replaceChildren(...entries(await settings.watchlist.get()));
  onStoredChange((keys) => keys.includes(settings.watchlist.key) && void show());
  await show();
  return h(
    "section",
    { class: "card", id: "watch" },
    h("h2", {}, text("watch_heading")),
    h("p", { class: "soft small" }, text("watch_note")),
    rows,
    form(say),
    files(say),
    said,
  );
}

function entries(list: WatchList): HTMLElement[] {
  const sorted = Object.entries(list).sort(([, one], [, other]) => nameOf(one).localeCompare(nameOf(other)));
  if (sorted.length === 0) return [h("li", {}, h("span", { class: "soft" }, text("watch_empty")))];
  return sorted.map(([key, entry]) => {
    const gone = h("button", { type: "button" }, text("watch_remove"));
    gone.setAttribute("aria-label", text("watch_remove_one", nameOf(entry)));
    gone.addEventListener("click", () => changeList(settings, (now) => without(now, key)));
    return h(
      "li",
      {},
      h(
        "div",
        {},
        h("strong", { dir: "auto" }, nameOf(entry)),
        ` · ${packOf(entry.platform)?.name ?? entry.platform}${entry.stance === null ? "" : ` · ${text(`badge_stance_${entry.stance}`)}`}`,
        entry.note === "" ? null : h("p", { class: "soft small", dir: "auto" }, entry.note),
      ),
      gone,
    );
  });
}

/** A client from a badge is written in already. */
function form(say: (words: string) => void): HTMLElement {
  const asked = askedFor();
  const platform = h(
    "select",
    { id: "watch-platform" },
    ...bundled.map(({ slug, name }) => h("option", { value: slug }, name)),
  );
  if (asked !== null) platform.value = asked.platform;
  const client = h("input", { type: "text", id: "watch-client", maxlength: "200", required: "" });
  client.value = asked?.client.name ?? asked?.client.id ?? "";
  const stance = h(
    "select",
    { id: "watch-stance" },
    ...["", "favour", "avoid"].map((one) =>
      h("option", { value: one }, one === "" ? text("watch_stance_none") : text(`badge_stance_${one}`)),
    ),
  );
  const note = h("textarea", { id: "watch-note", rows: "2", maxlength: String(MAX_NOTE_LENGTH) });
  const made = h(
    "form",
    { class: "fields" },
    h("label", { class: "field" }, text("watch_client"), client),
    h("label", { class: "field" }, text("watch_platform"), platform),
    h("label", { class: "field" }, text("watch_stance"), stance),
    h("label", { class: "field wide" }, text("watch_note_label"), note),
    h("button", { id: "watch-add" }, text("watch_add")),
  );
  const fill = async (): Promise<void> => {
    const known = asked && (await settings.watchlist.get())[keyOf(asked.platform, asked.client) ?? ""];
    if (!known) return;
    stance.value = known.stance ?? "";
    note.value = known.note;
  };
  void fill();
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    const isAsked = asked !== null && client.value === (asked.client.name ?? asked.client.id);
    const named: Client = isAsked ? asked.client : { id: null, name: client.value.trim() };
    const now = { stance: (stance.value || null) as Stance | null, note: note.value };
    const change = { platform: platform.value, client: named, ...now };
    await changeList(settings, (list) => noted(list, change, dayOf(Date.now())));
    say(text("consent_saved"));
    made.reset();
  });
  if (asked !== null) whenShown(note, () => note.focus());
  return made;
}

/** Calls back once an element of ours is in the page: focusing also brings it into view. */
function whenShown(element: HTMLElement, shown: () => void): void {
  const look = (): void => void (element.isConnected ? shown() : requestAnimationFrame(look));
  requestAnimationFrame(look);
}

/** The client whose note the worker asked to write from a badge. */
function askedFor(): { platform: string; client: Client } | null {
  const [, json] = /^#note=(.+)$/.exec(location.hash) ?? [];
  if (json === undefined) return null;
  const asked = JSON.parse(decodeURIComponent(json)) as { platform: string; client: Client };
  history.replaceState(null, "", location.pathname);
  return asked;
}

function files(say: (words: string) => void): HTMLElement {
  const out = h("button", { type: "button", id: "watch-export" }, text("watch_export"));
  const taken = h("input", { type: "file", id: "watch-import", accept: "application/json,.json" });
  out.addEventListener("click", async () => {
    const list = await settings.watchlist.get();
    download("taskwage-watch-list.json", written(list), "application/json");
  });
  taken.addEventListener("change", async () => {
    const [file] = Array.from(taken.files ?? []);
    if (file) say(await takeIn(file));
    taken.value = "";
  });
  return h(
    "div",
    { class: "fields" },
    h("div", { class: "buttons" }, out),
    h("label", { class: "field wide" }, text("watch_import"), taken),
  );
}

/** Merges a group's file into the list; says what came of it. */
async function takeIn(file: File): Promise<string> {
  const found = file.size > MAX_FILE_BYTES ? null : read(await file.text(), dayOf(Date.now()));
  if (found === null) return text("watch_unreadable");
  const result: { merged: Merged | null } = { merged: null };
  await changeList(settings, (list) => {
    result.merged = merged(list, found.entries);
    return result.merged.list;
  });
  const { added = 0, changed = 0, left_out = 0 } = result.merged ?? {};
  const words = text("watch_merged", String(added), String(changed));
  const missed = found.unread + left_out;
  return missed > 0 ? `${words} ${text("watch_missed", String(missed))}` : words;
}

function nameOf({ client }: Entry): string {
  return client.name ?? client.id ?? "";
}

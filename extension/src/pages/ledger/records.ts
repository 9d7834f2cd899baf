/** Every task, the newest first, a page at a time; a search reads all of them once and then answers at every key. */

import type { LedgerRecord } from "../../core/ledger/record";
import { type Entry, matching, newestRecords, readEntries, type Wish } from "../../core/ledger/slices";
import type { RecordOutcome } from "../../model/readings";
import type { Database } from "../../platform/database";
import { h } from "../panel/element";
import { count, type Writing } from "../panel/format";
import { field } from "./accounts";
import { type RecordDesk, recordRow } from "./record_row";
import { siteName } from "./words";

const PAGE = 20;
const PATIENCE_MS = 150;
const OUTCOMES: readonly RecordOutcome[] = [
  "submitted",
  "approved",
  "paid",
  "rejected",
  "returned",
  "expired",
  "screened_out",
  "abandoned",
  "end_unseen",
];

/** Where the list stands. */
interface Place {
  wish: Wish;
  page: number;
  /** What a search looks through; read when it is first needed, and again after a change. */
  entries: Promise<Entry[]> | null;
  /** The first records of the pages before, so that one can go back. */
  marks: (LedgerRecord | null)[];
}

export interface RecordList {
  element: HTMLElement;
  /** Shows the page of the list as it is now. */
  again: () => Promise<void>;
  /** Records changed: the next search reads them anew. */
  forget: () => void;
}

export function recordList(database: Database, platforms: readonly string[], desk: RecordDesk): RecordList {
  const { text } = desk.writing;
  const place: Place = {
    wish: { words: "", platform: null, outcome: null },
    page: 0,
    entries: null,
    marks: [null],
  };
  const list = h("ul", { class: "records", id: "records" });
  const status = h("p", { class: "soft small", role: "status", id: "found" });
  const newer = h("button", { type: "button", id: "newer" }, text("records_newer"));
  const older = h("button", { type: "button", id: "older" }, text("records_older"));
  const show = async (): Promise<void> => {
    const { records, found, hasMore } = await read(database, place);
    list.replaceChildren(...records.map((record) => recordRow(record, desk)));
    const words = found === null ? "" : text("records_found", count(found, desk.writing));
    status.textContent = records.length === 0 ? text("records_none") : words;
    newer.disabled = place.page === 0;
    older.disabled = !hasMore;
  };
  const turn = (by: number): void => {
    place.page += by;
    show().then(() => list.querySelector("summary")?.focus());
  };
  newer.addEventListener("click", () => turn(-1));
  older.addEventListener("click", () => turn(1));
  const wished = (wish: Partial<Wish>): void => {
    Object.assign(place, { wish: { ...place.wish, ...wish }, page: 0, marks: [null] });
    void show();
  };
  const element = h(
    "section",
    { class: "card", id: "every" },
    h("h2", {}, text("records_title")),
    wishes(platforms, desk.writing, wished, () => {
      place.entries ??= readEntries(database);
    }),
    status,
    list,
    h("div", { class: "row" }, newer, older),
  );
  const forget = (): void => {
    place.entries = null;
  };
  return { element, again: show, forget };
}

function wishes(
  platforms: readonly string[],
  writing: Writing,
  wished: (wish: Partial<Wish>) => void,
  soon: () => void,
): HTMLElement {
  const { text } = writing;
  const words = h("input", { type: "search", id: "search", autocomplete: "off" });
  const site = choice("site", text("records_any_site"), platforms, siteName);
  const outcome = choice("outcome", text("records_any_outcome"), OUTCOMES, (one) => text(`outcome_${one}`));
  let timer: ReturnType<typeof setTimeout> | undefined;
  words.addEventListener("focus", soon); // who goes there is about to search
  words.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => wished({ words: words.value }), PATIENCE_MS);
  });
  site.addEventListener("change", () => wished({ platform: site.value || null }));
  outcome.addEventListener("change", () =>
    wished({ outcome: (outcome.value || null) as RecordOutcome | null }),
  );
  return h(
    "div",
    { class: "fields", role: "search" },
    field(text("records_search"), words),
    field(text("ledger_site"), site),
    field(text("records_outcome"), outcome),
  );
}

function choice(
  id: string,
  any: string,
  values: readonly string[],
  name: (value: string) => string,
): HTMLSelectElement {
  const options = values.map((value) => h("option", { value }, name(value)));
  return h("select", { id }, h("option", { value: "" }, any), ...options);
}

interface Page {
  records: LedgerRecord[];
  /** How many fit what is looked for; null where nothing is. */
  found: number | null;
  hasMore: boolean;
}

async function read(database: Database, place: Place): Promise<Page> {
  const { wish, page } = place;
  if (wish.words.trim() === "" && wish.platform === null && wish.outcome === null) {
    const records = await newestRecords(database, place.marks[page] ?? null, PAGE + 1);
    const shown = records.slice(0, PAGE);
    place.marks[page + 1] = shown.at(-1) ?? null;
    return { records: shown, found: null, hasMore: records.length > PAGE };
  }
  place.entries ??= readEntries(database);
  const found = matching(await place.entries, wish);
  const ids = found.slice(page * PAGE, (page + 1) * PAGE).map(({ id }) => id);
  const records = await Promise.all(ids.map((id) => database.get("records", id)));
  return {
    records: records.filter((record) => record !== undefined),
    found: found.length,
    hasMore: found.length > (page + 1) * PAGE,
  };
}

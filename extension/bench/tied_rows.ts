/** A list of rows whose records are found by key, read as a content script reads it: how long that takes. */

import { findRows } from "../src/core/page/reader";
import type { Listing, Pack } from "../src/generated/contract";
import listed from "../src/generated/packs.json";

const TIMES = 21;

/** The listing of the first pack that ties rows by key, over a list of our own. */
function listing(): { pack: Pack; listing: Listing } {
  for (const pack of listed as unknown as Pack[]) {
    const found = pack.pages.find(({ listing }) => listing?.records?.tie === "key")?.listing;
    const { title } = found?.task ?? {};
    if (!found?.records || !title) continue;
    const field = { ...title, at: null, island: null, json: "id" };
    const records = {
      ...found.records,
      at: null,
      attribute: null,
      reply: "bench",
      path: "jobs",
      more: [],
      key: "id",
    };
    const row_key = { ...title, at: null, json: null, attribute: "id", query: null, segment: null };
    const task = {
      ...found.task,
      title: { ...field, json: "name" },
      task_id: field,
      reward: { ...field, json: "cents", parse: "money_minor" as const },
    };
    return {
      pack,
      listing: {
        ...found,
        rows: "li",
        list: "ul",
        skip: 0,
        records: { ...records, row_key, confirm: null },
        task,
      },
    };
  }
  throw new Error("no pack ties rows by key");
}

Object.assign(globalThis, {
  tiedRows(count: number): number {
    const places = Array.from({ length: count }, (_, place) => place);
    const list = document.querySelector("ul") as Element;
    list.replaceChildren(
      ...places.map((place) => Object.assign(document.createElement("li"), { id: `job-${count - place}` })),
    );
    const jobs = places.map((place) => ({ id: `job-${place + 1}`, name: `Job ${place}`, cents: 35 }));
    const { pack, listing: reading } = listing();
    const sight = {
      root: document,
      url: new URL("https://bench.example/"),
      pack,
      replies: { get: () => ({ jobs }) },
    };
    const times = Array.from({ length: TIMES }, () => {
      const start = performance.now();
      const rows = findRows(sight, reading);
      if ("unfit" in rows) throw new Error(rows.unfit);
      if (rows.length !== count || rows.some(({ record }) => record === undefined))
        throw new Error("not all are tied");
      return performance.now() - start;
    });
    return times.toSorted((one, other) => one - other)[TIMES >> 1] ?? 0;
  },
});

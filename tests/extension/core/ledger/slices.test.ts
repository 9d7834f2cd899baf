import { expect, test } from "vitest";
import { strictly } from "../../../../extension/src/platform/database";
import { putRecord } from "../../../../extension/src/core/ledger/keep";
import { type Mark, matching, newestRecords, readEntries } from "../../../../extension/src/core/ledger/slices";
import { NOON, record, task, world } from "../../world";

test("pages of records hold each once, the newest first, also where many ended at once", async () => {
  const { database } = await world();
  await strictly(database, async (writing) => {
    for (let number = 0; number < 50; number++) {
      const ended_at = NOON + Math.floor(number / 20) * 1000;
      await putRecord(writing, record({ id: `r-${number}`, ended_at, is_own: number !== 7 }));
    }
  });
  const seen: string[] = [];
  let mark: Mark | null = null;
  for (;;) {
    const page = await newestRecords(database, mark, 8);
    seen.push(...page.map(({ id }) => id));
    mark = page.at(-1) ?? null;
    if (page.length < 8) break;
  }
  expect([seen.length, new Set(seen).size]).toEqual([49, 49]);
  expect((await readEntries(database)).map(({ id }) => id)).toEqual(seen);
});

test("a search wants every word, and cares for neither case nor accents", async () => {
  const { database } = await world();
  const titles = ["Décrire une photo", "Describe a photo", "ترجمة نص", "Trascrivere un audio"];
  await strictly(database, async (writing) => {
    for (const [place, title] of titles.entries()) {
      const outcome = place === 1 ? "paid" : "submitted";
      const named = task({ task: { id: null, title }, client: { id: null, name: "Müller & Co" } });
      await putRecord(writing, record({ id: `r-${place}`, ended_at: NOON + place, task: named, outcome }));
    }
  });
  const entries = await readEntries(database);
  const found = (words: string, outcome: "paid" | null = null) =>
    matching(entries, { words, outcome, platform: null }).map(({ id }) => id);
  expect(found("PHOTO muller")).toEqual(["r-1", "r-0"]);
  expect(found("decrire")).toEqual(["r-0"]);
  expect(found("ترجمة")).toEqual(["r-2"]);
  expect(found("photo", "paid")).toEqual(["r-1"]);
  expect(found("nobody")).toEqual([]);
  expect(matching(entries, { words: "", outcome: null, platform: "other" })).toEqual([]);
});

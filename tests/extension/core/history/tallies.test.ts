/** What is summed on the disk is what the records say, and a look-up reads little of it. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { talliesOf } from "../../../../extension/src/core/history/history";
import { recentHistory } from "../../../../extension/src/core/history/recent";
import { correct, putRecord, remove, wipe } from "../../../../extension/src/core/ledger/keep";
import type { LedgerRecord } from "../../../../extension/src/core/ledger/record";
import { strictly } from "../../../../extension/src/platform/database";
import { record, task, type World, world } from "../../world";

let edge: World;

beforeEach(async () => {
  edge = await world();
});
afterEach(() => {
  vi.restoreAllMocks();
});

const titled = (client: number, title: number) =>
  task({ client: { id: `c-${client}`, name: null }, task: { id: null, title: `Task ${"abcdefgh"[title]}` } });

function numbered(place: number, changes: Partial<LedgerRecord> = {}): LedgerRecord {
  const id = `00000000-0000-7000-8000-${String(place).padStart(12, "0")}`;
  return record({ id, attempt: `a-${place}`, task: titled(place % 3, place % 7), ...changes });
}

const put = (...records: LedgerRecord[]): Promise<void> =>
  strictly(edge.database, async (writing) => {
    for (const one of records) await putRecord(writing, one);
  });

/** Reads of a store by the name of the store. */
function countedReads(): () => Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of ["get", "getAll", "openCursor"] as const) {
    for (const kind of [IDBObjectStore, IDBIndex]) {
      const real = kind.prototype[name] as (...given: unknown[]) => unknown;
      vi.spyOn(kind.prototype, name).mockImplementation(function (this: IDBObjectStore | IDBIndex, ...given: unknown[]) {
        const store = "objectStore" in this ? this.objectStore.name : this.name;
        counts[store] = (counts[store] ?? 0) + 1;
        return real.apply(this, given) as never;
      });
    }
  }
  return () => ({ ...counts });
}

test("tallies follow every change of a record, and nothing is left when all are gone", async () => {
  const outcomes = ["submitted", "paid", "rejected", "returned"] as const;
  const kept = Array.from({ length: 40 }, (_, place) =>
    numbered(place, { outcome: outcomes[place % 4] ?? "paid", is_own: place % 5 !== 0 }),
  );
  await put(...kept);
  for (const place of [3, 11, 26]) await correct(edge, numbered(place).id, { seconds: 100 + place });
  for (const place of [4, 11]) await remove(edge, numbered(place).id);
  const stored = await edge.database.getAll("tallies");
  const expected = talliesOf(await edge.database.getAll("records"));
  expect(new Map(stored.map((tally) => [tally.name, tally]))).toEqual(expected);
  for (const { id } of await edge.database.getAll("records")) await remove(edge, id);
  expect(await edge.database.count("tallies")).toBe(0);
});

test("a look-up of a thousand rows reads at most two tallies a row and no record", async () => {
  await put(...Array.from({ length: 60 }, (_, place) => numbered(place)));
  const rows = Array.from({ length: 1000 }, (_, place) => titled(place, place % 8));
  const reads = countedReads();
  await recentHistory(edge, rows);
  const { tallies = 0, ...others } = reads();
  expect(others).toEqual({});
  expect(tallies).toBeLessThanOrEqual(1003); // each client once, and tasks of the three that were worked for
  await recentHistory(edge, rows);
  expect(reads().tallies).toBe(tallies);
});

test("after a task only its own two tallies are read again", async () => {
  await put(...Array.from({ length: 60 }, (_, place) => numbered(place)));
  const rows = Array.from({ length: 21 }, (_, place) => titled(place % 3, place % 7));
  await recentHistory(edge, rows);
  await put(numbered(60));
  const reads = countedReads();
  const history = await recentHistory(edge, rows);
  expect(reads()).toEqual({ tallies: 2 });
  const all = await edge.database.getAll("records");
  for (const [name, tally] of history) expect(tally).toEqual(talliesOf(all).get(name));
});

test("what is read while a record changes is not held as if it were new", async () => {
  const rows = [titled(0, 0)];
  const early = recentHistory(edge, rows);
  await put(numbered(0));
  await early;
  expect([...(await recentHistory(edge, rows)).keys()]).toHaveLength(2);
});

test("a wiped record has no history", async () => {
  await put(numbered(0));
  await recentHistory(edge, [titled(0, 0)]);
  await wipe(edge);
  expect((await recentHistory(edge, [titled(0, 0)])).size).toBe(0);
});

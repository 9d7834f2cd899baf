/** Records of earlier versions: what is wrong with them is found once, and mended or left as the worker says. */

import { beforeEach, describe, expect, test } from "vitest";
import { type Fault, faultsOf, upToDate } from "../../../../extension/src/core/ledger/faults";
import { correct, putRecord } from "../../../../extension/src/core/ledger/keep";
import { confirmSaid, mend } from "../../../../extension/src/core/ledger/mend";
import type { LedgerRecord } from "../../../../extension/src/core/ledger/record";
import { strictly } from "../../../../extension/src/platform/database";
import { NOON, record, task, type World, world } from "../../world";

const ids = (number: number): string => `0193588e-0000-7000-8000-00000000000${number}`;
const usd = (dollars: number) => ({ micros: Math.round(dollars * 1_000_000), currency: "USD" });
const old = (number: number, changes: Partial<LedgerRecord> = {}): LedgerRecord =>
  record({ id: ids(number), attempt: `a-${number}`, ...changes });

const UNSEEN = old(1, { outcome: "abandoned", end_imputed: true });
const HALVED = old(2, { active_seconds: 480, corrected_seconds: 240 });
const LONG = old(3, { works: "elsewhere", active_seconds: 14_400 });
const UNPAID = old(4, { paid: usd(0) });
const TIMED = old(5, { claimed_at: NOON + 5_000_000, ended_at: NOON + 5_300_000 });
const FILED = old(6, {
  attempt: "sub-6",
  works: "elsewhere",
  is_shared: false,
  claimed_at: NOON + 5_010_000,
  ended_at: NOON + 5_300_000,
  outcome: "approved",
  paid: usd(0.35),
  task: task({ limit_seconds: null, estimate_seconds: null }),
});
const RIGHT = old(7);
const ALL = [UNSEEN, HALVED, LONG, UNPAID, TIMED, FILED, RIGHT];

describe("of what an earlier version recorded", () => {
  test("each known fault is found once, and nothing else", () => {
    const found = faultsOf(ALL.map(upToDate)).map(({ id, kind, other }) => [Number(id.at(-1)), kind, other?.at(-1)]);
    expect(found.toSorted()).toEqual([
      [1, "end_unseen", undefined],
      [2, "halved_time", undefined],
      [3, "too_long", undefined],
      [4, "paid_nothing", undefined],
      [5, "double", "6"],
    ]);
  });

  test("an end that the worker said stays abandoned", () => {
    const said = { ...UNSEEN, overruled: { outcome: "submitted" as const, paid: null } };
    expect(upToDate(said).outcome).toBe("abandoned");
    expect(upToDate({ ...UNSEEN, end_imputed: false }).outcome).toBe("abandoned");
  });

  test("nothing that this version timed is suspected", () => {
    expect(faultsOf(ALL.map((one) => ({ ...upToDate(one), extension_version: "0.2.0" })))).toEqual([]);
  });
});

describe("the worker", () => {
  let edge: World;

  beforeEach(async () => {
    edge = await world();
    const records = ALL.map(upToDate);
    await strictly(edge.database, async (writing) => {
      for (const one of records) await putRecord(writing, one);
      for (const fault of faultsOf(records)) await writing.objectStore("faults").put(fault);
    });
  });

  const faults = async (): Promise<Fault["kind"][]> =>
    (await edge.database.getAll("faults")).map(({ kind }) => kind);
  const sent = async (number: number) => (await edge.database.get("outbox", ids(number)))?.item;

  test.each([
    [2, { corrected_seconds: null }, { active_seconds: 480, timer: "focus" }],
    [3, { active_seconds: 720 }, { active_seconds: 720 }],
    [4, { outcome: "submitted", paid: null }, { outcome: "submitted", paid: null }],
    [5, { outcome: "approved", paid: usd(0.35), site_id: "sub-6" }, { outcome: "approved" }],
  ])("mends record %i, and it is sent again with the version that mended it", async (number, as, told) => {
    const before = await faults();
    await mend(edge, { kind: "mend", id: ids(number), is_mended: true });
    expect(await edge.database.get("records", ids(number))).toMatchObject({ ...as, revision: 2 });
    expect(await sent(number)).toMatchObject({ ...told, revision: 2, extension_version: edge.version });
    expect(await faults()).toHaveLength(before.length - 1);
    if (number === 5) expect(await edge.database.get("records", ids(6))).toBeUndefined();
  });

  test("leaves one as it is: it is sent again, and not listed any more", async () => {
    await mend(edge, { kind: "mend", id: ids(2), is_mended: false });
    expect(await sent(2)).toMatchObject({ active_seconds: 240, timer: "manual", extension_version: edge.version });
    expect(await faults()).not.toContain("halved_time");
  });

  test("says what became of an end that nobody saw", async () => {
    expect(await sent(1)).toBeUndefined();
    await correct(edge, ids(1), { outcome: "returned" });
    expect(await sent(1)).toMatchObject({ outcome: "returned", extension_version: edge.version });
    expect(await faults()).not.toContain("end_unseen");
  });

  test("is not asked about a time that they said: it is sent again by itself", async () => {
    const said = old(8, { active_seconds: 480, corrected_seconds: 600 });
    await strictly(edge.database, async (writing) => {
      await putRecord(writing, said);
      for (const fault of faultsOf([said])) await writing.objectStore("faults").put(fault);
    });
    await confirmSaid(edge);
    expect(await sent(8)).toMatchObject({ active_seconds: 600, revision: 2, extension_version: edge.version });
    expect(await faults()).not.toContain("as_said");
  });

  test("corrects a right record of an earlier version: it stays one of that version", async () => {
    await correct(edge, ids(7), { outcome: "returned" });
    expect((await sent(7)) as object).not.toHaveProperty("extension_version");
  });
});

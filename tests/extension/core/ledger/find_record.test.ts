import { describe, expect, test } from "vitest";
import { type Joined, joinLines, type Line } from "../../../../extension/src/core/ledger/find_record";
import type { LedgerRecord } from "../../../../extension/src/core/ledger/record";
import { NOON, record, task } from "../../world";

const MINUTE_MS = 60_000;
const gbp = (pounds: number) => ({ micros: Math.round(pounds * 1_000_000), currency: "GBP" });
const study = (changes: Partial<Parameters<typeof task>[0]> = {}) =>
  task({ platform: "prolific", task: { id: "s1", title: "A short study" }, reward: gbp(2.1), ...changes });
const ids = (index: number): string => `0193588e-0000-7000-8000-00000000000${index}`;
const timed = (index: number, changes: Partial<LedgerRecord> = {}): LedgerRecord =>
  record({ id: ids(index), platform: "prolific", attempt: `s1 ${ids(index)}`, task: study(), ...changes });
const line = (changes: Partial<Line> = {}): Line => ({
  attempt: null,
  title: "A short study",
  client: null,
  started: null,
  day: "2026-11-23",
  pay: null,
  outcome: "approved",
  paid: null,
  ...changes,
});
const named = (joined: Joined[]) =>
  joined.map((one) => (one === null || one === "unsure" ? one : Number(one.id.at(-1))));

describe("lines of one title and one day", () => {
  test("join only where one line and one record fit", () => {
    expect(named(joinLines([line()], [timed(1)], "task"))).toEqual([1]);
    expect(named(joinLines([line(), line()], [timed(1)], "task"))).toEqual(["unsure", "unsure"]);
    expect(named(joinLines([line()], [timed(1), timed(2)], "task"))).toEqual(["unsure"]);
    expect(named(joinLines([line({ title: "Another" })], [timed(1)], "task"))).toEqual([null]);
  });

  test("are told apart by client and by pay", () => {
    const one = timed(1, { task: study({ client: { id: null, name: "Ann" } }) });
    const other = timed(2, { task: study({ client: { id: null, name: "Bob" }, reward: gbp(4) }) });
    const lines = [line({ client: "bob" }), line({ pay: gbp(2.1) })];
    expect(named(joinLines(lines, [one, other], "task"))).toEqual([2, 1]);
  });
});

describe("lines that say when the attempt began", () => {
  test("take the nearest record, each one once", () => {
    const records = [timed(1), timed(2, { claimed_at: NOON + 5 * MINUTE_MS })];
    const at = (minutes: number) => line({ started: NOON + minutes * MINUTE_MS });
    expect(named(joinLines([at(6), at(1)], records, "task"))).toEqual([2, 1]);
    expect(named(joinLines([at(1), at(2), at(40)], [timed(1)], "task"))).toEqual([1, null, null]);
  });

  test("join a record timed under the study's name with a submission's own id", () => {
    const submission = line({ attempt: "sub-77", started: NOON + 20_000, pay: gbp(2.1) });
    expect(named(joinLines([submission], [timed(1)], "task"))).toEqual([1]);
    const known = timed(1, { site_id: "sub-77" });
    expect(named(joinLines([submission], [timed(2), known], "task"))).toEqual([1]);
    expect(named(joinLines([{ ...submission, attempt: "sub-78" }], [known], "task"))).toEqual([null]);
  });

  test("never join two different names of attempts", () => {
    const other = record({ platform: "mturk", attempt: "A1" });
    const said = line({ attempt: "A2", title: "Describe a photo", started: NOON });
    expect(named(joinLines([said], [other], "attempt"))).toEqual([null]);
    expect(joinLines([{ ...said, attempt: "A1" }], [other], "attempt")).toEqual([other]);
  });
});

describe("lines that name the task", () => {
  const approved = line({ attempt: "s1", title: null, day: null, paid: gbp(2.1) });

  test("mean the newest attempt that is not decided", () => {
    const returned = timed(1, { outcome: "returned" });
    const handedIn = timed(2, { claimed_at: NOON + 10 * MINUTE_MS });
    expect(named(joinLines([approved], [returned, handedIn], "task"))).toEqual([2]);
  });

  test("tell nothing new where a record says the same already", () => {
    const paid = timed(2, { outcome: "approved", paid: gbp(2.1), claimed_at: NOON + 10 * MINUTE_MS });
    expect(named(joinLines([approved], [timed(1), paid], "task"))).toEqual([2]);
    expect(named(joinLines([approved, approved], [timed(1), paid], "task"))).toEqual([2, 1]);
  });

  test("approve nothing that was returned", () => {
    expect(named(joinLines([approved], [timed(1, { outcome: "returned" })], "task"))).toEqual([null]);
  });
});

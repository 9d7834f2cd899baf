/** What an hour of a task never done would come to at the worker's own pace. */

import { expect, test } from "vitest";
import { paceAt, paceOf } from "../../../../extension/src/core/history/pace";
import type { LedgerRecord } from "../../../../extension/src/core/ledger/record";
import { clientName, snapshotKey, taskName } from "../../../../extension/src/core/snapshot/keys";
import { lookup } from "../../../../extension/src/core/snapshot/lookup";
import type { Snapshot } from "../../../../extension/src/core/snapshot/shape";
import { record, task } from "../../world";

const titled = (title: string, changes = {}) => task({ task: { id: null, title }, ...changes });
const KEY = (title: string) => snapshotKey(taskName(clientName(titled(title)), title));
const SNAPSHOT: Snapshot = {
  platform: "practice",
  release: "2026-11-23",
  as_of: "2026-11-23T00:00:00Z",
  nature: "real",
  usd_per: { GBP: 1.25 },
  rates: Object.fromEntries(["a", "b", "c", "new"].map((title) => [KEY(title), [20, 5, 4, 6, 8, 1, 0.625]])),
  platform_rate: null,
  slope: null,
  all_in_factor: null,
  s_b: 1,
  sigma_e: 0.5,
  method: null,
};
/** Five tasks at three titles, each done at `times` the speed of the typical person: the task rate is 8. */
const worked = (times: number, changes: Partial<LedgerRecord> = {}): LedgerRecord[] =>
  ["a", "a", "a", "b", "c"].map((title) =>
    record({ task: titled(title), active_seconds: (0.35 * 3600) / 8 / times, ...changes }),
  );
const VIEW = { view: { currency: "USD", per_usd: 1, floor_per_hour: 7.25 }, usdPer: { GBP: 1.25 } };
const at = (records: LedgerRecord[], snapshot: Snapshot | null, row = titled("new")) =>
  paceAt(paceOf(records, snapshot), { rate: lookup(snapshot, row), task: row }, VIEW);

test("who works twice as fast is shown more than the published rate, and less than twice as much", () => {
  const pace = at(worked(2), SNAPSHOT);
  expect(pace).toMatchObject({ currency: "USD", tasks: 5, listed_per_hour: null });
  expect(pace?.per_hour).toBeGreaterThan(6);
  expect(pace?.per_hour).toBeLessThan(10);
  expect(at(worked(1), SNAPSHOT)?.per_hour).toBeCloseTo(5, 9);
  expect(at(worked(0.5), SNAPSHOT)?.per_hour).toBeLessThan(4);
});

test("fewer than three titles or five tasks say nothing of a pace", () => {
  expect(at(worked(2).slice(0, 4), SNAPSHOT)).toBeNull();
  expect(at(worked(2).map((one) => ({ ...one, task: titled("a") })), SNAPSHOT)).toBeNull();
});

test("what was not handed in, not timed, or is paid by the hour is no measure", () => {
  for (const changes of [
    { outcome: "returned" as const },
    { is_untimed: true },
    { end_imputed: true },
    { active_seconds: 0 },
  ]) {
    expect(at(worked(2, changes), SNAPSHOT)).toBeNull();
  }
  const hourly = worked(2).map((one) => ({ ...one, task: { ...one.task, reward_per: "hour" as const } }));
  expect(at(hourly, SNAPSHOT)).toBeNull();
});

test("without a published rate the pace is taken against the time that the listing states", () => {
  const listed = { estimate_seconds: 300 };
  const records = ["a", "a", "a", "b", "c"].map((title) =>
    record({ task: titled(title, listed), active_seconds: 400 }),
  );
  const pounds = titled("new", { estimate_seconds: 600, reward: { micros: 1_500_000, currency: "GBP" } });
  const pace = at(records, null, pounds);
  expect(pace?.listed_per_hour).toBeCloseTo(11.25, 9); // £9.00 an hour in dollars
  expect(pace?.per_hour).toBeLessThan(11.25);
  expect(pace?.per_hour).toBeGreaterThan(11.25 * 0.75);
  expect(at(records, null, titled("new", { estimate_seconds: null }))).toBeNull();
  const unconverted = paceAt(paceOf(records, null), { rate: lookup(null, pounds), task: pounds }, { ...VIEW, usdPer: {} });
  expect(unconverted).toMatchObject({ currency: "GBP", listed_per_hour: 9 });
});

test("the two factors are apart: a stated time says nothing against a published rate", () => {
  const records = ["a", "a", "a", "b", "c"].map((title) =>
    record({ task: titled(title, { estimate_seconds: 300 }), active_seconds: 400 }),
  );
  const { published, listing } = paceOf(records, { ...SNAPSHOT, rates: {} });
  expect(published).toBeNull();
  expect(listing?.tasks).toBe(5);
});

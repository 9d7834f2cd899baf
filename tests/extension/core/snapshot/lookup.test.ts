import { describe, expect, test } from "vitest";
import { clientName, snapshotKey, taskName } from "../../../../extension/src/core/snapshot/keys";
import { lookup } from "../../../../extension/src/core/snapshot/lookup";
import { asSnapshot, type Cell, type Snapshot } from "../../../../extension/src/core/snapshot/shape";
import { task } from "../../world";

const CLIENT = snapshotKey(clientName(task()));
const TASK = snapshotKey(taskName(clientName(task()), task().task.title));
const cell = (people: number, effective: number | null): Cell => [people, effective, 2, 4, 5, 0.9, 0.7];

function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    platform: "practice",
    release: "2026-11-23",
    as_of: "2026-11-23T00:00:00Z",
    nature: "demo",
    usd_per: { EUR: 1.08 },
    rates: { [CLIENT]: cell(20, 3), [TASK]: cell(10, 2.5) },
    platform_rate: cell(50, 4),
    slope: 0.5,
    all_in_factor: 1.4,
    method: "version 1",
    ...changes,
  };
}

describe("a task's rate is that of", () => {
  test("the task itself", () => {
    expect(lookup(snapshot(), task())).toMatchObject({
      level: "task",
      people: "10-19",
      effective_usd_per_hour: 2.5,
      low_usd_per_hour: 2,
      task_usd_per_hour: 5,
      paid_share: 0.9,
      kept_share: 0.7,
      release: "2026-11-23",
      nature: "demo",
    });
  });

  test("the same task with another number in its title", () => {
    const other = snapshotKey(taskName(clientName(task()), "Label 12 photos"));
    const one = task({ task: { id: "t-1", title: "label 7 Photos" } });
    expect(lookup(snapshot({ rates: { [other]: cell(50, 1) } }), one)).toMatchObject({
      level: "task",
      people: "50+",
    });
  });

  test("its client", () => {
    expect(lookup(snapshot({ rates: { [CLIENT]: cell(20, 3) } }), task())).toMatchObject({
      level: "client",
      people: "20-49",
    });
  });

  test("its platform", () => {
    expect(lookup(snapshot({ rates: {} }), task())).toMatchObject({
      level: "platform",
      effective_usd_per_hour: 4,
    });
  });

  test("nothing, where nothing is known", () => {
    expect(lookup(snapshot({ rates: {}, platform_rate: null }), task())).toMatchObject({
      level: "none",
      people: null,
    });
    expect(lookup(null, task())).toMatchObject({ level: "none", release: null, nature: null });
  });

  test("a band without a number below ten people", () => {
    const band: Cell = [5, null, 2, 4, null, null, null];
    expect(lookup(snapshot({ rates: { [TASK]: band } }), task())).toMatchObject({
      people: "5-9",
      effective_usd_per_hour: null,
    });
  });
});

describe("a task that nobody did yet", () => {
  // Usual new tasks of this parent list $0.40 and come to $3 an hour.
  const parent: Cell = [20, 3.5, 2, 4, 5, 0.9, 0.7, 3, 0.4];
  const expected = (reward: object | null, changes: Partial<Snapshot> = {}): number | null | undefined =>
    lookup(
      snapshot({ rates: { [CLIENT]: parent }, ...changes }),
      task({ reward_per: "task", ...(reward === null ? { reward: null } : reward) }),
    ).expected_usd_per_hour;
  const usd = (micros: number) => ({ reward: { micros, currency: "USD" } });

  test("is expected to pay as its client's usual one where it lists as much", () => {
    expect(expected(usd(400_000))).toBeCloseTo(3);
  });

  test("is expected to pay more where it lists more, by the platform's slope", () => {
    expect(expected(usd(1_600_000))).toBeCloseTo(6);
    expect(expected(usd(100_000))).toBeCloseTo(1.5);
    expect(expected(usd(4e12))).toBeCloseTo(3 * 20 ** 0.5);
  });

  test("counts its units and its currency", () => {
    expect(expected({ ...usd(40_000), reward_per: "unit", units: 10 })).toBeCloseTo(3);
    expect(expected({ ...usd(400_000_000), reward_per: "thousand", units: 1 })).toBeCloseTo(3);
    expect(expected({ reward: { micros: 370_370, currency: "EUR" } })).toBeCloseTo(3);
  });

  test("is expected to pay nothing we know where its pay, or the parent's, is unknown", () => {
    expect(expected(null)).toBeNull();
    expect(expected({ ...usd(400_000), reward_per: "hour" })).toBeNull();
    expect(expected({ reward: { micros: 400_000, currency: "XXX" } })).toBeNull();
    expect(expected(usd(400_000), { slope: null })).toBeNull();
    expect(expected(usd(400_000), { rates: { [CLIENT]: cell(20, 3) } })).toBeNull();
  });

  test("of an unknown client leans on the platform", () => {
    const rate = lookup(snapshot({ rates: {}, platform_rate: parent }), task(usd(1_600_000)));
    expect([rate.level, rate.effective_usd_per_hour]).toEqual(["platform", 3.5]);
    expect(rate.expected_usd_per_hour).toBeCloseTo(6);
  });

  test("says so only where it has no figure of its own", () => {
    expect(lookup(snapshot(), task())).not.toHaveProperty("expected_usd_per_hour");
  });
});

describe("an answer is no snapshot", () => {
  const given = (changes: object): unknown => ({ ...snapshot(), ...changes });
  test.each([
    ["of another platform", given({ platform: "other" })],
    ["without a release", given({ release: 7 })],
    ["with a name for a key", given({ rates: { "Bluebird Research": cell(10, 1) } })],
    ["with too short a cell", given({ rates: { [TASK]: [10, 1] } })],
    ["with fewer people than are ever published", given({ rates: { [TASK]: cell(4, 1) } })],
    ["with a word for a rate", given({ rates: { [TASK]: [10, "1", 1, 1, 1, 1, 1] } })],
    ["with a broken exchange rate", given({ usd_per: { EUR: -1 } })],
    ["with a slope that is a word", given({ slope: "0.6" })],
    ["when it is a page of somebody's", "<html>"],
    ["when it is nothing", null],
  ])("%s", (_name, answer) => {
    expect(asSnapshot(answer, "practice")).toBeNull();
  });

  test("but one of ours is", () => {
    expect(asSnapshot({ ...snapshot(), more: "1" }, "practice")).toEqual({
      ...snapshot(),
      s_b: null,
      sigma_e: null,
    });
    const told = { ...snapshot(), s_b: 0.8, sigma_e: 0.6 };
    expect(asSnapshot(told, "practice")).toEqual(told);
    expect(asSnapshot({ ...told, s_b: -1 }, "practice")).toBeNull();
  });
});

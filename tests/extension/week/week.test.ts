/** Weeks of invented workers, through the real modules: what is recorded against what is true. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { LedgerRecord } from "../../../extension/src/core/ledger/record";
import { KINDS, type Kind, type Log, weekOf } from "./log";
import { Machine } from "./machine";
import { type Truth, truthOf } from "./truth";

const SEEDS = [1, 2, 3];
const TASKS_A_DAY = 6;
const PAGE = fileURLToPath(new URL("../../../docs/timing.md", import.meta.url));
const HEARTBEAT_SECONDS = 5;

interface Line {
  kind: Kind;
  ending: string;
  truth: number;
  recorded: number;
  idles: number;
}

interface Week {
  log: Log;
  truth: Truth;
  records: LedgerRecord[];
  lines: Line[];
}

const weeks: Week[] = [];

beforeAll(async () => {
  for (const seed of SEEDS) {
    const log = weekOf(seed, TASKS_A_DAY);
    const machine = await Machine.start();
    await machine.live(log);
    const records = await machine.edge.database.getAll("records");
    const truth = truthOf(log);
    const lines = log.tasks.map(({ number, kind, ending }) => {
      const mine = records.filter(({ task }) => task.task.id === `t-${number}`);
      const recorded = mine.reduce((sum, one) => sum + one.active_seconds, 0);
      const [idles, seconds] = [truth.idles.get(number) ?? 0, truth.seconds.get(number) ?? 0];
      return { kind, ending, truth: seconds, recorded, idles };
    });
    weeks.push({ log, truth, records, lines });
  }
}, 240_000);

const seen = (): Line[] => weeks.flatMap(({ lines }) => lines).filter(({ kind }) => kind !== "in another browser");
const errorOf = ({ truth, recorded }: Line): number => Math.abs(recorded - truth) / truth;

describe("in a week of real journeys", () => {
  test("every task is recorded once, and as it ended", () => {
    for (const { log, records } of weeks) {
      for (const { number, ending } of log.tasks) {
        const outcomes = records.filter(({ task }) => task.task.id === `t-${number}`).map(({ outcome }) => outcome);
        expect([number, outcomes]).toEqual([number, [ending === "unseen" ? "end_unseen" : ending]]);
      }
    }
  });

  test("all tasks together never take more time than the clock", () => {
    for (const { records, truth } of weeks) {
      const recorded = records.reduce((sum, { active_seconds }) => sum + active_seconds, 0);
      expect(recorded).toBeLessThanOrEqual(truth.clock);
    }
  });

  test("no task has more than its true time but for a heartbeat each time that the worker fell idle", () => {
    const above = seen().filter(({ recorded, truth, idles }) => recorded > truth + HEARTBEAT_SECONDS * (idles + 1));
    expect(above).toEqual([]);
  });

  test("the middle is within 5 % of the truth, and 95 of 100 tasks within 15 %", () => {
    const errors = seen()
      .map(errorOf)
      .sort((one, other) => one - other);
    expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(0.05);
    expect(errors[Math.floor(errors.length * 0.95)]).toBeLessThan(0.15);
  });

  test("work in another browser is marked as such, and never gets more than three times what is stated", () => {
    for (const { records, log } of weeks) {
      for (const { number } of log.tasks.filter(({ kind }) => kind === "in another browser")) {
        const record = records.find(({ task }) => task.task.id === `t-${number}`);
        expect(record?.active_seconds).toBeLessThanOrEqual(3 * 900 + 120);
        if (record?.outcome === "submitted") expect(record.is_elsewhere).toBe(true);
      }
    }
  });

  test("the table in docs/timing.md says what came out", () => {
    const page = pageOf(weeks.flatMap(({ lines }) => lines));
    if (process.env.WRITE_TIMING === "1") writeFileSync(PAGE, page);
    expect(existsSync(PAGE) && readFileSync(PAGE, "utf8")).toBe(page);
  });
});

function pageOf(lines: readonly Line[]): string {
  const rows = [...KINDS, null].map((kind) => {
    const mine = lines.filter((one) => (kind === null ? one.kind !== "in another browser" : one.kind === kind));
    const errors = mine.map(errorOf).sort((one, other) => one - other);
    const sum = (name: "truth" | "recorded"): number => mine.reduce((total, one) => total + one[name], 0);
    const at = (part: number): string => `${((errors[Math.floor(errors.length * part)] ?? 0) * 100).toFixed(1)} %`;
    const hours = (seconds: number): string => (seconds / 3600).toFixed(2);
    const words = kind ?? "all but the last";
    return `| ${words} | ${mine.length} | ${hours(sum("truth"))} | ${hours(sum("recorded"))} | ${at(0.5)} | ${at(0.95)} |`;
  });
  return `# Recorded time against true time

A worker's week is made by chance and lived through by the real modules: claims, timer, ledger. Tabs, frames, pauses, a
machine that sleeps, restarts of the browser, updates, missed ends and studies that come again are in it. The true time is counted second by
second, by the words of estimator A and by code that shares nothing with the extension. ${SEEDS.length} weeks; the workers are invented.

| work | tasks | true hours | recorded hours | error in the middle | error of 95 in 100, at most |
|---|---|---|---|---|---|
${rows.join("\n")}

Work in another browser cannot be seen. Its time is open time, shared among what may be at work and capped; such records are
marked \`elsewhere\`. Where its end is not seen either, nothing after the last look is counted before the worker says so.

## What counts

- On the site's page: while it is in front with the focus, and for a minute after the last touch. In a frame of another site: while
  the frame has the focus and somebody uses the machine.
- In tabs that the task's page opened, in those that they opened, and in the task's own tab once the site's page has left it:
  while one is in front and the machine is in use, five minutes without a touch, fifteen while it can be heard. The browser
  says which tab opened which; no address is read.
- Where no such tab is known: open time, up to three times what the listing states or its limit, an hour where it states nothing.
- Where a site allows one claim, a new one closes the one before as "end not seen". That is neither counted nor sent before the worker
  or the site says what became of it.

Made by \`make timing\`, which the tests compare with what comes out now.
`;
}

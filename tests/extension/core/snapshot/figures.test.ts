/** What the extension says of each figure of a snapshot that the Python encoder made (`test_snapshot_figures.py`). */

import { readFileSync } from "node:fs";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { rings, USUAL } from "../../../../extension/src/core/alarm/rules";
import { fillPill } from "../../../../extension/src/core/badge/badge";
import { type Wording, wordsOf } from "../../../../extension/src/core/badge/words";
import { paceAt } from "../../../../extension/src/core/history/pace";
import { clientName, snapshotKey } from "../../../../extension/src/core/snapshot/keys";
import { lookup } from "../../../../extension/src/core/snapshot/lookup";
import type { Figure, Rate } from "../../../../extension/src/core/snapshot/rate";
import { asSnapshot, type Cell, type Snapshot } from "../../../../extension/src/core/snapshot/shape";
import { standingOf } from "../../../../extension/src/core/verdict";
import { text } from "../../catalogue";
import { task } from "../../world";

interface Golden {
  keys: Record<string, string>;
  figures: Record<string, Figure>;
  snapshot: Snapshot;
}

const golden = JSON.parse(
  readFileSync(new URL("../../../fixtures/wire/snapshot_figures.json", import.meta.url), "utf8"),
) as Golden;
const CLIENT = snapshotKey(clientName(task()));

function cellOf(name: string): Cell {
  const cell = golden.snapshot.rates[golden.keys[name] ?? ""];
  if (cell === undefined) throw new Error(`no row ${name}`);
  return cell;
}

/** The rate of a posted task whose client has this row. */
function rateOf(cell: Cell, level: "client" | "platform" = "client"): Rate {
  const rates = level === "client" ? { [CLIENT]: cell } : {};
  return lookup({ ...golden.snapshot, rates, platform_rate: cell }, task());
}

const wordingAt = (floor_per_hour: number): Wording => ({
  view: { currency: "USD", per_usd: 1, floor_per_hour },
  text,
  locale: "en-US",
});
const said = (rate: Rate, floor = 5) => wordsOf({ rate, own: null, mark: null }, wordingAt(floor));

test("a snapshot with every figure is taken whole", () => {
  expect(asSnapshot(golden.snapshot, "practice")?.rates).toEqual(golden.snapshot.rates);
});

test.each(Object.entries(golden.figures))(
  "the row %s is read as the figure it is in the tables",
  (name, figure) => {
    expect(rateOf(cellOf(name)).figure).toBe(figure);
  },
);

describe("a task rate", () => {
  test.each([
    ["task_rate_undecided", "task rate $4.32/h, nothing decided yet", "Nothing is decided yet"],
    [
      "task_rate_time_unknown",
      "task rate $4.32/h, time of returned work unknown",
      "The time that went into returned work is not known",
    ],
  ])("is labelled as such, with the reason: %s", (name, figure, why) => {
    const words = said(rateOf(cellOf(name)));
    expect(words).toMatchObject({ figure, basis: "20–49 people", parts: [] });
    expect(words.headlines.join(" ")).toContain(why);
    expect(words.headlines.join(" ")).toContain("This is not what an hour really paid.");
    expect(words.headlines.join(" ")).not.toContain("earned");
  });

  test("has no effective rate and no effective interval", () => {
    expect(rateOf(cellOf("task_rate_undecided"))).toMatchObject({
      effective_usd_per_hour: null,
      low_usd_per_hour: null,
      high_usd_per_hour: null,
      task_low_usd_per_hour: 2.08,
      task_high_usd_per_hour: 8.99,
    });
  });

  test.each([
    [10, "below"],
    [5, "none"],
    [2, "above"],
  ])("takes a side of the floor of %d only with its whole interval: %s", (floor, tone) => {
    expect(said(rateOf(cellOf("task_rate_undecided")), floor).tone).toBe(tone);
  });

  test("above the floor is not said to be pay above the floor", () => {
    const { notes } = said(rateOf(cellOf("task_rate_undecided")), 2);
    expect(notes[0]).toMatch(
      /^The task rate is at or above your floor of \$2\.00 an hour\. .* may be less\.$/,
    );
  });

  test("rings no alarm, however far above the floor it is", () => {
    const verdict = { rate: rateOf(cellOf("task_rate_undecided")), own: null, mark: null };
    const { view } = wordingAt(0.01);
    expect(standingOf(verdict, view)).toBe("above");
    expect(rings(verdict, view, USUAL)).toBe(false);
    const own = { per_hour: 3, currency: "USD", attempts: 4, level: "task" } as const;
    expect(rings({ ...verdict, own }, view, USUAL)).toBe(true);
  });

  test("of the platform takes no side", () => {
    const words = said(rateOf(cellOf("task_rate_undecided"), "platform"), 2);
    expect(words).toMatchObject({ tone: "none", basis: "platform average", interval: null });
    expect(words.figure).toBe("task rate $4.32/h, nothing decided yet");
  });

  test("is read the same from a server one version older, which sent its ends as an effective interval", () => {
    const older: Cell = [20, null, 2.08, 8.99, 4.32, null, 0.8, null, 0.377];
    expect(rateOf(older)).toEqual(rateOf(cellOf("task_rate_undecided")));
  });

  test("in a row without a number says its kind alone", () => {
    expect(said(rateOf(cellOf("task_rate_of_few"))).figure).toBe("task rate, nothing decided yet");
    const untimed = said(rateOf(cellOf("task_rate_of_few_untimed"))).figure;
    expect(untimed).toBe("task rate, time of returned work unknown");
  });
});

describe("a divided row", () => {
  const rate = rateOf(cellOf("divided"));

  test("says that people differ, with their band and no number", () => {
    const words = said(rate);
    expect(words).toMatchObject({
      figure: "people differ too much for one figure",
      basis: "20–49 people",
      interval: null,
      tone: "none",
      side: null,
    });
    expect(words.headlines).toEqual([
      "20–49 people differ too much for one figure. No number would be true of them.",
    ]);
    expect(JSON.stringify(words)).not.toMatch(/\$\d/);
  });

  test("rings no alarm", () => {
    expect(rings({ rate, own: null, mark: null }, wordingAt(0.01).view, USUAL)).toBe(false);
  });

  test("of the platform says nothing of a task", () => {
    expect(said(rateOf(cellOf("divided"), "platform")).figure).toBe("no data yet");
  });
});

test.each(["task_rate_undecided", "task_rate_time_unknown", "divided"])(
  "no pace is made of effective pay that %s does not have",
  (name) => {
    const pace = { published: { anywhere: 0.1, tasks: 9 }, listing: null };
    const at = { view: wordingAt(5).view, usdPer: { USD: 1 } };
    expect(paceAt(pace, { rate: rateOf(cellOf(name)), task: task() }, at)).toBeNull();
    expect(paceAt(pace, { rate: rateOf(cellOf("number")), task: task() }, at)).not.toBeNull();
  },
);

test("a platform of a hundred people and more keeps its rates, from an older server too", () => {
  for (const people of [50, 100, 500, 2000]) {
    const cell: Cell = [people, 3, 2, 4, 5, 0.9, 0.7];
    const snapshot = asSnapshot({ ...golden.snapshot, rates: { [CLIENT]: cell } }, "practice");
    expect(snapshot && lookup(snapshot, task())).toMatchObject({ people: "50+", effective_usd_per_hour: 3 });
  }
});

test.each([
  [
    "task_rate_undecided",
    "task rate $4.32/h, nothing decided yet 20–49 people",
    "This is not what an hour really paid.",
  ],
  ["divided", "people differ too much for one figure 20–49 people", "No number would be true of them."],
])("a screen reader is told what is seen and why: %s", (name, seen, why) => {
  const { document } = parseHTML("<html><body></body></html>");
  const pill = document.createElement("span");
  const words = { ...said(rateOf(cellOf(name))), interval: null };
  fillPill(document as unknown as Document, pill as unknown as HTMLElement, words, text);
  const label = pill.getAttribute("aria-label") ?? "";
  expect(label).toContain(seen);
  expect(label).toContain(why);
});

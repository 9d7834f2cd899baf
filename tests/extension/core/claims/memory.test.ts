/** Where a claim's own page tells less than its listing did, both are put together; never two that do not belong. */

import { describe, expect, test } from "vitest";
import {
  completed,
  EMPTY_MEMORY,
  MOST_ROWS,
  withHeld,
  withOpened,
  withRows,
} from "../../../../extension/src/core/claims/memory";
import type { TaskReading } from "../../../../extension/src/model/readings";
import { task } from "../../world";

const SITE = "practice";
const listed = task({
  task: { id: "t-7", title: "Sort shoes" },
  reward: { micros: 50_000, currency: "USD" },
});
const SEEN = withRows(EMPTY_MEMORY, SITE, [{ key: "t-7", task: listed }]);

/** What a page says that names no title and no pay. */
function scant(changes: Partial<TaskReading> = {}): TaskReading {
  const nothing = { client: null, reward: null, limit_seconds: null, estimate_seconds: null };
  return task({ ...nothing, task: { id: null, title: "" }, ...changes });
}

const claim = (task: TaskReading, tab = 1) => ({ attempt: "a-1", task, tab });

test("a task that its own page names with its pay is left as it is", () => {
  const whole = task({ task: { id: "t-7", title: "Another title" } });
  expect(completed(SEEN, claim(whole))).toBe(whole);
});

test("a claim is joined to its row by the platform's id of the task", () => {
  const known = completed(SEEN, claim(scant({ task: { id: "t-7", title: "" }, limit_seconds: 60 })));
  expect(known).toMatchObject({ task: listed.task, reward: listed.reward, limit_seconds: 60 });
});

test("what the page says goes before what the listing said", () => {
  const told = scant({ task: { id: "t-7", title: "Sort shoes, part two" }, units: 3 });
  expect(completed(SEEN, claim(told))).toMatchObject({
    task: { id: "t-7", title: "Sort shoes, part two" },
    reward: listed.reward,
    units: 3,
  });
});

test("pay by the hour stays pay by the hour", () => {
  const hourly = { ...listed, reward_per: "hour" as const };
  const memory = withRows(EMPTY_MEMORY, SITE, [{ key: "t-7", task: hourly }]);
  expect(completed(memory, claim(scant({ task: { id: "t-7", title: "" } })))?.reward_per).toBe("hour");
});

test("a claim without a title that cannot be joined is none", () => {
  expect(completed(SEEN, claim(scant()))).toBeNull();
  expect(completed(SEEN, claim(scant({ task: { id: "t-8", title: "" } })))).toBeNull();
});

test("a claim with a title and no row goes without pay", () => {
  expect(completed(EMPTY_MEMORY, claim(scant({ task: { id: null, title: "Sort" } })))?.reward).toBeNull();
});

describe("the task whose page was open before", () => {
  const opened = withOpened(SEEN, { tab: 1, platform: SITE, task: "t-7" });

  test("names a claim in the same tab", () => {
    expect(completed(opened, claim(scant()))?.task.title).toBe("Sort shoes");
  });

  test("names none in another tab", () => {
    expect(completed(opened, claim(scant(), 2))).toBeNull();
  });

  test("names none once another page came between", () => {
    const between = withOpened(opened, { tab: 1, platform: SITE, task: null });
    expect(completed(between, claim(scant()))).toBeNull();
  });
});

test("a list of open attempts names a claim before the page that was open does", () => {
  const other = task({ task: { id: "t-9", title: "Fix code" }, reward: null });
  const row = task({
    task: { id: "t-9", title: "Fix code" },
    reward: { micros: 40_000_000, currency: "USD" },
  });
  let memory = withOpened(SEEN, { tab: 1, platform: SITE, task: "t-7" });
  memory = withHeld(memory, SITE, [{ attempt: "a-1", task: other, elapsed_seconds: 0 }]);
  memory = withRows(memory, SITE, [{ key: "t-9", task: row }]);
  expect(completed(memory, claim(scant()))).toMatchObject({ task: other.task, reward: row.reward });
});

test("only so many rows are remembered, the newest and the last said of each", () => {
  const rows = Array.from({ length: MOST_ROWS + 10 }, (_, place) => ({ key: `k-${place}`, task: listed }));
  const memory = withRows(withRows(SEEN, SITE, rows), SITE, [{ key: "k-20", task: task() }]);
  expect(memory.rows[SITE]).toHaveLength(MOST_ROWS);
  expect(memory.rows[SITE]?.at(-1)).toEqual({ key: "k-20", task: task() });
  expect(memory.rows[SITE]?.some(({ key }) => key === "t-7")).toBe(false);
});

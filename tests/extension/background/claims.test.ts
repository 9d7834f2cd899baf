/** From messages to the ledger, in the order in which they came. */

import { beforeEach, expect, test, vi } from "vitest";
import { keepTold, remember } from "../../../extension/src/background/claims";
import type { PageMessage } from "../../../extension/src/core/messages";
import { task, type World, world } from "../world";

let edge: World;

beforeEach(async () => {
  vi.stubGlobal("navigator", {
    locks: { request: (_name: string, _options: object, work: () => Promise<unknown>) => work() },
  });
  edge = await world();
});

type Claimed = Extract<PageMessage, { kind: "claimed" }>;
const claimed = (attempt: string, changes: Partial<Claimed> = {}): Claimed => ({
  kind: "claimed",
  attempt,
  task: task(),
  elapsed_seconds: 0,
  works: "here",
  claimed_by: "page",
  next: "submitted",
  ...changes,
});
const beat = (attempt: string) =>
  ({ kind: "pulse", subject: { kind: "task", platform: "practice", attempt }, active: true }) as const;

async function tell(...messages: Parameters<typeof keepTold>[1][]): Promise<void> {
  for (const message of messages) await keepTold(edge, message, 1);
}

const records = async (): Promise<unknown[]> =>
  (await edge.database.getAll("records")).map(({ attempt, outcome }) => [attempt, outcome]);

test("auto-accept without an alert: the next assignment ends the last", async () => {
  await tell(claimed("a"), beat("a"));
  edge.pass(9);
  await tell(beat("a"), claimed("b"), beat("b"));
  expect(await records()).toEqual([["a", "submitted"]]);
});

test("a queued task that is opened beside another ends nothing", async () => {
  await tell(claimed("a"), beat("a"));
  edge.pass(9);
  await tell(beat("a"), claimed("b", { elapsed_seconds: 400 }), beat("b"));
  expect(await records()).toEqual([]);
});

test("a claim that names nothing is kept with what the listing said, or not at all", async () => {
  const unnamed = task({ client: null, task: { id: "t-1", title: "" }, reward: null });
  expect(await keepTold(edge, claimed("a", { task: unnamed }), 1)).toBeNull();
  const rows = [{ key: "t-1", task: task() }];
  await remember(edge, { kind: "seen", platform: "practice", rows }, 1);
  const kept = await keepTold(edge, claimed("a", { task: unnamed }), 1);
  expect(kept?.session.attempts[0]?.task).toMatchObject({ task: task().task, reward: task().reward });
});

test("a list of open attempts ends what is no longer on it", async () => {
  await tell(claimed("a"), beat("a"));
  edge.pass(12);
  await tell({ kind: "held", platform: "practice", attempts: [], gone: "submitted" });
  expect(await records()).toEqual([["a", "submitted"]]);
});

test("what was only looked at is no attempt", async () => {
  await tell(claimed("a", { claimed_by: "submit", works: "elsewhere" }), beat("a"));
  edge.pass(30 * 3600);
  await tell(claimed("b"));
  const { keep } = await import("../../../extension/src/core/timer/apply_timer_event");
  const { session } = await keep(edge, { kind: "tick", at: edge.now(), idle: true });
  expect(session.attempts.map(({ attempt }) => attempt)).toEqual(["b"]);
  expect(await records()).toEqual([]);
});

test("an end that names no attempt is never that of something only looked at", async () => {
  await tell(claimed("a", { claimed_by: "submit", works: "elsewhere" }), beat("a"));
  await tell({ kind: "ended", platform: "practice", attempt: null, ending: "submitted" });
  expect(await records()).toEqual([]);
  await tell({ kind: "ended", platform: "practice", attempt: "a", ending: "submitted" });
  expect(await records()).toEqual([["a", "submitted"]]);
});

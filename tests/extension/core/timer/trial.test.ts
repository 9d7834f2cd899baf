/** What nobody claims and one just does, as a campaign that takes proof: looked at, until it is sent in. */

import { expect, test } from "vitest";
import { openTasks } from "../../../../extension/src/core/ledger/figures";
import { type Attempt, EMPTY, type Session, step } from "../../../../extension/src/core/timer/session";
import { attempt, NOON } from "../../world";

const SECOND = 1_000;
const trial = (name: string, changes: Partial<Attempt> = {}): Attempt =>
  attempt({ attempt: name, works: "elsewhere", is_trial: true, ...changes });
const open = (...attempts: Attempt[]): Session => ({ ...EMPTY, at: NOON, attempts });

function after(session: Session, seconds: number): Record<string, number> {
  const { attempts } = step(session, { kind: "tick", at: NOON + seconds * SECOND, idle: false }).session;
  return Object.fromEntries(attempts.map((one) => [one.attempt, one.active_seconds]));
}

test("it takes time elsewhere when nothing that was claimed does", () => {
  expect(after(open(trial("a")), 30)).toEqual({ a: 30 });
});

test("it takes nothing from a claimed task", () => {
  const claimed = attempt({ attempt: "b", works: "elsewhere" });
  expect(after(open(trial("a"), claimed), 30)).toEqual({ a: 0, b: 30 });
});

test("of several the one that was last in front takes the time", () => {
  const last = trial("b", { seen_at: NOON + SECOND });
  expect(after(open(trial("a"), last, trial("c")), 30)).toEqual({ a: 0, b: 30, c: 0 });
});

test("it is shown as being timed only while it is in front", () => {
  const subject = { kind: "task", platform: "practice", attempt: "a" } as const;
  const session = open(trial("a"), trial("b"), attempt({ attempt: "c" }));
  expect(openTasks(session, {}, "USD").map(({ is_in_front }) => is_in_front)).toEqual([false]);
  const front = { ...session, focus: { source: 1, subject, beat_at: NOON } };
  expect(openTasks(front, {}, "USD").map(({ is_in_front }) => is_in_front)).toEqual([true, false]);
});

/** Ends that no page says: only what follows for sure is inferred. */

import { describe, expect, test } from "vitest";
import { before, goneFrom } from "../../../../extension/src/core/claims/inferred";
import type { PageMessage } from "../../../../extension/src/core/messages";
import type { Session } from "../../../../extension/src/core/timer/session";
import { attempt, NOON, task } from "../../world";

const MINUTE = 60_000;
const A = attempt({ attempt: "a", claimed_at: NOON - 5 * MINUTE, seen_at: NOON - 5_000 });
const B = attempt({ attempt: "b", claimed_at: NOON - 9 * MINUTE, seen_at: NOON - 8 * MINUTE });
const session = (...attempts: Session["attempts"]): Session => ({
  at: NOON,
  focus: null,
  fronts: [{ source: 1, platform: "practice", attempt: "a" }],
  attempts,
});

type Held = Extract<PageMessage, { kind: "held" }>;
const entry = (name: string): Held["attempts"][number] => ({
  attempt: name,
  task: task(),
  elapsed_seconds: 0,
});
const held = (...names: string[]): Held => ({
  kind: "held",
  platform: "practice",
  attempts: names.map(entry),
  gone: "submitted",
});

describe("an attempt that the list of open ones does not have", () => {
  test("came to what the pack says, where another shows that names agree", () => {
    expect(goneFrom(session(A, B), held("b"), [], NOON)).toEqual([{ attempt: "a", ending: "submitted" }]);
  });

  test("did so too where nothing at all is open, or where it was listed before", () => {
    expect(goneFrom(session(A), held(), [], NOON)).toEqual([{ attempt: "a", ending: "submitted" }]);
    expect(goneFrom(session(A), held("x"), [entry("a")], NOON)).toHaveLength(1);
  });

  test("is not over where the list may name attempts in another way", () => {
    expect(goneFrom(session(A), held("x"), [], NOON)).toEqual([]);
  });

  test("is not over while the list may lag behind", () => {
    expect(goneFrom(session({ ...A, claimed_at: NOON - 6_000 }), held(), [], NOON)).toEqual([]);
  });

  test("expired where its time ran out", () => {
    const late = { ...A, task: task({ limit_seconds: 305 }) };
    expect(goneFrom(session(late), held(), [], NOON)).toEqual([{ attempt: "a", ending: "expired" }]);
  });

  test("is another site's affair, or nobody's where the pack says nothing", () => {
    expect(goneFrom(session(attempt({ platform: "other" })), held(), [], NOON)).toEqual([]);
    expect(goneFrom(session(A), { ...held(), gone: null }, [], NOON)).toEqual([]);
  });
});

type Claimed = Extract<PageMessage, { kind: "claimed" }>;
const claimed = (changes: Partial<Claimed> = {}): Claimed => ({
  kind: "claimed",
  attempt: "c",
  task: task(),
  elapsed_seconds: 2,
  works: "here",
  claimed_by: "page",
  next: "submitted",
  ...changes,
});

describe("a new assignment of the same task in the same tab", () => {
  test("means that the one before was sent in", () => {
    expect(before(session(A), claimed(), 1, NOON)).toEqual({ attempt: "a", ending: "submitted" });
  });

  test.each([
    ["it was claimed some time ago, as one of a queue", claimed({ elapsed_seconds: 300 }), 1, NOON],
    ["it is of another task", claimed({ task: task({ task: { id: "t-2", title: "Other" } }) }), 1, NOON],
    [
      "nobody says which task it is",
      claimed({ task: task({ task: { id: null, title: "Other" } }) }),
      1,
      NOON,
    ],
    ["another page came between", claimed({ next: null }), 1, NOON],
    ["it is in another tab", claimed(), 2, NOON],
    ["the one before was left a while ago", claimed(), 1, NOON + MINUTE],
    ["it is the same again", claimed({ attempt: "a" }), 1, NOON],
  ])("means nothing where %s", (_what, claim, tab, now) => {
    expect(before(session(A), claim, tab, now)).toBeNull();
  });
});

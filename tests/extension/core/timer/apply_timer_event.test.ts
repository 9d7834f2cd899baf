import { describe, expect, test } from "vitest";
import { currentSession, recordsSince } from "../../../../extension/src/core/ledger/store";
import { timeOrderedId } from "../../../../extension/src/core/outbox/id";
import { keep } from "../../../../extension/src/core/timer/apply_timer_event";
import { keepOutcomes } from "../../../../extension/src/core/timer/outcomes";
import type { TimerEvent } from "../../../../extension/src/core/timer/session";
import { MADE_NAME } from "../../../../extension/src/model/readings";
import { attempt, freshName, NOON, task, type World, world } from "../../world";

const claimed = (at: number): TimerEvent => ({
  kind: "claimed",
  at,
  claim: attempt({ claimed_at: at, seen_at: at }),
});
const pulse = (at: number): TimerEvent => {
  const subject = { kind: "task", platform: "practice", attempt: "a-1" } as const;
  return { kind: "pulse", at, source: 1, subject, active: true };
};
const ended = (at: number, ending: "submitted" | "end_unseen" = "submitted"): TimerEvent => {
  return { kind: "ended", at, source: 1, platform: "practice", attempt: "a-1", ending };
};

async function worked(edge: World, ending: "submitted" | "end_unseen" = "submitted"): Promise<void> {
  await keep(edge, claimed(NOON));
  for (let beat = 0; beat <= 6; beat++) await keep(edge, pulse(NOON + beat * 5000));
  await keep(edge, ended(NOON + 30_000, ending));
}

describe("an attempt that ended", () => {
  test("is in the ledger and in the outbox at once", async () => {
    const edge = await world();
    await worked(edge);
    expect(await recordsSince(edge.database, 0)).toMatchObject([
      { outcome: "submitted", active_seconds: 30, revision: 1 },
    ]);
    expect(await edge.database.getAll("outbox")).toMatchObject([{ kind: "observation", revision: 1 }]);
  });

  test("stays on the device when the worker does not share", async () => {
    const edge = await world();
    await edge.settings.consent.set({ ledger: true, sharing: false });
    await worked(edge);
    expect(await recordsSince(edge.database, 0)).toMatchObject([{ is_shared: false }]);
    expect(await edge.database.count("outbox")).toBe(0);
    await edge.settings.consent.set({ ledger: true, sharing: true });
    await keepOutcomes(edge, "practice", [{ attempt: "a-1", outcome: "paid", paid: null }]);
    expect(await edge.database.count("outbox")).toBe(0);
  });

  test("is not started again by its page, opened once more", async () => {
    const edge = await world();
    await worked(edge);
    await keep(edge, claimed(NOON + 60_000));
    expect((await currentSession(edge.database)).attempts).toEqual([]);
  });

  test.each([
    ["is claimed again at once by a worker who comes to its page again", true, 2],
    ["is not claimed again by its page that draws itself once more", false, 1],
  ])("and has no name of its own %s", async (_, isArrival, count) => {
    const edge = await world();
    const named = `${MADE_NAME}/ Count windows 0`;
    const claim = (at: number): TimerEvent => ({
      kind: "claimed",
      at,
      claim: attempt({
        id: timeOrderedId(at, new Uint8Array(10).fill(at % 251)),
        attempt: named,
        claimed_at: at,
        seen_at: at,
      }),
      ...(isArrival && { is_arrival: true }),
    });
    const end = (at: number): TimerEvent => ({
      ...(ended(at) as Extract<TimerEvent, { kind: "ended" }>),
      attempt: named,
    });
    await keep(edge, claim(NOON));
    await keep(edge, end(NOON + 20_000));
    await keep(edge, claim(NOON + 20_500));
    await keep(edge, end(NOON + 40_000));
    expect(await recordsSince(edge.database, 0)).toHaveLength(count);
  });

  test("goes on when the machine only slept, though its page never claimed it again", async () => {
    const edge = await world();
    const claim = { ...claimed(NOON), claim: attempt({ task: task({ limit_seconds: null }) }) } as TimerEvent;
    await keep(edge, claim);
    for (let beat = 0; beat <= 4; beat++) await keep(edge, pulse(NOON + beat * 5000));
    const morning = NOON + 30 * 3_600_000;
    await keep(edge, { kind: "tick", at: morning, idle: false });
    expect(await recordsSince(edge.database, 0)).toMatchObject([
      { outcome: "end_unseen", end_imputed: true },
    ]);
    for (let beat = 0; beat <= 2; beat++) await keep(edge, pulse(morning + 1000 + beat * 5000));
    await keep(edge, { kind: "tick", at: morning + 12_000, idle: false });
    await keep(edge, ended(morning + 15_000));
    expect(await recordsSince(edge.database, 0)).toMatchObject([
      { id: attempt().id, outcome: "submitted", active_seconds: 34, revision: 2, end_imputed: false },
    ]);
  });

  test("goes on where it stood if only its end was not seen", async () => {
    const edge = await world();
    await worked(edge, "end_unseen");
    await keep(edge, claimed(NOON + 60_000));
    await keep(edge, ended(NOON + 90_000));
    const [record, another] = await recordsSince(edge.database, 0);
    expect(record).toMatchObject({ id: attempt().id, revision: 2, outcome: "submitted", active_seconds: 30 });
    expect(another).toBeUndefined();
  });
});

describe("a later outcome", () => {
  test("is a new revision, sent again", async () => {
    const edge = await world();
    await worked(edge);
    const paid = { micros: 400_000, currency: "USD" };
    expect(await keepOutcomes(edge, "practice", [{ attempt: "a-1", outcome: "paid", paid }])).toBe(1);
    expect(await edge.database.getAll("outbox")).toMatchObject([
      { revision: 2, item: { outcome: "paid", paid, revision: 2, decided_on: "2026-11-23" } },
    ]);
  });

  test("read a second time changes nothing", async () => {
    const edge = await world();
    await worked(edge);
    const later = [{ attempt: "a-1", outcome: "approved", paid: null } as const];
    expect(await keepOutcomes(edge, "practice", later)).toBe(1);
    expect(await keepOutcomes(edge, "practice", later)).toBe(0);
  });

  test("of something never seen is left alone", async () => {
    const edge = await world();
    expect(await keepOutcomes(edge, "practice", [{ attempt: "a-7", outcome: "paid", paid: null }])).toBe(0);
    expect(await recordsSince(edge.database, 0)).toEqual([]);
  });

  test("ends what is still being timed: its end was not seen", async () => {
    const edge = await world();
    await keep(edge, claimed(NOON));
    await keep(edge, pulse(NOON));
    await keep(edge, pulse(NOON + 10_000));
    await keepOutcomes(edge, "practice", [{ attempt: "a-1", outcome: "approved", paid: null }]);
    expect((await currentSession(edge.database)).attempts).toEqual([]);
    const [record] = await recordsSince(edge.database, 0);
    expect(record).toMatchObject({ outcome: "approved", active_seconds: 10, end_imputed: true });
    expect(await edge.database.getAll("outbox")).toMatchObject([{ item: { outcome: "approved" } }]);
  });
});

test("a killed worker loses at most one heartbeat", async () => {
  const name = freshName();
  const before = await world(name);
  await keep(before, claimed(NOON));
  for (let beat = 0; beat <= 4; beat++) await keep(before, pulse(NOON + beat * 5000));
  before.database.close();
  const after = await world(name);
  expect((await currentSession(after.database)).attempts).toMatchObject([
    { attempt: "a-1", active_seconds: 20 },
  ]);
});

test("events that arrive together are taken one after the other", async () => {
  const edge = await world();
  await keep(edge, claimed(NOON));
  await Promise.all(Array.from({ length: 20 }, (_, beat) => keep(edge, pulse(NOON + beat * 1000))));
  expect((await currentSession(edge.database)).attempts).toMatchObject([{ active_seconds: 19 }]);
});

test("searching is added up by platform, class and day", async () => {
  const edge = await world();
  const search = (at: number): TimerEvent => {
    const subject = { kind: "overhead", platform: "practice", overhead: "search" } as const;
    return { kind: "pulse", at, source: 1, subject, active: true };
  };
  for (let beat = 0; beat <= 6; beat++) await keep(edge, search(NOON + beat * 5000));
  expect(await edge.database.getAll("overheads")).toMatchObject([
    { platform: "practice", day: "2026-11-23", revision: 1, is_shared: true, seconds: { search: 30 } },
  ]);
});

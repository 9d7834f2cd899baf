import { describe, expect, test } from "vitest";
import {
  type Attempt,
  EMPTY,
  type Ended,
  PULSE_GAP_SECONDS,
  type Session,
  type Spent,
  step,
  TICK_GAP_SECONDS,
  type TimerEvent,
} from "../../../../extension/src/core/timer/session";
import type { Ending } from "../../../../extension/src/model/readings";
import { attempt, NOON, task } from "../../world";

/** Events without their clock, each with the seconds since noon. */
type Told = [seconds: number, event: Without<TimerEvent>];
type Without<E> = E extends TimerEvent ? Omit<E, "at"> : never;

interface Outcome {
  session: Session;
  ended: Ended[];
  spent: Spent[];
}

function run(...told: Told[]): Outcome {
  return told.reduce<Outcome>(
    (before, [seconds, event]) => {
      const { session, ended, spent } = step(before.session, {
        ...event,
        at: NOON + seconds * 1000,
      } as TimerEvent);
      return { session, ended: [...before.ended, ...ended], spent: [...before.spent, ...spent] };
    },
    { session: EMPTY, ended: [], spent: [] },
  );
}

const claimed = (changes: Partial<Attempt> = {}): Without<TimerEvent> => ({
  kind: "claimed",
  claim: attempt(changes),
});
const ended = (
  name: string | null = "a-1",
  ending: Ending = "submitted",
  source = 1,
  platform = "practice",
): Without<TimerEvent> => {
  return { kind: "ended", source, platform, attempt: name, ending };
};
const pulse = (name = "a-1", active = true, source = 1, platform = "practice"): Without<TimerEvent> => {
  return { kind: "pulse", source, subject: { kind: "task", platform, attempt: name }, active };
};
const search = (source = 2): Without<TimerEvent> => {
  return {
    kind: "pulse",
    source,
    subject: { kind: "overhead", platform: "practice", overhead: "search" },
    active: true,
  };
};
const tick = (idle = false): Without<TimerEvent> => ({ kind: "tick", idle });
/** Heartbeats of one task every five seconds. */
const beats = (from: number, to: number, name = "a-1"): Told[] =>
  Array.from({ length: (to - from) / 5 + 1 }, (_, index) => [from + index * 5, pulse(name)]);
const active = (outcome: Outcome, name: string): number | undefined =>
  [...outcome.session.attempts, ...outcome.ended].find((one) => one.attempt === name)?.active_seconds;

describe("a task in front", () => {
  test("gets the time from its first heartbeat to its end", () => {
    const outcome = run([0, claimed()], ...beats(0, 60), [63, ended()]);
    expect(outcome.ended).toMatchObject([
      { attempt: "a-1", ending: "submitted", active_seconds: 63, end_imputed: false },
    ]);
    expect(outcome.session.attempts).toEqual([]);
  });

  test("that was returned keeps its time", () => {
    const outcome = run([0, claimed()], ...beats(0, 40), [40, ended("a-1", "returned")]);
    expect(outcome.ended).toMatchObject([{ ending: "returned", active_seconds: 40 }]);
  });

  test("gets nothing while the worker looks elsewhere", () => {
    const outcome = run(
      [0, claimed()],
      ...beats(0, 20),
      [20, pulse("a-1", false)],
      [80, tick()],
      ...beats(100, 110),
    );
    expect(active(outcome, "a-1")).toBe(30);
  });

  test("whose end is not seen ends a minute after it was last in front when the machine sleeps", () => {
    const outcome = run([0, claimed()], ...beats(0, 20), [4000, tick()]);
    expect(outcome.ended).toMatchObject([{ ending: "end_unseen", end_imputed: true, active_seconds: 20 }]);
    expect(outcome.ended[0]?.ended_at).toBe(NOON + 80_000);
  });

  test("is not ended by a gap alone: the worker may come back before the limit", () => {
    const outcome = run([0, claimed()], ...beats(0, 20), [1500, tick()], ...beats(1600, 1610), [
      1610,
      ended(),
    ]);
    expect(outcome.ended).toMatchObject([{ ending: "submitted", active_seconds: 30, end_imputed: false }]);
  });

  test("without a limit is over after a silent day", () => {
    const claim = { task: task({ limit_seconds: null }) };
    expect(run([0, claimed(claim)], ...beats(0, 20), [80_000, tick()]).ended).toEqual([]);
    expect(run([0, claimed(claim)], ...beats(0, 20), [90_000, tick()]).ended).toHaveLength(1);
  });

  test("keeps the focus when another page says late that it lost its own", () => {
    const outcome = run(
      [0, claimed()],
      [0, search(2)],
      [5, pulse("a-1", true, 1)],
      [6, pulse("x", false, 2)],
      [15, pulse()],
    );
    expect(active(outcome, "a-1")).toBe(10);
  });
});

describe("several tasks", () => {
  test("share the clock: only the one in front gets time", () => {
    const two = claimed({ attempt: "a-2", id: "2" });
    const outcome = run([0, claimed()], [0, two], ...beats(0, 30), ...beats(30, 90, "a-2"));
    expect([active(outcome, "a-1"), active(outcome, "a-2")]).toEqual([30, 60]);
  });

  test("worked on elsewhere share the time in equal parts", () => {
    const away = { works: "elsewhere" } as const;
    const outcome = run(
      [0, claimed(away)],
      [0, claimed({ ...away, attempt: "a-2", id: "2" })],
      [30, tick()],
      [60, tick()],
      [60, ended("a-2")],
      [90, tick()],
    );
    expect([active(outcome, "a-1"), active(outcome, "a-2")]).toEqual([60, 30]);
  });

  test("with the same id on two platforms keep their time apart", () => {
    const other = claimed({ id: "2", platform: "other" });
    const outcome = run(
      [0, claimed()],
      [0, other],
      ...beats(0, 30),
      [30, pulse("a-1", true, 2, "other")],
      [40, pulse("a-1", true, 2, "other")],
      [40, ended("a-1", "returned", 2, "other")],
    );
    expect(outcome.session.attempts).toMatchObject([{ platform: "practice", active_seconds: 30 }]);
    expect(outcome.ended).toMatchObject([{ platform: "other", active_seconds: 10, ending: "returned" }]);
  });
});

describe("a task elsewhere", () => {
  const away = { works: "elsewhere" } as const;

  test("gets nothing while nobody touches the machine, or while it sleeps", () => {
    expect(active(run([0, claimed(away)], [30, tick()], [60, tick(true)], [90, tick()]), "a-1")).toBe(60);
    expect(active(run([0, claimed(away)], [30, tick()], [30 + TICK_GAP_SECONDS + 1, tick()]), "a-1")).toBe(
      30,
    );
  });

  test("gets nothing of the time spent searching", () => {
    const outcome = run(
      [0, claimed(away)],
      [30, search()],
      [40, search()],
      [40, pulse("x", false, 2)],
      [60, tick()],
    );
    expect(active(outcome, "a-1")).toBe(50);
    expect(outcome.spent).toEqual([{ platform: "practice", overhead: "search", seconds: 10 }]);
  });

  test("gets nothing after its limit", () => {
    const claim = { ...away, task: task({ limit_seconds: 60 }) };
    const ticks = Array.from({ length: 10 }, (_, index): Told => [30 * (index + 1), tick()]);
    expect(active(run([0, claimed(claim)], ...ticks), "a-1")).toBe(60);
  });
});

describe("events that tell nothing new", () => {
  test("a page loaded again does not start its task again", () => {
    const outcome = run([0, claimed()], ...beats(0, 20), [20, claimed({ id: "other" })], ...beats(20, 40));
    expect(outcome.session.attempts).toMatchObject([{ id: attempt().id, active_seconds: 40 }]);
  });

  test("a page loaded again may know the pay that was missing", () => {
    const outcome = run([0, claimed({ task: task({ reward: null }) })], [5, claimed()]);
    expect(outcome.session.attempts[0]?.task.reward).toEqual(task().reward);
  });

  test("an end of something unknown, or told twice, ends nothing", () => {
    expect(run([0, claimed()], [5, ended("a-9")]).ended).toEqual([]);
    expect(run([0, claimed()], [5, ended()], [6, ended()]).ended).toHaveLength(1);
  });

  test("an end without a name is taken only when one task can be meant", () => {
    expect(run([0, claimed()], [5, ended(null)]).ended).toHaveLength(1);
    expect(run([0, claimed()], [0, claimed({ attempt: "a-2", id: "2" })], [5, ended(null)]).ended).toEqual(
      [],
    );
  });

  test("an end without a name means the task last in front in its own tab", () => {
    const two: Told[] = [
      [0, claimed()],
      [0, claimed({ attempt: "a-2", id: "2" })],
      [0, pulse("a-2", true, 1)],
      [5, pulse("a-1", true, 1)],
      [10, pulse("a-2", true, 2)],
    ];
    const endedIn = (source: number) => run(...two, [12, ended(null, "submitted", source)]);
    expect(endedIn(1).ended).toMatchObject([{ attempt: "a-1" }]);
    expect(endedIn(2).ended).toMatchObject([{ attempt: "a-2" }]);
    expect(endedIn(3).ended).toEqual([]);
    expect(endedIn(1).session.fronts).toEqual([{ source: 2, platform: "practice", attempt: "a-2" }]);
  });

  test("an end without a name never means a task of another platform", () => {
    const outcome = run(
      [0, claimed()],
      [0, claimed({ attempt: "a-2", id: "2" })],
      [0, claimed({ attempt: "a-1", id: "3", platform: "other" })],
      [0, claimed({ attempt: "a-2", id: "4", platform: "other" })],
      [5, pulse("a-1", true, 1)],
      [6, ended(null, "submitted", 1, "other")],
    );
    expect(outcome.ended).toEqual([]);
  });
});

describe("an end that names nothing, where nothing is claimed until it is sent in", () => {
  const sent = (source = 1): Without<TimerEvent> => ({
    kind: "ended",
    source,
    platform: "practice",
    attempt: null,
    ending: "submitted",
    of_trial: true,
  });
  const opened = (name: string): Without<TimerEvent> =>
    claimed({ attempt: name, is_trial: true, works: "elsewhere" });

  test("means the only task that was opened, whatever the address of the end says", () => {
    const { ended: over } = run([0, opened("PROJ123")], [600, sent()]);
    expect(over.map(({ attempt: name, ending }) => [name, ending])).toEqual([["PROJ123", "submitted"]]);
  });

  test("means the one that was in front in its tab, and of several that were not, none", () => {
    const both: Told[] = [
      [0, opened("A")],
      [5, opened("B")],
      [6, pulse("B", true, 3)],
    ];
    expect(run(...both, [600, sent(3)]).ended.map(({ attempt: name }) => name)).toEqual(["B"]);
    expect(run(...both, [600, sent(9)]).ended).toEqual([]);
  });

  const survey = (tab: number, opener: number): Without<TimerEvent> => ({ kind: "tab_opened", tab, opener });

  test("means the one whose page opened the tab in which the end comes, though another was in front last", () => {
    const { ended: over } = run(
      [0, opened("A")],
      [1, pulse("A", true, 1)],
      [2, survey(11, 1)],
      [5, opened("B")],
      [6, pulse("B", true, 2)],
      [7, survey(12, 2)],
      [600, sent(11)],
    );
    expect(over.map(({ attempt: name }) => name)).toEqual(["A"]);
  });

  test("means the only one with tabs of its own where nothing says whose tab it is", () => {
    const both: Told[] = [
      [0, opened("A")],
      [1, pulse("A", true, 1)],
      [2, survey(11, 1)],
      [5, opened("B")],
    ];
    expect(run(...both, [600, sent(9)]).ended.map(({ attempt: name }) => name)).toEqual(["A"]);
    const three: Told[] = [...both, [6, pulse("B", true, 2)], [7, survey(12, 2)]];
    expect(run(...three, [600, sent(9)]).ended).toEqual([]);
  });

  test("of a site where work is claimed never means a task that was only looked at", () => {
    expect(run([0, opened("A")], [600, ended(null)]).ended).toEqual([]);
  });
});

test("a clock that is put back never gives negative time", () => {
  const outcome = run([0, claimed()], ...beats(0, 20), [-3600, pulse()], [-3590, pulse()], [-3590, ended()]);
  expect(outcome.ended).toMatchObject([{ active_seconds: 30 }]);
  const [over] = outcome.ended;
  expect(over && over.ended_at - over.claimed_at).toBeGreaterThanOrEqual(0);
});

test("a clock that jumps ahead gives nobody the hours that never were", () => {
  const outcome = run([0, claimed()], ...beats(0, 20), [7200, pulse()], [7205, pulse()]);
  expect(active(outcome, "a-1")).toBe(25);
});

test("a start of the browser counts nothing since the last heartbeat, and forgets which tab was which", () => {
  const outcome = run(
    [0, claimed()],
    [0, claimed({ attempt: "a-2", id: "2" })],
    ...beats(0, 20),
    [28, { kind: "started" }],
    [28, ended(null)],
    [30, pulse()],
    [35, pulse()],
  );
  expect(active(outcome, "a-1")).toBe(25);
  expect(outcome.ended).toEqual([]);
});

test("a start of the browser after the limit ends what was open a minute after it was last in front", () => {
  const outcome = run([0, claimed()], ...beats(0, 20), [9000, { kind: "started" }]);
  expect(outcome.ended).toMatchObject([
    { ending: "end_unseen", active_seconds: 20, ended_at: NOON + 80_000, end_imputed: true },
  ]);
});

test.each(["returned", "expired", "screened_out", "abandoned"] as const)(
  "a task that was %s keeps its time",
  (ending) => {
    expect(run([0, claimed()], ...beats(0, 40), [40, ended("a-1", ending)]).ended).toMatchObject([
      { ending, active_seconds: 40, end_imputed: false },
    ]);
  },
);

test.each(["search", "watch", "preview", "qualification", "messages", "payment", "learning"] as const)(
  "time for %s is told apart",
  (overhead) => {
    const subject = { kind: "overhead", platform: "practice", overhead } as const;
    const beat = { kind: "pulse", source: 1, subject, active: true } as const;
    expect(run([0, beat], [5, beat], [9, beat]).spent).toEqual([
      { platform: "practice", overhead, seconds: 5 },
      { platform: "practice", overhead, seconds: 4 },
    ]);
  },
);

/** A small generator of chance with a seed (mulberry32). */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A log as a bad day makes it: pages in any order, gaps of seconds to hours, a clock that is put back and forth. */
function randomLog(seed: number): { outcome: Outcome; passed_seconds: number } {
  const chance = chances(seed);
  const pick = <T>(...choices: T[]): T => choices[Math.floor(chance() * choices.length)] as T;
  let passed_seconds = 0;
  let shift = 0;
  const told: Told[] = [];
  for (let index = 0; index < 40; index++) {
    passed_seconds += pick(
      0,
      chance(),
      chance() * 5,
      5,
      PULSE_GAP_SECONDS * 2 * chance(),
      30,
      120 * chance(),
      9000 * chance(),
    );
    if (chance() < 0.05) shift += (chance() - 0.8) * 7200;
    const name = pick("a-1", "a-2", "a-3");
    const platform = pick("practice", "other");
    const works = pick("here", "elsewhere");
    const limit = pick(null, 60, 1800);
    told.push([
      passed_seconds + Math.min(0, shift),
      pick(
        claimed({
          platform,
          attempt: name,
          id: `${platform} ${name}`,
          works,
          task: task({ limit_seconds: limit }),
          claimed_at: NOON,
          seen_at: NOON,
        }),
        ended(pick(name, null), pick("submitted", "returned", "expired"), pick(1, 2), platform),
        pulse(name, chance() < 0.8, pick(1, 2), platform),
        ...(chance() < 0.05 ? [{ kind: "started" } as const] : []),
        search(pick(2, 3)),
        tick(chance() < 0.2),
      ),
    ]);
  }
  return { outcome: run(...told), passed_seconds };
}

test("what is counted never exceeds the clock, on ten thousand random logs", () => {
  let counted = 0;
  for (let seed = 1; seed <= 10_000; seed++) {
    const { outcome, passed_seconds } = randomLog(seed);
    const all = [...outcome.ended, ...outcome.session.attempts];
    const times = [...all.map((one) => one.active_seconds), ...outcome.spent.map((one) => one.seconds)];
    const sum = times.reduce((total, each) => total + each, 0);
    counted += sum;
    if (sum > passed_seconds + 1 || Math.min(0, ...times) < 0)
      expect({ seed, sum, passed_seconds }).toBe("within the clock");
  }
  expect(counted).toBeGreaterThan(0);
}, 60_000); // on a busy machine

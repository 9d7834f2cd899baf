/**
 * The timer: what the worker's time went to, decided event by event.
 *
 * One line of time, and every second of it goes to one thing: the task or chore in front of the worker, else in equal parts
 * to the tasks that are worked on elsewhere, else to nothing. So the sum never exceeds the clock (estimator A).
 * Pure: the clock comes in with each event; what is returned is what must be kept.
 */

import type { Ending, OverheadClass, Subject, TaskReading } from "../../model/readings";
import { endOf, overdueEnd, unseenEnd } from "./ending";
import { adopted, attemptOf, type OpenedTab, withoutTab, withPage, withTab } from "./lineage";
import { share } from "./sharing";

/** Three missed heartbeats: the page, the browser or the machine is gone, and time ends at the last one heard. */
export const PULSE_GAP_SECONDS = 15;
/** Between two alarms; longer than that the machine slept. */
export const TICK_GAP_SECONDS = 90;

/** A claimed task that has not ended. Instants are milliseconds since 1970. */
export interface Attempt extends AttemptName {
  /** The observation's id, made at the claim. */
  id: string;
  /** How often it was told before (its end was not seen, and it came back). */
  revision: number;
  task: TaskReading;
  works: "here" | "elsewhere";
  /** The worker starts, pauses and stops it; absent: pages do. */
  by_hand?: "running" | "paused";
  /** Until it is sent in, it was only looked at: nobody claims it, and nobody gives it back. */
  is_trial?: boolean;
  /** The site's pages call it by its task's name, which may come again. */
  names?: "task";
  claimed_at: number;
  /** The last moment that counted for it. */
  seen_at: number;
  /** The last moment one of its own tabs was in front. */
  front_at?: number;
  active_seconds: number;
  /** Of it: shared unseen since its own tabs were last in front. */
  unseen_seconds?: number;
  /** Some of its time was shared unseen. */
  is_shared_time?: boolean;
  /** Time that was seen in tabs of its own other than on its site's page. */
  own_tabs_seconds?: number;
  /** It has such tabs: time elsewhere is that in its own tabs, and no other. */
  has_lineage?: boolean;
  /** The worker says that they still work on it, however long it takes. */
  is_confirmed?: boolean;
}

/** Which attempt is meant: the platforms' own ids are only their own. */
export interface AttemptName {
  platform: string;
  attempt: string;
}

/** The attempt of a platform that was last in front in a tab. */
export interface Front extends AttemptName {
  source: number;
}

/** What is in front of the worker, and the last heartbeat of the page that says so. */
export interface Focus {
  source: number;
  subject: Subject;
  beat_at: number;
  /** The tab is one that a task's page opened: only the browser tells of it, and seldom. */
  is_tab?: boolean;
}

/** The state between two events. Time is settled up to `at`. */
export interface Session {
  at: number;
  focus: Focus | null;
  /** Of attempts that are open, one a tab and platform. */
  fronts: Front[];
  attempts: Attempt[];
  /** Tabs that were opened from others, until they are closed. */
  tabs?: readonly OpenedTab[];
  /** Tabs that the site's page has left for another. */
  left?: readonly number[];
}

/** An attempt that is over. `end_imputed`: nobody saw its end; it is put where its own tabs were last in front. */
export interface Ended extends Attempt {
  ending: Ending;
  ended_at: number;
  end_imputed: boolean;
  /** The site lets a worker hold one claim, and there was a newer one. */
  is_superseded?: boolean;
}

/** Time no task pays for. */
export interface Spent {
  platform: string;
  overhead: OverheadClass;
  seconds: number;
}

export type TimerEvent =
  | {
      kind: "claimed";
      at: number;
      claim: Attempt;
      source?: number;
      holds?: "one" | "many";
      /** The worker just came to the page that says so. */
      is_arrival?: true;
    }
  | {
      kind: "ended";
      at: number;
      source: number;
      platform: string;
      attempt: string | null;
      ending: Ending;
      holds?: "one" | "many";
      /** An end without a name is of something that was only looked at until now. */
      of_trial?: boolean;
    }
  | {
      kind: "pulse";
      at: number;
      source: number;
      subject: Subject;
      active: boolean;
      is_leaving?: boolean;
      idle?: boolean;
    }
  /** Which tab is in front in a focused window; null: none. `idle`: so long without input that nobody works there. */
  | ({ kind: "front"; at: number } & FrontTab)
  | { kind: "tab_opened"; at: number; tab: number; opener: number }
  | { kind: "tab_closed"; at: number; tab: number }
  /** The worker says that they still work on it. */
  | { kind: "confirmed"; at: number; platform: string; attempt: string }
  | { kind: "by_hand"; at: number; platform: string; attempt: string; by_hand: "running" | "paused" }
  | { kind: "tick"; at: number; idle: boolean; front?: FrontTab }
  /** The browser was started: whatever was in front is gone since its last heartbeat, and tabs have new numbers. */
  | { kind: "started"; at: number };

export interface FrontTab {
  tab: number | null;
  idle: boolean;
}

export interface Step {
  session: Session;
  ended: Ended[];
  spent: Spent[];
}

export const EMPTY: Session = { at: 0, focus: null, fronts: [], attempts: [] };

/** The session after `event`, and what came out of it. */
export function step(session: Session, event: TimerEvent): Step {
  if (event.kind === "tick" && event.front !== undefined) return tickInFront(session, event, event.front);
  if (event.kind === "tick" && isFocused(session, event.at))
    return overdue({ session, ended: [], spent: [] });
  if (event.kind === "started") return overdue(restarted(session, event.at));
  const isIdle = (event.kind === "tick" || event.kind === "pulse") && event.idle === true;
  const settled = settle(session, event.at, isIdle);
  switch (event.kind) {
    case "claimed":
      return claim(settled, event);
    case "front":
      return { ...settled, session: front(settled.session, event) };
    case "tab_opened":
      return { ...settled, session: withTab(settled.session, event.tab, event.opener) };
    case "tab_closed":
      return { ...settled, session: withoutTab(settled.session, event.tab) };
    case "confirmed":
      return { ...settled, session: confirmed(settled.session, event) };
    case "ended":
      return end(settled, event);
    case "pulse":
      return {
        ...settled,
        session: withPage(focus(settled.session, event), event.source, event.is_leaving !== true),
      };
    case "by_hand":
      return { ...settled, session: byHand(settled.session, event) };
    case "tick":
      return overdue(settled);
  }
}

/** The browser says at each tick which tab is in front; only then does the time in a task's own tabs go on. */
function tickInFront(session: Session, event: Extract<TimerEvent, { kind: "tick" }>, tab: FrontTab): Step {
  const { front: _, ...plain } = event;
  const before = step(session, { kind: "front", at: event.at, ...tab });
  const after = step(before.session, plain);
  return {
    session: after.session,
    ended: [...before.ended, ...after.ended],
    spent: [...before.spent, ...after.spent],
  };
}

/** Gives the time since the last event to what it belongs to. */
function settle(session: Session, now: number, idle: boolean): Step {
  const seconds = (now - session.at) / 1000;
  if (seconds < 0) return { session: turnedBack(session, now), ended: [], spent: [] };
  const { focus } = session;
  if (focus !== null && isFocused(session, now)) return spend(session, focus.subject, seconds, now);
  const alone = { ...session, at: now, focus: null };
  if (seconds > TICK_GAP_SECONDS) return { session: alone, ended: [], spent: [] };
  return { session: share(alone, seconds, now, idle), ended: [], spent: [] };
}

/** Nothing is counted from the last event to a start of the browser: nobody was there. */
function restarted(session: Session, now: number): Step {
  const before = now < session.at ? turnedBack(session, now) : session;
  return {
    session: { ...before, at: now, focus: null, fronts: [], tabs: [], left: [] },
    ended: [],
    spent: [],
  };
}

/** The clock was put back: nothing is counted, and everything known is moved to before now. */
function turnedBack(session: Session, now: number): Session {
  const before = (instant: number): number => Math.min(instant, now);
  return {
    ...session,
    at: now,
    focus: session.focus && { ...session.focus, beat_at: before(session.focus.beat_at) },
    attempts: session.attempts.map((attempt) => ({
      ...attempt,
      claimed_at: before(attempt.claimed_at),
      seen_at: before(attempt.seen_at),
      ...(attempt.front_at === undefined ? {} : { front_at: before(attempt.front_at) }),
    })),
  };
}

function isFocused(session: Session, now: number): boolean {
  const { focus } = session;
  if (focus === null || focus.subject.kind === "none") return false;
  return now - focus.beat_at <= (focus.is_tab ? TICK_GAP_SECONDS : PULSE_GAP_SECONDS) * 1000;
}

function spend(session: Session, subject: Subject, seconds: number, now: number): Step {
  if (subject.kind === "overhead") {
    const { platform, overhead } = subject;
    const spent = seconds > 0 ? [{ platform, overhead, seconds }] : [];
    return { session: { ...session, at: now }, ended: [], spent };
  }
  const takes = (one: Attempt): boolean => subject.kind === "task" && isSame(one, subject);
  const inTab = session.focus?.is_tab === true;
  const attempts = session.attempts.map((one) => (takes(one) ? worked(one, seconds, now, inTab) : one));
  return { session: { ...session, at: now, attempts }, ended: [], spent: [] };
}

/** The time up to now is settled already; from here on it counts, or does not. */
function byHand(session: Session, event: Extract<TimerEvent, { kind: "by_hand" }>): Session {
  const change = (one: Attempt): Attempt =>
    isSame(one, event) ? { ...one, by_hand: event.by_hand, seen_at: session.at } : one;
  return { ...session, attempts: session.attempts.map(change) };
}

/** In front of the worker: what was shared unseen before is confirmed by it. */
function worked(attempt: Attempt, seconds: number, now: number, inTab: boolean): Attempt {
  const active_seconds = attempt.active_seconds + seconds;
  const before = { ...attempt, active_seconds, seen_at: now, front_at: now, unseen_seconds: 0 };
  if (!inTab) return before;
  const own_tabs_seconds = (attempt.own_tabs_seconds ?? 0) + seconds;
  const has_lineage = attempt.has_lineage === true || own_tabs_seconds >= SURE_SECONDS;
  return { ...before, own_tabs_seconds, has_lineage };
}

/** A site's page that gives way to its next one is gone for a moment only. */
const SURE_SECONDS = 15;

/**
 * A new attempt; or a page loaded again, which may know more of the task than before. Where a site lets a worker hold one
 * claim, a new one says that the one before is over.
 */
function claim(step: Step, event: Extract<TimerEvent, { kind: "claimed" }>): Step {
  const { session } = step;
  const { claim: claimed, source, holds } = event;
  const known = session.attempts.find((one) => isSame(one, claimed));
  if (known !== undefined) {
    const task = known.task.reward === null ? claimed.task : known.task;
    const attempts = session.attempts.map((one) => (one === known ? { ...one, task } : one));
    return { ...step, session: { ...session, attempts } };
  }
  const over = holds === "one" ? session.attempts.filter((one) => isReplaced(one, claimed)) : [];
  const left = without(session, over);
  const all = inFrontOf({ ...left, attempts: [...left.attempts, claimed] }, claimed, source);
  const ended = over
    .filter(({ is_trial }) => is_trial !== true)
    .map((one) => ({
      ...unseenEnd(one, session.at),
      is_superseded: true,
    }));
  return {
    ...step,
    session: source === undefined ? all : adopted(all, claimed, source),
    ended: [...step.ended, ...ended],
  };
}

/** The page that claims is in front in its tab. */
function inFrontOf(session: Session, claimed: Attempt, source: number | undefined): Session {
  if (source === undefined) return session;
  const { platform, attempt } = claimed;
  const subject = { kind: "task" as const, platform, attempt };
  return { ...session, fronts: fronts(session, { source, subject }) };
}

function isReplaced(one: Attempt, claimed: Attempt): boolean {
  return one.platform === claimed.platform && one.by_hand === undefined && claimed.is_trial !== true;
}

function confirmed(session: Session, said: AttemptName): Session {
  const confirm = (one: Attempt): Attempt =>
    isSame(one, said) ? { ...one, is_confirmed: true, seen_at: session.at, unseen_seconds: 0 } : one;
  return { ...session, attempts: session.attempts.map(confirm) };
}

/** A tab of a task in front takes the focus; any other tab takes it from such a tab only: pages speak for themselves. */
function front(session: Session, { tab, idle }: FrontTab): Session {
  const of = tab === null || idle ? null : attemptOf(session, tab);
  if (tab !== null && of !== null && !isPageInFront(session, tab)) {
    const subject = { kind: "task" as const, ...of };
    return { ...session, focus: { source: tab, subject, beat_at: session.at, is_tab: true } };
  }
  return session.focus?.is_tab ? { ...session, focus: null } : session;
}

/** The site's own page in this tab says itself what its time is for. */
function isPageInFront({ focus, at }: Session, tab: number): boolean {
  if (focus === null || focus.is_tab || focus.source !== tab) return false;
  return at - focus.beat_at <= PULSE_GAP_SECONDS * 1000;
}

export function isSame(one: AttemptName, other: AttemptName): boolean {
  return one.platform === other.platform && one.attempt === other.attempt;
}

function end(step: Step, event: Extract<TimerEvent, { kind: "ended" }>): Step {
  const { session } = step;
  const over = meantBy(session, event);
  if (over === undefined) return step;
  const ended = [...step.ended, endOf(over, event.ending, session.at)];
  return { ...step, session: without(session, [over]), ended };
}

/**
 * An end that names no attempt means the only claimed one; else the newest, where a site lets a worker hold one; else the one
 * that opened its tab, the one last in front in it, or the only one with tabs of its own. On a site where nothing is claimed it means what was only looked at until now, in the same way;
 * rather none than another's.
 */
function meantBy(session: Session, event: Extract<TimerEvent, { kind: "ended" }>): Attempt | undefined {
  const there = session.attempts.filter(({ platform }) => platform === event.platform);
  if (event.attempt !== null) return there.find(({ attempt }) => attempt === event.attempt);
  const timed = there.filter(({ by_hand }) => by_hand === undefined);
  const claimed = timed.filter(({ is_trial = false }) => is_trial === (event.of_trial ?? false));
  if (claimed.length === 1) return claimed[0];
  if (event.holds === "one") return claimed.toSorted((one, other) => other.claimed_at - one.claimed_at)[0];
  const of = attemptOf(session, event.source);
  const opener = of && claimed.find((one) => isSame(one, of)); // the survey's tab came back to the site
  const front = session.fronts.find(({ source, platform }) => {
    return source === event.source && platform === event.platform;
  });
  const worked = claimed.filter(({ has_lineage }) => has_lineage === true);
  const only = worked.length === 1 ? worked[0] : undefined;
  return opener ?? (front === undefined ? only : claimed.find((one) => isSame(one, front)));
}

/** The session once `over` are no longer open. */
export function without(session: Session, over: readonly AttemptName[]): Session {
  const isLeft = (one: AttemptName): boolean => !over.some((gone) => isSame(gone, one));
  return {
    ...session,
    attempts: session.attempts.filter(isLeft),
    fronts: session.fronts.filter(isLeft),
    ...(session.tabs && { tabs: session.tabs.filter(({ of }) => of === null || isLeft(of)) }),
  };
}

/** A page in front takes the focus; one that says it is no longer in front can only give up its own. */
function focus(session: Session, pulse: { source: number; subject: Subject; active: boolean }): Session {
  if (pulse.active) {
    const { source, subject } = pulse;
    return { ...session, fronts: fronts(session, pulse), focus: { source, subject, beat_at: session.at } };
  }
  return session.focus?.source === pulse.source ? { ...session, focus: null } : session;
}

function fronts(session: Session, { source, subject }: { source: number; subject: Subject }): Front[] {
  if (subject.kind !== "task" || !session.attempts.some((one) => isSame(one, subject))) return session.fronts;
  const { platform, attempt } = subject;
  const others = session.fronts.filter((one) => one.source !== source || one.platform !== platform);
  return [...others, { source, platform, attempt }];
}

/** Attempts whose end nobody can see any more are over; what was only looked at was no attempt. */
function overdue(step: Step): Step {
  const { session } = step;
  const over = session.attempts.flatMap((one) => overdueEnd(one, session.at) ?? []);
  if (over.length === 0) return step;
  const ended = over.filter(({ is_trial }) => is_trial !== true);
  return { ...step, session: without(session, over), ended: [...step.ended, ...ended] };
}

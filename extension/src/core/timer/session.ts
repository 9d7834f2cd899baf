/**
 * The timer: what the worker's time went to, decided event by event.
 *
 * One line of time, and every second of it goes to one thing: the task or chore in front of the worker, else in equal parts
 * to the tasks that are worked on elsewhere, else to nothing. So the sum never exceeds the clock (estimator A).
 * Pure: the clock comes in with each event; what is returned is what must be kept.
 */

import { MAX_ACTIVE_SECONDS } from "../../generated/contract";
import type { Ending, OverheadClass, Subject, TaskReading } from "../../model/readings";
import { endOf, overdueEnd } from "./ending";

/** Three missed heartbeats: the page, the browser or the machine is gone, and time ends at the last one heard. */
export const PULSE_GAP_SECONDS = 15;
/** Between two alarms; longer than that the machine slept. */
export const TICK_GAP_SECONDS = 90;
/** One task on a site we do not see gets no more than this (estimator E). */
export const MAX_ELSEWHERE_SECONDS = 4 * 3600;

/** A claimed task that has not ended. Instants are milliseconds since 1970. */
export interface Attempt extends AttemptName {
  /** The observation's id, made at the claim. */
  id: string;
  /** How often it was told before (it was taken for abandoned, and came back). */
  revision: number;
  task: TaskReading;
  works: "here" | "elsewhere";
  /** The worker starts, pauses and stops it; absent: pages do. */
  by_hand?: "running" | "paused";
  /** Until it is sent in, it was only looked at: nobody claims it, and nobody gives it back. */
  is_trial?: boolean;
  claimed_at: number;
  /** The last heartbeat that counted for it. */
  seen_at: number;
  active_seconds: number;
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
}

/** The state between two events. Time is settled up to `at`. */
export interface Session {
  at: number;
  focus: Focus | null;
  /** Of attempts that are open, one a tab and platform. */
  fronts: Front[];
  attempts: Attempt[];
}

/** An attempt that is over. `end_imputed`: nobody saw its end; it is put at the last heartbeat. */
export interface Ended extends Attempt {
  ending: Ending;
  ended_at: number;
  end_imputed: boolean;
}

/** Time no task pays for. */
export interface Spent {
  platform: string;
  overhead: OverheadClass;
  seconds: number;
}

export type TimerEvent =
  | { kind: "claimed"; at: number; claim: Attempt }
  | {
      kind: "ended";
      at: number;
      source: number;
      platform: string;
      attempt: string | null;
      ending: Ending;
    }
  | { kind: "pulse"; at: number; source: number; subject: Subject; active: boolean }
  | { kind: "by_hand"; at: number; platform: string; attempt: string; by_hand: "running" | "paused" }
  | { kind: "tick"; at: number; idle: boolean }
  /** The browser was started: whatever was in front is gone since its last heartbeat, and tabs have new numbers. */
  | { kind: "started"; at: number };

export interface Step {
  session: Session;
  ended: Ended[];
  spent: Spent[];
}

export const EMPTY: Session = { at: 0, focus: null, fronts: [], attempts: [] };

/** The session after `event`, and what came out of it. */
export function step(session: Session, event: TimerEvent): Step {
  if (event.kind === "tick" && isFocused(session, event.at))
    return overdue({ session, ended: [], spent: [] });
  if (event.kind === "started") return overdue(restarted(session, event.at));
  const settled = settle(session, event.at, event.kind === "tick" && event.idle);
  switch (event.kind) {
    case "claimed":
      return { ...settled, session: claim(settled.session, event.claim) };
    case "ended":
      return end(settled, event);
    case "pulse":
      return { ...settled, session: focus(settled.session, event) };
    case "by_hand":
      return { ...settled, session: byHand(settled.session, event) };
    case "tick":
      return overdue(settled);
  }
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
  return { session: { ...before, at: now, focus: null, fronts: [] }, ended: [], spent: [] };
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
    })),
  };
}

function isFocused(session: Session, now: number): boolean {
  const { focus } = session;
  return focus !== null && focus.subject.kind !== "none" && now - focus.beat_at <= PULSE_GAP_SECONDS * 1000;
}

function spend(session: Session, subject: Subject, seconds: number, now: number): Step {
  if (subject.kind === "overhead") {
    const { platform, overhead } = subject;
    const spent = seconds > 0 ? [{ platform, overhead, seconds }] : [];
    return { session: { ...session, at: now }, ended: [], spent };
  }
  const takes = (one: Attempt): boolean => subject.kind === "task" && isSame(one, subject);
  const attempts = session.attempts.map((one) => (takes(one) ? worked(one, seconds, now) : one));
  return { session: { ...session, at: now, attempts }, ended: [], spent: [] };
}

/**
 * Equal parts for every task that is worked on where we cannot look, and for the one that the worker times by hand: for that also
 * while no key is touched, since they say themselves when they stop.
 */
function share(session: Session, seconds: number, now: number, idle: boolean): Session {
  const takers = takersOf(session.attempts.filter((attempt) => takesShare(attempt, now, idle)));
  const part = seconds / Math.max(1, takers.length);
  const attempts = session.attempts.map((one) => (takers.includes(one) ? worked(one, part, now) : one));
  return { ...session, attempts };
}

/** What was only looked at takes nothing from a claimed task; of several, the last one that was in front may be at work. */
function takersOf(attempts: readonly Attempt[]): readonly Attempt[] {
  const claimed = attempts.filter(({ is_trial }) => is_trial !== true);
  if (claimed.length > 0) return claimed;
  return attempts.toSorted((one, other) => other.seen_at - one.seen_at).slice(0, 1);
}

function takesShare(attempt: Attempt, now: number, idle: boolean): boolean {
  if (attempt.by_hand !== undefined)
    return attempt.by_hand === "running" && attempt.active_seconds < MAX_ACTIVE_SECONDS;
  if (idle) return false;
  const limit = attempt.task.limit_seconds;
  const isInTime = limit === null || now <= attempt.claimed_at + limit * 1000;
  return attempt.works === "elsewhere" && isInTime && attempt.active_seconds < MAX_ELSEWHERE_SECONDS;
}

/** The time up to now is settled already; from here on it counts, or does not. */
function byHand(session: Session, event: Extract<TimerEvent, { kind: "by_hand" }>): Session {
  const change = (one: Attempt): Attempt =>
    isSame(one, event) ? { ...one, by_hand: event.by_hand, seen_at: session.at } : one;
  return { ...session, attempts: session.attempts.map(change) };
}

function worked(attempt: Attempt, seconds: number, now: number): Attempt {
  return { ...attempt, active_seconds: attempt.active_seconds + seconds, seen_at: now };
}

/** A new attempt; or a page loaded again, which may know more of the task than before. */
function claim(session: Session, claimed: Attempt): Session {
  const known = session.attempts.find((one) => isSame(one, claimed));
  if (known === undefined) return { ...session, attempts: [...session.attempts, claimed] };
  const task = known.task.reward === null ? claimed.task : known.task;
  return { ...session, attempts: session.attempts.map((one) => (one === known ? { ...one, task } : one)) };
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
 * An end that names no attempt means the only claimed one, else the one last in front in its tab. Where nothing is claimed it
 * means what was only looked at until now, in the same way; rather none than another's.
 */
function meantBy(session: Session, event: Extract<TimerEvent, { kind: "ended" }>): Attempt | undefined {
  const there = session.attempts.filter(({ platform }) => platform === event.platform);
  if (event.attempt !== null) return there.find(({ attempt }) => attempt === event.attempt);
  const timed = there.filter(({ by_hand }) => by_hand === undefined);
  const tried = timed.filter(({ is_trial }) => is_trial === true);
  const claimed = tried.length === timed.length ? tried : timed.filter(({ is_trial }) => is_trial !== true);
  if (claimed.length === 1) return claimed[0];
  const front = session.fronts.find(({ source, platform }) => {
    return source === event.source && platform === event.platform;
  });
  return front && claimed.find((one) => isSame(one, front));
}

/** The session once `over` are no longer open. */
export function without(session: Session, over: readonly AttemptName[]): Session {
  const isLeft = (one: AttemptName): boolean => !over.some((gone) => isSame(gone, one));
  return {
    ...session,
    attempts: session.attempts.filter(isLeft),
    fronts: session.fronts.filter(isLeft),
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

/** Attempts whose end nobody can see any more are ended at their last heartbeat; what was only looked at was no attempt. */
function overdue(step: Step): Step {
  const { session } = step;
  const over = session.attempts.flatMap((one) => overdueEnd(one, session.at) ?? []);
  if (over.length === 0) return step;
  const ended = over.filter(({ is_trial }) => is_trial !== true);
  return { ...step, session: without(session, over), ended: [...step.ended, ...ended] };
}

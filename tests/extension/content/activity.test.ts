import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  activity,
  IDLE_MS,
  IDLE_WHILE_PLAYING_MS,
  isActive,
  type Pulse,
} from "../../../extension/src/content/activity";
import type { Subject } from "../../../extension/src/model/readings";

const TASK: Subject = { kind: "task", platform: "practice", attempt: "a-1" };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A page whose window and document are bare event targets; `now` is its clock. */
function page(now: () => number = Date.now) {
  const view = new EventTarget();
  const state = {
    visibilityState: "visible",
    isFocused: true,
    activeElement: { tagName: "BODY" },
    subject: TASK,
    media: [] as object[],
  };
  const root = Object.assign(new EventTarget(), {
    defaultView: view,
    hasFocus: () => state.isFocused,
    querySelectorAll: () => state.media,
  });
  for (const key of ["visibilityState", "activeElement"] as const) {
    Object.defineProperty(root, key, { get: () => state[key] });
  }
  const pulses: Pulse[] = [];
  const end = new AbortController();
  const document = root as unknown as Document;
  const send = (pulse: Pulse): void => void pulses.push(pulse);
  const { refresh } = activity(document, end.signal, now, () => state.subject, send);
  refresh();
  return { state, view, root, pulses, end, refresh };
}

test("the rule: in front, focused, and input within the minute", () => {
  const here = { isVisible: true, hasFocus: true, isInFrame: false, isPlaying: false, quiet_ms: 0 };
  expect(isActive(here)).toBe(true);
  expect(isActive({ ...here, isVisible: false })).toBe(false);
  expect(isActive({ ...here, hasFocus: false })).toBe(false);
  expect(isActive({ ...here, quiet_ms: IDLE_MS })).toBe(false);
  expect(isActive({ ...here, quiet_ms: IDLE_MS, isInFrame: true })).toBe(true);
  expect(isActive({ ...here, quiet_ms: 20 * IDLE_MS, isInFrame: true })).toBe(true); // the system knows more
  expect(isActive({ ...here, quiet_ms: IDLE_MS, isPlaying: true })).toBe(true);
  expect(isActive({ ...here, quiet_ms: IDLE_WHILE_PLAYING_MS, isPlaying: true })).toBe(false);
});

test("an active page beats every five seconds and stops after a minute without input", () => {
  const { pulses } = page();
  vi.advanceTimersByTime(59_000);
  expect(pulses).toHaveLength(1 + 11);
  vi.advanceTimersByTime(60_000);
  expect(pulses.filter((pulse) => !pulse.active)).toHaveLength(1);
  expect(pulses.at(-1)).toEqual({ subject: TASK, active: false });
});

test("input brings the page back at once", () => {
  const { view, pulses } = page();
  vi.advanceTimersByTime(70_000);
  view.dispatchEvent(new Event("keydown"));
  expect(pulses.at(-1)).toEqual({ subject: TASK, active: true });
});

test("leaving and coming back is told at once, and a hidden page is silent", () => {
  const { state, view, root, pulses } = page();
  state.visibilityState = "hidden";
  root.dispatchEvent(new Event("visibilitychange"));
  expect(pulses.at(-1)?.active).toBe(false);
  const before = pulses.length;
  vi.advanceTimersByTime(60_000);
  expect(pulses).toHaveLength(before);
  state.visibilityState = "visible";
  view.dispatchEvent(new Event("focus"));
  vi.advanceTimersByTime(5_000);
  expect(pulses.at(-1)?.active).toBe(false);
  view.dispatchEvent(new Event("pointermove"));
  expect(pulses.at(-1)?.active).toBe(true);
});

test("a page that goes away says so", () => {
  const { view, pulses } = page();
  view.dispatchEvent(new Event("pagehide"));
  expect(pulses.at(-1)).toEqual({ subject: TASK, active: false, is_leaving: true });
});

test("a new subject is told at once, and a page of no subject does not beat", () => {
  const { state, pulses, refresh } = page();
  state.subject = { kind: "none" } as Subject;
  refresh();
  expect(pulses.at(-1)).toEqual({ subject: { kind: "none" }, active: true });
  vi.advanceTimersByTime(30_000);
  expect(pulses).toHaveLength(2);
});

test("after the end nothing is heard or sent", () => {
  const { view, pulses, end } = page();
  end.abort();
  view.dispatchEvent(new Event("pagehide"));
  vi.advanceTimersByTime(60_000);
  expect(pulses).toHaveLength(1);
});

test("a recording that plays counts as being at it, a silent or stopped one does not", () => {
  const { state, pulses, refresh } = page();
  const clip = { paused: false, ended: false, muted: false, volume: 1 };
  for (const [media, isActiveStill] of [
    [[], false],
    [[{ ...clip, muted: true }], false],
    [[{ ...clip, paused: true }], false],
    [[clip], true],
  ] as const) {
    state.media = [...media];
    vi.advanceTimersByTime(IDLE_MS);
    refresh();
    expect(pulses.at(-1)?.active).toBe(isActiveStill);
  }
});

test("a clock of the system that is put back an hour makes nobody active who left", () => {
  const start = performance.now();
  const { pulses } = page(() => performance.now() - start); // what the content script gives
  vi.setSystemTime(Date.now() - 3_600_000);
  vi.advanceTimersByTime(55 * 60_000);
  expect(pulses.filter(({ active }) => active).length).toBeLessThanOrEqual(IDLE_MS / 5_000);
  expect(pulses.at(-1)?.active).toBe(false);
});

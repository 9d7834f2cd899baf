/**
 * Whether the worker is at this page: it is in front, has the focus, and there was input in the last minute.
 *
 * Only that there was input is noted, never what. The rule is the estimator's (A): idle after 60 s.
 */

import type { Subject } from "../model/readings";

export const IDLE_MS = 60_000;
/** Who listens or watches need not touch anything; a track that was left to play alone is not work, though. */
export const IDLE_WHILE_PLAYING_MS = 900_000;
export const PULSE_MS = 5_000;
const INPUTS = ["pointerdown", "pointermove", "keydown", "scroll"];
const CHANGES = ["focus", "blur", "pageshow"];

export interface Presence {
  isVisible: boolean;
  hasFocus: boolean;
  isInFrame: boolean;
  /** Sound that can be heard is playing on the page. */
  isPlaying: boolean;
  /** Milliseconds since the last input that we could see. */
  quiet_ms: number;
}

export interface Pulse {
  subject: Subject;
  active: boolean;
  /** The focus rests in a frame: whether there is any input, only the system knows. */
  in_frame?: boolean;
  is_leaving?: boolean;
}

export function isActive(presence: Presence): boolean {
  if (!presence.isVisible || !presence.hasFocus) return false;
  return presence.isInFrame || presence.quiet_ms < patience(presence);
}

function patience({ isPlaying }: Presence): number {
  return isPlaying ? IDLE_WHILE_PLAYING_MS : IDLE_MS;
}

const FRAMES: ReadonlySet<string> = new Set(["IFRAME", "FRAME", "OBJECT", "EMBED"]);

/** Only that something plays is noted, never what. A silent clip in a corner is decoration. */
function isPlaying(root: Document): boolean {
  const media = Array.from(root.querySelectorAll<HTMLMediaElement>("audio, video"));
  return media.some(({ paused, ended, muted, volume }) => !paused && !ended && !muted && volume > 0);
}

/** Sends a pulse at every change and, while active on something, every few seconds. `refresh` tells that the subject may differ. */
export function activity(
  root: Document,
  signal: AbortSignal,
  now: () => number,
  subject: () => Subject,
  send: (pulse: Pulse) => void,
): { refresh: () => void } {
  const view = root.defaultView;
  if (!view) return { refresh: () => undefined };
  let lastInput = now();
  let said = "";
  const say = (pulse: Pulse, isBeat: boolean): void => {
    const words = JSON.stringify(pulse);
    const isNew = words !== said;
    said = words;
    if (isNew || (isBeat && pulse.active && pulse.subject.kind !== "none")) send(pulse);
  };
  const look = (isBeat: boolean): void => {
    const presence = {
      isVisible: root.visibilityState === "visible",
      hasFocus: root.hasFocus(),
      isInFrame: FRAMES.has(root.activeElement?.tagName ?? ""),
      isPlaying: isPlaying(root),
      quiet_ms: now() - lastInput,
    };
    const in_frame = presence.isInFrame ? { in_frame: true } : {};
    say({ subject: subject(), active: isActive(presence), ...in_frame }, isBeat);
  };
  const refresh = (): void => look(false);
  const onInput = (): void => {
    const wasQuiet = now() - lastInput >= PULSE_MS;
    lastInput = now();
    if (wasQuiet) look(false);
  };
  const quiet = { capture: true, passive: true, signal };
  for (const event of INPUTS) view.addEventListener(event, onInput, quiet);
  for (const event of CHANGES) view.addEventListener(event, refresh, { signal });
  root.addEventListener("visibilitychange", refresh, { signal });
  view.addEventListener(
    "pagehide",
    () => say({ subject: subject(), active: false, is_leaving: true }, false),
    {
      signal,
    },
  );
  const beat = setInterval(() => look(true), PULSE_MS);
  signal.addEventListener("abort", () => clearInterval(beat));
  return { refresh };
}

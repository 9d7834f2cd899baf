/** When the alarm may sound, as the worker set it. Pure. */

import type { View } from "../floor/floor";
import { isOfEffectivePay, standingOf, type Verdict } from "../verdict";

export interface PlatformRule {
  /** Off: nothing of this platform sounds. */
  is_on: boolean;
  /** Above the floor: the least pay an hour, in the floor's currency, that sounds here; null: the floor. */
  from_per_hour: number | null;
  /** A favoured client's task sounds whatever it pays, known or not. */
  favoured: boolean;
}

export interface QuietHours {
  /** Minutes since midnight, on the worker's own clock. The same twice: never quiet. */
  from: number;
  until: number;
}

export interface AlarmRules {
  is_on: boolean;
  sound: boolean;
  notification: boolean;
  quiet_hours: QuietHours | null;
  /** By platform; one without a rule goes by `USUAL`. */
  platforms: Record<string, PlatformRule>;
}

export const USUAL: PlatformRule = { is_on: true, from_per_hour: null, favoured: false };

export const FIRST_RULES: AlarmRules = {
  is_on: false,
  sound: true,
  notification: false,
  quiet_hours: { from: 22 * 60, until: 7 * 60 },
  platforms: {},
};

export function ruleOf(rules: AlarmRules, platform: string): PlatformRule {
  return rules.platforms[platform] ?? USUAL;
}

export function isListening(rules: AlarmRules, platform: string): boolean {
  return rules.is_on && ruleOf(rules, platform).is_on;
}

/** `minute` of the day; quiet hours may run over midnight. */
export function isQuiet(quiet: QuietHours | null, minute: number): boolean {
  if (quiet === null || quiet.from === quiet.until) return false;
  const { from, until } = quiet;
  return from < until ? minute >= from && minute < until : minute >= from || minute < until;
}

/** Whether a task is worth a sound: surely at or above the floor, or what this platform's rule asks for. Never an avoided client's, nor for a task rate. */
export function rings(verdict: Verdict, view: View, rule: PlatformRule): boolean {
  const stance = verdict.mark?.stance ?? null;
  if (stance === "avoid") return false;
  if (stance === "favour" && rule.favoured) return true;
  if (!isOfEffectivePay(verdict)) return false;
  const floor_per_hour = Math.max(rule.from_per_hour ?? 0, view.floor_per_hour);
  return standingOf(verdict, { ...view, floor_per_hour }) === "above";
}

/** Rows that appeared on a listing, and what is done about those that beat the floor. Nothing is ever fetched from a site. */

import { play } from "../core/alarm/notes";
import { isListening, isQuiet, rings, ruleOf } from "../core/alarm/rules";
import { news } from "../core/alarm/seen";
import { wordsOf } from "../core/badge/words";
import type { View } from "../core/floor/floor";
import { clientName, snapshotKey, taskName } from "../core/snapshot/keys";
import type { Verdict } from "../core/verdict";
import type { TaskReading } from "../model/readings";
import { alone, language, text } from "../platform/browser";
import { canNotify, notify, showOffscreen } from "../platform/notifications";
import type { Settings } from "../platform/storage";
import type { Judged } from "./row_verdicts";

export interface Posted {
  platform: string;
  rows: TaskReading[];
  /** These stood there when the listing was first read. */
  is_first: boolean;
  tab: number;
}

export interface Listening {
  settings: Pick<Settings, "alarm" | "alarm_seen">;
  now: () => number;
  judge: (rows: TaskReading[]) => Promise<Judged>;
}

/** Takes new rows; sounds once for all of them that are worth it. */
export async function heard({ settings, now, judge }: Listening, posted: Posted): Promise<void> {
  await alone("alarm", async () => {
    const rules = await settings.alarm.get();
    if (!isListening(rules, posted.platform)) return;
    const names = posted.rows.map(nameOf);
    const kept = await settings.alarm_seen.get();
    const { fresh, seen } = news(kept[posted.platform], names, posted.is_first, now());
    await settings.alarm_seen.set({ ...kept, [posted.platform]: seen });
    const rows = posted.rows.filter((_, place) => fresh.includes(names[place] ?? ""));
    if (rows.length === 0 || isQuiet(rules.quiet_hours, minuteOf(now()))) return;
    const { verdicts, view } = await judge(rows);
    const rule = ruleOf(rules, posted.platform);
    const worthy = rows.flatMap((task, place) => {
      const verdict = verdicts[place];
      return verdict !== undefined && rings(verdict, view, rule) ? [{ task, verdict }] : [];
    });
    if (worthy.length === 0) return;
    if (rules.sound) await sound();
    if (rules.notification && (await canNotify())) await tell(worthy, view, posted.tab);
  });
}

/** A chime, by a page of our own that nobody sees, where the browser wants one for that. */
export async function sound(): Promise<void> {
  if (!(await showOffscreen("chime.html", text("alarm_offscreen_reason")))) await play();
}

const MOST_NAMED = 3;

async function tell(
  worthy: readonly { task: TaskReading; verdict: Verdict }[],
  view: View,
  tab: number,
): Promise<void> {
  const wording = { view, text, locale: language() };
  const lines = worthy.slice(0, MOST_NAMED).map(({ task, verdict }) => {
    const client = task.client?.name ? ` (${task.client.name})` : "";
    return `${wordsOf(verdict, wording).figure} · ${task.task.title}${client}`;
  });
  if (worthy.length > MOST_NAMED) lines.push(text("alarm_more", String(worthy.length - MOST_NAMED)));
  await notify(`tab-${tab}`, text("alarm_title"), lines.join("\n"));
}

/** A posted task by a name that tells nobody what it is. */
function nameOf(task: TaskReading): string {
  return snapshotKey(`${taskName(clientName(task), task.task.title)}\n${task.task.id ?? ""}`);
}

function minuteOf(instant: number): number {
  const clock = new Date(instant);
  return clock.getHours() * 60 + clock.getMinutes();
}

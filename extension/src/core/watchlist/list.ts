/** Changes to the list: one client noted, let go, or a group's list merged into it. Pure: each gives a new list. */

import type { Client } from "../../generated/contract";
import { cut } from "../text";
import { type Entry, keyOf, MAX_ENTRIES, MAX_NOTE_LENGTH, type Stance, type WatchList } from "./entry";

export interface Change {
  platform: string;
  client: Client;
  /** Left out: as it was. */
  stance?: Stance | null;
  note?: string;
}

/** The list with `change`. An entry that says nothing any more is gone; a hidden client, or one too many, changes nothing. */
export function noted(list: WatchList, change: Change, today: string): WatchList {
  const key = keyOf(change.platform, change.client);
  if (key === null) return list;
  const before = list[key];
  if (before === undefined && Object.keys(list).length >= MAX_ENTRIES) return list;
  const stance = change.stance === undefined ? (before?.stance ?? null) : change.stance;
  const note = cut((change.note ?? before?.note ?? "").trim(), MAX_NOTE_LENGTH);
  if (stance === null && note === "") return without(list, key);
  const revision = before?.noted_on === today ? before.revision + 1 : 1;
  const { platform, client } = change;
  return { ...list, [key]: { platform, client, stance, note, noted_on: today, revision } };
}

export function without(list: WatchList, key: string): WatchList {
  const { [key]: _gone, ...others } = list;
  return others;
}

export interface Merged {
  list: WatchList;
  added: number;
  changed: number;
  /** For want of room. */
  left_out: number;
}

/** Theirs into ours: nobody twice, the newer note wins, and nothing of ours goes for want of theirs. */
export function merged(ours: WatchList, theirs: readonly Entry[]): Merged {
  const list = { ...ours };
  const count = { added: 0, changed: 0, left_out: 0 };
  let room = MAX_ENTRIES - Object.keys(list).length;
  for (const their of theirs) {
    const key = keyOf(their.platform, their.client);
    if (key === null) continue;
    const our = list[key];
    if (our === undefined && room <= 0) count.left_out += 1;
    else if (our === undefined) {
      list[key] = their;
      room -= 1;
      count.added += 1;
    } else if (isNewer(their, our)) {
      list[key] = { ...their, stance: their.stance ?? our.stance, note: their.note || our.note };
      count.changed += 1;
    }
  }
  return { list, ...count };
}

function isNewer(one: Entry, other: Entry): boolean {
  if (one.noted_on !== other.noted_on) return one.noted_on > other.noted_on;
  return one.revision > other.revision;
}

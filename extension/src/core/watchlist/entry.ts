/** One client the worker keeps an eye on. */

import type { Client } from "../../generated/contract";
import type { TaskReading } from "../../model/readings";
import { titleGroup } from "../snapshot/keys";

export type Stance = "avoid" | "favour";

/** What the worker thinks of a client; what a badge shows of it. */
export interface Mark {
  /** Null: a note alone. */
  stance: Stance | null;
  note: string;
  /** The day it was last changed. */
  noted_on: string;
}

export interface Entry extends Mark {
  platform: string;
  client: Client;
  /** Grows with every change of a day, so that the newer of two is known. */
  revision: number;
}

/** By `keyOf`, so that nobody stands in it twice. */
export type WatchList = Record<string, Entry>;

export const MAX_NOTE_LENGTH = 500;
export const MAX_ENTRIES = 5_000;

/** The words a client is known by in the list: its id, else its name; null for a hidden one. */
export function keyOf(platform: string, client: Client | null): string | null {
  return namesOf(platform, client)[0] ?? null;
}

/** What the worker noted of the client of `task`; a list may know it by its name alone. */
export function markOf(list: WatchList, { platform, client }: TaskReading): Mark | null {
  for (const name of namesOf(platform, client)) {
    const entry = list[name];
    if (entry !== undefined) return { stance: entry.stance, note: entry.note, noted_on: entry.noted_on };
  }
  return null;
}

function namesOf(platform: string, client: Client | null): string[] {
  const id = client?.id ? [`${platform}\nid\n${client.id}`] : [];
  const name = client?.name ? [`${platform}\nname\n${titleGroup(client.name)}`] : [];
  return [...id, ...name];
}

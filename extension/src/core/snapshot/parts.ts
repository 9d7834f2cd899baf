/**
 * A platform's rates that are too many for one answer: a head, and parts by the first digits of their keys. All parts
 * are fetched, all together, so that the server does not learn which rows a worker looks at.
 */

import type { Edge } from "../../platform/context";
import { parsed } from "../json";
import { asSnapshot, type Snapshot, type StoredSnapshot } from "./shape";
import { isSigned } from "./signature";
import { arrivedText } from "./text";

/** The name by which the server, and the store here, know a part. */
export function partName(platform: string, prefix: string): string {
  return `${platform}.${prefix}`;
}

/** More at once would only share a slow line. */
const AT_ONCE = 4;

/**
 * Every part that belongs to `head`; null where one of them does not come, or is not what was signed with it. What came is kept
 * apart meanwhile, so that a slow line goes on next time where it stopped.
 */
export async function partsOf(edge: Edge, head: Snapshot, signer: string): Promise<StoredSnapshot[] | null> {
  const prefixes = head.parts ?? [];
  const parts: (StoredSnapshot | null)[] = [];
  for (let from = 0; from < prefixes.length; from += AT_ONCE) {
    const asked = prefixes.slice(from, from + AT_ONCE).map((prefix) => partOf(edge, head, prefix, signer));
    parts.push(...(await Promise.all(asked)));
  }
  const arrived = parts.filter((part) => part !== null);
  return arrived.length === parts.length ? arrived : null;
}

/** Forgets what was kept apart: it is in its place. */
export async function forgetArrived({ database }: Edge, head: Snapshot): Promise<void> {
  for (const prefix of head.parts ?? [])
    await database.delete("snapshots", arrivedName(head.platform, prefix));
}

/** No platform's slug holds a blank. */
function arrivedName(platform: string, prefix: string): string {
  return `arrived ${partName(platform, prefix)}`;
}

async function partOf(
  edge: Edge,
  head: Snapshot,
  prefix: string,
  signer: string,
): Promise<StoredSnapshot | null> {
  const name = partName(head.platform, prefix);
  const arrived = await edge.database.get("snapshots", arrivedName(head.platform, prefix));
  if (arrived !== undefined && belongs(arrived.snapshot, head, prefix)) return { ...arrived, platform: name };
  const last = (await edge.database.get("snapshots", name)) ?? null;
  const have = last?.text === undefined ? null : { etag: last.etag, release: last.snapshot.release };
  const answer = await edge.server.snapshot(name, have);
  if (answer.kind === "unchanged") return last?.snapshot.release === head.release ? last : null;
  if (answer.kind !== "yes") return null;
  const text = arrivedText(answer.value.text, last?.text);
  if (text === null || !(await isSigned(text, answer.value.signature, signer))) return null;
  const snapshot = asSnapshot(parsed(text), head.platform);
  if (snapshot === null || !belongs(snapshot, head, prefix)) return null;
  const part = { platform: name, etag: answer.etag, snapshot, text };
  await edge.database.put("snapshots", { ...part, platform: arrivedName(head.platform, prefix) });
  return part;
}

/** A part of the same release that holds its own keys and no others. */
function belongs(part: Snapshot, head: Snapshot, prefix: string): boolean {
  if (part.release !== head.release || part.nature !== head.nature || part.part !== prefix) return false;
  return Object.keys(part.rates).every((key) => key.startsWith(prefix));
}

/** `head` with the rates of its parts, for look-ups. A part that is not here any more has none. */
export async function joined(edge: Edge, head: Snapshot): Promise<Snapshot> {
  if (head.parts === undefined) return head;
  const rates = { ...head.rates };
  for (const prefix of head.parts) {
    const part = await edge.database.get("snapshots", partName(head.platform, prefix));
    if (part?.snapshot.release === head.release) Object.assign(rates, part.snapshot.rates);
  }
  return { ...head, rates };
}

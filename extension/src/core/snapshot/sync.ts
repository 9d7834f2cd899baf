/**
 * Fetches each platform's rates now and then, as a rule only what changed. The server learns which platforms, never
 * which tasks. What is not signed by it, or is older than what is here, is refused.
 */

import type { Edge } from "../../platform/context";
import { parsed } from "../json";
import { confirmKey, publicKey, renewedKey } from "./key";
import { isOlder } from "./order";
import { forgetArrived, joined, partsOf } from "./parts";
import { asSnapshot, type Snapshot, type StoredSnapshot } from "./shape";
import { isSigned } from "./signature";
import { arrivedText } from "./text";

/** A snapshot once read is kept at hand while the worker lives; a new one takes its place. */
export type Shelf = Map<string, Snapshot | null>;

/** A snapshot as it came over the line. */
export interface SignedText {
  text: string;
  signature: string | null;
}

/** Asks for the rates of `platforms`. A failure, or an answer that is no snapshot, leaves the last good one. */
export async function sync(edge: Edge, shelf: Shelf, platforms: readonly string[]): Promise<void> {
  for (const platform of platforms) {
    const isCurrent = await syncOne(edge, shelf, platform);
    const synced = await edge.settings.synced.get();
    const release = (await snapshotOf(edge, shelf, platform))?.release ?? null;
    const at = isCurrent ? edge.now() : (synced[platform]?.at ?? 0);
    await edge.settings.synced.set({ ...synced, [platform]: { at, release, is_current: isCurrent } });
  }
}

async function syncOne(edge: Edge, shelf: Shelf, platform: string): Promise<boolean> {
  const last = (await edge.database.get("snapshots", platform)) ?? null;
  const signer = await publicKey(edge);
  if (signer === null) return false;
  const part = await fetched(edge, platform, last);
  if (typeof part === "boolean") return part;
  if (await keep(edge, shelf, { ...part, last, signer })) return true;
  // A delta that does not fit what is here, or a demo that was made anew: the whole, once.
  const renewed = await renewedKey(edge);
  if (renewed !== null) await forgetAll(edge, shelf);
  const whole = await fetched(edge, platform, null);
  if (typeof whole === "boolean") return whole;
  const known = renewed === null ? last : null;
  return keep(edge, shelf, { ...whole, last: known, signer: renewed ?? signer });
}

interface Arrived {
  platform: string;
  etag: string | null;
  value: SignedText;
}

/** What came; else whether it is no trouble that nothing did. */
async function fetched(
  edge: Edge,
  platform: string,
  last: StoredSnapshot | null,
): Promise<Arrived | boolean> {
  const have = last?.text === undefined ? null : { etag: last.etag, release: last.snapshot.release };
  const answer = await edge.server.snapshot(platform, have);
  if (answer.kind === "unchanged") return true;
  if (answer.kind !== "yes") return answer.kind === "no" && answer.status === 404; // no release has it yet
  return { platform, etag: answer.etag, value: answer.value };
}

interface Judging extends Arrived {
  last: StoredSnapshot | null;
  signer: string;
}

/** Keeps what came if it is signed, of this platform and not older than what is here. */
async function keep(edge: Edge, shelf: Shelf, arrived: Judging): Promise<boolean> {
  const { platform, etag, last, signer, value } = arrived;
  const text = arrivedText(value.text, last?.text);
  if (text === null || !(await isSigned(text, value.signature, signer))) return false;
  const snapshot = asSnapshot(parsed(text), platform);
  if (snapshot === null) return false;
  if (last !== null && isOlder(snapshot.release, last.snapshot.release) !== false) return false;
  const parts = await partsOf(edge, snapshot, signer);
  if (parts === null) return false;
  for (const part of parts) await edge.database.put("snapshots", part);
  await edge.database.put("snapshots", { platform, etag, snapshot, text });
  await forgetArrived(edge, snapshot);
  await confirmKey(edge, snapshot.nature);
  shelf.set(platform, await joined(edge, snapshot));
  return true;
}

async function forgetAll(edge: Edge, shelf: Shelf): Promise<void> {
  await edge.database.clear("snapshots");
  shelf.clear();
}

/** The last good snapshot of a platform. */
export async function snapshotOf(edge: Edge, shelf: Shelf, platform: string): Promise<Snapshot | null> {
  const known = shelf.get(platform);
  if (known !== undefined) return known;
  const head = (await edge.database.get("snapshots", platform))?.snapshot ?? null;
  const kept = head === null ? null : await joined(edge, head);
  shelf.set(platform, kept);
  return kept;
}

/** Fetches each platform's rates now and then. The server learns which platforms, never which tasks. */

import type { Edge } from "../edge";
import { asSnapshot, type Snapshot } from "./shape";

/** A snapshot once read is kept at hand while the worker lives; a new one takes its place. */
export type Shelf = Map<string, Snapshot | null>;

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
  const last = await edge.database.get("snapshots", platform);
  const answer = await edge.server.snapshot(platform, last?.etag ?? null);
  if (answer.kind === "unchanged") return true;
  if (answer.kind !== "yes") return answer.kind === "no" && answer.status === 404; // no release has it yet
  const snapshot = asSnapshot(answer.value, platform);
  if (snapshot === null) return false;
  await edge.database.put("snapshots", { platform, etag: answer.etag, snapshot });
  shelf.set(platform, snapshot);
  return true;
}

/** The last good snapshot of a platform. */
export async function snapshotOf(edge: Edge, shelf: Shelf, platform: string): Promise<Snapshot | null> {
  const known = shelf.get(platform);
  if (known !== undefined) return known;
  const kept = (await edge.database.get("snapshots", platform))?.snapshot ?? null;
  shelf.set(platform, kept);
  return kept;
}

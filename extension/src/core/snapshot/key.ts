/**
 * The key that snapshots must be signed with: the one that this build was made for, else the one that the server named
 * when first asked, kept from then on. A later stranger in between cannot name another.
 */

import type { Edge } from "../../platform/context";

/** The server's key as it was first named. */
export interface PinnedKey {
  public_key: string;
  /** Of the data that it signed; null while it signed nothing yet. */
  nature: "real" | "demo" | null;
}

/** Null where the server does not say. */
export async function publicKey(edge: Edge): Promise<string | null> {
  if (edge.key !== null) return edge.key;
  const pinned = await edge.settings.key.get();
  return pinned?.public_key ?? (await askedKey(edge));
}

async function askedKey(edge: Edge): Promise<string | null> {
  const answer = await edge.server.key();
  if (answer.kind !== "yes" || typeof answer.value.public_key !== "string") return null;
  await edge.settings.key.set({ public_key: answer.value.public_key, nature: null });
  return answer.value.public_key;
}

/** A key that signed real rates is never changed. */
export async function confirmKey(edge: Edge, nature: "real" | "demo"): Promise<void> {
  const pinned = await edge.settings.key.get();
  if (pinned !== null && pinned.nature !== "real") await edge.settings.key.set({ ...pinned, nature });
}

/** A demo is made anew whenever somebody likes, with another key; what the old one signed is worth nothing. */
export async function renewedKey(edge: Edge): Promise<string | null> {
  const pinned = await edge.settings.key.get();
  if (edge.key !== null || pinned === null || pinned.nature === "real") return null;
  await edge.settings.key.set(null);
  const asked = await askedKey(edge);
  if (asked === null) await edge.settings.key.set(pinned);
  return asked === pinned.public_key ? null : asked;
}

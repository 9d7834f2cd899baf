/** Fetches the updates of packs beside the rates, by the same switches, and lays those that are accepted over the packs. */

import type { Pack } from "../../generated/contract";
import type { Edge } from "../../platform/context";
import { publicKey } from "../snapshot/key";
import { isSigned } from "../snapshot/signature";
import { dayOf } from "../timer/hour";
import { laidOver, refusal } from "./apply_update";
import { confirmed, judged, refusedWhole } from "./judge_updates";
import type { KeptUpdates } from "./update_state";

/** The packs with what was accepted laid over. What no longer fits (the extension is newer) is passed over. */
export async function updated({ settings }: Edge, packs: readonly Pack[]): Promise<readonly Pack[]> {
  if (!(await settings.takes_updates.get())) return packs;
  const { updates, declined } = await settings.pack_updates.get();
  return packs.map((pack) => {
    const update = updates.find(({ slug }) => slug === pack.slug);
    if (update === undefined || declined.includes(pack.slug)) return pack;
    return refusal(pack, update) === null ? laidOver(pack, update) : pack;
  });
}

/** Sites that are switched off until they are mended. */
export async function switchedOff(edge: Edge, packs: readonly Pack[]): Promise<Pack[]> {
  const now = await updated(edge, packs);
  return packs.filter(({ pages }, index) => pages.length > 0 && now[index]?.pages.length === 0);
}

/** Asks for updates. A failure, or an answer that is none of ours, leaves the last good ones. */
export async function syncUpdates(edge: Edge, packs: readonly Pack[]): Promise<void> {
  const { pack_updates, takes_updates } = edge.settings;
  if (!(await takes_updates.get())) return;
  const signer = await publicKey(edge);
  if (signer === null) return;
  const kept = await pack_updates.get();
  const news = await asked(edge, kept, signer, packs);
  if (news === null || JSON.stringify(news) === JSON.stringify(kept)) return; // nobody need look again
  // The worker may have declined one meanwhile.
  await pack_updates.set({ ...news, declined: (await pack_updates.get()).declined });
}

/** Null where there is nothing new to say. */
async function asked(
  edge: Edge,
  kept: KeptUpdates,
  signer: string,
  packs: readonly Pack[],
): Promise<KeptUpdates | null> {
  const answer = await edge.server.packUpdates(kept.signer === signer ? kept.etag : null);
  const today = dayOf(edge.now());
  if (answer.kind === "no" && answer.status === 413) return refusedWhole(kept, "too_large", today);
  if (answer.kind === "unchanged") return confirmed(kept);
  if (answer.kind !== "yes") return null;
  const { text, signature } = answer.value;
  if (!(await isSigned(text, signature, signer))) return refusedWhole(kept, "unsigned", today);
  return judged(kept, { text, etag: answer.etag, signer }, packs, today);
}

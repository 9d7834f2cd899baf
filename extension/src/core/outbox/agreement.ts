/**
 * What the worker agreed to, platform by platform: one they keep to themselves is timed and recorded, and nothing of it is shared.
 * Nor of one that only this device knows (taught, or timed by hand under a name of the worker's own): the server would not take it.
 */

import type { Consent, Settings } from "../../platform/storage";
import { packOf } from "../packs/packs";

/** The consent that holds on a platform. */
export type Agreement = (platform: string) => Consent;

export async function agreement(settings: Pick<Settings, "consent" | "withheld">): Promise<Agreement> {
  const consent = await settings.consent.get();
  const withheld = await settings.withheld.get();
  const isShared = (platform: string): boolean =>
    consent.sharing && withheld[platform] !== true && packOf(platform) !== undefined;
  return (platform) => ({ ...consent, sharing: isShared(platform) });
}

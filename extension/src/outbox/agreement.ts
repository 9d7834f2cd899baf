/** What the worker agreed to, platform by platform: one they keep to themselves is timed and recorded, and nothing of it is shared. */

import type { Consent, Settings } from "../storage";

/** The consent that holds on a platform. */
export type Agreement = (platform: string) => Consent;

export async function agreement(settings: Pick<Settings, "consent" | "withheld">): Promise<Agreement> {
  const consent = await settings.consent.get();
  const withheld = await settings.withheld.get();
  return (platform) => ({ ...consent, sharing: consent.sharing && withheld[platform] !== true });
}

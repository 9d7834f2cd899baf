/** What the worker may ask of the server about themselves: all their rows, to be erased, another country. */

import type { Answer } from "../../platform/api";
import type { Edge } from "../../platform/context";
import type { Erasure } from "../../platform/storage";
import { forgetHealth } from "../capture_health/keep";
import { forgetSightings } from "../listing_stats/keep";
import { dayOf } from "../timer/hour";
import { disown } from "./controls";

/** Why the server did not do it. `nobody`: it knows nothing of this device, and never did or has forgotten. */
export type Hindrance = "nobody" | "unreachable" | "busy" | "unexpected";
export type Outcome<T> = { done: T } | { hindrance: Hindrance };

export type ExportFormat = "json" | "csv";

/** Every row this device ever shared, as the server keeps them. */
export async function exported(edge: Edge, format: ExportFormat): Promise<Outcome<string>> {
  const credentials = await edge.settings.credentials.get();
  if (credentials === null) return { hindrance: "nobody" };
  return outcomeOf(await edge.server.exported(format, credentials.secret));
}

/**
 * Erases everything on the server. Only its receipt lets go of the secret; then sharing is off, so that nothing enrols
 * anew by itself. A server that knows no such secret has erased it already: the answer to the first asking was lost.
 */
export async function erase(edge: Edge): Promise<Outcome<Erasure | null>> {
  const { settings } = edge;
  const credentials = await settings.credentials.get();
  if (credentials === null) return { hindrance: "nobody" };
  const outcome = outcomeOf(await edge.server.erase(credentials.secret));
  if ("hindrance" in outcome && outcome.hindrance !== "nobody") return outcome;
  await settings.consent.set({ ...(await settings.consent.get()), sharing: false });
  await forgetHealth(edge);
  await forgetSightings(edge); // first: a day on its way into the outbox is waited for, and emptied with it
  await disown(edge.database);
  const erasure = "done" in outcome ? { ...outcome.done, on: dayOf(edge.now()) } : null;
  if (erasure !== null) await settings.erasure.set(erasure);
  await settings.credentials.set(null);
  await settings.country_told.set(true);
  await settings.pause.set(null);
  return "done" in outcome ? { done: erasure } : outcome;
}

/** Keeps the country; it is told with what is shared next. */
export async function giveCountry(edge: Edge, country: string | null): Promise<void> {
  const isKnown = (await edge.settings.credentials.get()) !== null;
  await edge.settings.country.set(country);
  await edge.settings.country_told.set(!isKnown);
}

/** Tells the server a country it does not know yet. It never holds up an observation: what fails is tried next time. */
export async function tellCountry(edge: Edge, secret: string): Promise<void> {
  if (await edge.settings.country_told.get()) return;
  const answer = await edge.server.move(await edge.settings.country.get(), secret);
  if (answer.kind === "yes") await edge.settings.country_told.set(true);
}

function outcomeOf<T>(answer: Answer<T>): Outcome<T> {
  if (answer.kind === "yes") return { done: answer.value };
  if (answer.kind === "unreachable") return { hindrance: "unreachable" };
  if (answer.kind === "no" && answer.status === 401) return { hindrance: "nobody" };
  const isBusy = answer.kind === "no" && (answer.status === 429 || answer.status >= 500);
  return { hindrance: isBusy ? "busy" : "unexpected" };
}

/** A snapshot's text as it arrives: whole, or as what changed. */

import { parsed } from "../json";
import { applied, asDelta } from "./delta";

/** The whole text: itself, or what came applied to what is here. */
export function arrivedText(text: string, known: string | undefined): string | null {
  const delta = asDelta(parsed(text));
  if (delta === null) return text;
  return known === undefined ? null : applied(known, delta);
}

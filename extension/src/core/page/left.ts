/** How many of a posted task are left to take, where its listing counts them. What does not read in full is null. */

import type { Field, Listing } from "../../generated/contract";
import { type Place, textAt } from "./fields";
import { placeOf, type Sight } from "./page_context";
import type { Found } from "./reader";

/** One whole number; no money, no share, none that is rounded ("1.4k", "~20", "50+"). */
const AMONG_WORDS = /^[^\d.,+~<>$€£-]*(\d{1,3}(?:[,.]\d{3}){1,2}|\d{1,9})(?![\d.,+\p{L}])[^\d%$€£]*$/u;

export function readLeft(sight: Sight, { left, taken }: Listing, found: Found): number | null {
  if (!left) return null;
  const place = placeOf(sight, found.element ?? sight.root, found.record);
  const told = numberAt(left, place);
  if (!taken || told === null) return told;
  const gone = numberAt(taken, place);
  return gone === null || gone > told ? null : told - gone;
}

function numberAt(field: Field, place: Place): number | null {
  const text = textAt(field, place);
  return text === null ? null : numberOf(text, field.parse);
}

/** Digits alone; "82 places", the only number in its text; "2980/3000", of which 20 are left. */
export function numberOf(text: string, parse: Field["parse"]): number | null {
  if (parse === "int") return /^\d{1,9}$/.test(text) ? Number(text) : null;
  if (parse === "int_text") {
    const [, digits] = AMONG_WORDS.exec(text) ?? [];
    return digits === undefined ? null : Number(digits.replace(/\D/g, ""));
  }
  const [, done, all] = /^(\d{1,9}) ?\/ ?(\d{1,9})$/.exec(text) ?? [];
  return done === undefined || Number(done) > Number(all) ? null : Number(all) - Number(done);
}

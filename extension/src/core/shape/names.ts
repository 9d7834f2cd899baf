/** Names of classes, attributes and keys, with all that may be an id, a hash or a person's cut out of them. Pure. */

const CUT = "*";
const MOST_LETTERS = 20;
/** Shorter than this a part of a name is a word or an abbreviation, whatever its letters. */
const SHORT = 4;

/** "study-65a0f3__titleRow" → "study-*__titleRow". Only what reads as words stays. */
export function plainName(name: string): string {
  if (!/^[\w:./-]*$/.test(name)) return CUT;
  const parts = name.split(/([-_:./]+)/);
  const kept = parts.map((part, place) => (place % 2 === 1 ? part : plainPart(part)));
  return kept.join("").replace(/\*(?:[-_:./]+\*)+/g, CUT);
}

function plainPart(part: string): string {
  return part === "" || isWords(part) ? part : CUT;
}

/** Letters alone, in humps as people write them: "taskRow", and not "kXyZqW", "qzxvk" or "a41f". */
function isWords(part: string): boolean {
  if (!/^[A-Za-z]+$/.test(part) || part.length > 2 * MOST_LETTERS) return false;
  const humps = part.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  if (humps.some((hump) => hump.length > MOST_LETTERS)) return false;
  const isEven = humps.length === 1 || part.length / humps.length >= 3;
  return isEven && humps.every(isWord);
}

function isWord(hump: string): boolean {
  if (hump.length <= SHORT) return hump.length < SHORT || /[aeiouy]/i.test(hump);
  return /[aeiouy]/i.test(hump) && !/[^aeiouy]{5}/i.test(hump);
}

/**
 * A snapshot's text made of an older one and what changed; `analytics/release/delta.py` makes these. Figures stay the text that
 * they were, so that the whole is what was signed, byte for byte.
 */

export interface Delta {
  since: string;
  before: string;
  after: string;
  /** Entries as they stand in the snapshot, commas between. */
  changed: string;
  removed: string[];
}

const RATES = '"rates":{';
const ENTRY = /"([0-9a-f]{12})":(\[[^[\]]*\])/g;

/** `given` if it is a delta, else null: then it is a whole snapshot, or nothing of ours. */
export function asDelta(given: unknown): Delta | null {
  if (typeof given !== "object" || given === null) return null;
  const { since, before, after, changed, removed } = given as Record<string, unknown>;
  if (typeof since !== "string" || typeof before !== "string" || typeof after !== "string") return null;
  if (typeof changed !== "string" || !Array.isArray(removed)) return null;
  return { since, before, after, changed, removed: removed.map(String) };
}

/** The text after `delta`; null where `text` is no snapshot. */
export function applied(text: string, delta: Delta): string | null {
  const start = text.indexOf(RATES);
  if (start < 0) return null;
  const end = text.indexOf("}", start);
  const entries = entriesOf(text.slice(start + RATES.length, end));
  for (const key of delta.removed) entries.delete(key);
  for (const [key, entry] of entriesOf(delta.changed)) entries.set(key, entry);
  const rates = [...entries.keys()].sort().map((key) => `"${key}":${entries.get(key)}`);
  return `${delta.before}${rates.join(",")}${delta.after}`;
}

function entriesOf(text: string): Map<string, string> {
  return new Map(Array.from(text.matchAll(ENTRY), ([, key = "", entry = ""]) => [key, entry]));
}

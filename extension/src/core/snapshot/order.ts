/** Which of two releases is the newer: shared timings before archives, then the day, then its number. */

const RELEASE = /^(\d{4}-\d{2}-\d{2})(?:-(?!demo)([a-z]+))?(?:-demo)?(?:\.([1-9]\d*))?$/; // "-demo": simulated

/** Whether `release` came before `other`; null where one of them is no release's name. */
export function isOlder(release: string, other: string): boolean | null {
  const [one, two] = [rankOf(release), rankOf(other)];
  if (one === null || two === null) return null;
  return one < two;
}

/** Names of one length, so that their order is that of their letters. */
function rankOf(release: string): string | null {
  const found = RELEASE.exec(release);
  if (found === null) return null;
  const [, day, policy, sequence = "1"] = found;
  return `${policy === undefined ? 1 : 0} ${day} ${sequence.padStart(9, "0")}`;
}

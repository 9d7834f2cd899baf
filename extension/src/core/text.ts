/** Texts cut to a length that others allow, never through a letter. */

const LONE_HALVES = /\p{Surrogate}/gu;

/** The first `most` letters. Half a letter, which no JSON reader takes, becomes the sign for an unknown one. */
export function cut(text: string, most: number): string {
  const letters = text.length > most ? Array.from(text).slice(0, most).join("") : text;
  return letters.replace(LONE_HALVES, "\ufffd");
}

/** The text of a file from the worker's disk, in whichever encoding a platform or a spreadsheet wrote it. */

const MOSTLY = 0.4; // of every second byte of UTF-16 in Latin letters is 0
const SAMPLE_BYTES = 65_536;

/** Null where the bytes are no text. */
export function textOf(bytes: Uint8Array): string | null {
  const encoding = encodingOf(bytes);
  return encoding === null ? null : new TextDecoder(encoding).decode(bytes);
}

function encodingOf(bytes: Uint8Array): string | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const [even, odd] = [0, 1].map((start) => zeros(sample, start));
  if (even || odd) {
    const most = (MOSTLY * sample.length) / 2;
    if (!even && (odd ?? 0) > most) return "utf-16le";
    return !odd && (even ?? 0) > most ? "utf-16be" : null;
  }
  return isUtf8(bytes) ? "utf-8" : "windows-1252"; // what spreadsheets on Windows write
}

function zeros(bytes: Uint8Array, start: number): number {
  let count = 0;
  for (let place = start; place < bytes.length; place += 2) if (bytes[place] === 0) count += 1;
  return count;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

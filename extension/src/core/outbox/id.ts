/** Ids made on the device: UUIDs in version 7 layout whose time is cut to the hour, so that they sort but tell no exact time. */

import { cutToHour } from "../timer/hour";

const TIME_BYTES = 6;

/** An id for something that began at `instant`; `random` is 10 bytes of chance. */
export function timeOrderedId(instant: number, random: Uint8Array): string {
  const bytes = new Uint8Array(16);
  let time = cutToHour(instant);
  for (let place = TIME_BYTES - 1; place >= 0; place--) {
    bytes[place] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes.set(random.subarray(0, 10), TIME_BYTES);
  bytes[6] = 0x70 | (byteAt(bytes, 6) & 0x0f);
  bytes[8] = 0x80 | (byteAt(bytes, 8) & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [0, 8, 12, 16, 20].map((from, part) => hex.slice(from, [8, 12, 16, 20, 32][part])).join("-");
}

function byteAt(bytes: Uint8Array, place: number): number {
  return bytes[place] ?? 0;
}

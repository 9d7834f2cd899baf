/**
 * Names become the keys of a snapshot here, on the device. The same words as `analytics/model/identifiers.py`, which see;
 * `tests/fixtures/wire/keys.json` holds both to it.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { TaskReading } from "../../model/readings";

const SNAPSHOT_KEY_BYTES = 6;
const BLANKS = /[\t\n\v\f\r \u00a0\u2000-\u200b\u2028\u2029\u3000]+/g;
const DIGITS = /[0-9]+/g;
const NUMBER = /^[0-9]+$/;

/**
 * The form in which titles that differ only in case, blanks or numbers are the same. A title that is nothing but a
 * number keeps it: there it is the name.
 */
export function titleGroup(title: string): string {
  const folded = title
    .normalize("NFKC")
    .toLowerCase()
    .replace(BLANKS, " ")
    .replace(/^ +| +$/g, "");
  return NUMBER.test(folded) ? folded : folded.replace(DIGITS, "0");
}

/** The words a client's key is made of: its id, else its name, else its project, else the title group. */
export function clientName({ platform, client, task }: TaskReading): string {
  if (client?.id) return `client\n${platform}\nid\n${client.id}`;
  if (client?.name) return `client\n${platform}\nname\n${titleGroup(client.name)}`;
  if (task.id) return `client\n${platform}\nproject\n${task.id}`;
  return `client\n${platform}\ntitle\n${titleGroup(task.title)}`;
}

export function taskName(client: string, title: string): string {
  return `task\n${client}\n${titleGroup(title)}`;
}

/** The twelve hex digits by which a snapshot knows `name`. */
export function snapshotKey(name: string): string {
  return bytesToHex(sha256(utf8ToBytes(name)).subarray(0, SNAPSHOT_KEY_BYTES));
}

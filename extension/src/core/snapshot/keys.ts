/**
 * Names become the keys of a snapshot here, on the device. The same words as `analytics/model/identifiers.py`, which see;
 * `tests/fixtures/wire/keys.json` holds both to it.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { TaskReading } from "../../model/readings";
import { remembered } from "../remembered";

const SNAPSHOT_KEY_BYTES = 6;
const BLANKS = /[\t\n\v\f\r \u00a0\u2000-\u200b\u2028\u2029\u3000]+/g;
const DIGITS = /[0-9]+/g;
// Letters that nobody sees: soft hyphens, zero widths, joiners, direction marks, variation selectors.
const INVISIBLE =
  /\u00ad|\u061c|\u180e|[\u200b-\u200f]|[\u202a-\u202e]|[\u2060-\u206f]|[\ufe00-\ufe0f]|\ufeff/g;
const LATIN = /[a-z]/;
// Cyrillic and Greek letters that look like Latin ones; only in a word that has Latin letters, too.
const LOOK_ALIKES =
  "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u043a\u043c\u0442\u043d\u0432\u03b1\u03bf\u03b5\u03b9\u03ba\u03bd\u03c1\u03c4\u03c5\u03c7";
const LATIN_FORMS = "aeopcyxijskmthbaoeikvptyx";
const NUMBER = /^[0-9]+$/;

/**
 * The form in which titles that differ only in case, blanks, numbers, invisible letters or letters that look alike are
 * the same. A title that is nothing but a number keeps it: there it is the name.
 */
export const titleGroup = remembered(fold);

function fold(title: string): string {
  const folded = title
    .normalize("NFKC")
    .toLowerCase()
    .replace(INVISIBLE, "")
    .replace(BLANKS, " ")
    .replace(/^ +| +$/g, "")
    .split(" ")
    .map((word) => (LATIN.test(word) ? withLatinForms(word) : word))
    .join(" ");
  return NUMBER.test(folded) ? folded : folded.replace(DIGITS, "0");
}

function withLatinForms(word: string): string {
  return Array.from(word, (letter) => {
    const place = LOOK_ALIKES.indexOf(letter);
    return place < 0 ? letter : LATIN_FORMS.charAt(place);
  }).join("");
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
export const snapshotKey = remembered((name) =>
  bytesToHex(sha256(utf8ToBytes(name)).subarray(0, SNAPSHOT_KEY_BYTES)),
);

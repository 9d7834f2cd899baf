/**
 * Made rows, written in every layout, locale, encoding, quoting and date order, and read back alike or left out with their
 * cell. The rows are drawn by a small generator with fixed seeds, so that a failure names its file.
 */

import { expect, test } from "vitest";
import { textOf } from "../../../../extension/src/core/imports/decode";
import { isLeftOut, Reader } from "../../../../extension/src/core/imports/entry";
import { chosenFormat, type Format, formatOf } from "../../../../extension/src/core/imports/format";
import { mannerOf } from "../../../../extension/src/core/imports/manner";
import { sheetOf } from "../../../../extension/src/core/imports/sheet";
import { known } from "../../../../extension/src/core/packs/packs";
import type { Told } from "../../../../extension/src/generated/contract";

interface Made {
  title: string;
  started: number;
  seconds: number;
  micros: number;
  outcome: Told;
}

/** Numbers from 0 to `most`, the same for the same seed. */
function numbers(seed: number): (most: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (most) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 374_761_393) >>> 0;
    return state % (most + 1);
  };
}

const TITLES = ["Sort mail", 'Say "no", never', "a;b|c\tü", "Deux\nlignes", "'quoted'"];
const OUTCOMES: Told[] = ["approved", "rejected", "submitted"];
const two = (number: number): string => String(number).padStart(2, "0");
const clock = (at: Date): string =>
  `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
const parts = (at: Date): [string, string, number] => [
  two(at.getUTCDate()),
  two(at.getUTCMonth() + 1),
  at.getUTCFullYear(),
];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const DATES: Record<string, (at: Date) => string> = {
  iso: (at) => at.toISOString(),
  plain: (at) => `${at.toISOString().slice(0, 10)} ${clock(at)}`,
  day_first: (at) => ((day, month, year) => `${day}/${month}/${year} ${clock(at)}`)(...parts(at)),
  points: (at) => ((day, month, year) => `${day}.${month}.${year} ${clock(at)}`)(...parts(at)),
  month_first: (at) => ((day, month, year) => `${month}/${day}/${year} ${clock(at)}`)(...parts(at)),
  half_days: (at) => {
    const [day, month, year] = parts(at);
    const hour = at.getUTCHours();
    const half = `${hour % 12 || 12}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} ${hour < 12 ? "AM" : "PM"}`;
    return `${month}/${day}/${year} ${half}`;
  },
  words: (at) => `${MONTHS[at.getUTCMonth()]} ${at.getUTCDate()}, ${at.getUTCFullYear()} ${clock(at)}`,
};
const ENCODINGS = ["utf-8", "utf-8 with a mark", "utf-16le", "utf-16be", "windows-1252"] as const;

function bytesOf(text: string, encoding: (typeof ENCODINGS)[number]): Uint8Array {
  if (encoding === "utf-8") return new TextEncoder().encode(text);
  if (encoding === "utf-8 with a mark") return new TextEncoder().encode(`\ufeff${text}`);
  if (encoding === "windows-1252") return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const isLittle = encoding === "utf-16le";
  return Uint8Array.from(
    [...text].flatMap((letter) => {
      const code = letter.charCodeAt(0);
      return isLittle ? [code & 255, code >> 8] : [code >> 8, code & 255];
    }),
  );
}

function amount(micros: number, isComma: boolean): string {
  const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 3 }).format(micros / 1e6);
  return isComma ? plain.replace(/[.,]/g, (mark) => (mark === "." ? "," : ".")) : plain;
}

const LAYOUTS = ["submissions", "chosen"] as const;

function formatIn(layout: (typeof LAYOUTS)[number], sheet: Parameters<typeof formatOf>[1]): Format {
  const found = layout === "submissions" ? formatOf(known, sheet) : null;
  if (found !== null) return found;
  const [pack] = known;
  if (pack === undefined) throw new Error("no pack");
  const columns = {
    title: "Study",
    paid: "Reward",
    started: "Started At",
    ended: "Completed At",
    outcome: "Status",
  };
  const words = new Map<string, Told>([
    ["APPROVED", "approved"],
    ["REJECTED", "rejected"],
    ["AWAITING REVIEW", "submitted"],
  ]);
  return chosenFormat(pack, { columns, words, outcome: "submitted" });
}

const WORDS: Partial<Record<Told, string>> = {
  approved: "APPROVED",
  rejected: "REJECTED",
  submitted: "AWAITING REVIEW",
};
const seeds = Array.from({ length: 300 }, (_, seed) => seed);

test.each(LAYOUTS)("%s: what was written is read back, or left out with its cell", (layout) => {
  const reasons = new Set<string>();
  let readRows = 0;
  for (const seed of seeds) {
    const draw = numbers(seed);
    const pick = <T>(from: readonly T[]): T => from[draw(from.length - 1)] as T;
    const made = Array.from(
      { length: 1 + draw(4) },
      (): Made => ({
        title: pick(TITLES),
        started: Date.UTC(2026, draw(9), 1 + draw(27), draw(23), draw(59), draw(59)),
        seconds: 1 + draw(40_000),
        micros: pick([1_500_000, 50_000, 1_234_000_000, 2_000_000, 5_000]),
        outcome: pick(OUTCOMES),
      }),
    );
    const dates = pick(Object.values(DATES));
    const [delimiter, end, isComma, isEscaped] = [
      pick([",", ";", "\t", "|"]),
      pick(["\n", "\r\n"]),
      pick([true, false]),
      pick([true, false]),
    ];
    const quoted = (cell: string): string => `"${cell.replaceAll('"', isEscaped ? '\\"' : '""')}"`;
    const rows = made.map((one) => [
      one.title,
      amount(one.micros, isComma),
      dates(new Date(one.started)),
      dates(new Date(one.started + one.seconds * 1000)),
      WORDS[one.outcome] ?? "",
    ]);
    const head = ["Study", "Reward", "Started At", "Completed At", "Status"];
    const separator = pick([true, false]) ? `sep=${delimiter}${end}` : "";
    const text = separator + [head, ...rows].map((cells) => cells.map(quoted).join(delimiter) + end).join("");
    const sheet = sheetOf(textOf(bytesOf(text, pick(ENCODINGS))) ?? "");
    if ("unreadable" in sheet) throw new Error(`seed ${seed}: ${sheet.unreadable}`);
    const format = formatIn(layout, sheet);
    const reader = new Reader(sheet, format, mannerOf(sheet, format).manner);
    expect(sheet.rows, `seed ${seed}`).toHaveLength(made.length);
    for (const [place, row] of sheet.rows.entries()) {
      const one = made[place];
      const read = reader.read(row);
      if (isLeftOut(read)) {
        reasons.add(read.reason);
        expect(rows[place], `seed ${seed}`).toContain(read.cell);
        continue;
      }
      readRows += 1;
      const pay = read.paid ?? read.reward;
      expect([read.title, read.started, read.ended, pay?.micros, read.outcome], `seed ${seed}`).toEqual([
        one?.title,
        one?.started,
        (one?.started ?? 0) + (one?.seconds ?? 0) * 1000,
        one?.micros,
        one?.outcome,
      ]);
    }
  }
  expect(readRows).toBeGreaterThan(500);
  expect([...reasons].toSorted()).toEqual(["ambiguous_day", "unreadable_money"]); // 3/4/2026 and 1,234 alone
});

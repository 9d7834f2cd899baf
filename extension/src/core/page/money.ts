/** Money as sites write it becomes micros here, digit by digit and never through a float. What is in doubt is null. */

import { MAX_REWARD_MICROS, type Money } from "../../generated/contract";

export type DecimalMark = "." | ",";

const FRACTION_DIGITS = 6; // a micro is a millionth
const SYMBOLS: Readonly<Record<string, string>> = {
  "£": "GBP",
  "€": "EUR",
  "₹": "INR",
  "₱": "PHP",
  "₦": "NGN",
  "₺": "TRY",
  R$: "BRL",
  US$: "USD",
  CA$: "CAD",
  C$: "CAD",
  A$: "AUD",
  AU$: "AUD",
};
const DOLLARS: readonly string[] = ["USD", "CAD", "AUD", "NZD", "SGD", "HKD"];
const CODES: ReadonlySet<string> = new Set(Intl.supportedValuesOf("currency"));

/** Micros of a plain decimal number such as "0.35"; further digits are rounded. Null where it is no such number, or too much. */
export function micros(plain: string): number | null {
  const [, whole, fraction = ""] = /^(\d{1,12})(?:\.(\d+))?$/.exec(plain) ?? [];
  if (whole === undefined) return null;
  const kept = Number(fraction.padEnd(FRACTION_DIGITS, "0").slice(0, FRACTION_DIGITS));
  const rest = Number(fraction[FRACTION_DIGITS] ?? "0") >= 5 ? 1 : 0;
  const sum = Number(whole) * 10 ** FRACTION_DIGITS + kept + rest;
  return sum <= MAX_REWARD_MICROS ? sum : null;
}

/** Money from words such as "£1.50", "1,50 €", "US$ 2" or "3.20 USD". `fallback` is the site's currency where the words name none. */
export function moneyOfText(words: string, fallback: string | null, mark: DecimalMark | null): Money | null {
  const [, before = "", digits, after = ""] = /^([^\d.,]*)([\d.,'’\s]*\d)([^\d]*)$/.exec(words.trim()) ?? [];
  if (digits === undefined) return null;
  const currency = currencyBetween(before.trim(), after.trim(), fallback);
  const plain = plainNumber(digits.trim(), mark);
  return currency === null || plain === null ? null : money(micros(plain), currency);
}

/** The two ends of a range such as "$20.00 - $40.00" or "20-40 USD"; both ends are one where the words name one amount. */
export function rangeOfText(
  words: string,
  fallback: string | null,
  mark: DecimalMark | null,
): { low: Money; high: Money } | null {
  const ends = words.split(/\s*(?:[-–—]|\bto\b)\s*/);
  const [first = "", last = first, ...more] = ends;
  if (more.length > 0) return null;
  const named = [first, last].find((end) => /[^\d.,'’\s]/.test(end)); // a sign at one end counts for both
  const currency = named === undefined ? fallback : (moneyOfText(named, fallback, mark)?.currency ?? null);
  const [low, high] = [first, last].map((end) => moneyOfText(end, currency, mark));
  if (!low || !high || low.currency !== high.currency || low.micros > high.micros) return null;
  return { low, high };
}

/** Money from a number: `minor` of hundredths, else of whole units. */
export function moneyOfNumber(
  value: string | number,
  unit: "major" | "minor",
  currency: string | null,
): Money | null {
  if (currency === null || !CODES.has(currency)) return null;
  const written = String(value).trim();
  if (unit === "major") return money(micros(written), currency);
  if (!/^\d{1,12}$/.test(written)) return null;
  const hundredths = written.padStart(3, "0");
  return money(micros(`${hundredths.slice(0, -2)}.${hundredths.slice(-2)}`), currency);
}

function money(amount: number | null, currency: string): Money | null {
  return amount === null ? null : { micros: amount, currency };
}

/** The code of a currency from its code or sign; null where it names none. */
export function currencyOf(words: string, fallback: string | null): string | null {
  return words === "" ? null : currencyBetween(words, "", fallback);
}

/** What stands before and after the digits must name one currency, or nothing at all. */
function currencyBetween(before: string, after: string, fallback: string | null): string | null {
  const named = [before, after].filter((words) => words !== "");
  const bare = named.filter((words) => words !== "$");
  if (named.length === 0) return fallback;
  if (bare.length === 0) return fallback !== null && DOLLARS.includes(fallback) ? fallback : "USD";
  const codes = bare.map((words) => (CODES.has(words) ? words : (SYMBOLS[words] ?? null)));
  const [code = null] = codes;
  if (code === null || codes.some((other) => other !== code)) return null;
  return bare.length < named.length && !DOLLARS.includes(code) ? null : code;
}

/** "1.234,50" → "1234.50". Null where the digits are grouped as no number is, or the mark cannot be told. */
function plainNumber(digits: string, known: DecimalMark | null): string | null {
  const mark = known ?? markOf(digits);
  if (mark === null) return null;
  const [whole = "", fraction, ...more] = mark === "" ? [digits] : digits.split(mark);
  if (more.length > 0 || (fraction !== undefined && !/^\d+$/.test(fraction))) return null;
  const ungrouped = whole === "" ? "0" : ungroup(whole);
  if (ungrouped === null) return null;
  return fraction === undefined ? ungrouped : `${ungrouped}.${fraction}`;
}

/** The decimal mark that the digits themselves show; "" where there is none, null where "1,234" leaves it open. */
function markOf(digits: string): DecimalMark | "" | null {
  const points = digits.split(".").length - 1;
  const commas = digits.split(",").length - 1;
  if (points === 0 && commas === 0) return "";
  if (points > 0 && commas > 0) {
    const last = digits.lastIndexOf(".") > digits.lastIndexOf(",") ? "." : ",";
    return (last === "." ? points : commas) === 1 ? last : null;
  }
  if (points + commas > 1) return "";
  const mark = points === 1 ? "." : ",";
  return /^[1-9]\d{0,2}[.,]\d{3}$/.test(digits) ? null : mark;
}

function ungroup(whole: string): string | null {
  if (/^\d+$/.test(whole)) return whole;
  return /^[1-9]\d{0,2}([.,'’\s])\d{3}(\1\d{3})*$/.test(whole) ? whole.replace(/\D/g, "") : null;
}

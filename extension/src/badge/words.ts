/** A rate becomes words: what the badge says, what it means against the worker's floor, and how it is made. Pure. */

import type { Rate } from "../snapshot/rate";

/** The hourly pay below which a worker would rather not work, until they set their own: the minimum wage of US federal law. */
export const DEFAULT_FLOOR_USD_PER_HOUR = 7.25;

/** A message of the catalogue, in the browser's language. */
export type Text = (key: string, ...substitutions: string[]) => string;

/** Where pay stands against the floor; the interval decides, so "around" also means "cannot tell". Of a parent's figure: none. */
export type Tone = "none" | "below" | "around" | "above";

export interface Part {
  label: string;
  value: string;
}

export interface Words {
  tone: Tone;
  /** On the badge: "$3.10/h". */
  figure: string;
  /** Beside it: "10–19 people". */
  basis: string | null;
  /** On top of the explanation: a sentence with what is counted. */
  headline: string;
  /** What the figure is a product of, in order. */
  parts: Part[];
  /** Further plain sentences. */
  notes: string[];
  isDemo: boolean;
}

export interface Wording {
  floor_usd_per_hour: number;
  text: Text;
  /** BCP 47, for money and dates. */
  locale: string;
}

export function wordsOf(rate: Rate, wording: Wording): Words {
  const { text } = wording;
  const isDemo = rate.nature === "demo";
  const release = rate.release === null ? [] : [text("badge_release", day(rate.release, wording.locale))];
  const common = { isDemo, notes: isDemo ? [...release, text("badge_demo_note")] : release };
  if (rate.level === "none" || rate.people === null) return { ...common, ...nothing(text) };
  if (rate.effective_usd_per_hour === null) return { ...common, ...band(rate, rate.people, wording) };
  return { ...common, ...number(rate, rate.effective_usd_per_hour, rate.people, wording) };
}

type Said = Omit<Words, "isDemo" | "notes"> & { notes?: string[] };

function nothing(text: Text): Said {
  return {
    tone: "none",
    figure: text("badge_no_data"),
    basis: null,
    headline: text("badge_no_data_headline"),
    parts: [],
  };
}

/** Five to nine people: no number, only on which side of the floor. */
function band(rate: Rate, people: string, wording: Wording): Said {
  const tone = toneOf(rate.low_usd_per_hour, rate.high_usd_per_hour, wording.floor_usd_per_hour);
  if (tone === "none") return nothing(wording.text);
  const floor = dollars(wording.floor_usd_per_hour, wording.locale);
  return {
    tone,
    figure: wording.text(`badge_band_${tone}`, floor),
    basis: basisOf(rate, people, wording.text),
    headline: wording.text(`badge_band_${tone}_headline`, range(people), floor),
    parts: [],
  };
}

function number(rate: Rate, effective: number, people: string, wording: Wording): Said {
  const { text, locale } = wording;
  const hourly = text("badge_per_hour", dollars(effective, locale));
  const isParent = rate.level === "platform";
  const [low, high] = [rate.low_usd_per_hour, rate.high_usd_per_hour];
  const interval =
    low === null || high === null
      ? ""
      : ` ${text("badge_interval", dollars(low, locale), dollars(high, locale))}`;
  return {
    tone: isParent ? "none" : toneOf(low ?? effective, high ?? effective, wording.floor_usd_per_hour),
    figure: isParent ? text("badge_about", hourly) : hourly,
    basis: basisOf(rate, people, text),
    headline: text(`badge_${rate.level}_headline`, range(people), hourly) + interval,
    parts: partsOf(rate, effective, wording),
  };
}

/** listed work's rate × share that was paid × share of time that was kept = the figure. */
function partsOf(rate: Rate, effective: number, wording: Wording): Part[] {
  const { text, locale } = wording;
  const { task_usd_per_hour: task, paid_share: paid, kept_share: kept } = rate;
  if (task === null || paid === null || kept === null) return [];
  const percent = formatOf(`${locale} %`, () => new Intl.NumberFormat(locale, { style: "percent" }));
  return [
    { label: text("badge_part_task"), value: text("badge_per_hour", dollars(task, locale)) },
    { label: text("badge_part_paid"), value: `× ${percent.format(paid)}` },
    { label: text("badge_part_kept"), value: `× ${percent.format(kept)}` },
    { label: text("badge_part_effective"), value: text("badge_per_hour", dollars(effective, locale)) },
  ];
}

function toneOf(low: number | null, high: number | null, floor: number): Tone {
  if (low === null || high === null) return "none";
  if (high < floor) return "below";
  return low >= floor ? "above" : "around";
}

function basisOf(rate: Rate, people: string, text: Text): string {
  return rate.level === "platform" ? text("badge_platform_basis") : text("badge_people", range(people));
}

/** "10-19" as printed. */
function range(people: string): string {
  return people.replace("-", "–");
}

function dollars(amount: number, locale: string): string {
  const digits = amount >= 100 ? 0 : 2;
  return formatOf(`${locale} ${digits}`, () => {
    const places = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat(locale, { style: "currency", currency: "USD", ...places });
  }).format(amount);
}

/** A release is named after its day: "2026-11-23", "2026-11-23.2". */
function day(release: string, locale: string): string {
  const instant = Date.parse(`${release.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(instant)) return release;
  return formatOf(
    `${locale} day`,
    () => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }),
  ).format(instant);
}

interface Format {
  format: (value: number) => string;
}

const formats = new Map<string, Format>();

/** A format takes longer to make than a badge: each is made once. */
function formatOf(name: string, make: () => Format): Format {
  const format = formats.get(name) ?? make();
  formats.set(name, format);
  return format;
}

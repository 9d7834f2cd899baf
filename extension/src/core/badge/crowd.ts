/** The crowd's rate in words: a figure, a task rate, a band below ten people, a platform's average labelled as such, or none. Pure. */

import type { Rate } from "../snapshot/rate";
import type { Absence, Standing } from "../verdict";
import { money, moneyRange, percent, shown } from "./money";
import type { Text, Wording } from "./words";

export interface Part {
  label: string;
  value: string;
}

export interface CrowdWords {
  figure: string;
  basis: string | null;
  interval: string | null;
  others: string | null;
  headlines: string[];
  parts: Part[];
  /** Anybody has shared anything. */
  isKnown: boolean;
  /** The figure itself names its side of the floor. */
  isSided: boolean;
}

/** `tone`: where this rate, and not the worker's own history, stands. */
export function crowdWords(
  rate: Rate,
  { tone, absence }: { tone: Standing; absence: Absence },
  wording: Wording,
): CrowdWords {
  if (rate.level === "none" || rate.people === null) return nothing(absence, wording.text);
  if (rate.figure === "divided") return divided(rate, rate.people, wording);
  if (rate.figure === "task_rate") return taskRate(rate, rate.people, wording);
  if (rate.effective_usd_per_hour === null) return band(rate, rate.people, tone, wording);
  return number(rate, rate.effective_usd_per_hour, rate.people, wording);
}

const NO_PARTS = { interval: null, others: null, parts: [] };

const ABSENCES: Record<Absence, string[]> = {
  off: ["badge_not_fetched_headline", "badge_not_fetched_note"],
  unreached: ["badge_unreached_headline"],
  unpublished: ["badge_unpublished_headline"],
  few: ["badge_no_data_headline"],
};

/** Why there is no number, truly. */
function nothing(absence: Absence, text: Text): CrowdWords {
  const headlines = ABSENCES[absence].map((key) => text(key));
  return {
    ...NO_PARTS,
    figure: text(absence === "off" ? "badge_not_fetched" : "badge_no_data"),
    basis: null,
    headlines,
    isKnown: false,
    isSided: false,
  };
}

/** People differ too much for one figure: their band, and no number. A platform's people say nothing of a task then. */
function divided(rate: Rate, people: string, { text }: Wording): CrowdWords {
  if (rate.level === "platform") return nothing("few", text);
  return {
    ...NO_PARTS,
    figure: text("badge_divided"),
    basis: basisOf(rate, people, text),
    headlines: [text("badge_divided_headline", range(people))],
    isKnown: true,
    isSided: false,
  };
}

/** Pay for an hour of submitted work, labelled as such, and why there is no effective rate. */
function taskRate(rate: Rate, people: string, wording: Wording): CrowdWords {
  const { text } = wording;
  const why = rate.paid_share === null ? "undecided" : "untimed";
  const [low, high] = [rate.task_low_usd_per_hour ?? null, rate.task_high_usd_per_hour ?? null];
  const hasInterval = low !== null && high !== null;
  const hourly = rate.task_usd_per_hour === null ? null : hourlyOf(rate.task_usd_per_hour, wording);
  return {
    ...NO_PARTS,
    figure: hourly === null ? text(`badge_task_rate_${why}`) : text(`badge_task_rate_${why}_at`, hourly),
    basis: basisOf(rate, people, text),
    interval: hasInterval && rate.level !== "platform" ? between(low, high, wording) : null,
    headlines: [
      ...(hourly === null ? [] : [text("badge_task_rate_headline", range(people), hourly)]),
      ...(hasInterval ? [text("badge_task_rate_interval", amount(low, wording), amount(high, wording))] : []),
      text(`badge_task_rate_${why}_headline`),
    ],
    isKnown: true,
    isSided: false,
  };
}

/** Five to nine people: no number, only on which side of the floor. */
function band(rate: Rate, people: string, tone: Standing, wording: Wording): CrowdWords {
  const { view, text, locale } = wording;
  if (tone === "none") return nothing("few", text);
  const floor = money(view.floor_per_hour, view.currency, locale);
  return {
    ...NO_PARTS,
    figure: text(`badge_band_${tone}`, floor),
    basis: basisOf(rate, people, text),
    headlines: [text(`badge_band_${tone}_headline`, range(people), floor)],
    isKnown: true,
    isSided: true,
  };
}

function number(rate: Rate, effective: number, people: string, wording: Wording): CrowdWords {
  const { text } = wording;
  const hourly = hourlyOf(effective, wording);
  const [low, high] = [rate.low_usd_per_hour, rate.high_usd_per_hour];
  const hasInterval = low !== null && high !== null;
  const sure = hasInterval ? ` ${text("badge_interval", amount(low, wording), amount(high, wording))}` : "";
  const isParent = rate.level === "platform";
  const expected = rate.expected_usd_per_hour ?? null;
  return {
    figure: isParent ? text("badge_about", hourly) : hourly,
    basis: basisOf(rate, people, text),
    interval: hasInterval && !isParent ? between(low, high, wording) : null,
    others: null,
    headlines: [
      text(`badge_${rate.level}_headline`, range(people), hourly) + sure,
      ...(expected === null ? [] : [text("badge_expected_headline", hourlyOf(expected, wording))]),
    ],
    parts: partsOf(rate, effective, wording),
    isKnown: true,
    isSided: false,
  };
}

/**
 * Listed work's rate × share that was paid × share of time that was kept = the figure. Each is published rounded by itself,
 * so the first is taken from the others as they are printed: the factors multiply to what is shown.
 */
function partsOf(rate: Rate, effective: number, wording: Wording): Part[] {
  const { text, locale } = wording;
  const { task_usd_per_hour, paid_share: paid, kept_share: kept } = rate;
  if (task_usd_per_hour === null || paid === null || kept === null) return [];
  const shares = printedShare(paid) * printedShare(kept);
  const task = shares > 0 ? effective / shares : task_usd_per_hour;
  return [
    { label: text("badge_part_task"), value: hourlyOf(task, wording) },
    { label: text("badge_part_paid"), value: `× ${percent(paid, locale)}` },
    { label: text("badge_part_kept"), value: `× ${percent(kept, locale)}` },
    { label: text("badge_part_effective"), value: hourlyOf(effective, wording) },
  ];
}

/** As `percent` prints it. */
function printedShare(share: number): number {
  return Math.round(share * 100) / 100;
}

function basisOf(rate: Rate, people: string, text: Text): string {
  return rate.level === "platform" ? text("badge_platform_basis") : text("badge_people", range(people));
}

/** "10-19" as printed. */
function range(people: string): string {
  return people.replace("-", "–");
}

function amount(usd: number, { view, locale }: Wording): string {
  const one = shown(usd, view);
  return money(one.amount, one.currency, locale);
}

function between(low_usd: number, high_usd: number, { view, locale }: Wording): string {
  const [low, high] = [shown(low_usd, view), shown(high_usd, view)];
  return moneyRange(low.amount, high.amount, low.currency, locale);
}

function hourlyOf(usd: number, wording: Wording): string {
  return wording.text("badge_per_hour", amount(usd, wording));
}

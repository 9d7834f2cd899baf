/** A verdict becomes words: what the badge says, what it means against the worker's floor, and how it is made. Pure. */

import type { View } from "../floor/floor";
import { MICROS } from "../money";
import {
  isOfEffectivePay,
  type ListedTerms,
  type Own,
  type Pace,
  type Standing,
  shownStanding,
  standingOf,
  type Verdict,
} from "../verdict";
import type { Stance } from "../watchlist/entry";
import { type CrowdWords, crowdWords, type Part } from "./crowd";
import { count, day, money, moneyRange } from "./money";

/** A message of the catalogue, in the browser's language. */
export type Text = (key: string, ...substitutions: string[]) => string;

export interface Words {
  /** Where it stands against the floor; a platform's average takes no side. */
  tone: Standing;
  /** On the badge: "you: $3.10/h", "$3.10/h", "no data yet". */
  figure: string;
  /** Beside it: "over 14"; "10–19 people". */
  basis: string | null;
  /** How sure the crowd's figure is: "$2.40 – $4.00". */
  interval: string | null;
  /** What others say, where the worker's own history comes first. */
  others: string | null;
  /** "below your floor"; null where the figure says so itself, or nothing can be said. */
  side: string | null;
  stance: { which: Stance; label: string } | null;
  /** On top of the explanation: a sentence with what is counted, for each figure. */
  headlines: string[];
  /** What the crowd's figure is a product of, in order. */
  parts: Part[];
  /** Further plain sentences. */
  notes: string[];
  /** The rates are not fetched, and one click changes that. */
  offersRates: boolean;
  isDemo: boolean;
  /** To order a list by: the higher, the better. */
  rank: number;
}

export interface Wording {
  view: View;
  text: Text;
  /** BCP 47, for money and dates. */
  locale: string;
}

export function wordsOf(verdict: Verdict, wording: Wording): Words {
  const { rate, own, mark } = verdict;
  const { text, locale } = wording;
  const { pace = null, absence = "few" } = verdict;
  const tone = shownStanding(verdict, wording.view);
  const crowd = crowdWords(rate, { tone: standingOf({ own: null, rate }, wording.view), absence }, wording);
  const said =
    own !== null ? ownWords(own, crowd, wording) : pace !== null ? paceWords(pace, crowd, wording) : crowd;
  const notes = [
    ...listedNotes(verdict.listed ?? {}, wording),
    mark?.note ? text("badge_note", day(mark.noted_on, locale), mark.note) : null,
    sideSentence(verdict, tone, wording),
    wording.view.per_usd === null ? text("badge_no_exchange", wording.view.currency) : null,
    rate.release === null ? null : text("badge_release", day(rate.release, locale)),
    rate.nature === "demo" ? text("badge_demo_note") : null,
  ];
  return {
    tone,
    figure: said.figure,
    basis: said.basis,
    interval: said.interval,
    others: said.others,
    headlines: said.headlines,
    parts: said.parts,
    side: tone === "none" || said.isSided ? null : text(`badge_side_${tone}`),
    stance: mark?.stance ? { which: mark.stance, label: text(`badge_stance_${mark.stance}`) } : null,
    notes: notes.filter((note) => note !== null),
    offersRates: absence === "off" && rate.level === "none",
    isDemo: rate.nature === "demo",
    rank: rankOf(verdict, tone),
  };
}

/** How far the site pays by time, and both ends of a range of pay. */
function listedNotes({ cap_seconds, took_seconds, range }: ListedTerms, { text, locale }: Wording): string[] {
  const minutes = (seconds: number): string => count(Math.round(seconds / 60), locale);
  const cap = cap_seconds === undefined ? null : minutes(cap_seconds);
  const took = took_seconds === undefined ? null : minutes(took_seconds);
  const ends =
    range && moneyRange(range.low.micros / MICROS, range.high.micros / MICROS, range.low.currency, locale);
  return [
    ...(ends === undefined ? [] : [text("badge_range", ends)]),
    ...(cap === null ? [] : [took === null ? text("badge_cap", cap) : text("badge_cap_took", cap, took)]),
  ];
}

/** The side of the floor as a sentence; of a task rate it claims nothing about effective pay. */
function sideSentence(verdict: Verdict, tone: Standing, wording: Wording): string | null {
  if (tone === "none") return null;
  const isTaskRate = (verdict.pace ?? null) === null && !isOfEffectivePay(verdict);
  const key =
    isTaskRate && tone === "above" ? "badge_task_rate_above_sentence" : `badge_side_${tone}_sentence`;
  return wording.text(key, floorIn(wording));
}

const SIDES: Record<Standing, number> = { above: 3, around: 2, below: 1, none: 0 };
const SIDE = 1e9; // beyond any pay

/** First by the side of the floor, then by pay; an avoided client's task last. */
function rankOf({ own, pace, rate, mark }: Verdict, tone: Standing): number {
  if (mark?.stance === "avoid") return -1;
  return SIDES[tone] * SIDE + (own?.per_hour ?? pace?.per_hour ?? rate.effective_usd_per_hour ?? 0);
}

/** The worker's own history comes first, the crowd after it. */
function ownWords(own: Own, crowd: CrowdWords, { text, locale }: Wording): CrowdWords {
  const hourly = text("badge_per_hour", money(own.per_hour, own.currency, locale));
  const attempts = count(own.attempts, locale);
  return {
    ...crowd,
    figure: text("badge_own", hourly),
    basis: own.attempts === 1 ? text("badge_own_once") : text("badge_own_over", attempts),
    interval: null,
    others: crowd.isKnown ? text("badge_others", crowd.figure) : null,
    isSided: false,
    headlines: [text(`badge_own_${own.level}_headline`, hourly, attempts), ...crowd.headlines],
  };
}

/** A task never done, at the worker's own pace: against its published rate, or against what the listing states. */
function paceWords(pace: Pace, crowd: CrowdWords, { text, locale }: Wording): CrowdWords {
  const hourly = (amount: number): string => text("badge_per_hour", money(amount, pace.currency, locale));
  const tasks = count(pace.tasks, locale);
  const figure = hourly(pace.per_hour);
  const headlines =
    pace.listed_per_hour === null
      ? [text("badge_own_pace_headline", figure, tasks), ...crowd.headlines]
      : [
          text("badge_own_listing_headline", hourly(pace.listed_per_hour), figure),
          text("badge_own_listing_note", tasks),
          ...crowd.headlines,
        ];
  return {
    ...crowd,
    figure: text("badge_own_pace", figure),
    basis: null,
    interval: null,
    others: crowd.isKnown ? text("badge_others", crowd.figure) : null,
    isSided: false,
    headlines,
  };
}

function floorIn({ view, locale }: Wording): string {
  return money(view.floor_per_hour, view.currency, locale);
}

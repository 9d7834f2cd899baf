/** Floors to choose from, each with where it is from; the catalogue names each as `floor_preset_<id>`. A wage by the day becomes one by the hour through the hours it states. */

import listed from "./presets.json";

export interface Preset {
  /** Letters of a catalogue key. */
  id: string;
  /** ISO 3166 alpha-2 where it is a country's; else null. */
  country: string | null;
  amount: number;
  currency: string;
  per: "hour" | "day";
  /** Of the working day that `amount` pays for; null where it is paid by the hour. */
  hours_per_day: number | null;
  source: string;
  /** The day since which it holds, or of which the source is; a year where no more is known. */
  on: string;
}

export const PRESETS: readonly Preset[] = listed as Preset[];

export function perHour({ amount, hours_per_day }: Preset): number {
  return hours_per_day === null ? amount : amount / hours_per_day;
}

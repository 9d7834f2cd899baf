/** The hourly pay below which the worker would rather not work. It is kept on this device and told to nobody. */

import type { Money } from "../../generated/contract";
import type { UsdPer } from "../ledger/pay";
import { MICROS } from "../money";
import { convert } from "./currency";
import { PRESETS, perHour } from "./presets";

export interface Floor {
  per_hour: Money;
  /** What one US dollar is in this currency as the worker typed it, for currencies without a rate of the day. */
  per_usd: number | null;
  /** The preset it was taken from; null where it was typed. */
  preset: string | null;
}

/** How pay is shown and judged: in the floor's currency, against the floor. */
export interface View {
  currency: string;
  /** Of `currency`, what one US dollar is; null where nobody says, and crowd pay stays in dollars and takes no side. */
  per_usd: number | null;
  floor_per_hour: number;
}

const FIRST = "us_federal";
/** More an hour is a slip of the finger, in any currency. */
const MAX_PER_HOUR = 10_000_000;

/** The floor until the worker sets their own: the first preset. */
export const FIRST_FLOOR: Floor = floorOf(FIRST) ?? floorFrom(0, "USD", null);

export function floorOf(preset: string): Floor | null {
  const found = PRESETS.find(({ id }) => id === preset);
  return found === undefined ? null : { ...floorFrom(perHour(found), found.currency, null), preset };
}

/** A typed floor, to the hundredth. */
export function floorFrom(per_hour: number, currency: string, per_usd: number | null): Floor {
  const micros = Math.round(per_hour * 100) * (MICROS / 100);
  return { per_hour: { micros, currency }, per_usd, preset: null };
}

/** Whether `per_hour` can be a floor at all. */
export function isFloor(per_hour: number): boolean {
  return Number.isFinite(per_hour) && per_hour >= 0 && per_hour <= MAX_PER_HOUR;
}

export function viewOf(floor: Floor, usdPer: UsdPer): View {
  const { micros, currency } = floor.per_hour;
  const per_usd = convert(1, "USD", currency, usdPer) ?? floor.per_usd;
  return { currency, per_usd, floor_per_hour: micros / MICROS };
}

/** The day's rates, and the worker's own where the day has none. */
export function ratesWith(floor: Floor, usdPer: UsdPer): UsdPer {
  const { currency } = floor.per_hour;
  if (floor.per_usd === null || currency in usdPer) return usdPer;
  return { ...usdPer, [currency]: 1 / floor.per_usd };
}

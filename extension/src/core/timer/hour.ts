/** Instants made coarse: exact times stay on the device. */

export const HOUR_MS = 3_600_000;

/** The hour that `instant` lies in, as it goes on the wire. */
export function hourOf(instant: number): string {
  return new Date(cutToHour(instant)).toISOString().replace(".000Z", "Z");
}

export function cutToHour(instant: number): number {
  return Math.floor(instant / HOUR_MS) * HOUR_MS;
}

/** The worker's own calendar day, e.g. "2026-11-23". */
export function dayOf(instant: number): string {
  const date = new Date(instant);
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The calendar day in UTC. */
export function utcDay(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/** The Monday of the week that `day` is in. */
export function mondayOf(day: string): string {
  const instant = Date.parse(`${day}T00:00:00Z`);
  return utcDay(instant - ((new Date(instant).getUTCDay() + 6) % 7) * 24 * HOUR_MS);
}

/** The first instant of the worker's own calendar day. */
export function startOfDay(instant: number): number {
  const date = new Date(instant);
  date.setHours(0, 0, 0, 0);
  return date.getTime();
}

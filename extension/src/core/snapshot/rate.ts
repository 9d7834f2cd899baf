/** What a look-up answers for one posted task: the shape between the snapshot and the badge. */

/** What the figure rests on: the task itself, its client, its platform, or nothing at all. */
export type RateLevel = "task" | "client" | "platform" | "none";

/** How many people stand behind it. Exact counts are never published. */
export type People = "5-9" | "10-19" | "20-49" | "50+";

/**
 * What a row can say. "task_rate": pay for an hour of submitted work, where what was paid, or the time of returned work, is
 * not known. "divided": people differ too much for one figure.
 */
export type Figure = "number" | "range" | "task_rate" | "divided";

export interface Rate {
  level: RateLevel;
  people: People | null;
  /** Null where there is no row. */
  figure?: Figure | null;
  /** Of a task rate only: its interval, which says nothing of effective pay. */
  task_low_usd_per_hour?: number | null;
  task_high_usd_per_hour?: number | null;
  /** Null of every figure but a number, and where there is no data. */
  effective_usd_per_hour: number | null;
  low_usd_per_hour: number | null;
  high_usd_per_hour: number | null;
  /** effective = task rate × paid share × kept share. */
  task_usd_per_hour: number | null;
  paid_share: number | null;
  kept_share: number | null;
  /** The release it comes from, e.g. "2026-11-23"; null where there is none. */
  release: string | null;
  /** "demo": made by simulated contributors. */
  nature: "real" | "demo" | null;
  /** Of a client or a platform: what an hour of this very task is likely to come to, from what it lists. An estimate. */
  expected_usd_per_hour?: number | null;
  /** All time over the time of tasks on the platform: effective / this is the all-in rate. Null where too few tell. */
  all_in_factor?: number | null;
  /** How the figures are made, with the version. */
  method?: string | null;
}

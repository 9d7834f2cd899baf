/** How well packs read their sites, as the device sums it. */

/** What is counted. */
export type HealthCounts = Record<
  "expected_rows" | "read_rows" | "changed_pages" | "agreeing_statements" | "differing_statements",
  number
>;

/** One platform, pack version and week, so far. */
export interface HealthWeek {
  id: string;
  platform: string;
  pack_version: number;
  week: string;
  /** The revision that went to the outbox last; 0: none. */
  revision: number;
  /** The day (UTC) on which it was last put into the outbox, or begun. */
  enqueued_on: string;
  /** Something was counted since. */
  is_new: boolean;
  counts: HealthCounts;
}

/** Hours and pay by week or by tax year, platform and currency, as plain columns for a tax return or a spreadsheet. Pure. */

import { MICROS } from "../money";
import type { OverheadDay } from "../outbox/overheads";
import { mondayOf } from "../timer/hour";
import { certaintyOf, credited } from "./pay";
import { type LedgerRecord, workedSeconds } from "./record";

/** A period by its first and its last day. */
export interface Stretch {
  first: string;
  last: string;
}

const DAY_MS = 86_400_000;
const COLUMNS = "starts_on,ends_on,platform,currency,tasks,hours_worked,hours_unpaid,paid,pending";

interface Line {
  tasks: number;
  worked_seconds: number;
  unpaid_seconds: number;
  paid: number;
  pending: number;
}

/** Adds up records and unpaid days, and writes the table. */
export class PeriodTable {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly stretchOf: (day: string) => Stretch) {}

  /** A record counts on the day on which its work ended; what came in other currencies has lines of its own. */
  add(record: LedgerRecord): void {
    if (!record.is_own || record.outcome === "end_unseen") return;
    const worked = record.is_untimed && record.corrected_seconds === null ? 0 : workedSeconds(record);
    const certainty = certaintyOf(record);
    const pay = certainty === "nothing" ? null : credited(record, worked);
    const line = this.line(record.day, record.platform, pay?.currency ?? record.task.reward?.currency ?? "");
    line.tasks += 1;
    line.worked_seconds += worked;
    if (pay !== null) line[certainty === "earned" ? "paid" : "pending"] += pay.micros;
    for (const other of record.other_paid ?? []) {
      this.line(record.day, record.platform, other.currency).paid += other.micros;
    }
  }

  /** Unpaid time has no currency, and so a line of its own. */
  addUnpaid({ platform, day, seconds }: OverheadDay): void {
    const sum = Object.values(seconds).reduce((total: number, one: number) => total + one, 0);
    if (sum > 0) this.line(day, platform, "").unpaid_seconds += sum;
  }

  csv(): string {
    const rows = [...this.lines].sort(([one], [other]) => (one < other ? -1 : 1));
    const cells = rows.map(([key, line]) => {
      const hours = [line.worked_seconds, line.unpaid_seconds].map((seconds) => (seconds / 3600).toFixed(2));
      const money = [line.paid, line.pending].map((micros) => (micros / MICROS).toFixed(2));
      return [key, line.tasks, ...hours, ...money].join(",");
    });
    return `${[COLUMNS, ...cells].join("\r\n")}\r\n`;
  }

  private line(day: string, platform: string, currency: string): Line {
    const { first, last } = this.stretchOf(day);
    const key = [first, last, platform, currency].join(",");
    const known = this.lines.get(key);
    const line = known ?? { tasks: 0, worked_seconds: 0, unpaid_seconds: 0, paid: 0, pending: 0 };
    if (known === undefined) this.lines.set(key, line);
    return line;
  }
}

/** Monday to Sunday. */
export function weekOf(day: string): Stretch {
  const first = mondayOf(day);
  return { first, last: plus(first, 6) };
}

/** The tax year that `day` is in, where years begin on `start`, as "04-06". */
export function taxYearOf(start: string): (day: string) => Stretch {
  return (day) => {
    const year = Number(day.slice(0, 4)) - (day.slice(5) < start ? 1 : 0);
    return { first: `${year}-${start}`, last: plus(`${year + 1}-${start}`, -1) };
  };
}

function plus(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

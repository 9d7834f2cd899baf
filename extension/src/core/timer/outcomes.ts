/** Takes what a site says became of earlier attempts: into the ledger where a page shows it, else to the worker as a question. */

import type { LaterOutcome } from "../../model/readings";
import type { Edge } from "../../platform/context";
import { CURRENT, strictly, type Writing } from "../../platform/database";
import { decided } from "../ledger/apply_outcome";
import { findRecords, lineOf } from "../ledger/find_record";
import { type LedgerRecord, recordOf } from "../ledger/record";
import { type Agreement, agreement } from "../outbox/agreement";
import { packsNow } from "../packs/packs";
import { needsWorker, type Proposal, proposed, withProposals } from "../tap/proposal";
import { keepRecord } from "./apply_timer_event";
import { dayOf } from "./hour";
import { EMPTY, type Ended, isSame, without } from "./session";

/** What a status page brought. */
interface Taken {
  changed: number;
  /** By record; null: a page shows it now, there is nothing to ask any more. */
  asked: Map<string, Proposal | null>;
}

/** Returns how many records changed. What was taken before changes nothing, and nothing is made of an attempt that we never saw. */
export async function keepOutcomes(edge: Edge, platform: string, outcomes: LaterOutcome[]): Promise<number> {
  const agreed = await agreement(edge.settings);
  const today = dayOf(edge.now());
  const named = (await packsNow(edge)).find(({ slug }) => slug === platform)?.attempt_is ?? "attempt";
  const lines = linesOf(outcomes);
  const taken = await strictly(edge.database, async (writing) => {
    const taken: Taken = { changed: 0, asked: new Map() };
    const taking = { agreed, today, taken, version: edge.version };
    const joined = await findRecords(
      writing,
      platform,
      lines.map(([first]) => lineOf(first)),
      named,
    );
    for (const [place, line] of lines.entries()) {
      const meant = joined[place] ?? (await unseenEnd(writing, platform, line[0], taking));
      if (meant === null || meant === "unsure") continue;
      for (const later of line) await take(writing, meant, later, taking);
    }
    return taken;
  });
  if (taken.asked.size > 0) {
    const { proposals } = edge.settings;
    await proposals.set(withProposals(await proposals.get(), taken.asked));
  }
  return taken.changed;
}

type LaterLine = [LaterOutcome, ...LaterOutcome[]];

/** What the page shows and what only its network said of one attempt are one line. */
function linesOf(outcomes: readonly LaterOutcome[]): LaterLine[] {
  const lines: LaterLine[] = [];
  for (const later of outcomes) {
    const line = lines.at(-1);
    const [first] = line ?? [];
    const isSame =
      first?.attempt === later.attempt && first?.title === later.title && first?.day === later.day;
    if (line !== undefined && later.is_unseen && !line.at(-1)?.is_unseen && isSame) line.push(later);
    else lines.push([later]);
  }
  return lines;
}

interface Taking {
  version: string;
  agreed: Agreement;
  today: string;
  taken: Taken;
}

async function take(
  writing: Writing,
  { id }: LedgerRecord,
  later: LaterOutcome,
  { agreed, today, taken }: Taking,
): Promise<void> {
  const record = await writing.objectStore("records").get(id); // the line before may have changed it
  if (record === undefined) return;
  const news = decided(record, later, today);
  if (needsWorker(record, later)) {
    taken.asked.set(record.id, proposed(record, news, today));
    return;
  }
  if (!later.is_unseen) taken.asked.set(record.id, null);
  if (news === record) return;
  await keepRecord(writing, news, agreed);
  taken.changed += 1;
}

/** A site decides on something that is still being timed: its end was not seen. */
async function unseenEnd(
  writing: Writing,
  platform: string,
  { attempt }: LaterOutcome,
  { agreed, taken, version }: Taking,
): Promise<LedgerRecord | null> {
  if (attempt === null) return null;
  const session = (await writing.objectStore("sessions").get(CURRENT)) ?? EMPTY;
  const open = session.attempts.find((one) => isSame(one, { platform, attempt }));
  if (open === undefined) return null;
  await writing.objectStore("sessions").put(without(session, [open]), CURRENT);
  const over: Ended = { ...open, ending: "submitted", ended_at: open.seen_at, end_imputed: true };
  const record = recordOf(over, agreed(platform), version);
  await keepRecord(writing, record, agreed);
  taken.changed += 1;
  return record;
}

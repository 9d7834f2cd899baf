/** From what the worker has shown to a pack like any other. Pure. */

import type { Field, Listing, Pack, Page, Signal, TaskFields } from "../../generated/contract";
import { nameOf } from "./address";
import type { Draft, DraftList, DraftWork, Press, Spot } from "./draft";

/** A site as it is kept once it is taught. */
export interface Taught {
  slug: string;
  version: number;
  /** The worker's own calendar day. */
  seen_on: string;
  draft: Draft;
}

export function packOfTaught({ slug, version, seen_on, draft }: Taught): Pack {
  const { host, list, work } = draft;
  const pages = [work && workPage(work, draft), list && listPage(list, work, draft)];
  return {
    slug,
    name: nameOf(host),
    version,
    seen_on,
    status: "experimental",
    currency: draft.currency,
    hosts: [host],
    shows_clients: list?.client !== null && list !== null,
    sources: [],
    closed_on: null,
    holds: "many",
    attempt_is: "attempt",
    tap: false,
    replies: [],
    exports: [],
    pages: pages.filter((page) => page !== null),
    signals: work === null ? [] : signals(work),
  };
}

function page(changes: Pick<Page, "name" | "paths"> & Partial<Page>): Page {
  const nothing = {
    present: null,
    overhead: null,
    opens: null,
    listing: null,
    work: null,
    held: null,
    status: null,
    statement: null,
  };
  return { query: [], texts: [], replies: [], ...nothing, ...changes };
}

/** First, since a single-page app shows work where it shows the list: there it is work as soon as it can be handed in. */
function workPage(work: DraftWork, draft: Draft): Page {
  const title = work.title === null ? null : field(work.title);
  const task = taskFields(draft, title, work.pay && money(work.pay, draft), null);
  return page({
    name: "work",
    paths: [work.path],
    present: work.submit?.at ?? work.title?.at ?? null,
    texts: work.submit?.texts ?? [],
    work: {
      attempt: null,
      task,
      works: "here",
      claimed_by: "page",
      islands: [],
      clock: { elapsed_seconds: null, remaining_seconds: null, started_at: null, expires_at: null },
      next: null,
    },
  });
}

function listPage(list: DraftList, work: DraftWork | null, draft: Draft): Page {
  return page({
    name: "list",
    paths: [list.path],
    present: work?.path === list.path ? list.container : null,
    overhead: "search",
    listing: listingOf(list, draft),
  });
}

/** What reads the rows, as far as it is taught: without a title nothing does. */
export function listingOf(list: DraftList, draft: Draft): Listing {
  const title = list.title === null ? null : field(list.title);
  const reward = list.pay === null ? null : money(list.pay, draft);
  return {
    rows: list.rows,
    task: taskFields(draft, title, reward, list.client && field(list.client)),
    skip: list.skip,
    list: list.container,
    records: null,
    badge: list.pay?.at ?? null,
    opens: title,
    claims: list.claim?.at ?? null,
    left: null,
    taken: null,
  };
}

function taskFields(
  draft: Draft,
  title: Field | null,
  reward: Field | null,
  client: Field | null,
): TaskFields {
  return {
    title,
    reward,
    reward_per: draft.reward_per,
    reward_per_at: null,
    reward_per_words: [],
    reward_to: null,
    rates: [],
    pay_kind_at: null,
    pay_kind_words: [],
    cap_seconds: null,
    units: null,
    client_id: null,
    client_name: client,
    task_id: null,
    limit_seconds: null,
    estimate_seconds: null,
  };
}

/** Handed in or given back, as soon as the page is left for it: what a site refuses to take stays where it is. */
function signals(work: DraftWork): Signal[] {
  const ends: Signal[] = [];
  if (work.submit !== null) ends.push(pressed("submitted", work.submit, work.afterwards === "leaves"));
  if (work.back !== null) ends.push(pressed("returned", work.back, true));
  return ends;
}

function pressed(ending: Signal["ending"], { at, texts }: Press, leaves: boolean): Signal {
  return signal({ ending, pressed: at, texts, leaves });
}

function signal(changes: Pick<Signal, "ending"> & Partial<Signal>): Signal {
  const nothing = { form: null, present: null, pressed: null, reply: null, said: null, attempt: null };
  return { pages: ["work"], texts: [], lasts_seconds: 0, leaves: true, ...nothing, ...changes };
}

function field({ at, before, after }: Spot, changes: Partial<Field> = {}): Field {
  const nothing = { attribute: null, json: null, or_json: null, island: null, query: null, segment: null };
  const words = { leaf: null, word: null, after: before || null, before: after || null };
  return {
    at,
    ...nothing,
    ...words,
    parse: "text",
    currency_json: null,
    each: null,
    alternatives: [],
    in_order: false,
    legend: null,
    bound: null,
    may_be_empty: false,
    decimal: null,
    marked: false,
    ...changes,
  };
}

function money(spot: Spot, { decimal }: Draft): Field {
  return field(spot, { parse: "money_text", decimal });
}

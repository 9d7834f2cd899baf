/** One listing as long as it is in front of us: its badges, or in quiet mode nothing; its new rows for the alarm; its rows for a panel. */

import { type Act, badge } from "../core/badge/badge";
import { glances } from "../core/listing_stats/sampler";
import type { LookupAnswer, PageMessage, Told } from "../core/messages";
import { idAt } from "../core/page/fields";
import { readLeft } from "../core/page/left";
import { placeOf } from "../core/page/page_context";
import { type Found, type Row, readRow, type Sight } from "../core/page/reader";
import { inSlices } from "../core/page/slices";
import type { Listing, TaskFields } from "../generated/contract";
import type { Posted, TaskReading } from "../model/readings";
import { direction, text } from "../platform/browser";
import { type Board, board, type Nearness } from "./listing_badges";
import { posted } from "./posted";

const NEAR = "300px 0px"; // rows this close to the view get their badge, so that scrolling meets none missing
/** Asking costs more than what is asked: rows that are scrolled to within this time are asked for together. */
const SOON_MS = 40;
/** More rows than anybody reads in a panel. */
const MOST_TOLD = 500;

/** What a listing may use and do. */
export interface Desk {
  say: (message: PageMessage) => void;
  /** Null where nobody answers. */
  lookup: (rows: TaskReading[]) => Promise<LookupAnswer | null>;
  own: WeakSet<Node>;
  manner: {
    /** Nothing goes into the page. */
    isQuiet: boolean;
    /** The alarm wants new rows. */
    isListening: boolean;
    /** The worker shares timings of this site: what open listings show is counted. */
    isCounting: boolean;
  };
}

export interface Listed {
  update: (rows: readonly Found[], touched: ReadonlySet<Element>) => void;
  behave: (manner: Desk["manner"]) => void;
  refresh: () => void;
  /** Before the browser paints: badges that a redraw took out are put back. */
  restore: (added: readonly Node[]) => void;
  told: () => Promise<Omit<Told, "is_changed">>;
}

export function listed(sight: Sight, listing: Listing, desk: Desk, signal: AbortSignal): Listed {
  const read = (row: Found): TaskReading | null => readRow(sight, listing, row);
  let rows: readonly Found[] = [];
  let stage = staged(sight, listing, desk, signal);
  const update: Listed["update"] = (now, touched) => {
    rows = now;
    stage.board?.update(now.filter(isRow), touched);
    stage.posted?.(now, touched);
    stage.seen?.(now, touched);
    stage.glances?.(now);
  };
  const behave: Listed["behave"] = (manner) => {
    stage.end.abort();
    stage = staged(sight, listing, { ...desk, manner }, signal);
    update(rows, new Set());
  };
  const restore: Listed["restore"] = (added) => stage.board?.restore(added);
  const told: Listed["told"] = async () => {
    const tasks: TaskReading[] = [];
    await inSlices(rows.slice(0, MOST_TOLD), signal, (row) => {
      const task = read(row);
      if (task !== null) tasks.push(task);
    });
    return { platform: sight.pack.slug, rows: tasks };
  };
  return { update, behave, refresh: () => stage.board?.refresh(), restore, told };
}

/** What the site tells in JSON alone has no place for a badge: a panel shows it. */
function isRow(found: Found): found is Row {
  return found.element !== null;
}

interface Stage {
  board: Board | null;
  posted: Listed["update"] | null;
  /** Remembers rows for claims whose own page tells less of the task. */
  seen: Listed["update"] | null;
  /** Counts what comes and goes. */
  glances: ((rows: readonly Found[]) => void) | null;
  end: AbortController;
}

/** What the worker's switches ask for, until they ask for something else. */
function staged(sight: Sight, listing: Listing, desk: Desk, signal: AbortSignal): Stage {
  const end = new AbortController();
  const { isQuiet, isListening, isCounting } = desk.manner;
  const until = AbortSignal.any([signal, end.signal]);
  const { rows } = listing;
  const { slug: platform } = sight.pack;
  const read = (row: Found): TaskReading | null => readRow(sight, listing, row);
  const tell = (tasks: TaskReading[], is_first: boolean): void =>
    desk.say({ kind: "posted", platform, rows: tasks, is_first });
  const words = ({ client, task, reward }: TaskReading): string => JSON.stringify([client, task, reward]);
  const isScant = sight.pack.pages.some(({ work }) => work !== null && tellsLess(work.task, listing.task));
  return {
    board: isQuiet || rows === null ? null : badges(sight, listing, rows, { desk, signal: until }),
    posted: isListening ? posted({ rows, read, words, tell, signal: until }) : null,
    seen: isScant ? remembering(sight, listing, desk, until) : null,
    glances: isCounting ? counting(sight, listing, desk, until) : null,
    end,
  };
}

function counting(sight: Sight, listing: Listing, { say }: Desk, signal: AbortSignal): Stage["glances"] {
  const told = (row: Found): { words: string; left: number | null } | null => {
    const task = readRow(sight, listing, row);
    const words = task && JSON.stringify([task.client, task.task, task.reward]);
    return words === null ? null : { words, left: readLeft(sight, listing, row) };
  };
  const { root, url, pack } = sight;
  return glances({ root, url, platform: pack.slug, told, say, signal });
}

function remembering(sight: Sight, listing: Listing, desk: Desk, signal: AbortSignal): Listed["update"] {
  const read = (row: Found): Posted | null => {
    const task = readRow(sight, listing, row);
    const place = placeOf(sight, row.element ?? sight.root, row.record);
    const key = idAt(listing.opens, place) ?? task?.task.id ?? null;
    return task === null || key === null ? null : { key, task };
  };
  const tell = (rows: Posted[]): void => desk.say({ kind: "seen", platform: sight.pack.slug, rows });
  return posted({ rows: listing.rows, read, words: JSON.stringify, tell, signal });
}

/** Whether the page of a claimed task leaves to its listing what it is, what it pays, or who pays. */
function tellsLess(task: TaskFields, listed: TaskFields): boolean {
  const namesClient = ({ client_id, client_name }: TaskFields): boolean =>
    client_id !== null || client_name !== null;
  return task.title === null || task.reward === null || (namesClient(listed) && !namesClient(task));
}

function badges(
  sight: Sight,
  listing: Listing,
  rows: string,
  { desk, signal }: { desk: Desk; signal: AbortSignal },
): Board {
  const mode: ShadowRootMode = __OPEN_SHADOW_ROOTS__ ? "open" : "closed";
  const side = direction();
  const made = board({
    read: (row) => readRow(sight, listing, row),
    lookup: desk.lookup,
    badge: (task, root) => {
      const isMarkable = Boolean(task.client?.id || task.client?.name);
      return badge({ root, text, direction: side, mode, act: actOn(task, desk), isMarkable, signal });
    },
    near,
    soon: (work) => setTimeout(work, SOON_MS),
    rows,
    place: listing.badge,
    own: desk.own,
    signal,
  });
  sight.root.defaultView?.addEventListener("resize", made.settle, { signal, passive: true });
  return made;
}

/** What a tap in the explanation does. */
function actOn({ platform, client }: TaskReading, desk: Desk): (act: Act) => void {
  return (act) => {
    if (act === "fetch") desk.say({ kind: "fetch_rates" });
    else if (client === null) return;
    else if (act === "note") desk.say({ kind: "note", platform, client });
    else desk.say({ kind: "mark", platform, client, stance: act === "unmark" ? null : act });
  };
}

function near(onNear: (rows: Element[]) => void): Nearness {
  const seen = (entries: IntersectionObserverEntry[]): void => {
    const rows = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target);
    if (rows.length > 0) onNear(rows);
  };
  return new IntersectionObserver(seen, { rootMargin: NEAR });
}

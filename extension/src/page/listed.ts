/** One listing as long as it is in front of us: its badges, or in quiet mode nothing; its new rows for the alarm; its rows for a panel. */

import { type Act, badge } from "../badge/badge";
import { type Board, board, type Nearness } from "../badge/board";
import { direction, text } from "../browser";
import type { Listing } from "../generated/contract";
import type { LookupAnswer, PageMessage, Told } from "../messages";
import type { TaskReading } from "../readings";
import { posted } from "./posted";
import { type Row, readRow, type Sight } from "./reader";
import { inSlices } from "./slices";

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
  };
}

export interface Listed {
  update: (rows: readonly Row[], touched: ReadonlySet<Element>) => void;
  behave: (manner: Desk["manner"]) => void;
  refresh: () => void;
  told: () => Promise<Told>;
}

export function listed(sight: Sight, listing: Listing, desk: Desk, signal: AbortSignal): Listed {
  const read = (row: Row): TaskReading | null => readRow(sight, listing, row);
  let rows: readonly Row[] = [];
  let stage = staged(sight, listing, desk, signal);
  const update: Listed["update"] = (now, touched) => {
    rows = now;
    stage.board?.update(now, touched);
    stage.posted?.(now, touched);
  };
  const behave: Listed["behave"] = (manner) => {
    stage.end.abort();
    stage = staged(sight, listing, { ...desk, manner }, signal);
    update(rows, new Set());
  };
  const told = async (): Promise<Told> => {
    const tasks: TaskReading[] = [];
    await inSlices(rows.slice(0, MOST_TOLD), signal, (row) => {
      const task = read(row);
      if (task !== null) tasks.push(task);
    });
    return { platform: sight.pack.slug, rows: tasks };
  };
  return { update, behave, refresh: () => stage.board?.refresh(), told };
}

interface Stage {
  board: Board | null;
  posted: Listed["update"] | null;
  end: AbortController;
}

/** What the worker's switches ask for, until they ask for something else. */
function staged(sight: Sight, listing: Listing, desk: Desk, signal: AbortSignal): Stage {
  const end = new AbortController();
  const { isQuiet, isListening } = desk.manner;
  const until = AbortSignal.any([signal, end.signal]);
  const read = (row: Row): TaskReading | null => readRow(sight, listing, row);
  const tell = (rows: TaskReading[], is_first: boolean): void =>
    desk.say({ kind: "posted", platform: sight.pack.slug, rows, is_first });
  return {
    board: isQuiet ? null : badges(sight, listing, desk, until),
    posted: isListening ? posted({ rows: listing.rows, read, tell, signal: until }) : null,
    end,
  };
}

function badges(sight: Sight, listing: Listing, desk: Desk, signal: AbortSignal): Board {
  const mode: ShadowRootMode = __OPEN_SHADOW_ROOTS__ ? "open" : "closed";
  const { root } = sight;
  const side = direction();
  const made = board({
    read: (row) => readRow(sight, listing, row),
    lookup: desk.lookup,
    badge: (task) => badge({ root, text, direction: side, mode, act: actOn(task, desk), signal }),
    near,
    soon: (work) => setTimeout(work, SOON_MS),
    rows: listing.rows,
    place: listing.badge,
    own: desk.own,
    signal,
  });
  root.defaultView?.addEventListener("resize", made.settle, { signal, passive: true });
  return made;
}

/** What a tap in the explanation does; a hidden client cannot be marked. */
function actOn({ platform, client }: TaskReading, desk: Desk): ((act: Act) => void) | null {
  if (!client?.id && !client?.name) return null;
  return (act) => {
    if (act === "note") desk.say({ kind: "note", platform, client });
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

/** The content script: the pack of this site → visits → messages and badges. Passive, and nothing of it is in the page but badges. */

import { badge } from "./badge/badge";
import { type Board, board, type Nearness } from "./badge/board";
import { DEFAULT_FLOOR_USD_PER_HOUR, wordsOf } from "./badge/words";
import { direction, isConnected, language, send, text } from "./browser";
import type { Listing, Pack, Page } from "./generated/contract";
import type { Answers, PageMessage } from "./messages";
import { packs } from "./packs";
import { activity } from "./page/activity";
import { attributesOf } from "./page/attributes";
import { packAt, pageOf } from "./page/match";
import type { Sight } from "./page/reader";
import { type Visit, visit } from "./page/visit";
import { watch } from "./page/watch";
import type { Subject, TaskReading } from "./readings";
import type { Rate } from "./snapshot/rate";

const NEAR = "300px 0px"; // rows this close to the view get their badge, so that scrolling meets none missing

/** A visit and what ends it. */
interface Stay {
  href: string;
  page: Page | null;
  visit: Visit | null;
  end: AbortController;
}

function main(root: Document, pack: Pack): void {
  const all = new AbortController();
  const own = new WeakSet<Node>();
  const tell = (message: PageMessage): void => void ask(message, all);
  let stay: Stay | null = null;
  const subject = (): Subject => stay?.visit?.subject() ?? { kind: "none" };
  const presence = activity(root, all.signal, Date.now, subject, (pulse) =>
    tell({ kind: "pulse", ...pulse }),
  );
  const look = (touched: ReadonlySet<Element>): void => {
    const url = new URL(root.location.href);
    const page = pageOf(pack, url, root);
    const isSame = stay !== null && stay.href === url.href && stay.page === page;
    if (!isSame) {
      stay?.end.abort();
      stay = enter({ root, url, pack }, page, { tell, own, all }, stay === null && isOldPage());
    }
    stay?.visit?.look(isSame ? touched : new Set());
    presence.refresh();
  };
  const sent = (event: Event): void => {
    if (!event.defaultPrevented && event.target instanceof Element) stay?.visit?.sent(event.target);
  };
  all.signal.addEventListener("abort", () => stay?.end.abort());
  root.defaultView?.addEventListener("submit", sent, { signal: all.signal });
  watch({ root, own, attributes: attributesOf(pack), signal: all.signal }, look);
  look(new Set());
}

interface Site {
  tell: (message: PageMessage) => void;
  own: WeakSet<Node>;
  all: AbortController;
}

function enter(sight: Sight, page: Page | null, site: Site, isStale: boolean): Stay {
  const end = new AbortController();
  let shown: Board | null = null;
  const listed = (listing: Listing, rows: Parameters<Board["update"]>[0]): void => {
    shown ??= makeBoard(sight.root, sight.pack, listing, site, end.signal);
    shown.update(rows);
  };
  const made = page && visit({ sight, page, tell: site.tell, listed, isStale, signal: end.signal });
  return { href: sight.url.href, page, visit: made, end };
}

function makeBoard(root: Document, pack: Pack, listing: Listing, site: Site, signal: AbortSignal): Board {
  const mode: ShadowRootMode = __OPEN_SHADOW_ROOTS__ ? "open" : "closed";
  const wording = { floor_usd_per_hour: DEFAULT_FLOOR_USD_PER_HOUR, text, locale: language() };
  const made = board({
    lookup: (tasks) => lookup(pack, tasks, site.all),
    badge: () => badge({ root, text, direction: direction(), mode, signal }),
    words: (rate) => wordsOf(rate, wording),
    near,
    place: listing.badge,
    own: site.own,
    signal,
  });
  root.defaultView?.addEventListener("resize", made.settle, { signal, passive: true });
  return made;
}

async function lookup(pack: Pack, rows: TaskReading[], all: AbortController): Promise<Rate[] | null> {
  const answer = await ask({ kind: "lookup" as const, platform: pack.slug, rows }, all);
  return answer?.rates ?? null;
}

/** Null where nobody answered. An extension that was replaced under this page leaves it: everything is undone. */
async function ask<M extends PageMessage>(
  message: M,
  all: AbortController,
): Promise<Answers[M["kind"]] | null> {
  if (all.signal.aborted) return null;
  try {
    return await send(message);
  } catch (error) {
    if (!isConnected()) all.abort();
    else if (!(error instanceof Error)) throw error;
    return null;
  }
}

/** Loaded again or gone back to: what it says of an end was said before. */
function isOldPage(): boolean {
  const [arrival] = performance.getEntriesByType("navigation");
  return arrival instanceof PerformanceNavigationTiming && arrival.type !== "navigate";
}

function near(onNear: (rows: Element[]) => void): Nearness {
  const seen = (entries: IntersectionObserverEntry[]): void => {
    const rows = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target);
    if (rows.length > 0) onNear(rows);
  };
  return new IntersectionObserver(seen, { rootMargin: NEAR });
}

const pack = packAt(packs, new URL(document.location.href));
if (pack) main(document, pack);

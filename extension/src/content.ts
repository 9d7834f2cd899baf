/** The content script: the pack of this site → visits → messages and badges. Passive, and nothing of it is in the page but badges. */

import { isListening } from "./alarm/rules";
import { isConnected, onQuestion, onStoredChange, send } from "./browser";
import type { Listing, Pack, Page } from "./generated/contract";
import type { Answers, PageMessage, Told } from "./messages";
import { packs } from "./packs";
import { activity } from "./page/activity";
import { attributesOf } from "./page/attributes";
import { type Desk, type Listed, listed } from "./page/listed";
import { packAt, pageOf } from "./page/match";
import type { Sight } from "./page/reader";
import { type Visit, visit } from "./page/visit";
import { watch } from "./page/watch";
import type { Subject } from "./readings";
import { settings } from "./storage";

/** A visit and what ends it. */
interface Stay {
  href: string;
  page: Page | null;
  visit: Visit | null;
  listed: () => Listed | null;
  end: AbortController;
}

async function main(root: Document, pack: Pack): Promise<void> {
  const all = new AbortController();
  const own = new WeakSet<Node>();
  const say = (message: PageMessage): void => void ask(message, all);
  const lookup: Desk["lookup"] = (rows) => ask({ kind: "lookup" as const, platform: pack.slug, rows }, all);
  let manner = await mannerOn(pack);
  let stay: Stay | null = null;
  const subject = (): Subject => stay?.visit?.subject() ?? { kind: "none" };
  const presence = activity(root, all.signal, Date.now, subject, (pulse) => say({ kind: "pulse", ...pulse }));
  const look = (touched: ReadonlySet<Element>): void => {
    const url = new URL(root.location.href);
    const page = pageOf(pack, url, root);
    const isSame = stay !== null && stay.href === url.href && stay.page === page;
    if (!isSame) {
      stay?.end.abort();
      stay = enter({ root, url, pack }, page, { say, lookup, own, manner }, stay === null && isOldPage());
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
  const back = (): void => {
    if (root.visibilityState === "visible") stay?.listed()?.refresh(); // the worker may have finished a task meanwhile
  };
  root.addEventListener("visibilitychange", back, { signal: all.signal });
  onQuestion(async (): Promise<Told | null> => (await stay?.listed()?.told()) ?? null);
  onStoredChange(async (keys) => {
    if (all.signal.aborted) return;
    if (keys.some((key) => MANNERS.includes(key))) {
      manner = await mannerOn(pack);
      stay?.listed()?.behave(manner);
    } else if (keys.some((key) => NEWS.includes(key))) stay?.listed()?.refresh();
  });
  look(new Set());
}

const MANNERS = [settings.is_quiet.key, settings.alarm.key];
const NEWS = [settings.floor.key, settings.watchlist.key, settings.synced.key];

/** What the worker lets us do on this site. */
async function mannerOn(pack: Pack): Promise<Desk["manner"]> {
  const [isQuiet, rules] = await Promise.all([settings.is_quiet.get(), settings.alarm.get()]);
  return { isQuiet, isListening: isListening(rules, pack.slug) };
}

function enter(sight: Sight, page: Page | null, desk: Desk, isStale: boolean): Stay {
  const end = new AbortController();
  let shown: Listed | null = null;
  const take = (listing: Listing, ...rows: Parameters<Listed["update"]>): void => {
    shown ??= listed(sight, listing, desk, end.signal);
    shown.update(...rows);
  };
  const made = page && visit({ sight, page, tell: desk.say, listed: take, isStale, signal: end.signal });
  return { href: sight.url.href, page, visit: made, listed: () => shown, end };
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

const pack = packAt(packs, new URL(document.location.href));
if (pack) void main(document, pack);

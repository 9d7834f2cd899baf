/** The content script: the pack of this site → visits → messages and badges. Passive, and nothing of it is in the page but badges. */

import { isListening } from "../core/alarm/rules";
import type { Answers, PageMessage } from "../core/messages";
import { isAt, pageOf } from "../core/packs/match";
import { takesSelectors } from "../core/packs/selectors";
import type { Sight } from "../core/page/page_context";
import { innerRoot } from "../core/page/rows_root";
import { endsPassed } from "../core/page/signals";
import type { Listing, Pack, Page } from "../generated/contract";
import type { Subject } from "../model/readings";
import { isConnected, OFF, onQuestion, onStoredChange, send } from "../platform/browser";
import { openSettings as settings } from "../platform/storage";
import { repliesHere } from "../tap/replies";
import { activity, type Pulse } from "./activity";
import { attributesOf } from "./attributes";
import { delivery } from "./delivery";
import { type Desk, type Listed, listed } from "./listing_controller";
import { type Place, takePlace } from "./only_one";
import { packHere } from "./pack";
import { endMessage, isUnknown, type Visit, visit } from "./page_controller";
import { watch } from "./watch";

/** A visit and what ends it. */
interface Stay {
  href: string;
  page: Page | null;
  visit: Visit | null;
  listed: () => Listed | null;
  end: AbortController;
}

async function main(root: Document, pack: Pack, { all, isNewcomer }: Place): Promise<void> {
  const own = new WeakSet<Node>();
  const { say, again } = delivery(async (message) => (await ask(message, all)) !== undefined);
  const lookup: Desk["lookup"] = async (rows) =>
    (await ask({ kind: "lookup" as const, platform: pack.slug, rows }, all)) ?? null;
  let manner = await mannerOn(pack);
  let stay: Stay | null = null;
  const subject = (): Subject => stay?.visit?.subject() ?? { kind: "none" };
  const beat = async (pulse: Pulse): Promise<void> => {
    again();
    const answer = await ask({ kind: "pulse", ...pulse }, all);
    if (answer && pulse.subject.kind === "task") stay?.visit?.answered(pulse.subject.attempt, answer);
  };
  const presence = activity(root, all.signal, () => performance.now(), subject, beat);
  const replies = repliesHere(all.signal, (name) => {
    stay?.visit?.heard(name);
    look(new Set());
  });
  const look = (touched: ReadonlySet<Element>): void => {
    const url = new URL(root.location.href);
    const page = pageOf(pack, url, root, replies);
    const isSame = stay !== null && stay.href === url.href && stay.page === page;
    if (!isSame) {
      stay?.end.abort();
      const sight = { root, url, pack, replies };
      const isStale = stay === null && (isNewcomer || isOldPage());
      const isStraight = stay === null ? isFromWork(pack, root.referrer) : Boolean(stay.page?.work);
      stay = enter(sight, page, { say, lookup, own, manner }, { isStale, isStraight });
    }
    stay?.visit?.look(isSame ? touched : new Set());
    presence.refresh();
  };
  const sent = (event: Event): void => {
    if (!event.defaultPrevented && event.target instanceof Element) stay?.visit?.sent(event.target);
  };
  all.signal.addEventListener("abort", () => stay?.end.abort());
  const pressed = ({ isTrusted, target }: Event): void => {
    if (isTrusted && target instanceof Element) stay?.visit?.pressed(target);
  };
  const opening = (event: MouseEvent): void => {
    const isAside = event.type !== "click" || event.ctrlKey || event.metaKey || event.shiftKey;
    if (event.isTrusted && isAside) say({ kind: "clicked" });
  };
  for (const kind of ["click", "auxclick", "contextmenu"] as const) {
    root.defaultView?.addEventListener(kind, opening, { signal: all.signal, capture: true, passive: true });
  }
  root.defaultView?.addEventListener("submit", sent, { signal: all.signal });
  root.defaultView?.addEventListener("click", pressed, { signal: all.signal, capture: true, passive: true });
  const atOnce = (added: readonly Node[]): void => stay?.listed()?.restore(added);
  look(new Set()); // first: it finds out which inner place to watch
  const inner = (): Node | null => innerRoot(root);
  watch({ root, inner, own, attributes: attributesOf(pack), atOnce, signal: all.signal }, look);
  const back = (): void => {
    if (root.visibilityState === "visible") stay?.listed()?.refresh(); // the worker may have finished a task meanwhile
  };
  root.addEventListener("visibilitychange", back, { signal: all.signal });
  onQuestion({
    rows: async () => {
      const told = await stay?.listed()?.told();
      return told === undefined ? null : { ...told, is_changed: stay?.visit?.isChanged() ?? false };
    },
    shape: async () => {
      const { page = null, visit = null } = stay ?? {};
      const isEndUnseen = (await settings.unseen_ends.get()).includes(pack.slug);
      const report = visit?.report(isEndUnseen) ?? null;
      if (report === null || page === null) return null;
      const is_unknown = isUnknown({ root, url: new URL(root.location.href), pack }, page);
      return { platform: pack.slug, pack_version: pack.version, page: page.name, report, is_unknown };
    },
  });
  onStoredChange(async (keys) => {
    if (all.signal.aborted) return;
    if (keys.includes(settings.platforms.key) && !(await settings.platforms.get())[pack.slug])
      return all.abort();
    if (keys.includes(settings.pack_updates.key) && (await isSwitchedOff(all))) return all.abort();
    if (keys.some((key) => MANNERS.includes(key))) {
      manner = await mannerOn(pack);
      stay?.listed()?.behave(manner);
    } else if (keys.some((key) => NEWS.includes(key))) stay?.listed()?.refresh();
  });
  if (!isNewcomer && !isOldPage()) for (const end of endsBefore(root, pack)) say(end);
}

/** Ends at the address at which the document was loaded, where its own script left that before this one began. */
function endsBefore(root: Document, pack: Pack): PageMessage[] {
  const [arrival] = performance.getEntriesByType("navigation");
  const loaded = new URL(arrival?.name ?? root.location.href);
  const sight = { root, url: new URL(loaded.pathname, loaded.origin), pack }; // nothing else of the address is looked at
  const page = pageOf(pack, sight.url, root);
  const isLeft = loaded.origin === root.location.origin && loaded.pathname !== root.location.pathname;
  return isLeft ? endsPassed(sight, page).map((end) => endMessage(sight, end)) : [];
}

const MANNERS = [settings.is_quiet, settings.alarm, settings.consent, settings.withheld].map(
  ({ key }) => key,
);
const NEWS = [
  settings.floor,
  settings.watchlist,
  settings.synced,
  settings.fetches_rates,
  settings.paces,
].map(({ key }) => key);

/** The site is not to be read any more, until it is mended. */
async function isSwitchedOff(all: AbortController): Promise<boolean> {
  return (await ask({ kind: "pack" }, all))?.pages.length === 0;
}

/** What the worker lets us do on this site. */
async function mannerOn(pack: Pack): Promise<Desk["manner"]> {
  const { is_quiet, alarm, consent, withheld } = settings;
  const [isQuiet, rules] = await Promise.all([is_quiet.get(), alarm.get()]);
  const [{ sharing }, kept] = await Promise.all([consent.get(), withheld.get()]);
  const isCounting = sharing && !kept[pack.slug];
  return { isQuiet, isListening: isListening(rules, pack.slug), isCounting };
}

/** How the page was come to. */
type Arrival = Pick<Parameters<typeof visit>[0], "isStale" | "isStraight">;

function enter(sight: Sight, page: Page | null, desk: Desk, arrival: Arrival): Stay {
  const end = new AbortController();
  let shown: Listed | null = null;
  const take = (listing: Listing, ...rows: Parameters<Listed["update"]>): void => {
    shown ??= listed(sight, listing, desk, end.signal);
    shown.update(...rows);
  };
  const made = page && visit({ sight, page, tell: desk.say, listed: take, ...arrival, signal: end.signal });
  return { href: sight.url.href, page, visit: made, listed: () => shown, end };
}

/**
 * Undefined where nobody answered. Where the extension was replaced under this page, or the site is no longer switched on or
 * allowed, the page is left: everything is undone.
 */
async function ask<M extends PageMessage>(
  message: M,
  all: AbortController,
): Promise<Answers[M["kind"]] | undefined> {
  if (all.signal.aborted) return undefined;
  try {
    return await send(message);
  } catch (error) {
    if (!isConnected() || isOff(error)) all.abort();
    else if (!(error instanceof Error)) throw error;
    return undefined;
  }
}

function isOff(error: unknown): boolean {
  return error instanceof Error && error.message.includes(OFF);
}

/** Loaded again or gone back to: what it says of an end was said before. */
function isOldPage(): boolean {
  const [arrival] = performance.getEntriesByType("navigation");
  return arrival instanceof PerformanceNavigationTiming && arrival.type !== "navigate";
}

/** Whether the address before was that of a claimed task; a site may keep it to itself. */
function isFromWork(pack: Pack, referrer: string): boolean {
  if (!URL.canParse(referrer)) return true;
  const url = new URL(referrer);
  return pack.pages.some((page) => page.work !== null && isAt(page, url));
}

const wait = (ms: number): Promise<unknown> => new Promise((resume) => setTimeout(resume, ms));
const place = takePlace();
void packHere({ ask: () => send({ kind: "pack" }), isConnected, wait }).then(async (pack) => {
  if (!pack || place.all.signal.aborted) return;
  if (takesSelectors(document, pack)) return main(document, pack, place);
  await send({
    kind: "unfit",
    platform: pack.slug,
    page: "",
    reason: "an update that this browser cannot read",
  });
});

/**
 * Tabs that a task's page opened, and their descendants: they are the task's own, and no address of theirs is read. Pure.
 *
 * The tab of the task's page counts too once the site's page in it is gone: then the work goes on in that tab.
 */

import { type Attempt, type AttemptName, isSame, type Session } from "./session";

/** A tab by whom it was opened. */
export interface OpenedTab {
  tab: number;
  opener: number;
  opened_at: number;
  /** Null until its page's claim is told. */
  of: AttemptName | null;
}

/** A claim may come a moment after the page opened the tab. */
const ADOPT_MS = 60_000;
const MOST_TABS = 100;

/** The session with one more tab, where the tab that opened it is known. */
export function withTab(session: Session, tab: number, opener: number): Session {
  const of = attemptOf(session, opener) ?? frontIn(session, opener);
  const others = tabsOf(session).filter((one) => one.tab !== tab);
  const tabs = [...others, { tab, opener, opened_at: session.at, of }].slice(-MOST_TABS);
  return withLineage({ ...session, tabs }, of);
}

/** A tab is closed: what it opened stays what it is. */
export function withoutTab(session: Session, tab: number): Session {
  return {
    ...session,
    tabs: tabsOf(session).filter((one) => one.tab !== tab),
    left: leftOf(session).filter((one) => one !== tab),
  };
}

/** Tabs that the claim's page opened a moment before are the claim's. */
export function adopted(session: Session, claimed: AttemptName, source: number): Session {
  const mine = new Set([source]);
  const tabs = tabsOf(session).map((one) => {
    if (one.of !== null || !mine.has(one.opener) || session.at - one.opened_at > ADOPT_MS) return one;
    mine.add(one.tab);
    return { ...one, of: named(claimed) };
  });
  return mine.size > 1 ? withLineage({ ...session, tabs }, claimed) : session;
}

/** The open attempt whose tab this is, other than by a page of its site in it. */
export function attemptOf(session: Session, tab: number): AttemptName | null {
  const opened = tabsOf(session).find((one) => one.tab === tab)?.of ?? null;
  const own = leftOf(session).includes(tab) ? frontIn(session, tab) : null;
  const of = opened ?? own;
  return of !== null && session.attempts.some((one) => isSame(one, of)) ? named(of) : null;
}

/** The site's page in a tab is gone, or is there again. Work that is done on the site's own page ends with that page. */
export function withPage(session: Session, tab: number, isThere: boolean): Session {
  const left = leftOf(session);
  if (isThere) return left.includes(tab) ? { ...session, left: left.filter((one) => one !== tab) } : session;
  const front = frontIn(session, tab);
  const attempt = front && session.attempts.find((one) => isSame(one, front));
  return attempt?.works === "elsewhere" ? { ...session, left: [...new Set([...left, tab])] } : session;
}

export function tabsOf({ tabs }: Session): readonly OpenedTab[] {
  return tabs ?? [];
}

function leftOf({ left }: Session): readonly number[] {
  return left ?? [];
}

/** The attempt that was last in front in a tab with the site's page. */
function frontIn(session: Session, tab: number): AttemptName | null {
  const front = session.fronts.find(({ source }) => source === tab);
  return front === undefined ? null : named(front);
}

function withLineage(session: Session, of: AttemptName | null): Session {
  if (of === null) return session;
  const mark = (one: Attempt): Attempt => (isSame(one, of) ? { ...one, has_lineage: true } : one);
  return { ...session, attempts: session.attempts.map(mark) };
}

function named({ platform, attempt }: AttemptName): AttemptName {
  return { platform, attempt };
}

/** The only file that touches the browser's own interface (with `notifications.ts`); everything else asks for what it needs by these names. */

import type { Answers, Message, Question, QuestionAnswers } from "../core/messages";
import declarations from "../generated/declarations.json";

/** Who sent a message: a tab's number, the page's address, and whether it was one of our own pages. */
export interface Sender {
  tab: number;
  /** Sound of the tab can be heard. */
  is_audible?: boolean;
  /** As the browser says; "" where it does not. */
  address: string;
  is_own_page: boolean;
}

type Reply = { value: unknown } | { failure: string };

/** Sends a message to the background and waits for its answer; rejects when there is none to hear it. */
export async function send<M extends Message>(message: M): Promise<Answers[M["kind"]]> {
  const reply = (await chrome.runtime.sendMessage(message)) as Reply | undefined;
  if (reply === undefined) throw new Error("no answer");
  if ("failure" in reply) throw new Error(reply.failure);
  return reply.value as Answers[M["kind"]];
}

/** The version of the extension, as its manifest says. */
export function version(): string {
  return chrome.runtime.getManifest().version;
}

/** False once the extension was updated or removed under a page that still runs its content script. */
export function isConnected(): boolean {
  return chrome.runtime?.id !== undefined;
}

/** Answers every message. Call at top level, so that a message can wake the worker. */
export function onMessage(answer: (message: Message, sender: Sender) => Promise<unknown>): void {
  chrome.runtime.onMessage.addListener((message: Message, sender, reply: (reply: Reply) => void) => {
    if (sender.id !== chrome.runtime.id) return false;
    const origin = chrome.runtime.getURL("");
    const address = sender.url ?? "";
    const from = {
      tab: sender.tab?.id ?? -1,
      is_audible: sender.tab?.audible === true,
      address: isFrom(sender, address) ? address : "",
      is_own_page: address.startsWith(origin),
    };
    answer(message, from).then(
      (value) => reply({ value: value ?? null }),
      (failure: unknown) => reply({ failure: String(failure) }),
    );
    return true;
  });
}

/** A page may stand at an address of another origin than its own (a sandbox): then the address says nothing of it. */
function isFrom({ origin }: chrome.runtime.MessageSender, address: string): boolean {
  return origin === undefined || (URL.canParse(address) && new URL(address).origin === origin);
}

/** Why a site's page is not answered: its site is switched off, or no longer allowed. */
export const OFF = "off";

/** A site's page answers what a page of ours asks it. */
export function onQuestion(
  answers: {
    [Kind in Question["kind"]]: () => Promise<QuestionAnswers[Kind] | null>;
  },
): void {
  chrome.runtime.onMessage.addListener((question: Question, sender, reply: (told: unknown) => void) => {
    if (sender.id !== chrome.runtime.id || !Object.hasOwn(answers, question.kind)) return false;
    answers[question.kind]().then(reply, () => reply(null));
    return true;
  });
}

/** What the site's page in front tells: of the tabs of this window, the last used one that answers; null where none does. */
export async function askFront<Kind extends Question["kind"]>(question: {
  kind: Kind;
}): Promise<(QuestionAnswers[Kind] & { tab: number }) | null> {
  const tabs = await chrome.tabs.query({ currentWindow: true });
  const byUse = tabs.toSorted((one, other) => rankOf(other) - rankOf(one)).slice(0, MOST_ASKED);
  for (const { id } of byUse) {
    if (id === undefined) continue;
    try {
      const told = (await chrome.tabs.sendMessage(id, question)) as QuestionAnswers[Kind] | null | undefined;
      if (told) return { ...told, tab: id };
    } catch {
      // no page of a site that we look at
    }
  }
  return null;
}

const MOST_ASKED = 5;

function rankOf(tab: chrome.tabs.Tab): number {
  return tab.active ? Number.POSITIVE_INFINITY : (tab.lastAccessed ?? 0);
}

// What is kept by key.

export async function readStored(key: string): Promise<unknown> {
  return (await chrome.storage.local.get(key))[key];
}

export async function writeStored(key: string, value: unknown): Promise<void> {
  await chrome.storage.local.set({ [key]: value });
}

export async function forgetStored(key: string): Promise<void> {
  await chrome.storage.local.remove(key);
}

// What is kept until the browser is closed.

export async function readPassing(key: string): Promise<unknown> {
  return (await chrome.storage.session.get(key))[key];
}

export async function writePassing(key: string, value: unknown): Promise<void> {
  await chrome.storage.session.set({ [key]: value });
}

/** Calls back with the keys that changed. */
export function onStoredChange(changed: (keys: string[]) => void): void {
  chrome.storage.onChanged.addListener((changes, area) => {
    if (area === "local") changed(Object.keys(changes));
  });
}

// What wakes the worker.

/** Install, update and start of the browser. */
export function onStart(started: (reason: "install" | "update" | "startup") => void): void {
  chrome.runtime.onInstalled.addListener(({ reason }) =>
    started(reason === "install" ? "install" : "update"),
  );
  chrome.runtime.onStartup.addListener(() => started("startup"));
}

/** True once after each start of the browser, and never again until the next. */
export async function isFirstWake(): Promise<boolean> {
  const { awake } = await chrome.storage.session.get("awake");
  if (awake !== true) await chrome.storage.session.set({ awake: true });
  return awake !== true;
}

export function onAlarm(rang: (name: string) => void): void {
  chrome.alarms.onAlarm.addListener(({ name }) => rang(name));
}

/** Calls back when the line is back. */
export function onOnline(online: () => void): void {
  self.addEventListener("online", online);
}

/** Rings every `minutes` from now on; one that already does is left alone. */
export async function ringEvery(name: string, minutes: number): Promise<void> {
  if ((await chrome.alarms.get(name)) === undefined) {
    await chrome.alarms.create(name, { delayInMinutes: minutes, periodInMinutes: minutes });
  }
}

/** Rings once at `instant` (the browser makes that half a minute from now at the earliest). */
export async function ringAt(name: string, instant: number): Promise<void> {
  await chrome.alarms.create(name, { when: instant });
}

export async function silence(name: string): Promise<void> {
  await chrome.alarms.clear(name);
}

/** Keeps the worker from being stopped in the middle of a long sum. */
export async function stayAwake(): Promise<void> {
  await chrome.runtime.getPlatformInfo();
}

/** Does `work` once nobody else does work of that name; with `ifFree`, not at all when somebody does. */
export async function alone(name: string, work: () => Promise<void>, ifFree = false): Promise<void> {
  await navigator.locks.request(name, { ifAvailable: ifFree }, async (lock) => {
    if (lock !== null) await work();
  });
}

/** Does `work` once nobody else does work of that name, and hands on what comes of it. */
export async function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks.request(name, {}, work) as Promise<T>;
}

/** A tab that was opened from another one. */
export interface NewTab {
  tab: number;
  opener: number;
  /** It looks like one that the worker opened empty. */
  is_empty_tab: boolean;
}

/** Calls back for each tab that another one opened. */
export function onTabOpened(opened: (tab: NewTab) => void): void {
  chrome.tabs.onCreated.addListener(async ({ id, openerTabId, status, index, windowId }) => {
    if (id === undefined || openerTabId === undefined) return;
    opened({ tab: id, opener: openerTabId, is_empty_tab: await isEmptyTab({ status, index, windowId }) });
  });
}

/** Chromium names an opener for these too. A page's own tab waits for its page; one of a menu or a middle click stands beside it. */
async function isEmptyTab(tab: Pick<chrome.tabs.Tab, "status" | "index" | "windowId">): Promise<boolean> {
  if (__BROWSER__ === "firefox" || tab.status === "complete") return false;
  return tab.index === (await chrome.tabs.query({ windowId: tab.windowId })).length - 1;
}

export function onTabClosed(closed: (tab: number) => void): void {
  chrome.tabs.onRemoved.addListener(closed);
}

/** Calls back when another tab or window comes to the front, and when the worker comes back to an idle machine. */
export function onFrontChange(changed: () => void): void {
  chrome.tabs.onActivated.addListener(changed);
  // A telephone has one window, and tells of no idleness.
  (chrome as Partial<typeof chrome>).windows?.onFocusChanged.addListener(changed);
  (chrome as Partial<typeof chrome>).idle?.onStateChanged.addListener(changed);
}

/** The tab in front in the window that has the focus; null where none of this browser has it. */
export async function frontTab(): Promise<{ tab: number; is_audible: boolean } | null> {
  const { windows } = chrome as Partial<typeof chrome>;
  const front = await windows?.getLastFocused().catch(() => undefined);
  if (windows !== undefined && (front?.id === undefined || !front.focused)) return null;
  const [tab] = await chrome.tabs.query({
    active: true,
    ...(front?.id === undefined ? {} : { windowId: front.id }),
  });
  return tab?.id === undefined ? null : { tab: tab.id, is_audible: tab.audible === true };
}

/** True when nobody has touched keyboard or pointer, anywhere, for `seconds`. */
export async function isIdle(seconds: number): Promise<boolean> {
  return (await chrome.idle.queryState(seconds)) !== "active";
}

// Sites: what we may look at, and the script that looks.

export function isGranted(origins: string[]): Promise<boolean> {
  return chrome.permissions.contains({ origins });
}

/** Asks the worker; only from a click. */
export function requestOrigins(origins: string[]): Promise<boolean> {
  return chrome.permissions.request({ origins });
}

/** What Firefox calls the fields that the contract can send. Chromium has no such consent of its own. */
const SHARED_DATA = { data_collection: Object.keys(declarations) } as chrome.permissions.Permissions;

/** Asks the worker to let timings leave, where the browser wants to ask that itself; only from a click. */
export async function requestSharing(): Promise<boolean> {
  return __BROWSER__ !== "firefox" || chrome.permissions.request(SHARED_DATA);
}

/** Whether the browser lets timings leave. */
export async function isSharingGranted(): Promise<boolean> {
  return __BROWSER__ !== "firefox" || chrome.permissions.contains(SHARED_DATA);
}

export function onPermissionChange(changed: () => void): void {
  chrome.permissions.onAdded.addListener(changed);
  chrome.permissions.onRemoved.addListener(changed);
}

/** A content script for a site: its id and the addresses it runs on. */
export interface SiteScript {
  id: string;
  matches: string[];
  /** What listens to the site's network answers, or teaches the site; absent: what reads its pages. */
  part?: "tap" | "ear" | "teach";
}

export async function registeredScripts(): Promise<SiteScript[]> {
  const scripts = await chrome.scripting.getRegisteredContentScripts();
  return scripts.map(({ id, matches }) => ({ id, matches: matches ?? [] }));
}

export async function registerScripts(scripts: SiteScript[]): Promise<void> {
  await chrome.scripting.registerContentScripts(
    scripts.map(({ id, matches, part }) => ({
      id,
      matches,
      js: [`${part ?? "content"}.js`],
      runAt: part === undefined ? "document_idle" : "document_start", // before the page's first request
      world: part === "tap" ? "MAIN" : "ISOLATED",
    })),
  );
}

/** The content script, at once in the pages of a site that are open; a newer one takes the place of an older. */
export async function runInOpenPages(matches: string[]): Promise<void> {
  for (const { id } of await chrome.tabs.query({ url: matches })) {
    if (id === undefined) continue;
    await chrome.scripting
      .executeScript({ target: { tabId: id }, files: ["content.js"] })
      .catch(() => undefined); // an error page
  }
}

/** The panel of teach mode, at once in the page that stands there. */
export async function runTeaching(tab: number): Promise<void> {
  await chrome.scripting.executeScript({ target: { tabId: tab }, files: ["teach.js"] });
}

/** Gives back what the browser allowed; hosts that were never to be asked for stay. */
export async function releaseOrigins(origins: string[]): Promise<void> {
  await chrome.permissions.remove({ origins }).catch(() => false);
}

/** The page in front that is not ours, and its address where the browser lets us know it: the worker has just clicked us there. */
export async function frontPage(): Promise<{ tab: number; address: string } | null> {
  const tabs = await chrome.tabs.query({ currentWindow: true });
  const ours = chrome.runtime.getURL("");
  const [front] = tabs
    .filter(({ url }) => !url?.startsWith(ours))
    .toSorted((one, other) => rankOf(other) - rankOf(one));
  if (front?.id === undefined || front.url === undefined || front.url === "") return null;
  return { tab: front.id, address: front.url };
}

export async function openAddress(address: string): Promise<void> {
  await chrome.tabs.create({ url: address });
}

export async function unregisterScripts(ids: string[]): Promise<void> {
  await chrome.scripting.unregisterContentScripts({ ids });
}

// What the worker sees.

/** The words of a key in the worker's language, with its gaps filled. */
export function text(key: string, ...substitutions: string[]): string {
  const gaps = direction() === "rtl" ? substitutions.map(isolated) : substitutions;
  return chrome.i18n.getMessage(key, gaps) || key;
}

/** A Latin name, a date or a range in a sentence from right to left keeps its own order; without letters it runs as digits do. */
function isolated(words: string): string {
  const start = /[\p{L}\u200f]/u.test(words) ? "\u2068" : "\u2066";
  return `${start}${words}\u2069`;
}

/** The worker's language, for numbers and dates. */
export function language(): string {
  return chrome.i18n.getUILanguage();
}

export function direction(): "ltr" | "rtl" {
  return chrome.i18n.getMessage("@@bidi_dir") === "rtl" ? "rtl" : "ltr";
}

/** A few letters on the toolbar button, and what a pointer on it is told. */
export async function showOnToolbar(letters: string, title: string): Promise<void> {
  await chrome.action.setBadgeText({ text: letters });
  await chrome.action.setTitle({ title });
  await chrome.action.setBadgeBackgroundColor({ color: "#1f6f5c" });
  await chrome.action.setBadgeTextColor({ color: "#ffffff" });
}

/** Opens one of our own pages in a tab. */
export async function openPage(path: string): Promise<void> {
  await chrome.tabs.create({ url: chrome.runtime.getURL(path) });
}

/** Shows the rates beside the page, where the browser can; only from a click. */
export async function openSidePanel(): Promise<void> {
  if (__BROWSER__ === "firefox") return firefoxSidebar().open();
  const { id } = await chrome.windows.getCurrent();
  if (id !== undefined) await chrome.sidePanel.open({ windowId: id });
}

function firefoxSidebar(): { open(): Promise<void> } {
  return (chrome as unknown as { sidebarAction: { open(): Promise<void> } }).sidebarAction;
}

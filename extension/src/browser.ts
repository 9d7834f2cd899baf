/** The only file that touches the browser's own interface; everything else asks for what it needs by these names. */

import type { Answers, Message } from "./messages";

/** Who sent a message: a tab's number, and whether it was one of our own pages. */
export interface Sender {
  tab: number;
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

/** False once the extension was updated or removed under a page that still runs its content script. */
export function isConnected(): boolean {
  return chrome.runtime?.id !== undefined;
}

/** Answers every message. Call at top level, so that a message can wake the worker. */
export function onMessage(answer: (message: Message, sender: Sender) => Promise<unknown>): void {
  chrome.runtime.onMessage.addListener((message: Message, sender, reply: (reply: Reply) => void) => {
    if (sender.id !== chrome.runtime.id) return false;
    const origin = chrome.runtime.getURL("");
    const from = { tab: sender.tab?.id ?? -1, is_own_page: (sender.url ?? "").startsWith(origin) };
    answer(message, from).then(
      (value) => reply({ value: value ?? null }),
      (failure: unknown) => reply({ failure: String(failure) }),
    );
    return true;
  });
}

// What is kept by key.

export async function readStored(key: string): Promise<unknown> {
  return (await chrome.storage.local.get(key))[key];
}

export async function writeStored(key: string, value: unknown): Promise<void> {
  await chrome.storage.local.set({ [key]: value });
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

export function onPermissionChange(changed: () => void): void {
  chrome.permissions.onAdded.addListener(changed);
  chrome.permissions.onRemoved.addListener(changed);
}

/** A content script for a site: its id and the addresses it runs on. */
export interface SiteScript {
  id: string;
  matches: string[];
}

export async function registeredScripts(): Promise<SiteScript[]> {
  const scripts = await chrome.scripting.getRegisteredContentScripts();
  return scripts.map(({ id, matches }) => ({ id, matches: matches ?? [] }));
}

export async function registerScripts(scripts: SiteScript[]): Promise<void> {
  await chrome.scripting.registerContentScripts(
    scripts.map(({ id, matches }) => ({ id, matches, js: ["content.js"], runAt: "document_idle" })),
  );
}

export async function unregisterScripts(ids: string[]): Promise<void> {
  await chrome.scripting.unregisterContentScripts({ ids });
}

// What the worker sees.

/** The words of a key in the worker's language, with its gaps filled. */
export function text(key: string, ...substitutions: string[]): string {
  return chrome.i18n.getMessage(key, substitutions) || key;
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

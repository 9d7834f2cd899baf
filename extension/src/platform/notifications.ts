/** What the alarm asks of the browser itself: notifications, and a page that nobody sees. `browser.ts` has everything else. */

const NOTIFICATIONS = { permissions: ["notifications"] } satisfies chrome.permissions.Permissions;

export function canNotify(): Promise<boolean> {
  return chrome.permissions.contains(NOTIFICATIONS);
}

/** Asks the worker; only from a click. */
export function requestNotifications(): Promise<boolean> {
  return chrome.permissions.request(NOTIFICATIONS);
}

/** A notification; one of the same name takes the place of the last. */
export async function notify(name: string, title: string, message: string): Promise<void> {
  const iconUrl = chrome.runtime.getURL("icons/128.png");
  await chrome.notifications.create(name, { type: "basic", iconUrl, title, message });
}

/** Calls back with the name of a notification that was clicked. Without the permission there are none. */
export function onNotificationClick(clicked: (name: string) => void): void {
  chrome.notifications?.onClicked.addListener((name) => {
    chrome.notifications.clear(name);
    clicked(name);
  });
}

export async function showTab(tab: number): Promise<void> {
  const { windowId } = (await chrome.tabs.update(tab, { active: true })) ?? {};
  if (windowId !== undefined) await chrome.windows.update(windowId, { focused: true });
}

/** Opens a page that nobody sees, to sound something; false where the background can do that itself. */
export async function showOffscreen(path: string, why: string): Promise<boolean> {
  if (__BROWSER__ === "firefox") return false;
  await hideOffscreen();
  const reasons = ["AUDIO_PLAYBACK" as chrome.offscreen.Reason];
  await chrome.offscreen.createDocument({ url: path, reasons, justification: why });
  return true;
}

export async function hideOffscreen(): Promise<void> {
  if (__BROWSER__ === "firefox") return;
  if (await chrome.offscreen.hasDocument()) await chrome.offscreen.closeDocument();
}

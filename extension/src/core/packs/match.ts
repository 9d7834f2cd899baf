/** An address finds its pack, and a page of that pack its kind. */

import type { Pack, Page } from "../../generated/contract";
import { type Replies, wordsOf } from "../page/fields";

/** The pack whose site this is. */
export function packAt(packs: readonly Pack[], url: URL): Pack | null {
  return packs.find((pack) => pack.hosts.some((host) => isOn(host, url))) ?? null;
}

/** The first kind of page of `pack` that fits the address and what stands there now. */
export function pageOf(pack: Pack, url: URL, root: ParentNode, replies?: Replies): Page | null {
  return pack.pages.find((page) => fits(page, url, root, replies)) ?? null;
}

/** A host is "https://host/*": any port of that host, as browsers take it. */
function isOn(host: string, url: URL): boolean {
  const site = new URL(host.slice(0, -1));
  return site.protocol === url.protocol && site.hostname === url.hostname;
}

/** Whether the address alone fits. */
export function isAt(page: Page, url: URL): boolean {
  return (
    page.paths.some((glob) => isPath(glob, url.pathname)) &&
    page.query.every((key) => url.searchParams.has(key))
  );
}

function fits(page: Page, url: URL, root: ParentNode, replies: Replies | undefined): boolean {
  return (
    isAt(page, url) &&
    page.replies.every((name) => replies?.get(name) !== undefined) &&
    (page.present === null || isThere(page.present, page.texts, root))
  );
}

function isThere(present: string, texts: readonly string[], root: ParentNode): boolean {
  if (texts.length === 0) return root.querySelector(present) !== null;
  const words = Array.from(root.querySelectorAll(present), wordsOf);
  return words.some((one) => texts.some((text) => one.includes(text)));
}

/** `*` stands for one whole segment, `**` for any number of them; a closing slash does not matter. */
export function isPath(glob: string, path: string): boolean {
  return isMatch(segments(glob), segments(path));
}

function isMatch(wanted: readonly string[], given: readonly string[]): boolean {
  const many = wanted.indexOf("**");
  if (many < 0) return wanted.length === given.length && isStart(wanted, given);
  const tail = wanted.slice(many + 1); // a pack holds at most one `**`
  return (
    given.length >= many + tail.length &&
    isStart(wanted.slice(0, many), given) &&
    isStart(tail, given.slice(given.length - tail.length))
  );
}

function isStart(wanted: readonly string[], given: readonly string[]): boolean {
  return wanted.every((one, index) => one === "*" || one === given[index]);
}

function segments(path: string): string[] {
  return path.split("/").filter((one) => one !== "");
}

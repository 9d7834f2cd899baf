/** From an address to what a pack says of it: its host, its path with what changes left open, a slug and a name. */

import { trustOf } from "./stable";

/** "https://jobs.example/*"; null for what cannot be taught. */
export function hostOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { protocol, hostname } = new URL(address);
  const isHome = protocol === "http:" && (hostname === "127.0.0.1" || hostname === "localhost");
  const isSite = protocol === "https:" && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(hostname);
  return isHome || isSite ? `${protocol}//${hostname}/*` : null;
}

/** "/jobs/8812/work" → "/jobs/*​/work": parts of the path that name one thing among many stay open. */
export function pathOf(address: string): string {
  const parts = new URL(address).pathname.split("/").filter((part) => part !== "");
  return `/${parts.map((part) => (isFixed(part) ? part : "*")).join("/")}`;
}

function isFixed(part: string): boolean {
  const plain = part.replace(/\.(html?|php|aspx?|jsp)$/, "");
  return /^v\d$|^[a-z]{2}(-[A-Za-z]{2})?$/.test(plain) || trustOf(plain) !== "none" || isPlainWord(plain);
}

/** A short word in letters alone: "open", "new". */
function isPlainWord(part: string): boolean {
  return /^[a-zA-Z]{2,12}(-[a-zA-Z]{2,12}){0,3}$/.test(part) && /[aeiou]/i.test(part);
}

export const TAUGHT = "taught_";

/** The slug of a taught site: never one of a platform that the server knows. */
export function taughtSlug(host: string): string {
  return `${TAUGHT}${wordsOfHost(host)}`.slice(0, 31).replace(/_+$/, "");
}

/** The slug it would have as a pack among the others. */
export function slugOf(taught: string): string {
  const plain = taught.startsWith(TAUGHT) ? taught.slice(TAUGHT.length) : taught;
  return /^[a-z][a-z0-9_]+$/.test(plain) ? plain : `site_${plain}`.slice(0, 31);
}

export function nameOf(host: string): string {
  return new URL(host.slice(0, -1)).hostname.replace(/^www\./, "").slice(0, 60);
}

function wordsOfHost(host: string): string {
  return nameOf(host)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+/, "");
}

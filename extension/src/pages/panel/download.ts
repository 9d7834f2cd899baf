/** Hands the worker a file made here, without a permission and without a server. */

import { h } from "./element";

/** `content` may come in pieces, which are never put together in memory. */
export function download(name: string, content: string | string[], type: string): void {
  const url = URL.createObjectURL(new Blob([content].flat(), { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000); // the browser has opened it by then
}

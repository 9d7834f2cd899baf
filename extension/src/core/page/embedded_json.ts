/** JSON that a site puts into an element's attribute, or that a reply brought. It is the site's: nothing in it is taken for granted. */

import type { Replies } from "./fields";

/** Where JSON comes from: of an element `at` the `attribute`, or a `reply`; and the path to what we read. */
export interface Source {
  at: string | null;
  attribute: string | null;
  reply: string | null;
  path: string | null;
}

const parsed = new WeakMap<Element, { text: string; value: unknown }>();

/** All that the source holds; undefined where it is missing or no JSON. */
export function whole(root: ParentNode, replies: Replies | undefined, source: Source): unknown {
  if (source.reply !== null) return replies?.get(source.reply);
  const element = source.at === null ? null : root.querySelector(source.at);
  const text = element?.getAttribute(source.attribute ?? "");
  if (!element || typeof text !== "string") return undefined;
  const known = parsed.get(element);
  const value = known?.text === text ? known.value : parse(text);
  parsed.set(element, { text, value });
  return value;
}

/** What the source holds at its path. */
export function island(root: ParentNode, replies: Replies | undefined, source: Source): unknown {
  const value = whole(root, replies, source);
  return source.path === null ? value : follow(value, source.path);
}

/** The value at "a.b.0" below `value`; undefined where the path ends early. */
export function follow(value: unknown, path: string): unknown {
  let here = value;
  for (const step of path.split(".")) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string, unknown>)[step];
  }
  return here;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

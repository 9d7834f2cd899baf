/** Reads the replies that packs name where the browser shows them to us and not to the page: in Firefox. */

import { keysOf } from "../core/shape/keys";
import { tapped } from "../core/tap/switch";
import { onReply, type Request, sendReply } from "../platform/network";
import type { Settings } from "../platform/storage";
import {
  MAX_BODY_LETTERS,
  MAX_REPLY_LETTERS,
  nameOf,
  narrowed,
  type Plan,
  planAt,
  replyHosts,
} from "../tap/plan";

/** The plan and the name of the reply to a request of a site's page; null where no plan names it. */
export function namedReply(
  plans: readonly Plan[],
  { method, url, page }: Pick<Request, "method" | "url" | "page">,
): { plan: Plan; name: string } | null {
  if (!URL.canParse(page) || !URL.canParse(url)) return null;
  const { hostname } = new URL(page);
  const plan = planAt(plans, hostname);
  const name = plan && nameOf(plan, method, new URL(url), hostname);
  return plan === null || name === null ? null : { plan, name };
}

/** What the page's listener gets of a reply: the same words as from the script in the page. Null: nothing. */
export function wordsOfReply({ replies, keys }: Plan, name: string, text: string): string | null {
  const reads = replies.find((reply) => reply.name === name)?.reads;
  const value = reads === "nothing" ? {} : parsed(text);
  if (value === undefined) return null;
  const part = reads === "shape" ? { shape: keysOf(value) } : narrowed(value, new Set(keys));
  const words = JSON.stringify([name, part]);
  return words.length > MAX_REPLY_LETTERS ? null : words;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON: not for us
  }
}

/** Starts to read, where the browser lets us. What is switched off is not touched, and not told. */
export function readReplies(
  plans: readonly Plan[],
  settings: Pick<Settings, "taps" | "is_quiet" | "platforms">,
): void {
  const isOn = async ({ slug }: Plan): Promise<boolean> =>
    (await tapped(settings))[slug] === true && (await settings.platforms.get())[slug] === true;
  const came = async (request: Request, text: string): Promise<void> => {
    const named = namedReply(plans, request);
    if (named === null || !(await isOn(named.plan))) return;
    const words = wordsOfReply(named.plan, named.name, text);
    if (words !== null) await sendReply(request, words);
  };
  const hosts = [...new Set(plans.flatMap(replyHosts))];
  onReply(hosts, (request) => namedReply(plans, request) !== null, came, MAX_BODY_LETTERS);
}

/**
 * Who may send what. One rule for every message from a site's page: the worker agreed, the site is switched on and allowed, and
 * the page is one of the site that it speaks of. What the page itself claims to be counts for nothing.
 */

import { type Message, PANEL_KINDS, type TeachMessage } from "../core/messages";
import { packAt } from "../core/packs/match";
import { packsNow } from "../core/packs/packs";
import type { Pack } from "../generated/contract";
import { isGranted, OFF, type Sender } from "../platform/browser";
import type { Edge } from "../platform/context";

/** What only a panel of teach mode sends, on a site that has no pack yet. */
const TAUGHT_KINDS: ReadonlySet<Message["kind"]> = new Set<TeachMessage["kind"]>([
  "taught",
  "untaught",
  "taught_settings",
]);

/** What is worth something only to a worker who keeps or shares records. */
const KEPT_KINDS: ReadonlySet<Message["kind"]> = new Set([
  "claimed",
  "held",
  "seen",
  "opened",
  "ended",
  "outcomes",
  "pulse",
  "glance",
  "capture",
  "statement",
]);

/** Whether a message is to be answered; "ignored": the worker keeps no records. Throws where it is not the sender's to send. */
export async function admitted(edge: Edge, message: Message, sender: Sender): Promise<boolean> {
  if (sender.is_own_page) return true;
  if (PANEL_KINDS.includes(message.kind)) throw new Error("not from a page of ours");
  if (TAUGHT_KINDS.has(message.kind)) return true;
  const pack = await packOfSender(edge, sender);
  if (pack === null || !(await isOn(edge, pack))) throw new Error(OFF);
  const platform = platformOf(message);
  if (platform !== null && platform !== pack.slug) throw new Error("not from a page of that site");
  return !KEPT_KINDS.has(message.kind) || isAgreed(edge);
}

/** Without either switch nothing is timed and nothing is kept. */
export async function isAgreed({ settings }: Edge): Promise<boolean> {
  const { ledger, sharing } = await settings.consent.get();
  return ledger || sharing;
}

async function packOfSender(edge: Edge, { address }: Sender): Promise<Pack | null> {
  return URL.canParse(address) ? packAt(await packsNow(edge), new URL(address)) : null;
}

async function isOn({ settings }: Edge, { slug, hosts }: Pack): Promise<boolean> {
  return (await settings.platforms.get())[slug] === true && (await isGranted(hosts));
}

/** Which site a message speaks of; null where it names none. */
function platformOf(message: Message): string | null {
  if (message.kind === "claimed") return message.task.platform;
  if (message.kind === "pulse") return message.subject.kind === "none" ? null : message.subject.platform;
  return "platform" in message && typeof message.platform === "string" ? message.platform : null;
}

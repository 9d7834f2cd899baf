/** How an attempt's end shows: a page reached, an element there, a form sent. Nothing here remembers what was said before. */

import type { Page, Signal } from "../../generated/contract";
import type { Ending } from "../../model/readings";
import { idAt, textAt, wordsOf } from "./fields";
import { placeOf, type Sight } from "./page_context";
import { plainWord } from "./task";

/** `attempt` null: the site does not say which. */
export interface End {
  ending: Ending;
  attempt: string | null;
}

/** What pressing something means; `leaves`: only once the page goes on. */
export interface Press {
  end: End;
  leaves: boolean;
}

/** An end that the page shows; it counts when it still does after `lasts_seconds`. */
export interface ShownEnd extends End {
  lasts_seconds: number;
}

/** Ends that the page itself shows now. */
export function endsShown(sight: Sight, page: Page | null): ShownEnd[] {
  return signalsOn(sight, page)
    .filter((signal) => signal.form === null && signal.pressed === null && signal.reply === null)
    .filter((signal) => signal.present === null || isThere(sight.root, signal))
    .flatMap((signal) => {
      const end = endOf(sight, signal, sight.root, undefined);
      return end ? [{ ...end, lasts_seconds: signal.lasts_seconds }] : [];
    });
}

/** Ends by the address alone at which the document was loaded: the page may have moved on before anything could read it. */
export function endsPassed(sight: Sight, page: Page | null): End[] {
  return signalsOn(sight, page)
    .filter(
      ({ form, pressed, reply, present, pages }) =>
        !(form ?? pressed ?? reply ?? present) && pages.length > 0,
    )
    .flatMap((signal) => endOf(sight, signal, sight.root, undefined) ?? []);
}

/** The end that sending `form` means, if any. */
export function endOfForm(sight: Sight, page: Page | null, form: Element): End | null {
  const sent = signalsOn(sight, page).find((signal) => signal.form !== null && form.matches(signal.form));
  return sent ? endOf(sight, sent, form, undefined) : null;
}

/** The end that pressing `element`, or what it stands in, means, if any. Only trusted where a person pressed it. */
export function endOfPress(sight: Sight, page: Page | null, element: Element): Press | null {
  const pressed = signalsOn(sight, page).find((signal) => {
    const button = signal.pressed === null ? null : element.closest(signal.pressed);
    return button !== null && (signal.texts.length === 0 || signal.texts.includes(wordsOf(button)));
  });
  const end = pressed ? endOf(sight, pressed, sight.root, undefined) : null;
  return pressed && end ? { end, leaves: pressed.leaves } : null;
}

/** The end that a reply of that name means, if any. */
export function endOfReply(sight: Sight, page: Page | null, name: string): End | null {
  const record = sight.replies?.get(name);
  const heard = signalsOn(sight, page).find(({ reply, said, texts }) => {
    if (reply !== name) return false;
    const word = plainWord(textAt(said, placeOf(sight, sight.root, record)) ?? "");
    return said === null || texts.some((text) => plainWord(text) === word);
  });
  return heard ? endOf(sight, heard, sight.root, record) : null;
}

function signalsOn(sight: Sight, page: Page | null): Signal[] {
  return sight.pack.signals.filter(({ pages }) => {
    return pages.length === 0 || (page !== null && pages.includes(page.name));
  });
}

function isThere(root: Document, signal: Signal): boolean {
  const { texts } = signal;
  const elements = Array.from(root.querySelectorAll(signal.present ?? ":not(*)"));
  if (texts.length === 0) return elements.length > 0;
  return elements.some((element) => texts.some((text) => wordsOf(element).includes(text)));
}

/** A signal that names where the attempt stands tells nothing when it is not there: better no end than another's. */
function endOf(sight: Sight, signal: Signal, root: Document | Element, record: unknown): End | null {
  if (!signal.attempt) return { ending: signal.ending, attempt: null };
  const attempt = idAt(signal.attempt, placeOf(sight, root, record));
  return attempt === null ? null : { ending: signal.ending, attempt };
}

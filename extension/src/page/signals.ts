/** How an attempt's end shows: a page reached, an element there, a form sent. Nothing here remembers what was said before. */

import type { Page, Signal } from "../generated/contract";
import type { Ending } from "../readings";
import { idAt, type Place, wordsOf } from "./fields";
import type { Sight } from "./reader";

/** `attempt` null: the site does not say which. */
export interface End {
  ending: Ending;
  attempt: string | null;
}

/** An end that the page shows; it counts when it still does after `lasts_seconds`. */
export interface ShownEnd extends End {
  lasts_seconds: number;
}

/** Ends that the page itself shows now. */
export function endsShown(sight: Sight, page: Page | null): ShownEnd[] {
  return signalsOn(sight, page)
    .filter((signal) => signal.form === null && (signal.present === null || isThere(sight.root, signal)))
    .flatMap((signal) => {
      const end = endOf(sight, signal, sight.root);
      return end ? [{ ...end, lasts_seconds: signal.lasts_seconds }] : [];
    });
}

/** The end that sending `form` means, if any. */
export function endOfForm(sight: Sight, page: Page | null, form: Element): End | null {
  const sent = signalsOn(sight, page).find((signal) => signal.form !== null && form.matches(signal.form));
  return sent ? endOf(sight, sent, form) : null;
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
function endOf(sight: Sight, signal: Signal, root: Document | Element): End | null {
  if (!signal.attempt) return { ending: signal.ending, attempt: null };
  const place: Place = {
    root,
    url: sight.url,
    record: undefined,
    islands: new Map(),
    currency: null,
  };
  const attempt = idAt(signal.attempt, place);
  return attempt === null ? null : { ending: signal.ending, attempt };
}

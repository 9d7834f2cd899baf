/** Messages that must arrive: one is told once the background has answered it, and told again at the next beat until then. */

import type { PageMessage } from "../core/messages";

/** What is worth nothing later. */
const PASSING: ReadonlySet<PageMessage["kind"]> = new Set([
  "pulse",
  "lookup",
  "glance",
  "pack",
  "clicked",
  "posted",
]);
/** A page that goes on for hours without an answer. */
const MOST_WAITING = 100;

export interface Delivery {
  say: (message: PageMessage) => void;
  /** Tells again what was not answered. */
  again: () => void;
}

/** `tell` says whether the message was answered. They arrive in the order in which they were said. */
export function delivery(tell: (message: PageMessage) => Promise<boolean>): Delivery {
  const waiting: PageMessage[] = [];
  let isUnderWay = false;
  const drain = async (): Promise<void> => {
    if (isUnderWay) return;
    isUnderWay = true;
    for (let next = waiting[0]; next !== undefined && (await tell(next)); next = waiting[0]) {
      waiting.splice(waiting.indexOf(next), 1);
    }
    isUnderWay = false;
  };
  return {
    say: (message) => {
      if (PASSING.has(message.kind)) return void tell(message);
      const words = JSON.stringify(message);
      if (waiting.some((one) => JSON.stringify(one) === words)) return;
      waiting.push(message);
      waiting.splice(0, waiting.length - MOST_WAITING);
      void drain();
    },
    again: () => void drain(),
  };
}

/** What the background does for a listing: verdicts on its rows, the alarm for new ones, marks and notes on clients. */

import { heard, sound } from "./alarm/alarm";
import { hideOffscreen } from "./alarm/browser";
import { wordsOf } from "./badge/words";
import { language, openPage, text } from "./browser";
import type { Edge } from "./edge";
import { judged } from "./judged";
import type { Answers, ListingMessage } from "./messages";
import type { Shelf } from "./snapshot/sync";
import { dayOf } from "./timer/hour";
import { changeList } from "./watchlist/keep";
import { noted } from "./watchlist/list";

export async function answerListing(
  edge: Edge,
  shelf: Shelf,
  message: ListingMessage,
  tab: number,
): Promise<Answers[ListingMessage["kind"]]> {
  switch (message.kind) {
    case "lookup": {
      const { verdicts, view } = await judged(edge, shelf, message.platform, message.rows);
      const wording = { view, text, locale: language() };
      return { words: verdicts.map((verdict) => wordsOf(verdict, wording)) };
    }
    case "posted": {
      const judge = (rows: typeof message.rows) => judged(edge, shelf, message.platform, rows);
      await heard({ settings: edge.settings, now: edge.now, judge }, { ...message, tab });
      return null;
    }
    case "mark":
      await changeList(edge.settings, (list) => noted(list, message, dayOf(edge.now())));
      return null;
    case "note": {
      const { platform, client } = message;
      await openPage(`options.html#note=${encodeURIComponent(JSON.stringify({ platform, client }))}`);
      return null;
    }
    case "chime":
      await sound();
      return null;
    case "chimed":
      await hideOffscreen();
      return null;
  }
}

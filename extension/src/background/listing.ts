/** What the background does for a listing: verdicts on its rows, the alarm for new ones, marks and notes on clients. */

import { type Text, type Wording, type Words, wordsOf } from "../core/badge/words";
import type { Answers, ListingMessage, LookupAnswer } from "../core/messages";
import type { Shelf } from "../core/snapshot/sync";
import { dayOf } from "../core/timer/hour";
import type { Verdict } from "../core/verdict";
import { changeList } from "../core/watchlist/keep";
import { noted } from "../core/watchlist/list";
import { language, openPage, text } from "../platform/browser";
import type { Edge } from "../platform/context";
import { hideOffscreen } from "../platform/notifications";
import { heard, sound } from "./alarm";
import { judged } from "./row_verdicts";

export async function answerListing(
  edge: Edge,
  shelf: Shelf,
  message: ListingMessage,
  tab: number,
): Promise<Answers[ListingMessage["kind"]]> {
  switch (message.kind) {
    case "lookup": {
      const { verdicts, view } = await judged(edge, shelf, message.platform, message.rows);
      return worded(verdicts, { view, text: remembering(text), locale: language() });
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

/** Words by what they say, and in which currency and language: the next look at a listing mostly says the same. */
const made = new Map<string, Words>();
const MOST_MADE = 5_000;

/** Rows with the same verdict share its words, which are made and sent once. */
function worded(verdicts: readonly Verdict[], wording: Wording): LookupAnswer {
  const words: Words[] = [];
  const known = new Map<string, number>();
  const manner = JSON.stringify([wording.view, wording.locale]);
  const places = verdicts.map((verdict) => {
    const name = `${manner}${JSON.stringify(verdict)}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    const said = made.get(name) ?? wordsOf(verdict, wording);
    if (made.size >= MOST_MADE) made.clear();
    made.set(name, said);
    known.set(name, words.push(said) - 1);
    return words.length - 1;
  });
  return { words, places };
}

/** Rows of one listing say much the same: each sentence is made once. */
function remembering(text: Text): Text {
  const made = new Map<string, string>();
  return (key, ...gaps) => {
    const name = gaps.length === 0 ? key : `${key}\n${gaps.join("\n")}`;
    const words = made.get(name) ?? text(key, ...gaps);
    made.set(name, words);
    return words;
  };
}

/** The outbox page: exactly what will be sent, and what the worker can do about it. */

import { language, send, text } from "../../platform/browser";
import { h } from "../panel/element";
import { begin, masthead, statusLine } from "../panel/page";
import { items } from "./items";
import { rights } from "./rights";
import { state } from "./state";

/** What every part of the page needs. */
export interface Desk {
  writing: { text: typeof text; locale: string };
  /** Shows the outbox anew, from its first item. */
  again: () => Promise<void>;
  say: (words: string) => void;
}

async function main(root: HTMLElement): Promise<void> {
  begin(`${text("page_outbox")} – ${text("extension_name")}`);
  const { line, say } = statusLine();
  const place = h("div", { class: "parts" });
  const desk: Desk = {
    writing: { text, locale: language() },
    say,
    again: async () => {
      const page = await send({ kind: "outbox", after: null });
      place.replaceChildren(state(page, desk), items(page, desk), rights(page, desk));
    },
  };
  const title = h("h1", {}, text("page_outbox"));
  root.append(masthead("outbox"), title, h("p", {}, text("outbox_lead")), line, place);
  await desk.again();
}

const root = document.getElementById("outbox");
if (root) main(root);

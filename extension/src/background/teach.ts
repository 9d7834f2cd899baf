/** What the background does at a message of teach mode. */

import type { TeachMessage } from "../core/messages";
import { packsNow } from "../core/packs/packs";
import { beginTeaching, forgetTaught, keepTaught, stopTeaching } from "../core/teach/keep";
import { openPage } from "../platform/browser";
import type { Edge } from "../platform/context";

export async function answerTeaching(edge: Edge, message: TeachMessage): Promise<string | null> {
  switch (message.kind) {
    case "teach":
      return beginTeaching(edge, message.host, message.tab);
    case "taught":
      return keepTaught(edge);
    case "untaught":
      return stopTeaching(edge, await packsNow(edge));
    case "taught_settings":
      await openPage("options.html#taught");
      return null;
    case "forget_taught":
      return forgetTaught(edge, message.slug);
  }
}

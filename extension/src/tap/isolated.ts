/** The script that listens in our own world from the first moment of a page on; the content script comes later and takes what it heard. */

import { onReplyWords } from "../platform/network";
import { meetTap } from "./handshake";
import { planAt, plans } from "./plan";
import { leave } from "./replies";
import { hearing } from "./reply_store";

const plan = planAt(plans, location.hostname);
if (plan !== null) {
  const ours = hearing(plan, () => performance.now());
  leave(ours);
  if (__BROWSER__ === "firefox") onReplyWords(ours.hear);
  else meetTap(document, crypto.randomUUID(), ours.hear);
}

/** What the time before the first paid task costs, platform by platform. */

import { onboardingOf } from "../../core/ledger/onboarding";
import { MICROS } from "../../core/money";
import { h } from "../panel/element";
import { duration } from "../panel/format";
import type { Showing } from "./showing";
import { money, siteName } from "./words";

/** Null where no platform asked for any. */
export function onboarding({ book, terms, writing }: Omit<Showing, "period">): HTMLElement | null {
  const { text } = writing;
  const lines = onboardingOf(book, terms).map(({ platform, seconds, first_paid, per_hour }) => {
    const rate = money(per_hour * MICROS, terms.exchange.currency, writing);
    const key = first_paid === null ? "onboarding_none" : "onboarding_line";
    return h("li", { dir: "auto" }, text(key, siteName(platform), duration(seconds, writing), rate));
  });
  if (lines.length === 0) return null;
  return h(
    "section",
    { class: "card", id: "onboarding" },
    h("h2", {}, text("onboarding_title")),
    h("ul", { class: "plain" }, ...lines),
  );
}

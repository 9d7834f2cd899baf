/** The switches: keep my own record, share my timings, and for those who share nothing, fetch the rates all the same. */

import { requestSharing, send, text } from "../../platform/browser";
import { settings } from "../../platform/settings";
import { choice } from "../panel/choice";
import { h } from "../panel/element";

export async function switches(say: (words: string) => void): Promise<HTMLElement> {
  const consent = await settings.consent.get();
  const fetches = await settings.fetches_rates.get();
  const ledger = choice("ledger", consent.ledger, text("consent_ledger"), text("consent_ledger_note"));
  const sharing = choice("sharing", consent.sharing, text("consent_sharing"), text("consent_sharing_note"));
  const rates = choice("rates", fetches, text("consent_rates"), text("consent_rates_note"));
  const keep = async (): Promise<void> => {
    await send({ kind: "consent", ledger: ledger.box.checked, sharing: sharing.box.checked });
    rates.label.hidden = sharing.box.checked;
    say(text("consent_saved"));
  };
  rates.label.hidden = consent.sharing;
  ledger.box.addEventListener("change", keep);
  sharing.box.addEventListener("change", async () => {
    // The browser may only be asked straight from the click.
    const isAllowed = sharing.box.checked ? await requestSharing() : true;
    if (!isAllowed) sharing.box.checked = false;
    await keep();
    if (!isAllowed) say(text("consent_sharing_denied"));
  });
  rates.box.addEventListener("change", async () => {
    await settings.fetches_rates.set(rates.box.checked);
    say(text("consent_saved"));
  });
  const title = h("h2", {}, text("consent_switches"));
  return h("section", { class: "card" }, title, ledger.label, sharing.label, rates.label);
}

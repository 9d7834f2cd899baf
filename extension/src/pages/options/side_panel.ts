/** Quiet mode in the settings. */

import { text } from "../../platform/browser";
import { settings } from "../../platform/storage";
import { choice } from "../panel/choice";
import { h } from "../panel/element";

export async function quietSection(): Promise<HTMLElement> {
  const quiet = choice("quiet", await settings.is_quiet.get(), text("quiet_on"), text("quiet_note"));
  const said = h("p", { role: "status", class: "soft small", id: "quiet-said" });
  quiet.box.addEventListener("change", async () => {
    await settings.is_quiet.set(quiet.box.checked);
    said.textContent = text("consent_saved");
  });
  return h("section", { class: "card" }, h("h2", {}, text("quiet_heading")), quiet.label, said);
}

/** How pay is shown: in the site's page or beside it, each with its risk. */

import { text } from "../../platform/browser";
import { settings } from "../../platform/settings";
import { h } from "../panel/element";

export async function display(say: (words: string) => void): Promise<HTMLElement> {
  const isQuiet = await settings.is_quiet.get();
  const choose = (quiet: boolean) => async (): Promise<void> => {
    await settings.is_quiet.set(quiet);
    say(text(quiet && (await isInPages()) ? "tap_reload_quiet" : "consent_saved"));
  };
  return h(
    "section",
    { class: "card", id: "display" },
    h("h2", {}, text("consent_display")),
    h(
      "div",
      { role: "radiogroup", "aria-label": text("consent_display") },
      way("show-page", "consent_display_page", !isQuiet, choose(false)),
      way("show-beside", "consent_display_beside", isQuiet, choose(true)),
    ),
  );
}

/** Whether a script of ours may still be in the world of pages that are open. In Firefox none ever is. */
async function isInPages(): Promise<boolean> {
  return __BROWSER__ !== "firefox" && Object.values(await settings.taps.get()).includes(true);
}

function way(id: string, key: string, isChosen: boolean, choose: () => void): HTMLElement {
  const box = h("input", { type: "radio", name: "display", id });
  box.checked = isChosen;
  box.addEventListener("change", choose);
  return h(
    "label",
    { class: "switch", for: id },
    box,
    h("strong", {}, text(key)),
    h("span", { class: "soft" }, text(`${key}_note`)),
  );
}

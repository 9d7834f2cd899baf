/** The home to share with, where a union or a country runs its own server behind the same address. */

import { text } from "../../platform/browser";
import { settings } from "../../platform/settings";
import { h } from "../panel/element";

/** As a server takes it: lower-case letters, digits and hyphens. */
const NAME = "[a-z][a-z0-9\\-]{0,29}";

export async function home(say: (words: string) => void): Promise<HTMLElement> {
  const value = (await settings.home.get()) ?? "";
  const input = h("input", {
    id: "home-name",
    pattern: NAME,
    autocomplete: "off",
    spellcheck: "false",
    value,
  });
  input.addEventListener("change", async () => {
    const name = input.value.trim();
    if (!new RegExp(`^(${NAME})?$`).test(name)) return say(text("options_home_invalid"));
    await settings.home.set(name === "" ? null : name);
    say(text("consent_saved"));
  });
  return h(
    "section",
    { class: "card" },
    h("h2", {}, h("label", { for: "home-name" }, text("options_home"))),
    h("p", { class: "soft small" }, text("options_home_note")),
    input,
  );
}

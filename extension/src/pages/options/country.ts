/** The country, given only if the worker likes: it makes rates by country possible. */

import { language, send, text } from "../../platform/browser";
import { settings } from "../../platform/settings";
import { h } from "../panel/element";
import { COUNTRIES } from "./countries";

export async function country(say: (words: string) => void): Promise<HTMLElement> {
  const given = await settings.country.get();
  const nobody = h("option", { value: "" }, text("options_country_none"));
  const select = h("select", { id: "country" }, nobody, ...named().map(([code, name]) => option(code, name)));
  select.value = given ?? "";
  select.addEventListener("change", async () => {
    await send({ kind: "country", country: select.value === "" ? null : select.value });
    say(text("consent_saved"));
  });
  return h(
    "section",
    { class: "card" },
    h("h2", {}, h("label", { for: "country" }, text("options_country"))),
    h("p", { class: "soft small" }, text("options_country_note")),
    select,
  );
}

/** Codes with their names in the worker's language, in its alphabet's order. */
function named(): [string, string][] {
  const names = new Intl.DisplayNames(language(), { type: "region" });
  const order = new Intl.Collator(language());
  return COUNTRIES.map((code): [string, string] => [code, names.of(code) ?? code]).toSorted(
    ([, one], [, other]) => order.compare(one, other),
  );
}

function option(code: string, name: string): HTMLOptionElement {
  return h("option", { value: code }, name);
}

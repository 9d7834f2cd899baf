/** The toolbar's popup: asks the background for the day, shows it, asks again while it is open. */

import { direction, language, openPage, send, text } from "../browser";
import { h } from "../panel/element";
import { popup } from "./view";

const AGAIN_MS = 2_000;

async function show(place: HTMLElement): Promise<void> {
  const writing = { text, locale: language() };
  const today = await send({ kind: "today" });
  const isOff = !today.consent.ledger && !today.consent.sharing;
  place.replaceChildren(...popup(today, writing));
  for (const button of document.querySelectorAll<HTMLButtonElement>("#refresh")) button.hidden = isOff;
  for (const button of document.querySelectorAll<HTMLButtonElement>("#settings")) {
    button.textContent = text(isOff ? "popup_switch_on" : "popup_settings");
  }
}

function main(root: HTMLElement): void {
  document.documentElement.lang = language();
  document.documentElement.dir = direction();
  const place = h("div", { class: "parts" });
  const settings = h("button", { type: "button", id: "settings" }, text("popup_settings"));
  const refresh = h("button", { type: "button", id: "refresh" }, text("popup_refresh"));
  root.append(
    h("header", { class: "brand" }, h("img", { src: "icons/32.png", alt: "" }), text("extension_name")),
    place,
    h("footer", { class: "row" }, settings, refresh),
  );
  const failed = (): void => place.replaceChildren(h("p", { class: "warn" }, text("popup_failed")));
  const again = (): void => void show(place).catch(failed);
  settings.addEventListener("click", () => openPage("consent.html"));
  refresh.addEventListener("click", () => send({ kind: "sync" }).then(again, failed));
  again();
  setInterval(again, AGAIN_MS);
}

const root = document.getElementById("popup");
if (root) main(root);

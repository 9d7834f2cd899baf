/** The floor in the settings: choose one that others set, or type your own, in any currency. */

import { money } from "../../core/badge/money";
import { type Floor, floorFrom, floorOf, isFloor } from "../../core/floor/floor";
import { PRESETS, type Preset, perHour } from "../../core/floor/presets";
import { MICROS } from "../../core/money";
import { language, text } from "../../platform/browser";
import { settings } from "../../platform/settings";
import { h } from "../panel/element";

const OWN = "";

export async function floorSection(): Promise<HTMLElement> {
  const floor = await settings.floor.get();
  const choice = presetChoice(floor);
  const typed = typedFloor(floor);
  const source = h("p", { class: "soft small", id: "floor-source" });
  const said = h("p", { role: "status", class: "soft small", id: "floor-said" });
  const tell = (): void => {
    const preset = PRESETS.find(({ id }) => id === choice.value);
    source.textContent = preset === undefined ? "" : sourceOf(preset);
    typed.element.hidden = preset !== undefined;
  };
  const keep = async (next: Floor | null): Promise<void> => {
    if (next !== null) await settings.floor.set(next);
    said.textContent = next === null ? text("floor_unreadable") : text("consent_saved");
  };
  choice.addEventListener("change", async () => {
    tell();
    await keep(choice.value === OWN ? typed.read() : floorOf(choice.value));
  });
  typed.element.addEventListener("change", () => keep(typed.read()));
  tell();
  return h(
    "section",
    { class: "card", id: "floor" },
    h("h2", {}, text("floor_heading")),
    h("p", { class: "soft small" }, text("floor_note")),
    h("label", { class: "field" }, text("floor_choice"), choice),
    source,
    typed.element,
    said,
  );
}

function presetChoice(floor: Floor): HTMLSelectElement {
  const options = PRESETS.map((preset) => h("option", { value: preset.id }, nameOf(preset)));
  const made = h(
    "select",
    { id: "floor-preset" },
    ...options,
    h("option", { value: OWN }, text("floor_own")),
  );
  made.value = floor.preset ?? OWN;
  return made;
}

function nameOf(preset: Preset): string {
  const hourly = text("badge_per_hour", money(perHour(preset), preset.currency, language()));
  return `${text(`floor_preset_${preset.id}`)}: ${hourly}`;
}

/** "$10.00 a day of 8 hours. Source: ... (2023)" */
function sourceOf(preset: Preset): string {
  const { amount, currency, hours_per_day, source, on } = preset;
  const paid = money(amount, currency, language());
  const daily = hours_per_day === null ? "" : `${text("floor_by_day", paid, String(hours_per_day))} `;
  return `${daily}${text("floor_source", source, on)}`;
}

function typedFloor(floor: Floor): { element: HTMLElement; read: () => Floor | null } {
  const { micros, currency } = floor.per_hour;
  const amount = number("floor-amount", String(micros / MICROS));
  const unit = currencies(currency);
  const per_usd = number("floor-per-usd", floor.per_usd === null ? "" : String(floor.per_usd));
  const read = (): Floor | null => {
    const rate = per_usd.value === "" ? null : per_usd.valueAsNumber;
    const isRate = rate === null || (Number.isFinite(rate) && rate > 0);
    const isRead = amount.value !== "" && isFloor(amount.valueAsNumber) && isRate;
    return isRead ? floorFrom(amount.valueAsNumber, unit.value, rate) : null;
  };
  const element = h(
    "div",
    { class: "fields" },
    h("label", { class: "field" }, text("floor_amount"), amount),
    h("label", { class: "field" }, text("floor_currency"), unit),
    h("label", { class: "field" }, text("floor_per_usd"), per_usd),
    h("p", { class: "soft small" }, text("floor_per_usd_note")),
  );
  return { element, read };
}

function number(id: string, value: string): HTMLInputElement {
  const made = h("input", { type: "number", id, min: "0", step: "any" });
  made.value = value;
  return made;
}

/** Every currency the browser knows, by name in the worker's language. */
function currencies(current: string): HTMLSelectElement {
  const names = new Intl.DisplayNames(language(), { type: "currency" });
  const options = Intl.supportedValuesOf("currency").map((code) =>
    h("option", { value: code }, `${code} ${names.of(code) ?? ""}`),
  );
  const made = h("select", { id: "floor-currency" }, ...options);
  made.value = current;
  return made;
}

/** The alarm in the settings: on or off, how it tells, when it is quiet, and what each platform may sound for. */

import { type AlarmRules, type PlatformRule, type QuietHours, ruleOf } from "../../core/alarm/rules";
import { bundled } from "../../core/packs/packs";
import { send, text } from "../../platform/browser";
import { requestNotifications } from "../../platform/notifications";
import { settings } from "../../platform/settings";
import { choice } from "../panel/choice";
import { h } from "../panel/element";

export async function alarmSection(): Promise<HTMLElement> {
  const rules = await settings.alarm.get();
  const on = await settings.platforms.get();
  const said = h("p", { role: "status", class: "soft small", id: "alarm-said" });
  const keep = async (change: (now: AlarmRules) => AlarmRules): Promise<void> => {
    await settings.alarm.set(change(await settings.alarm.get()));
    said.textContent = text("consent_saved");
  };
  const isOn = choice("alarm-on", rules.is_on, text("alarm_on"), text("alarm_on_note"));
  const sound = choice("alarm-sound", rules.sound, text("alarm_sound"));
  const notification = choice("alarm-notification", rules.notification, text("alarm_notification"));
  const test = h("button", { type: "button", id: "alarm-test" }, text("alarm_test"));
  isOn.box.addEventListener("change", () => keep((now) => ({ ...now, is_on: isOn.box.checked })));
  sound.box.addEventListener("change", () => keep((now) => ({ ...now, sound: sound.box.checked })));
  notification.box.addEventListener("change", async () => {
    // The browser may only be asked straight from the click.
    if (notification.box.checked) notification.box.checked = await requestNotifications();
    await keep((now) => ({ ...now, notification: notification.box.checked }));
  });
  test.addEventListener("click", () => send({ kind: "chime" }));
  const places = bundled.filter(({ slug }) => on[slug] === true);
  return h(
    "section",
    { class: "card", id: "alarm" },
    h("h2", {}, text("alarm_heading")),
    isOn.label,
    sound.label,
    notification.label,
    h("div", { class: "buttons" }, test),
    quietHours(rules.quiet_hours, (quiet_hours) => keep((now) => ({ ...now, quiet_hours }))),
    ...places.map(({ slug, name }) =>
      platformRule(name, slug, ruleOf(rules, slug), (rule) =>
        keep((now) => ({ ...now, platforms: { ...now.platforms, [slug]: rule } })),
      ),
    ),
    said,
  );
}

/** From and until the same: never quiet. */
function quietHours(quiet: QuietHours | null, changed: (quiet: QuietHours | null) => void): HTMLElement {
  const from = time("alarm-quiet-from", quiet?.from ?? 0);
  const until = time("alarm-quiet-until", quiet?.until ?? 0);
  const made = h(
    "div",
    { class: "fields" },
    h("label", { class: "field" }, text("alarm_quiet_from"), from),
    h("label", { class: "field" }, text("alarm_quiet_until"), until),
  );
  made.addEventListener("change", () => {
    const [start, end] = [minuteOf(from.value), minuteOf(until.value)];
    changed(start === null || end === null || start === end ? null : { from: start, until: end });
  });
  return made;
}

function platformRule(
  name: string,
  slug: string,
  rule: PlatformRule,
  changed: (rule: PlatformRule) => void,
): HTMLElement {
  const isOn = choice(`alarm-${slug}-on`, rule.is_on, text("alarm_platform_on"));
  const favoured = choice(`alarm-${slug}-favoured`, rule.favoured, text("alarm_platform_favoured"));
  const from = h("input", { type: "number", id: `alarm-${slug}-from`, min: "0", step: "any" });
  from.value = rule.from_per_hour === null ? "" : String(rule.from_per_hour);
  const made = h(
    "details",
    {},
    h("summary", { dir: "auto" }, name),
    isOn.label,
    favoured.label,
    h("label", { class: "field" }, text("alarm_platform_from"), from),
  );
  made.addEventListener("change", () => {
    const amount = from.value === "" ? null : from.valueAsNumber;
    const from_per_hour = amount !== null && Number.isFinite(amount) && amount >= 0 ? amount : null;
    changed({ is_on: isOn.box.checked, favoured: favoured.box.checked, from_per_hour });
  });
  return made;
}

function time(id: string, minute: number): HTMLInputElement {
  const made = h("input", { type: "time", id });
  const two = (part: number): string => String(part).padStart(2, "0");
  made.value = `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  return made;
}

function minuteOf(clock: string): number | null {
  const [, hours, minutes] = /^(\d{2}):(\d{2})/.exec(clock) ?? [];
  return hours === undefined ? null : Number(hours) * 60 + Number(minutes);
}

import { expect, test } from "vitest";
import { delivery } from "../../../extension/src/content/delivery";
import type { PageMessage } from "../../../extension/src/core/messages";
import { task } from "../world";

const claim = (attempt: string): PageMessage => ({
  kind: "claimed",
  attempt,
  task: task(),
  elapsed_seconds: 0,
  works: "here",
  claimed_by: "page",
  next: null,
});
const end: PageMessage = { kind: "ended", platform: "practice", attempt: null, ending: "submitted" };
const beat: PageMessage = { kind: "pulse", subject: { kind: "none" }, active: true };
const soon = (): Promise<unknown> => new Promise((resume) => setTimeout(resume));

test("a claim and an end that nobody heard are told again at the next beat, in their order", async () => {
  const heard: string[] = [];
  let isThere = false;
  const { say, again } = delivery(async ({ kind }) => {
    if (isThere) heard.push(kind);
    return isThere;
  });
  say(claim("a"));
  await soon();
  say(end);
  say(claim("a")); // the page reads itself again meanwhile
  await soon();
  expect(heard).toEqual([]);
  isThere = true;
  again();
  await soon();
  again();
  await soon();
  expect(heard).toEqual(["claimed", "ended"]);
});

test("a beat that nobody heard is worth nothing later", async () => {
  let tries = 0;
  const { say, again } = delivery(async () => {
    tries += 1;
    return false;
  });
  say(beat);
  await soon();
  again();
  await soon();
  expect(tries).toBe(1);
});

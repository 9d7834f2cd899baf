import { describe, expect, test } from "vitest";
import { bundled } from "../../../extension/src/core/packs/packs";
import { hearing, MOST_IN_A_SPELL } from "../../../extension/src/tap/reply_store";
import {
  MAX_REPLY_LETTERS,
  nameOf,
  narrowed,
  type Plan,
  planAt,
  plans,
} from "../../../extension/src/tap/plan";

const PLAN: Plan = {
  slug: "acme",
  hosts: ["work.acme.example"],
  keys: ["id", "pay", "results", "status"],
  replies: [
    { name: "mine", host: "api.acme.example", method: "GET", url: "/v1/mine", reads: "fields" },
    { name: "sent", host: null, method: "POST", url: "/v1/*/send", reads: "fields" },
  ],
};
const told = (name: unknown, value: unknown): string => JSON.stringify([name, value]);

function ear() {
  let now = 0;
  const ours = hearing(PLAN, () => now);
  return { ...ours, pass: (ms: number) => (now += ms) };
}

describe("the ear", () => {
  test("keeps the last answer of each name, with the keys of the plan alone", () => {
    const { hear, get } = ear();
    hear(told("mine", { results: [{ id: 1, secret: "s", pay: 3 }], token: "t" }));
    expect(get("mine")).toEqual({ results: [{ id: 1, pay: 3 }] });
    hear(told("mine", { results: [] }));
    expect(get("mine")).toEqual({ results: [] });
  });

  test.each([
    ["no text", { detail: 1 }],
    ["no JSON", "{"],
    ["JSON that is no message", "{}"],
    ["a message of another length", "[1,2,3]"],
    ["a name that is no text", told(1, {})],
    ["a name of nobody", told("other", { id: 1 })],
    ["a name that every object has", told("__proto__", { id: 1 })],
    ["a value that is no record", told("mine", "text")],
    ["nothing", told("mine", null)],
    ["too much", told("mine", { id: "x".repeat(MAX_REPLY_LETTERS + 200) })],
  ])("takes no notice of %s", (_, words) => {
    const { hear, get } = ear();
    expect(() => hear(words)).not.toThrow();
    expect([get("mine"), get("other"), get("__proto__")].every((one) => one === undefined)).toBe(true);
  });

  test("takes only so many in a while, and more again later", () => {
    const { hear, get, pass } = ear();
    for (let number = 0; number <= MOST_IN_A_SPELL; number++) hear(told("mine", { id: number }));
    expect(get("mine")).toEqual({ id: MOST_IN_A_SPELL - 1 });
    pass(10_000);
    hear(told("mine", { id: -1 }));
    expect(get("mine")).toEqual({ id: -1 });
  });

  test("tells who listens of what comes and of what came before, until they stop", async () => {
    const { hear, onNew } = ear();
    const heard: string[] = [];
    const stop = new AbortController();
    hear(told("mine", {}));
    onNew((name) => heard.push(name), stop.signal);
    await Promise.resolve();
    hear(told("sent", {}));
    stop.abort();
    hear(told("mine", {}));
    expect(heard).toEqual(["mine", "sent"]);
  });
});

test.each([
  ["GET", "https://api.acme.example/v1/mine?page=2", "mine"],
  ["GET", "https://api.acme.example/v1/mine/", "mine"],
  ["POST", "https://work.acme.example/v1/77/send", "sent"],
  ["GET", "https://work.acme.example/v1/mine", null],
  ["POST", "https://api.acme.example/v1/mine", null],
  ["GET", "https://elsewhere.example/v1/mine", null],
  ["GET", "https://api.acme.example/v1/mine/secret", null],
])("the answer to %s %s is called %j", (method, url, name) => {
  expect(nameOf(PLAN, method, new URL(url), "work.acme.example")).toBe(name);
});

test("what is nested beyond any record is dropped, not followed", () => {
  const deep = Array.from({ length: 50 }).reduce<unknown>((inner) => ({ results: inner }), 1);
  expect(JSON.stringify(narrowed(deep, new Set(["results"]))).length).toBeLessThan(300);
});

test("a key that JSON may hold and objects have is left out", () => {
  const kept = narrowed(JSON.parse('{"__proto__": {"id": 1}, "id": 2}'), new Set(["id"]));
  expect(kept).toEqual({ id: 2 });
});

test("the tap hears on sites whose pack says so, and on no other", () => {
  expect(plans.map(({ slug }) => slug)).toEqual(bundled.filter(({ tap }) => tap).map(({ slug }) => slug));
  expect(planAt(plans, "bank.example")).toBeNull();
  for (const plan of plans) expect(planAt(plans, plan.hosts[0] ?? "")).toBe(plan);
});

test("no plan hears what the brief of a pack forbids: codes, workers' ids, tokens", () => {
  const all = plans.flatMap(({ keys }) => keys);
  expect(
    all.filter((key) => /study_code|completion_code|participant|worker_?id|token|secret|csrf/i.test(key)),
  ).toEqual([]);
});

/** What of a site's replies is read in Firefox, and what of it a page's listener gets. */

import { expect, test } from "vitest";
import { namedReply, wordsOfReply } from "../../../extension/src/background/replies";
import { MAX_REPLY_LETTERS, type Plan, replyHosts } from "../../../extension/src/tap/plan";

const reply = { host: null, method: "GET", url: "/api/mine" } as const;
const plan: Plan = {
  slug: "acme",
  hosts: ["work.acme.example"],
  keys: ["pay", "id"],
  replies: [
    { ...reply, name: "mine", reads: "fields" },
    { ...reply, name: "shape", host: "api.acme.example", url: "/api/shape", reads: "shape" },
    { ...reply, name: "taken", method: "POST", url: "/api/take", reads: "nothing" },
  ],
};
const page = "https://work.acme.example/list";

test("only a reply that the plan names, to a page of its own site, is read", () => {
  const request = { method: "GET", url: "https://work.acme.example/api/mine?page=2", page };
  expect(namedReply([plan], request)?.name).toBe("mine");
  expect(namedReply([plan], { ...request, method: "POST" })).toBeNull();
  expect(namedReply([plan], { ...request, url: "https://work.acme.example/api/secret" })).toBeNull();
  expect(namedReply([plan], { ...request, page: "https://evil.example/" })).toBeNull();
  expect(namedReply([plan], { ...request, page: "" })).toBeNull();
});

test("keys that no field reads are left out, and of others only their names or nothing is handed on", () => {
  const text = JSON.stringify({ pay: 3, code: "SECRET", id: "a" });
  expect(wordsOfReply(plan, "mine", text)).toBe('["mine",{"pay":3,"id":"a"}]');
  expect(wordsOfReply(plan, "shape", text)).not.toContain("SECRET");
  expect(wordsOfReply(plan, "taken", "<html>SECRET")).toBe('["taken",{}]');
});

test("what is no JSON, or too long, is not handed on", () => {
  expect(wordsOfReply(plan, "mine", "<html>")).toBeNull();
  expect(wordsOfReply(plan, "mine", JSON.stringify({ pay: "x".repeat(MAX_REPLY_LETTERS) }))).toBeNull();
});

test("the browser is asked for the hosts that answer, and no more", () => {
  expect(replyHosts(plan)).toEqual(["work.acme.example", "api.acme.example"]);
});

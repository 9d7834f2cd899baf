import { expect, test } from "vitest";
import { server } from "../../../extension/src/platform/api";

const BATCH = { observations: [], overheads: [], sightings: [] } as never;

function answering(body: string, headers: Record<string, string>) {
  const fetch = () => Promise.resolve(new Response(body, { status: 503, headers }));
  return server("http://127.0.0.1:1", fetch as typeof globalThis.fetch).send(BATCH, "secret");
}

const PROBLEM = { "content-type": "application/problem+json", "retry-after": "5" };

test("a batch that was stored in part comes with the receipts of that part", async () => {
  const receipts = [{ id: "a", status: "accepted", reason: null, detail: null }, null];
  const body = JSON.stringify({ type: "x", title: "x", status: 503, code: "shard_gone", receipts });
  expect(await answering(body, PROBLEM)).toEqual({
    kind: "no",
    status: 503,
    retry_after_seconds: 5,
    receipts,
  });
});

test("any other refusal comes without, whatever its body", async () => {
  const no = { kind: "no", status: 503, retry_after_seconds: 5 };
  expect(await answering(JSON.stringify({ code: "shedding", receipts: null }), PROBLEM)).toEqual(no);
  expect(await answering("[[", { "content-type": "text/html", "retry-after": "5" })).toEqual(no);
});

test("a refusal whose body is cut off says nothing of any item", async () => {
  expect(await answering('{"receipts": [nu', PROBLEM)).toEqual({ kind: "unreachable" });
});

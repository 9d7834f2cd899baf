import { expect, test } from "vitest";
import { server } from "../../../extension/src/platform/api";

const BATCH = { observations: [], overheads: [], sightings: [] } as never;

function answering(body: string, headers: Record<string, string>) {
  const fetch = () => Promise.resolve(new Response(body, { status: 503, headers }));
  return server("http://127.0.0.1:1", fetch as typeof globalThis.fetch).send(BATCH, "secret");
}

const PROBLEM = { "content-type": "application/problem+json", "retry-after": "5" };

test("a refusal is a status and a pause, whatever its body", async () => {
  const no = { kind: "no", status: 503, retry_after_seconds: 5 };
  for (const body of [JSON.stringify({ code: "shedding" }), "[[", '{"code": "shed']) {
    expect(await answering(body, PROBLEM)).toEqual(no);
  }
});

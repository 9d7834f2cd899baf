import { expect, test, vi } from "vitest";
import { server } from "../../../extension/src/platform/api";

const BATCH = { observations: [], overheads: [], sightings: [] } as never;

function answering(body: string, headers: Record<string, string>) {
  const fetch = () => Promise.resolve(new Response(body, { status: 503, headers }));
  return server("http://127.0.0.1:1", fetch as typeof globalThis.fetch).send(BATCH, "secret");
}

const PROBLEM = { "content-type": "application/problem+json", "retry-after": "5" };

test("a refusal is a status and a pause, whatever its body", async () => {
  const no = { kind: "no", status: 503, retry_after_seconds: 5, is_ours: true };
  for (const body of [JSON.stringify({ code: "shedding" }), "[[", '{"code": "shed']) {
    expect(await answering(body, PROBLEM)).toEqual(no);
  }
});

test("a proxy on the way is not our server, whatever status it answers", async () => {
  const fetch = () =>
    Promise.resolve(
      new Response("<h1>Log in</h1>", { status: 400, headers: { "content-type": "text/html" } }),
    );
  const said = await server("http://127.0.0.1:1", fetch as typeof globalThis.fetch).send(BATCH, "secret");
  expect(said).toMatchObject({ kind: "no", status: 400, is_ours: false });
});

test("the home of an enrolment goes in a header, and in none where there is no home", async () => {
  const sent: (string | null)[] = [];
  const fetch = (_: unknown, init?: RequestInit) => {
    sent.push(new Headers(init?.headers).get("taskwage-home"));
    return Promise.resolve(new Response("{}", { status: 201 }));
  };
  const one = server("http://127.0.0.1:1", fetch as typeof globalThis.fetch);
  await one.challenge("manila");
  await one.enrol({ challenge: "c", nonce: "1" }, "manila");
  await one.challenge(null);
  expect(sent).toEqual(["manila", "manila", null]);
});

/** A line that brings a piece every `seconds`, `pieces` times, and then ends or falls silent. */
function line(seconds: number, pieces: number, ends: boolean): typeof globalThis.fetch {
  return async (_input, init) => {
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        init?.signal?.addEventListener("abort", () => controller.error(new DOMException("", "AbortError")));
        for (let piece = 0; piece < pieces; piece++) {
          await new Promise((resume) => setTimeout(resume, seconds * 1000));
          controller.enqueue(new TextEncoder().encode(piece === 0 ? '{"a": "' : "x"));
        }
        if (!ends) return;
        controller.enqueue(new TextEncoder().encode('"}'));
        controller.close();
      },
    });
    return new Response(body);
  };
}

test("a snapshot that takes minutes on a slow line arrives, one whose line is dead is given up", async () => {
  vi.useFakeTimers();
  const slow = server("http://127.0.0.1:1", line(20, 15, true)).snapshot("practice", null);
  const dead = server("http://127.0.0.1:1", line(1, 2, false)).snapshot("practice", null);
  const silent = server("http://127.0.0.1:1", (_input, init) => {
    return new Promise((_, fail) => {
      init?.signal?.addEventListener("abort", () => fail(new DOMException("", "AbortError")));
    });
  }).snapshot("practice", null);
  await vi.advanceTimersByTimeAsync(26_000);
  expect(await silent).toEqual({ kind: "unreachable" });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await dead).toEqual({ kind: "unreachable" });
  await vi.advanceTimersByTimeAsync(300_000);
  expect(await slow).toMatchObject({ kind: "yes", value: { text: `{"a": "${"x".repeat(14)}"}` } });
  vi.useRealTimers();
});

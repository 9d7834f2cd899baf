/** The only fetch: our server's answers as values. Nothing but a platform's slug and the worker's own shared items goes out. */

import type { Challenge, Enrolled, Enrolment, Observation, Overhead, Receipts } from "./generated/contract";

/** Long enough for a slow line, short enough that a stuck request does not hold the outbox. */
const TIMEOUT_MS = 60_000;
/** A snapshot is under 1 MB packed (design 4); unpacked beyond this it is not one of ours. */
export const MAX_SNAPSHOT_BYTES = 16_000_000;
/** Below this, packing costs more than it saves. */
const PACK_FROM_BYTES = 1_000;

export interface Batch {
  observations: Observation[];
  overheads: Overhead[];
}

/** What became of a request. `no`: the server answered, and did not do it. */
export type Answer<T> =
  | { kind: "yes"; value: T; etag: string | null }
  | { kind: "unchanged" }
  | { kind: "no"; status: number; retry_after_seconds: number | null }
  | { kind: "unreachable" };

export interface Server {
  challenge(): Promise<Answer<Challenge>>;
  enrol(enrolment: Enrolment): Promise<Answer<Enrolled>>;
  send(batch: Batch, secret: string): Promise<Answer<Receipts>>;
  snapshot(platform: string, etag: string | null): Promise<Answer<unknown>>;
}

/** The server at `origin`; `fetch` is the browser's, or a test's. */
export function server(origin: string, fetch: typeof globalThis.fetch): Server {
  const ask = (path: string, init: RequestInit): Promise<Answer<unknown>> =>
    answered(
      fetch(`${origin}${path}`, {
        ...init,
        credentials: "omit",
        referrerPolicy: "no-referrer",
        redirect: "error",
        cache: "no-store",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }),
    );
  return {
    challenge: () => ask("/v1/challenges", { method: "POST" }) as Promise<Answer<Challenge>>,
    enrol: async (enrolment) =>
      (await ask("/v1/contributors", {
        method: "POST",
        ...(await packed(enrolment, {})),
      })) as Answer<Enrolled>,
    send: async (batch, secret) => {
      const body = await packed(batch, { Authorization: `Bearer ${secret}` });
      return (await ask("/v1/observations", { method: "POST", ...body })) as Answer<Receipts>;
    },
    snapshot: (platform, etag) =>
      ask(`/v1/snapshots/${platform}`, { headers: etag === null ? {} : { "If-None-Match": etag } }),
  };
}

/** A body as JSON, gzipped where that helps a slow line. */
async function packed(value: unknown, headers: Record<string, string>): Promise<RequestInit> {
  const json = JSON.stringify(value);
  const plain = { ...headers, "Content-Type": "application/json" };
  if (json.length < PACK_FROM_BYTES) return { body: json, headers: plain };
  const stream = new Blob([json]).stream().pipeThrough(new CompressionStream("gzip"));
  return {
    body: await new Response(stream).arrayBuffer(),
    headers: { ...plain, "Content-Encoding": "gzip" },
  };
}

/** A request that fails on the way, or whose answer is cut off, is one we know nothing about. */
async function answered(request: Promise<Response>): Promise<Answer<unknown>> {
  try {
    const response = await request;
    if (response.status === 304) return { kind: "unchanged" };
    if (!response.ok)
      return { kind: "no", status: response.status, retry_after_seconds: retryAfter(response) };
    const body = await response.text();
    if (body.length > MAX_SNAPSHOT_BYTES) return { kind: "no", status: 413, retry_after_seconds: null };
    return { kind: "yes", value: JSON.parse(body), etag: response.headers.get("etag") };
  } catch (failure) {
    if (failure instanceof TypeError || failure instanceof DOMException || failure instanceof SyntaxError) {
      return { kind: "unreachable" };
    }
    throw failure;
  }
}

function retryAfter(response: Response): number | null {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

/** The only fetch: our server's answers as values. Nothing but a platform's slug, the worker's own shared items and a page's shape that the worker sends goes out. */

import type { SignedText } from "../core/snapshot/sync";
import {
  type AccountAction,
  type Challenge,
  type Enrolled,
  type Enrolment,
  type Erased,
  type Health,
  MAX_PACK_UPDATES_BYTES,
  type Observation,
  type Overhead,
  type Receipts,
  type ShapeReceipt,
  type ShapeReport,
  type Sighting,
  type Standing,
} from "../generated/contract";

/** What our server's own refusals are. */
/** Of a snapshot's plain bytes. */
const SIGNATURE = "x-taskwage-signature";
/** Until an answer begins, and between any two pieces of it: a slow line is waited for, a dead one is not. */
const SILENCE_MS = 25_000;
/** What our server's own refusals are. */
const PROBLEM = "application/problem+json";
/** A snapshot is under 1 MB packed (design 4); unpacked beyond this it is not one of ours. */
export const MAX_SNAPSHOT_BYTES = 16_000_000;
/** Below this, packing costs more than it saves. */
const PACK_FROM_BYTES = 1_000;

export interface Batch {
  observations: Observation[];
  overheads: Overhead[];
  sightings: Sighting[];
  /** Left out where there is none: a server that does not know it refuses nothing. */
  health?: Health[];
  actions?: AccountAction[];
}

/** The snapshot that we have: its name in the cache, and its release. */
export interface Have {
  etag: string | null;
  release: string;
}

/** What became of a request. `no`: the server answered, and did not do it. */
export type Answer<T> =
  | { kind: "yes"; value: T; etag: string | null }
  | { kind: "unchanged" }
  /** `is_ours`: our own server says so, not a proxy on the way. */
  | { kind: "no"; status: number; retry_after_seconds: number | null; is_ours?: boolean }
  | { kind: "unreachable" };

export interface Server {
  /** `home`: the one of several servers to enrol with, by its name; null leaves it to the proxy in front of them. */
  challenge(home: string | null): Promise<Answer<Challenge>>;
  /** `home`: the one that set the challenge. */
  enrol(enrolment: Enrolment, home: string | null): Promise<Answer<Enrolled>>;
  send(batch: Batch, secret: string): Promise<Answer<Receipts>>;
  /** The rates of a platform: whole, or what changed since what we have. */
  snapshot(platform: string, have: Have | null): Promise<Answer<SignedText>>;
  /** The key that its snapshots are signed with. */
  key(): Promise<Answer<{ public_key: string }>>;
  /** New values for packs; `etag` names those that are here. */
  packUpdates(etag: string | null): Promise<Answer<SignedText>>;
  /** The shape of a changed page. No secret goes with it. */
  reportShape(report: ShapeReport): Promise<Answer<ShapeReceipt>>;
  /** Every row of the worker's own, as the text of a file. */
  exported(format: "json" | "csv", secret: string): Promise<Answer<string>>;
  erase(secret: string): Promise<Answer<Erased>>;
  move(country: string | null, secret: string): Promise<Answer<Standing>>;
}

/** The server at `origin`; `fetch` is the browser's, or a test's. */
export function server(origin: string, fetch: typeof globalThis.fetch): Server {
  const ask = (path: string, init: RequestInit, read: Reading = asSmallJson): Promise<Answer<unknown>> =>
    answered(
      (signal) =>
        fetch(`${origin}${path}`, {
          ...init,
          credentials: "omit",
          referrerPolicy: "no-referrer",
          redirect: "error",
          cache: "no-store",
          signal,
        }),
      read,
    );
  const me = "/v1/contributors/me";
  return {
    challenge: async (home) =>
      (await ask("/v1/challenges", { method: "POST", headers: forHome(home) })) as Answer<Challenge>,
    enrol: async (enrolment, home) =>
      (await ask("/v1/contributors", {
        method: "POST",
        ...(await packed(enrolment, forHome(home))),
      })) as Answer<Enrolled>,
    send: async (batch, secret) => {
      const body = await packed(batch, bearing(secret));
      return (await ask("/v1/observations", { method: "POST", ...body })) as Answer<Receipts>;
    },
    snapshot: async (platform, have) => {
      const since = have === null ? "" : `?since=${encodeURIComponent(have.release)}`;
      const headers: HeadersInit = have?.etag ? { "If-None-Match": have.etag } : {};
      const path = `/v1/snapshots/${platform}${since}`;
      return (await ask(path, { headers }, asSigned)) as Answer<SignedText>;
    },
    key: () => ask("/v1/key", {}) as Promise<Answer<{ public_key: string }>>,
    packUpdates: async (etag) => {
      const headers: HeadersInit = etag ? { "If-None-Match": etag } : {};
      return (await ask("/v1/pack-updates", { headers }, asSignedUpdates)) as Answer<SignedText>;
    },
    reportShape: async (report) =>
      (await ask("/v1/shape-reports", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(report),
      })) as Answer<ShapeReceipt>,
    exported: async (format, secret) => {
      const headers = { ...bearing(secret), Accept: format === "csv" ? "text/csv" : "application/json" };
      return (await ask(`${me}/export`, { headers }, (text) => text)) as Answer<string>;
    },
    erase: async (secret) =>
      (await ask(me, { method: "DELETE", headers: bearing(secret) })) as Answer<Erased>,
    move: async (country, secret) => {
      const body = await packed({ country }, bearing(secret));
      return (await ask(me, { method: "PATCH", ...body })) as Answer<Standing>;
    },
  };
}

/** Where several servers stand behind one address, the header by which their proxy knows which is meant. */
function forHome(home: string | null): Record<string, string> {
  return home === null ? {} : { "Taskwage-Home": home };
}

function bearing(secret: string): Record<string, string> {
  return { Authorization: `Bearer ${secret}` };
}

/** The text of an answer as a value; undefined when it cannot be one of ours. */
type Reading = (text: string, headers: Headers) => unknown;

const asSigned: Reading = (text, headers) =>
  text.length > MAX_SNAPSHOT_BYTES ? undefined : { text, signature: headers.get(SIGNATURE) };

const asSignedUpdates: Reading = (text, headers) =>
  text.length > MAX_PACK_UPDATES_BYTES ? undefined : asSigned(text, headers);

const asSmallJson: Reading = (text) => (text.length > MAX_SNAPSHOT_BYTES ? undefined : JSON.parse(text));

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
async function answered(
  request: (signal: AbortSignal) => Promise<Response>,
  read: Reading,
): Promise<Answer<unknown>> {
  const patience = patient();
  try {
    const response = await request(patience.signal);
    patience.heard();
    if (response.status === 304) return { kind: "unchanged" };
    if (!response.ok) return refused(response);
    const value = read(await textOf(response, patience.heard), response.headers);
    if (value === undefined) return { kind: "no", status: 413, retry_after_seconds: null };
    return { kind: "yes", value, etag: response.headers.get("etag") };
  } catch (failure) {
    if (failure instanceof TypeError || failure instanceof DOMException || failure instanceof SyntaxError) {
      return { kind: "unreachable" };
    }
    throw failure;
  } finally {
    patience.end();
  }
}

function refused(response: Response): Answer<never> {
  const is_ours = (response.headers.get("content-type") ?? "").startsWith(PROBLEM);
  return { kind: "no", status: response.status, retry_after_seconds: retryAfter(response), is_ours };
}

/** A signal that aborts once nothing was heard for a while. */
function patient(): { signal: AbortSignal; heard: () => void; end: () => void } {
  const silence = new AbortController();
  const wait = () => setTimeout(() => silence.abort(), SILENCE_MS);
  let timer = wait();
  const end = (): void => clearTimeout(timer);
  const heard = (): void => {
    end();
    timer = wait();
  };
  return { signal: silence.signal, heard, end };
}

async function textOf(response: Response, heard: () => void): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  const reader = response.body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    heard();
    pieces.push(decoder.decode(next.value, { stream: true }));
  }
  return [...pieces, decoder.decode()].join("");
}

function retryAfter(response: Response): number | null {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

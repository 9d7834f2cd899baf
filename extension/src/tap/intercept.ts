/**
 * Listens to what a site answers its own page: to the answers that its pack names, and to no other. It asks for nothing,
 * changes nothing and keeps nothing. What a site may watch being called is taken before its first script.
 */

import { keysOf } from "../core/shape/keys";
import { bodyOf } from "./body";
import { MAX_BODY_LETTERS, MAX_REPLY_LETTERS, nameOf, narrowed, type Plan } from "./plan";
import { wrap } from "./wrap";

type View = Window & typeof globalThis;
type Say = (words: string) => void;
type Getter = (self: unknown) => unknown;

const { apply, getOwnPropertyDescriptor } = Reflect;

export function listen(view: View, plan: Plan, say: Say): void {
  const { parse, stringify } = view.JSON;
  const keys = new Set(plan.keys);
  const called = namer(view, plan);
  const reads: Record<string, string> = Object.create(null); // a look-up that no page can watch
  for (const one of plan.replies) reads[one.name] = one.reads;
  const tell = (name: string, given: unknown): void => {
    try {
      const value = typeof given === "string" ? read(given, parse) : given;
      const told = reads[name] === "shape" ? { shape: keysOf(value) } : narrowed(value, keys);
      const words = stringify([name, told]);
      if (words.length <= MAX_REPLY_LETTERS) say(words);
    } catch {
      // no JSON: nothing to us
    }
  };
  const isRead = (name: string): boolean => reads[name] !== "nothing";
  listenToFetch({ view, called, isRead, tell });
  listenToRequests({ view, called, isRead, tell });
}

function read(body: string, parse: typeof JSON.parse): unknown {
  return body.length > MAX_BODY_LETTERS ? null : parse(body);
}

interface Listening {
  view: View;
  /** The name of the answer to a request; null where it is none of the plan. */
  called: (method: unknown, address: unknown) => string | null;
  /** Whether the plan reads the answer; of the others only that they came is told. */
  isRead: (name: string) => boolean;
  tell: (name: string, body: unknown) => void;
}

/** What is told of an answer that is not read. */
const NOTHING = "{}";

function namer(view: View, plan: Plan): Listening["called"] {
  const Address = view.URL;
  const { location } = view;
  const base = (): string => view.document.baseURI;
  return (method, address) => {
    if (typeof address !== "string" || typeof method !== "string") return null;
    try {
      return nameOf(plan, method.toUpperCase(), new Address(address, base()), location.hostname);
    } catch {
      return null; // no address: the browser itself says so to the page
    }
  };
}

/** The page gets the browser's own answer, and its own errors; ours is a copy, read beside it. */
function listenToFetch({ view, called, isRead, tell }: Listening): void {
  const { then } = view.Promise.prototype;
  const readBody = bodyOf(view);
  const ok = getter(view.Response.prototype, "ok");
  const isOk = (response: unknown): boolean => ok(response) === true;
  const requestUrl = getter(view.Request.prototype, "url");
  const requestMethod = getter(view.Request.prototype, "method");
  const addressUrl = getter(view.URL.prototype, "href");
  const nameOfCall = ([input, init]: unknown[]): string | null => {
    if (typeof input === "string") return called(ownValue(init, "method") ?? "GET", input);
    const url = addressUrl(input);
    if (url !== undefined) return called(ownValue(init, "method") ?? "GET", url);
    return called(ownValue(init, "method") ?? requestMethod(input), requestUrl(input));
  };
  wrap(view, "fetch", (call, _self, args) => {
    const promise = call();
    const name = nameOfCall(args);
    const came = (response: unknown): unknown => {
      if (name !== null && isRead(name)) readBody(response, (body) => tell(name, body));
      else if (name !== null && isOk(response)) tell(name, NOTHING);
      return response;
    };
    return apply(then, promise, [came]);
  });
}

function listenToRequests({ view, called, isRead, tell }: Listening): void {
  const { prototype } = view.XMLHttpRequest;
  const { addEventListener } = view.EventTarget.prototype;
  const names = new WeakMap<object, string | null>();
  const addressUrl = getter(view.URL.prototype, "href");
  const status = getter(prototype, "status");
  const type = getter(prototype, "responseType");
  const text = getter(prototype, "responseText");
  const response = getter(prototype, "response");
  const { get, set, has } = WeakMap.prototype;
  const loaded = (request: object): void => {
    const name = apply(get, names, [request]) as string | null | undefined;
    const answered = status(request);
    if (!name || typeof answered !== "number" || answered < 200 || answered > 299) return; // refused: it did nothing
    const kind = type(request);
    if (!isRead(name)) tell(name, NOTHING);
    else if (kind === "" || kind === "text") tell(name, text(request));
    else if (kind === "json") tell(name, response(request));
  };
  wrap(prototype, "open", (call, self, args) => {
    const opened = call();
    const request = self as object;
    const name = called(args[0], addressUrl(args[1]) ?? args[1]);
    const isKnown = apply(has, names, [request]);
    if (name !== null || isKnown) apply(set, names, [request, name]);
    if (name !== null && !isKnown) apply(addEventListener, request, ["load", () => loaded(request)]);
    return opened;
  });
}

/** A value of the browser's own, not of the page's: undefined where it has none. */
function getter(prototype: object, name: string): Getter {
  const get = getOwnPropertyDescriptor(prototype, name)?.get;
  return (self) => {
    try {
      return get === undefined ? undefined : apply(get, self, []);
    } catch {
      return undefined;
    }
  };
}

/** What stands at a name, without running anything of the page's. */
function ownValue(given: unknown, name: string): unknown {
  if (typeof given !== "object" || given === null) return undefined;
  return getOwnPropertyDescriptor(given, name)?.value;
}

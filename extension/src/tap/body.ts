/** Reads a copy of an answer beside the page's own: only JSON, and only so much of it. */

import { MAX_BODY_LETTERS } from "./plan";

const { apply, getOwnPropertyDescriptor } = Reflect;
const JSON_TYPE = /^application\/([\w.-]+\+)?json\b/i;

type Called = (this: unknown, ...args: unknown[]) => unknown;

/** (answer, told) → calls `told` with the text, later; or never. */
export function bodyOf(
  view: Window & typeof globalThis,
): (response: unknown, told: (text: string) => void) => void {
  const { prototype } = view.Response;
  const clone = prototype.clone as Called;
  const get = view.Headers.prototype.get as Called;
  const [headers, body, ok] = ["headers", "body", "ok"].map(
    (name) => getOwnPropertyDescriptor(prototype, name)?.get as Called,
  );
  const getReader = view.ReadableStream.prototype.getReader as Called;
  const { read, cancel } = view.ReadableStreamDefaultReader.prototype as unknown as Record<string, Called>;
  const { then } = view.Promise.prototype as unknown as Record<string, Called>;
  const Decoder = view.TextDecoder;
  const { decode } = Decoder.prototype as unknown as Record<string, Called>;
  if (!headers || !body || !ok || !read || !cancel || !then || !decode) return () => undefined;

  const isJson = (response: unknown): boolean => {
    const type = apply(get, apply(headers, response, []), ["content-type"]);
    return typeof type === "string" && JSON_TYPE.test(type);
  };
  const readOn = (
    reader: unknown,
    decoder: TextDecoder,
    text: string,
    told: (text: string) => void,
  ): void => {
    const came = (part: unknown): void => {
      try {
        const { done, value } = part as { done: boolean; value?: Uint8Array };
        const more = text + String(apply(decode, decoder, done ? [] : [value, { stream: true }]));
        if (done) told(more);
        else if (more.length > MAX_BODY_LETTERS) apply(then, apply(cancel, reader, []), [nothing, nothing]);
        else readOn(reader, decoder, more, told);
      } catch {
        // a failure of ours would be reported to the page as its own
      }
    };
    apply(then, apply(read, reader, []), [came, nothing]); // the page may have given up: then so do we
  };
  return (response, told) => {
    try {
      if (!apply(ok, response, []) || !isJson(response)) return;
      const stream = apply(body, apply(clone, response, []), []);
      if (stream !== null) readOn(apply(getReader, stream, []), new Decoder(), "", told);
    } catch {
      // no answer of the browser's own
    }
  };
}

function nothing(): undefined {
  return undefined;
}

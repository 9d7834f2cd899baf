/** Becoming a contributor: a toll of arithmetic instead of an account. Only when there is something to share. */

import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { Answer } from "../../platform/api";
import type { Edge } from "../../platform/context";
import type { Credentials } from "../../platform/storage";

/** Some milliseconds of work: in between, the worker answers pages. */
const SLICE = 2_000;

/** The secret we already have, or a new one; else what the server said. */
export async function enrolled(edge: Edge): Promise<Answer<Credentials>> {
  const known = await edge.settings.credentials.get();
  if (known !== null) return { kind: "yes", value: known, etag: null };
  const asked = await edge.server.challenge(await edge.settings.home.get());
  if (asked.kind !== "yes") return asked;
  const { challenge, difficulty, home } = asked.value;
  const nonce = await solve(challenge, difficulty, edge.breathe);
  const country = await edge.settings.country.get();
  const answer = await edge.server.enrol({ challenge, nonce, country }, home ?? null);
  if (answer.kind !== "yes") return answer;
  const { contributor_id, secret } = answer.value;
  await edge.settings.credentials.set({ contributor_id, secret });
  return { kind: "yes", value: { contributor_id, secret }, etag: null };
}

/** The first nonce for which SHA-256 of `challenge:nonce` starts with `difficulty` zero bits. */
export async function solve(
  challenge: string,
  difficulty: number,
  breathe: () => Promise<void>,
): Promise<string> {
  const begun = sha256.create().update(utf8ToBytes(`${challenge}:`));
  for (let nonce = 0; ; nonce++) {
    if (nonce % SLICE === SLICE - 1) await breathe();
    const digest = begun
      .clone()
      .update(utf8ToBytes(String(nonce)))
      .digest();
    if (zeroBits(digest) >= difficulty) return String(nonce);
  }
}

function zeroBits(digest: Uint8Array): number {
  const first = digest.findIndex((byte) => byte !== 0);
  if (first === -1) return digest.length * 8;
  return first * 8 + Math.clz32(digest[first] ?? 0) - 24;
}

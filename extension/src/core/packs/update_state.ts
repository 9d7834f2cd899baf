/** What is kept of pack updates: those that were accepted, those that were refused and why, and what the worker wants of them. */

import type { PackUpdate } from "../../generated/contract";
import type { Refused } from "./apply_update";

/** Why a document, or one update in it, was not taken. */
export interface Refusal {
  reason: Refused["reason"] | "too_large" | "unsigned" | "malformed" | "older" | "unknown_pack";
  /** Null: the whole document. */
  slug: string | null;
  /** The path in the pack, where there is one. */
  path: string | null;
  on: string;
}

export interface KeptUpdates {
  /** Of the document that they came with: an older one is refused. */
  serial: number;
  etag: string | null;
  /** The key that signed it. */
  signer: string | null;
  updates: PackUpdate[];
  refusals: Refusal[];
  /** Sites that the worker reads by what was built in, whatever is sent. */
  declined: string[];
}

export const NO_UPDATES: KeptUpdates = {
  serial: 0,
  etag: null,
  signer: null,
  updates: [],
  refusals: [],
  declined: [],
};

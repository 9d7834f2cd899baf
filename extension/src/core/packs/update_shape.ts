/** What a document of updates is, and the guard that it must pass before anything of it is believed. */

import { MAX_PACK_VALUES, MAX_SELECTOR_LENGTH, type PackUpdate } from "../../generated/contract";

/** A document whose single updates are not looked at yet: one that is none does not spoil the others. */
export interface Listed {
  serial: number;
  updates: unknown[];
}

const SLUG = /^[a-z][a-z0-9_]{1,30}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MAX_WHY_LENGTH = 200;
const MAX_PATH_LENGTH = 200;
const MAX_VERSION = 30_000;
const MAX_WORDS = 10;

export function asListed(given: unknown): Listed | null {
  if (!isObject(given) || !hasOnly(given, ["serial", "updates"])) return null;
  const { serial, updates } = given;
  return Number.isSafeInteger(serial) && (serial as number) > 0 && Array.isArray(updates)
    ? { serial: serial as number, updates }
    : null;
}

export function asUpdate(given: unknown): PackUpdate | null {
  if (!isObject(given) || !hasOnly(given, FIELDS)) return null;
  const { slug, base, version, published_on, why, is_off, values } = given;
  const isOne =
    isText(slug, 31) &&
    SLUG.test(slug) &&
    isVersion(base) &&
    isVersion(version) &&
    isText(published_on, 10) &&
    DAY.test(published_on) &&
    isText(why, MAX_WHY_LENGTH) &&
    typeof is_off === "boolean" &&
    isObject(values) &&
    isChanges(values);
  return isOne ? (given as unknown as PackUpdate) : null;
}

const FIELDS = ["slug", "base", "version", "published_on", "why", "is_off", "values"];

function isChanges(values: Record<string, unknown>): boolean {
  const all = Object.entries(values);
  return (
    all.length <= MAX_PACK_VALUES &&
    all.every(([path, value]) => isText(path, MAX_PATH_LENGTH) && isValue(value))
  );
}

function isValue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length <= MAX_WORDS && value.every((one) => isText(one, 200));
  return value === null || Number.isSafeInteger(value) || isText(value, MAX_SELECTOR_LENGTH);
}

function isVersion(given: unknown): boolean {
  return Number.isInteger(given) && (given as number) >= 1 && (given as number) <= MAX_VERSION;
}

function isText(given: unknown, longest: number): given is string {
  return typeof given === "string" && given.length <= longest;
}

function hasOnly(given: Record<string, unknown>, names: readonly string[]): boolean {
  return Object.keys(given).length === names.length && names.every((name) => Object.hasOwn(given, name));
}

export function isObject(given: unknown): given is Record<string, unknown> {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

/** Made by `taskwage generate` from api/contract.py and api/packs.py. Never edited by hand. */

/** a week offline of a busy worker fits in a few requests */
export const MAX_BATCH_ITEMS = 200;

/** 200 items of the longest titles, unpacked */
export const MAX_BODY_BYTES = 1000000;

/** the longest title seen on any platform is under 200 */
export const MAX_TITLE_LENGTH = 300;

/** platforms' own ids are 5 to 40 characters */
export const MAX_ID_LENGTH = 80;

/** more than a person works in a day: the clock is wrong (estimator E) */
export const MAX_ACTIVE_SECONDS = 50400;

/** a study may stay open for weeks */
export const MAX_OPEN_SECONDS = 5184000;

/** of any currency in which a microtask is priced by the task */
export const MAX_REWARD_MICROS = 10000000000;

export const MAX_UNITS = 100000;

export const MAX_REVISION = 1000;

/** older raw rows are deleted anyway (estimator F) */
export const MAX_AGE_DAYS = 400;

/** a device set to the wrong zone, plus the cut to the hour */
export const MAX_CLOCK_AHEAD_HOURS = 26;

export const MAX_DAY_SECONDS = 86400;

/** of a toll; already hours of work on any phone */
export const MAX_DIFFICULTY_BITS = 32;

export type RewardPer = "task" | "unit" | "hour" | "thousand";

export type Outcome = "submitted" | "approved" | "rejected" | "paid" | "returned" | "expired" | "screened_out" | "abandoned";

export type Timer = "focus" | "manual" | "import";

export type Parser = "text" | "int" | "money_major" | "money_minor" | "money_text" | "seconds" | "minutes" | "duration_text";

export type Ended = "submitted" | "returned" | "expired" | "screened_out";

export type Decided = "approved" | "rejected" | "paid" | "returned" | "expired" | "screened_out";

/** An amount: integer millionths of one unit of `currency`. */
export interface Money {
  micros: number;
  currency: string;
}

/** Who pays, as the platform names them. */
export interface Client {
  id: string | null;
  name: string | null;
}

/** What is posted: the platform's own id of the group where it has one, and the title. */
export interface Task {
  id: string | null;
  title: string;
}

/** Which knowledge of the site read the page. */
export interface PackVersion {
  slug: string;
  version: number;
}

/** One attempt at a task by one person, with its times and outcome. No exact instant, no worker id, no task content. */
export interface Observation {
  id: string;
  revision: number;
  platform: string;
  client: Client | null;
  task: Task;
  reward: Money | null;
  reward_per: RewardPer;
  units: number;
  claimed_hour: string;
  active_seconds: number;
  open_seconds: number;
  limit_seconds: number | null;
  estimate_seconds: number | null;
  outcome: Outcome;
  paid: Money | null;
  decided_on: string | null;
  pack: PackVersion;
  timer: Timer;
}

/** Unpaid time of one day by class (estimator A). */
export interface OverheadSeconds {
  search?: number;
  watch?: number;
  preview?: number;
  qualification?: number;
  messages?: number;
  payment?: number;
  learning?: number;
}

/** One platform and one day of the worker's time that no task pays for. */
export interface Overhead {
  id: string;
  revision: number;
  platform: string;
  day: string;
  seconds: OverheadSeconds;
}

/** The body of `POST /v1/observations`; items stay raw so that one bad item never hurts its neighbours. */
export interface Batch {
  observations?: unknown[];
  overheads?: unknown[];
}

/** Why an item is not kept. A refusal is an answer, not a failure: sending it again changes nothing. */
export type Refusal = "malformed" | "unknown_platform" | "not_hourly" | "not_time_ordered" | "in_the_future" | "too_old" | "open_shorter_than_active" | "currencies_differ" | "paid_without_work" | "paid_beyond_reward" | "unknown_currency" | "beyond_a_day" | "not_yours";

/** The answer to one item, sent only after its row is on disk. */
export interface Receipt {
  id: string | null;
  status: "accepted" | "duplicate" | "refused" | "stale" | "updated";
  reason?: Refusal | null;
  detail?: string | null;
}

/** One receipt an item: first the observations, then the overheads, each in the order they were sent. */
export interface Receipts {
  receipts: Receipt[];
}

/** A toll for enrolling: find `nonce` so that SHA-256 of `challenge` + ":" + nonce starts with `difficulty` zero bits. */
export interface Challenge {
  challenge: string;
  difficulty: number;
  expires_at: string;
}

/** A paid toll, and a country only if the worker likes. */
export interface Enrolment {
  challenge: string;
  nonce: string;
  country?: string | null;
}

/** A new contributor. The secret is shown this once and kept by us only as a hash. */
export interface Enrolled {
  contributor_id: string;
  secret: string;
}

/** What a contributor has shared so far, and what is missing before it counts. */
export interface Standing {
  contributor_id: string;
  enrolled_on: string;
  country: string | null;
  observations: number;
  active_days: number;
  tasks: number;
  clients: number;
  first_received_on: string | null;
  is_mature: boolean;
  next_steps: string[];
}

/** What a contributor may change about themselves. */
export interface StandingChange {
  country?: string | null;
}

/** Receipt of an erasure: how many rows are gone, and by when no release will hold them. */
export interface Erased {
  contributor_id: string;
  observations: number;
  overheads: number;
  gone_from_releases_by: string;
}

/** application/problem+json: `code` is stable, `detail` is for people. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail?: string | null;
}

/** Where one value stands, and how it is read. What does not read in full is null, never a guess. The value is that of `json` (keys and indices with dots between) in an island or a row's record; else the text, or the `attribute`, of the element `at` (without `at`: of the row itself); else the page's address. `query` or `segment` then take one part of an address, `after` and `before` cut words that must stand there, and `parse` reads the rest. */
export interface Field {
  at: string | null;
  attribute: string | null;
  json: string | null;
  island: string | null;
  query: string | null;
  segment: number | null;
  after: string | null;
  before: string | null;
  parse: Parser;
  currency_json: string | null;
  decimal: "," | "." | null;
}

/** JSON that the site itself puts into an element's attribute. */
export interface Island {
  name: string;
  at: string;
  attribute: string;
  path: string | null;
}

/** A JSON array with one record a row, and how a row finds its own. */
export interface Records {
  at: string;
  attribute: string;
  path: string | null;
  tie: "index" | "key";
  key: string | null;
  row_key: Field | null;
  confirm: string | null;
}

/** A posted task. What a site does not tell is left out. */
export interface TaskFields {
  title: Field;
  reward: Field;
  reward_per: RewardPer;
  units: Field | null;
  client_id: Field | null;
  client_name: Field | null;
  task_id: Field | null;
  limit_seconds: Field | null;
  estimate_seconds: Field | null;
}

/** A page of posted tasks. */
export interface Listing {
  rows: string;
  task: TaskFields;
  skip: number;
  list: string | null;
  records: Records | null;
  badge: string | null;
}

/** The page of a claimed task. */
export interface Work {
  attempt: Field;
  task: TaskFields;
  works: "elsewhere" | "here";
  islands: Island[];
  elapsed_seconds: Field | null;
  remaining_seconds: Field | null;
}

/** What the site calls an outcome; case, blanks, hyphens and underscores do not matter. */
export interface OutcomeWords {
  outcome: Decided;
  words: string[];
}

/** A page on which the site tells what became of earlier attempts. */
export interface Status {
  attempt: Field;
  outcome: Field;
  outcomes: OutcomeWords[];
  rows: string | null;
  records: Records | null;
  paid: Field | null;
}

/** One kind of page; the first that fits is taken. Time on it is a task's, `overhead` or neither. */
export interface Page {
  name: string;
  paths: string[];
  query: string[];
  present: string | null;
  overhead: "learning" | "messages" | "payment" | "preview" | "qualification" | "search" | "watch" | null;
  listing: Listing | null;
  work: Work | null;
  status: Status | null;
}

/** One way to see an attempt end: a page reached, a form sent, an element there (with one of `texts`). */
export interface Signal {
  ending: Ended;
  pages: string[];
  form: string | null;
  present: string | null;
  texts: string[];
  attempt: Field | null;
  lasts_seconds: number;
}

/** One site. Without `pages` it is known by name only, as for a platform's own exports. */
export interface Pack {
  slug: string;
  name: string;
  version: number;
  seen_on: string;
  status: "experimental" | "stable";
  currency: string | null;
  hosts: string[];
  shows_clients: boolean;
  pages: Page[];
  signals: Signal[];
}

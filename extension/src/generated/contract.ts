/** Made by `taskwage generate` from api/intake/contract.py and api/packs/model.py. Never edited by hand. */

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

/** of a day */
export const MAX_HOURS = 24;

/** of an hour */
export const MAX_WATCHED_MINUTES = 60;

/** that one person sees come or go in an hour, or a day; more means a page was misread */
export const MAX_LISTINGS = 10000;

/** lengths: under 1, 5 and 15 minutes, 1 and 4 hours, and longer */
export const MAX_LIVES = 6;

/** of listings by what is left of them: up to 5, 20, 100 and 1,000 units, and more */
export const MAX_SIZES = 5;

/** a thousand listings open in parallel all day */
export const MAX_LISTING_MINUTES = 1440000;

/** that one person sees go in a day; more means a page was misread */
export const MAX_UNITS_GONE = 1000000;

/** that one person meets on one site; more means a page was misread */
export const MAX_ROWS_IN_A_WEEK = 1000000;

/** that one person opens on one site in a week */
export const MAX_STATEMENTS = 1000;

/** of proof of work; already hours of computing on any phone */
export const MAX_DIFFICULTY_BITS = 32;

/** of all pack updates together; the values of all packs take less */
export const MAX_PACK_UPDATES_BYTES = 200000;

/** changed by one update; a site that changed more needs a new pack */
export const MAX_PACK_VALUES = 100;

export const MAX_SELECTOR_LENGTH = 300;

/** of a report of a page's shape: with its envelope it stays under 64 kB */
export const MAX_SHAPE_LETTERS = 60000;

export type RewardPer = "task" | "unit" | "hour" | "thousand";

export type Outcome = "submitted" | "approved" | "rejected" | "paid" | "returned" | "expired" | "screened_out" | "abandoned";

export type Timer = "focus" | "elsewhere" | "manual" | "import" | "statement";

export type PayKind = "task" | "training" | "screen_out" | "bonus_only";

export type AccountActionKind = "warning" | "pause" | "removal";

export type PendingBand = "none" | "under_10" | "under_100" | "under_1000" | "from_1000";

export type ChangedSelector = "at" | "badge" | "claims" | "confirm" | "form" | "legend" | "list" | "present" | "pressed" | "rows";

export type ChangedName = "after" | "attribute" | "before" | "currency_json" | "each" | "json" | "key" | "or_json" | "path" | "query" | "word";

export type ChangedNumber = "lasts_seconds" | "segment" | "skip";

export type ChangedWords = "paths" | "texts";

export type Parser = "text" | "int" | "count" | "money_major" | "money_minor" | "money_text" | "seconds" | "minutes" | "duration_text" | "instant" | "day" | "age" | "int_text" | "done_text";

export type TaskPayKind = "task" | "training";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export type DateOrder = "day_first" | "month_first";

export type Told = "submitted" | "approved" | "rejected" | "paid" | "returned" | "expired" | "screened_out";

export type Ended = "submitted" | "returned" | "expired" | "screened_out";

export type Decided = "approved" | "rejected" | "paid" | "returned" | "expired" | "screened_out";

/** An amount: integer millionths of one unit of `currency`. */
export interface Money {
  micros: number;
  currency: string;
}

/** The paying client, as the platform names them. */
export interface Client {
  id: string | null;
  name: string | null;
}

/** A posted task: the platform's id of its group, if there is one, and the title. */
export interface Task {
  id: string | null;
  title: string;
}

/** The version of the pack that read the page. */
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
  cap_seconds?: number | null;
  paid_seconds?: number | null;
  pay_kind?: PayKind | null;
  extension_version?: string | null;
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

/** The unpaid time of one platform and one day. */
export interface Overhead {
  id: string;
  revision: number;
  platform: string;
  day: string;
  seconds: OverheadSeconds;
}

/** Units taken from listings in a day, by the number left. `watched_minutes` adds up the minutes that such listings were watched, and `gone` the units taken meanwhile. */
export interface UnitsSeen {
  watched_minutes: number[];
  gone: number[];
}

/** Counts of one platform's open listings on one day, without titles and clients. By hour of the day (UTC): minutes watched and listings appeared. Further: lifetimes of listings that came and went, and units taken, if the site counts them. */
export interface Sighting {
  id: string;
  revision: number;
  platform: string;
  day: string;
  watched_minutes: number[];
  appeared: number[];
  lives: number[];
  units?: UnitsSeen | null;
}

/** Counts of one platform, pack version and week that show how well the pack reads its site. No content of a page. `expected_rows` are the rows that the site's own data list, `read_rows` those of them that the pack found. Statements are the site's own totals, compared on the device; only the result is counted, without amounts. */
export interface Health {
  id: string;
  revision: number;
  platform: string;
  pack_version: number;
  week: string;
  expected_rows?: number;
  read_rows?: number;
  changed_pages?: number;
  agreeing_statements?: number;
  differing_statements?: number;
}

/** An action of a platform against the worker's account, as the worker entered it. Never with a client. */
export interface AccountAction {
  id: string;
  revision: number;
  platform: string;
  week: string;
  kind: AccountActionKind;
  pending_band: PendingBand;
}

/** The body of `POST /v1/observations`; items stay raw, so one bad item does not affect the others. */
export interface Batch {
  observations?: unknown[];
  overheads?: unknown[];
  sightings?: unknown[];
  health?: unknown[];
  actions?: unknown[];
}

/** The reason why an item is refused. A refusal is final: sending the item again changes nothing. */
export type Refusal = "malformed" | "unknown_platform" | "not_hourly" | "not_time_ordered" | "in_the_future" | "too_old" | "open_shorter_than_active" | "currencies_differ" | "paid_without_work" | "paid_beyond_reward" | "unknown_currency" | "unwatched" | "not_a_monday" | "read_beyond_expected" | "beyond_a_day";

/** The answer to one item, sent only after its row is on disk. */
export interface Receipt {
  id: string | null;
  status: "accepted" | "duplicate" | "refused" | "stale" | "updated";
  reason?: Refusal | null;
  detail?: string | null;
}

/** One receipt an item: observations, overheads, sightings, health and actions in turn, each in the order sent. */
export interface Receipts {
  receipts: Receipt[];
}

/** The shape of a page that no longer reads: names of tags, classes, test ids and JSON keys, and no value of the page. */
export interface ShapeReport {
  platform: string;
  pack_version: number;
  page: string;
  report: string;
}

/** The result of a report of a page's shape; `enough`: others reported the same platform today. */
export interface ShapeReceipt {
  status: "enough" | "kept";
}

/** A proof of work for enrolling: find `nonce` so that SHA-256 of `challenge` + ":" + nonce starts with `difficulty` zero bits. */
export interface Challenge {
  challenge: string;
  difficulty: number;
  expires_at: string;
  home?: string | null;
}

/** A solved proof of work, and a country if the worker chooses to give it. */
export interface Enrolment {
  challenge: string;
  nonce: string;
  country?: string | null;
}

/** A new contributor. The secret is shown once; the server stores only its hash. */
export interface Enrolled {
  contributor_id: string;
  secret: string;
}

/** A contributor's shared totals, and the steps that remain before they count. */
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

/** The properties that a contributor may change. */
export interface StandingChange {
  country?: string | null;
}

/** The receipt of an erasure: the numbers of deleted rows, and the day by which no release holds them. */
export interface Erased {
  contributor_id: string;
  observations: number;
  overheads: number;
  gone_from_releases_by: string;
}

/** New values for an extension's built-in pack, by their paths in it; or the instruction not to use the pack. */
export interface PackUpdate {
  slug: string;
  base: number;
  version: number;
  published_on: string;
  why: string;
  is_off: boolean;
  values: Record<string, string | number | string[] | null>;
}

/** All updates in force, signed as one; a document with a higher `serial` replaces it. */
export interface PackUpdates {
  serial: number;
  updates: PackUpdate[];
}

/** application/problem+json: `code` is stable, `detail` is for people. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail?: string | null;
}

/** The location of one value, and its parser. A value that does not parse in full is null, never a guess. The value is that of `json` (keys and indices separated by dots) in an island or a row's record. Without `json` it is the text, or the `attribute`, of the element `at` (without `at`: of the row itself), or else the page's address. `query` or `segment` then take one part of an address, `leaf` one innermost text, `word` one word. `after` and `before` remove text that must be present, and `parse` reads the rest. */
export interface Field {
  at: string | null;
  attribute: string | null;
  json: string | null;
  or_json: string | null;
  island: string | null;
  query: string | null;
  segment: number | null;
  leaf: "first" | "only" | null;
  word: string | null;
  after: string | null;
  before: string | null;
  parse: Parser;
  currency_json: string | null;
  each: string | null;
  alternatives: Field[];
  in_order: boolean;
  legend: string | null;
  bound: "high" | "low" | null;
  may_be_empty: boolean;
  decimal: "," | "." | null;
  marked: boolean;
}

/** The site's reply to a request of its own page, read if the worker allows listening. */
export interface Reply {
  name: string;
  url: string;
  host: string | null;
  method: Method;
  reads: "fields" | "nothing" | "shape";
}

/** JSON in an element's attribute or in a reply of the site. */
export interface Island {
  name: string;
  at: string | null;
  attribute: string | null;
  reply: string | null;
  path: string | null;
  more: string[];
  pick: "key" | "sole" | null;
  key: string | null;
  key_at: Field | null;
}

/** A JSON array with one record a row, and the rule that ties rows to records. */
export interface Records {
  at: string | null;
  attribute: string | null;
  reply: string | null;
  path: string | null;
  more: string[];
  tie: "index" | "key";
  key: string | null;
  row_key: Field | null;
  confirm: string | null;
}

/** The site's words for the unit of pay; case, blanks, hyphens and underscores are ignored. */
export interface PerWords {
  reward_per: RewardPer;
  words: string[];
}

/** Pay of one kind of work. It counts if it is the only one of its kind that parses and is above zero. */
export interface Rate {
  reward: Field;
  reward_per: RewardPer;
  pay_kind: TaskPayKind;
}

/** The site's words for a kind of work; case, blanks, hyphens and underscores are ignored. */
export interface PayKindWords {
  pay_kind: TaskPayKind;
  words: string[];
}

/** A posted task. Fields that a site does not show are omitted; the listing may supply those missing from a claimed task's page. */
export interface TaskFields {
  title: Field | null;
  reward: Field | null;
  reward_per: RewardPer;
  reward_per_at: Field | null;
  reward_per_words: PerWords[];
  reward_to: Field | null;
  rates: Rate[];
  pay_kind_at: Field | null;
  pay_kind_words: PayKindWords[];
  cap_seconds: Field | null;
  units: Field | null;
  client_id: Field | null;
  client_name: Field | null;
  task_id: Field | null;
  limit_seconds: Field | null;
  estimate_seconds: Field | null;
}

/** Possible names of each value's column; empty if the file has no such column. Times without a zone are UTC. */
export interface ExportColumns {
  title: string[];
  attempt: string[];
  client_id: string[];
  client_name: string[];
  task_id: string[];
  started: string[];
  ended: string[];
  day: string[];
  seconds: string[];
  reward: string[];
  paid: string[];
  bonus: string[];
  outcome: string[];
}

/** The file's words for an outcome; case, blanks, hyphens and underscores are ignored. */
export interface ExportWords {
  outcome: Told;
  words: string[];
}

/** One kind of file. */
export interface Export {
  name: string;
  marks: string[];
  columns: ExportColumns;
  outcomes: ExportWords[];
  unfinished: string[];
  dates: DateOrder | null;
  outcome: Told | null;
  reward_per: RewardPer;
  has_parts: boolean;
  page: string | null;
  until: string | null;
}

/** A page of posted tasks. */
export interface Listing {
  task: TaskFields;
  rows: string | null;
  skip: number;
  list: string | null;
  records: Records | null;
  badge: string | null;
  opens: Field | null;
  claims: string | null;
  left: Field | null;
  taken: Field | null;
}

/** The time since an attempt was claimed, in the one form that the site shows. */
export interface Clock {
  elapsed_seconds: Field | null;
  remaining_seconds: Field | null;
  started_at: Field | null;
  expires_at: Field | null;
}

/** The page of a claimed task. */
export interface Work {
  task: TaskFields;
  attempt: Field | null;
  works: "elsewhere" | "here";
  claimed_by: "page" | "submit";
  islands: Island[];
  clock: Clock;
  next: Ended | null;
}

/** The complete list of the worker's open attempts, with a listing or alone on a page. */
export interface Held {
  attempt: Field;
  task: TaskFields;
  rows: string | null;
  records: Records | null;
  clock: Clock;
  gone: Ended | null;
}

/** The site's words for an outcome; case, blanks, hyphens and underscores are ignored. */
export interface OutcomeWords {
  outcome: Decided;
  words: string[];
}

/** A page on which the site shows the outcomes of earlier attempts. */
export interface Status {
  outcome: Field;
  outcomes: OutcomeWords[];
  attempt: Field | null;
  title: Field | null;
  day: Field | null;
  rows: string | null;
  records: Records | null;
  paid: Field | null;
  bonus: Field | null;
  screen_out_fee: Field | null;
  adjustment: Field | null;
  paid_seconds: Field | null;
  decided_on: Field | null;
}

/** The site's own totals for the worker's account, which the record must agree with. */
export interface Statement {
  paid: Field;
  pending: Field | null;
  islands: Island[];
}

/** One kind of page; the first match counts. Time on it is a task's, `overhead` or neither. */
export interface Page {
  name: string;
  paths: string[];
  query: string[];
  present: string | null;
  texts: string[];
  overhead: "learning" | "messages" | "payment" | "preview" | "qualification" | "search" | "watch" | null;
  replies: string[];
  opens: Field | null;
  listing: Listing | null;
  work: Work | null;
  held: Held | null;
  status: Status | null;
  statement: Statement | null;
}

/** One sign that an attempt ended: a page reached, a form submitted, an element present or pressed, or a reply. An element or the `said` of a reply must match one of `texts`, if there are any. */
export interface Signal {
  ending: Ended;
  pages: string[];
  form: string | null;
  present: string | null;
  pressed: string | null;
  leaves: boolean;
  reply: string | null;
  said: Field | null;
  texts: string[];
  attempt: Field | null;
  lasts_seconds: number;
}

/** One site. Without `pages` only its name is known, as for a platform's own exports. */
export interface Pack {
  slug: string;
  name: string;
  version: number;
  seen_on: string;
  status: "experimental" | "stable";
  sources: string[];
  closed_on: string | null;
  currency: string | null;
  hosts: string[];
  shows_clients: boolean;
  holds: "many" | "one";
  attempt_is: "attempt" | "task";
  tap: boolean;
  replies: Reply[];
  exports: Export[];
  pages: Page[];
  signals: Signal[];
}

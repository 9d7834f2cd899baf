import { describe, expect, test } from "vitest";
import { type Wording, wordsOf as wordsOfVerdict } from "../../../../extension/src/core/badge/words";
import type { Rate } from "../../../../extension/src/core/snapshot/rate";
import type { Own, Verdict } from "../../../../extension/src/core/verdict";
import { text } from "../../catalogue";

const wording: Wording = {
  view: { currency: "USD", per_usd: 1, floor_per_hour: 7.25 },
  text,
  locale: "en-US",
};
const RATE: Rate = {
  level: "task",
  people: "10-19",
  effective_usd_per_hour: 3.1,
  low_usd_per_hour: 2.4,
  high_usd_per_hour: 4,
  task_usd_per_hour: 5.18,
  paid_share: 0.92,
  kept_share: 0.65,
  release: "2026-11-23.2",
  nature: "real",
};
const NO_RATE: Rate = {
  level: "none",
  people: null,
  effective_usd_per_hour: null,
  low_usd_per_hour: null,
  high_usd_per_hour: null,
  task_usd_per_hour: null,
  paid_share: null,
  kept_share: null,
  release: null,
  nature: null,
};

/** Words of a task the worker never did and whose client is not on the list. */
const wordsOf = (rate: Rate, how: Wording) => wordsOfVerdict({ rate, own: null, mark: null }, how);

test("a task that nobody shared is estimated from what it lists, beside its client's figure", () => {
  const client: Rate = { ...RATE, level: "client", expected_usd_per_hour: 1.2 };
  expect(wordsOf(client, wording)).toMatchObject({
    figure: "$3.10/h",
    headlines: [
      expect.stringContaining("over all its tasks"),
      "No one has shared this very task yet. By what it lists, an hour of it would come to about $1.20/h: an estimate.",
    ],
  });
  expect(wordsOf({ ...client, expected_usd_per_hour: null }, wording).headlines).toHaveLength(1);
});

test("a figure says what, from how many people, how sure, of which day", () => {
  expect(wordsOf(RATE, wording)).toEqual({
    tone: "below",
    figure: "$3.10/h",
    basis: "10–19 people",
    interval: "$2.40 – $4.00",
    others: null,
    side: "below floor",
    stance: null,
    headlines: [
      "10–19 people who did tasks like this one earned about $3.10/h. The true figure lies most likely between $2.40 and $4.00.",
    ],
    parts: [
      { label: "Work handed in, at the listed pay", value: "$5.18/h" },
      { label: "Share of it really paid", value: "× 92%" },
      { label: "Share of time on work handed in", value: "× 65%" },
      { label: "What an hour really paid", value: "$3.10/h" },
    ],
    notes: ["Below your floor of $7.25 an hour.", "Figures of Nov 23, 2026."],
    offersRates: false,
    isDemo: false,
    rank: 1_000_000_003.1,
  });
});

test("no data is said, with no figure at all", () => {
  const words = wordsOf(NO_RATE, wording);
  expect(words).toMatchObject({ tone: "none", figure: "no data yet", basis: null, parts: [], notes: [] });
  expect(JSON.stringify(words)).not.toMatch(/\$\d/);
});

describe("five to nine people", () => {
  const band = { ...RATE, people: "5-9", effective_usd_per_hour: null, task_usd_per_hour: null } as const;

  test.each([
    [2, 5, "below", "below $7.25/h"],
    [5, 9, "around", "around $7.25/h"],
    [7.25, 20, "above", "above $7.25/h"],
  ])("between %d and %d is %s the floor", (low, high, tone, figure) => {
    const words = wordsOf({ ...band, low_usd_per_hour: low, high_usd_per_hour: high }, wording);
    expect(words).toMatchObject({ tone, figure, basis: "5–9 people", parts: [] });
  });

  test("tell no number but the floor", () => {
    const words = JSON.stringify(
      wordsOf({ ...band, low_usd_per_hour: 2.22, high_usd_per_hour: 5.55 }, wording),
    );
    expect(new Set(words.match(/\$[\d.]+\d/g))).toEqual(new Set(["$7.25"]));
  });

  test("without an interval say nothing", () => {
    const words = wordsOf({ ...band, low_usd_per_hour: null, high_usd_per_hour: null }, wording);
    expect(words.figure).toBe("no data yet");
  });
});

test("a parent's figure is labelled as such and takes no side", () => {
  const words = wordsOf({ ...RATE, level: "platform", people: "50+" }, wording);
  expect(words).toMatchObject({ tone: "none", figure: "about $3.10/h", basis: "platform average" });
  expect(words.headlines[0]).toContain("estimate");
  const client = wordsOf({ ...RATE, level: "client" }, wording);
  expect(client.headlines[0]).toMatch(/^10–19 people who worked for this client earned about \$3\.10\/h/);
});

test("an interval on both sides of the floor is around it", () => {
  expect(wordsOf({ ...RATE, low_usd_per_hour: 2, high_usd_per_hour: 9 }, wording).tone).toBe("around");
  expect(wordsOf({ ...RATE, low_usd_per_hour: 8, high_usd_per_hour: 9 }, wording).tone).toBe("above");
});

test("demo data is marked", () => {
  const words = wordsOf({ ...RATE, nature: "demo" }, wording);
  expect(words.isDemo).toBe(true);
  expect(words.notes.at(-1)).toMatch(/^Demo data/);
});

test("money and dates follow the worker's language", () => {
  const words = wordsOf(RATE, { ...wording, locale: "de-DE" });
  expect(words.figure).toBe("3,10\u00a0$/h");
  expect(words.notes.at(-1)).toBe("Figures of 23.11.2026.");
});

test("shares that are missing leave out how the figure is made", () => {
  expect(wordsOf({ ...RATE, kept_share: null }, wording).parts).toEqual([]);
});

describe("own history", () => {
  const own: Own = { per_hour: 3.1, currency: "USD", attempts: 14, level: "task" };
  const verdict: Verdict = {
    rate: { ...RATE, effective_usd_per_hour: 9, low_usd_per_hour: 8 },
    own,
    mark: null,
  };

  test("comes first and decides the side, the crowd follows", () => {
    const words = wordsOfVerdict(verdict, wording);
    expect(words).toMatchObject({ figure: "you: $3.10/h", basis: "over 14", others: "others: $9.00/h" });
    expect(words).toMatchObject({ tone: "below", side: "below floor", interval: null });
    expect(words.headlines[0]).toMatch(/^You made about \$3\.10\/h with tasks like this one: 14 /);
    expect(words.headlines[1]).toMatch(/^10–19 people/);
  });

  test("of the client is said to be that", () => {
    const words = wordsOfVerdict({ ...verdict, own: { ...own, level: "client" } }, wording);
    expect(words.headlines[0]).toContain("this client's tasks");
  });

  test("stands alone where the crowd says nothing", () => {
    const words = wordsOfVerdict({ ...verdict, rate: NO_RATE }, wording);
    expect(words).toMatchObject({ figure: "you: $3.10/h", others: null, tone: "below" });
  });
});

describe("the watch list", () => {
  const mark = { stance: "avoid", note: "rejects without a reason", noted_on: "2026-11-03" } as const;

  test("puts its mark on the badge and the note into the explanation", () => {
    const words = wordsOfVerdict({ rate: RATE, own: null, mark }, wording);
    expect(words.stance).toEqual({ which: "avoid", label: "avoid" });
    expect(words.notes[0]).toBe("Your note of Nov 3, 2026: rejects without a reason");
  });

  test("puts an avoided client's task last, whatever it pays", () => {
    const rich = { ...RATE, effective_usd_per_hour: 90, low_usd_per_hour: 80, high_usd_per_hour: 99 };
    const avoided = wordsOfVerdict({ rate: rich, own: null, mark }, wording);
    expect(avoided.rank).toBeLessThan(wordsOf(NO_RATE, wording).rank);
    expect(wordsOf(rich, wording).rank).toBeGreaterThan(wordsOf(RATE, wording).rank);
  });
});

describe("a floor in another currency", () => {
  test("shows pay in it and judges by it", () => {
    const view = { currency: "PHP", per_usd: 57, floor_per_hour: 100 };
    const words = wordsOf(RATE, { ...wording, view });
    expect(words).toMatchObject({
      figure: "₱177/h",
      interval: "₱137 – ₱228",
      tone: "above",
      side: "above floor",
    });
    expect(words.parts[0]?.value).toBe("₱295/h");
    expect(words.notes[0]).toBe("At or above your floor of ₱100 an hour.");
  });

  test("that nobody has a rate for leaves crowd pay in dollars and takes no side", () => {
    const view = { currency: "COP", per_usd: null, floor_per_hour: 9000 };
    const words = wordsOf(RATE, { ...wording, view });
    expect(words).toMatchObject({ figure: "$3.10/h", tone: "none", side: null });
    expect(words.notes).toContain("No exchange rate for COP is known here, so pay is shown in US dollars.");
    const own: Own = { per_hour: 12_000, currency: "COP", attempts: 3, level: "task" };
    expect(wordsOfVerdict({ rate: RATE, own, mark: null }, { ...wording, view }).tone).toBe("above");
  });
});

test("the factors multiply to what is shown, however each was rounded", () => {
  for (let paid = 0.02; paid <= 1; paid += 0.0731) {
    for (let kept = 0.02; kept <= 1; kept += 0.0577) {
      for (const effective of [0.08, 2.85, 17.4, 64.95]) {
        const rate = { ...RATE, effective_usd_per_hour: effective, paid_share: paid, kept_share: kept };
        const [task, ...shares] = wordsOf(rate, wording).parts.slice(0, 3).map(({ value }) => value);
        const amount = Number(task?.replace(/[^0-9.]/g, ""));
        const product = shares.reduce((left, share) => (left * Number(share.replace(/[^0-9]/g, ""))) / 100, amount);
        expect(Math.abs(product - effective)).toBeLessThanOrEqual(amount >= 100 ? 0.5 : 0.005 + 1e-9);
      }
    }
  }
});

test.each([
  ["off", "rates not fetched", "Rates are not fetched. Fetch them?", true],
  ["unreached", "no data yet", "The rates of this site could not be fetched yet.", false],
  ["unpublished", "no data yet", "No rates are published for this site yet.", false],
  ["few", "no data yet", "Too few people have shared work like this.", false],
] as const)("a badge without a number says truly why: %s", (absence, figure, headline, offersRates) => {
  const words = wordsOfVerdict({ rate: NO_RATE, own: null, mark: null, absence }, wording);
  expect(words).toMatchObject({ figure, offersRates });
  expect(words.headlines[0]).toContain(headline);
});

test("a task never done is shown at the worker's own pace, as an estimate, with what others make beside it", () => {
  const pace = { per_hour: 3.1, currency: "USD", tasks: 14, listed_per_hour: null };
  const words = wordsOfVerdict({ rate: { ...RATE, effective_usd_per_hour: 4 }, own: null, pace, mark: null }, wording);
  expect(words).toMatchObject({ figure: "you, about $3.10/h", others: "others: $4.00/h", tone: "below" });
  expect(words.headlines[0]).toContain("an estimate from 14 of your own tasks");
});

test("without a published rate the listing's own figure stands beside the worker's pace, and that is said", () => {
  const view = { currency: "GBP", per_usd: null, floor_per_hour: 6 };
  const pace = { per_hour: 7.2, currency: "GBP", tasks: 5, listed_per_hour: 9 };
  const words = wordsOfVerdict({ rate: NO_RATE, own: null, pace, mark: null, absence: "off" }, { ...wording, view });
  expect(words).toMatchObject({ figure: "you, about £7.20/h", tone: "around", offersRates: true });
  expect(words.headlines.slice(0, 2)).toEqual([
    "The site says £9.00/h; at your pace about £7.20/h.",
    "An estimate from 5 of your own tasks on this site, against what it states. No published rate stands behind it.",
  ]);
});

test("a task done once is not said to be over one", () => {
  const own: Own = { per_hour: 4, currency: "USD", attempts: 1, level: "task" };
  expect(wordsOfVerdict({ rate: RATE, own, mark: null }, wording).basis).toBe("done once");
});

test("a listing that is paid by time says up to when, and how long people took where that is longer", () => {
  const notes = (listed: NonNullable<Verdict["listed"]>) =>
    wordsOfVerdict({ rate: RATE, own: null, mark: null, listed }, wording).notes;
  expect(notes({ cap_seconds: 1800, took_seconds: 2460 })).toContain("Paid up to 30 min; people took about 41.");
  expect(notes({ cap_seconds: 1800 })).toContain("Paid for 30 minutes at most.");
  const low = { micros: 20_000_000, currency: "USD" };
  expect(notes({ range: { low, high: { ...low, micros: 35_500_000 } } })).toContain("Listed: $20.00 – $35.50.");
});

import { expect, test } from "vitest";
import { sitesWithoutEnds } from "../../../../extension/src/core/ledger/unseen_ends";
import { record } from "../../world";

const lost = (platform: string) =>
  record({ platform, outcome: "end_unseen", end_imputed: true, extension_version: "0.2.0" });
const seen = (platform: string) => record({ platform, extension_version: "0.2.0" });

test("a site with several claims in a week and no end that was seen is named", () => {
  const records = [lost("prolific"), lost("prolific"), lost("prolific"), lost("connect"), seen("practice")];
  expect(sitesWithoutEnds(records)).toEqual(["prolific"]);
  expect(sitesWithoutEnds([...records, seen("prolific")])).toEqual([]);
});

import { expect, test } from "vitest";
import { clientName, snapshotKey, taskName, titleGroup } from "../../../../extension/src/core/snapshot/keys";
import golden from "../../../fixtures/wire/keys.json";
import { task } from "../../world";

test.each(golden)("$title has the keys that the server publishes under", (words) => {
  const client =
    words.client_id === null && words.client_name === null
      ? null
      : { id: words.client_id, name: words.client_name };
  const named = clientName(
    task({ platform: words.platform, client, task: { id: words.task_id, title: words.title } }),
  );
  expect(titleGroup(words.title)).toBe(words.title_group);
  expect(snapshotKey(named)).toBe(words.client_snapshot_key);
  expect(snapshotKey(taskName(named, words.title))).toBe(words.task_snapshot_key);
});

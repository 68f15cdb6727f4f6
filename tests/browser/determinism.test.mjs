// The same beginning and the same commands give the same run in the browser as on the host.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { open, WIDE, withPage } from "./harness.mjs";

const COMMITTED = readFileSync(new URL("../golden/hashes.txt", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => line.match(/^(\S+) (.*)$/).slice(1));

test("long runs have the same hashes as on the host", async () => {
  assert.ok(COMMITTED.length > 3);
  await withPage(WIDE, async (page) => {
    await open(page);
    const found = await page.evaluate(async (names) => {
      const script = document.querySelector('link[rel="modulepreload"][href*="app-"]').href;
      const { hashOfLongRun } = await import(script);
      return names.map((name) => [name, hashOfLongRun(name)]);
    }, COMMITTED.map(([name]) => name));
    assert.deepEqual(found, COMMITTED);
  });
});

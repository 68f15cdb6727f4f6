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
    await page.keyboard.press("Shift"); // A touch: the runs are in the half of the page that comes with it.
    const found = await page.evaluate(async (names) => {
      const script = document.querySelector('link[rel="modulepreload"][href*="app-"]').href;
      const { hashOfLongRun } = await import(script);
      while (!hashOfLongRun(names[0])) await new Promise((resolve) => setTimeout(resolve, 25));
      return names.map((name) => [name, hashOfLongRun(name)]);
    }, COMMITTED.map(([name]) => name));
    assert.deepEqual(found, COMMITTED);
  });
});

// Runs the benches of `benches/page.rs` and prints one line of tab-separated values for each case.
// `cargo xtask bench --browser` serves them at BASE_URL.

import { BASE_URL, closeBrowser, withPage } from "./page.mjs";

await withPage({}, async (page) => {
  await page.goto(BASE_URL);
  const count = await page.evaluate(async (address) => {
    globalThis.bench = await import(address);
    await globalThis.bench.default();
    return globalThis.bench.count();
  }, `${BASE_URL}bench.js`);
  for (let number = 0; number < count; number += 1) {
    console.log(await page.evaluate((wanted) => globalThis.bench.measure(wanted), number));
  }
});
await closeBrowser();

// Runs the benches of `benches/page.rs` and prints one line of tab-separated values for each case.
// `cargo xtask bench --browser` serves them at BASE_URL.

import { BASE_URL, closeBrowser, withPage } from "./page.mjs";

await withPage({}, async (page) => {
  // Each case in a page of its own: wasm memory never shrinks, and what one case took is not the next one's.
  const begin = async () => {
    await page.goto(BASE_URL);
    return page.evaluate(async (address) => {
      globalThis.bench = await import(address);
      globalThis.memory = (await globalThis.bench.default()).memory;
      return globalThis.bench.count();
    }, `${BASE_URL}bench.js`);
  };
  const count = await begin();
  for (let number = 0; number < count; number += 1) {
    await begin();
    const row = await page.evaluate((wanted) => globalThis.bench.measure(wanted), number);
    const bytes = await page.evaluate(() => globalThis.memory.buffer.byteLength);
    console.log(`${row}\tMiB of memory\t${Math.ceil(bytes / 2 ** 20)}`);
  }
});
await closeBrowser();

// The first load: what comes over the wire, how strict the page is, and what it says when it cannot start.

import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { BASE_URL, NARROW, WIDE, assertAccessible, open, withPage } from "./harness.mjs";

// All that a living board needs; what only an acting learner needs comes with the first touch (later.test.mjs).
const FIRST_LOAD_LIMIT = 250_000;

test("the page starts below a sub-path, without an error or a request to another origin", async () => {
  await withPage(WIDE, async (page, seen) => {
    await open(page);
    assert.match(await page.title(), /ECS Playground/);
    assert.ok(await page.locator("#app *").first().isVisible());
    assert.equal(await page.getByRole("alert").filter({ hasText: /\S/ }).count(), 0);
    const outside = seen.responses.map((response) => response.url()).filter((url) => !url.startsWith(BASE_URL));
    assert.deepEqual(outside, []);
  });
});

test("the Content-Security-Policy lies in the page and opens only what is needed", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
    const directives = new Map(policy.split(";").map((item) => item.trim().split(/\s+(.*)/s)).map(([name, value]) => [name, value]));
    assert.equal(directives.get("default-src"), "'none'");
    assert.equal(directives.get("script-src"), "'self' 'wasm-unsafe-eval'");
    assert.equal(directives.get("style-src"), "'self'");
    assert.equal(directives.get("base-uri"), "'none'");
    assert.equal(directives.get("form-action"), "'none'");
    assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|\*|https?:/);
  });
});

test("a script that someone slips into the page does not run", async () => {
  await withPage({ ...WIDE, allow: /policy: script-src|Content Security Policy/ }, async (page, seen) => {
    await open(page);
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "globalThis.slippedIn = true";
      document.body.append(script);
    });
    assert.equal(await page.evaluate(() => globalThis.slippedIn), undefined);
    await assert.doesNotReject(until(() => seen.troubles.some((trouble) => trouble.startsWith("policy:"))));
  });
});

test("the first load is small", async () => {
  await withPage(WIDE, async (page, seen) => {
    await open(page);
    await page.waitForLoadState("networkidle");
    const sizes = await Promise.all(
      seen.responses.map(async (response) => [brotliCompressSync(await response.body()).length, response.url()]),
    );
    const total = sizes.reduce((sum, [size]) => sum + size, 0);
    console.log(`first load: ${total} bytes as brotli, ${sizes.length} requests`);
    assert.ok(sizes.length >= 5, "all of the page is counted");
    assert.ok(total <= FIRST_LOAD_LIMIT, `${total} bytes: ${JSON.stringify(sizes.sort((a, b) => b[0] - a[0]))}`);
  });
});

test("the wasm comes compressed, under its own type and to be kept; the page itself is asked for again", async () => {
  await withPage(WIDE, async (page, seen) => {
    await open(page);
    const answer = seen.responses.find((response) => response.url().endsWith(".wasm"));
    const headers = await answer.allHeaders();
    assert.equal(headers["content-type"], "application/wasm");
    assert.equal(headers["content-encoding"], "br");
    assert.match(headers["cache-control"], /immutable/);
    const gzipped = await fetch(answer.url(), { headers: { "accept-encoding": "gzip" } });
    assert.equal(gzipped.headers.get("content-encoding"), "gzip");
    const index = await fetch(BASE_URL);
    assert.equal(index.headers.get("cache-control"), "no-cache");
  });
});

for (const colorScheme of ["light", "dark"]) {
  for (const screen of [WIDE, NARROW]) {
    test(`axe finds nothing: ${colorScheme}, ${screen.width} wide`, async () => {
      await withPage({ ...screen, colorScheme }, async (page) => {
        await open(page);
        await assertAccessible(page);
      });
    });
  }
}

test("without JavaScript the page says what it is and what it needs", async () => {
  await withPage({ ...NARROW, javaScript: false, allow: /^failed: .*\.js$/ }, async (page) => {
    await page.goto(BASE_URL);
    assert.ok(await page.getByRole("heading", { level: 1, name: "ECS Playground" }).isVisible());
    assert.ok(await page.getByRole("img").isVisible());
    const need = page.locator("noscript p"); // Lookups by text leave noscript out.
    assert.match(await need.innerText(), /needs JavaScript/);
    assert.ok(await need.isVisible());
  });
});

test("without WebAssembly the page says so", async () => {
  const prepare = (page) => page.addInitScript(() => delete globalThis.WebAssembly);
  await withPage({ ...NARROW, prepare }, async (page) => {
    await page.goto(BASE_URL);
    await page.getByRole("alert").filter({ hasText: "needs WebAssembly" }).waitFor();
    await assertAccessible(page);
  });
});

for (const part of ["wasm", "js"]) {
  test(`when the ${part} of the app does not load, the page says so`, async () => {
    const prepare = (page) => page.route(new RegExp(`/app[^/]*\\.${part}$`), (route) => route.abort());
    await withPage({ ...NARROW, prepare, allow: /./ }, async (page) => {
      await page.goto(BASE_URL);
      await page.getByRole("alert").filter({ hasText: "could not be started" }).waitFor();
    });
  });
}

async function until(holds) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("it never came to hold");
}

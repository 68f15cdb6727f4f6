// The page in a fresh Chromium: opening it, and failing on any trouble it has.
//
// `cargo xtask test` sets BASE_URL (the served page) and CHROMIUM. By hand: start `cargo xtask serve`, then
// BASE_URL=http://127.0.0.1:8080/ CHROMIUM=$(command -v chromium) node --test

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

/** Where the page is served; ends with a slash. */
export const BASE_URL = required("BASE_URL", "the address of the served page");

/** Screens the page is made for. */
export const WIDE = { width: 1440, height: 900 };
export const NARROW = { width: 390, height: 844 };

/** Longer than this nothing takes, even on a busy machine. */
export const PATIENCE_MS = 20_000;

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const AXE_SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE_OPTIONS = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"],
  rules: { "target-size": { enabled: true } },
};

let browser;

/** Ends the browser. */
export const closeBrowser = () => browser?.close();

/** The browser of this process, started when it is first needed, with a profile of its own. */
async function theBrowser() {
  const executablePath = required("CHROMIUM", "the path of a Chromium");
  browser ??= await chromium.launch({ executablePath, headless: true, args: ARGS });
  return browser;
}

/**
 * Runs `use(page, seen)` on a fresh page. Fails on a console error, an uncaught error, a violation of the
 * Content-Security-Policy, a failed request and a request to another origin. `seen.responses` lists what was loaded.
 *
 * Options: width, height, touch, colorScheme, reducedMotion, javaScript, prepare(page), allow (a pattern for console errors
 * that the test means to cause).
 */
export async function withPage(options, use) {
  const { width, height, colorScheme = "light", reducedMotion = "no-preference" } = { ...WIDE, ...options };
  const context = await (await theBrowser()).newContext({
    viewport: { width, height },
    hasTouch: options.touch ?? false,
    colorScheme,
    reducedMotion,
    javaScriptEnabled: options.javaScript ?? true,
  });
  try {
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const seen = await watch(page);
    await options.prepare?.(page);
    await use(page, seen);
    const troubles = seen.troubles.filter((trouble) => !options.allow?.test(trouble));
    assert.deepEqual(troubles, [], "the page had troubles");
  } finally {
    await context.close();
  }
}

/** Opens the page and waits until the app has taken the place of the static welcome. */
export async function open(page, address = "") {
  await page.goto(BASE_URL + address);
  await page.locator("#app noscript").waitFor({ state: "detached" });
}

/** Fails unless axe finds nothing against WCAG 2.2 A and AA, target size included; or against those rules only. */
export async function assertAccessible(page, rules) {
  await page.evaluate(AXE_SOURCE);
  const options = { ...(rules ? { runOnly: { type: "rule", values: rules } } : AXE_OPTIONS), resultTypes: ["violations"] };
  const violations = await page.evaluate(axeAtRest, options);
  const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`));
  assert.deepEqual(found, [], "axe found violations");
}

/**
 * Runs axe, in the page, with nothing on its way: what fades in has too little contrast until it has arrived. Axe gives the page no
 * time to go on, so it is enough to bring whatever moves to its end just before.
 */
async function axeAtRest(options) {
  for (const animation of document.getAnimations()) {
    if (animation.effect.getComputedTiming().endTime !== Infinity) animation.finish();
  }
  return (await globalThis.axe.run(options)).violations;
}

async function watch(page) {
  const seen = { troubles: [], responses: [] };
  const origin = new URL(BASE_URL).origin;
  page.on("console", (message) => {
    if (message.type() === "error") seen.troubles.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => seen.troubles.push(`uncaught: ${error.message}`));
  page.on("requestfailed", (request) => seen.troubles.push(`failed: ${request.url()}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== origin) seen.troubles.push(`other origin: ${url}`);
  });
  page.on("response", (response) => seen.responses.push(response));
  await page.exposeFunction("reportViolation", (what) => seen.troubles.push(`policy: ${what}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      globalThis.reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  return seen;
}

function required(name, what) {
  const value = process.env[name];
  if (!value) {
    console.error(`${name} is not set: it says ${what}. cargo xtask test sets it.`);
    process.exit(1);
  }
  return value;
}

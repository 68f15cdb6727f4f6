// Access: reflow, text spacing, large text, and what is announced.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, open, withPage } from "./harness.mjs";
import { button, choose, pause, server, service, the, until } from "./learner.mjs";

/** Controls whose words do not fit in them, and how far the page can be scrolled sideways. */
const misfits = (page) =>
  page.evaluate(() => {
    const shown = (element) => element.checkVisibility() && element.getClientRects().length > 0;
    const name = (element) => (element.getAttribute("aria-label") ?? element.textContent).trim().slice(0, 60);
    const drawn = (element) => !element.closest("svg, .hidden-text, .skip");
    const clipped = [...document.querySelectorAll("button, select, summary, label, th, td, h1, h2, h3, h4, p, li")].filter((element) => {
      if (!shown(element) || !drawn(element)) return false;
      const style = getComputedStyle(element);
      const hides = (overflow) => ["hidden", "clip"].includes(overflow);
      return (
        (hides(style.overflowX) && element.scrollWidth > element.clientWidth + 1) ||
        (hides(style.overflowY) && element.scrollHeight > element.clientHeight + 1)
      );
    });
    const spilling = [...document.querySelectorAll("button")].filter(
      (element) => shown(element) && drawn(element) && element.scrollWidth > element.clientWidth + 2,
    );
    const { scrollWidth, clientWidth } = document.documentElement;
    return { clipped: clipped.map(name), spilling: spilling.map(name), sideways: Math.max(0, scrollWidth - clientWidth) };
  });

const NOTHING = { clipped: [], spilling: [], sideways: 0 };
const PANES = ["Board", "Start", "Why", "Events", "More"];

test("at 320 pixels nothing has to be scrolled sideways", async () => {
  await withPage({ width: 320, height: 640 }, async (page) => {
    await open(page);
    await button(page, "Cut the network to the second server").click();
    await pause(page);
    for (const pane of PANES) {
      await page.getByRole("tab", { name: pane, exact: true }).click();
      assert.deepEqual(await misfits(page), NOTHING, pane);
    }
    await page.getByRole("tab", { name: "Board" }).click();
    await service(page, "web").name.click();
    assert.deepEqual(await misfits(page), NOTHING, "details");
    await button(page, "Close details").click();
    await choose(page, "Placement");
    await page.getByRole("tab", { name: "Lesson" }).click();
    await button(page, "Continue").click();
    await button(page, "Commit and run").waitFor();
    assert.deepEqual(await misfits(page), NOTHING, "a prediction");
  });
});

/** The distances that WCAG 1.4.12 asks a page to bear. */
const spaceOut = (page) =>
  page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }",
    );
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  });

for (const screen of [WIDE, NARROW]) {
  test(`wider text spacing clips no words, ${screen.width} wide`, async () => {
    await withPage(screen, async (page) => {
      await open(page);
      await pause(page);
      await spaceOut(page);
      await service(page, "web").name.click();
      assert.deepEqual(await misfits(page), NOTHING);
    });
  });
}

/** Twice as large by zoom, as on a desk, and by larger letters, as on a phone. */
const TWICE_AS_LARGE = { "by zoom": { width: 720, height: 450, letters: "100%" }, "by larger letters": { ...NARROW, letters: "200%" } };

for (const [how, screen] of Object.entries(TWICE_AS_LARGE)) {
  test(`text twice as large ${how} clips no words and leaves room for the board`, async () => {
    await withPage(screen, async (page) => {
      await open(page);
      await pause(page);
      await page.evaluate((size) => document.documentElement.style.setProperty("font-size", size), screen.letters);
      for (const pane of PANES) {
        await page.getByRole("tab", { name: pane, exact: true }).click();
        assert.deepEqual(await misfits(page), NOTHING, pane);
        const { height } = await page.getByRole("main").boundingBox();
        assert.ok(height >= 140, `${pane}: ${height} pixels high`);
      }
      await page.getByRole("tab", { name: "Board" }).click();
      await service(page, "web").name.click();
      assert.deepEqual(await misfits(page), NOTHING, "details");
    });
  });
}

test("what happens is announced, at most once in two seconds", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    const live = page.getByRole("status").and(page.locator(".page > [aria-live=polite]"));
    await live.evaluate((region) => {
      globalThis.announced = [];
      new MutationObserver(() => globalThis.announced.push([performance.now(), region.textContent])).observe(region, {
        characterData: true,
        childList: true,
        subtree: true,
      });
    });
    await button(page, "Cut the network to the second server").click();
    await the.timeline(page).getByRole("combobox", { name: "Speed" }).selectOption("30");
    const announced = () => page.evaluate(() => globalThis.announced);
    const has = (words) => until(async () => (await announced()).some(([, each]) => words.test(each)), `${words} is announced`);
    await has(/Messages between i-\w{4} and ECS get lost/);
    await has(/disconnected/);
    const before = (await announced()).length;
    await button(server(page, "us-east-1b"), "Heal").click();
    await button(page, "Desired count of web: 5").click();
    await until(async () => (await announced()).length > before, "what came of it is announced");
    const all = await announced();
    const text = all.map(([, words]) => words).join(" | ");
    const gaps = all.slice(1).map(([at], index) => at - all[index][0]);
    assert.ok(gaps.every((gap) => gap > 1_900), `${gaps.map(Math.round)}: ${text}`);
  });
});

test("what a step brings is announced as well, with how far it went", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    await pause(page);
    const live = page.getByRole("status").and(page.locator(".page > [aria-live=polite]"));
    await button(page, "Desired count of web: 5").click();
    await until(async () => (await live.textContent()) === "You: Update service web: desired count 5", "what was done");
    await button(page, "Next event").click();
    await until(async () => /^\d+:\d\d\.\d, \d+\.\d s later: .* placed on i-/.test(await live.textContent()), "what came of it");
    await button(page, "+1 s: one second further").click();
    await until(async () => /, 1\.0 s later: /.test(await live.textContent()), "the second");
  });
});

test("the screen summary says in words what the board shows", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    await page
      .getByRole("main")
      .getByText(/3 servers · 7 tasks running · .*Service web: 4 of 4 running\. Service api: 2 of 2 running\./)
      .waitFor({ state: "attached" });
  });
});

// The half of the page that comes with the first touch: when it comes, that nothing of the gesture is lost, and what is said when it does not come.

import assert from "node:assert/strict";
import { test } from "node:test";
import { button, the, until } from "./learner.mjs";
import { NARROW, WIDE, open, withPage } from "./harness.mjs";

const LATER = /split_later-[0-9a-f]{16}\.wasm$/;

const loadedLater = (seen) => seen.responses.filter((response) => LATER.test(response.url())).length;

test("a page that is only looked at lives without the later half", async () => {
  await withPage(WIDE, async (page, seen) => {
    await open(page);
    const clock = async () => the.scrubber(page).getAttribute("aria-valuetext");
    const before = await clock();
    await until(async () => (await clock()) !== before, "time passes");
    assert.equal(loadedLater(seen), 0);
  });
});

for (const [how, touch] of [
  ["a key", (page) => page.keyboard.press("Tab")],
  ["the pointer", (page) => page.mouse.click(2, 2)],
]) {
  test(`${how} brings the later half, once`, async () => {
    await withPage(WIDE, async (page, seen) => {
      await open(page);
      await touch(page);
      await until(() => loadedLater(seen) === 1, "the later half is asked for");
      await touch(page);
      await button(the.timeline(page), /^Pause/).click();
      assert.equal(loadedLater(seen), 1);
    });
  });
}

for (const screen of [WIDE, NARROW]) {
  test(`the first gesture of all is not lost, ${screen.width} wide`, async () => {
    await withPage(screen, async (page) => {
      await open(page);
      await page.getByRole("button", { name: "Cut the network to the second server" }).click();
      await button(page, /^Undo/).first().waitFor();
      await until(() => the.undo(page).first().isEnabled(), "the cut can be undone");
    });
  });
}

test("gestures made during the download follow in their order", async () => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const prepare = (page) => page.route(LATER, async (route) => (await held, route.continue()));
  await withPage({ ...WIDE, prepare }, async (page) => {
    await open(page);
    await button(the.timeline(page), /^Pause/).click();
    await page.getByRole("button", { name: "Cut the network to the second server" }).click();
    await page.getByRole("tab", { name: "Words" }).click();
    await the.panel(page, "Words").getByText("Loading…").waitFor();
    assert.equal(await the.brokenNow(page).count(), 0);
    release();
    await the.panel(page, "Words").getByRole("searchbox").waitFor();
    await until(async () => (await the.brokenNow(page).count()) === 1, "the network is cut");
  });
});

test("a picker that opens before its list stands in its place and says that it loads", async () => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const prepare = (page) => page.route(LATER, async (route) => (await held, route.continue()));
  await withPage({ ...WIDE, prepare }, async (page) => {
    await open(page);
    const opener = button(page, /^Choose how to learn/);
    await opener.click();
    const picker = page.getByRole("navigation", { name: "Choose how to learn" });
    await picker.getByText("Loading…").waitFor();
    const [above, menu] = [await opener.boundingBox(), await picker.boundingBox()];
    assert.ok(menu.y >= above.y + above.height && menu.y < 100 && menu.x < above.x + above.width, JSON.stringify(menu));
    release();
    await picker.getByRole("button", { name: "First cluster" }).waitFor();
    assert.equal(await picker.getByText("Loading…").count(), 0);
  });
});

test("when it does not come the page says so, keeps running and can try again", async () => {
  let refuse = true;
  const prepare = (page) => page.route(LATER, (route) => (refuse ? route.abort() : route.continue()));
  await withPage({ ...WIDE, prepare, allow: /split_later|Failed to fetch|ERR_FAILED/ }, async (page) => {
    await open(page);
    const cut = page.getByRole("button", { name: "Cut the network to the second server" });
    await cut.click();
    await page.getByRole("alert").filter({ hasText: "A part of the page could not be loaded" }).waitFor();
    assert.equal(await the.brokenNow(page).count(), 0);
    refuse = false;
    await cut.click();
    await until(async () => (await the.brokenNow(page).count()) === 1, "the network is cut");
  });
});

// What opens under the timeline: charts with their table twin, and the list of commands. Wide, narrow, and by keyboard.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, assertAccessible, open, withPage } from "./harness.mjs";
import { button, choose, end, focused, inOrder, now, pause, playFor, says, service, the, until } from "./learner.mjs";

const bottom = (page) => page.getByRole("region", { name: "Charts and commands" });
const figure = (page, title) => bottom(page).getByRole("figure").filter({ hasText: title }).first();

test("zones stand side by side and in sight", async (t) => {
  await t.test("three of them at 1280 × 720", async () => {
    await withPage({ width: 1280, height: 720 }, async (page) => {
      await open(page);
      const tops = await page.locator(".zone").evaluateAll((zones) => zones.map((zone) => Math.round(zone.getBoundingClientRect().top)));
      assert.equal(tops.length, 3);
      assert.equal(new Set(tops).size, 1, `${tops}`);
    });
  });
  for (const [scenario, cards] of [["Two-zone web service", 1], ["Rolling and blue/green", 4]]) {
    await t.test(`under charts, with what is round ECS: ${scenario}`, async () => {
      await withPage(WIDE, async (page) => {
        await open(page);
        await choose(page, scenario);
        await pause(page);
        await button(the.timeline(page), "Charts").click();
        await bottom(page).waitFor();
        assert.ok((await page.locator(".neighbour").count()) >= cards);
        const server = await page.locator(".server").first().boundingBox();
        const board = await page.locator(".middle").boundingBox();
        assert.ok(server.y + 40 < board.y + board.height, `a server begins at ${server.y} of ${board.y + board.height}`);
        await assertAccessible(page);
      });
    });
  }
});

test("charts and commands, wide", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await open(page);
    await pause(page);

    await then("nothing is open at first", async () => {
      assert.equal(await bottom(page).count(), 0);
      assert.equal(await button(the.timeline(page), "Charts").getAttribute("aria-expanded"), "false");
    });

    await then("charts show the exact value, and follow what is done", async () => {
      await button(the.timeline(page), "Charts").click();
      await says(figure(page, "Running"), "7 of 7");
      await service(page, "web").change(5).click();
      await says(figure(page, "Running"), "7 of 8");
      await playFor(page, 30_000, 30);
      await says(figure(page, "Running"), "8 of 8");
    });

    await then("what is really used is told beside what is reserved, unless only belief is shown", async () => {
      await says(figure(page, "CPU reserved"), /really used \d+ %/);
      await button(the.board(page), "What ECS knows").click();
      await until(async () => !/really used/.test(await figure(page, "CPU reserved").innerText()), "truth is hidden");
      await button(the.board(page), "Both").click();
    });

    await then("going back in time shows what was so then", async () => {
      const scrubber = the.scrubber(page);
      await scrubber.focus();
      await page.keyboard.press("Home");
      await says(figure(page, "Running"), /^Running\s*0 of 7/);
      await page.keyboard.press("End");
      await says(figure(page, "Running"), "8 of 8");
    });

    await then("the numbers are there as a table", async () => {
      await button(bottom(page), "Numbers as a table").click();
      const table = bottom(page).getByRole("table");
      assert.match(await table.getByRole("row").last().innerText(), /8 of 8/);
      assert.ok((await table.getByRole("row").count()) > 5);
      await button(bottom(page), "Numbers as a table").click();
    });

    await then("its height is changed with the arrow keys, and by dragging", async () => {
      const grip = page.getByRole("separator", { name: "Height of charts and commands" });
      const height = async () => (await bottom(page).boundingBox()).height;
      const usual = await height();
      await grip.focus();
      await page.keyboard.press("ArrowUp");
      await until(async () => (await height()) > usual, "it is higher");
      await page.keyboard.press("Home");
      await until(async () => (await height()) < usual, "it is lower");
      const box = await grip.boundingBox();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2, box.y - 200, { steps: 4 });
      await page.mouse.up();
      await until(async () => (await height()) > usual, "it is as high as it was drawn");
      assert.ok(Number(await grip.getAttribute("aria-valuenow")) > 2);
    });

    await then("commands are listed, and lead to their instant", async () => {
      await bottom(page).getByRole("tab", { name: "Commands" }).click();
      const first = bottom(page).getByRole("list", { name: "Commands, newest first" }).getByRole("listitem").first();
      await says(first, /You[\s\S]*Update service web: desired count 5/);
      const before = await now(page);
      await button(first, /^Go to /).click();
      await until(async () => (await now(page)) < before, "it went back");
      assert.ok((await end(page)) >= before, "what lay ahead is kept");
    });

    await then("arrow keys move between the tabs, and closing gives the room back", async () => {
      await bottom(page).getByRole("tab", { name: "Commands" }).focus();
      await page.keyboard.press("ArrowLeft");
      await figure(page, "Running").waitFor();
      assert.equal(await focused(page), "Charts");
      await assertAccessible(page);
      await button(bottom(page), "Close charts and commands").click();
      await until(async () => (await bottom(page).count()) === 0, "it is closed");
    });
  });
});

test("charts and commands are a pane of a narrow screen", async () => {
  await withPage(NARROW, async (page) => {
    await open(page);
    await pause(page);
    const panes = page.getByRole("navigation", { name: "Panes" });
    await panes.getByRole("tab", { name: "Charts" }).click();
    await says(figure(page, "Running"), "7 of 7");
    await bottom(page).getByRole("tab", { name: "Commands" }).click();
    await bottom(page).getByRole("list", { name: "Commands, newest first" }).waitFor();
    await assertAccessible(page);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= NARROW.width, `${width} wide`);
    await panes.getByRole("tab", { name: "Board" }).click();
    await the.controlPlane(page).waitFor();
  });
});

// On a phone: what was done and what is broken are in sight wherever the learner stands, and nothing has to be scrolled sideways.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, assertAccessible, open, withPage } from "./harness.mjs";
import { button, choose, inOrder, pause, playFor, says, service, the, until } from "./learner.mjs";

const PHONE = { ...NARROW, touch: true };

const show = (page, name) => page.getByRole("tab", { name, exact: true }).tap();
const said = (page, name) => page.getByRole("region", { name, exact: true });

/** Is the element within what can be seen of the pane? */
const inSight = (locator) =>
  locator.evaluate((element) => {
    const [seen, pane] = [element, document.querySelector(".pane")].map((each) => each.getBoundingClientRect());
    return seen.top >= pane.top - 1 && seen.top < pane.bottom - 40;
  });

test("what is broken stands over the board, leads there and can be healed", async (t) => {
  await withPage(PHONE, async (page) => {
    const then = inOrder(t);
    await open(page);
    await pause(page);

    await then("a cut far down the board is told at the top of it", async () => {
      await button(page, "Cut the network to the second server").tap();
      await says(said(page, "Broken"), /network/i);
      const struck = page.getByRole("list", { name: "Faults" });
      assert.equal(await inSight(struck), false);
      await button(said(page, "Broken"), "Show").tap();
      await until(() => inSight(the.zone(page, "us-east-1b").getByRole("article").first()), "the struck server is in sight");
      await assertAccessible(page);
    });

    await then("a second fault is counted", async () => {
      await show(page, "More");
      const server = the.breakage(page).getByRole("group").filter({ has: page.getByText("Server", { exact: true }) });
      await server.getByText("Server", { exact: true }).tap();
      await button(server, "Agent stops").tap();
      await says(said(page, "Done"), /agent/i);
      await button(said(page, "Done"), "See the board").tap();
      await says(said(page, "Broken"), "and 1 more");
    });

    await then("healing both clears the message", async () => {
      for (const left of [1, 0]) {
        await button(said(page, "Broken"), "Heal").tap();
        await until(async () => (await said(page, "Broken").count()) === left, `${left} left`);
      }
    });
  });
});

test("what is touched low on the board is moved out from under its details", async (t) => {
  await withPage(PHONE, async (page) => {
    const then = inOrder(t);
    await open(page);
    await pause(page);
    const zone = the.zone(page, "us-east-1c");
    const clear = (locator) =>
      locator.evaluate((element) => {
        const [seen, pane, sheet] = [element, ...document.querySelectorAll(".pane, .sheet")].map((each) => each.getBoundingClientRect());
        return seen.top >= pane.top && seen.bottom <= sheet.top;
      });

    await then("a task", async () => {
      const task = zone.getByRole("button", { name: /^Task/ }).first();
      await task.evaluate((element) => element.scrollIntoView({ block: "end" }));
      await task.tap();
      await until(() => clear(task), "the task is above its details");
      await assertAccessible(page);
    });

    await then("what is in sight stays where it is", async () => {
      const place = () => page.locator(".pane").evaluate((pane) => pane.scrollTop);
      const before = await place();
      await button(page, "Close details").tap();
      await zone.getByRole("button", { name: /^Task/ }).first().tap();
      await page.locator(".sheet").waitFor();
      assert.equal(await place(), before);
    });
  });
});

test("the longest pane: ways to its parts, and what was asked for is confirmed where it was asked", async (t) => {
  await withPage(PHONE, async (page) => {
    const then = inOrder(t);
    await open(page);
    await pause(page);
    await show(page, "More");
    const jumps = page.getByRole("navigation", { name: "On this pane" });

    await then("Words are one touch away, and so is the way back", async () => {
      await jumps.getByRole("link", { name: "Words" }).tap();
      await until(() => inSight(page.getByRole("heading", { name: /^Words/ })), "the words are in sight");
      await jumps.getByRole("link", { name: "Workload" }).tap();
      await until(() => inSight(the.workload(page).getByRole("heading", { name: "Workload" })), "the workload is in sight");
      await jumps.getByRole("link", { name: "Break" }).tap();
      await until(() => inSight(page.getByRole("heading", { name: "Break something" })), "the faults are in sight");
      await assertAccessible(page);
    });

    await then("tasks that are run are told of at once", async () => {
      assert.equal(await said(page, "Done").count(), 0);
      await button(the.workload(page), "Run tasks").tap();
      await says(said(page, "Done"), /^Done: Run/);
      await button(said(page, "Done"), "See the board").tap();
      await the.controlPlane(page).waitFor();
    });
  });
});

test("many waiting tasks leave the rest of the board in reach", async () => {
  await withPage(PHONE, async (page) => {
    await open(page);
    await choose(page, "Spiky queue workers");
    await pause(page);
    await button(page, /^A burst/).first().tap();
    await playFor(page, 20_000, 10);
    await until(async () => (await the.shelf(page).getByRole("listitem").count()) >= 8, "tasks wait");
    await says(the.shelf(page), /Waiting\s*\d+/);
    const { height } = await the.shelf(page).boundingBox();
    assert.ok(height < NARROW.height / 2, `${height} high`);
    await assertAccessible(page);
  });
});

test("what runs on Fargate is paid for, and comes before zones that are empty", async () => {
  await withPage(PHONE, async (page) => {
    await open(page);
    await choose(page, "Fargate only");
    await pause(page);
    await says(the.board(page), /0 servers · 7 tasks running · \$0\.[1-9]\d+\/h/);
    const [lane, zone] = [await the.fargate(page).boundingBox(), await the.zone(page, "us-east-1a").boundingBox()];
    assert.ok(lane.y < zone.y, "Fargate first");
    await button(the.board(page), /^0 servers · 7 tasks running/).tap();
    const bill = page.getByRole("region", { name: "Cost", exact: true }).getByRole("row");
    await bill.filter({ hasText: "Fargate Spot (70 % off)" }).waitFor();
    await button(page, "Close details").tap();
  });
});

for (const screen of [WIDE, PHONE]) {
  test(`nothing has to be scrolled sideways, ${screen.width} wide`, async () => {
    await withPage(screen, async (page) => {
      await open(page);
      await choose(page, "Mixed launch types");
      await pause(page);
      const narrow = screen === PHONE;
      if (narrow) await show(page, "More");
      const groups = page.locator("details.fault-group:not([open]) > summary");
      for (let left = await groups.count(); left > 0; left -= 1) await groups.first().click();
      assert.deepEqual(await sideways(page), []);
      if (narrow) await show(page, "Board");
      await service(page, "web").name.click();
      await page.getByRole("form", { name: "Capacity provider strategy" }).waitFor();
      assert.deepEqual(await sideways(page), []);
    });
  });
}

/** What is wider than its place, but for tables, which scroll by themselves. */
const sideways = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("html, .rail-body, .panel, .pane, .sheet, .middle")]
      .filter((each) => each.scrollWidth > each.clientWidth)
      .map((each) => `${each.className || each.tagName}: ${each.scrollWidth} in ${each.clientWidth}`),
  );

test("who meets what: each target says what its requests meet", async () => {
  await withPage(PHONE, async (page) => {
    await open(page);
    await choose(page, "Rolling and blue/green");
    await pause(page);
    await the.board(page).getByRole("button", { name: /^Target group\s*api/ }).tap();
    const rows = page.getByRole("region", { name: "Targets" }).getByRole("row");
    await until(async () => (await rows.filter({ hasText: /10 a second, \d+ ms/ }).count()) === 4, "each gets its share");
    await button(page, "Close details").tap();
    await show(page, "More");
    const zone = the.breakage(page).getByRole("group").filter({ has: page.getByText("Zone", { exact: true }) });
    await zone.getByText("Zone", { exact: true }).tap();
    await button(zone, "Zone fails").tap();
    await playFor(page, 2_000, 1);
    await show(page, "Board");
    await the.board(page).getByRole("button", { name: /^Target group\s*api/ }).tap();
    await until(async () => (await rows.filter({ hasText: "all lost" }).count()) === 2, "half of them are lost");
  });
});

test("what a unit runs is watched on the board, and the way between both is one touch", async (t) => {
  await withPage(PHONE, async (page) => {
    const then = inOrder(t);
    await open(page);
    await choose(page, "Placement");
    const step = page.getByRole("listitem").and(page.locator("[aria-current=step]"));
    const front = (name) => page.getByRole("navigation", { name: "Panes" }).getByRole("tab", { name, selected: true });

    await then("the board comes to the front when the run begins, under the step's title", async () => {
      await button(step, "Continue").tap();
      const ghosts = step.getByRole("group", { name: /^Task \d, web$/ });
      for (let at = 0; at < 4; at += 1) await ghosts.nth(at).getByRole("button", { name: /^i-/ }).first().tap();
      await front("Lesson").waitFor();
      await button(step, "Commit and run").tap();
      await front("Board").waitFor();
      await says(said(page, "Now"), "3 of 15 · Watch binpack");
      await assertAccessible(page);
    });

    await then("there and back while it runs", async () => {
      await button(said(page, "Now"), "Lesson").tap();
      await front("Lesson").waitFor();
      await button(said(page, "Now"), "Watch the board").tap();
      await front("Board").waitFor();
    });

    await then("what is asked afterwards is told over the board, and in sight at once in the lesson", async () => {
      await says(said(page, "Now"), "4 of 15 · What did you see?");
      await button(said(page, "Now"), "Lesson").tap();
      await until(() => inSight(button(step, "Send report")), "the question needs no scrolling");
    });
  });
});

for (const screen of [WIDE, PHONE]) {
  test(`a word that is used explains itself where it is used, ${screen.width} wide`, async () => {
    await withPage(screen, async (page) => {
      await open(page);
      await choose(page, "Two-zone web service");
      await pause(page);
      await the.board(page).getByRole("button", { name: /^Target group\s*web/ }).click();
      const here = (around) => page.locator(`${around} .words-here`);
      const selected = here(".details");
      const explained = selected.getByText("How long a target that leaves may still finish");
      assert.equal(await explained.isVisible(), false);
      await selected.getByText("deregistration delay", { exact: true }).focus();
      await page.keyboard.press("Enter");
      await explained.waitFor();
      await assertAccessible(page);
      if (screen === PHONE) {
        await button(page, "Close details").tap();
        await show(page, "More");
      }
      await the.workload(page).getByText("Deployments", { exact: true }).click();
      const asked = here(".form-groups");
      await the.workload(page).getByText(/^Words here: \d+$/).first().click();
      await asked.getByText("circuit breaker", { exact: true }).click();
      await asked.getByText("Counts tasks of a new revision that fail one after another.").waitFor();
    });
  });
}

test("of all that is found, what is called so comes first", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    await page.getByRole("tab", { name: "Words", exact: true }).click();
    await page.getByRole("searchbox", { name: "Find a word" }).fill("alarm");
    await until(async () => (await the.panel(page, "Words").getByRole("term").first().innerText()).toLowerCase() === "alarm", "alarm is first");
    const names = await the.panel(page, "Words").getByRole("term").allInnerTexts();
    assert.ok(names.length > 10, `${names.length}`);
  });
});

// Where the focus is after each step, and that it never gets lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, open, withPage } from "./harness.mjs";
import { button, choose, focused, inOrder, openTab, pause, server, service, the, until } from "./learner.mjs";

/** Presses Enter on it and waits until it is gone, or is another. */
async function press(locator) {
  const element = await locator.elementHandle();
  const words = await element.textContent();
  await element.focus();
  await locator.page().keyboard.press("Enter");
  const gone = async () => !(await element.evaluate((each, before) => each.isConnected && each.textContent === before, words));
  await until(gone, `${words} is gone`);
}

/** Waits until the focus is there. */
const isAt = (page, name) => until(async () => name.test(await focused(page)), `the focus is at ${name}`, 3_000).catch(async () => {
  assert.fail(`the focus is at ${JSON.stringify(await focused(page))}, not at ${name}`);
});

test("the focus stays near when an action takes its button away", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await open(page);
    await pause(page);
    const onBody = () => page.evaluate(() => document.activeElement === document.body);

    await then("the first action: at the title over it", async () => {
      await press(button(page, "Cut the network to the second server"));
      await isAt(page, /^First cluster$/);
    });

    await then("Heal on a card: at its server", async () => {
      await press(button(server(page, "us-east-1b"), "Heal"));
      await isAt(page, /^Server i-\w+, m5.large in us-east-1b/);
    });

    await then("Why here?: at the answer", async () => {
      await server(page, "us-east-1a").getByRole("button", { name: /^Task web/ }).first().click();
      await press(button(page, "Why here?"));
      await the.panel(page, "Why").waitFor();
      await isAt(page, /^web · \w+ is on i-/);
    });

    await then("a strategy: at the next one, at the last at the list that adds one", async () => {
      await service(page, "web").name.click();
      const placement = page.getByRole("region", { name: "Placement" });
      await button(placement, "AZ Balanced Spread").click();
      await placement.getByText("spread(instanceId)", { exact: true }).first().waitFor();
      await button(placement, "Remove spread(attribute:ecs.availability-zone)").focus();
      await page.keyboard.press("Enter");
      await button(placement, "Remove spread(attribute:ecs.availability-zone)").waitFor({ state: "detached" });
      await isAt(page, /^Remove spread\(instanceId\)$/);
      await page.keyboard.press("Enter");
      await button(placement, "Remove spread(instanceId)").waitFor({ state: "detached" });
      await until(() => page.evaluate(() => document.activeElement.tagName === "SELECT"), "at the list");
    });

    await then("a notice that is dismissed: where it was before", async () => {
      const again = button(page, "Keep running as a service");
      await again.focus();
      await page.keyboard.press("Enter");
      await press(button(page, "Dismiss"));
      await isAt(page, /^Keep running as a service$/);
    });

    await then("nothing: whoever clicks beside everything has let go", async () => {
      await button(service(page, "web"), /^Desired count of web: 5$/).click();
      await page.mouse.click(720, 1);
      assert.ok(await onBody());
      await button(page, "+1 s: one second further").evaluate((step) => step.click());
      assert.ok(await onBody());
    });
  });
});

test("the focus goes with the lesson from step to step", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    await choose(page, "Placement");
    await press(button(page, "Continue"));
    await isAt(page, /^Predict: binpack$/);
    const ghosts = page.getByRole("group", { name: /^Task \d, web$/ });
    for (const at of [0, 1, 2, 3]) await ghosts.nth(at).getByRole("button").filter({ hasText: /^i-/ }).first().click();
    await press(button(page, "Commit and run"));
    await isAt(page, /^Watch binpack$/);
    await the.timeline(page).getByRole("combobox", { name: "Speed" }).selectOption("30");
    await button(page, "Send report").waitFor();
    await isAt(page, /^What did you see\?$/);
  });
});

test("details that are closed on a narrow screen give the focus back to what they were about", async () => {
  await withPage(NARROW, async (page) => {
    await open(page);
    await server(page, "us-east-1c").head.click();
    await press(button(page, "Close details"));
    await isAt(page, /in us-east-1c/);
  });
});

test("arrows start from the server that has the focus", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    await pause(page);
    await server(page, "us-east-1a").head.focus();
    await page.keyboard.press("ArrowRight");
    await isAt(page, /us-east-1b/);
    await server(page, "us-east-1c").head.click();
    await page.keyboard.press("ArrowLeft");
    await isAt(page, /us-east-1b/);
  });
});

test("another pane and another tab begin at their beginning, and so does another answer", async () => {
  await withPage(NARROW, async (page) => {
    await open(page);
    const main = page.getByRole("main");
    await main.evaluate((pane) => (pane.scrollTop = 600));
    assert.ok((await main.evaluate((pane) => pane.scrollTop)) > 100, "it can be scrolled");
    await page.getByRole("tab", { name: "Events" }).click();
    await until(async () => (await main.evaluate((pane) => pane.scrollTop)) === 0, "at the top");
  });
  await withPage({ ...WIDE, height: 500 }, async (page) => {
    await open(page);
    await pause(page);
    const atTop = (panel) => until(async () => (await panel.evaluate((each) => each.scrollTop)) === 0, "at the top");
    const words = await openTab(page, "Words");
    await words.evaluate((panel) => (panel.scrollTop = 900));
    const events = await openTab(page, "Events");
    await atTop(events);
    await server(page, "us-east-1a").head.click();
    const details = the.panel(page, "Details");
    await details.evaluate((panel) => (panel.scrollTop = 50));
    assert.equal(await details.evaluate((panel) => panel.scrollTop), 50, "it can be scrolled");
    await server(page, "us-east-1b").head.click();
    await atTop(details);
  });
});

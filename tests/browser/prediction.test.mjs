// A prediction is worth something only while its outcome is not to be had.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, open, withPage } from "./harness.mjs";
import { button, choose, insist, now, openTab, pause, server, service, the, until } from "./learner.mjs";

const REASON = /^Commit your prediction first/;
const ghosts = (page) => page.getByRole("group", { name: /^Task \d, web$/ });

async function beginToPredict(page) {
  await choose(page, "Placement");
  await button(page, "Continue").click();
  await ghosts(page).nth(3).waitFor();
}

async function predict(page) {
  for (const at of [0, 1, 2, 3]) await ghosts(page).nth(at).getByRole("button").filter({ hasText: /^i-/ }).first().click();
  await button(page, "Commit and run").click();
}

test("no outcome is to be had before the prediction is committed, and the page says why", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    await beginToPredict(page);
    const before = await now(page);
    const alert = page.getByRole("alert").filter({ hasText: "Commit your prediction first" });
    const timeline = the.timeline(page);
    for (const name of ["To the start", "Play", "Next event", "+1 s: one second further"]) {
      assert.equal(await button(timeline, name).getAttribute("aria-disabled"), "true", name);
      assert.match(await button(timeline, name).getAttribute("title"), REASON, name);
      await insist(button(timeline, name));
      await alert.waitFor();
      await button(alert, "Dismiss").click();
    }
    assert.ok(await the.scrubber(page).isDisabled());
    assert.match(await the.scrubber(page).getAttribute("title"), REASON);
    for (const key of [".", ",", "0"]) {
      await page.getByRole("heading", { name: "Placement" }).click();
      await page.keyboard.press(key);
      await alert.waitFor();
      await button(alert, "Dismiss").click();
    }
    const more = button(page, "Desired count of web: 3");
    assert.equal(await more.getAttribute("aria-disabled"), "true");
    await insist(more);
    await page.getByRole("status").filter({ hasText: REASON }).waitFor();
    assert.equal(await button(page, "Fargate").getAttribute("aria-disabled"), "true");
    await insist(button(page, "Fargate"));
    await alert.waitFor();
    for (const refused of await the.breakage(page).getByRole("button").all()) {
      assert.equal(await refused.getAttribute("aria-disabled"), "true", await refused.innerText());
    }
    for (const name of ["Run tasks", "Keep running as a service", "Paste or drop a task definition", "Add servers"]) {
      assert.ok(await button(the.workload(page), name).isDisabled(), name);
    }
    await the.workload(page).getByText(REASON).first().waitFor();
    await service(page, "web").name.click();
    assert.ok(await page.getByRole("region", { name: "Placement" }).getByRole("combobox").isDisabled());
    await server(page, "us-east-1a").head.click();
    assert.equal(await button(page, "Drain").getAttribute("aria-disabled"), "true");
    assert.equal(await now(page), before);
    assert.match(await service(page, "web").innerText(), /desired\s*2/);

    await predict(page);
    await until(async () => (await now(page)) > before, "time passes");
    await until(async () => (await more.count()) === 0, "the lesson asks ECS for more");
    assert.equal(await button(timeline, "Next event").getAttribute("aria-disabled"), null);
  });
});

test("an explanation that speaks of Why brings Why to the front", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    await openTab(page, "Events");
    await beginToPredict(page);
    await predict(page);
    await the.timeline(page).getByRole("combobox", { name: "Speed" }).selectOption("30");
    await button(page, "Send report").waitFor();
    assert.equal(await page.getByRole("group", { name: "Your prediction" }).count(), 0);
    await page.getByRole("group", { name: "What you saw" }).getByRole("button", { name: /: one more$/ }).click();
    assert.equal(await the.panel(page, "Why").count(), 0, "not yet");
    await button(page, "Send report").click();
    await button(page, "Continue").click();
    await the.panel(page, "Why").getByRole("table").waitFor();
  });
});

test("so does a RunTask that finds no server", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    await pause(page);
    await openTab(page, "Events");
    const workload = the.workload(page);
    await workload.getByRole("combobox", { name: "Task definition" }).selectOption({ label: "worker:1" });
    for (let at = 1; at < 10; at += 1) await button(workload, "How many: one more").click();
    await button(workload, "Run tasks").click();
    await the.panel(page, "Why").getByRole("heading", { name: "What caused this" }).waitFor();
  });
});

test("no button of a place breaks in the middle of the name of a zone", async () => {
  for (const screen of [WIDE, NARROW]) {
    await withPage(screen, async (page) => {
      await open(page);
      await choose(page, "Placement");
      if (screen === NARROW) await page.getByRole("tab", { name: "Lesson" }).click();
      await button(page, "Continue").click();
      const places = ghosts(page).first().getByRole("button").filter({ hasText: /us-east-1[abc]$/ });
      await places.nth(2).waitFor();
      const heights = await places.evaluateAll((all) =>
        all.map((place) => {
          const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
          let text = texts.nextNode();
          while (!text.data.includes("us-east")) text = texts.nextNode();
          const range = document.createRange();
          range.setStart(text, text.data.indexOf("us-east"));
          range.setEnd(text, text.data.length);
          return range.getClientRects().length;
        }),
      );
      assert.deepEqual(heights, [1, 1, 1], "lines that the zone takes");
    });
  }
});

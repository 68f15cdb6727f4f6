// The first thirty seconds in the sandbox, time, and the keys.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WIDE, open, withPage } from "./harness.mjs";
import { button, end, focused, inOrder, insist, now, openTab, pause, playFor, playUntil, server, service, says, the, until } from "./learner.mjs";

test("in the first thirty seconds", async (t) => {
  const then = inOrder(t);
  await withPage(WIDE, async (page) => {
    await open(page);

    await then("one sentence says what is on screen, no dialog stands in the way, and the cluster is alive", async () => {
      await page.getByRole("region", { name: "First cluster" }).getByText("Three servers in three zones run a web service").waitFor();
      assert.equal(await page.getByRole("dialog").count(), 0);
      const before = await now(page);
      await until(async () => (await now(page)) > before, "time passes");
    });

    await then("the one obvious action strikes the second server, and undo and redo take it back and forth", async () => {
      await pause(page);
      assert.equal(await the.undo(page).getAttribute("aria-disabled"), "true");
      await button(page, "Cut the network to the second server").click();
      await the.brokenNow(page).filter({ hasText: /network/i }).waitFor();
      await says(server(page, "us-east-1b"), /network cut/i);
      assert.equal(await button(page, "Cut the network to the second server").count(), 0);
      await the.undo(page).click();
      await until(async () => (await the.brokenNow(page).count()) === 0, "nothing is broken");
      await the.redo(page).click();
      await the.brokenNow(page).filter({ hasText: /network/i }).waitFor();
      assert.equal(await the.redo(page).getAttribute("aria-disabled"), "true");
      await page.keyboard.press("Control+z");
      await until(async () => (await the.brokenNow(page).count()) === 0, "nothing is broken");
      await page.keyboard.press("Control+Shift+z");
      await the.brokenNow(page).first().waitFor();
      await the.undo(page).click();
    });

    await then("undo says that there is nothing to undo", async () => {
      await insist(the.undo(page));
      await page.getByRole("status").filter({ hasText: "There is nothing to undo." }).waitFor();
    });
  });
});

test("time is in the learner's hand", async (t) => {
  const then = inOrder(t);
  await withPage(WIDE, async (page) => {
    await open(page);
    const timeline = the.timeline(page);
    const opened = await now(page);

    await then("it can be halted and let go; the slider stands where the run does", async () => {
      await pause(page);
      const [minutes, seconds] = (await timeline.getByRole("status", { name: "Simulated time" }).innerText()).split(":").map(Number);
      const told = (minutes * 60 + seconds) * 1000;
      assert.ok((await now(page)) - told >= 0 && (await now(page)) - told < 100, "to the tenth of a second that the clock shows");
      const stood = await now(page);
      await button(timeline, "Play").click();
      await until(async () => (await now(page)) > stood, "time passes");
      await pause(page);
    });

    await then("+1 s goes one second further", async () => {
      const before = await now(page);
      await button(timeline, "+1 s: one second further").click();
      await until(async () => (await now(page)) === before + 1000, "one second later");
    });

    await then("the next event is one that the list of events shows", async () => {
      await button(page, "Desired count of web: 5").click();
      await timeline.getByText("You: Update service web: desired count 5").waitFor();
      await button(timeline, "Next event").click();
      const events = await openTab(page, "Events");
      const clock = await timeline.getByRole("status", { name: "Simulated time" }).innerText();
      await events.getByRole("listitem").filter({ hasText: clock }).first().waitFor();
    });

    await then("when no event is in sight, time stands still and the page says so", async () => {
      await playUntil(page, async () => /steady/.test(await service(page, "web").innerText()), 60);
      await playFor(page, 60_000);
      const before = await now(page);
      await button(timeline, "Next event").click();
      const alert = page.getByRole("alert").filter({ hasText: "Nothing happens in the next hour" });
      await alert.waitFor();
      assert.equal(await now(page), before);
      assert.equal(await end(page), before);
      await button(timeline, "+1 s: one second further").click();
      await alert.waitFor({ state: "detached" });
    });

    await then("speed makes time pass faster", async () => {
      const passed = async (speed) => {
        await timeline.getByRole("combobox", { name: "Speed" }).selectOption(speed);
        const before = await now(page);
        const began = Date.now();
        await button(timeline, "Play").click();
        await until(async () => (await now(page)) > before, "time passes");
        await pause(page);
        return ((await now(page)) - before) / (Date.now() - began);
      };
      const [slow, fast] = [await passed("1"), await passed("200")];
      assert.ok(fast > slow * 5, `${slow} and ${fast} simulated a real second`);
    });

    await then("to the start, and back along the timeline by keys", async () => {
      const there = await end(page);
      await button(timeline, "To the start").click();
      await until(async () => (await now(page)) <= opened, "at the start");
      const start = await now(page);
      assert.equal(String(start), await the.scrubber(page).getAttribute("min"), "at the left end");
      assert.equal(await end(page), there);
      await the.scrubber(page).focus();
      await page.keyboard.press("End");
      await until(async () => (await now(page)) >= there - 100, "at the end");
      await page.keyboard.press("ArrowLeft");
      await until(async () => (await now(page)) < there, "a little before");
      assert.match(await the.scrubber(page).getAttribute("aria-valuetext"), /^\d+:\d\d\.\d of \d+:\d\d\.\d$/);
      await page.keyboard.press("Home");
      await until(async () => (await now(page)) === start, "at the start");
    });
  });
});

test("keys act from anywhere on the page", async (t) => {
  const then = inOrder(t);
  await withPage(WIDE, async (page) => {
    await open(page);
    const timeline = the.timeline(page);
    const opened = await now(page);
    await pause(page);
    await page.getByRole("tabpanel").focus();

    await then("Space plays and pauses", async () => {
      await page.keyboard.press("Space");
      await button(timeline, "Pause").waitFor();
      await page.keyboard.press("Space");
      await button(timeline, "Play").waitFor();
    });

    await then("the full stop runs to the next event, the comma one second further, 0 to the start", async () => {
      await button(page, "Desired count of web: 5").click();
      const before = await now(page);
      await page.keyboard.press(".");
      await until(async () => (await now(page)) > before, "later");
      const later = await now(page);
      await page.keyboard.press(",");
      await until(async () => (await now(page)) === later + 1000, "one second later");
      await page.keyboard.press("0");
      await until(async () => (await now(page)) <= opened, "at the start");
    });

    await then("L goes round the three pictures", async () => {
      const pressed = () => page.getByRole("group", { name: "Which picture" }).getByRole("button", { pressed: true });
      for (const name of ["What ECS knows", "What is true", "Both"]) {
        await page.keyboard.press("l");
        await says(pressed(), name);
      }
    });

    await then("? lists the keys, Esc closes the list and gives the focus back", async () => {
      await button(page, "Keys and help").focus();
      await page.keyboard.press("?");
      const dialog = page.getByRole("dialog", { name: "Keys" });
      await dialog.getByText("Play or pause").waitFor();
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "hidden" });
      assert.equal(await focused(page), "Keys and help");
      await button(page, "Keys and help").click();
      await button(dialog, "Close").click();
      await dialog.waitFor({ state: "hidden" });
    });

    await then("arrows go from server to server; Tab reaches one of them, then its tasks", async () => {
      await the.scrubber(page).focus();
      await page.keyboard.press("End");
      const heads = the.servers(page).getByRole("button", { name: /^Server / });
      const stops = () => heads.evaluateAll((all) => all.map((head) => head.tabIndex));
      assert.deepEqual(await stops(), [0, -1, -1]);
      await heads.first().focus();
      await page.keyboard.press("ArrowRight");
      await until(async () => /us-east-1b/.test(await focused(page)), "in the second zone");
      assert.deepEqual(await stops(), [-1, 0, -1]);
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("ArrowRight");
      await until(async () => /us-east-1c/.test(await focused(page)), "in the third zone");
      await page.keyboard.press("Tab");
      await until(async () => /^Task web/.test(await focused(page)), "on its task");
      await page.keyboard.press("Shift+Tab");
      await until(async () => /us-east-1c/.test(await focused(page)), "back on the server");
    });

    await then("Enter selects, Esc lets go", async () => {
      await page.keyboard.press("Enter");
      const details = the.panel(page, "Details");
      await details.getByRole("heading", { name: /^Server i-/ }).waitFor();
      assert.equal(await server(page, "us-east-1c").head.getAttribute("aria-pressed"), "true");
      await page.keyboard.press("Escape");
      await details.getByRole("heading", { name: "Nothing selected" }).waitFor();
    });

    await then("the first Tab offers to skip to the board", async () => {
      await page.reload();
      await page.getByRole("main").waitFor();
      await page.keyboard.press("Tab");
      assert.equal(await focused(page), "Skip to the board");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      assert.equal(await focused(page), "What ECS knows");
    });

    await then("single keys can be switched off; Space and Esc keep their meaning", async () => {
      await button(page, "Display").click();
      await button(page.getByRole("group", { name: "Single-key shortcuts" }), "Off").click();
      await page.keyboard.press("Escape");
      await pause(page);
      await page.getByRole("tabpanel").focus();
      const before = await now(page);
      await page.keyboard.press("0");
      await page.keyboard.press("?");
      await page.keyboard.press("Space");
      await button(timeline, "Pause").waitFor();
      assert.equal(await page.getByRole("dialog").count(), 0);
      assert.ok((await now(page)) >= before);
    });
  });
});

test("the left panel folds away and comes back", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    await button(page, "Hide the left panel").click();
    await the.breakage(page).waitFor({ state: "hidden" });
    await button(page, "Show the left panel").click();
    await the.breakage(page).waitFor();
  });
});

test("the tabs of the right panel are one stop for Tab, with arrows between them", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    await page.getByRole("tab", { name: "Why" }).focus();
    for (const name of ["Details", "Events", "Words", "Why"]) {
      await page.keyboard.press("ArrowRight");
      await the.panel(page, name).waitFor();
      assert.equal(await focused(page), name);
    }
    await page.keyboard.press("End");
    await the.panel(page, "Words").waitFor();
    await page.keyboard.press("Home");
    await the.panel(page, "Why").waitFor();
  });
});

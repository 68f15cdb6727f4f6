// Scenarios, a hundred servers, and how the learner likes the page: theme, text size, motion.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, open, withPage } from "./harness.mjs";
import { button, choose, focused, inOrder, now, pause, playFor, says, service, the, until } from "./learner.mjs";

/** Every scenario, with its servers where they stand one by one from the start. */
const SCENARIOS = {
  "First cluster": 3,
  "Two-zone web service": 4,
  "Rolling and blue/green": 4,
  "Spiky queue workers": null,
  "Mixed launch types": 3,
  "Fargate only": null,
  "100 servers": 100,
  "5,000 servers": null,
};

test("every scenario opens from the picker and lives; so does every unit", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await open(page);
    const picker = page.getByRole("navigation", { name: "Choose how to learn" });

    await then("the picker lists what this test knows, and opens and closes by keys", async () => {
      await button(page, /^Choose how to learn/).focus();
      await page.keyboard.press("Enter");
      await picker.getByRole("button").first().waitFor();
      const offered = await picker.getByRole("button").allInnerTexts();
      const known = ["Placement", ...Object.keys(SCENARIOS)];
      assert.deepEqual(offered.map((text) => text.split("\n")[0].trim()), known);
      assert.equal(await picker.getByRole("button", { name: "First cluster" }).getAttribute("aria-current"), "true");
      await page.keyboard.press("Escape");
      await picker.waitFor({ state: "hidden" });
      assert.match(await focused(page), /^Choose how to learn/);
    });

    for (const [title, servers] of Object.entries(SCENARIOS)) {
      await then(title, async () => {
        await choose(page, title);
        await page.getByRole("region", { name: title }).waitFor();
        await picker.waitFor({ state: "hidden" });
        if (servers) assert.equal(await the.servers(page).count(), servers);
        const before = await now(page);
        await until(async () => (await now(page)) > before, "time passes");
        const first = page.getByRole("region", { name: title }).getByRole("button").first();
        await first.click();
        await first.waitFor({ state: "detached" });
        await page.getByRole("button", { name: /^Undo: / }).waitFor();
      });
    }

    await then("Placement, and back to the sandbox", async () => {
      await choose(page, "Placement");
      await page.getByRole("region", { name: /Placement$/ }).waitFor();
      await choose(page, "First cluster");
      await page.getByRole("region", { name: "First cluster" }).waitFor();
      assert.equal(await the.brokenNow(page).count(), 0);
    });
  });
});

test("a hundred servers", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await open(page);
    await choose(page, "100 servers");
    await the.servers(page).nth(99).waitFor();

    await then("play on while they are looked at", async () => {
      const frames = page.evaluate(
        () =>
          new Promise((resolve) => {
            const times = [];
            const tick = (at) => (times.push(at) < 61 ? requestAnimationFrame(tick) : resolve(times));
            requestAnimationFrame(tick);
          }),
      );
      const times = await frames;
      const spans = times.slice(1).map((at, index) => at - times[index]).sort((a, b) => a - b);
      console.log(`100 servers, playing: a frame takes ${spans[30].toFixed(1)} ms in the median, ${spans.at(-1).toFixed(1)} ms at most`);
    });

    await then("one of them is selected and struck", async () => {
      await pause(page);
      const last = the.servers(page).last();
      await last.getByRole("button", { name: /^Server / }).click();
      await the.panel(page, "Details").getByRole("heading", { name: /^Server i-/ }).waitFor();
      await page.keyboard.press("Escape");
    });

    await then("the arrows reach the last of a zone", async () => {
      const heads = the.servers(page).getByRole("button", { name: /^Server / });
      const stop = await heads.evaluateAll((all) => all.filter((head) => head.tabIndex === 0).length);
      assert.equal(stop, 1);
      const from = await focused(page);
      await heads.first().focus();
      for (let step = 0; step < 3; step += 1) await page.keyboard.press("ArrowDown");
      assert.notEqual(await focused(page), from);
    });

    await then("the table lists them all", async () => {
      await button(the.board(page), "Table").click();
      const table = page.getByRole("region", { name: "Servers as a table" });
      await until(async () => (await table.getByRole("rowheader").count()) === 100, "a hundred rows");
      await button(the.board(page), "Table").click();
    });

    await then("the first action strikes, and the board goes on", async () => {
      await page.getByRole("region", { name: "100 servers" }).getByRole("button").click();
      await the.brokenNow(page).first().waitFor();
      await playFor(page, 1_000, 2);
    });
  });
});

test("the display is as the learner likes it, and stays so", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await open(page);
    const menu = page.getByRole("group", { name: "Display" });
    const row = (name) => menu.getByRole("group", { name });
    const set = async (name, value) => {
      if (!(await menu.isVisible())) await button(page, "Display").click();
      await button(row(name), value).click();
      assert.equal(await button(row(name), value).getAttribute("aria-pressed"), "true");
    };
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const textSize = () => page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize));
    /** The longest transition of any control, in seconds. */
    const longestMotion = () =>
      page.evaluate(() =>
        Math.max(
          ...[...document.querySelectorAll("button")].flatMap((each) => {
            const style = getComputedStyle(each);
            return `${style.transitionDuration},${style.animationDuration}`.split(",").map(parseFloat);
          }),
        ),
      );
    const brightness = async () => (await background()).match(/[\d.]+/g).slice(0, 3).map(Number).reduce((sum, part) => sum + part);
    const reopen = async () => {
      await page.reload();
      await page.getByRole("main").waitFor();
    };

    await then("light, dark, projector, as the system says", async () => {
      await set("Theme", "Dark");
      await until(async () => (await brightness()) < 200, "a dark page");
      await reopen();
      await until(async () => (await brightness()) < 200, "a dark page after a reload");
      await set("Theme", "Light");
      await until(async () => (await brightness()) > 600, "a light page");
      const usual = await textSize();
      await set("Theme", "Projector");
      await until(async () => (await textSize()) > usual, "larger than usual");
      await set("Theme", "Auto");
      await until(async () => (await textSize()) === usual, "as usual");
    });

    await then("larger text", async () => {
      const usual = await textSize();
      await set("Text size", "Large");
      const large = await textSize();
      await set("Text size", "Larger");
      const larger = await textSize();
      assert.ok(usual < large && large < larger, `${usual} ${large} ${larger}`);
      await reopen();
      await until(async () => (await textSize()) === larger, "as large after a reload");
      await set("Text size", "Normal");
    });

    await then("less motion", async () => {
      assert.ok((await longestMotion()) > 0.05);
      await set("Motion", "Reduced");
      await until(async () => (await longestMotion()) < 0.01, "nothing moves");
      await reopen();
      await until(async () => (await longestMotion()) < 0.01, "nothing moves after a reload");
      await set("Motion", "Auto");
    });

    await then("the menu closes by Esc and gives the focus back", async () => {
      await page.keyboard.press("Escape");
      await menu.waitFor({ state: "hidden" });
      assert.equal(await focused(page), "Display");
    });
  });
});

test("a legend says what the drawing means: in sight on a wide screen, folded on a narrow one", async () => {
  for (const screen of [WIDE, NARROW]) {
    await withPage(screen, async (page) => {
      await open(page);
      const entry = the.board(page).getByRole("listitem").filter({ hasText: "reserved by a task" });
      if (screen === NARROW) {
        assert.ok(!(await entry.isVisible()));
        await the.board(page).getByText("What the drawing means").click();
      }
      await entry.waitFor();
      await pause(page);
      await choose(page, "100 servers");
      await the.board(page).getByText("CPU above, memory below").waitFor({ state: "attached" });
      assert.equal(await entry.count(), 0);
    });
  }
});

test("Esc closes an open menu first, then lets go of what is selected", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    const { name } = service(page, "web");
    await name.click();
    await button(page, "Display").click();
    await page.getByRole("group", { name: "Display" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("group", { name: "Display" }).waitFor({ state: "hidden" });
    assert.equal(await name.getAttribute("aria-pressed"), "true");
    await page.keyboard.press("Escape");
    await until(async () => (await name.getAttribute("aria-pressed")) === "false", "nothing is selected");
  });
});

test("whoever asked the system for less motion gets less motion", async () => {
  await withPage({ ...WIDE, reducedMotion: "reduce" }, async (page) => {
    await open(page);
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll("*")].filter((each) => {
        const style = getComputedStyle(each);
        return `${style.transitionDuration},${style.animationDuration}`.split(",").some((span) => parseFloat(span) > 0.01);
      }).length,
    );
    assert.equal(moving, 0);
  });
});

test("everything is there on a narrow screen, pane by pane", async (t) => {
  await withPage({ ...NARROW, touch: true }, async (page) => {
    const then = inOrder(t);
    await open(page);
    const show = (name) => page.getByRole("tab", { name, exact: true }).tap();

    await then("what is on screen and the first thing to do", async () => {
      const first = page.getByRole("region", { name: "Now" });
      await says(first, "Three servers in three zones");
      await button(first, "Cut the network to the second server").tap();
      await first.waitFor({ state: "detached" });
    });

    await then("Start says how to begin", async () => {
      await show("Start");
      await says(the.panel(page, "Start"), "First cluster");
    });

    await then("More holds faults, workload and words", async () => {
      await show("More");
      await button(the.brokenNow(page).first(), "Heal").tap();
      await until(async () => (await the.brokenNow(page).count()) === 0, "healed");
      await the.workload(page).waitFor();
      await page.getByRole("searchbox", { name: "Find a word" }).fill("task");
      await button(page, "Paste or drop a task definition").tap();
      await page.getByRole("dialog").getByRole("textbox").fill("{");
      await button(page.getByRole("dialog"), "Close").tap();
    });

    await then("Events lead to Why", async () => {
      await show("Events");
      await the.panel(page, "Events").getByRole("listitem").getByRole("button").first().tap();
      await the.panel(page, "Why").getByRole("heading").first().waitFor();
    });

    await then("a server opens its details over the board; arrows go between panes", async () => {
      await show("Board");
      await the.servers(page).first().getByRole("button", { name: /^Server / }).tap();
      const sheet = page.getByRole("region", { name: "Details" });
      await button(sheet, "Close details").tap();
      await sheet.waitFor({ state: "hidden" });
      await page.getByRole("tab", { name: "Board" }).focus();
      await page.keyboard.press("ArrowLeft");
      await the.panel(page, "More").waitFor();
    });

    await then("time, display and the switch are at hand", async () => {
      await show("Board");
      await button(page.getByRole("group", { name: "Where tasks run" }), "Mixed").tap();
      await the.fargate(page).waitFor();
      await the.undo(page).tap();
      await button(page, "Display").tap();
      await button(page.getByRole("group", { name: "Theme" }), "Dark").tap();
      await page.keyboard.press("Escape");
      await button(page, "Keys and help").tap();
      await button(page.getByRole("dialog"), "Close").tap();
    });
  });
});

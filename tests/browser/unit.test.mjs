// The unit on placement, from the first card to the last: by keyboard alone, and by touch alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, open, withPage } from "./harness.mjs";
import { choose, inOrder, says, server, service, the, until } from "./learner.mjs";

/** Tab goes once round the page in fewer. */
const MOST_STOPS = 250;

/** The lesson and the step of it that is open. */
const lesson = (page) => page.getByRole("region", { name: /Placement$/ });
const step = (page) => lesson(page).getByRole("listitem").and(page.locator("[aria-current=step]"));
const goals = (page) => lesson(page).getByRole("list").filter({ hasText: "Lose any zone" }).getByRole("listitem");

/** Works the page by keys: Tab until the wanted element has the focus, then the key. */
function byKeys(page) {
  const walk = async (locator, key) => {
    const wanted = await locator.elementHandle();
    for (let stops = 0; stops < MOST_STOPS; stops += 1) {
      if (await wanted.evaluate((element) => element === document.activeElement)) {
        if (key) await page.keyboard.press(key);
        return;
      }
      await page.keyboard.press("Tab");
    }
    assert.fail(`Tab never reaches ${locator}`);
  };
  return {
    press: (locator) => walk(locator, "Enter"),
    insist: (locator) => walk(locator, "Enter"),
    show: async () => {},
    choosePart: async (title) => {
      await walk(page.getByRole("button", { name: /^Choose how to learn/ }), "Enter");
      await walk(page.getByRole("navigation", { name: "Choose how to learn" }).getByRole("button", { name: title }), "Enter");
    },
    pick: async (locator, value) => {
      await walk(locator);
      const options = await locator.getByRole("option").evaluateAll((all) => all.map((each) => each.value));
      await page.keyboard.press("Home");
      for (let at = 0; at < options.indexOf(String(value)); at += 1) await page.keyboard.press("ArrowDown");
      await until(async () => (await locator.inputValue()) === String(value), `${value} is chosen`);
    },
  };
}

/** Works the page by taps. */
function byTouch(page) {
  return {
    press: (locator) => locator.tap(),
    insist: (locator) => locator.tap({ force: true }),
    show: (pane) => page.getByRole("tab", { name: pane, exact: true }).tap(),
    choosePart: async (title) => {
      await page.getByRole("button", { name: /^Choose how to learn/ }).tap();
      await page.getByRole("navigation", { name: "Choose how to learn" }).getByRole("button", { name: title }).tap();
    },
    pick: (locator, value) => locator.selectOption(String(value)),
  };
}

/** Plays the whole unit; `hand` is what the learner works the page with. */
async function play(page, hand, t) {
  const then = inOrder(t);
  const button = (name, exact = true) => lesson(page).getByRole("button", { name, exact });
  const isAt = async (title) => {
    await hand.show("Lesson");
    await says(step(page), title);
  };
  const goOn = () => hand.press(step(page).getByRole("button", { name: "Continue" }));
  const faster = () => hand.pick(the.timeline(page).getByRole("combobox", { name: "Speed" }), 30);
  /** Predicts by the buttons of the card: each outline on one of the servers. */
  const predict = async (servers) => {
    const ghosts = step(page).getByRole("group", { name: /^Task \d, web$/ });
    await until(async () => (await ghosts.count()) === servers.length, "an outline for each task");
    for (const [at, server] of servers.entries()) {
      const places = ghosts.nth(at).getByRole("button").filter({ hasText: /^i-|nowhere/i });
      await hand.press(places.nth(server));
      await until(async () => (await places.nth(server).getAttribute("aria-pressed")) === "true", "it is put there");
    }
  };

  await then("reads the situation", async () => {
    await hand.choosePart("Placement");
    await isAt("One pool, three zones");
    await says(step(page), "Nobody named a server.");
    await goOn();
  });

  await then("predicts where binpack puts four tasks; only a whole prediction can be committed", async () => {
    await isAt("Predict: binpack");
    const commit = step(page).getByRole("button", { name: "Commit and run" });
    assert.equal(await commit.getAttribute("aria-disabled"), "true");
    await predict([0, 0, 1, 1]);
    assert.equal(await commit.getAttribute("aria-disabled"), null);
    await hand.press(commit);
  });

  await then("watches the run and reports what was to be seen", async () => {
    await isAt("Watch binpack");
    assert.equal(await step(page).getByRole("progressbar", { name: "The run" }).count(), 1);
    await faster();
    await isAt("What did you see?");
    for (const _ of [1, 2]) await hand.press(step(page).getByRole("button", { name: /: one more$/ }));
    await hand.press(button("Send report"));
    await says(step(page), "2 servers: one filled up, then the next was begun.");
    await goOn();
  });

  await then("is told how the prediction turned out, and why, with the table of the newest task", async () => {
    await isAt("Why binpack chose so");
    await says(step(page), "All of them landed where you put them.");
    await hand.show("Why");
    const why = the.panel(page, "Why");
    await says(why.getByRole("table").getByRole("row").filter({ hasText: "chosen" }), /^i-/);
    await why.getByText("binpack(memory)").first().waitFor();
    await hand.show("Lesson");
    await goOn();
  });

  await then("reports wrongly, and is told what the picture would need", async () => {
    await isAt("Room that is no room");
    for (const _ of [1, 2]) await hand.press(step(page).getByRole("button", { name: /: one more$/ }));
    await hand.press(button("Send report"));
    await says(step(page), "That would be right if memory were all a task needs.");
    await goOn();
  });

  await then("predicts by choosing one of several, before a zone goes dark", async () => {
    await isAt("Predict: a zone goes dark");
    await hand.press(button("All of them; ECS moves them in time."));
    await hand.press(button("A third of them."));
    assert.equal(await button("A third of them.").getAttribute("aria-pressed"), "true");
    assert.equal(await button("All of them; ECS moves them in time.").getAttribute("aria-pressed"), "false");
    await hand.press(button("Commit and run"));
    await faster();
    await isAt("What packing cost");
    await says(step(page), "2 of 6 tasks are left.");
    await goOn();
  });

  await then("predicts spread wrongly, watches it and sees the difference", async () => {
    await isAt("Predict: spread");
    await predict([0, 1, 2, 2]);
    await hand.press(button("Commit and run"));
    await isAt("Watch spread");
    await faster();
    await isAt("What would be left?");
    for (const _ of [1, 2, 3, 4]) await hand.press(step(page).getByRole("button", { name: /: one more$/ }));
    await hand.press(button("Send report"));
    await goOn();
    await isAt("Never blind");
    await says(step(page), "It levels instead");
    await goOn();
  });

  await then("may ask for three hints, each more exact", async () => {
    await isAt("Do: survive, then save");
    assert.equal(await goals(page).count(), 3);
    await hand.insist(step(page).getByRole("button", { name: "Continue" }));
    await page.getByRole("status").filter({ hasText: "not met yet" }).waitFor();
    const hints = lesson(page).getByRole("list", { name: "Hints" }).getByRole("listitem");
    for (const [at, name] of ["A nudge", "Where to look", "Exactly what to do"].entries()) {
      await hand.press(button(name));
      await until(async () => (await hints.count()) === at + 1, `${at + 1} hints`);
    }
    await says(hints.last(), "spread(attribute:ecs.availability-zone)");
    assert.equal(await button("Exactly what to do").count(), 0);
  });

  await then("reaches the goals", async () => {
    await hand.reachGoals(page);
    await hand.show("Lesson");
    for (const goal of await goals(page).all()) await says(goal, /: met/);
    await hand.press(step(page).getByRole("button", { name: "Continue" }));
  });

  await then("is done", async () => {
    await isAt("What you know now");
    await says(step(page), "Unit done.");
    await hand.press(button("Leave"));
    await page.getByRole("heading", { name: "First cluster" }).or(page.getByRole("region", { name: "Now" })).first().waitFor();
  });
}

const allMet = async (page) => (await goals(page).filter({ hasText: /: met/ }).count()) === 3;

/** Has the solution shown on the learner's own timeline. */
async function haveItShown(page) {
  const { press, pick } = byKeys(page);
  await press(lesson(page).getByRole("button", { name: "Show me" }));
  await says(step(page), "Shown: ");
  await pick(the.timeline(page).getByRole("combobox", { name: "Speed" }), 60);
  await until(() => allMet(page), "the goals are met", 60_000);
}

test("the unit on placement by keyboard alone, 1440 wide", async (t) => {
  await withPage(WIDE, async (page) => {
    await open(page);
    await play(page, { ...byKeys(page), reachGoals: haveItShown }, t);
  });
});

/** Reaches the goals by own actions: level the zones, then empty a server and give it back. */
async function reachThemAlone(page) {
  const hand = byTouch(page);
  const sheet = page.getByRole("region", { name: "Details" });
  const pickSpeed = (speed) => hand.pick(the.timeline(page).getByRole("combobox", { name: "Speed" }), speed);
  await hand.show("Board");
  const web = service(page, "web");
  await hand.press(web.name);
  await hand.press(sheet.getByRole("button", { name: "Remove binpack(memory)" }));
  await hand.pick(sheet.getByRole("combobox", { name: "Add a strategy" }), "spread(attribute:ecs.availability-zone)");
  await hand.press(sheet.getByRole("button", { name: "Close details" }));
  for (const wanted of [7, 8, 9]) await hand.press(web.change(wanted));
  await pickSpeed(10);
  await until(async () => /running\s*9/.test(await web.innerText()), "all nine run");
  for (const wanted of [8, 7, 6]) await hand.press(web.change(wanted));
  await until(async () => /running\s*6/.test(await web.innerText()), "six are left");
  await pickSpeed(30);
  await hand.show("Lesson");
  await until(async () => /: met/.test(await goals(page).first().innerText()), "the first goal is met");
  await pickSpeed(5);
  await hand.show("Board");
  const third = server(page, "us-east-1c");
  await hand.press(third.head);
  await hand.press(sheet.getByRole("button", { name: "Drain" }));
  await pickSpeed(30);
  await until(async () => /, 0 tasks,/.test(await third.head.getAttribute("aria-label")), "it is empty");
  await hand.press(sheet.getByRole("button", { name: "Terminate" }));
  await hand.show("Lesson");
  await until(() => allMet(page), "the goals are met");
}

test("the unit on placement by touch alone, 390 wide", async (t) => {
  await withPage({ ...NARROW, touch: true }, async (page) => {
    await open(page);
    await play(page, { ...byTouch(page), reachGoals: reachThemAlone }, t);
  });
});

test("an outline goes where it is tapped or dragged to, and comes back", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await open(page);
    await choose(page, "Placement");
    await step(page).getByRole("button", { name: "Continue" }).click();
    const handle = (number) => step(page).getByRole("button", { name: new RegExp(`^${number} ?web`) });
    const chosen = (number) =>
      step(page).getByRole("group", { name: `Task ${number}, web` }).getByRole("button", { pressed: true }).and(page.locator(":not(.handle)"));
    const predicted = (zone) => server(page, zone).getByRole("list", { name: "Predicted here" }).getByRole("listitem");

    await then("taken in the hand, then put on a server", async () => {
      await handle(1).click();
      assert.equal(await handle(1).getAttribute("aria-pressed"), "true");
      await server(page, "us-east-1b").getByRole("button", { name: "Put task 1 here" }).click();
      await says(predicted("us-east-1b"), "web");
      assert.equal(await handle(1).getAttribute("aria-pressed"), "false");
    });

    await then("put down again by Esc", async () => {
      await handle(2).click();
      await server(page, "us-east-1b").getByRole("button", { name: "Put task 2 here" }).waitFor();
      await page.keyboard.press("Escape");
      assert.equal(await handle(2).getAttribute("aria-pressed"), "false");
    });

    await then("nowhere yet, on the shelf", async () => {
      await handle(2).click();
      await the.shelf(page).getByRole("button", { name: "Task 2: nowhere yet" }).click();
      await says(page.getByRole("list", { name: "Predicted to land nowhere yet" }), "web");
    });

    await then("dragged onto a server", async () => {
      const from = await handle(3).boundingBox();
      const to = await server(page, "us-east-1c").boundingBox();
      await page.mouse.move(from.x + 10, from.y + 10);
      await page.mouse.down();
      await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 5 });
      await page.mouse.up();
      await says(predicted("us-east-1c"), "web");
      await says(chosen(3), await server(page, "us-east-1c").head.innerText());
    });

    await then("the next free one by the button of a server", async () => {
      await server(page, "us-east-1a").getByRole("button", { name: /here/i }).click();
      await says(predicted("us-east-1a"), "web");
      const commit = step(page).getByRole("button", { name: "Commit and run" });
      await until(async () => (await commit.getAttribute("aria-disabled")) === null, "all four lie somewhere");
    });

    await then("after the run each outline says whether it was right", async () => {
      await step(page).getByRole("button", { name: "Commit and run" }).click();
      await the.timeline(page).getByRole("combobox", { name: "Speed" }).selectOption("30");
      await says(step(page), "What did you see?");
      await says(predicted("us-east-1c"), "went elsewhere");
    });

    await then("the unit starts again, empty-handed", async () => {
      await lesson(page).getByRole("button", { name: "Start this unit again" }).click();
      await says(step(page), "One pool, three zones");
      assert.equal(await predicted("us-east-1c").count(), 0);
    });
  });
});

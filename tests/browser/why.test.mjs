// Explanation: why here, why waiting, what caused it; events and words.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WIDE, open, withPage } from "./harness.mjs";
import { button, inOrder, now, openTab, pause, playUntil, server, service, says, the, until } from "./learner.mjs";

/** The slider of time moves in such steps. */
const STEP_MS = 100;

/** More workers than the servers hold. */
async function crowd(page) {
  await pause(page);
  for (const count of [2, 3, 4, 5, 6, 7]) await service(page, "worker").change(count).click();
  await playUntil(page, async () => (await the.shelf(page).getByRole("button", { name: /^worker ×/ }).count()) === 1, 10);
}

test("why a task is where it is", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await open(page);
    await pause(page);
    const why = the.panel(page, "Why");

    await then("every server against every rule, with one that was chosen", async () => {
      await server(page, "us-east-1b").getByRole("button", { name: /^Task api/ }).click();
      await button(the.panel(page, "Details"), "Why here?").click();
      await why.getByRole("heading", { name: /^api · .* is on i-/ }).waitFor();
      const table = why.getByRole("region", { name: "Servers against rules" }).getByRole("table");
      assert.match((await table.getByRole("columnheader").allInnerTexts()).join(" "), /CPU 512.*memory 2,048 MiB/i);
      assert.equal(await table.getByRole("rowheader").count(), 3);
      const chosen = table.getByRole("row").filter({ hasText: "chosen" });
      assert.equal(await chosen.count(), 1);
      const name = (await server(page, "us-east-1b").head.innerText()).trim();
      await says(chosen, name);
      for (const cell of await chosen.getByRole("cell").all()) assert.match(await cell.textContent(), /passes/);
    });

    await then("the strategy step by step, with the scores and who stays", async () => {
      await why.getByText("spread(attribute:ecs.availability-zone)").waitFor();
      const scores = why.getByRole("listitem").filter({ hasText: /^i-.*(stays|falls out)$/ });
      assert.ok((await scores.count()) >= 3);
      assert.ok((await scores.filter({ hasText: "falls out" }).count()) >= 1);
    });

    await then("a server of the table can be visited", async () => {
      await why.getByRole("table").getByRole("button", { name: /^i-/ }).first().click();
      await the.panel(page, "Details").getByRole("heading", { name: /^Server i-/ }).waitFor();
    });

    await then("a click on a cause jumps to its instant, and the whole run stays reachable", async () => {
      const panel = await openTab(page, "Why");
      const before = await now(page);
      const cause = panel.getByRole("button", { name: /^\d .* placed on/ });
      await cause.click();
      await until(async () => (await now(page)) <= before, "back in time");
      await says(the.panel(page, "Why"), /placed on|is on/);
      await the.scrubber(page).press("End");
      await until(async () => (await now(page)) >= before - 100, "forth again");
    });
  });
});

test("why a task waits", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await open(page);
    await crowd(page);
    const chip = the.shelf(page).getByRole("button", { name: /^worker ×/ });
    const why = the.panel(page, "Why");

    await then("the reason stands on its chip", async () => {
      await says(chip, /Closest server i-\w{4}: not enough memory/);
      await says(service(page, "worker"), /waiting/);
    });

    await then("its answer names every server, the closest one, and what the service would print", async () => {
      await chip.click();
      await why.getByRole("heading", { name: /^worker: \d tasks waiting/ }).waitFor();
      await says(why.getByRole("table").getByRole("row").filter({ hasText: "closest" }), /\d,\d{3}/);
      const figure = why.getByRole("figure", { name: "The service would print" });
      await says(figure, "was unable to place a task because no container instance met all of its requirements.");
      await says(figure, "has insufficient memory available.");
    });

    await then("the causes begin with what the learner did", async () => {
      const causes = why.getByRole("button", { name: /^\d .* \d+:\d\d\.\d$/ });
      await says(causes.first(), /You: Update service worker/);
      const at = (await causes.first().innerText()).match(/(\d+):(\d\d\.\d)/);
      await causes.first().click();
      const instant = (Number(at[1]) * 60 + Number(at[2])) * 1000;
      await until(async () => Math.abs((await now(page)) - instant) <= STEP_MS, "at that instant");
      await the.scrubber(page).press("End");
    });

    await then("each change that is offered, applied, places a task; undo takes it back", async () => {
      await chip.click();
      const fixes = why.getByRole("button", { name: /^Apply: / });
      await fixes.first().waitFor();
      const names = await Promise.all((await fixes.all()).map((fix) => fix.getAttribute("aria-label")));
      assert.ok(names.some((name) => /Add one/.test(name)) && names.some((name) => /Fargate/.test(name)), names.join("; "));
      const waits = async () => Number((await chip.innerText()).match(/× (\d+)/)?.[1]);
      const before = await waits();
      await button(why, names.find((name) => /Add one/.test(name))).click();
      await playUntil(page, async () => (await chip.count()) === 0 || (await waits()) < before, 60);
      await the.undo(page).click();
      await until(waits, "the chip is back");
      await chip.click();
      await button(why, names.find((name) => /Fargate/.test(name))).click();
      await playUntil(page, async () => /running\s*7/.test(await service(page, "worker").innerText()), 60);
    });
  });
});

test("what happened", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await open(page);
    await crowd(page);

    await then("events stand newest first, with where they happened", async () => {
      const events = await openTab(page, "Events");
      const rows = await events.getByRole("button").allInnerTexts();
      const times = rows.map((row) => row.match(/(\d+):(\d\d\.\d)/)).map((at) => Number(at[1]) * 60 + Number(at[2]));
      assert.deepEqual(times, [...times].sort((a, b) => b - a));
      for (const side of ["you", "ECS", "service event"]) assert.ok(rows.some((row) => row.includes(side)), side);
    });

    await then("a click on one goes there and tells what led to it", async () => {
      const events = the.panel(page, "Events");
      const row = events.getByRole("button", { name: /You: Update service worker: desired count 5/ }).first();
      await row.click();
      const why = the.panel(page, "Why");
      await why.getByRole("heading", { name: /^What led to this, at/ }).waitFor();
      await says(why, "You: Update service worker: desired count 5");
    });
  });
});

test("words explain themselves", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await open(page);
    const words = await openTab(page, "Words");
    const find = words.getByRole("searchbox", { name: "Find a word" });
    const terms = words.getByRole("term");

    await then("each term has a meaning, and rules say how true they are", async () => {
      await until(async () => (await terms.count()) > 20, "the words are there");
      const meanings = await words.getByRole("definition").allInnerTexts();
      assert.ok(meanings.every((meaning) => meaning.length > 10));
      for (const fidelity of ["exact", "simplified", "chosen for teaching"]) {
        assert.ok(meanings.some((meaning) => meaning.includes(fidelity)), fidelity);
      }
    });

    await then("a search narrows them and says how many are left", async () => {
      await find.fill("binpack");
      await says(words.getByRole("status"), /^\d+ found$/);
      const found = await terms.count();
      assert.equal(Number((await words.getByRole("status").innerText()).split(" ")[0]), found);
      assert.ok(found > 0);
      await find.fill("no such word at all");
      await says(words, "No word like this.");
      await find.fill("");
      assert.ok((await terms.count()) > 20);
    });
  });
});

// Breaking things and healing them: what ECS knows, what is true, and how the board says both.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WIDE, open, withPage } from "./harness.mjs";
import { button, faults, inOrder, now, openTab, pause, playFor, playUntil, server, service, says, the, until } from "./learner.mjs";

/** Strikes, sees it listed as broken, runs `meanwhile`, heals it. */
async function strike(page, title, fault, listed, meanwhile = async () => {}) {
  const group = await faults(page, title);
  await button(group, fault).click();
  const broken = the.brokenNow(page).filter({ hasText: listed });
  await broken.waitFor();
  await meanwhile(broken);
  await button(broken, "Heal").click();
  await broken.waitFor({ state: "detached" });
}

test("a server that falls silent", async (t) => {
  const then = inOrder(t);
  await withPage(WIDE, async (page) => {
    await open(page);
    await pause(page);
    const struck = server(page, "us-east-1b");
    await button(page, "Cut the network to the second server").click();

    await then("is UNKNOWN first, and DISCONNECTED only later", async () => {
      const words = [];
      const word = async () => {
        const text = await struck.innerText();
        const found = ["ACTIVE", "UNKNOWN", "DISCONNECTED"].find((each) => text.includes(each));
        if (words.at(-1) !== found) words.push(found);
        return found;
      };
      await playUntil(page, async () => (await word()) === "DISCONNECTED", 30);
      assert.deepEqual(words, ["ACTIVE", "UNKNOWN", "DISCONNECTED"]);
    });

    await then("is still running in truth, and the difference is told in one sentence", async () => {
      await says(struck, "still running");
      await says(struck, /2 still running; ECS has not heard from it for \d/);
    });

    await then("keeps its tasks RUNNING: ECS replaces nothing that it has not heard from", async () => {
      await says(service(page, "web"), /running\s*4/);
      for (const task of await struck.getByRole("button", { name: /^Task / }).all()) {
        assert.match(await task.getAttribute("aria-label"), /, RUNNING,/);
      }
    });

    await then("is only silent in what ECS knows, and runs in what is true", async () => {
      const pictures = page.getByRole("group", { name: "Which picture" });
      await button(pictures, "What ECS knows").click();
      await until(async () => !(await struck.innerText()).includes("still running"), "no truth in what ECS knows");
      assert.doesNotMatch(await struck.head.getAttribute("aria-label"), /still running/);
      assert.doesNotMatch(await struck.getByRole("button", { name: /^Task / }).first().getAttribute("aria-label"), /used/);
      await button(pictures, "What is true").click();
      await says(struck, /^running$/m);
      assert.doesNotMatch(await struck.innerText(), /DISCONNECTED|✕/);
      assert.doesNotMatch(await struck.head.getAttribute("aria-label"), /DISCONNECTED/);
      assert.match(await struck.getByRole("button", { name: /^Task / }).first().getAttribute("aria-label"), /used/);
      await button(pictures, "Both").click();
      await says(struck, "DISCONNECTED");
      await says(struck, "still running");
    });

    await then("stands in the table with both, or with the one picture that is chosen", async () => {
      await button(the.board(page), "Table").click();
      const table = page.getByRole("region", { name: "Servers as a table" }).getByRole("table");
      const pictures = page.getByRole("group", { name: "Which picture" });
      await button(pictures, "What ECS knows").click();
      await table.getByRole("columnheader", { name: "Is true" }).waitFor({ state: "detached" });
      await button(pictures, "What is true").click();
      await table.getByRole("columnheader", { name: "ECS knows" }).waitFor({ state: "detached" });
      assert.doesNotMatch(await table.innerText(), /DISCONNECTED/);
      await button(pictures, "Both").click();
      await table.getByRole("columnheader", { name: "ECS knows" }).waitFor();
      const heads = await table.getByRole("columnheader").allInnerTexts();
      const row = table.getByRole("row").filter({ hasText: "DISCONNECTED" });
      const cells = await row.getByRole("cell").allInnerTexts();
      const cell = (head) => cells[heads.findIndex((each) => each.toLowerCase() === head) - 1];
      assert.match(cell("ecs knows"), /DISCONNECTED/);
      assert.match(cell("is true"), /still running/);
      assert.match(cell("heartbeat"), /last report .* ago/);
      assert.equal(await row.getByRole("cell").getByRole("button").count(), 2);
      await row.getByRole("button", { name: /^i-/ }).click();
      await the.panel(page, "Details").getByRole("heading", { name: /^Server i-/ }).waitFor();
      await row.getByRole("cell").getByRole("button").first().click();
      await the.panel(page, "Details").getByRole("heading", { name: /^Task / }).waitFor();
      await button(the.board(page), "Table").click();
      await struck.waitFor();
    });

    await then("is ACTIVE again soon after the network is healed on its card", async () => {
      await button(struck, "Heal").click();
      await playUntil(page, async () => (await struck.innerText()).includes("ACTIVE"), 30);
      assert.equal(await the.brokenNow(page).count(), 0);
    });
  });
});

test("every kind of target can be broken", async (t) => {
  const then = inOrder(t);
  await withPage(WIDE, async (page) => {
    await open(page);
    await pause(page);

    await then("a task: its container exits, and the service starts another in its place", async () => {
      const group = await faults(page, "Task");
      const target = group.getByRole("combobox", { name: "Task to break" });
      const label = (await target.getByRole("option").allInnerTexts()).find((each) => each.startsWith("web"));
      await target.selectOption(label);
      await button(group, "Container exits with code 1").click();
      await playUntil(page, async () => !(await target.getByRole("option").allInnerTexts()).includes(label), 10);
      await playUntil(page, async () => /running\s*4/.test(await service(page, "web").innerText()), 60);
      const events = await openTab(page, "Events");
      await events.getByRole("button", { name: /exit/i }).first().waitFor();
    });

    await then("a task: exit with code 0, out of memory, and a hang that only truth shows", async () => {
      const group = await faults(page, "Task");
      const target = group.getByRole("combobox", { name: "Task to break" });
      for (const fault of ["Container exits with code 0", "Out of memory"]) {
        const before = await now(page);
        const struck = await target.inputValue();
        await button(group, fault).click();
        await playUntil(page, async () => !(await target.getByRole("option").allInnerTexts()).includes(struck), 10);
        assert.ok((await now(page)) > before);
      }
      await strike(page, "Task", "App hangs", /hangs/, async () => playFor(page, 2_000, 5));
    });

    await then("an app: every task of it keeps exiting until it is put right", async () => {
      const group = await faults(page, "App");
      await group.getByRole("combobox", { name: "App to break" }).selectOption("api");
      await button(group.getByRole("group", { name: "Image", exact: true }), "The image does not exist").waitFor();
      await strike(page, "App", "Every task keeps exiting with code 1", /exits with code 1/, async () => {
        await playUntil(page, async () => !/running\s*2/.test(await service(page, "api").innerText()), 10);
      });
      await strike(page, "App", "Every task keeps running out of memory", /memory/);
      await playUntil(page, async () => /running\s*2/.test(await service(page, "api").innerText()), 200);
    });

    await then("a server: each fault is drawn on its card with a number and can be healed", async () => {
      const group = await faults(page, "Server");
      const target = group.getByRole("combobox", { name: "Server to break" });
      const third = server(page, "us-east-1c");
      await target.selectOption((await third.head.innerText()).trim());
      for (const fault of [
        "Server dies",
        "Agent stops",
        "Network cut",
        "Network cut, reports only",
        "Network cut, instructions only",
        "Half of all packets lost",
        "Messages take 5 s longer",
        "Disk full",
      ]) {
        await strike(page, "Server", fault, /./, async () => {
          await third.getByRole("list", { name: "Faults" }).getByRole("listitem").filter({ hasText: /cause\s*1/i }).waitFor();
        });
      }
    });

    await then("a zone: when it fails, its servers have no power, and the others go on", async () => {
      const group = await faults(page, "Zone");
      await group.getByRole("combobox", { name: "Zone to break" }).selectOption("us-east-1a");
      await strike(page, "Zone", "Zone fails", /fails/, async () => {
        await playFor(page, 2_000, 5);
        await says(server(page, "us-east-1a"), "no power");
        await says(server(page, "us-east-1b"), "ACTIVE");
        await says(the.zone(page, "us-east-1a"), /zone failure/);
        const tasks = server(page, "us-east-1a").getByRole("button", { name: /^Task / });
        const pictures = page.getByRole("group", { name: "Which picture" });
        await button(pictures, "What is true").click();
        await until(async () => (await tasks.count()) === 0, "nothing runs in truth");
        await button(pictures, "What ECS knows").click();
        await until(async () => (await tasks.count()) > 0, "ECS still counts its tasks");
        assert.doesNotMatch(await server(page, "us-east-1a").innerText(), /no power/i);
        await button(pictures, "Both").click();
      });
      for (const fault of ["Network cut", "Half of all packets lost", "Messages take 5 s longer"]) {
        await strike(page, "Zone", fault, /us-east-1a/);
      }
    });

    await then("the image registry: a new task cannot start while pulls fail", async () => {
      await playUntil(page, async () => /steady/.test(await service(page, "worker").innerText()), 200);
      await strike(page, "Image registry", "Pulls take 10 times as long", /10 times/);
      await strike(page, "Image registry", "Pulls fail", /pulls fail/i, async () => {
        await service(page, "worker").change(2).click();
        const events = await openTab(page, "Events");
        await playUntil(page, async () => (await events.getByRole("button", { name: /CannotPull|pull/ }).count()) > 0, 10);
        assert.match(await service(page, "worker").innerText(), /running\s*1/);
      });
      await playUntil(page, async () => /running\s*2/.test(await service(page, "worker").innerText()), 60);
    });
  });
});

test("several faults at once are numbered in the order of their causes", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    await pause(page);
    await button(await faults(page, "Zone"), "Network cut").click();
    await button(await faults(page, "Image registry"), "Pulls fail").click();
    await button(await faults(page, "Server"), "Disk full").click();
    assert.equal(await the.brokenNow(page).count(), 3);
    await says(the.zone(page, "us-east-1a").getByRole("list", { name: "Faults" }).first(), /cause\s*1/i);
    await says(server(page, "us-east-1a").getByRole("list", { name: "Faults" }), /cause\s*3/i);
    for (const left of [2, 1, 0]) {
      await button(the.brokenNow(page).first(), "Heal").click();
      await until(async () => (await the.brokenNow(page).count()) === left, `${left} are left`);
    }
  });
});

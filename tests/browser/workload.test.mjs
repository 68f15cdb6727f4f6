// Workload and capacity: tasks, desired counts, servers, task definitions, placement, launch types.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { WIDE, open, withPage } from "./harness.mjs";
import { button, faults, inOrder, insist, openTab, pause, playFor, playUntil, server, service, says, the, until } from "./learner.mjs";

const VALID = new URL("../fixtures/task-definitions/valid/", import.meta.url);
const definition = (name) => readFileSync(new URL(name, VALID), "utf8");

const runs = (page, name, count) => async () => new RegExp(`running\\s*${count}\\b`).test(await service(page, name).innerText());

test("tasks and services", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await open(page);
    await pause(page);
    const workload = the.workload(page);
    const totals = the.board(page).getByText(/\d+ servers? · \d+ tasks? running/).first();

    await then("+ and − change the desired count, and ECS follows", async () => {
      await service(page, "web").change(5).click();
      await playUntil(page, runs(page, "web", 5), 30);
      await service(page, "web").change(4).click();
      await playUntil(page, runs(page, "web", 4), 30);
    });

    await then("tasks can be run by themselves, several at once", async () => {
      await workload.getByRole("combobox", { name: "Task definition" }).selectOption("web:1");
      const many = workload.getByRole("group", { name: "How many", exact: true });
      await button(many, "How many: one more").click();
      await button(many, "How many: one more").click();
      await button(many, "How many: one less").click();
      assert.equal(await many.getByRole("spinbutton", { name: "How many" }).inputValue(), "2");
      await button(workload, "Run tasks").click();
      await playUntil(page, async () => /9 tasks running/.test(await totals.innerText()), 30);
    });

    await then("a number out of range is brought into it", async () => {
      const field = workload.getByRole("spinbutton", { name: "How many", exact: true });
      await field.fill("99");
      assert.equal(await field.inputValue(), "10");
      assert.ok(await button(workload, "How many: one more").isDisabled());
      await field.fill("1");
    });

    await then("a second service of the same name is refused in the words of the API, and the notice can be dismissed", async () => {
      await button(workload, "Keep running as a service").click();
      const alert = page.getByRole("alert");
      await says(alert, /InvalidParameterException|Creation of service was not idempotent/);
      await button(alert, "Dismiss").click();
      await until(async () => (await alert.innerText()).trim() === "", "the notice is gone");
    });

    await then("a service can be deleted and made anew", async () => {
      await service(page, "worker").name.click();
      await button(the.panel(page, "Details"), "Delete service").click();
      await playUntil(page, async () => (await service(page, "worker").count()) === 0, 30);
      await workload.getByRole("combobox", { name: "Task definition" }).selectOption("worker:1");
      await button(workload, "Keep running as a service").click();
      await playUntil(page, runs(page, "worker", 1), 30);
    });

    await then("a task can be stopped; its service starts another", async () => {
      const task = server(page, "us-east-1a").getByRole("button", { name: /^Task api/ });
      const name = await task.getAttribute("aria-label");
      await task.click();
      const details = the.panel(page, "Details");
      await details.getByRole("list", { name: "Life cycle" }).getByRole("listitem").filter({ hasText: "RUNNING" }).waitFor();
      await button(details, "Stop task").click();
      await playUntil(page, runs(page, "api", 1), 10);
      await playUntil(page, runs(page, "api", 2), 30);
      assert.equal(await page.getByRole("button", { name, exact: true }).count(), 0);
    });

    await then("a server has its plain facts first and its full ids last, folded away", async () => {
      await server(page, "us-east-1a").head.click();
      const details = the.panel(page, "Details");
      const lastReport = details.getByRole("row", { name: /^Last report/ }).getByRole("cell").first();
      assert.match(await lastReport.innerText(), /^(just now|\d.* ago)$/);
      const id = details.getByText(/^i-[0-9a-f]{17}$/);
      assert.ok(!(await id.isVisible()));
      await details.getByText("Full ids").click();
      await id.waitFor();
    });

    await then("what belongs together can be visited from one another", async () => {
      const details = the.panel(page, "Details");
      await server(page, "us-east-1b").head.click();
      await button(details, /^Task web/).first().click();
      await details.getByRole("heading", { name: /^Task web/ }).waitFor();
      await button(details, "Service web").click();
      await details.getByRole("heading", { name: "Service web" }).waitFor();
      await button(the.controlPlane(page), "Control plane").click();
      await says(details, "registeredContainerInstancesCount");
      await button(the.zone(page, "us-east-1c"), "us-east-1c").click();
      await details.getByRole("heading", { name: "Zone us-east-1c" }).waitFor();
      await button(details, /^Server i-/).click();
      await details.getByRole("heading", { name: /^Server i-/ }).waitFor();
    });
  });
});

test("servers", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await open(page);
    await pause(page);
    const workload = the.workload(page);
    const zone = the.zone(page, "us-east-1b");

    await then("two larger ones come to the second zone: first in truth only, then known to ECS", async () => {
      await workload.getByRole("combobox", { name: "Instance type" }).selectOption("m5.xlarge");
      await workload.getByText("4 vCPU").waitFor();
      await workload.getByRole("combobox", { name: "Zone" }).selectOption("us-east-1b");
      await button(workload, "How many servers: one more").click();
      await button(workload, "How many servers: one more").click();
      await button(workload, "How many servers: one less").click();
      assert.equal(await workload.getByRole("spinbutton", { name: "How many servers" }).inputValue(), "2");
      await button(workload, "Add servers").click();
      await until(async () => (await zone.getByRole("article").count()) === 3, "three servers");
      await says(zone.getByRole("article").nth(1), /not registered/);
      await says(zone.getByRole("article").nth(1), /booting/);
      await playUntil(page, async () => /ACTIVE/.test(await zone.getByRole("article").nth(2).innerText()), 60);
    });

    await then("up and down go between servers of a zone, left and right between zones", async () => {
      const heads = zone.getByRole("button", { name: /^Server / });
      await server(page, "us-east-1a").head.focus();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowUp");
      const second = await heads.nth(1).elementHandle();
      await until(() => second.evaluate((element) => element === document.activeElement), "the second has the focus");
      await page.keyboard.press("ArrowLeft");
      const other = await server(page, "us-east-1a").head.elementHandle();
      await until(() => other.evaluate((element) => element === document.activeElement), "the first zone has the focus");
    });

    const struck = server(page, "us-east-1a");
    const details = the.panel(page, "Details");
    const empty = async () => (await struck.getByRole("button", { name: /^Task / }).count()) === 0;

    await then("draining empties a server, and it can be called back", async () => {
      await struck.head.click();
      await button(details, "Drain").click();
      await says(struck, "DRAINING");
      await playUntil(page, empty, 60);
      await button(details, "Back to ACTIVE").click();
      await says(struck, "ACTIVE");
    });

    await then("a stopped server stays registered, and can be started again", async () => {
      await button(details, "Stop").click();
      await playUntil(page, async () => /DISCONNECTED/.test(await struck.innerText()), 60);
      await says(struck, "no power");
      await button(details, "Start").click();
      await says(struck, "booting");
      await playUntil(page, async () => !/DISCONNECTED/.test(await struck.innerText()), 60);
    });

    await then("a terminated server leaves the board", async () => {
      await button(details, "Terminate").click();
      await playUntil(page, async () => (await the.zone(page, "us-east-1a").getByRole("article").count()) === 0, 60);
      await says(the.zone(page, "us-east-1a"), "No server in this zone.");
    });

    await then("unless ECS has lost sight of it before: then it stays until it is deregistered", async () => {
      const silent = server(page, "us-east-1c");
      await silent.head.click();
      const group = await faults(page, "Server");
      await button(group, "Agent stops").click();
      await playUntil(page, async () => /DISCONNECTED/.test(await silent.innerText()), 60);
      await button(details, "Terminate").click();
      await playFor(page, 5_000, 5);
      await says(silent, "terminated");
      await button(details, "Deregister (force)").click();
      await playUntil(page, async () => (await the.zone(page, "us-east-1c").getByRole("article").count()) === 0, 60);
    });
  });
});

test("a task definition of one's own", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await open(page);
    await pause(page);
    const dialog = page.getByRole("dialog", { name: "Bring a task definition" });
    const text = dialog.getByRole("textbox", { name: /^Paste the JSON of a task definition/ });
    const result = dialog.getByRole("status");
    const register = button(dialog, "Register and run one task");
    const openDialog = () => button(page, "Paste or drop a task definition").click();

    await then("that is wrong is named with its line, and cannot be registered", async () => {
      await openDialog();
      assert.equal(await register.getAttribute("aria-disabled"), "true");
      await text.fill('{\n  "family": "shop",\n  "containerDefinitions": [{ "name": "a", "image": 7 }]\n}');
      await says(result, /image, line 3, column \d+/);
      assert.equal(await register.getAttribute("aria-disabled"), "true");
      await text.fill('{ "family": ');
      await says(result, /line 1/);
    });

    await then("keys belong to the text while it is written", async () => {
      await text.fill("");
      await text.press("0");
      await text.press(".");
      assert.equal(await text.inputValue(), "0.");
    });

    await then("the example is good, and runs on Fargate", async () => {
      await button(dialog, "Use an example").click();
      await says(result, /hello: 1 container/);
      await register.click();
      await dialog.waitFor({ state: "hidden" });
      await says(the.fargate(page), /hello/);
      await playUntil(page, async () => /RUNNING/.test(await the.fargate(page).innerText()), 30);
    });

    await then("a capsule on Fargate opens its details", async () => {
      await the.fargate(page).getByRole("button", { name: /hello/ }).click();
      await says(the.panel(page, "Details"), /FARGATE/);
    });

    await then("a file can be chosen", async () => {
      await openDialog();
      await dialog.getByLabel("Choose a file").setInputFiles(new URL("host-mode.json", VALID).pathname);
      await says(result, /1 container/);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "hidden" });
    });

    await then("a file can be dropped anywhere on the page", async () => {
      const dropped = await page.evaluateHandle((json) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([json], "task.json", { type: "application/json" }));
        return transfer;
      }, definition("host-mode.json"));
      await the.board(page).dispatchEvent("dragover", { dataTransfer: dropped });
      await the.board(page).dispatchEvent("drop", { dataTransfer: dropped });
      await says(result, /1 container/);
      await register.click();
      await dialog.waitFor({ state: "hidden" });
      const family = JSON.parse(definition("host-mode.json")).family;
      const offered = the.workload(page).getByRole("combobox", { name: "Task definition" }).getByRole("option");
      await until(async () => (await offered.allInnerTexts()).includes(`${family}:1`), "it can be run again");
    });

    await then("one that runs on both sides asks which", async () => {
      await the.workload(page).getByRole("combobox", { name: "Task definition" }).selectOption("hello:1");
      const types = the.workload(page).getByRole("group", { name: "Launch type" });
      for (const name of ["Fargate Spot", "Fargate", "EC2"]) {
        await button(types, name).click();
        assert.equal(await button(types, name).getAttribute("aria-pressed"), "true");
      }
      await button(the.workload(page), "Run tasks").click();
      await playUntil(page, async () => (await page.getByRole("button", { name: /^Task hello .*RUNNING/ }).count()) === 1, 30);
    });

    await then("Close leaves without a trace", async () => {
      await openDialog();
      await text.fill("nonsense");
      await button(dialog, "Close").click();
      await dialog.waitFor({ state: "hidden" });
      assert.equal((await page.getByRole("alert").innerText()).trim(), "");
    });
  });
});

test("how a service places its tasks", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await open(page);
    await pause(page);
    await service(page, "web").name.click();
    const form = page.getByRole("region", { name: "Placement" });
    const remove = (spelled) => button(form, `Remove ${spelled}`);

    await then("ready-made combinations", async () => {
      const chains = {
        "AZ Balanced Spread": ["spread(attribute:ecs.availability-zone)", "spread(instanceId)"],
        "AZ Balanced BinPack": ["spread(attribute:ecs.availability-zone)", "binpack(memory)"],
        BinPack: ["binpack(memory)"],
        Random: ["random"],
        Default: [],
      };
      for (const [name, chain] of Object.entries(chains)) {
        await button(form, name).click();
        await until(async () => (await button(form, /^Remove/).count()) === chain.length, name);
        for (const spelled of chain) await remove(spelled).waitFor();
      }
    });

    await then("a chain of strategies, link by link", async () => {
      const add = form.getByRole("combobox", { name: "Add a strategy" });
      await add.selectOption("binpack(cpu)");
      await remove("binpack(cpu)").waitFor();
      await add.selectOption("spread(instanceId)");
      await remove("spread(instanceId)").waitFor();
      await remove("binpack(cpu)").click();
      await remove("binpack(cpu)").waitFor({ state: "detached" });
      await remove("spread(instanceId)").waitFor();
    });

    await then("one task per host, and back", async () => {
      const one = button(form, "One task per host (distinctInstance)");
      assert.equal(await one.getAttribute("aria-pressed"), "false");
      await one.click();
      await remove("distinctInstance").waitFor();
      await button(form, "Allow several on one server").click();
      await remove("distinctInstance").waitFor({ state: "detached" });
    });

    await then("an expression: a wrong one is told with its position, a right one becomes a constraint", async () => {
      const field = form.getByRole("textbox", { name: "memberOf: only servers where" });
      await field.fill("attribute:ecs.instance-type ~~ m5.large");
      await button(form, "Add").click();
      const alert = page.getByRole("alert");
      await says(alert, "This placement cannot be used");
      await says(alert, "found '~~' at character 29");
      assert.equal((await alert.innerText()).match(/character/g).length, 1, "its position is told once");
      await button(alert, "Dismiss").click();
      await field.fill("attribute:ecs.instance-type == m5.large");
      await field.press("Enter");
      await remove("memberOf(attribute:ecs.instance-type == m5.large)").click();
      await remove("memberOf(attribute:ecs.instance-type == m5.large)").waitFor({ state: "detached" });
    });

    await then("the launch type: the service moves to Fargate, where no placement is chosen", async () => {
      const types = form.getByRole("group", { name: "Launch type" });
      await insist(button(types, "EC2"));
      await form.getByRole("status").filter({ hasText: "This is where it runs." }).waitFor();
      await button(types, "FARGATE").click();
      await playUntil(page, async () => (await the.fargate(page).getByRole("button", { name: /web.*RUNNING/ }).count()) === 4, 60);
      assert.equal(await button(form, "BinPack").getAttribute("aria-disabled"), "true");
      await button(types, "FARGATE_SPOT").click();
      await playUntil(page, async () => (await the.fargate(page).getByRole("button", { name: /web.*Spot.*RUNNING/ }).count()) === 4, 60);
    });

    await then("a Spot task can be interrupted", async () => {
      await the.fargate(page).getByRole("button", { name: /web.*Spot/ }).first().click();
      await button(the.breakage(page), "Fargate Spot interruption").click();
      const events = await openTab(page, "Events");
      await events.getByRole("button", { name: /Spot/ }).first().waitFor();
    });
  });
});

test("the switch EC2 | Fargate | Mixed really moves the workload", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    await pause(page);
    const mode = page.getByRole("group", { name: "Where tasks run" });
    const onServers = () => the.servers(page).getByRole("button", { name: /^Task .*RUNNING/ }).count();
    const onFargate = () => the.fargate(page).getByRole("button", { name: /RUNNING/ }).count();
    assert.equal(await onServers(), 7);
    await button(mode, "Fargate").click();
    await playUntil(page, async () => (await onFargate()) === 7 && (await onServers()) === 0, 60);
    assert.equal(await button(mode, "Fargate").getAttribute("aria-pressed"), "true");
    await button(mode, "Mixed").click();
    await playUntil(page, async () => (await onServers()) === 5 && (await onFargate()) === 2, 60);
    assert.equal(await button(mode, "Mixed").getAttribute("aria-pressed"), "true");
    await button(mode, "EC2").click();
    await playUntil(page, async () => (await onServers()) === 7 && (await the.fargate(page).count()) === 0, 60);
  });
});

// Deployments and what is decided about them, Fargate and what lies under it, networks, protection, and the forms for all of these.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, assertAccessible, open, withPage } from "./harness.mjs";
import { button, choose, faults, focused, inOrder, pause, playFor, playUntil, says, server, service, the, until } from "./learner.mjs";

const ribbon = (page, name) => page.getByRole("group", { name: `Deployment of ${name}`, exact: true });
const card = (page, words) => the.board(page).getByRole("article", { name: words, exact: true });
const details = (page) => the.panel(page, "Details");
const form = (within, name) => within.getByRole("form", { name, exact: true });

/** Opens a group of forms. */
async function group(page, title) {
  const found = the.workload(page).getByRole("group").filter({ has: page.getByText(title, { exact: true }) }).first();
  if ((await found.getAttribute("open")) === null) await found.getByText(title, { exact: true }).first().click();
  return found;
}

/** Lets a neighbour of ECS answer. */
const step = (page) => button(page, "+1 s: one second further").click();

/** Opens a scenario and lets it stand. */
async function begin(page, title) {
  await open(page);
  await choose(page, title);
  if ((await page.getByRole("navigation", { name: "Panes" }).count()) === 0) await page.getByRole("region", { name: title }).waitFor();
  await pause(page);
}

test("a blue/green deployment, by keyboard alone", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await begin(page, "Rolling and blue/green");
    const front = ribbon(page, "front");

    await then("both revisions stand side by side, with stage and share of the requests", async () => {
      await button(page, "Deploy the next front, blue/green").focus();
      await page.keyboard.press("Enter");
      await playUntil(page, async () => /BAKE_TIME/.test(await front.innerText()), 30);
      const words = (await front.innerText()).replace(/\s+/g, " ");
      assert.match(words, /front:1 ACTIVE 4 of 4 running/);
      assert.match(words, /front:2 PRIMARY 4 of 4 running/);
      assert.match(words, /Requests front:1 0 % front:2 100 %/);
      assert.match(words, /stage 10 of 11/);
      assert.match(words, /bakes for/);
      await assertAccessible(page);
    });

    await then("a revision leads to its deployment, with the life cycle", async () => {
      await button(front, "front:2").focus();
      await page.keyboard.press("Enter");
      await details(page).getByRole("heading", { name: "Deployment of front:2" }).waitFor();
      const now = details(page).getByRole("list", { name: "Life cycle" }).getByRole("listitem").filter({ hasText: "now" });
      assert.match(await now.first().innerText(), /BAKE_TIME/);
      assert.equal(await button(front, "front:2").getAttribute("aria-pressed"), "true");
      for (const question of [/^What does the deployment of front wait for/, /^Why does nothing scale front/]) {
        await button(details(page), question).click();
        await the.panel(page, "Why").waitFor();
        await page.getByRole("tab", { name: "Details" }).click();
      }
    });

    await then("it can be rolled back from the ribbon", async () => {
      await button(front, "Roll back the deployment of front").focus();
      await page.keyboard.press("Enter");
      await says(front, "ROLLBACK_IN_PROGRESS");
      assert.equal(await button(front, /^Roll back/).count(), 0);
      await playUntil(page, () => isBack(front), 60);
      await says(front, /front:2 was stopped by StopServiceDeployment at .*Back on front:1/s);
      await button(front, "Why the deployment of front failed").click();
      await page.getByRole("heading", { name: "The deployment of front to front:2 has been rolled back" }).waitFor();
    });
  });
});

/** What became of a deployment stays in sight. */
const isBack = async (ribbon) => /ROLLBACK_SUCCESSFUL/.test(await ribbon.innerText());

test("a deployment that a hook holds", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await begin(page, "Rolling and blue/green");
    const front = ribbon(page, "front");
    const deploy = async () => {
      const asked = form(await group(page, "Deployments"), "Deploy a new revision");
      await asked.getByRole("combobox", { name: "Strategy" }).selectOption("CANARY");
      await asked.getByRole("combobox", { name: "Pause for a decision" }).selectOption("PRE_PRODUCTION_TRAFFIC_SHIFT");
      await button(asked.getByRole("group", { name: "Service" }), "front").click();
      await asked.getByRole("textbox", { name: "Image tag" }).fill("canary");
      await button(asked, "Deploy").click();
      await playUntil(page, async () => (await button(front, /^Continue/).count()) === 1, 60);
    };

    await then("goes on when someone says so", async () => {
      await deploy();
      await says(front, "a hook holds it");
      await button(front, "Continue the deployment of front").click();
      await playUntil(page, async () => /20 %/.test(await front.innerText()), 30);
    });

    await then("is stopped while it shifts traffic", async () => {
      await button(front, "Roll back the deployment of front").click();
      await playUntil(page, () => isBack(front), 60);
    });

    await then("a Lambda function is asked, and says no", async () => {
      const lambda = form(await group(page, "Deployments"), "A Lambda function");
      await lambda.getByRole("combobox", { name: "It answers" }).selectOption("FAILED");
      await lambda.getByRole("spinbutton", { name: "Call-back delay" }).fill("10");
      await button(lambda, "Set function").click();
      const asked = form(await group(page, "Deployments"), "Deploy a new revision");
      await asked.getByRole("combobox", { name: "Strategy" }).selectOption("CANARY");
      await button(asked.getByRole("group", { name: "Service" }), "front").click();
      await asked.getByRole("textbox", { name: "Image tag" }).fill("checked");
      await asked.getByRole("combobox", { name: "Pause for a decision" }).selectOption("Nowhere");
      await asked.getByRole("combobox", { name: "Ask a Lambda function" }).selectOption("POST_SCALE_UP");
      await asked.getByRole("textbox", { name: "Function" }).fill("check");
      await button(asked, "Deploy").click();
      await playUntil(page, async () => /ROLLBACK_IN_PROGRESS/.test(await front.innerText()), 60);
      await playUntil(page, () => isBack(front), 60);
    });

    await then("the other service replaces a few at a time, and counts failures", async () => {
      const app = await faults(page, "App");
      await app.getByRole("combobox", { name: "App to break" }).selectOption("api");
      await button(app, "The registry limits pulls").click();
      const asked = form(await group(page, "Deployments"), "Deploy a new revision");
      await asked.getByRole("combobox", { name: "Strategy" }).selectOption("ROLLING");
      await button(asked.getByRole("group", { name: "Service" }), "api").click();
      await button(asked.getByRole("group", { name: "Circuit breaker" }), "Roll back").click();
      await button(asked, "Deploy").click();
      const api = ribbon(page, "api");
      await playUntil(page, async () => /circuit breaker [1-3] of 3/.test(await api.innerText()), 2);
      await playUntil(page, async () => /ROLLBACK_IN_PROGRESS/.test(await api.innerText()), 5);
    });
  });
});

test("Fargate: quotas, X-ray, subnets", async (t) => {
  for (const screen of [WIDE, NARROW]) {
    await t.test(`${screen.width} wide`, async (t) => {
      await withPage(screen, async (page) => {
        const then = inOrder(t);
        await begin(page, "Fargate only");
        const lane = the.fargate(page);

        await then("the X-ray shows each task in a micro-VM on a host", async () => {
          await says(lane, "2 of 6 used");
          const xray = button(lane, "X-ray");
          assert.equal(await xray.getAttribute("aria-pressed"), "false");
          await xray.focus();
          await page.keyboard.press("Enter");
          const under = lane.getByRole("region", { name: /what AWS runs underneath/ });
          await until(async () => (await button(under, /^micro-VM of/).count()) === 7, "one for each task");
          assert.match(await under.innerText(), /Host \d+/);
          await assertAccessible(page);
          await xray.click();
          await under.waitFor({ state: "detached" });
        });

        await then("a quota that is used up is told", async () => {
          await button(page, "Ask for fourteen web tasks").click();
          await playUntil(page, async () => /6 of 6 used/.test(await lane.innerText()), 30);
        });

        await then("a subnet shows who has an address in it", async () => {
          const subnet = card(page, "Subnet subnet-a");
          await says(subnet, /of 11 taken/);
          await button(subnet, /^Subnet/).click();
          await page.getByRole("heading", { name: "Subnet subnet-a" }).waitFor();
          assert.ok((await button(page, /^Task (web|worker)/).count()) > 3);
          await button(page, /^Task web/).first().click();
          await page.getByRole("heading", { name: /^Task web/ }).waitFor();
          await button(lane, /^web · /).first().waitFor();
          if (screen === WIDE) await button(await faults(page, "Task"), "AWS maintenance").click();
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(width <= screen.width, `${width} wide`);
        });
      });
    });
  }
});

test("what hangs over a Spot server, and a task that is protected", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await begin(page, "Mixed launch types");
    const spot = server(page, "us-east-1c");

    await then("the two minutes are counted down", async () => {
      await says(spot, "Spot");
      await spot.head.click();
      const before = await spot.getByRole("button", { name: /^Task web/ }).count();
      await button(form(details(page), "Start a task here"), "Start task").click();
      await until(async () => (await spot.getByRole("button", { name: /^Task web/ }).count()) > before, "one more task");
      await button(await faults(page, "Server"), "Spot interruption").click();
      await says(spot, "EC2 takes it back in 2:00");
      await playFor(page, 30_000, 30);
      await says(spot, /EC2 takes it back in 1:(2\d|30)/);
      await assertAccessible(page);
    });

    await then("who notices, and when, is a question about any server", async () => {
      await button(details(page), /^Who notices when i-/).click();
      await the.panel(page, "Why").waitFor();
    });

    await then("a task is protected, and unprotected again", async () => {
      const task = server(page, "us-east-1a").getByRole("button", { name: /^Task web/ }).first();
      await task.click();
      const asked = form(details(page), "Protection");
      assert.equal(await asked.getByRole("switch", { name: "Protected" }).getAttribute("aria-checked"), "true");
      await asked.getByRole("spinbutton", { name: "Expires in" }).fill("10");
      await button(asked, "Set protection").click();
      await says(details(page), "Protected until");
      await server(page, "us-east-1a").getByRole("button", { name: /^Task web.*, protected,/ }).first().waitFor();
      await asked.getByRole("switch", { name: "Protected" }).waitFor();
      await button(asked, "Set protection").click();
      await until(async () => !/Protected until/.test(await details(page).innerText()), "it is not protected any more");
    });
  });
});

test("forms for networks, listeners, capacity and scaling", async (t) => {
  await withPage(WIDE, async (page) => {
    const then = inOrder(t);
    await begin(page, "Rolling and blue/green");

    await then("a subnet and trunking", async () => {
      const networks = await group(page, "Networks, images, quotas");
      const subnet = form(networks, "A subnet");
      await subnet.getByRole("textbox", { name: "Subnet id" }).fill("subnet-z");
      await subnet.getByRole("combobox", { name: "Size" }).selectOption("27");
      await button(subnet.getByRole("group", { name: "Zone" }), "us-east-1b").click();
      await button(subnet, "Create subnet").click();
      await says(card(page, "Subnet subnet-z"), "0 of 27 taken");
      const trunking = form(networks, "Account setting: trunking");
      await says(trunking, "Off:");
      assert.equal(await trunking.getByRole("switch", { name: "awsvpcTrunking" }).getAttribute("aria-checked"), "true");
      await button(trunking, "Set").click();
      await says(trunking, "On:");
      const maintenance = form(networks, "Account setting: Fargate maintenance");
      await says(maintenance, "Now 7 days.");
      for (const [words, now] of [["14 days", "Now 14 days."], ["0: no notice", "Now 0 days."]]) {
        await button(maintenance, words).click();
        await button(maintenance, "Set").click();
        await says(maintenance, now);
      }
    });

    await then("a listener and its weights", async () => {
      const traffic = await group(page, "Traffic");
      const listener = form(traffic, "A listener");
      await listener.getByRole("textbox", { name: "Name" }).fill("test");
      await button(listener.getByRole("group", { name: "First target group" }), "api").click();
      await button(listener, "Create listener").click();
      await says(card(page, "Listener test"), "api 100");
      await button(card(page, "Listener test"), /^Listener/).click();
      const weights = form(details(page), "Weights");
      await weights.getByRole("combobox", { name: "Second target group" }).selectOption("front-green");
      await weights.getByRole("spinbutton", { name: "Weight of the second" }).fill("40");
      await button(weights, "Set weights").click();
      await step(page);
      await says(card(page, "Listener test"), "front-green 40");
    });

    await then("a service is found by its name", async () => {
      await service(page, "api").name.click();
      const discovery = form(details(page), "Service discovery");
      // It is found already; each change is a deployment of its own.
      for (const records of ["not found by name", "by SRV records"]) {
        await button(discovery, records).click();
        await button(discovery, "Change service discovery").click();
        await ribbon(page, "api").waitFor();
        await playUntil(page, async () => (await ribbon(page, "api").count()) === 0, 60);
      }
    });

    await then("requests that go by a name", async () => {
      const traffic = form(await group(page, "Traffic"), "Traffic");
      await button(traffic.getByRole("group", { name: "They go to a" }), "Name").click();
      await traffic.getByRole("spinbutton", { name: "Clients keep an answer for" }).fill("30");
      await button(traffic, "Send requests").click();
      await says(card(page, "Service discovery api"), "Clients keep an answer for 30 s");
    });

    await then("a group, its bounds, and a server that joins it", async () => {
      const capacity = await group(page, "Capacity");
      await button(form(capacity, "A capacity provider"), "Create").click();
      const spare = card(page, "Auto Scaling group spare");
      await button(spare, /^Auto Scaling group/).click();
      const bounds = form(details(page), "Bounds and desired capacity");
      await bounds.getByRole("spinbutton", { name: "Desired capacity" }).fill("1");
      await button(bounds, "Change").click();
      await step(page);
      await says(spare, /desired\s*1/);
      const attach = form(details(page), "Attach a server");
      await button(attach, "Attach").click();
      await step(page);
      await says(spare, /desired\s*2/);
      const protection = form(details(page), "Protection of one server");
      await button(protection, "Set").click();
      await step(page);
      await says(details(page).getByRole("table").last(), "protected");
      const strategy = form(capacity, "Default strategy of the cluster");
      await strategy.getByRole("combobox", { name: "First provider" }).selectOption("spare");
      await button(strategy, "Set default").click();
      assert.equal((await page.getByRole("alert").innerText()).trim(), "");
      const launch = form(capacity, "Spot servers, servers with attributes");
      await launch.getByRole("textbox", { name: /^Attribute/ }).fill("disk=ssd");
      await launch.getByRole("switch", { name: /^Drain at the notice/ }).click();
      await launch.getByRole("switch", { name: "Spot", exact: true }).click();
      await button(launch, "Launch").click();
      await until(async () => (await the.servers(page).count()) >= 5, "one more server");
    });

    await then("a target group and a service behind it, one on a capacity provider", async () => {
      const traffic = await group(page, "Traffic");
      const target = form(traffic, "A target group");
      await target.getByRole("textbox", { name: "Name" }).fill("more");
      await button(target.getByRole("group", { name: "Targets are" }), "addresses").click();
      await button(target.getByRole("group", { name: "Targets are" }), "instances").click();
      await button(target, "Health check interval: 5 more").click();
      await button(target, "Create target group").click();
      await says(card(page, "Target group more"), "A health check every 15 s");
      const behind = form(traffic, "A service behind a load balancer");
      await behind.getByRole("textbox", { name: "Name of the service" }).fill("web-behind");
      const other = behind.getByRole("combobox", { name: "Other group, to shift traffic to" });
      await other.selectOption("front-green");
      await behind.getByText("By the weights of the listener").waitFor();
      await other.selectOption("none");
      await button(behind, "Create service").click();
      await service(page, "web-behind").name.waitFor();
      await button(form(await group(page, "Capacity"), "A service on a capacity provider"), "Create service").click();
      await service(page, "batch").name.waitFor();
    });

    await then("load, an alarm, a target to keep", async () => {
      const scaling = await group(page, "Scaling and alarms");
      const load = form(scaling, "Load of an app");
      await load.getByRole("spinbutton", { name: "CPU really used" }).fill("90");
      await button(load, "Set load").click();
      const alarm = form(scaling, "A CloudWatch alarm");
      await alarm.getByRole("combobox", { name: "Metric" }).selectOption("CPUReservation");
      for (const choice of ["below", "above", "breach", "do not", "missing"]) await button(alarm, choice).click();
      await button(alarm, "Put alarm").click();
      await card(page, "Alarm cpu-high").waitFor();
      const tracking = form(scaling, "Service auto scaling");
      for (const choice of ["Memory", "Requests", "CPU"]) await button(tracking, choice).click();
      await button(tracking, "Track the target").click();
      await the.board(page).getByRole("article", { name: /^Service auto scaling/ }).waitFor();
    });

    await then("an image, a quota, a disk, an agent", async () => {
      const networks = await group(page, "Networks, images, quotas");
      const image = form(networks, "Push an image");
      await image.getByRole("combobox", { name: "Image" }).selectOption({ index: 1 });
      await button(image, "Push").click();
      const quota = form(networks, "Raise a quota");
      await button(quota, "Fargate Spot vCPU").click();
      await button(quota, "Fargate vCPU").click();
      await button(quota, "Raise quota").click();
      const disks = await group(page, "Disks and agents");
      await button(form(disks, "What apps write"), "Write so much").click();
      const volume = form(disks, "A root volume");
      for (const kind of ["gp2", "gp3"]) await button(volume, kind).click();
      await volume.getByRole("combobox", { name: "Server" }).selectOption({ index: 1 });
      await button(volume, "Modify volume").click();
      const agent = form(disks, "An agent");
      await agent.getByRole("combobox", { name: "Image pull behavior" }).selectOption("always");
      await agent.getByRole("switch", { name: "Disable image cleanup" }).click();
      await button(agent, "Configure agent").click();
      assert.equal((await page.getByRole("alert").innerText()).trim(), "");
    });

    await then("steps, and an alarm that can be deleted", async () => {
      const scaling = await group(page, "Scaling and alarms");
      await button(form(scaling, "Step scaling"), "Scale in steps").click();
      const alarm = the.board(page).getByRole("article", { name: /^Alarm .*-steps-high$/ });
      await button(alarm, /^Alarm/).click();
      await says(details(page), /periods it looks at/i);
      await button(details(page), "Delete alarm").click();
      await alarm.waitFor({ state: "detached" });
    });

    await then("a service's settings and providers, a daemon, a retired revision", async () => {
      await service(page, "api").name.click();
      const settings = form(details(page), "Settings");
      await settings.getByRole("switch", { name: "Availability zone rebalancing" }).click();
      await settings.getByRole("switch", { name: "Force a new deployment" }).click();
      await button(settings, "Update service").click();
      const discovery = form(details(page), "Service discovery");
      await button(discovery, "by SRV records").click();
      await button(discovery, "not found by name").click();
      await button(discovery, "Change service discovery").click();
      await ribbon(page, "api").waitFor();
      await button(details(page), "Deployment of api:1").first().click();
      await details(page).getByRole("heading", { name: "Deployment of api:1" }).waitFor();
      await button(details(page), "Service api").click();
      const strategy = form(details(page), "Capacity provider strategy");
      await strategy.getByRole("combobox", { name: "First provider" }).selectOption("spare");
      await strategy.getByRole("combobox", { name: "Second provider" }).waitFor();
      const deployments = await group(page, "Deployments");
      await button(form(deployments, "A DAEMON service"), "Create daemon").click();
      await service(page, "everywhere").name.waitFor();
      const retire = form(deployments, "Retire a revision");
      await retire.getByRole("combobox", { name: "Revision" }).selectOption("front:2");
      await button(retire, "Deregister").click();
      assert.equal((await page.getByRole("alert").innerText()).trim(), "");
    });
  });
});

test("the scenario with two zones: one fails, and requests are lost until it is found out", async () => {
  await withPage(WIDE, async (page) => {
    await begin(page, "Two-zone web service");
    await button(page, "Fail the zone us-east-1b").click();
    const traffic = form(await group(page, "Traffic"), "Traffic");
    await button(traffic, "Send requests").click();
    const image = form(await group(page, "Networks, images, quotas"), "Push an image");
    await button(image, "nginx:1.29").click();
    await button(image, "Push").click();
    const target = card(page, "Target group web");
    await playUntil(page, async () => /lost so far\s*[1-9]/.test(await target.innerText()), 10);
    await button(target, /^Target group/).click();
    await details(page).getByRole("heading", { name: "Target group web" }).waitFor();
    const checks = form(details(page), "Health checks and draining");
    await checks.getByRole("textbox", { name: "Health check path" }).fill("/alive");
    await button(checks, "Change").click();
    await says(details(page), "/alive");
    await button(form(await group(page, "Capacity"), "Default strategy of the cluster"), "None").click();
    await service(page, "web").name.click();
    const strategy = form(details(page), "Capacity provider strategy");
    await button(strategy, "FARGATE").click();
    await strategy.getByRole("spinbutton", { name: "Base of the first" }).fill("1");
    await button(strategy, "the cluster's default").click();
    await until(async () => (await strategy.getByRole("spinbutton").count()) === 0, "there is nothing to divide");
  });
});

test("what apps write fills disks that ECS does not see", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    await pause(page);
    const writes = form(await group(page, "Disks and agents"), "What apps write");
    await button(writes.getByRole("group", { name: "Family" }), "api").click();
    await writes.getByRole("spinbutton", { name: "To its log" }).fill("500000");
    await button(writes, "Write so much").click();
    const struck = server(page, "us-east-1a");
    await playUntil(page, async () => /Disk\s+[\d,]+ of [\d,]+ MiB/.test(await struck.innerText()), 60);
    await button(the.board(page), "Table").click();
    await says(page.getByRole("region", { name: "Servers as a table" }), /Disk: [\d,]+ of/);
    await choose(page, "100 servers");
    await pause(page);
    await writes.getByRole("combobox", { name: "Family" }).selectOption({ index: 1 });
    await button(writes, "Write so much").click();
    assert.equal((await page.getByRole("alert").innerText()).trim(), "");
  });
});

test("the map of very many servers takes the colours of another theme while time stands still", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    await choose(page, "5,000 servers");
    const map = page.getByRole("slider", { name: /^Server in/ }).first();
    await map.waitFor();
    await pause(page);
    const shown = () =>
      map.locator("canvas").evaluate((canvas) => [...canvas.getContext("2d").getImageData(15, 7, 1, 1).data].join(" "));
    const light = await shown();
    await button(page, "Display").click();
    await button(page, "Dark").click();
    await until(async () => (await shown()) !== light, "the map is dark");
    await button(page.getByRole("group", { name: "Theme" }), "Auto").click();
    await until(async () => (await shown()) === light, "the map is light again");
    await page.emulateMedia({ colorScheme: "dark" });
    await until(async () => (await shown()) !== light, "the map follows the system");
    await map.focus();
    await page.keyboard.press("ArrowRight");
    assert.match(await focused(page), /^Server in/);
  });
});

test("why forms are locked during a prediction is said once", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    await choose(page, "Placement");
    await button(page, "Continue").click();
    await button(page, "Commit and run").waitFor();
    await button(page, /^1 web take in your hand/).click();
    await button(page, /^1 web in your hand/).waitFor();
    const workload = the.workload(page);
    assert.equal(await workload.getByText(/^Commit your prediction first/).count(), 1);
    for (const title of await workload.locator("details.fault-group > summary").all()) await title.click();
    assert.equal(await workload.getByText(/^Commit your prediction first/).count(), 1);
    for (const each of await workload.getByRole("form").all()) {
      assert.ok(await each.getByRole("button").last().isDisabled());
    }
  });
});

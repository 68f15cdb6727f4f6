// What axe finds in each state of the page, and whether every control in them is one that a test uses.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { NARROW, WIDE, assertAccessible, open, withPage } from "./harness.mjs";
import { button, choose, inOrder, pause, playUntil, server, service, the } from "./learner.mjs";

/** The controls that the other test files use; numbers and ids stand as #. */
const USED = {
  link: ["Skip to the board", "Workload", "Words", "Break"],
  button: [
    // The bar over the page.
    /^Choose how to learn: (Sandbox|Guided)$/, /^(EC2|Fargate|Mixed)$/, /^Undo/, "Redo", "Display", "Keys and help",
    // Its menus and dialogs.
    /^(Auto|Light|Dark|Projector|Normal|Large|Larger|Reduced|On|Off)$/, "Close",
    "Register and run one task", "Choose a file", "Use an example",
    // The left panel.
    "Hide the left panel", "Cut the network to the second server", /^Fail the zone/, "Heal",
    "Container exits with code #", "Out of memory", "App hangs",
    /^How many( servers)?: one (less|more)$/, "Run tasks", "Keep running as a service", "Paste or drop a task definition", "Add servers",
    // The lesson.
    /^# web (take in|in) your hand/, /^i-# · us-east-1[abc]$/, "Nowhere yet", "Commit and run", "Start this unit again", "Leave",
    // The board.
    "What ECS knows", "What is true", "Both", "Table", "Control plane", /^Desired count of \w+: #$/, /^(web|api|worker|metrics|cache)$/,
    /^(worker|metrics) × # /, /^worker · # PENDING/, /^us-east-1[abc]$/, /^Server i-#, /, /^Task \w+ · #, /, /^i-#$/, /^(web|api|worker) · #$/,
    "Put task # here", /^# servers? · # tasks? running/, "Show", "See the board", "Lesson", "Watch the board",
    // The right panel.
    "Drain", "Deregister (force)", "Stop", "Start", "Terminate", /^Task \w+ · #$/, "Delete service", "Close details",
    "AZ Balanced Spread", "AZ Balanced BinPack", "BinPack", "Random", "Default", "One task per host (distinctInstance)", "Add", /^FARGATE(_SPOT)?$/,
    /^Apply: /, /#:#/,
    // Time.
    "To the start", "Play", "Next event", "+# s: one second further",
    // Under it.
    "Charts", "Commands", "Numbers as a table", "Close charts and commands", /^Go to #:#/,
    // Forms.
    "Deploy", "Create daemon", "Deregister", "Update service", "Change service discovery", "not found by name", "by SRV records",
    "Change strategy", "Set protection", "Start task",
    "Create target group", "Create listener", "Set weights", "Send requests", "Create service",
    "Create", "Change", "Launch", "Set default", "Attach", "Set",
    "Track the target", "Scale in steps", "Set load", "Put alarm", "Set function",
    "Create subnet", "Push", "Raise quota", "Write so much", "Modify volume", "Configure agent", "web", "api", "worker", "front",
    /^[A-Z#][\w #,()-]*: (one|#) (less|more)$/, /^(Off|Stop|Roll back|On|CPU|Memory|Requests|above|below|missing|breach|do not|instances|addresses|Off: nothing scales)$/,
    /^Fargate (Spot )?vCPU$/, /^gp[23]$/, "# days", "#: no notice", /^(nginx|shop\/\w+):#$/, /^front-(blue|green)$/, /^(Target group|Listener|Name)$/,
    // Deployments, and what stands round the servers.
    /^(front|api|web|worker):#$/, /^Deployment of \w+:#$/, /^Service \w+$/, "Ask for fourteen web tasks", /^(Continue|Roll back) the deployment of (front|api)$/, "X-ray", /^micro-VM of (web|worker) · #/,
    /^(web|worker) · # (Spot )?# vCPU/, "Stop task", "Why here?", "Fargate Spot interruption", "AWS maintenance", "Fargate Spot",
    /^Who notices when (i-#|\w+ · #) fails\?$/, /^What does the deployment of front wait for\?$/, /^Why does nothing scale \w+\?$/,
    "the cluster's default", "None", "Change service discovery", /^(not found by name|by (A|SRV) records)$/,
    /^(Listener|Target group|Capacity provider|Auto Scaling group|Subnet|Service discovery|Service auto scaling|Alarm) ?[\w-]+$/,
    // Faults that only a touched page offers.
    /^(The|Amazon|Image|Containers|There) /,
  ],
  tab: [/^(Why|Details|Events|Words|Board|Start|Lesson|More|Charts|Commands)$/],
  combobox: [
    "Speed", /^(Task|App|Server|Zone) to break$/, "Task definition", "Instance type", "Zone", "Add a strategy", "Service", "Strategy",
    "Pause for a decision", "Ask a Lambda function", "It answers", "Revision", "Other group, to shift traffic to", "Name", "Family", "Metric", "Image", "Image pull behavior", "Size", "Server", /^(First|Second) (provider|target group)$/,
  ],
  spinbutton: ["How many", "How many servers", /^[A-Z#][\w #,()-]*$/],
  slider: ["Time"],
  searchbox: ["Find a word"],
  textbox: ["memberOf: only servers where", /^Paste the JSON/, "Image tag", "Name", "Name of the service", "Health check path", "Subnet id", /^Attribute/],
  switch: [
    "Protected", "Spot", /^Drain at the notice/, "Availability zone rebalancing", "Force a new deployment", "Disable image cleanup",
    "awsvpcTrunking",
  ],
};

/** Controls of the page that none of the tests is known to use. */
async function controlsUnknown(page) {
  const lines = (await page.locator("body").ariaSnapshot()).split("\n");
  const controls = lines.map((line) => line.match(/^ *- '?(\w+) "((?:[^"\\]|\\.)*)"/)).filter((match) => match && match[1] in USED);
  const hexadecimal = (name) => name.replace(/i-[0-9a-f]{4}\b/g, "i-#").replace(/· [0-9a-f]{4}\b/g, "· #");
  const plain = controls.map(([, role, name]) => [role, hexadecimal(name).replace(/(?<![\w-])\d(?:[\d,.]*\d)?/g, "#")]);
  const used = ([role, name]) => USED[role].some((each) => (typeof each === "string" ? each === name : each.test(name)));
  return plain.filter((control) => !used(control)).map(([role, name]) => `${role} ${name}`);
}

/** A name or a pattern as plain words: numbers and ids stand as #, of alternatives the first. */
const plainly = (words) =>
  words
    .replace(/\$\{[^}]*\}/g, "#")
    .replace(/\\w[+*]?(\{\d\})?|\\d[+*]?/g, "#")
    .replace(/\(\??:?([^()|]*)\|[^()]*\)\??/g, "$1")
    .replace(/[\^$\\]|\.[*+]\??/g, "")
    .replace(/(?<![\w-])\d(?:[\d,.]*\d)?/g, "#");

/** What the other test files name in quotes, as a key or as a pattern. */
function namedElsewhere() {
  const folder = new URL("./", import.meta.url);
  const files = readdirSync(folder).filter((file) => /\.test\.mjs$|^learner\.mjs$/.test(file) && file !== "axe.test.mjs");
  const text = files.map((file) => readFileSync(new URL(file, folder), "utf8")).join("\n");
  const found = (pattern) => [...text.matchAll(pattern)].map((match) => plainly(match.slice(1).find(Boolean) ?? ""));
  const quoted = found(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`|^\s+(\w+): \[/gm);
  const patterns = found(/[(,:\s]\/((?:[^/\\\n]|\\.)+)\/[a-z]*/g).flatMap((words) => words.split("|"));
  return [...new Set([...quoted, ...patterns].map((words) => words.trim()).filter((words) => words.length > 1))];
}

test("each control named here is one that another test names", () => {
  const named = namedElsewhere();
  const driven = (each) => {
    if (typeof each === "string") {
      const name = plainly(each).toLowerCase();
      return named.some((words) => words === plainly(each) || (words.length > 5 && name.includes(words.toLowerCase())));
    }
    const shape = plainly(each.source);
    const begins = (words) => shape.startsWith(words) || words.startsWith(shape.slice(0, 4));
    return named.some((words) => each.test(words) || begins(words) || (words.length > 5 && shape.includes(words)));
  };
  const idle = Object.entries(USED).flatMap(([role, list]) => list.filter((each) => !driven(each)).map((each) => `${role} ${each}`));
  assert.deepEqual(idle, []);
});

/** States of the page: how to get there from the one before. */
const STATES = {
  "the sandbox": async (page) => pause(page),
  "a fault, and the details of what it strikes": async (page, show) => {
    await show("Board");
    await button(page, "Cut the network to the second server").click();
    await playUntil(page, async () => /UNKNOWN/.test(await server(page, "us-east-1b").innerText()), 30);
    await server(page, "us-east-1b").head.click();
    await page.getByRole("heading", { name: /^Server i-/ }).waitFor();
  },
  "a service with its placement": async (page) => {
    await service(page, "worker").name.click();
    await page.getByRole("heading", { name: "Service worker" }).waitFor();
  },
  "why tasks wait": async (page, show) => {
    const close = button(page, "Close details");
    if (await close.count()) await close.click();
    for (const count of [2, 3, 4, 5, 6, 7]) await service(page, "worker").change(count).click();
    await playUntil(page, async () => (await the.shelf(page).getByRole("button", { name: /^worker ×/ }).count()) === 1, 10);
    await the.shelf(page).getByRole("button", { name: /^worker ×/ }).click();
    await show("Why");
    await page.getByRole("heading", { name: /^worker: / }).waitFor();
  },
  "the events": async (page) => page.getByRole("tab", { name: "Events" }).click(),
  "faults, workload and words": async (page, show) => {
    await show("More");
    const words = page.getByRole("tab", { name: "Words" });
    if (await words.count()) await words.click();
  },
  "the forms": async (page) => {
    for (const title of await the.workload(page).locator("details.fault-group > summary").all()) await title.click();
  },
  "the dialog that takes a task definition": async (page) => {
    await button(page, "Paste or drop a task definition").click();
    await page.getByRole("dialog").getByRole("textbox").fill('{ "family": "a", "containerDefinitions": [] }');
    await page.getByRole("dialog").getByRole("status").getByRole("listitem").first().waitFor();
  },
  "the list of keys": async (page) => {
    await page.keyboard.press("Escape");
    await button(page, "Keys and help").click();
  },
  "the display menu": async (page) => {
    await page.keyboard.press("Escape");
    await button(page, "Display").click();
  },
  "charts": async (page) => {
    await button(page, "Display").click();
    const opener = button(the.timeline(page), "Charts");
    if (await opener.count()) await opener.click();
    else await page.getByRole("navigation", { name: "Panes" }).getByRole("tab", { name: "Charts" }).click();
    await page.getByRole("figure").first().waitFor();
  },
  "the table": async (page, show) => {
    const close = button(page, "Close charts and commands");
    if (await close.count()) await close.click();
    await show("Board");
    await button(the.board(page), "Table").click();
  },
  "a deployment through its stages, with what stands round the servers": async (page, show) => {
    await button(the.board(page), "Table").click();
    await choose(page, "Rolling and blue/green");
    await button(page, "Deploy the next front, blue/green").first().click();
    await show("Board");
    const ribbon = page.getByRole("group", { name: "Deployment of front" });
    await playUntil(page, async () => /BAKE_TIME/.test(await ribbon.innerText()), 30);
    await button(ribbon, "front:2").click();
    await page.getByRole("heading", { name: "Deployment of front:2" }).waitFor();
  },
  "what lies under Fargate": async (page, show) => {
    await choose(page, "Fargate only");
    await pause(page);
    await show("Board");
    await button(the.fargate(page), "X-ray").click();
    await button(the.fargate(page), /^micro-VM of worker/).first().click();
    await page.getByRole("heading", { name: /^Task worker/ }).waitFor();
  },
  "a prediction": async (page, show) => {
    await choose(page, "Placement");
    await show("Lesson");
    await button(page, "Continue").click();
    await button(page, "Commit and run").waitFor();
  },
  "a hundred servers": async (page, show) => {
    await choose(page, "100 servers");
    await show("Board");
    await the.servers(page).nth(99).waitFor();
    await pause(page);
  },
};

/** The rest of what axe looks at is the same in light and dark. */
const DEPENDS_ON_COLOURS = ["color-contrast", "link-in-text-block"];

for (const screen of [WIDE, NARROW]) {
  test(`in every state axe finds nothing and tests know the controls, ${screen.width} wide`, async (t) => {
    await withPage({ ...screen, reducedMotion: "reduce" }, async (page) => {
      const then = inOrder(t);
      const unknown = [];
      await open(page);
      const show = async (pane) => {
        if (screen === NARROW) await page.getByRole("tab", { name: pane, exact: true }).click();
      };
      for (const [name, reach] of Object.entries(STATES)) {
        await then(name, async () => {
          await reach(page, show);
          unknown.push(...(await controlsUnknown(page)));
          await assertAccessible(page);
          await page.emulateMedia({ colorScheme: "dark" });
          await assertAccessible(page, DEPENDS_ON_COLOURS);
          await page.emulateMedia({ colorScheme: "light" });
        });
      }
      await then("every control of these states is one that a test uses", async () => assert.deepEqual([...new Set(unknown)], []));
    });
  });
}

test("what is still fading in is looked at as it will be, and what arrives meanwhile as well", async () => {
  await withPage(WIDE, async (page) => {
    await open(page);
    await pause(page);
    await page.evaluate(() => {
      const slow = new CSSStyleSheet();
      slow.replaceSync("@keyframes fade { from { opacity: 0.3 } } .late { animation: fade 60s } h1 { transition: opacity 60s }");
      document.adoptedStyleSheets = [slow];
      const [title, intro] = document.querySelectorAll("h1, #intro-title");
      title.style.opacity = 0.3;
      title.offsetWidth;
      title.style.opacity = 1;
      intro.classList.add("late");
      intro.animate([{ opacity: 0.3 }, { opacity: 1 }], 60_000);
      // As if each moment of the simulation brought something new.
      const lead = document.querySelector(".lead");
      setInterval(() => {
        lead.classList.remove("late");
        lead.offsetWidth;
        lead.classList.add("late");
      });
    });
    await assertAccessible(page);
  });
});

// Takes pictures of the page in many states: wide and narrow, light and dark. Usage: node shots.mjs DIR
// SHOTS=charts,traffic takes only the states whose name contains one of these words; LOOKS=wide-light only that look.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { NARROW, WIDE, closeBrowser, open, withPage } from "./page.mjs";
import { button, choose, pause, playFor, the } from "./learner.mjs";

const dir = process.argv[2];
const wanted = (process.env.SHOTS ?? "").split(",").filter(Boolean);
const looks = (process.env.LOOKS ?? "").split(",").filter(Boolean);
mkdirSync(dir, { recursive: true });

/** On a narrow screen a pane has to be shown first. */
const show = async (page, pane) => {
  const tab = page.getByRole("navigation", { name: "Panes" }).getByRole("tab", { name: pane, exact: true });
  if (await tab.count()) await tab.click();
};

const bottom = async (page, name) => {
  const opener = button(the.timeline(page), name);
  if (await opener.count()) await opener.click();
  else {
    await show(page, "Charts");
    await page.getByRole("tabpanel").getByRole("tab", { name, exact: true }).click();
  }
};

const STATES = {
  opening: async (page) => page.waitForLoadState("networkidle"),
  charts: async (page) => {
    await pause(page);
    await button(page, "Cut the network to the second server").click();
    await playFor(page, 150_000, 200);
    await bottom(page, "Charts");
  },
  forms: async (page) => {
    await pause(page);
    await show(page, "More");
    await the.workload(page).getByText("Deployments", { exact: true }).click();
    await button(the.workload(page), "Deploy").scrollIntoViewIfNeeded();
  },
  deployment: async (page) => {
    await pause(page);
    await show(page, "More");
    await the.workload(page).getByText("Deployments", { exact: true }).click();
    await button(the.workload(page), "Deploy").click();
    await playFor(page, 20_000, 10);
    await show(page, "Board");
  },
  traffic: async (page) => {
    await choose(page, "Two-zone web service");
    await pause(page);
    await show(page, "More");
    await the.workload(page).getByText("Traffic", { exact: true }).first().click();
    await button(the.workload(page), "Send requests").click();
    await show(page, "Board");
    await playFor(page, 20_000, 10);
    const fail = page.getByRole("button", { name: /^Fail the zone/ }).first();
    if (await fail.count()) await fail.click();
    await playFor(page, 20_000, 10);
    await the.board(page).getByRole("button", { name: /^Target group/ }).first().click();
    await bottom(page, "Charts");
  },
  bluegreen: async (page) => {
    await choose(page, "Rolling and blue/green");
    await pause(page);
    await button(page, "Deploy the next front, blue/green").first().click();
    await show(page, "Board");
    const ribbon = page.getByRole("group", { name: "Deployment of front" });
    await playFor(page, 45_000, 10);
    await button(ribbon, "front:2").click();
  },
  cards: async (page) => {
    await choose(page, "Rolling and blue/green");
    await pause(page);
    await show(page, "Board");
    await page.getByRole("article", { name: "Listener production" }).scrollIntoViewIfNeeded();
  },
  fargate: async (page) => {
    await choose(page, "Fargate only");
    await pause(page);
    await show(page, "Board");
    await button(the.fargate(page), "X-ray").click();
    await the.fargate(page).scrollIntoViewIfNeeded();
  },
  spot: async (page) => {
    await choose(page, "Mixed launch types");
    await pause(page);
    await show(page, "Board");
    const spot = the.zone(page, "us-east-1c").getByRole("article").first();
    await spot.getByRole("button", { name: /^Task web/ }).first().click();
    const protect = page.getByRole("button", { name: "Set protection" });
    await protect.click();
    await spot.getByRole("button", { name: /^Server / }).click();
    await show(page, "More");
    const server = the.breakage(page).getByRole("group").filter({ has: page.getByText("Server", { exact: true }) });
    if ((await server.getAttribute("open")) === null) await server.getByText("Server", { exact: true }).click();
    await button(server, "Spot interruption").click();
    await playFor(page, 20_000, 30);
    await show(page, "Board");
    await spot.scrollIntoViewIfNeeded();
  },
  capacity: async (page) => {
    await choose(page, "Spiky queue workers");
    await pause(page);
    await button(page, /^A burst/).first().click();
    await playFor(page, 150_000, 60);
    await show(page, "Board");
    await the.board(page).getByRole("button", { name: /^Capacity provider/ }).first().click();
    await bottom(page, "Charts");
  },
  map: async (page) => {
    await choose(page, "5,000 servers");
    await page.getByRole("slider", { name: /^Server in/ }).first().waitFor();
    await pause(page);
    await show(page, "Board");
  },
  commands: async (page) => {
    await pause(page);
    await button(page, "Cut the network to the second server").click();
    await playFor(page, 60_000, 200);
    await bottom(page, "Commands");
  },
};

for (const [name, reach] of Object.entries(STATES)) {
  if (wanted.length && !wanted.some((word) => name.includes(word))) continue;
  for (const [width, screen] of [["wide", WIDE], ["narrow", NARROW]]) {
    for (const colorScheme of ["light", "dark"]) {
      if (looks.length && !looks.includes(`${width}-${colorScheme}`)) continue;
      await withPage({ ...screen, colorScheme, reducedMotion: "reduce" }, async (page) => {
        await open(page);
        await reach(page);
        const file = join(dir, `${name}-${width}-${colorScheme}.png`);
        await page.screenshot({ path: file });
        console.log(file);
      }).catch((error) => console.log(`${name} ${width} ${colorScheme}: ${error.message}`));
    }
  }
}
await closeBrowser();

// What a learner does with the page, by roles and names only.

import assert from "node:assert/strict";
import { PATIENCE_MS } from "./page.mjs";

/** The parts of the page, by the names that assistive technology hears. */
export const the = {
  board: (page) => page.getByRole("main"),
  controlPlane: (page) => page.getByRole("region", { name: "Control plane" }),
  shelf: (page) => page.getByRole("region", { name: "Waiting" }),
  fargate: (page) => page.getByRole("region", { name: "Fargate", exact: true }),
  zone: (page, name) => page.getByRole("region", { name: `Availability zone ${name}` }),
  servers: (page) => page.getByRole("main").getByRole("article", { name: /^i-/ }),
  timeline: (page) => page.getByRole("region", { name: "Timeline" }),
  scrubber: (page) => page.getByRole("slider", { name: "Time" }),
  breakage: (page) => page.getByRole("region", { name: "Break something" }),
  brokenNow: (page) => page.getByRole("list", { name: "Broken now" }).getByRole("listitem"),
  workload: (page) => page.getByRole("region", { name: "Workload" }),
  panel: (page, name) => page.getByRole("tabpanel", { name }),
  undo: (page) => page.getByRole("button", { name: /^Undo/ }),
  redo: (page) => page.getByRole("button", { name: "Redo" }),
};

/** The first server of a zone: its card, and the button that carries its name and focus. */
export function server(page, zone, at = 0) {
  const card = the.zone(page, zone).getByRole("article").nth(at);
  return Object.assign(card, { head: card.getByRole("button", { name: /^Server / }) });
}

/** A service of the control plane. */
export function service(page, name) {
  const row = the.controlPlane(page).getByRole("listitem").filter({ has: page.getByRole("button", { name, exact: true }) });
  return Object.assign(row, {
    name: row.getByRole("button", { name, exact: true }),
    change: (to) => row.getByRole("button", { name: `Desired count of ${name}: ${to}`, exact: true }),
  });
}

/** The button of that name in a part of the page. */
export const button = (within, name) => within.getByRole("button", { name, exact: typeof name === "string" });

/** Clicks a button that is refused: it stays reachable and says why. */
export const insist = (refused) => refused.click({ force: true });

/** Waits until `holds` comes true; says what it waited for when it does not. */
export async function until(holds, what = holds.toString(), patience = PATIENCE_MS) {
  const end = Date.now() + patience;
  let last;
  while (Date.now() < end) {
    try {
      last = await holds();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`it never came to hold: ${what}; last: ${last}`);
}

/** Waits until a part of the page says this. */
export const says = (locator, words, patience) =>
  until(async () => {
    const text = await locator.innerText();
    return words instanceof RegExp ? words.test(text) : text.includes(words);
  }, `says ${words}`, patience);

/** Simulated time, in milliseconds. */
export const now = async (page) => Number(await the.scrubber(page).inputValue());

/** How far the run has come, in milliseconds. */
export const end = async (page) => Number(await the.scrubber(page).getAttribute("max"));

/** Lets the clock stand still. */
export async function pause(page) {
  const timeline = the.timeline(page);
  if (await button(timeline, "Pause").count()) await button(timeline, "Pause").click();
  await button(timeline, "Play").waitFor();
}

/** Plays at a speed until something holds, then lets the clock stand. */
export async function playUntil(page, holds, speed = 60, what = holds.toString()) {
  const timeline = the.timeline(page);
  await timeline.getByRole("combobox", { name: "Speed" }).selectOption(String(speed));
  if (await button(timeline, "Play").count()) await button(timeline, "Play").click();
  await until(holds, what);
  await pause(page);
}

/** Plays until so much simulated time has passed. */
export async function playFor(page, milliseconds, speed = 60) {
  const from = await now(page);
  await playUntil(page, async () => (await now(page)) >= from + milliseconds, speed, `${milliseconds} ms pass`);
}

/** Opens a tab of the right panel. */
export async function openTab(page, name) {
  await page.getByRole("tab", { name, exact: true }).click();
  await the.panel(page, name).waitFor();
  return the.panel(page, name);
}

/** Opens a group of faults and returns it. */
export async function faults(page, title) {
  const group = the.breakage(page).getByRole("group").filter({ has: page.getByText(title, { exact: true }) });
  if ((await group.getAttribute("open")) === null) await group.getByText(title, { exact: true }).click();
  return group;
}

/** Opens a scenario or a unit from the picker. */
export async function choose(page, title) {
  await button(page, /^Choose how to learn/).click();
  await page.getByRole("navigation", { name: "Choose how to learn" }).getByRole("button", { name: title }).click();
}

/** The element that has the focus, as role-like words: its label or its text. */
export const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute("aria-label") ?? element?.textContent?.trim() ?? "";
  });

/** Steps of one test that build on each other: after one has failed, the others are not tried. */
export const inOrder = (t) => async (name, run) => {
  let failed = false;
  await t.test(name, async () => {
    try {
      await run();
    } catch (error) {
      failed = true;
      throw error;
    }
  });
  assert.ok(!failed, `the rest builds on: ${name}`);
};

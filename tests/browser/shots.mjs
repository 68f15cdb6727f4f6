// Takes pictures of the page: wide and narrow, light and dark. Usage: node shots.mjs DIR

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { NARROW, WIDE, closeBrowser, open, withPage } from "./page.mjs";

const dir = process.argv[2];
mkdirSync(dir, { recursive: true });
for (const screen of [WIDE, NARROW]) {
  for (const colorScheme of ["light", "dark"]) {
    await withPage({ ...screen, colorScheme, reducedMotion: "reduce" }, async (page) => {
      await open(page);
      await page.waitForLoadState("networkidle");
      const file = join(dir, `${screen.width}x${screen.height}-${colorScheme}.png`);
      await page.screenshot({ path: file });
      console.log(file);
    });
  }
}
await closeBrowser();

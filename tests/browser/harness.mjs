// What every browser test imports: the page, and a browser that ends with the test file.

import { after } from "node:test";
import { closeBrowser } from "./page.mjs";

export * from "./page.mjs";

after(closeBrowser);

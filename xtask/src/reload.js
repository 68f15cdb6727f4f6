// Reloads the page when the server has built another one.
const generation = async () => (await fetch("./generation.txt", { cache: "no-store" })).text();

const first = await generation();
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, 500));
  const now = await generation().catch(() => first);
  if (now !== first) {
    location.reload();
    break;
  }
}

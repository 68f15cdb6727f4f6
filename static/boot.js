// Starts the app. When it cannot start, says so in words.

const say = (words) => {
  const trouble = document.getElementById("trouble");
  trouble.textContent = words;
  trouble.hidden = false;
};

if (typeof WebAssembly !== "object") {
  say("ECS Playground needs WebAssembly, which this browser does not have or has switched off. Any current Chrome, Edge, Firefox or Safari has it.");
} else {
  try {
    const { default: start } = await import("./app.js");
    await start();
  } catch (error) {
    console.error(error);
    say("ECS Playground could not be started. Check the connection and reload the page.");
  }
}

// Runs before anything is shown: whether scripts run at all, and the theme that was chosen on an earlier page.
"use strict";

const howdahStore = {
  // A browser may refuse storage for files on disk: then choices last for a page.
  get(key) {
    try {
      return localStorage.getItem(`howdah-docs:${key}`);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`howdah-docs:${key}`, value);
    } catch {
      // See above.
    }
  },
};

(() => {
  const root = document.documentElement;
  const themes = ["auto", "light", "dark"];
  const show = (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
  };

  root.classList.add("js");
  let theme = howdahStore.get("theme");
  if (!themes.includes(theme)) theme = "auto";
  show(theme);

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("button.theme");
    const label = () => {
      const next = themes[(themes.indexOf(theme) + 1) % themes.length];
      button.setAttribute("aria-label", `Theme: ${theme}. Switch to ${next}`);
      button.title = `Theme: ${theme}`;
    };
    button.addEventListener("click", () => {
      theme = themes[(themes.indexOf(theme) + 1) % themes.length];
      howdahStore.set("theme", theme);
      show(theme);
      label();
    });
    label();
    button.hidden = false;
  });
})();

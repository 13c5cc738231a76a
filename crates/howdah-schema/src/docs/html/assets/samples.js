// Tabs for code in several languages, and copying.
"use strict";

(() => {
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.className = "announced";
  document.body.append(status);

  const groups = [];
  let chosen = howdahStore.get("language");

  for (const [number, box] of document.querySelectorAll(".samples").entries()) {
    const samples = [...box.querySelectorAll(".sample")];
    const labels = samples.map((sample) => sample.querySelector(".label").textContent);
    if (samples.length > 1) {
      const tabs = document.createElement("div");
      tabs.className = "tabs";
      tabs.setAttribute("role", "tablist");
      tabs.setAttribute("aria-label", "Language");
      const buttons = samples.map((sample, at) => {
        sample.id = `:sample:${number}:${at}`;
        sample.setAttribute("role", "tabpanel");
        const button = document.createElement("button");
        button.type = "button";
        button.id = `:tab:${number}:${at}`;
        button.setAttribute("role", "tab");
        button.setAttribute("aria-controls", sample.id);
        button.textContent = labels[at];
        sample.setAttribute("aria-labelledby", button.id);
        button.addEventListener("click", () => choose(labels[at], button));
        button.addEventListener("keydown", (event) => {
          const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: samples.length - 1 }[event.key];
          if (to === undefined) return;
          event.preventDefault();
          const next = buttons[(to + buttons.length) % buttons.length];
          choose(next.textContent, next);
          next.focus();
        });
        return button;
      });
      tabs.append(...buttons);
      box.prepend(tabs);
      box.classList.add("tabbed");
      groups.push({ samples, labels, buttons });
    }
    box.append(copyButton(samples));
  }
  show();

  // Everywhere the same language: who reads one sample in it reads the others in it too.
  function choose(label, button) {
    const before = button.getBoundingClientRect().top;
    chosen = label;
    howdahStore.set("language", label);
    show();
    // Samples above may have changed their height: what was pressed stays where it is.
    scrollBy(0, button.getBoundingClientRect().top - before);
  }

  function show() {
    for (const { samples, labels, buttons } of groups) {
      const shown = Math.max(0, labels.indexOf(chosen));
      for (const [at, sample] of samples.entries()) {
        sample.hidden = at !== shown;
        buttons[at].setAttribute("aria-selected", String(at === shown));
        buttons[at].tabIndex = at === shown ? 0 : -1;
      }
    }
    document.dispatchEvent(new Event("howdah-shown"));
  }

  function copyButton(samples) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      const sample = samples.find((sample) => !sample.hidden);
      const isCopied = await copy(sample.querySelector("code").textContent);
      button.textContent = isCopied ? "Copied" : "Not copied";
      status.textContent = isCopied ? "Copied" : "The browser did not allow copying";
      setTimeout(() => {
        button.textContent = "Copy";
        status.textContent = "";
      }, 1500);
    });
    return button;
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not every browser has the clipboard for files on disk; this older way works there.
      const field = document.createElement("textarea");
      field.value = text;
      field.className = "announced";
      const focused = document.activeElement;
      document.body.append(field);
      field.select();
      const isCopied = document.execCommand("copy");
      field.remove();
      focused?.focus();
      return isCopied;
    }
  }
})();

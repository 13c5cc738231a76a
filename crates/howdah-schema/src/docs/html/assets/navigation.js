// The whole navigation in place of the part that stands in the page, and the menu of narrow screens.
"use strict";

(() => {
  const { root, file: here } = document.documentElement.dataset;
  const navigation = document.querySelector(".navigation");
  const pages = window.howdahPages;

  const entry = ({ file, title, object }) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = root + file.split("/").map(encodeURIComponent).join("/");
    link.textContent = title;
    link.title = title;
    if (object) link.className = "object";
    if (file === here) link.setAttribute("aria-current", "page");
    item.append(link);
    return item;
  };

  const list = (entries) => {
    const list = document.createElement("ul");
    list.append(...entries.map(entry));
    return list;
  };

  const section = ({ name, entries }) => {
    if (name === null) return list(entries);
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    const count = document.createElement("span");
    count.className = "count";
    count.textContent = String(entries.length);
    summary.append(name, count);
    details.append(summary);
    // A thousand links are made when they are looked at.
    const fill = () => {
      if (!details.querySelector("ul")) details.append(list(entries));
    };
    if (entries.some(({ file }) => file === here)) {
      fill();
      details.open = true;
    }
    details.addEventListener("toggle", fill);
    return details;
  };

  if (Array.isArray(pages)) {
    const all = pages.map(section);
    // With few pages there is nothing to hide.
    if (pages.reduce((sum, { entries }) => sum + entries.length, 0) <= 60) {
      for (const details of all) {
        if (details instanceof HTMLDetailsElement) details.open = true;
      }
    }
    navigation.replaceChildren(...all);
  }

  const current = navigation.querySelector("[aria-current]");
  if (current) {
    const { top, bottom } = current.getBoundingClientRect();
    const frame = navigation.getBoundingClientRect();
    if (top < frame.top || bottom > frame.bottom) {
      navigation.scrollTop += (top + bottom - frame.top - frame.bottom) / 2;
    }
  }

  const menu = document.querySelector(".menu");
  menu.setAttribute("role", "button");
  menu.setAttribute("aria-controls", navigation.id);
  const open = (isOpen) => {
    document.documentElement.classList.toggle("menu-open", isOpen);
    menu.setAttribute("aria-expanded", String(isOpen));
  };
  const isOpen = () => document.documentElement.classList.contains("menu-open");
  open(false);
  const toggle = (event) => {
    event.preventDefault();
    open(!isOpen());
    if (!isOpen()) return;
    const first = navigation.querySelector("[aria-current]") ?? navigation.querySelector("a, summary");
    first?.scrollIntoView({ block: "center" });
    first?.focus({ preventScroll: true });
  };
  menu.addEventListener("click", toggle);
  menu.addEventListener("keydown", (event) => {
    if (event.key === " ") toggle(event);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) {
      open(false);
      menu.focus();
    }
  });
  document.addEventListener("pointerdown", (event) => {
    if (isOpen() && !navigation.contains(event.target) && !menu.contains(event.target)) open(false);
  });
})();

// Large drawings: moved and zoomed as a picture, by pointer, buttons and keys; nothing is laid out again. In all of them,
// what a table is related to stands out while the pointer or the focus is on it.
"use strict";

(() => {
  const TALLEST = 0.72;

  const large = (figure, frame, picture, width, height) => {
    figure.classList.add("large");
    picture.style.width = `${width}px`;
    picture.style.height = `${height}px`;
    frame.style.height = `${Math.round(Math.min((height * frame.clientWidth) / width, innerHeight * TALLEST))}px`;
    frame.tabIndex = 0;
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", "Diagram: arrow keys move it, plus and minus zoom, 0 shows all of it");

    const fit = () => Math.min(frame.clientWidth / width, frame.clientHeight / height);
    let [scale, x, y] = [1, 0, 0];
    const place = () => {
      // Never out of sight; what is smaller than the frame stands in its middle.
      const keep = (at, size, room) => (size <= room ? (room - size) / 2 : Math.min(0, Math.max(room - size, at)));
      x = keep(x, width * scale, frame.clientWidth);
      y = keep(y, height * scale, frame.clientHeight);
      picture.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    };
    const zoom = (factor, atX = frame.clientWidth / 2, atY = frame.clientHeight / 2) => {
      const next = Math.min(Math.max(scale * factor, Math.min(fit(), 1)), 4);
      x = atX - ((atX - x) * next) / scale;
      y = atY - ((atY - y) * next) / scale;
      scale = next;
      place();
    };
    const whole = () => {
      scale = Math.min(fit(), 1);
      place();
    };
    const move = (byX, byY) => {
      x += byX;
      y += byY;
      place();
    };

    const buttons = document.createElement("div");
    buttons.className = "zoom";
    for (const [text, label, action] of [
      ["−", "Zoom out", () => zoom(1 / 1.4)],
      ["+", "Zoom in", () => zoom(1.4)],
      ["1:1", "1:1, actual size", () => zoom(1 / scale)],
      ["Fit", "Fit all of it in", whole],
    ]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.title = label;
      button.setAttribute("aria-label", label);
      button.addEventListener("click", action);
      buttons.append(button);
    }
    const caption = figure.querySelector("figcaption");
    caption.insertBefore(buttons, caption.querySelector("a"));

    const keys = {
      "+": () => zoom(1.4), "=": () => zoom(1.4), "-": () => zoom(1 / 1.4), 0: whole, 1: () => zoom(1 / scale),
      ArrowLeft: () => move(60, 0), ArrowRight: () => move(-60, 0), ArrowUp: () => move(0, 60), ArrowDown: () => move(0, -60),
    };
    frame.addEventListener("keydown", (event) => {
      const action = keys[event.key];
      if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      action();
    });
    // The wheel alone scrolls the page: a picture must not hold it up.
    frame.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { left, top } = frame.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY / 300), event.clientX - left, event.clientY - top);
    }, { passive: false });

    let from = null;
    let isDragged = false;
    frame.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = { x: event.clientX, y: event.clientY, id: event.pointerId };
      isDragged = false;
    });
    frame.addEventListener("pointermove", (event) => {
      if (!from || from.id !== event.pointerId) return;
      const [byX, byY] = [event.clientX - from.x, event.clientY - from.y];
      if (!isDragged && Math.hypot(byX, byY) < 4) return;
      if (!isDragged) frame.setPointerCapture(event.pointerId);
      isDragged = true;
      frame.classList.add("dragged");
      from.x = event.clientX;
      from.y = event.clientY;
      move(byX, byY);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      frame.addEventListener(end, () => {
        from = null;
        frame.classList.remove("dragged");
      });
    }
    // The end of a drag is no click on the table below, and a link is not what is dragged.
    frame.addEventListener("click", (event) => {
      if (isDragged) event.preventDefault();
      isDragged = false;
    }, true);
    frame.addEventListener("dragstart", (event) => event.preventDefault());
    // A table that is reached by key must be in sight; the browser scrolls the frame, which is ours to move.
    frame.addEventListener("focusin", (event) => {
      if (event.target === frame) return;
      frame.scrollTo(0, 0);
      const [box, room] = [event.target.getBoundingClientRect(), frame.getBoundingClientRect()];
      if (box.left < room.left || box.right > room.right || box.top < room.top || box.bottom > room.bottom) {
        move((room.left + room.right - box.left - box.right) / 2, (room.top + room.bottom - box.top - box.bottom) / 2);
      }
    });
    addEventListener("resize", place);
    whole();
  };

  const start = (figure) => {
    const frame = figure.querySelector(".drawing");
    const picture = frame?.firstElementChild;
    if (!picture) return;
    const isImage = picture instanceof HTMLImageElement;
    const width = isImage ? picture.naturalWidth : picture.viewBox.baseVal.width;
    const height = isImage ? picture.naturalHeight : picture.viewBox.baseVal.height;
    if (width > frame.clientWidth * 1.1 || height > innerHeight * TALLEST) large(figure, frame, picture, width, height);
  };

  for (const figure of document.querySelectorAll(".diagram")) {
    const image = figure.querySelector("img");
    if (image && !image.complete) image.addEventListener("load", () => start(figure), { once: true });
    else start(figure);
  }
})();

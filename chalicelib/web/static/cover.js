// Boxes drawn with a pointer. The number fields stay the truth: a box on the picture is one row of
// them, so that whoever has no pointer, or no script, does the same by keyboard.
(() => {
  "use strict";
  const figure = document.getElementById("cover");
  const list = document.getElementById("list");
  const spare = document.getElementById("box");
  if (!figure || !list || !spare || !window.PointerEvent) return;
  for (const one of document.querySelectorAll(".js-only")) one.hidden = false;
  const svg = figure.querySelector("svg");
  const most = Number(figure.dataset.most);
  const edges = ["x", "y", "w", "h"];
  const names = { x: "x", y: "y", w: "width", h: "height" };
  let next = list.children.length;
  figure.classList.add("can-draw");
  figure.classList.remove("cover--look");

  const fields = (row) => edges.map((edge) => row.querySelector(`[data-edge=${edge}]`));
  const rect = (row) => svg.children[[...list.children].indexOf(row)].firstChild;
  const part = (value) => Math.min(100, Math.max(0, Math.round(value * 10) / 10));

  function draw(row) {
    fields(row).forEach((field, at) => rect(row).setAttribute(names[edges[at]], `${field.value || 0}%`));
  }
  function put(row, box) {
    const [x, y] = [part(box[0]), part(box[1])];
    const values = [x, y, Math.min(part(box[2]), part(100 - x)), Math.min(part(box[3]), part(100 - y))];
    fields(row).forEach((field, at) => { field.value = values[at]; });
    draw(row);
  }
  function tell() {
    [...list.children].forEach((row, at) => {
      for (const no of row.querySelectorAll("[data-no]")) no.textContent = at + 1;
    });
    const none = document.querySelector("[data-none]");
    if (!none) return;
    none.hidden = list.children.length > 0;
    document.querySelector(".js-save").hidden = list.children.length === 0;
  }
  function add() {
    const row = spare.content.firstElementChild.cloneNode(true);
    const place = next++;
    fields(row).forEach((field, at) => {
      field.name = `${edges[at]}.${place}`;
      field.id = `${edges[at]}-${place}`;
      field.previousElementSibling.htmlFor = field.id;
    });
    const group = document.createElementNS(svg.namespaceURI, "g");
    group.append(document.createElementNS(svg.namespaceURI, "rect"));
    svg.append(group);
    list.append(row);
    tell();
    return row;
  }
  function drop(row) {
    svg.children[[...list.children].indexOf(row)].remove();
    row.remove();
    tell();
  }
  const at = (event) => {
    const frame = svg.getBoundingClientRect();
    return [((event.clientX - frame.left) / frame.width) * 100, ((event.clientY - frame.top) / frame.height) * 100];
  };

  svg.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    const [x, y] = at(event);
    const held = event.target.tagName === "rect" ? [...svg.children].indexOf(event.target.parentNode) : -1;
    if (held < 0 && list.children.length >= most) return;
    const row = held < 0 ? add() : list.children[held];
    const before = held < 0 ? [x, y, 0, 0] : fields(row).map((field) => Number(field.value));
    const mine = rect(row);
    mine.classList.add("is-on");
    svg.setPointerCapture(event.pointerId);
    const move = (step) => {
      const [tox, toy] = at(step).map((value) => Math.min(100, Math.max(0, value)));
      if (held < 0) put(row, [Math.min(x, tox), Math.min(y, toy), Math.abs(tox - x), Math.abs(toy - y)]);
      else {
        put(row, [
          Math.min(Math.max(0, before[0] + tox - x), 100 - before[2]),
          Math.min(Math.max(0, before[1] + toy - y), 100 - before[3]), before[2], before[3],
        ]);
      }
    };
    const end = () => {
      svg.removeEventListener("pointermove", move);
      mine.classList.remove("is-on");
      const [, , width, height] = fields(row).map((field) => Number(field.value));
      if (width < 1 || height < 1) drop(row);
    };
    svg.addEventListener("pointermove", move);
    svg.addEventListener("pointerup", end, { once: true });
    svg.addEventListener("pointercancel", end, { once: true });
  });
  list.addEventListener("input", (event) => draw(event.target.closest("[data-box]")));
  list.addEventListener("focusin", (event) => rect(event.target.closest("[data-box]")).classList.add("is-on"));
  list.addEventListener("focusout", (event) => {
    const row = event.target.closest("[data-box]");
    if (row.isConnected) rect(row).classList.remove("is-on");
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-drop], button[value=add]");
    if (!button) return;
    event.preventDefault();
    if (button.value === "add") {
      if (list.children.length >= most) return;
      const row = add();
      put(row, [40, 40, 20, 20]);
      fields(row)[0].focus();
      return;
    }
    drop(button.closest("[data-box]"));
  });
})();

document.documentElement.classList.add("js");
for (const input of document.querySelectorAll("input.filter")) {
  const scope = document.getElementById(input.dataset.table);
  const status = document.getElementById(input.dataset.table + "-status");
  const kind = document.getElementById(input.dataset.kind);
  const items = scope.tBodies ? scope.tBodies[0].rows : scope.querySelectorAll(".entry");
  const narrow = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = kind ? kind.value : "";
    let shown = 0;
    for (const item of items) {
      const text = item.textContent.toLowerCase();
      item.hidden = !words.every(word => text.includes(word)) || (wanted !== "" && item.dataset.kind !== wanted);
      shown += item.hidden ? 0 : 1;
    }
    const narrowed = words.length > 0 || wanted !== "";
    for (const group of scope.querySelectorAll(".group")) group.hidden = narrowed && !group.querySelector(".entry:not([hidden])");
    status.textContent = narrowed ? shown + " " + (input.dataset.noun || "rows") + " shown" : "";
  };
  input.addEventListener("input", narrow);
  if (kind) kind.addEventListener("change", narrow);
}

// What this browser keeps for a page. In a frame browsers may forbid that: then it is kept as long as the page lives.

const memory = { local: new Map(), session: new Map() };

function shelf(kind) {
  const area = () => window[`${kind}Storage`]; // looking at it is forbidden, too
  return {
    get(name) {
      try { return area().getItem(name); } catch { return memory[kind].get(name) ?? null; }
    },
    set(name, text) {
      try { area().setItem(name, text); } catch { memory[kind].set(name, text); }
    },
    remove(name) {
      memory[kind].delete(name);
      try { area().removeItem(name); } catch { /* forbidden */ }
    },
  };
}

export const kept = shelf("local");
export const keptInTab = shelf("session");

// Put text into a field where the cursor is, or in place of a part of it, as if it had been typed.

export function insert(field, text, from = field.selectionStart, to = field.selectionEnd) {
  field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

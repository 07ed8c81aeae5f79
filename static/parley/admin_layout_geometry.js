// Boxes on pages, in PDF points from the lower left corner: {left, bottom, right, top}. Pure.

const between = (value, least, most) => Math.max(least, Math.min(most, value));
const round = (value) => Math.round(value * 100) / 100;

// The box moved by so much, as far as its page reaches.
export function moved(box, right, up, page) {
  const x = between(right, -box.left, page.width - box.right);
  const y = between(up, -box.bottom, page.height - box.top);
  return { ...box, left: round(box.left + x), right: round(box.right + x), bottom: round(box.bottom + y), top: round(box.top + y) };
}

// The box with some of its sides elsewhere; never smaller than `smallest`, never over the edge.
export function resized(box, sides, page, smallest) {
  const to = { ...box, ...sides };
  if ("left" in sides) to.left = between(to.left, 0, box.right - smallest);
  if ("right" in sides) to.right = between(to.right, box.left + smallest, page.width);
  if ("bottom" in sides) to.bottom = between(to.bottom, 0, box.top - smallest);
  if ("top" in sides) to.top = between(to.top, box.bottom + smallest, page.height);
  for (const side of ["left", "right", "bottom", "top"]) to[side] = round(to[side]);
  return to;
}

// The box between two corners, on the page.
export function spanned(one, other, page) {
  const [left, right] = [one.x, other.x].map((x) => between(x, 0, page.width)).sort((a, b) => a - b);
  const [bottom, top] = [one.y, other.y].map((y) => between(y, 0, page.height)).sort((a, b) => a - b);
  return { left: round(left), bottom: round(bottom), right: round(right), top: round(top) };
}

// A box of that size with its upper left corner there, pushed back onto the page.
export function placed(x, y, width, height, page) {
  const left = between(x, 0, Math.max(0, page.width - width));
  const top = between(y, Math.min(height, page.height), page.height);
  return { left: round(left), right: round(Math.min(left + width, page.width)), bottom: round(Math.max(top - height, 0)), top: round(top) };
}

// How far an edge has to go to stand in line with another one, if one is near: {by, at}.
function nearest(edges, lines, reach) {
  let best = null;
  for (const edge of edges) {
    for (const at of lines) {
      const by = at - edge;
      if (Math.abs(by) <= reach && (!best || Math.abs(by) < Math.abs(best.by))) best = { by, at };
    }
  }
  return best ?? { by: 0, at: null };
}

// What moves the given sides of a box into line with other boxes: {x, y} in points, and the `lines` to draw.
export function snap(box, sides, others, reach) {
  const pick = (names) => sides.filter((side) => names.includes(side)).map((side) => box[side]);
  const across = nearest(pick(["left", "right"]), others.flatMap((one) => [one.left, one.right]), reach);
  const along = nearest(pick(["bottom", "top"]), others.flatMap((one) => [one.bottom, one.top]), reach);
  return { x: across.by, y: along.by, lines: { x: across.at, y: along.at } };
}

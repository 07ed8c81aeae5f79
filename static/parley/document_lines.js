// The lines of a signature: points from 0 to 1 across the width of where it was drawn.

const FINE = 0.0008; // how far a line may move when points are left out, in widths
const LONGEST = 9_000; // characters, less than what any field takes

// In the spelling of signatures.py, with as many points as are needed and as fit.
export function spelled(lines, height) {
  for (let tolerance = FINE; ; tolerance *= 2) {
    const text = JSON.stringify({ height, lines: lines.map((line) => simplified(line, tolerance)) });
    if (text.length < LONGEST || tolerance > 0.1) return text;
  }
}

// Without the points that lie on the way between others (Ramer, Douglas, Peucker).
export function simplified(line, tolerance) {
  if (line.length < 3) return line;
  const [first, last] = [line[0], line.at(-1)];
  let [farthest, distance] = [0, 0];
  for (let at = 1; at < line.length - 1; at += 1) {
    const away = fromLine(line[at], first, last);
    if (away > distance) [farthest, distance] = [at, away];
  }
  if (distance <= tolerance) return [first, last];
  return [...simplified(line.slice(0, farthest + 1), tolerance).slice(0, -1), ...simplified(line.slice(farthest), tolerance)];
}

function fromLine([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

// Draw them smoothly, the field being `width` wide.
export function draw(context, lines, width) {
  Object.assign(context, { lineWidth: Math.max(1.5, width * 0.007), lineCap: "round", lineJoin: "round" });
  for (const line of lines) {
    const points = line.map(([x, y]) => [x * width, y * width]);
    context.beginPath();
    context.moveTo(...points[0]);
    for (let at = 1; at < points.length - 1; at += 1) {
      const [[x, y], [nextX, nextY]] = [points[at], points[at + 1]];
      context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
    }
    context.lineTo(...points.at(-1));
    context.stroke();
  }
}

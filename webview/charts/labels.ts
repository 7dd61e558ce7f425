/** Labels beside their points, where they hide neither points nor each other. */

/** Pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Of the point at its place. */
export interface Label extends Point {
  readonly text: string;
  /** Class of its colour. */
  readonly colour?: string;
}

export interface PlacedLabel extends Label {
  readonly anchor: 'start' | 'middle' | 'end';
}

export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const letterWidth = 6.4;
const lineHeight = 13;
const gap = 2;
const pointRadius = 4;

/** Of a text of 11 pixels in the fonts of user interfaces; measured it would depend on whether they are loaded. */
export const textWidth = (text: string): number => text.length * letterWidth;

/**
 * Those of the labels that find a place, the first ones first.
 * @param points  what must stay visible beside the labels' own points
 */
export function placeLabels(labels: readonly Label[], within: Area, points: readonly Point[] = labels): PlacedLabel[] {
  const taken = points.map(({ x, y }) => boxAround(x, y));
  return labels.flatMap((label) => {
    const found = places(label).find(
      ({ box }) => inside(box, within) && !taken.some((other) => overlap(box, other)) && belongs(box, label, points),
    );
    if (!found) return [];
    taken.push(found.box);
    return [found.placed];
  });
}

/** Whether no other point is as near as the label's own: it would seem to be that one's. */
function belongs(box: Area, own: Point, points: readonly Point[]): boolean {
  const nearest = distance(box, own);
  return points.every((point) => (point.x === own.x && point.y === own.y) || distance(box, point) > nearest + gap);
}

function places(label: Label): { placed: PlacedLabel; box: Area }[] {
  const { text, x, y } = label;
  const away = pointRadius + 3;
  const at = (anchor: PlacedLabel['anchor'], dx: number, middle: number) => {
    const width = textWidth(text);
    const left = x + dx - (anchor === 'start' ? 0 : anchor === 'end' ? width : width / 2);
    const box = {
      left: left - gap,
      right: left + width + gap,
      top: middle - lineHeight / 2,
      bottom: middle + lineHeight / 2,
    };
    return { placed: { ...label, x: x + dx, y: middle + 4, anchor }, box };
  };
  const [above, below] = [y - away - lineHeight / 2, y + away + lineHeight / 2];
  return [
    at('middle', 0, above),
    at('end', -away, y - away),
    at('start', away, y + away),
    at('start', away, y),
    at('end', -away, y),
    at('middle', 0, below),
    at('end', -away, y + away),
  ];
}

const boxAround = (x: number, y: number): Area => ({
  ...{ left: x - pointRadius, right: x + pointRadius },
  ...{ top: y - pointRadius, bottom: y + pointRadius },
});

const distance = ({ left, right, top, bottom }: Area, { x, y }: Point) =>
  Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));

const overlap = (a: Area, b: Area) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const inside = (box: Area, { left, right, top, bottom }: Area) =>
  box.left >= left && box.right <= right && box.top >= top && box.bottom <= bottom;

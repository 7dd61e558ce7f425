/** A drawing that stands without the panel: as an SVG document with its own colours and fonts, and as a picture of it. */

/** What the panel's styles give to a drawing, and what SVG takes without them. */
const properties: Readonly<Record<string, string>> = {
  fill: 'rgb(0, 0, 0)',
  'fill-opacity': '1',
  stroke: 'none',
  'stroke-width': '1px',
  'stroke-opacity': '1',
  'stroke-dasharray': 'none',
  'stroke-linejoin': 'miter',
  'paint-order': 'normal',
};
const ofText: Readonly<Record<string, string>> = { 'font-family': '', 'font-size': '', 'font-weight': '400' };
const namespace = 'http://www.w3.org/2000/svg';
const margin = 8;

/** @param drawing  one that is shown; its background's colour becomes the document's */
export function standaloneSvg(drawing: SVGSVGElement, title: string): string {
  const { width, height } = drawing.viewBox.baseVal;
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const originals = drawing.querySelectorAll<SVGElement>('*');
  copy.querySelectorAll<SVGElement>('*').forEach((element, k) => {
    inline(originals[k] as SVGElement, element);
  });
  for (const name of copy.getAttributeNames()) copy.removeAttribute(name);
  for (const comment of commentsOf(copy)) comment.remove();
  const view = [-margin, -margin, width + 2 * margin, height + 2 * margin];
  copy.setAttribute('viewBox', view.join(' '));
  copy.setAttribute('width', String(view[2]));
  copy.setAttribute('height', String(view[3]));
  const name = document.createElementNS(namespace, 'title');
  name.textContent = title;
  const ground = document.createElementNS(namespace, 'rect');
  ['x', 'y', 'width', 'height'].forEach((side, k) => {
    ground.setAttribute(side, String(view[k]));
  });
  ground.setAttribute('fill', plainColour(getComputedStyle(drawing).backgroundColor));
  copy.prepend(name, ground);
  return new XMLSerializer().serializeToString(copy);
}

/** The document drawn at a number of dots a pixel. */
export async function pictureOf(source: string, scale: number): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.naturalWidth * scale);
  canvas.height = Math.round(image.naturalHeight * scale);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('the figure could not be drawn as a picture'));
    }, 'image/png');
  });
}

function inline(from: SVGElement, to: SVGElement): void {
  const style = getComputedStyle(from);
  to.removeAttribute('class');
  to.removeAttribute('style');
  if (from instanceof SVGGElement || from instanceof SVGTitleElement || from instanceof SVGDefsElement) return;
  for (const [name, usual] of Object.entries(
    from instanceof SVGTextElement ? { ...properties, ...ofText } : properties,
  )) {
    const value = style.getPropertyValue(name);
    if (value === usual) to.removeAttribute(name);
    else to.setAttribute(name, name === 'fill' || name === 'stroke' ? plainColour(value) : withoutUnit(value));
  }
}

/** SVG's own unit is the pixel; some programs know no other in dashes. */
const withoutUnit = (value: string) => value.replaceAll(/(\d)px\b/g, '$1');

/** Mixed colours are not known to other programs. */
function plainColour(colour: string): string {
  if (colour === 'none' || colour.startsWith('rgb') || colour.startsWith('url')) return colour;
  const dot = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!dot) return colour;
  dot.fillStyle = colour;
  dot.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = dot.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
}

/** Lit's marks. */
function commentsOf(root: Node): Comment[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  const comments: Comment[] = [];
  while (walker.nextNode()) comments.push(walker.currentNode as Comment);
  return comments;
}

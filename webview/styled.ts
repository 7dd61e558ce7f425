/** Sizes and colours that change: set through the CSSOM, as the content security policy refuses style attributes. */
import { noChange } from 'lit';
import { Directive, directive, type ElementPart } from 'lit/directive.js';

type Properties = Readonly<Record<string, string>>;

class Styled extends Directive {
  render(properties: Properties): Properties {
    return properties;
  }

  // Lit's own styleMap writes an attribute at its first rendering.
  override update({ element }: ElementPart, [properties]: [Properties]): typeof noChange {
    const { style } = element as HTMLElement;
    for (const [name, value] of Object.entries(properties)) style.setProperty(name, value);
    return noChange;
  }
}

/** `<div ${styled({ height: '12px' })}>`; the names stay the same from rendering to rendering. */
export const styled = directive(Styled);

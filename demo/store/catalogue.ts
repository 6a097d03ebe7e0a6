export type Category = 'lamps' | 'furniture';

export type Product = {
  sku: string;
  name: string;
  category: Category;
  colors: string[];
  priceCents: number;
  tagline: string;
  description: string;
  /** Label and value, in the order of display. */
  details: [label: string, value: string][];
};

export const CURRENCY = 'GBP';

export const PRODUCTS: readonly Product[] = [
  {
    sku: 'oak-desk-lamp',
    name: 'Oak desk lamp',
    category: 'lamps',
    colors: ['brass', 'black'],
    priceCents: 12900,
    tagline: 'A pool of warm light for late pages.',
    description:
      'A turned oak base, a slim stem and a tilting metal shade. The touch dimmer at its foot remembers how you left it.',
    details: [
      ['Height', '46 cm'],
      ['Base', 'Solid European oak, oiled'],
      ['Light', 'LED 8 W, 2700 K, dimmable'],
      ['Cable', '1.8 m, linen braid'],
    ],
  },
  {
    sku: 'globe-table-lamp',
    name: 'Globe table lamp',
    category: 'lamps',
    colors: ['opal', 'amber'],
    priceCents: 8900,
    tagline: 'A small moon for the sideboard.',
    description:
      'Mouth-blown glass resting on a ring of oak. It glows evenly in every direction, soft enough to leave on all evening.',
    details: [
      ['Diameter', '24 cm'],
      ['Glass', 'Mouth-blown, matt'],
      ['Light', 'E27, up to 40 W'],
      ['Cable', '2 m with switch'],
    ],
  },
  {
    sku: 'arc-floor-lamp',
    name: 'Arc floor lamp',
    category: 'lamps',
    colors: ['brass', 'black'],
    priceCents: 24900,
    tagline: 'Reaches over the sofa, asks for no ceiling.',
    description:
      'One long curve from a stone foot. The shade turns, so that the light falls on your book and not on the film.',
    details: [
      ['Height', '188 cm'],
      ['Reach', '95 cm'],
      ['Foot', 'Honed limestone'],
      ['Light', 'E27, up to 60 W'],
    ],
  },
  {
    sku: 'linen-pendant',
    name: 'Linen pendant',
    category: 'lamps',
    colors: ['sand', 'sage'],
    priceCents: 14900,
    tagline: 'Supper light, gently gathered.',
    description:
      'Washed linen over a light steel frame. Hung low above the table, it makes everyone look rested.',
    details: [
      ['Diameter', '45 cm'],
      ['Shade', 'Washed linen'],
      ['Drop', 'Up to 150 cm'],
      ['Light', 'E27, up to 60 W'],
    ],
  },
  {
    sku: 'oak-side-table',
    name: 'Oak side table',
    category: 'furniture',
    colors: ['natural', 'smoked'],
    priceCents: 18900,
    tagline: 'Room for a cup, a lamp and a book.',
    description:
      'A round top with a soft lip and three legs that never wobble. Made in one workshop in Devon.',
    details: [
      ['Size', 'Ø 42 × 50 cm'],
      ['Wood', 'Solid oak'],
      ['Finish', 'Hard-wax oil'],
      ['Assembly', 'Three screws, five minutes'],
    ],
  },
  {
    sku: 'reading-chair',
    name: 'Reading chair',
    category: 'furniture',
    colors: ['sage', 'clay'],
    priceCents: 44900,
    tagline: 'For the chapter after the last one.',
    description:
      'A deep seat in wool bouclé on an oak frame, with arms just wide enough for a mug. The cover comes off to be cleaned.',
    details: [
      ['Size', '74 × 80 × 82 cm'],
      ['Frame', 'Solid oak'],
      ['Cover', 'Wool bouclé, removable'],
      ['Seat height', '42 cm'],
    ],
  },
  {
    sku: 'low-stool',
    name: 'Low stool',
    category: 'furniture',
    colors: ['natural', 'black'],
    priceCents: 9900,
    tagline: 'A seat, a step, a bedside in a pinch.',
    description:
      'Dished seat, pegged joints and no screws at all. It gets better with every year and every scratch.',
    details: [
      ['Size', '38 × 28 × 40 cm'],
      ['Wood', 'Solid ash'],
      ['Joints', 'Pegged, no metal'],
      ['Holds', '120 kg'],
    ],
  },
  {
    sku: 'wall-shelf',
    name: 'Wall shelf',
    category: 'furniture',
    colors: ['natural', 'smoked'],
    priceCents: 7900,
    tagline: 'A long line of oak for small things.',
    description:
      'One plank on two hidden brackets, with a groove for picture frames and plates along its back.',
    details: [
      ['Size', '90 × 18 cm'],
      ['Wood', 'Solid oak'],
      ['Holds', '15 kg'],
      ['Fixings', 'Included, hidden'],
    ],
  },
];

export function findProduct(sku: string): Product | undefined {
  return PRODUCTS.find((product) => product.sku === sku);
}

/** A line of an order or of a cart. Throws for a product or a colour that the shop does not have. */
export function itemOf(sku: string, color: string, quantity = 1) {
  const product = findProduct(sku);
  if (!product?.colors.includes(color)) throw new RangeError(`no product ${sku} in ${color}`);
  return { sku, name: product.name, color, quantity, priceCents: product.priceCents };
}

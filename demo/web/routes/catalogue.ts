import { findProduct, PRODUCTS } from '../../store/catalogue.ts';
import { type Front, sendNotFound, sendPage } from '../front.ts';
import { unfinishedReturn } from '../pageFacts.ts';
import { cataloguePage, productPage } from '../pages/catalogue.ts';
import { helpPage } from '../pages/help.ts';

const RELATED = 4;

export function serveCatalogue(front: Front): void {
  const { app, store, visitors } = front;

  app.get<{ Querystring: { category?: unknown } }>('/', async (request, reply) => {
    const { category: asked } = request.query;
    const category = asked === 'lamps' || asked === 'furniture' ? asked : undefined;
    const products = PRODUCTS.filter((product) => !category || product.category === category);
    const open = unfinishedReturn(store, visitors.of(request));
    return sendPage(front, request, reply, cataloguePage(products, category, open));
  });

  app.get<{ Params: { sku: string } }>('/products/:sku', async (request, reply) => {
    const product = findProduct(request.params.sku);
    if (!product) return sendNotFound(front, request, reply);
    const related = PRODUCTS.filter(({ category }) => category !== product.category).slice(0, RELATED);
    return sendPage(front, request, reply, productPage(product, related), {
      events: [{ name: 'product_viewed', data: { sku: product.sku } }],
    });
  });

  app.get('/help', async (request, reply) => sendPage(front, request, reply, helpPage()));
}

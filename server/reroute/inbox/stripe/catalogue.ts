import { amountOf, find, listing, type Route, required } from './context.ts';
import { metadataOf, namesOf, textOf } from './form.ts';

/** Customers, products and prices. */
export const catalogue: readonly Route[] = [
  {
    method: 'POST',
    path: 'customers',
    handle(context, form) {
      const customer = context.state.create(
        'cus',
        'customer',
        {
          ...customerFields(form),
          balance: 0,
          delinquent: false,
          default_source: null,
          metadata: metadataOf(form['metadata']),
        },
        context.now(),
      );
      context.emit('customer.created', customer);
      return customer;
    },
  },
  {
    method: 'POST',
    path: 'customers/:id',
    handle(context, form, id) {
      const customer = find(context, 'customer', id);
      const given = Object.entries(customerFields(form)).filter(([name]) => name in form);
      Object.assign(customer, Object.fromEntries(given));
      customer['metadata'] = metadataOf(form['metadata'], customer['metadata']);
      context.emit('customer.updated', customer);
      return customer;
    },
  },
  {
    method: 'DELETE',
    path: 'customers/:id',
    handle(context, _form, id) {
      const customer = find(context, 'customer', id);
      context.state.remove(id);
      context.emit('customer.deleted', customer);
      return { id, object: 'customer', deleted: true };
    },
  },
  { method: 'GET', path: 'customers/:id', handle: (context, _form, id) => find(context, 'customer', id) },
  {
    method: 'GET',
    path: 'customers',
    handle(context, form) {
      const email = textOf(form['email']);
      const all = context.state.all('customer');
      return listing(
        form,
        'customers',
        email === undefined ? all : all.filter(one => one['email'] === email),
      );
    },
  },
  {
    method: 'POST',
    path: 'products',
    handle: (context, form) =>
      context.state.create(
        'prod',
        'product',
        {
          name: required(form['name'], 'name'),
          active: true,
          description: textOf(form['description']) ?? null,
          metadata: metadataOf(form['metadata']),
        },
        context.now(),
      ),
  },
  { method: 'GET', path: 'products/:id', handle: (context, _form, id) => find(context, 'product', id) },
  {
    method: 'GET',
    path: 'products',
    handle: (context, form) => listing(form, 'products', context.state.all('product')),
  },
  {
    method: 'POST',
    path: 'prices',
    handle(context, form) {
      const inline = textOf(namesOf(form['product_data'])['name']);
      const product =
        inline === undefined
          ? find(context, 'product', required(form['product'], 'product')).id
          : context.state.create(
              'prod',
              'product',
              { name: inline, active: true, metadata: {} },
              context.now(),
            ).id;
      return context.state.create(
        'price',
        'price',
        {
          product,
          active: true,
          currency: required(form['currency'], 'currency').toLowerCase(),
          unit_amount: amountOf(form['unit_amount'], 'unit_amount'),
          type: 'one_time',
          recurring: null,
          metadata: metadataOf(form['metadata']),
        },
        context.now(),
      );
    },
  },
  { method: 'GET', path: 'prices/:id', handle: (context, _form, id) => find(context, 'price', id) },
  {
    method: 'GET',
    path: 'prices',
    handle: (context, form) => listing(form, 'prices', context.state.all('price')),
  },
];

function customerFields(form: Record<string, unknown>): Record<string, unknown> {
  return {
    email: form['email'] || null,
    name: form['name'] || null,
    phone: form['phone'] || null,
    description: form['description'] || null,
    address: form['address'] || null,
    shipping: form['shipping'] || null,
  };
}

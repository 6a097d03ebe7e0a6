/** What the shop keeps. Money in cents, days as `YYYY-MM-DD` in the shop's time zone, moments as ISO 8601 in UTC. */
export type Item = { sku: string; name: string; color: string; quantity: number; priceCents: number };

export type Address = { name: string; street: string; city: string; postcode: string; country: string };

export type OrderStatus = 'processing' | 'packed' | 'dispatched' | 'delivered' | 'cancelled';

export type Order = {
  number: string;
  placedAt: string;
  status: OrderStatus;
  items: Item[];
  totalCents: number;
  currency: string;
  shipTo: Address;
  carrier: string | null;
  trackingNumber: string | null;
  estimatedDelivery: string | null;
  deliveredAt: string | null;
};

/** What anybody may know about an order whose number they have. */
export type PublicOrder = Pick<Order, 'number' | 'status' | 'estimatedDelivery'>;

export type ReturnStatus = 'started' | 'label_sent' | 'in_transit' | 'received' | 'refunded';

export type ReturnMethod = 'pickup' | 'dropoff';

export type Return = {
  id: string;
  orderNumber: string;
  item: Pick<Item, 'sku' | 'name' | 'color'>;
  reason: string;
  status: ReturnStatus;
  step: 'method' | 'date' | 'done';
  startedAt: string;
  method: ReturnMethod | null;
  /** Day of the pick-up. */
  date: string | null;
  refundCents: number;
  currency: string;
};

export type DeclineReason = 'insufficient_funds' | 'expired_card' | '3ds_failed';

export type Payment = {
  id: string;
  orderNumber: string;
  amountCents: number;
  currency: string;
  status: 'declined' | 'captured' | 'refunded';
  reason: DeclineReason | null;
  at: string;
  last4: string;
};

export type Ticket = {
  id: string;
  subject: string;
  status: 'open' | 'waiting' | 'closed';
  createdAt: string;
  lastMessage: string;
};

/** What the shop has sent to somebody. */
export type Message = { to: string; text: string; at: string };

export type Customer = {
  id: string;
  name: string;
  firstName: string;
  email: string;
  language: string;
  address: Address;
};

/** A record and whose it is; null for a guest's. */
export type Owned<Record> = Record & { customerId: string | null };

export type Records = {
  customers: Customer[];
  orders: Owned<Order>[];
  returns: Owned<Return>[];
  payments: Owned<Payment>[];
  tickets: Owned<Ticket>[];
  messages: Owned<Message>[];
};

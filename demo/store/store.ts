import type { Clock } from '../../shared/clock.ts';
import { FIRST_FREE_ORDER_NUMBER, seedRecords } from '../seed.ts';
import { dayOf } from './days.ts';
import type { Customer, Order, Owned, Records, Return } from './model.ts';

/** The shop's records, in memory for the life of the process. Rules of business stand beside it, one file a noun. */
export class Store {
  readonly #clock: Clock;
  #records: Records;
  #nextOrderNumber = FIRST_FREE_ORDER_NUMBER;
  #nextReturnNumber = 2042;
  #nextPaymentNumber = 7101;
  #nextTicketNumber = 319;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#records = seedRecords(clock.epochMs());
  }

  get records(): Readonly<Records> {
    return this.#records;
  }

  get now(): string {
    return new Date(this.#clock.epochMs()).toISOString();
  }

  get today(): string {
    return dayOf(this.#clock.epochMs());
  }

  /** Forgets every change. Numbers go on, so that no number ever names two things. */
  reset(): void {
    this.#records = seedRecords(this.#clock.epochMs());
  }

  customer(id: string): Customer | undefined {
    return this.#records.customers.find((customer) => customer.id === id);
  }

  order(number: string): Owned<Order> | undefined {
    return this.#records.orders.find((order) => order.number === number);
  }

  return(id: string): Owned<Return> | undefined {
    return this.#records.returns.find((one) => one.id === id);
  }

  /** Newest first. */
  ordersOf(customerId: string): Owned<Order>[] {
    return this.#records.orders
      .filter((order) => order.customerId === customerId)
      .sort((a, b) => b.placedAt.localeCompare(a.placedAt));
  }

  /** The number that the next order will have; each call gives another one. */
  takeOrderNumber(): string {
    return String(this.#nextOrderNumber++);
  }

  takeReturnId(): string {
    return `R-${this.#nextReturnNumber++}`;
  }

  takePaymentId(): string {
    return `P-${this.#nextPaymentNumber++}`;
  }

  takeTicketId(): string {
    return `T-${this.#nextTicketNumber++}`;
  }
}

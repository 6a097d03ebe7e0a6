import { type Language, pickLanguage } from '../../../../shared/language.ts';

/**
 * Words that callers of a customer service use for the same thing. An operator writes ten examples and says
 * "package"; the caller says "parcel". One line is one concept.
 */
const CONCEPTS: Partial<Record<Language, readonly string[]>> = {
  en: [
    'human person people agent representative operator manager supervisor somebody someone anyone advisor adviser colleague staff employee boss team support guy lady rep',
    'robot machine computer bot',
    'order purchase bought buy ordered purchased basket',
    'parcel package delivery shipment box packet consignment',
    'send ship deliver dispatch post mail sent shipped delivered dispatched',
    'arrive come reach receive get came arrived received got here',
    'refund reimburse reimbursement repay compensation',
    'money cash funds dollars pounds euros',
    'return returned returning',
    'pay payment transaction checkout paid paying purchase',
    'card visa mastercard credit debit amex',
    'decline declined reject rejected refuse refused deny denied fail failed failing block blocked error',
    'accept accepted work works approve approved',
    'twice double doubled duplicate duplicated both two',
    'charge charged charges bill billed debit debited deducted invoice invoiced withdrew took taken',
    'bank account statement',
    'cancel cancelled cancellation stop undo abort revoke annul',
    'address street road house flat apartment postcode zip',
    'place location somewhere elsewhere office work home',
    'move moved moving relocated',
    'change update modify edit correct alter amend switch',
    'different another other new else',
    'wrong incorrect mistake false mistaken',
    'open opened opening close closed closing shut hours',
    'shop store branch',
    'monday tuesday wednesday thursday friday saturday sunday weekend weekends weekday weekdays',
    'today tomorrow tonight',
    'repeat again',
    'slow slower slowly',
    'fast quick quickly faster',
    'hear catch understand heard understood',
    'hello hi hey howdy greetings',
    'thank thanks cheers',
    'bye goodbye farewell',
    'yes yeah yep yup sure okay ok aye',
    'no nope nah',
    'right correct exactly true',
    'want need wish like prefer rather',
    'say speak talk tell said talking speaking',
    'connect transfer put forward',
    'status update news progress state happening',
    'late delayed delay waiting wait overdue',
    'track trace follow locate find',
    'item thing article product goods shoes shirt jacket dress trousers coat lamp phone',
    'forget drop leave skip ignore',
    'question topic subject issue problem',
  ],
};

/** Concept by word. A word can be in several lines: all of them count. */
export function conceptsOf(language: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [index, line] of (CONCEPTS[pickLanguage([language])] ?? []).entries()) {
    for (const word of line.split(' ')) found.set(word, [...(found.get(word) ?? []), `~${index}`]);
  }
  return found;
}

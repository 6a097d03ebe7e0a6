import { createHash } from 'node:crypto';

/** What a person can be recognised by. A `device` is kept in a browser for good, a `visitor` until somebody signs out. */
export type HandleKind = 'user' | 'email' | 'phone' | 'device' | 'visitor';

/**
 * Who vouches for a handle: a signed token, a one-time code, the channel itself (a message came from that address), or
 * nobody but the browser that keeps it.
 */
export type Proof = 'signed' | 'code' | 'channel' | 'kept';

export type Handle = { kind: HandleKind; value: string; proof: Proof };

/** Handles that name somebody; the other two only recognise a browser. */
export const NAMING: readonly HandleKind[] = ['user', 'email', 'phone'];

export type ResolveRequest = {
  site: string;
  /** What a page merely claims is never among them. */
  handles: readonly Handle[];
  /** The id that somebody unknown gets. */
  freshId: string;
  /** Something was already written under `freshId`: it joins whoever is found. */
  freshIdUsed: boolean;
  atMs: number;
};

/** What was decided, for the ledger. */
export type IdentityHappening =
  | { kind: 'linked'; personId: string; handle: HandleKind; proof: Proof }
  | { kind: 'merged'; from: string; into: string; proof: Proof }
  | {
      kind: 'refused';
      handle: HandleKind;
      /** It belongs to somebody else, or to somebody who is not signed in now. */
      reason: 'of_another_person' | 'of_somebody_named';
    };

/** Whose device it is: only of this person, of several, not seen before; null without one or without a name. */
export type DeviceStanding = 'own' | 'shared' | 'new' | null;

export type Resolved = {
  /** `per_…`: what happens now is written under it. */
  personId: string;
  /** All ids of the person, the given one among them. */
  people: readonly string[];
  /** Somebody vouched for the name. */
  proven: boolean;
  device: DeviceStanding;
  happened: readonly IdentityHappening[];
};

export type KnownBy = { personId: string; kind: string; value: string; proof: string; linkedMs: number };

/**
 * Port: who is who. People are never unmade: when two turn out to be one, their ids stay and lead to the same person.
 * Every method rejects with DATABASE_UNAVAILABLE while the database is gone.
 */
export type People = {
  readonly name: string;
  /** Finds, links and merges by what is proven. */
  resolve(request: ResolveRequest): Promise<Resolved>;
  /** All ids of the person whom a handle names; null when nobody is known by it. */
  find(site: string, handle: Pick<Handle, 'kind' | 'value'>): Promise<readonly string[] | null>;
  /** All ids of the person who has one of them. */
  closure(personId: string): Promise<readonly string[]>;
  /** What these ids are recognised by; for an export. */
  handles(site: string, people: readonly string[]): Promise<KnownBy[]>;
  /** Handles are removed: who comes back is somebody new. */
  forget(site: string, people: readonly string[]): Promise<void>;
};

/** A browser's random id is a key to what was done in it: only its digest is kept. */
export function browserHandle(kind: 'device' | 'visitor', id: string): Handle {
  return { kind, value: createHash('sha256').update(`${kind}\n${id}`).digest('hex'), proof: 'kept' };
}

/** One spelling of an e-mail address or a number. */
export function namingHandle(kind: 'user' | 'email' | 'phone', text: string, proof: Proof): Handle {
  const value = text.trim().normalize('NFC');
  if (kind === 'email') return { kind, value: value.toLowerCase(), proof };
  if (kind === 'phone') return { kind, value: value.replace(/[^\d+]/gu, ''), proof };
  return { kind, value, proof };
}

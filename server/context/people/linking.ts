import type { Handle, IdentityHappening, Proof, ResolveRequest } from './people.ts';
import { NAMING } from './people.ts';

/** A handle that somebody has already. */
export type KnownHandle = {
  kind: string;
  value: string;
  /** The id that all ids of its person lead to. */
  root: string;
  /** All ids of that person. */
  people: readonly string[];
  /** Somebody vouched for a name of that person's at some time. */
  named: boolean;
  /** The person has signed in under a user id. */
  isUser: boolean;
};

/** Who it is, and what is to be written down so that it stays so. */
export type Linking = {
  personId: string;
  people: readonly string[];
  proven: boolean;
  /** Whether the person is not in the store yet. */
  isNew: boolean;
  links: readonly Handle[];
  merges: readonly { from: string; into: string; proof: Proof }[];
  happened: readonly IdentityHappening[];
};

/**
 * Decides who somebody is. The one that is vouched for first in the order user, e-mail, phone is the person; another
 * handle's person joins when that one is nobody in particular, or is known by the very name that is vouched for and no
 * user of its own. So a browser's anonymous thread goes to who signs in there, and nobody's ever to somebody else.
 */
export function decide(request: ResolveRequest, known: readonly KnownHandle[]): Linking {
  const handles = request.handles.filter(({ kind, proof }) => kind !== 'device' && isUsable(kind, proof));
  const naming = NAMING.flatMap((kind) => handles.filter((handle) => handle.kind === kind));
  const kept = handles.filter(({ kind }) => kind === 'visitor');
  const holderOf = (handle: Handle) =>
    known.find(({ kind, value }) => kind === handle.kind && value === handle.value);
  return naming.length > 0
    ? named(request, [...naming, ...kept], holderOf)
    : anonymous(request, kept[0], holderOf);
}

/** A name counts when somebody vouches for it; what a browser keeps needs nobody. */
function isUsable(kind: Handle['kind'], proof: Proof): boolean {
  return NAMING.includes(kind) === (proof !== 'kept');
}

type HolderOf = (handle: Handle) => KnownHandle | undefined;

function named(
  { freshId, freshIdUsed }: ResolveRequest,
  handles: readonly Handle[],
  holderOf: HolderOf,
): Linking {
  const [first, ...others] = handles as [Handle, ...Handle[]];
  const owner = holderOf(first);
  const personId = owner?.root ?? freshId;
  const people = new Set(owner?.people ?? [freshId]);
  const links: Handle[] = [];
  const merges: Linking['merges'][number][] = [];
  const happened: IdentityHappening[] = [];
  const link = (handle: Handle) => {
    links.push(handle);
    happened.push({ kind: 'linked', personId, handle: handle.kind, proof: handle.proof });
  };
  const merge = (from: string, proof: Proof) => {
    merges.push({ from, into: personId, proof });
    happened.push({ kind: 'merged', from, into: personId, proof });
  };
  if (!owner) link(first);
  for (const handle of others) {
    const holder = holderOf(handle);
    if (!holder) link(handle);
    else if (people.has(holder.root)) continue;
    else if (handle.kind === 'visitor' ? holder.named : holder.isUser) happened.push(refusal(handle));
    else {
      merge(holder.root, first.proof);
      for (const id of holder.people) people.add(id);
    }
  }
  if (owner && freshIdUsed && !people.has(freshId)) {
    merge(freshId, first.proof);
    people.add(freshId);
  }
  return { personId, people: [...people], proven: true, isNew: !owner, links, merges, happened };
}

function refusal({ kind }: Handle): IdentityHappening {
  return { kind: 'refused', handle: kind, reason: 'of_another_person' };
}

function anonymous(
  { freshId, freshIdUsed }: ResolveRequest,
  visitor: Handle | undefined,
  holderOf: HolderOf,
): Linking {
  const stranger = { personId: freshId, people: [freshId], proven: false, links: [], merges: [] };
  if (!visitor) return { ...stranger, isNew: true, happened: [] };
  const holder = holderOf(visitor);
  if (!holder) {
    const happened = [{ kind: 'linked', personId: freshId, handle: 'visitor', proof: 'kept' }] as const;
    return { ...stranger, isNew: true, links: [visitor], happened };
  }
  // Whoever signed in here has left, or not come back yet: this one gets nothing of theirs.
  if (holder.named) {
    return {
      ...stranger,
      isNew: true,
      happened: [{ kind: 'refused', handle: 'visitor', reason: 'of_somebody_named' }],
    };
  }
  const joins = freshIdUsed && !holder.people.includes(freshId);
  const merge = { from: freshId, into: holder.root, proof: 'kept' } as const;
  return {
    personId: holder.root,
    people: joins ? [...holder.people, freshId] : holder.people,
    proven: false,
    isNew: false,
    links: [],
    merges: joins ? [merge] : [],
    happened: joins ? [{ kind: 'merged', ...merge }] : [],
  };
}

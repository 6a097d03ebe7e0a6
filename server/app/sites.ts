import { IdentityVerifier } from '../context/identity.ts';
import { createPlaybookPolicy } from '../dialog/playbookPolicy.ts';
import { loadPlaybooks } from '../dialog/playbooks/loader.ts';
import type { Policy } from '../dialog/policy.ts';
import { trainNlpjs } from '../dialog/understanding/engines/nlpjs.ts';
import { readSlot, warmUpSlots } from '../dialog/understanding/readSlot.ts';
import { absentConnector } from '../records/absent.ts';
import type { BreakerState } from '../records/breaker.ts';
import type { Outbox } from '../records/outbox.ts';
import type { Site } from '../sites.ts';
import type { SiteVerification } from '../verification/verifiers.ts';
import type { Common } from './common.ts';
import { openSystems, type SiteSystems, type SystemsChanged } from './systems.ts';

/** What one site's calls need. */
export type SiteParts = {
  site: Site;
  identity: IdentityVerifier | null;
  policy: Policy;
  verification: SiteVerification | null;
} & SiteSystems;

/** Opens every site: its systems, its dialog, its keys. Rejects with PLAYBOOK_INVALID or CONFIG_INVALID. */
export async function openSites(
  sites: readonly Site[],
  outbox: Outbox | null,
  { clock, log, opened, onChanged }: Common & { onChanged: SystemsChanged },
): Promise<ReadonlyMap<string, SiteParts>> {
  const bySite = new Map<string, SiteParts>();
  for (const site of sites) {
    const { systems, sources, webhook } = openSystems(site, outbox, { clock, log, onChanged });
    if (systems) opened(systems);
    const playbooks = await loadPlaybooks(site.playbooksDir);
    warmUpSlots(playbooks.site.languages);
    const policy = opened(
      await createPlaybookPolicy({
        playbooks,
        connector: systems ?? absentConnector,
        trainNlu: trainNlpjs,
        readSlot,
        clock,
        onTrouble: (error) => log.error({ err: error, site: site.key }, 'a turn failed'),
      }),
    );
    const identity = site.identity
      ? new IdentityVerifier(site.identity, site.identity.audience, site.key)
      : null;
    const plan = playbooks.site.verification?.plan;
    const verification = systems && plan ? { connector: systems, plan } : null;
    bySite.set(site.key, { site, identity, policy, verification, systems, sources, webhook });
  }
  return bySite;
}

/** State of every system behind the assistant, by `site/system`. */
export function systemsOf(bySite: ReadonlyMap<string, SiteParts>): Map<string, BreakerState> {
  return new Map(
    [...bySite].flatMap(([key, { systems }]) =>
      [...(systems?.states() ?? [])].map(([name, state]) => [`${key}/${name}`, state] as const),
    ),
  );
}

import type { Clock } from '../../shared/clock.ts';
import type { SegueError } from '../../shared/errors.ts';
import { type RehydrationSource, systemSource } from '../context/rehydration.ts';
import type { WebhookDoor } from '../edge/connectorRoutes.ts';
import { Breaker } from '../records/breaker.ts';
import type { Connector } from '../records/connector.ts';
import { HttpConnector } from '../records/engines/http.ts';
import { RestConnector } from '../records/engines/rest.ts';
import { SqlConnector } from '../records/engines/sql.ts';
import type { Outbox } from '../records/outbox.ts';
import type { ConnectorPlan, SystemsPlan } from '../records/plan.ts';
import { simplePlan } from '../records/simplePlan.ts';
import { Systems } from '../records/systems.ts';
import { readSystems } from '../records/systemsCompiler.ts';
import type { Site } from '../sites.ts';
import type { Log } from '../telemetry/log.ts';
import type { News } from './cluster.ts';

/** Tells the other servers what their answers are out of date by. */
export type SystemsChanged = News['systemsChanged'];

/** A site's systems with the doors to them; all null where it has none. */
export type SiteSystems = {
  systems: Systems | null;
  /** What they tell before a greeting. */
  sources: readonly RehydrationSource[];
  webhook: WebhookDoor | null;
};

/** Opens a site's systems. Throws CONFIG_INVALID with all that is wrong in their file. */
export function openSystems(
  site: Site,
  outbox: Outbox | null,
  { clock, log, onChanged }: { clock: Clock; log: Log; onChanged: SystemsChanged },
): SiteSystems {
  const plan = planOf(site);
  if (!plan) return { systems: null, sources: [], webhook: null };
  const breakers = new Map<string, Breaker>();
  for (const connector of plan.connectors) {
    const breaker = new Breaker(openConnector(connector, clock), connector.breaker, clock);
    breaker.on('changed', (state) =>
      log.warn({ site: site.key, system: connector.name, state }, 'the breaker of a system changed'),
    );
    breakers.set(connector.name, breaker);
  }
  const onFailure = (operation: string, { code, detail }: SegueError) =>
    log.warn({ site: site.key, operation, code, detail }, 'an answer could not be renewed');
  const changed = (operations: readonly string[] | null, customerId: string | null): void =>
    onChanged({ site: site.key, operations: operations && [...operations], customerId });
  const systems = new Systems({
    siteKey: site.key,
    plan,
    breakers,
    outbox,
    clock,
    onFailure,
    onChanged: changed,
  });
  const secret = plan.webhookSecret;
  return {
    systems,
    sources: plan.rehydrate.map(({ operation, deadlineMs }) =>
      systemSource(systems, operation, deadlineMs ?? undefined),
    ),
    webhook: secret
      ? {
          secret,
          invalidate(operations, customerId) {
            changed(operations, customerId ?? null);
            return systems.invalidate(operations, customerId);
          },
        }
      : null,
  };
}

function planOf({ systems, connector }: Site): SystemsPlan | null {
  if (systems) return readSystems(systems.file, systems.env);
  return connector && simplePlan(connector);
}

function openConnector(plan: ConnectorPlan, clock: Clock): Connector {
  switch (plan.kind) {
    case 'http':
      return new HttpConnector({ ...plan.settings, clock });
    case 'rest':
      return new RestConnector({ name: plan.name, settings: plan.settings, clock });
    case 'sql':
      return new SqlConnector({ name: plan.name, settings: plan.settings });
  }
}

import type { Scenario } from './scenario.ts';
import { CLUSTER } from './scenarios/cluster.ts';
import { ENGINES } from './scenarios/engines.ts';
import { MACHINE } from './scenarios/machine.ts';
import { NETWORK } from './scenarios/network.ts';
import { PAGE } from './scenarios/page.ts';
import { SERVER } from './scenarios/server.ts';

/** Every fault that can be run by name. */
export const SCENARIOS: readonly Scenario[] = [
  ...NETWORK,
  ...PAGE,
  ...SERVER,
  ...CLUSTER,
  ...ENGINES,
  ...MACHINE,
];

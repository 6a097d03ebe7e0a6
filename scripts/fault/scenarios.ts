import type { Scenario } from './scenario.ts';
import { NETWORK } from './scenarios/network.ts';
import { PAGE } from './scenarios/page.ts';
import { SERVER } from './scenarios/server.ts';

/** Every fault that can be run by name. */
export const SCENARIOS: readonly Scenario[] = [...NETWORK, ...PAGE, ...SERVER];

import type { FaultRun } from '../scenario.ts';
import { FaultStage, type StageOptions } from '../stage.ts';

/** Sets a stage, runs one call on it, and takes it down again. */
export async function onStage(
  options: StageOptions,
  run: (stage: FaultStage) => Promise<FaultRun>,
): Promise<FaultRun> {
  const stage = await FaultStage.open(options);
  try {
    return await run(stage);
  } finally {
    await stage.close();
  }
}

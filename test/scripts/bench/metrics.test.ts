import { expect, test } from 'vitest';
import { metricValues } from '../../../scripts/bench/metrics.ts';

const TEXT = `# HELP nodejs_eventloop_lag_p99_seconds The 99th percentile.
# TYPE nodejs_eventloop_lag_p99_seconds gauge
nodejs_eventloop_lag_p99_seconds 0.0123
nodejs_eventloop_lag_p99_seconds_more 7
segue_calls_total{site="demo"} 3
segue_calls_total{site="other"} 4
`;

test('a metric is read by its whole name, with and without labels', () => {
  expect(metricValues(TEXT, 'nodejs_eventloop_lag_p99_seconds')).toEqual([0.0123]);
  expect(metricValues(TEXT, 'segue_calls_total')).toEqual([3, 4]);
  expect(metricValues(TEXT, 'absent')).toEqual([]);
});

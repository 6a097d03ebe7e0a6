/** Names what the pages of one site share about a call with one server: the entry, the channel, the lock. */
export const runningCallKey = (serverUrl: string, site: string): string => `segue.call ${serverUrl} ${site}`;

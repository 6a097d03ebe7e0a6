/** Advisory locks of the database, held inside transactions; one number each, for all servers. */
export const LOCKS = {
  /** Schema changes. */
  migrations: 7_338_001,
  /** Writers of the ledger follow each other, so that `seq` grows in the order of commits. */
  ledger: 7_338_002,
  /** Who links and merges people. */
  people: 7_338_003,
  /** Who erases a timeline, against all who write them. */
  timelines: 7_338_004,
} as const;

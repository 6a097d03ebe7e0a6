/** Who speaks over the assistant, what, and over which lines. */
export type OverlapSet = {
  /** Voices of flite's; `pitch` ≠ 1 makes another person of one. */
  voices: readonly { name: string; pitch: number }[];
  /** How loud the caller is, and the noise of their line in dBFS; a caller of flite's has about −20. */
  lines: readonly { gain: number; noiseDb: number | null }[];
  texts: Readonly<Record<'interruption' | 'backchannel', readonly string[]>>;
  seed: number;
  /** When the first of them begins, after the assistant has begun. */
  atMs: number;
};

/** What rules and thresholds are chosen by. */
export const TUNING: OverlapSet = {
  voices: [
    { name: 'awb', pitch: 1 },
    { name: 'rms', pitch: 1 },
  ],
  lines: [
    { gain: 1, noiseDb: null },
    { gain: 0.5, noiseDb: null },
    { gain: 1, noiseDb: -42 },
    { gain: 0.25, noiseDb: -56 },
    { gain: 0.6, noiseDb: -46 },
  ],
  seed: 1,
  atMs: 900,
  texts: {
    interruption: [
      ...['Stop.', 'Wait.', 'No.', 'Hold on.', 'Wait a minute.', 'Excuse me.', 'Hang on a second.'],
      ...['Sorry, where is my order?', 'Can I ask something else?', 'What are your opening hours?'],
      ...['No, I mean the other one.', 'I want to talk to a person.', 'Cancel my order please.'],
      ...['Stop talking please.', 'I already know that.', 'When will it arrive?', 'How much does it cost?'],
      ...['That is not what I asked.', 'Just tell me the price.', 'I have a different question.'],
    ],
    backchannel: [
      ...[
        'Mm-hm.',
        'Uh-huh.',
        'Right.',
        'Okay.',
        'Yeah.',
        'Yes.',
        'Sure.',
        'I see.',
        'Got it.',
        'All right.',
      ],
      ...['Mm.', 'Okay, okay.', 'Yeah, yeah.', 'Oh, okay.', 'Good.', 'Great.', 'Of course.', 'Fine.'],
      ...['Oh, I see.', 'Right, right.'],
    ],
  },
};

/** What is reported: other people, other lines, other moments, and half of the words are others, too. */
export const HELD_OUT: OverlapSet = {
  voices: [
    { name: 'kal16', pitch: 0.94 },
    { name: 'rms', pitch: 1.07 },
    { name: 'awb', pitch: 0.95 },
  ],
  lines: [
    { gain: 0.8, noiseDb: -52 },
    { gain: 0.35, noiseDb: null },
    { gain: 1, noiseDb: -44 },
    { gain: 0.7, noiseDb: null },
  ],
  seed: 9_021,
  atMs: 1_110,
  texts: {
    interruption: [
      ...['Stop.', 'No.', 'Hold on.', 'Excuse me.', 'Wait, the order.', 'No, not that one.', 'Stop it now.'],
      ...[
        'Hang on, I have to write that down.',
        'One moment please.',
        'Sorry, what did you say?',
        'No no no.',
      ],
      ...[
        'Can you repeat that?',
        'That is the wrong order.',
        'I need it today.',
        'Please send it somewhere else.',
      ],
      ...[
        'What about my refund?',
        'I moved to a new house.',
        'Actually I changed my mind.',
        'But I paid already.',
      ],
      ...['Who is the carrier?', 'My neighbour is not at home.'],
    ],
    backchannel: [
      ...[
        'Mm-hm.',
        'Right.',
        'Okay.',
        'Yeah.',
        'Sure.',
        'All right.',
        'Of course.',
        'Okay, sure.',
        'Oh, right.',
      ],
      ...[
        'Yes, yes.',
        'Yeah, okay.',
        'Okay, great.',
        'Sounds good.',
        'Cool.',
        'Perfect.',
        'Exactly.',
        'Oh, nice.',
      ],
      ...['Okay, I see.', 'Mm, okay.', 'Yeah, right.', 'Makes sense.'],
    ],
  },
};

/** What the assistant has just asked for: turn-taking is quicker after a yes/no question and patient with digits. */
export type Expectation = 'open' | 'yesNo' | 'choice' | 'digits' | 'date' | 'email' | 'address' | 'none';

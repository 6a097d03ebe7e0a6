import { trainNlpjs } from '../../server/dialog/understanding/engines/nlpjs.ts';
import { nluContract } from './nluContract.ts';

nluContract('nlp.js', trainNlpjs);
